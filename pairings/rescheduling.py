"""New dates or another template for a program, as data that crosses the apps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Literal

from pairings.models import Program

What = Literal["place", "pair_start", "pair_end", "milestone", "session"]
Why = Literal["", "signed", "by_hand"]


@dataclass(frozen=True, slots=True)
class Timetable:
    """A program's dates and template to be, and whose dates follow.

    `program` is as it stands. `ends` are enrolments' new ends, `begins` the new first
    days of juniors whose first pairing moves, both by enrolment; `spans` the new first
    day and end of pairings, by pairing. Ends are the days after the last.
    """

    program: Program
    starts_on: date
    ends_on: date
    template: str
    ends: Mapping[int, date]
    begins: Mapping[int, date]
    spans: Mapping[int, tuple[date, date]]
    today: date

    @property
    def last_on(self) -> date:
        return self.ends_on - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Move:
    """One date that would move: `was` is None for what is added, `will` for what goes.

    `people` are enrolments: whose it is, or the junior and the mentor of a pair. They
    are named where they are shown: a program has thousands of moves, a page a hundred.
    With a reason in `why` it would have moved and stays. Days of ends are last days.
    """

    what: What
    pk: int
    people: tuple[int, ...]
    name: str
    was: date | None
    will: date | None
    why: Why = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """All that a timetable would do, in the order in which a page lists it."""

    timetable: Timetable
    moves: Sequence[Move]

    @property
    def changed(self) -> Sequence[Move]:
        return [move for move in self.moves if not move.why]

    @property
    def is_any(self) -> bool:
        """Whether confirming would change anything, the program's own dates too."""
        now = self.timetable.program
        return (now.starts_on, now.ends_on, now.template) != (
            self.timetable.starts_on,
            self.timetable.ends_on,
            self.timetable.template,
        )

    @property
    def fingerprint(self) -> str:
        """Changes when any date would move otherwise."""
        table = self.timetable
        all_of_it = (table.starts_on, table.ends_on, table.template, self.moves)
        return sha256(repr(all_of_it).encode()).hexdigest()
