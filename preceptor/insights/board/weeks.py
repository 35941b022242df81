"""What became of each week of a pair. Plain numbers in, states and counts out.

Days are counted from the program's first, and week n is the days 7n to 7n + 6.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

Span = tuple[int, int]
"""From the first day to the day before the second."""


class Week(StrEnum):
    MET = "met"
    TWICE = "twice"
    MISSED = "missed"
    OFF = "off"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the pairs of a program were to meet, and where today stands.

    `count` is how many weeks there are, `every` the weeks to a stretch in which a pair
    is to meet once.
    """

    count: int
    today: int
    every: int = 1

    @property
    def this(self) -> int:
        """The week that is today's."""
        return self.today // 7


@dataclass(frozen=True, slots=True)
class Weeks:
    """The state of every week of a program for one pair.

    `kept` and `due` count stretches, which in a weekly program are weeks. `passed` is
    how many weeks the pair has stood so far, the present one with them.
    """

    states: tuple[Week, ...]
    sessions: int
    kept: int
    due: int
    passed: int

    @property
    def missed(self) -> int:
        return self.due - self.kept

    @property
    def counts(self) -> tuple[int, int, int]:
        """What the label of a strip says: sessions, weeks passed, weeks missed."""
        return self.sessions, self.passed, self.missed


def weeks(held: Iterable[int], stood: Span, rests: Sequence[Span], pace: Pace) -> Weeks:
    """Of a pair that met on the days `held`, stood over `stood` and paused in `rests`.

    A week is kept if a session was held in it. One that a rest touches, or in which the
    pair did not stand on all days, is off, and the present one is not missed yet.
    Where sessions are rarer than weekly, a stretch without one is missed in its last
    week, and the others of it are off; stretches count from the pair's first week.
    """
    days = list(held)
    times = Counter([day // 7 for day in days])
    held_in = set(times)
    this, every = pace.this, pace.every
    first, after = max(-(-stood[0] // 7), 0), min(stood[1] // 7, pace.count)
    over = min(after, this)
    resting = _resting(rests, pace.count)
    states = [Week.OFF] * pace.count
    for week in range(max(first, this), after):
        if week not in resting:
            states[week] = Week.AHEAD
    kept = due = 0
    for start in range(first, min(after, this + 1), every):
        stretch = range(start, start + every)
        is_kept = not held_in.isdisjoint(stretch)
        is_over = start + every <= over
        if (is_kept or is_over) and resting.isdisjoint(stretch):
            due += 1
            kept += is_kept
            if not is_kept:
                states[stretch[-1]] = Week.MISSED
    for week, n in times.items():
        if 0 <= week < pace.count:
            states[week] = Week.MET if n == 1 else Week.TWICE
    passed = min(-(-stood[1] // 7), this + 1) - stood[0] // 7
    return Weeks(tuple(states), len(days), kept, due, max(passed, 0))


def _resting(rests: Sequence[Span], count: int) -> set[int]:
    """The weeks that a rest touches."""
    return {
        week
        for since, until in rests
        for week in range(max(since // 7, 0), min(-(-until // 7), count))
    }
