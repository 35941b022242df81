"""How many juniors a mentor takes, and has, at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Seats:
    """A mentor's seats and what they come from.

    `hours` are the mentor's a week, `each` what the program asks for one junior;
    `most` is the program's limit of juniors a mentor.
    """

    heads: int
    hours: Decimal
    each: Decimal
    most: int

    @property
    def by_hours(self) -> int | None:
        """How many the hours are enough for; None where a junior takes none."""
        return int(self.hours // self.each) if self.each else None

    @property
    def count(self) -> int:
        by_hours = self.by_hours
        heads = min(self.heads, self.most)
        return heads if by_hours is None else min(heads, by_hours)


def peak(spans: Iterable[tuple[date, date]], start: date, end: date) -> int:
    """The most spans that hold on one day of `[start, end)`; each is half-open too."""
    edges = sorted(
        edge
        for first, after in spans
        if max(first, start) < min(after, end)
        for edge in ((max(first, start), 1), (min(after, end), -1))
    )
    now = most = 0
    for _day, step in edges:
        now += step
        most = max(most, now)
    return most
