"""The page of all evidence of a year."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.utils.functional import Promise

from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.accounts.rights import Relation, Resource, Right
from progress.access import right_now
from progress.evidence import (
    Gathered,
    Narrowing,
    gathered_by_kind,
    narrowings,
    together,
)
from progress.evidence_pages import Block, Tagging, in_order, suggestions
from progress.gaps import CategoryGap, TargetGap, category_gaps, target_gaps
from progress.models import Competency, Evidence, Framework, GrowthPlan

PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Listed:
    """A competency and what shows it; `framework` where it is of an earlier version,
    `is_elsewhere` where that is another framework than the plan's."""

    competency: Competency
    held: Gathered | None
    framework: Framework | None = None
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """`total` and `covered` are the record; all else is for who reads the plan.

    `covered` counts competencies with evidence, also those of earlier versions.
    `listed` is a page of the plan's competencies, then of those that its version has
    no more; it tells of the `kind` that it is narrowed to, empty for all.
    """

    total: int
    covered: int
    last_on: date | None
    has_text: bool
    may_tag: bool = False
    kind: str = ""
    kinds: Sequence[Narrowing] = ()
    listed: "Page[Listed] | None" = None
    targets: Sequence[TargetGap] = ()
    categories: Sequence[tuple[Promise, Sequence[CategoryGap]]] = ()
    suggested: Sequence[Block] = ()
    pairing: Pairing | None = None


def overview(
    plan: GrowthPlan,
    relations: set[Relation],
    reader: Membership,
    today: date,
    asked: Mapping[str, str],
) -> Overview:
    """`asked` is of which `kind`, and which `page`; of a kind there is none of, all."""
    kind = asked.get("kind", "")
    by_kind = gathered_by_kind(plan)
    held = together(by_kind.values())
    right = right_now(plan, relations, Resource.PLAN_TEXT)
    total = sum(one.n for one in held.values())
    last_on = max((one.last_on for one in held.values()), default=None)
    if right < Right.READ:
        return Overview(total, len(held), last_on, has_text=False)
    may_tag = right >= Right.CONTRIBUTE
    rows = list(in_order(plan))
    shown = by_kind.get(kind, held)
    listed = [Listed(one, shown.get(one.key)) for one in rows]
    if gone := shown.keys() - {one.key for one in rows}:
        listed += _earlier(plan, {key: shown[key] for key in gone})
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
        listed=Paginator(listed, PER_PAGE).get_page(asked.get("page")),
        targets=target_gaps(plan, rows, held, reader, today),
        categories=category_gaps(plan, rows),
        suggested=suggestions(Tagging(plan), reader) if may_tag else (),
        pairing=pairings.filter(junior=plan.junior).first() if may_tag else None,
    )


def _earlier(plan: GrowthPlan, held: Mapping[UUID, Gathered]) -> Iterator[Listed]:
    """Competencies with evidence, each once, as the latest of their versions has it."""
    tagged = Evidence.objects.filter(plan=plan, competency__key__in=held)
    rows = Competency.objects.filter(pk__in=tagged.values("competency"))
    latest = rows.order_by("key", "-pk").distinct("key")
    now = plan.version.framework_id if plan.version else None
    for one in latest.select_related("version__framework"):
        framework = one.version.framework
        yield Listed(one, held[one.key], framework, framework.pk != now)
