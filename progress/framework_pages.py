"""What the pages about frameworks show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from progress.framework_words import of_row
from progress.frameworks.changes import Change, Changes
from progress.frameworks.content import CompetencyText
from progress.frameworks.planning import Effect
from progress.levels import Level
from progress.models import (
    Area,
    Competency,
    Framework,
    FrameworkVersion,
    GrowthPlan,
    ProgramFramework,
)
from reviews.taxonomy import label

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class FrameworkRow:
    """A framework in the list; `plans` and `programs` are counted for its writers."""

    framework: Framework
    newest: FrameworkVersion | None
    draft: FrameworkVersion | None
    competencies: int
    plans: int
    programs: int


def framework_rows(
    member: Membership, frameworks: Sequence[Framework]
) -> list[FrameworkRow]:
    """In four queries, whatever there is."""
    versions: dict[int, list[FrameworkVersion]] = {}
    rows = FrameworkVersion.objects.filter(framework__in=frameworks)
    for version in rows.annotate(size=Count("competencies")).order_by("-number"):
        versions.setdefault(version.framework_id, []).append(version)
    plans = _counts(GrowthPlan.objects.all(), "version__framework", frameworks)
    programs = _counts(ProgramFramework.objects.all(), "framework", frameworks)
    return [
        _row(one, versions.get(one.pk, []), plans, programs, member)
        for one in frameworks
    ]


def _row(
    framework: Framework,
    versions: Sequence[FrameworkVersion],
    plans: Mapping[int, int],
    programs: Mapping[int, int],
    member: Membership,
) -> FrameworkRow:
    newest = next((one for one in versions if not one.is_draft), None)
    draft = next((one for one in versions if one.is_draft), None)
    shown: Any = newest or draft
    return FrameworkRow(
        framework=framework,
        newest=newest,
        draft=draft if member.is_manager else None,
        competencies=shown.size if shown else 0,
        plans=plans.get(framework.pk, 0),
        programs=programs.get(framework.pk, 0),
    )


def _counts(rows: Any, path: str, frameworks: Sequence[Framework]) -> dict[int, int]:
    counted = rows.filter(**{f"{path}__in": frameworks}).order_by().values_list(path)
    return dict(counted.annotate(n=Count("pk")))


@dataclass(frozen=True, slots=True)
class LevelText:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class CompetencyRow:
    """A competency to read; `is_first` and `is_last` are meant in its area."""

    competency: Competency
    levels: Sequence[LevelText]
    categories: Sequence[str]
    is_first: bool
    is_last: bool

    @property
    def missing(self) -> Sequence[str]:
        """The names of the levels without words."""
        return [level.name for level in self.levels if not level.text]


@dataclass(frozen=True, slots=True)
class AreaBlock:
    """The part of an area that is on the page."""

    area: Area
    rows: Sequence[CompetencyRow]
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class VersionPage:
    """A version as one page of it shows."""

    version: FrameworkVersion
    areas: Sequence[Area]
    blocks: Sequence[AreaBlock]
    page: Page[Competency]
    filters: Mapping[str, str]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.filters.get("q") or self.filters.get("area"))


def version_page(version: FrameworkVersion, filters: Mapping[str, str]) -> VersionPage:
    """Fifty competencies, under their areas; an empty area stands on the last page."""
    counted = version.areas.annotate(size=Count("competencies"))
    areas = list(counted.order_by("position"))
    rows = version.competencies.order_by("area__position", "position")
    if text := filters.get("q", "").strip():
        rows = rows.filter(Q(name__icontains=text) | Q(about__icontains=text))
    if (wanted := filters.get("area", "")).isdecimal() and len(wanted) < 19:
        rows = rows.filter(area=int(wanted))
    page = Paginator(rows, PER_PAGE).get_page(filters.get("page"))
    ends = _ends(version) if version.is_draft else set()
    blocks = _blocks(areas, list(page.object_list), ends)
    if page.has_next() or text or wanted:
        blocks = [block for block in blocks if block.rows]
    return VersionPage(version, areas, blocks, page, filters)


def _ends(version: FrameworkVersion) -> set[tuple[str, int]]:
    """The first and last competency of each area, as ("first", its id)."""
    ends: dict[tuple[str, int], int] = {}
    rows = version.competencies.order_by("position").values_list("area", "pk")
    for area, pk in rows:
        ends.setdefault(("first", area), pk)
        ends["last", area] = pk
    return {(which, pk) for (which, _area), pk in ends.items()}


def _blocks(
    areas: Sequence[Area],
    competencies: Sequence[Competency],
    ends: set[tuple[str, int]],
) -> list[AreaBlock]:
    by_area: dict[int, list[CompetencyRow]] = {}
    for one in competencies:
        row = competency_row(
            one,
            is_first=("first", one.pk) in ends,
            is_last=("last", one.pk) in ends,
        )
        by_area.setdefault(one.area_id, []).append(row)
    return [
        AreaBlock(area, by_area.get(area.pk, []), area == areas[0], area == areas[-1])
        for area in areas
    ]


def competency_row(
    one: Competency, *, is_first: bool = True, is_last: bool = True
) -> CompetencyRow:
    levels, categories = _levels(one.levels), category_names(one.categories)
    return CompetencyRow(one, levels, categories, is_first, is_last)


def _levels(texts: Sequence[str]) -> list[LevelText]:
    said = zip(Level, texts, strict=True)
    return [LevelText(level_name(level), text) for level, text in said]


def level_name(level: Level) -> str:
    return str(capfirst(level.label))


def category_names(categories: Sequence[str]) -> list[str]:
    """As they are called."""
    return [label(one) for one in categories]


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that was said otherwise before; either may be empty."""

    label: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change to read: the pieces of what was reworded, or all of what is not."""

    change: Change
    pieces: Sequence[Piece]
    about: str
    levels: Sequence[LevelText]


@dataclass(frozen=True, slots=True)
class ChangesPage:
    changes: Changes
    rows: Sequence[ChangeRow]
    areas: Sequence[Piece]
    page: Page[Change]
    wanted: str


def changes_page(changes: Changes, filters: Mapping[str, str]) -> ChangesPage:
    """Fifty changes, of one kind where the filters name one."""
    wanted = filters.get("kind", "")
    found = changes.of(wanted) if wanted else changes.competencies
    page = Paginator(found, PER_PAGE).get_page(filters.get("page"))
    return ChangesPage(
        changes=changes,
        rows=[_change_row(one) for one in page.object_list],
        areas=[
            Piece(
                (now or was).name,  # type: ignore[union-attr] # one of the two is there
                was.about if was else "",
                now.about if now else "",
            )
            for was, now in changes.areas
        ],
        page=page,
        wanted=wanted,
    )


def _change_row(change: Change) -> ChangeRow:
    text: Any = change.now or change.was
    return ChangeRow(change, pieces_of(change), text.about, _levels(text.levels))


def pieces_of(change: Change) -> list[Piece]:
    """What a reworded competency says otherwise; nothing for one that came or went."""
    was, now = change.was, change.now
    if was is None or now is None:
        return []
    said = zip(_texts(was), _texts(now), strict=True)
    pieces = [Piece(_("Area"), change.area_was, change.area_now)]
    pieces += [Piece(label, old, new) for (label, old), (_same, new) in said]
    return [piece for piece in pieces if piece.was != piece.now]


def _texts(one: CompetencyText) -> list[tuple[str, str]]:
    levels = zip(Level, one.levels, strict=True)
    return [
        (_("Name"), one.name),
        (_("What it is about"), one.about),
        *((level_name(level), text) for level, text in levels),
        (_("Flaw categories"), ", ".join(category_names(one.categories))),
    ]


@dataclass(frozen=True, slots=True)
class EffectRow:
    """What a file does to a competency; `reason` says why it does nothing."""

    effect: Effect
    reason: str


def effect_rows(effects: Sequence[Effect]) -> list[EffectRow]:
    return [EffectRow(one, of_row(one.row) if one.row else "") for one in effects]
