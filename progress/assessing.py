"""What pages show of assessments: one's own draft, both side by side, the year."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.accounts.rights import Relation as To
from preceptor.accounts.rights import Resource, Right, right_to
from preceptor.http import url
from preceptor.prepared import Prepared
from progress.access import right_now
from progress.actions import Agreed, Said
from progress.agreement import Agreement, agreement
from progress.evidence import Gathered
from progress.levels import Level
from progress.models import (
    Assessment,
    Competency,
    GrowthPlan,
    Milestone,
    Outcome,
    Rating,
    Side,
)
from progress.snapshots import Snapshot, due, following, snapshots
from progress.tracks import track

PER_PAGE = 50
KINDS = {
    "needs": Milestone.Kind.NEEDS_ASSESSMENT,
    "midpoint": Milestone.Kind.MIDPOINT,
    "completion": Milestone.Kind.COMPLETION,
}
UNEQUAL, ONE_SIDED, EQUAL, NEITHER = range(4)


def competencies_of(assessment: Assessment) -> "QuerySet[Competency]":
    """What is assessed, in the framework's order."""
    rows = Competency.objects.filter(version=assessment.version_id)
    return rows.select_related("area").order_by("area__position", "position")


def own_ratings(
    assessment: Assessment, reader: Membership, among: Iterable[Competency]
) -> dict[int, Said]:
    rows = Rating.objects.readable_by(reader).filter(
        assessment=assessment,
        side=assessment.side_of(reader),
        competency__in=[one.pk for one in among],
    )
    return {
        row.competency_id: Said(row.is_said, row.level, row.method, row.note)
        for row in rows
    }


def level_word(level: int | None) -> str:
    return _("can’t say") if level is None else str(Level(level).label)


@dataclass(frozen=True, slots=True)
class Compared:
    """A competency as both rated it, and what they agreed on so far."""

    competency: Competency
    own: Rating
    mentors: Rating
    outcome: Outcome | None

    @property
    def difference(self) -> int | None:
        """Levels by which self is above the mentor; None where one can't say."""
        if self.own.level is None or self.mentors.level is None:
            return None
        return self.own.level - self.mentors.level

    @property
    def rank(self) -> tuple[int, int]:
        """Before others: the widest difference, then what only one can say."""
        if self.difference:
            return UNEQUAL, -abs(self.difference)
        if self.difference == 0:
            return EQUAL, 0
        says_nothing = self.own.level is None and self.mentors.level is None
        return (NEITHER if says_nothing else ONE_SIDED), 0

    @property
    def own_word(self) -> str:
        return level_word(self.own.level)

    @property
    def mentors_word(self) -> str:
        return level_word(self.mentors.level)

    @property
    def drawn(self) -> SafeString:
        label = _("Self %(own)s, mentor %(mentors)s") % {
            "own": self.own_word,
            "mentors": self.mentors_word,
        }
        drawn = track(self.own.level, self.mentors.level, escape(label))
        return mark_safe(drawn)  # noqa: S308 # its only text is escaped

    @property
    def agreed(self) -> Agreed:
        """What stands, or what both said where nothing does yet."""
        if self.outcome:
            row = self.outcome
            return Agreed(row.level, row.state, row.note)
        same = self.own.level if self.difference == 0 else None
        return Agreed(level=same, state=None, note="")


def compared(assessment: Assessment, reader: Membership) -> list[Compared]:
    """Both side by side, differences first; nothing until both are in. Two queries."""
    if not assessment.is_revealed:
        return []
    rows = Rating.objects.readable_by(reader).filter(assessment=assessment)
    related = rows.select_related("competency__area")
    ordered = related.order_by("competency__area__position", "competency__position")
    sides: dict[str, dict[int, Rating]] = {Side.SELF: {}, Side.MENTOR: {}}
    for row in ordered:
        sides[row.side][row.competency_id] = row
    outcomes = {row.competency_id: row for row in assessment.outcomes.all()}
    both = (
        Compared(own.competency, own, sides[Side.MENTOR][pk], outcomes.get(pk))
        for pk, own in sides[Side.SELF].items()
    )
    return sorted(both, key=lambda one: one.rank)


def agreement_of(
    assessment: Assessment, reader: Membership, rows: Sequence[Compared]
) -> Agreement | None:
    """How far the two agree, for the two who rated alone."""
    if reader.pk not in (assessment.plan.junior.membership_id, assessment.mentor_id):
        return None
    pairs = ((one.own.level, one.mentors.level) for one in rows)
    return agreement([(one, other) for one, other in pairs if one and other])


@dataclass(frozen=True, slots=True)
class Rated:
    """A competency with the level that each side gave it; None for can't say."""

    pk: int
    key: UUID
    name: str
    about: str
    own: int | None
    mentors: int | None


@dataclass(frozen=True, slots=True)
class CompetencyCard:
    """The plan page's card. `latest` is None for who reads the record alone."""

    held: Sequence[Assessment]
    latest: Assessment | None
    shown: Sequence[Rated]
    due: Snapshot | None
    next: Snapshot | None
    side: Side | None
    may_write: bool
    has_version: bool
    evidence: Mapping[UUID, Gathered]
    evidence_path: str

    @property
    def evidence_total(self) -> int:
        return sum(one.n for one in self.evidence.values())

    @property
    def open(self) -> Assessment | None:
        return next((one for one in self.held if not one.signed_at), None)

    @property
    def signed(self) -> Sequence[Assessment]:
        return [one for one in self.held if one.signed_at]

    @property
    def is_your_turn(self) -> bool:
        """Whether an assessment waits for the reader's own side."""
        side = self.side if self.may_write else None
        return bool(side and self.open and not self.open.is_in(side))

    @property
    def rows(self) -> SafeString:
        """The body of the table, made in one go: a page has dozens."""
        own, mentors = escape(_("Self:")), escape(_("Mentor:"))
        shown_by = escape(_("Evidence:"))
        words = {level: escape(level_word(level)) for level in (None, *Level)}
        label = escape(_("Self %(own)s, mentor %(mentors)s"))
        lines = []
        for one in self.shown:
            said, heard = words[one.own], words[one.mentors]
            told = label % {"own": said, "mentors": heard}
            lines.append(
                f'<tr><th scope="row">{escape(one.name)} '
                f'<small class="meta">{escape(one.about)}</small></th>'
                f"<td>{track(one.own, one.mentors, told)}</td>"
                f'<td data-label="{own}">{said}</td>'
                f'<td data-label="{mentors}">{heard}</td>'
                f'<td data-label="{shown_by}">{self._evidence(one)}</td></tr>'
            )
        return mark_safe("\n".join(lines))  # noqa: S308 # every text is escaped

    def _evidence(self, competency: Rated) -> str:
        """How much a competency has, as a link to it; its name for who hears it."""
        held = self.evidence.get(competency.key)
        words = str(held.n) if held else _("none")
        name = f'<span class="unseen">: {escape(competency.name)}</span>'
        return (
            f'<a href="{self.evidence_path}{competency.pk}/">{escape(words)}{name}</a>'
        )


def competency_card(
    reader: Membership,
    plan: GrowthPlan,
    relations: set[To],
    milestones: Iterable[Milestone],
    today: date,
    *,
    evidence: Mapping[UUID, Gathered],
) -> CompetencyCard:
    text = right_to(relations, Resource.PLAN_TEXT)
    held = ASSESSMENTS(plan=plan.pk)
    for one in held:
        one.plan = plan
    revealed = (one for one in held if one.is_revealed)
    latest = next(revealed, None) if text >= Right.READ else None
    wanted = wanted_of(plan, milestones)
    names = {one.occasion for one in held}
    side = Side.SELF if To.JUNIOR in relations else Side.MENTOR
    return CompetencyCard(
        held=held,
        latest=latest,
        shown=_rated(latest, reader)[:PER_PAGE] if latest else [],
        due=due(wanted, names, today),
        next=following(wanted, names, today),
        side=side if text >= Right.CONTRIBUTE else None,
        may_write=right_now(plan, relations, Resource.PLAN_TEXT) >= Right.CONTRIBUTE,
        has_version=plan.version_id is not None,
        evidence=evidence,
        evidence_path=url(plan.organisation.slug, "progress:evidence", plan.pk),
    )


def _rated(assessment: Assessment, reader: Membership) -> list[Rated]:
    """In the framework's order, as columns: rows of three models cost four times."""
    rows = RATINGS(
        reader=reader.pk,
        organisation=reader.organisation_id,
        assessment=assessment.pk,
    )
    found: dict[int, tuple[UUID, str, str]] = {}
    said: dict[tuple[str, int], int | None] = {}
    for pk, key, name, about, side, level in rows:
        found[pk] = (key, name, about)
        said[side, pk] = level
    return [
        Rated(pk, *named, said.get((Side.SELF, pk)), said.get((Side.MENTOR, pk)))
        for pk, named in found.items()
    ]


def _assessments(plan: int) -> "QuerySet[Assessment]":
    rows = Assessment.objects.filter(plan=plan).newest_first()
    return rows.select_related("mentor__user")


def _ratings(reader: int, organisation: int, assessment: int) -> "QuerySet[Any, Any]":
    member = Membership(pk=reader, organisation_id=organisation)
    rows = Rating.objects.readable_by(member).filter(assessment=assessment)
    ordered = rows.order_by("competency__area__position", "competency__position")
    of = ("competency__key", "competency__name", "competency__about")
    return ordered.values_list("competency", *of, "side", "level")


ASSESSMENTS = Prepared(_assessments, plan=int)
RATINGS = Prepared(_ratings, reader=int, organisation=int, assessment=int)
"""What a reader may read of an assessment, with its competency, side and level."""


def wanted_of(plan: GrowthPlan, milestones: Iterable[Milestone]) -> list[Snapshot]:
    """The year's snapshots, on the days of their milestones where it has these."""
    by_kind = {one.kind: one.due_on for one in milestones}
    set_on = {name: by_kind[kind] for name, kind in KINDS.items() if kind in by_kind}
    return snapshots(plan.starts_on, plan.junior.ends_on, set_on)


def due_of(plan: GrowthPlan, held: Container[str], today: date) -> Snapshot | None:
    """What a day asks for of the year's snapshots, where it was not begun."""
    return due(wanted_of(plan, plan.milestones.all()), held, today)


def suggested(plan: GrowthPlan, held: set[str]) -> str:
    """What an assessment that is opened today is most likely for."""
    wished = due_of(plan, held, timezone.localdate())
    return wished.name if wished else Assessment.Occasion.OWN


@dataclass(frozen=True, slots=True)
class Change:
    """A competency in two signed snapshots; None where one does not have it."""

    name: str
    then: Outcome | None
    now: Outcome | None

    @property
    def steps(self) -> int | None:
        """Levels gained; None where one of the two has no level."""
        if not (self.then and self.now):
            return None
        if self.then.level is None or self.now.level is None:
            return None
        return self.now.level - self.then.level


def changes(then: Assessment, now: Assessment) -> list[Change]:
    """By the competency's key, in the order of the later; what it left out is last."""
    before, after = _by_key(then), _by_key(now)
    keys = [*after, *(key for key in before if key not in after)]
    return [
        Change(
            (after.get(key) or before[key]).competency.name,
            before.get(key),
            after.get(key),
        )
        for key in keys
    ]


def _by_key(assessment: Assessment) -> Mapping[UUID, Outcome]:
    rows = assessment.outcomes.select_related("competency__area")
    ordered = rows.order_by("competency__area__position", "competency__position")
    return {row.competency.key: row for row in ordered}
