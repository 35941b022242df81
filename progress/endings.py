"""How a junior's year ended, or that it goes on. Plain dates in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Time:
    """What of a junior's time says how it ended; ends are the day after the last.

    `pairs` are the ends of their pairings, each with whether it still stands.
    """

    completed_on: date | None
    is_here: bool
    ends_on: date
    program_ends_on: date
    pairs: Sequence[tuple[date, bool]]


@dataclass(frozen=True, slots=True)
class Ending:
    """`on` is the day of the second signature, or the last day; None while it goes on.

    Stopped is a year that is over without a completion review that both signed:
    `gone` from the organisation, `left` the program before its end, `over` with it, or
    `unpaired`, in which nobody mentors and nobody is to.
    """

    state: Literal["so_far", "completed", "gone", "left", "over", "unpaired"]
    on: date | None

    @property
    def is_completed(self) -> bool:
        return self.state == "completed"

    @property
    def is_stopped(self) -> bool:
        return self.state not in ("so_far", "completed")


def ending(time: Time, today: date) -> Ending:
    if time.completed_on:
        return Ending("completed", time.completed_on)
    last_of_pairs = max((end for end, _stands in time.pairs), default=time.ends_on)
    last_of_pairs = min(last_of_pairs, today + DAY)
    if not time.is_here:
        return Ending("gone", min(last_of_pairs, time.ends_on) - DAY)
    if time.ends_on <= today:
        is_early = time.ends_on < time.program_ends_on
        return Ending("left" if is_early else "over", time.ends_on - DAY)
    if any(stands and end > today for end, stands in time.pairs) or not time.pairs:
        return Ending("so_far", None)
    return Ending("unpaired", last_of_pairs - DAY)
