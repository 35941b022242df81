"""Links that lead to another site: how they are told from ours, and how they look."""

from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

REL: Final = "external nofollow noopener noreferrer ugc"
"""The stylesheet draws its arrow by the first of them."""


def leaves(address: str) -> bool:
    """Whether a click on it loads a page of another site. Browsers read \\ as /."""
    try:
        parts = urlsplit(address.strip().replace("\\", "/"))
    except ValueError:
        return True
    ours = urlsplit(settings.BASE_URL)
    if parts.scheme not in ("", "http", "https"):
        return False
    if not parts.netloc:
        return bool(parts.scheme)
    return (parts.scheme or ours.scheme, parts.netloc) != (ours.scheme, ours.netloc)


def said() -> SafeString:
    """For who does not see the arrow."""
    return format_html('<span class="unseen">, {}</span>', _("opens another site"))


def link(address: str, words: str) -> SafeString:
    """What anybody may have typed: where it is no address of the web, it is text."""
    if urlsplit(address).scheme not in ("http", "https"):
        return format_html("{}", words)
    shown = '<a href="{}" rel="{}" target="_blank">{}{}</a>'
    return format_html(shown, address, REL, words, said())
