"""What is kept of a closed month of a program: numbers of people, without any word.

A `Month` is written once, when the month is closed, and every figure is made of such
months alone. Numbers refer to people by the ids of pairings and enrolments (a session's
mentor by that of the membership).
"""

from collections.abc import Sequence
from typing import Any

import msgspec


class Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Kept as a list. Of a large program there are tens of thousands in a quarter."""


class Paced(Row, frozen=True, array_like=True, gc=False):
    """A primary pair in a month: weeks kept of those due in it, and its sessions.

    `days` is how many it stood without a pause; `timed` sessions say how many `minutes`
    they took.
    """

    pairing: int
    junior: int
    kept: int
    due: int
    sessions: int
    timed: int
    minutes: int
    days: int


class Stones(Row, frozen=True, array_like=True, gc=False):
    """A junior's milestones that were due in the month; on time by their own day."""

    junior: int
    due: int
    on_time: int


class Hours(Row, frozen=True, array_like=True, gc=False):
    """Weeks of a junior that ended in the month; `had` is of those that were told."""

    junior: int
    weeks: int
    told: int
    had: float


class Load(Row, frozen=True, array_like=True, gc=False):
    """An enrolled mentor on the last day of the month."""

    mentor: int
    juniors: int
    seats: int
    is_trained: bool


class Flaws(Row, frozen=True, array_like=True, gc=False):
    """Real flaws of a kind in a pair's blind sessions, and those the junior caught."""

    junior: int
    mentor: int
    category: str
    severity: str
    tool: str
    model: str
    n: int
    caught: int


class Calls(Row, frozen=True, array_like=True, gc=False):
    """A junior's judgements of changes that proved safe: how many said no."""

    junior: int
    mentor: int
    safe: int
    rejected: int


class Said(Row, frozen=True, array_like=True, gc=False):
    """One confidence that a change was safe, as a fraction, and whether it was."""

    junior: int
    mentor: int
    confidence: float
    was_safe: bool


class Marks(Row, frozen=True, array_like=True, gc=False):
    """How many explanations of a junior got a mark, 0 to 3."""

    junior: int
    mentor: int
    mark: int
    n: int


class Averages(Row, frozen=True, array_like=True, gc=False):
    """An average of a mentor, as it was released in the month."""

    mentor: int
    question: str
    n: int
    mean: float


class Month(msgspec.Struct, frozen=True):
    """`planned` is what the program protected for a junior, in hours a week."""

    planned: float
    pairs: Sequence[Paced] = ()
    milestones: Sequence[Stones] = ()
    hours: Sequence[Hours] = ()
    mentors: Sequence[Load] = ()
    flaws: Sequence[Flaws] = ()
    calls: Sequence[Calls] = ()
    confidences: Sequence[Said] = ()
    marks: Sequence[Marks] = ()
    evaluations: Sequence[Averages] = ()

    def as_document(self) -> Any:
        """Plain values, for the database."""
        return msgspec.to_builtins(self)


_decoder = msgspec.json.Decoder(Month)


def month_in(text: str) -> Month:
    """From a document as the database writes it."""
    return _decoder.decode(text)
