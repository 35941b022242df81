"""What a lead decides before a run: hard rules, weights and the aim."""

from enum import StrEnum
from typing import Any

from msgspec import Struct, structs


class Rule(StrEnum):
    """Why a mentor can't take a junior, in the order in which ties are told.

    `SELF` and `UNAVAILABLE` always hold; the others are switches.
    """

    SELF = "self"
    UNAVAILABLE = "unavailable"
    MANAGER = "manager"
    AVOIDED = "avoided"
    OVERLAP = "overlap"
    TENURE = "tenure"
    TRAINING = "training"
    TEAM = "team"
    HEADS = "heads"
    HOURS = "hours"

    @property
    def bit(self) -> int:
        return BITS[self]


BITS = {rule: 1 << place for place, rule in enumerate(Rule)}
CAPACITY = frozenset({Rule.HEADS, Rule.HOURS})
FIXED = frozenset({Rule.SELF, Rule.UNAVAILABLE})


class Rules(Struct, frozen=True, array_like=True):
    """The switches. A number of 0 asks nothing.

    `relax_last` names one rule which gives way for juniors who can't be placed
    under all of them; `SELF` and `UNAVAILABLE` never do.
    """

    heads: bool = True
    hours: bool = True
    minutes_per_junior: int = 120
    manager: bool = True
    avoided: bool = True
    min_overlap_minutes: int = 0
    min_tenure_months: int = 0
    training: bool = False
    same_team: bool = False
    relax_last: Rule | None = None

    def holds(self, rule: Rule) -> bool:
        """Whether the rule is on."""
        return {
            Rule.SELF: True,
            Rule.UNAVAILABLE: True,
            Rule.MANAGER: self.manager,
            Rule.AVOIDED: self.avoided,
            Rule.OVERLAP: self.min_overlap_minutes > 0,
            Rule.TENURE: self.min_tenure_months > 0,
            Rule.TRAINING: self.training,
            Rule.TEAM: self.same_team,
            Rule.HEADS: self.heads,
            Rule.HOURS: self.hours,
        }[rule]

    def without(self, rule: Rule) -> "Rules":
        """The same rules with one switched off; those that always hold stay."""
        off: dict[Rule, dict[str, Any]] = {
            Rule.MANAGER: {"manager": False},
            Rule.AVOIDED: {"avoided": False},
            Rule.OVERLAP: {"min_overlap_minutes": 0},
            Rule.TENURE: {"min_tenure_months": 0},
            Rule.TRAINING: {"training": False},
            Rule.TEAM: {"same_team": False},
            Rule.HEADS: {"heads": False},
            Rule.HOURS: {"hours": False},
        }
        return structs.replace(self, **off.get(rule, {}))

    def seats(self, heads: int, weekly_minutes: int) -> int | None:
        """How many juniors a mentor takes in all; None for no limit."""
        limits = [heads] if self.heads else []
        if self.hours:
            limits.append(weekly_minutes // self.minutes_per_junior)
        return max(0, min(limits)) if limits else None


class Weights(Struct, frozen=True, array_like=True):
    """How much each criterion counts, whole numbers from 0; see `Criterion`."""

    skills: int = 40
    team: int = 20
    overlap: int = 25
    language: int = 10
    choice: int = 20
    spare: int = 15
    completed: int = 5

    def of(self, criterion: "Criterion") -> int:
        weight: int = getattr(self, criterion.value)
        return weight


class Criterion(StrEnum):
    """What makes a pair better, each a share in [0, 1].

    A criterion that can't tell mentors apart for a junior, because they want no skill,
    chose nobody, or gave no language, team or area, is left out of their mean.
    """

    SKILLS = "skills"  # priority times strength over what full strength would give
    TEAM = "team"  # same team: 1; else the share of the junior's areas
    OVERLAP = "overlap"  # shared working minutes of the day over eight hours
    LANGUAGE = "language"  # 1 if they share one
    CHOICE = "choice"  # 1, 0.8, 0.6, 0.4, 0.2 for the first to fifth choice
    SPARE = "spare"  # the mentor's free seats over their seats, before the run
    COMPLETED = "completed"  # pairings in the wanted skill where most, 3 are enough


class Aim(StrEnum):
    """What is best among the runs that place the most juniors.

    `TOTAL`: the highest sum of scores. `FAIR`: the fewest pairs at the lowest score,
    then at the next, up to the top.
    """

    TOTAL = "total"
    FAIR = "fair"
