"""What two readers notice in a change: the model behind the demonstration's record.

A reader catches a flaw with the chance `1 / (1 + exp(-k * (ability - hard)))`, the
one-parameter logistic model of item response theory, in which ability and difficulty
share one scale.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Literal

from reviews.demo_changes.catalog import DemoChange, Spot

SLOPE = 7.0
LEARNED_IN_A_YEAR = 0.6
STRONG, WEAK = 0.15, -0.25
SEEN_ONLY_TOGETHER = 0.12

Side = Literal["mentor", "junior"]


@dataclass(frozen=True)
class Reader:
    ability: float
    strong: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()

    def after(self, year: float) -> "Reader":
        """The same reader after a fraction of a year of weekly sessions."""
        ability = self.ability + LEARNED_IN_A_YEAR * year
        return Reader(ability, self.strong, self.weak)

    def catches(self, flaw: Spot) -> float:
        """The chance to see a flaw in a blind pass, as a fraction."""
        bend = STRONG if flaw.category in self.strong else 0.0
        bend += WEAK if flaw.category in self.weak else 0.0
        return 1 / (1 + math.exp(-SLOPE * (self.ability + bend - flaw.hard)))

    def falls_for(self, decoy: Spot) -> float:
        """The chance to report what is no flaw: the better the reader, the lower."""
        return max(0.03, 0.5 - 0.5 * self.ability) * (0.5 + decoy.hard)


@dataclass(frozen=True)
class Noticed:
    """A spot that came up. `by` is empty if neither saw it before the reveal."""

    spot: Spot
    is_real: bool
    by: frozenset[Side]


def read(
    change: DemoChange, junior: Reader, mentor: Reader, rng: Random
) -> list[Noticed]:
    """Everything that comes up when the two read a change, in the order of the code."""
    flaws = [
        Noticed(flaw, True, _who(junior.catches(flaw), mentor.catches(flaw), rng))
        for flaw in (*change.flaws, *change.talk_flaws)
    ]
    decoys = [
        Noticed(
            decoy, False, _who(junior.falls_for(decoy), mentor.falls_for(decoy), rng)
        )
        for decoy in change.decoys
    ]
    noticed = [
        one
        for one in flaws + decoys
        if one.by or (one.is_real and rng.random() < SEEN_ONLY_TOGETHER)
    ]
    return sorted(noticed, key=lambda one: (one.spot.path, one.spot.line_from))


def _who(junior: float, mentor: float, rng: Random) -> frozenset[Side]:
    chances: dict[Side, float] = {"junior": junior, "mentor": mentor}
    return frozenset(side for side, chance in chances.items() if rng.random() < chance)


def judge(seen: Iterable[Noticed], rng: Random) -> tuple[str, float]:
    """Verdict and confidence of somebody who saw just this.

    The confidence is the chance that they give the change to be safe as it is.
    """
    severities = [one.spot.severity for one in seen]
    if "critical" in severities:
        verdict = "reject" if rng.random() < 0.75 else "fix"
        return verdict, rng.choice((0.05, 0.1, 0.1, 0.2))
    if "major" in severities:
        return "fix", rng.choice((0.2, 0.3, 0.3, 0.4))
    return rng.choice(("accept", "fix")), rng.choice((0.6, 0.7, 0.8, 0.9))
