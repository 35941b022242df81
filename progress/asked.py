"""How far the conditions of a milestone are met: counted in the database."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    Count,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from preceptor.prepared import Prepared
from progress.models import Milestone, MilestoneCondition
from reviews.growth import led_by_junior
from reviews.models import Explanation, ReviewSession
from reviews.tally import SOUND

Kind = MilestoneCondition.Kind


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition as one reader sees it; `count` is None where they see no number."""

    condition: MilestoneCondition
    is_met: bool
    count: int | None

    @property
    def name(self) -> str:
        row = self.condition
        return row.text if row.is_ticked_kind else _names()[row.kind]

    @property
    def how_far(self) -> str:
        """`7 of 10`, or nothing for what is ticked."""
        if self.count is None or self.condition.is_ticked_kind:
            return ""
        numbers = {"n": self.count, "wanted": self.condition.wanted}
        return _("%(n)s of %(wanted)s") % numbers


def asked_of(
    milestone: Milestone, today: date, *, is_pair: bool = True
) -> Sequence[Asked]:
    """In their order, in one query. How much was explained is the pair's to know."""
    rows = CONDITIONS(milestone=milestone.pk, today=today)
    return [_asked(row, is_pair) for row in rows]


def asked_of_many(milestones: Collection[int], today: date) -> dict[int, list[Asked]]:
    """By milestone the same, of what asks for something at all, in one query."""
    found: dict[int, list[Asked]] = {}
    rows: Any = MilestoneCondition.objects.filter(milestone__in=milestones)
    for row in with_counts(rows, today):
        found.setdefault(row.milestone_id, []).append(_asked(row, is_pair=False))
    return found


def unmet(asked: Iterable[Asked]) -> list[Asked]:
    return [one for one in asked if not one.is_met]


def _asked(row: Any, is_pair: bool) -> Asked:
    if row.is_ticked_kind:
        return Asked(row, row.ticked_at is not None, None)
    count = row.so_far if row.counted is None else row.counted
    is_shown = is_pair or row.kind != Kind.FINDINGS_EXPLAINED
    return Asked(row, count >= row.wanted, count if is_shown else None)


def _names() -> Mapping[str, str]:
    return {
        Kind.SESSIONS_HELD: _("Sessions held"),
        Kind.SESSIONS_LED: _("Sessions that the junior led"),
        Kind.FINDINGS_EXPLAINED: _("Findings explained soundly"),
    }


def with_counts(
    rows: "QuerySet[MilestoneCondition]", last: date | OuterRef
) -> "QuerySet[MilestoneCondition]":
    """Sets `so_far`, within the plan's time up to the last day, this one counted."""
    held = ReviewSession.objects.held().filter(
        pairing__junior=OuterRef("milestone__plan__junior"),
        held_on__gte=OuterRef("milestone__plan__starts_on"),
        held_on__lte=last,
    )
    explained = Explanation.objects.filter(
        mark__gte=SOUND,
        finding__session__pairing__junior=OuterRef("milestone__plan__junior"),
        finding__session__state=ReviewSession.State.CLOSED,
        finding__session__held_on__gte=OuterRef("milestone__plan__starts_on"),
        finding__session__held_on__lte=last,
    )
    of_kind = {
        Kind.SESSIONS_HELD: held,
        Kind.SESSIONS_LED: led_by_junior(held),
        Kind.FINDINGS_EXPLAINED: explained,
    }
    cases = [When(kind=kind, then=_number(some)) for kind, some in of_kind.items()]
    return rows.annotate(
        so_far=Case(*cases, default=0, output_field=IntegerField())
    ).order_by("position", "pk")


def _number(rows: "QuerySet[Any]") -> Coalesce:
    """How many there are, as a subquery."""
    counted = rows.order_by().annotate(one=Value(1)).values("one")
    return Coalesce(Subquery(counted.annotate(n=Count("pk")).values("n")), 0)


def _conditions(milestone: int, today: date) -> "QuerySet[MilestoneCondition]":
    rows = MilestoneCondition.objects.filter(milestone=milestone)
    return with_counts(rows.select_related("ticked_by__user"), today)


CONDITIONS = Prepared(_conditions, milestone=int, today=date)
"""Those of a milestone, counted up to a day."""
