"""How most reminders read: a headline, a few sentences, and facts beneath."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils import formats, timezone

from preceptor.notifications.kinds import Message
from preceptor.notifications.models import Delivery

Fact = tuple[str, str]
"""What it is, and what it is now."""


def letter(
    *,
    headline: str,
    lines: Sequence[str],
    link: str,
    button: str,
    because: str,
    facts: Sequence[Fact] = (),
    over: str = "",
    words: Mapping[str, str] | None = None,
) -> Message:
    """`lines` say how things stand; `because` why the recipient gets it.

    `over` stands above the headline: the program. A blank line or fact is left out.
    """
    said = [line for line in lines if line]
    return Message(
        subject=headline,
        template="reminder",
        link=link,
        button=button,
        context={
            "headline": headline,
            "lines": said,
            "facts": [(name, value) for name, value in facts if value],
            "because": because,
            "over": over,
        },
        detail=" ".join(said),
        words=words or {},
    )


def step_of(delivery: Delivery) -> str:
    """The last part of its occurrence, also of one that was put off."""
    return delivery.occurrence.rpartition(":")[2].partition("@")[0]


def read_at(delivery: Delivery) -> datetime:
    """When it is read: now, ahead of its time then.

    What is previewed says what it will say.
    """
    return max(timezone.now(), delivery.not_before)


def day_of(delivery: Delivery) -> date:
    """The reader's day on which it is read."""
    return timezone.localdate(read_at(delivery))


def on_day(day: date) -> str:
    """`Tuesday, 24 November`; a date or, by the reader's clock, a moment."""
    if isinstance(day, datetime):
        day = timezone.localtime(day).date()
    return formats.date_format(day, "l, j F")


def at_time(moment: datetime) -> str:
    """`Tuesday, 24 November, 10:00`, by the reader's clock."""
    return formats.date_format(timezone.localtime(moment), "l, j F, H:i")
