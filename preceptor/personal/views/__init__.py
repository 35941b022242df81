from preceptor.personal.views.erasures import (
    call_off,
    erase,
    erase_me,
    erasing,
    requests,
)
from preceptor.personal.views.mine import ask_archive, download, mine
from preceptor.personal.views.privacy import privacy

__all__ = [
    "ask_archive",
    "call_off",
    "download",
    "erase",
    "erase_me",
    "erasing",
    "mine",
    "privacy",
    "requests",
]
