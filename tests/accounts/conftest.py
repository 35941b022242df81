from collections.abc import Callable, Generator

import pytest
from celery import current_app
from django.core import mail
from pytest_django import DjangoCaptureOnCommitCallbacks

LINK = "http://localhost:8000/account/invitation/"


@pytest.fixture
def by_mail(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> Generator[Callable[..., list[str]]]:
    """Runs something that sends invitations; returns the links that were mailed."""
    before = current_app.conf.task_always_eager
    current_app.conf.task_always_eager = True

    def links_after(act: Callable[[], object]) -> list[str]:
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return [link_in(str(message.body)) for message in mail.outbox]

    yield links_after
    current_app.conf.task_always_eager = before


def link_in(body: str) -> str:
    """The path of the one invitation that a mail links to."""
    (line,) = [line for line in body.splitlines() if line.startswith(LINK)]
    return line.removeprefix("http://localhost:8000")
