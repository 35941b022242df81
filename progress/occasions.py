"""When the two of a pairing are asked about each other. Plain dates in, dates out."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Name = Literal["midpoint", "completion"]

LONG_ENOUGH = timedelta(days=120)
"""A pairing shorter than this is looked back on once, at its end."""

BEFORE = timedelta(days=28)
AFTER_END = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Answers are taken from `opens_on` to before `closes_on`."""

    name: Name
    opens_on: date
    closes_on: date

    @property
    def last_on(self) -> date:
        """The last day on which they are taken."""
        return self.closes_on - timedelta(days=1)

    def is_open(self, today: date) -> bool:
        return self.opens_on <= today < self.closes_on

    def is_over(self, today: date) -> bool:
        return self.closes_on <= today


def occasions(starts_on: date, ends_on: date) -> list[Occasion]:
    """Half-way, if there are some months, and around the end of a pairing.

    From four weeks before the middle until the second begins, four weeks before
    `ends_on`, and that one until two months after. A pairing that ends early has its
    completion at once.
    """
    completes_on = max(ends_on - BEFORE, starts_on)
    completion = Occasion("completion", completes_on, ends_on + AFTER_END)
    if ends_on - starts_on < LONG_ENOUGH:
        return [completion]
    return [midpoint(starts_on, ends_on), completion]


def midpoint(starts_on: date, ends_on: date) -> Occasion:
    """Half-way, also of a pairing that got too short for it after it had been asked."""
    middle = starts_on + max(ends_on - starts_on, timedelta(0)) // 2
    return Occasion("midpoint", middle - BEFORE, max(ends_on - BEFORE, starts_on))
