"""What other apps do when a pairing changes: attached in `preceptor.wiring` alone.

Each callable runs inside the caller's transaction; an exception rolls all back.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple, Protocol, TypeVar

from pairings.models import Pairing, Pause, Program
from pairings.rescheduling import Move, Timetable

Change = TypeVar("Change", Pairing, Pause, Timetable)


class Started(Protocol):
    def __call__(self, *pairings: Pairing) -> None: ...


class Reached(NamedTuple):
    """How many of the junior's competencies speak for a phase, and of how many."""

    reached: int
    counted: int


class Told(NamedTuple):
    """What each junior without a mentor and their mentor would hear, and when."""

    on: date
    what: str


class Reckoned(Protocol):
    def __call__(self, pairing: Pairing, phase: str, today: date) -> Reached | None: ...


started: list[Started] = []
"""Pairings began, in a batch where they were published together."""
ended: list[Callable[[Pairing], None]] = []
shortened: list[Callable[[Pairing], None]] = []
"""A pairing goes on and will end sooner than was said, on its `ends_on`."""
paused: list[Callable[[Pause], None]] = []
"""A pause was arranged, from today or ahead; `moved_days` move the year at once."""
resumed: list[Callable[[Pause], None]] = []
"""A pause is over; `moved_days` says by how much the year moved in all."""
rescheduling: list[Callable[[Timetable], Sequence[Move]]] = []
"""Asked what of theirs would move with a program's dates; they write nothing."""
rescheduled: list[Callable[[Timetable], None]] = []
"""They move it, while all other dates still stand as they were."""

phase_asked: list[Reckoned] = []
"""Asked what they know when one of a pair asks for a phase; they write nothing."""

foreseen: list[Callable[[Program, date, date], Iterable[Told]]] = []
"""Asked what a pair that begins on the first day would be told up to the second."""

duplicated: list[Callable[[Program, Program], None]] = []
"""A program was duplicated: the one that there was, then its copy."""


def announce(port: Sequence[Callable[[Change], None]], change: Change) -> None:
    for action in port:
        action(change)


def announce_all(pairings: Sequence[Pairing]) -> None:
    """What began together, in one go."""
    for action in started if pairings else ():
        action(*pairings)
