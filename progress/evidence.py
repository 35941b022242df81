"""What a plan's evidence adds up to, by competency through the framework's versions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from uuid import UUID

from django.db.models import Count, Max
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from progress.models import Evidence, GrowthPlan


@dataclass(frozen=True, slots=True)
class Gathered:
    """How much evidence a competency has, and the day of the latest of it."""

    n: int
    last_on: date


KINDS: Mapping[str, Promise] = {
    Evidence.Kind.FINDING: gettext_lazy("Flaws"),
    Evidence.Kind.EXPLANATION: gettext_lazy("Explained cards"),
    Evidence.Kind.LESSON: gettext_lazy("Lessons"),
    Evidence.Kind.SESSION: gettext_lazy("Sessions"),
    Evidence.Kind.LINK: gettext_lazy("Links"),
}
"""What a list can be narrowed to."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A kind that a list can be narrowed to, empty for all, and how many it has."""

    kind: str
    name: str
    n: int


def narrowings(counts: Mapping[str, int]) -> list[Narrowing]:
    """All, and each kind that there is; from the counts by kind."""
    every = Narrowing("", _("All"), sum(counts.values()))
    named = ((kind, str(name), counts.get(kind, 0)) for kind, name in KINDS.items())
    return [every, *(Narrowing(*one) for one in named if one[-1])]


def gathered(plan: GrowthPlan) -> Mapping[UUID, Gathered]:
    """By the key of each competency that has any; one query."""
    keys = plan.evidence.order_by().values_list("competency__key")
    rows = keys.annotate(Count("pk"), Max("held_on"))
    return {key: Gathered(n, last_on) for key, n, last_on in rows}


def gathered_by_kind(plan: GrowthPlan) -> Mapping[str, Mapping[UUID, Gathered]]:
    """The same for each kind that there is; one query."""
    keys = plan.evidence.order_by().values_list("kind", "competency__key")
    found: dict[str, dict[UUID, Gathered]] = defaultdict(dict)
    for kind, key, n, last_on in keys.annotate(Count("pk"), Max("held_on")):
        found[kind][key] = Gathered(n, last_on)
    return found


def together(parts: Iterable[Mapping[UUID, Gathered]]) -> Mapping[UUID, Gathered]:
    """What several kinds have, added up."""
    found: dict[UUID, Gathered] = {}
    for key, one in chain.from_iterable(part.items() for part in parts):
        had = found.get(key, Gathered(0, one.last_on))
        found[key] = Gathered(had.n + one.n, max(had.last_on, one.last_on))
    return found
