"""What keeps a run from starting or from ending; each carries what to name."""

from dataclasses import dataclass

from pairings.matching.people import Pin


class CannotMatch(ValueError):
    """The input contradicts itself."""


class Cancelled(Exception):
    """The progress callback asked to stop; there is no result."""


class NotProved(RuntimeError):
    """The solver's answer failed its own check; it must not be shown."""


@dataclass(frozen=True)
class NoWeights(CannotMatch):
    """Every weight is zero (or one is negative): no pair is better than another."""


@dataclass(frozen=True)
class BadNumber(CannotMatch):
    """A number outside of its range: whose (None: of the rules), and which field."""

    id: int | None
    field: str


@dataclass(frozen=True)
class TwiceIn(CannotMatch):
    """The same id stands twice on one side."""

    id: int


@dataclass(frozen=True)
class UnknownPin(CannotMatch):
    """A pin names somebody who is not in the run."""

    pin: Pin


@dataclass(frozen=True)
class SelfPin(CannotMatch):
    """A pin makes somebody their own mentor."""

    pin: Pin


@dataclass(frozen=True)
class PinnedTwice(CannotMatch):
    """A junior is pinned to two mentors."""

    junior: int
    mentors: tuple[int, ...]


@dataclass(frozen=True)
class PinnedOver(CannotMatch):
    """More juniors are pinned to a mentor than they have free seats."""

    mentor: int
    pins: int
    seats: int


@dataclass(frozen=True)
class CannotRelax(CannotMatch):
    """The rule to relax last is one that never gives way."""

    rule: str


@dataclass(frozen=True)
class BadDocument(CannotMatch):
    """A stored run that this version can't read, and why."""

    why: str
