"""An organisation's holidays, and what follows from them in the apps above."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from preceptor.accounts.models import Holiday, Membership

Names = Mapping[date, str]
"""What each holiday is called, by its day."""


@dataclass(frozen=True)
class HolidayChange:
    """Holidays as they were and as they will be; names that changed are no change."""

    actor: Membership
    before: Names
    after: Names
    now: datetime

    @cached_property
    def added(self) -> frozenset[date]:
        return frozenset(self.after.keys() - self.before.keys())

    @cached_property
    def removed(self) -> frozenset[date]:
        return frozenset(self.before.keys() - self.after.keys())

    @property
    def today(self) -> date:
        """Where the organisation is at home."""
        zone = ZoneInfo(self.actor.organisation.time_zone)
        return timezone.localdate(self.now, zone)


def adding(
    actor: Membership, before: Names, days: Iterable[date], name: str, now: datetime
) -> HolidayChange:
    """Days that are holidays already keep their names."""
    added = {day: name for day in days if day not in before}
    return HolidayChange(actor, before, {**before, **added}, now)


def removing(
    actor: Membership, before: Names, day: date, now: datetime
) -> HolidayChange:
    after = {one: name for one, name in before.items() if one != day}
    return HolidayChange(actor, before, after, now)


changing: list[Callable[[HolidayChange], str]] = []
"""Asked what of theirs would move, in a sentence; they write nothing."""
changed: list[Callable[[HolidayChange], str]] = []
"""They move it in the transaction of the change, and say what moved.

Attached in `preceptor.wiring` alone.
"""


def held_holidays(organisation: int, *, alone: bool = False) -> dict[date, str]:
    """All of them, which nobody changes until the transaction ends.

    Who reckons days holds them together; who changes them does so alone, and so finds
    every day that was reckoned before. To be held before the rows that move.
    """
    shared = "" if alone else "_shared"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT pg_advisory_xact_lock{shared}(hashtext('holidays'), %s)",
            [organisation],
        )
    return Holiday.objects.names(organisation)


def told(change: HolidayChange) -> list[str]:
    """What the change would move, nothing being written."""
    return [said for ask in changing if (said := ask(change))]


def announce(change: HolidayChange) -> list[str]:
    """Moves what follows; what moved."""
    return [said for move in changed if (said := move(change))]
