"""What autonomy the evidence speaks for, and when it is to be confirmed again.

Plain values in, plain values out. Steps are the numbers of `progress.levels.Autonomy`,
levels those of `progress.levels.Level`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from typing import Literal

OBSERVE, TOGETHER, LEADS, ALONE = range(1, 5)
LATELY = timedelta(weeks=26)
"""Flaws, explanations and sessions count that are no older than this."""

Kind = Literal["evidence", "met", "caught", "explained", "led", "level"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a junior in a competency.

    `evidence` is tagged to it. Of real flaws in its categories `met` came up lately,
    `caught` of them in the junior's blind pass, and `explained` were explained soundly.
    `led` are sessions that the junior led lately, over whatever change. `level` is what
    both agreed on last. Of a competency without categories flaws say nothing.
    """

    evidence: int = 0
    met: int = 0
    caught: int = 0
    explained: int = 0
    led: int = 0
    level: int | None = None
    has_categories: bool = True


@dataclass(frozen=True, slots=True)
class Bar:
    """What a step asks for at least; `caught` is a share of the flaws that were met."""

    evidence: int = 0
    met: int = 0
    caught: float = 0
    explained: int = 0
    led: int = 0
    level: int = 0


BARS: Mapping[int, Bar] = {
    TOGETHER: Bar(evidence=1),
    LEADS: Bar(evidence=2, met=3, caught=0.5, explained=1, level=2),
    ALONE: Bar(evidence=4, met=5, caught=0.75, explained=2, led=3, level=3),
}
"""The one table of what the evidence must hold before a step is proposed."""

OF_FLAWS: frozenset[Kind] = frozenset({"met", "caught", "explained"})


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a step asks for, and what there is of it.

    Of `caught` both are shares, and `had` is None as long as too few flaws were met.
    """

    kind: Kind
    had: float | None
    wanted: float

    @property
    def is_met(self) -> bool:
        return self.had is not None and self.had >= self.wanted


def checks(step: int, facts: Facts) -> list[Check]:
    """What a step asks for of this competency, and what there is; none of the first."""
    bar = BARS.get(step, Bar())
    enough = facts.met > 0 and facts.met >= bar.met
    every = [
        Check("evidence", facts.evidence, bar.evidence),
        Check("met", facts.met, bar.met),
        Check("caught", facts.caught / facts.met if enough else None, bar.caught),
        Check("explained", facts.explained, bar.explained),
        Check("led", facts.led, bar.led),
        Check("level", facts.level, bar.level),
    ]
    asked = (check for check in every if check.wanted)
    if facts.has_categories:
        return list(asked)
    return [check for check in asked if check.kind not in OF_FLAWS]


def proposed(stands: int, facts: Facts) -> int | None:
    """The next step if the evidence holds all that it asks for, else None.

    Never more than one step at once, and never one down.
    """
    step = stands + 1
    if step not in BARS or not all(check.is_met for check in checks(step, facts)):
        return None
    return step


def lapses_on(granted_on: date, last_on: date | None, weeks: int) -> date:
    """From which day on it is to be confirmed again, if no evidence comes.

    A pause counts like any other time: who was away has not done it for as long.
    """
    return max(granted_on, last_on or granted_on) + timedelta(weeks=weeks)


@dataclass(frozen=True, slots=True)
class Standing:
    """A competency's step; without a grant where all begin. `lapses_on` may be past."""

    level: int = OBSERVE
    lapses_on: date | None = None

    def is_lapsed(self, today: date) -> bool:
        """Whether it is to be confirmed again; to observe is open to anybody."""
        if self.lapses_on is None or self.level == OBSERVE:
            return False
        return self.lapses_on <= today

    def holds(self, today: date) -> int:
        """The step that counts: until it is confirmed again, none does."""
        return OBSERVE if self.is_lapsed(today) else self.level


def proposal(standing: Standing, facts: Facts, today: date) -> int | None:
    """What is proposed: nothing further where the step is to be confirmed first."""
    if standing.is_lapsed(today):
        return None
    return proposed(standing.level, facts)


@dataclass(frozen=True, slots=True)
class Ready:
    """A phase of a pairing is worth asking for once `share` hold `step` or beyond."""

    step: int
    share: Fraction


PHASES: Mapping[str, Ready] = {
    "junior_leads": Ready(LEADS, Fraction(1, 2)),
    "independent": Ready(ALONE, Fraction(2, 3)),
}
"""By the names of `pairings.models.Pairing.Phase`; any pair may be in the first."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How many of the competencies hold what a phase asks for."""

    phase: str
    reached: int
    of: int

    @property
    def needed(self) -> int:
        """How many it takes."""
        return ceil(PHASES[self.phase].share * self.of)

    @property
    def is_ready(self) -> bool:
        return self.of > 0 and self.reached >= self.needed


def reach(phase: str, held: Iterable[int]) -> Reach | None:
    """Of the steps that count; None for the phase that asks for nothing."""
    if phase not in PHASES:
        return None
    steps = list(held)
    return Reach(phase, sum(s >= PHASES[phase].step for s in steps), len(steps))
