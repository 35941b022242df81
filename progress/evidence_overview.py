"""The page of all evidence of a year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.accounts.rights import Relation, Resource, Right, right_to
from progress.evidence import (
    Gathered,
    Narrowing,
    gathered_by_kind,
    narrowings,
    together,
)
from progress.evidence_pages import Block, Tagging, in_order, suggestions
from progress.gaps import CategoryGap, TargetGap, category_gaps, target_gaps
from progress.models import Competency, Evidence, GrowthPlan


@dataclass(frozen=True, slots=True)
class Overview:
    """`total` and `covered` are the record; all else is for who reads the plan.

    `covered` counts competencies with evidence, also those of earlier versions.
    `earlier` are those that the plan's version has no more. The lists of both tell of
    the `kind` that they are narrowed to, empty for all.
    """

    total: int
    covered: int
    last_on: date | None
    has_text: bool
    may_tag: bool = False
    kind: str = ""
    kinds: Sequence[Narrowing] = ()
    competencies: Sequence[tuple[Competency, Gathered | None]] = ()
    earlier: Sequence[tuple[Competency, Gathered | None]] = ()
    targets: Sequence[TargetGap] = ()
    categories: Sequence[tuple[Promise, Sequence[CategoryGap]]] = ()
    suggested: Sequence[Block] = ()
    pairing: Pairing | None = None


def overview(
    plan: GrowthPlan,
    relations: set[Relation],
    reader: Membership,
    today: date,
    kind: str = "",
) -> Overview:
    """Of a kind that there is none of, everything."""
    by_kind = gathered_by_kind(plan)
    held = together(by_kind.values())
    right = right_to(relations, Resource.PLAN_TEXT)
    total = sum(one.n for one in held.values())
    last_on = max((one.last_on for one in held.values()), default=None)
    if right < Right.READ:
        return Overview(total, len(held), last_on, has_text=False)
    may_tag = right >= Right.CONTRIBUTE and not plan.junior.program.is_archived
    rows = list(in_order(plan))
    keys = {one.key for one in rows}
    shown = by_kind.get(kind, held)
    pairings = Pairing.objects.of(reader).standing().current(today)
    return Overview(
        total=total,
        covered=len(held),
        last_on=last_on,
        has_text=True,
        may_tag=may_tag,
        kind=kind if kind in by_kind else "",
        kinds=narrowings(
            {name: sum(one.n for one in of.values()) for name, of in by_kind.items()}
        ),
        competencies=[(one, shown.get(one.key)) for one in rows],
        earlier=[
            (one, shown[one.key])
            for one in (_earlier(plan) if shown.keys() - keys else ())
            if one.key in shown.keys() - keys
        ],
        targets=target_gaps(plan, rows, held, reader, today),
        categories=category_gaps(plan, rows),
        suggested=suggestions(Tagging(plan), reader) if may_tag else (),
        pairing=pairings.filter(junior=plan.junior).first() if may_tag else None,
    )


def _earlier(plan: GrowthPlan) -> Sequence[Competency]:
    """Competencies with evidence, each once, as the latest of their versions has it."""
    tagged = Evidence.objects.filter(plan=plan).values("competency")
    rows = Competency.objects.filter(pk__in=tagged).order_by("key", "-pk")
    return list(rows.distinct("key"))
