"""What follows in the apps above when an organisation's clock is set."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import ngettext

from preceptor.accounts.models import Membership


@dataclass(frozen=True, slots=True)
class ClockChange:
    """An organisation moves from one time zone to another, both by their names."""

    organisation_id: int
    before: str
    after: str
    now: datetime


def mornings(change: ClockChange) -> str:
    """Who never came in has no clock of their own yet, and goes by this one."""
    rows = Membership.objects.active().filter(organisation=change.organisation_id)
    n = rows.exclude(called="").count()
    text = ngettext(
        "%(n)s person who has not come in yet is taken to live by the new one.",
        "%(n)s people who have not come in yet are taken to live by the new one.",
        n,
    )
    return text % {"n": n} if n else ""


changing: list[Callable[[ClockChange], str]] = [mornings]
"""Asked what of theirs reads otherwise then, in a sentence; they write nothing.

Attached in `preceptor.wiring` alone.
"""


def told(change: ClockChange) -> list[str]:
    return [said for ask in changing if (said := ask(change))]
