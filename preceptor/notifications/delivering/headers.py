"""The headers of a reminder by mail, as large providers ask of those who send many."""

from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from preceptor.notifications.kinds import Kind
from preceptor.notifications.models import Delivery
from preceptor.notifications.unsubscribing import token_for


def headers_of(delivery: Delivery, kind: Kind[Any] | None) -> dict[str, str]:
    """For one mail; a digest has no kind, and so is of no thread.

    A stable Message-ID lets a receiver fold what came twice, and one parent that was
    never sent keeps all mails about one thing in a thread (RFC 5322). Auto-Submitted
    (RFC 3834) and Precedence keep answering machines quiet, List-ID (RFC 2919) and
    Feedback-ID tell filters and complaints what kind of mail it is, and one click
    turns the kind off (RFC 8058) unless nobody can.
    """
    host = _host()
    headers = {
        "Message-ID": message_id(delivery),
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        "X-Auto-Response-Suppress": "All",
        "List-ID": f"<{delivery.kind}.{delivery.organisation.slug}.{host}>",
        "Feedback-ID": f"{delivery.kind}:{delivery.organisation_id}:reminder:preceptor",
    }
    if kind is not None:
        thread = thread_id(delivery, kind)
        headers |= {"In-Reply-To": thread, "References": thread}
    if kind is None or not kind.required:
        path = _unsubscribe_path().replace(_PLACE, token_for(delivery))
        headers["List-Unsubscribe"] = f"<{settings.BASE_URL}{path}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


_PLACE = "PLACE"


@cache
def _unsubscribe_path() -> str:
    """Asked once: reversing takes longer than signing."""
    return reverse("unsubscribe", args=[_PLACE])


def message_id(delivery: Delivery) -> str:
    """The same at every attempt."""
    return f"<delivery-{delivery.pk}.{delivery.organisation_id}@{_host()}>"


def thread_id(delivery: Delivery, kind: Kind[Any]) -> str:
    """The same for all that is written to one person about one thing."""
    thing = f"{kind.thread}-{delivery.subject}"
    return f"<{thing}.{delivery.recipient_id}@{_host()}>"


def _host() -> str:
    return urlsplit(settings.BASE_URL).hostname or "preceptor"
