"""Reminders as the planner leaves them, and as their recipients read them."""

from dataclasses import dataclass
from datetime import datetime
from unittest import mock

import time_machine
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from preceptor.accounts.models import Membership
from preceptor.notifications import kinds
from preceptor.notifications.deliverer import deliver
from preceptor.notifications.kinds import Message, kind_of
from preceptor.notifications.letters import step_of
from preceptor.notifications.models import Delivery
from preceptor.notifications.planner import plan

FIRST = {
    "junior-without-mentor": "mentor-gone",
    "pair-stalled": "no-session",
    "pairing-unanswered": "pairing-proposed",
}
"""Which kind has to have told the person concerned before another does."""


@dataclass(frozen=True)
class Letter:
    message: Message
    text: str
    html: str

    @property
    def everything(self) -> str:
        words = (*self.message.words.values(), self.message.detail)
        return "\n".join((self.message.subject, self.text, self.html, *words))


def standing(kind: str, now: datetime) -> set[tuple[str, str]]:
    """Who is told, and at which step, once planner and deliverer have run.

    They run for this kind and for what it escalates: all kinds take a second.
    """
    names = {kind, FIRST.get(kind, kind)}
    few = {one.name: one for one in kinds.registered() if one.name in names}
    alone = mock.patch.object(kinds, "_kinds", few)
    with alone, time_machine.travel(now, tick=False):
        plan(now)
        deliver(lambda: now)
    return {
        (str(row.recipient), step_of(row))
        for row in Delivery.objects.inbox().filter(kind=kind, state="sent")
    }


def letter_to(member: Membership, kind: str, now: datetime) -> Letter:
    """What stands in their inbox, read by their clock; the database is asked before."""
    row = Delivery.objects.inbox().get(recipient=member, kind=kind, state="sent")
    found = kind_of(row)
    assert found
    with (
        time_machine.travel(now, tick=False),
        timezone.override(row.recipient.time_zone),
    ):
        about = found.subjects([row.subject])[row.subject]
        assert row.organisation.slug  # Read here, as the deliverer does.
        with CaptureQueriesContext(connection) as asked:
            message = found.message(row, about)
            shown = {
                "recipient": row.recipient,
                "organisation": row.organisation,
                "link": message.link,
                "button": message.button,
                **message.context,
            }
            names = (f"emails/{message.template}.{end}" for end in ("txt", "html"))
            text, html = (render_to_string(name, shown) for name in names)
    assert [query["sql"] for query in asked] == []
    assert bool(message.calendar) == found.has_calendar
    assert set(message.words) >= set(found.placeholders), "a placeholder has no words"
    return Letter(message, text, html)
