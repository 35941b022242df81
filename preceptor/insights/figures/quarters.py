"""Calendar months and quarters, and when a month closes. Plain dates in and out."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

MONTHS = 3
FIRST_YEAR, LAST_YEAR = 1900, 2999
"""Of what somebody asks for: what lies around it can be reckoned with, too."""
_QUARTER = re.compile(r"([0-9]{4})-Q([1-4])")
GRACE = timedelta(days=7)
"""So long after its end a month closes: pairs close by then what they held in it."""


def month_of(day: date) -> date:
    """Its first day, which stands for a month everywhere."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    return shifted(month, 1)


def shifted(month: date, by: int) -> date:
    year, at = divmod(month.year * 12 + month.month - 1 + by, 12)
    return date(year, at + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """From the month of one day to that of another, both counted."""
    found = []
    month, end = month_of(first), month_of(last)
    while month <= end:
        found.append(month)
        month = next_month(month)
    return found


def last_closed(now: datetime, zone: ZoneInfo) -> date:
    """The latest month that is over by the grace, where the organisation is."""
    return shifted(month_of(now.astimezone(zone).date() - GRACE), -1)


def counted_in(held_on: date, closed_at: datetime, zone: ZoneInfo) -> date:
    """The month that a session is counted with: its own, or the one it came late in.

    So each is counted once, and none with a month that was closed before it came.
    """
    came_on = closed_at.astimezone(zone).date()
    return max(month_of(held_on), month_of(came_on - GRACE))


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of the calendar; `number` is 1 to 4. ValueError for any other."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (1 <= self.number <= 4 and 1 <= self.year <= 9998):
            raise ValueError(f"{self.year}-Q{self.number} is no quarter")

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, (day.month + 2) // MONTHS)

    @classmethod
    def read(cls, text: str) -> Self:
        """From `2026-Q3`. ValueError for anything else, and for distant years."""
        found = _QUARTER.fullmatch(text)
        if not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
            raise ValueError(f"{text!r} is no quarter")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number * MONTHS - 2, 1)

    @property
    def after(self) -> date:
        """The day after its last."""
        return shifted(self.first, MONTHS)

    @property
    def months(self) -> tuple[date, ...]:
        return tuple(shifted(self.first, n) for n in range(MONTHS))

    @property
    def previous(self) -> "Quarter":
        return Quarter.of(shifted(self.first, -1))

    @property
    def next(self) -> "Quarter":
        return Quarter.of(self.after)
