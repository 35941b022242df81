"""What a junior's year lacks evidence of, and what is to be done about it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, TypeVar
from uuid import UUID

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from progress.evidence import Gathered
from progress.models import Competency, Goal, GrowthPlan
from progress.things import flaws, sessions_told
from reviews.models import Finding
from reviews.taxonomy import Kind, groups, label

FRESH = timedelta(days=60)
"""For how long evidence counts as recent."""

MOST_NAMED = 6
"""How many competencies of a category are named; a framework may have thousands."""


@dataclass(frozen=True, slots=True)
class TargetGap:
    """A competency with a target and no recent evidence.

    `fits` counts the real flaws of that time whose category points to it.
    """

    goal: Goal
    competency: Competency
    last_on: date | None
    fits: int
    categories: Sequence[str]


@dataclass(frozen=True, slots=True)
class CategoryGap:
    """A flaw category that no session of the junior has met."""

    name: str
    help: Promise | str
    competencies: Sequence[str]


class Keyed(Protocol):
    @property
    def key(self) -> UUID: ...


class Aimed(Protocol):
    """A goal, or what a list has of one."""

    @property
    def is_open(self) -> bool: ...
    @property
    def is_agreed(self) -> bool: ...
    @property
    def target(self) -> int | None: ...
    @property
    def competency(self) -> Keyed | None: ...


SomeGoal = TypeVar("SomeGoal", bound=Aimed)


def stale_targets(
    goals: Iterable[SomeGoal], held: Mapping[UUID, Gathered], today: date
) -> list[SomeGoal]:
    """Open agreed goals with a target and no evidence in 60 days, one a competency."""
    found: dict[UUID, SomeGoal] = {}
    for goal in goals:
        if not (goal.is_open and goal.is_agreed and goal.target and goal.competency):
            continue
        gathered = held.get(goal.competency.key)
        if gathered is None or gathered.last_on < today - FRESH:
            found.setdefault(goal.competency.key, goal)
    return list(found.values())


def target_gaps(
    plan: GrowthPlan,
    competencies: Sequence[Competency],
    held: Mapping[UUID, Gathered],
    reader: Membership,
    today: date,
) -> list[TargetGap]:
    """Two queries. Of competencies that the plan has still."""
    goals = plan.goals.open().select_related("competency")
    now = {one.key: one for one in competencies}
    met = _met_since(plan, reader, today - FRESH)
    gaps = []
    for goal in stale_targets(goals, held, today):
        key = goal.competency.key if goal.competency else None
        one = now.get(key) if key else None
        if one is None or key is None:
            continue
        last_on = held[key].last_on if key in held else None
        names = [label(key) for key in one.categories]
        fits = sum(met[c] for c in one.categories)
        gaps.append(TargetGap(goal, one, last_on, fits, names))
    return gaps


def _met_since(plan: GrowthPlan, reader: Membership, day: date) -> Counter[str]:
    """Real flaws of sessions since a day, by category."""
    told = sessions_told(plan, reader).filter(opened_at__date__gte=day)
    rows = flaws(told).order_by().values_list("category").annotate(Count("pk"))
    return Counter(dict(rows))


def category_gaps(
    plan: GrowthPlan, competencies: Sequence[Competency]
) -> list[tuple[Promise, list[CategoryGap]]]:
    """By their groups: what no session of the year has met as a real flaw; one query.

    Whatever mentor the session was with, whether or not it was closed.
    """
    real = (
        Finding.objects.real()
        .on_board()
        .filter(
            session__revealed_at__isnull=False, session__pairing__junior=plan.junior_id
        )
    )
    met = set(real.values_list("category", flat=True).distinct())
    gaps = (
        (group.label, [_gap(one, competencies) for one in kinds if one.key not in met])
        for group, kinds in groups()
    )
    return [(group, rows) for group, rows in gaps if rows]


def _gap(kind: Kind, competencies: Iterable[Competency]) -> CategoryGap:
    names = [one.name for one in competencies if kind.key in one.categories]
    if more := len(names[MOST_NAMED:]):
        names[MOST_NAMED:] = [_("%(n)s more") % {"n": more}]
    return CategoryGap(str(kind.label), kind.help, names)
