"""A junior's year gathered on one page, for a reader of the plan or of a link to it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.accounts.people import bring_members
from preceptor.accounts.rights import Relation, Resource, Right, right_to
from progress.access import figures_shown
from progress.endings import Ending, Time, ending
from progress.figures import Figures
from progress.granted import Granted, granted
from progress.levels import Level
from progress.models import (
    Assessment,
    Goal,
    GrowthPlan,
    Milestone,
    Outcome,
    PlanLink,
    PublishedFigure,
)
from reviews.growth import led_by_junior
from reviews.models import Lesson, ReleasedSession, ReviewSession

Part = PlanLink.Part
SNAPSHOTS = (
    Assessment.Occasion.NEEDS,
    Assessment.Occasion.MIDPOINT,
    Assessment.Occasion.COMPLETION,
)
ORDER = (Goal.State.REACHED, Goal.State.OPEN, Goal.State.DROPPED)


@dataclass(frozen=True, slots=True)
class Sessions:
    """Closed sittings, and how many of them the junior led."""

    held: int
    minutes: int
    led: int

    @property
    def hours(self) -> float:
        return self.minutes / 60


@dataclass(frozen=True, slots=True)
class Mentored:
    """A mentor's time with the junior; `held` are its sessions."""

    pairing: Pairing
    held: int


@dataclass(frozen=True, slots=True)
class Stood:
    """A competency in one snapshot."""

    level: int | None
    state: str

    @property
    def words(self) -> str:
        state = str(Outcome.State(self.state).label)
        return f"{Level(self.level).label}, {state}" if self.level else state


@dataclass(frozen=True, slots=True)
class Grown:
    """A competency in the snapshots of a year, in order; None where not in one."""

    name: str
    stood: Sequence[Stood | None]

    @property
    def change(self) -> str:
        """Between the first and the last level that it got."""
        levels = [one.level for one in self.stood if one and one.level]
        if len(levels) < 2:
            return ""
        steps = levels[-1] - levels[0]
        if steps > 0:
            return ngettext("one level up", "%(n)d levels up", steps) % {"n": steps}
        if steps < 0:
            text = ngettext("one level down", "%(n)d levels down", -steps)
            return text % {"n": -steps}
        return _("the same")


@dataclass(frozen=True, slots=True)
class Levels:
    snapshots: Sequence[Assessment]
    grown: Sequence[Grown]

    @property
    def rows(self) -> SafeString:
        """The body of the table, made in one go: a framework may be long."""
        names = [escape(f"{_name(one)}:") for one in self.snapshots]
        lines = (self._row(one, names) for one in self.grown)
        return mark_safe("\n".join(lines))  # noqa: S308 # every text is escaped

    def _row(self, one: Grown, names: Sequence[str]) -> str:
        cells = "".join(
            f'<td data-label="{name}">{escape(stood.words if stood else "–")}</td>'
            for name, stood in zip(names, one.stood, strict=True)
        )
        change = ""
        if len(self.snapshots) > 1:
            label, words = escape(_("Change:")), escape(one.change or "–")
            change = f'<td data-label="{label}">{words}</td>'
        return f'<tr><th scope="row">{escape(one.name)}</th>{cells}{change}</tr>'


@dataclass(frozen=True, slots=True)
class Completion:
    """What a reader sees of a year; a part that is not theirs is None.

    Lessons come with their session and author. `figures` shows what it may. What
    `evidence` there was is told in counts alone.
    """

    plan: GrowthPlan
    ending: Ending
    milestones: Sequence[Milestone]
    pairings: Sequence[Pairing]
    goals: Sequence[Goal] | None
    levels: Levels | None
    sessions: Sessions | None
    mentors: Sequence[Mentored] | None
    sign_offs: Sequence[Milestone] | None
    evidence: Granted | None
    autonomy: Granted | None
    figures: Figures
    lessons: Sequence[Lesson] | None

    @property
    def signed(self) -> int:
        return sum(one.signed_at is not None for one in self.milestones)

    @property
    def skipped(self) -> int:
        return sum(one.skipped_at is not None for one in self.milestones)

    @property
    def reached(self) -> int:
        return sum(one.state == Goal.State.REACHED for one in self.goals or ())

    @property
    def completion(self) -> Milestone | None:
        """The completion review, where the year has one."""
        return completion_of(self.milestones)

    @property
    def last_mentor(self) -> Pairing | None:
        return self.pairings[-1] if self.pairings else None


def completion_of(milestones: Iterable[Milestone]) -> Milestone | None:
    kind = Milestone.Kind.COMPLETION
    return next((one for one in milestones if one.kind == kind), None)


def clock_of(plan: GrowthPlan) -> AbstractContextManager[None]:
    """The junior's, by which the days of their year are the same to every reader."""
    return timezone.override(ZoneInfo(plan.junior.membership.user.time_zone))


def parts_for(plan: GrowthPlan, relations: set[Relation]) -> set[str]:
    """The record to who reads it, the text of the plan to the pair of today."""
    parts: set[str] = {Part.SESSIONS, Part.SIGN_OFFS, Part.MENTORS, Part.EVIDENCE}
    if right_to(relations, Resource.PLAN_TEXT) >= Right.READ:
        parts |= {Part.GOALS, Part.LEVELS, Part.AUTONOMY}
    if PublishedFigure.Figure.CATCHES in figures_shown(plan, relations).seen:
        parts.add(Part.CATCHES)
    return parts


def lessons_for(plan: GrowthPlan, reader: Membership) -> list[Lesson] | None:
    """Of the sessions that they took part in or were released to them; else None."""
    took_part = Q(session__junior=reader) | Q(session__mentor=reader)
    released = ReleasedSession.objects.to(reader, timezone.localdate())
    lent = Q(session__in=released.values("session"))
    rows = list(_lessons(plan).filter(took_part | lent))
    if rows or plan.junior.membership_id == reader.pk:
        return rows
    mentored = Pairing.objects.begun().filter(junior=plan.junior)
    return [] if mentored.filter(mentor__membership=reader).exists() else None


def own_lessons(plan: GrowthPlan) -> "QuerySet[Lesson]":
    """What the junior wrote, which is theirs to show to others."""
    return _lessons(plan).filter(author=plan.junior.membership_id)


def shared_lessons(link: PlanLink) -> list[Lesson]:
    """Those that were ticked and are the junior's own still."""
    ticked = link.shared_lessons.values("lesson")
    return list(own_lessons(link.plan).filter(pk__in=ticked))


def _lessons(plan: GrowthPlan) -> "QuerySet[Lesson]":
    rows = Lesson.objects.filter(
        organisation=plan.organisation_id,
        session__pairing__junior=plan.junior_id,
        session__state=ReviewSession.State.CLOSED,
    )
    related = rows.select_related("session", "author__user").defer("session__account")
    return related.order_by("session__held_on", "created_at", "pk")


def completion_of_year(
    plan: GrowthPlan,
    parts: Iterable[str],
    lessons: Sequence[Lesson] | None,
    today: date,
) -> Completion:
    """The year of a plan that came `with_junior()`, in a constant number of queries."""
    shown = frozenset(parts)
    pairings = list(_pairings(plan))
    milestones = list(plan.milestones.all())
    bring_members(
        *((pairing.mentor, "membership") for pairing in pairings),
        *((one, "mentor_signed_by") for one in milestones),
    )
    by_pairing, sessions = _sessions(plan)
    ended = ending(_time(plan, pairings, milestones), today)
    found = _granted(plan, shown, ended.on or today)
    figures = [PublishedFigure.Figure.CATCHES] if Part.CATCHES in shown else []
    return Completion(
        plan=plan,
        ending=ended,
        milestones=milestones,
        pairings=pairings,
        goals=_goals(plan) if Part.GOALS in shown else None,
        levels=_levels(plan) if Part.LEVELS in shown else None,
        sessions=sessions if Part.SESSIONS in shown else None,
        mentors=[Mentored(one, by_pairing[one.pk]) for one in pairings]
        if Part.MENTORS in shown
        else None,
        sign_offs=milestones if Part.SIGN_OFFS in shown else None,
        evidence=found if Part.EVIDENCE in shown else None,
        autonomy=found if Part.AUTONOMY in shown else None,
        figures=Figures(plan, figures, today),
        lessons=lessons,
    )


def _pairings(plan: GrowthPlan) -> "QuerySet[Pairing]":
    """Every one that held on a day, first begun first."""
    rows = Pairing.objects.begun().filter(junior=plan.junior_id)
    held = rows.filter(ends_on__gt=F("starts_on")).select_related("mentor")
    return held.order_by("starts_on", "kind", "pk")


def _time(
    plan: GrowthPlan, pairings: Sequence[Pairing], milestones: Sequence[Milestone]
) -> Time:
    done = completion_of(milestones)
    signed_at = done.signed_at if done else None
    primary = [one for one in pairings if one.kind == Pairing.Kind.PRIMARY]
    return Time(
        completed_on=timezone.localdate(signed_at) if signed_at else None,
        is_here=plan.junior.membership.is_active,
        ends_on=plan.junior.ends_on,
        program_ends_on=plan.junior.program.ends_on,
        pairs=[(one.ends_on, one.is_standing) for one in primary],
    )


def _sessions(plan: GrowthPlan) -> tuple[Counter[int], Sessions]:
    """How many each pairing held, and all of them together."""
    rows = ReviewSession.objects.held().filter(pairing__junior=plan.junior_id)
    theirs = led_by_junior(rows).values("pk")
    facts = list(
        rows.annotate(is_led=Q(pk__in=theirs)).values_list(
            "pairing", "minutes", "is_led"
        )
    )
    return Counter(pairing for pairing, _minutes, _leads in facts), Sessions(
        held=len(facts),
        minutes=sum(minutes or 0 for _pairing, minutes, _leads in facts),
        led=sum(is_led for _pairing, _minutes, is_led in facts),
    )


def _granted(plan: GrowthPlan, shown: frozenset[str], on: date) -> Granted | None:
    if shown & {Part.AUTONOMY, Part.EVIDENCE}:
        return granted(plan, on, has_rows=Part.AUTONOMY in shown)
    return None


def _goals(plan: GrowthPlan) -> list[Goal]:
    """Those that both agreed to: reached, then open, then dropped."""
    agreed = {"junior_agreed_at__isnull": False, "mentor_agreed_at__isnull": False}
    rows = plan.goals.filter(**agreed).select_related("competency")
    return sorted(rows, key=lambda goal: ORDER.index(Goal.State(goal.state)))


def _levels(plan: GrowthPlan) -> Levels | None:
    """What both signed in week 4, half-way and at the end; None before the first."""
    signed = plan.assessments.filter(signed_at__isnull=False, occasion__in=SNAPSHOTS)
    snapshots = sorted(signed, key=lambda one: SNAPSHOTS.index(one.occasion))
    if not snapshots:
        return None
    rows = Outcome.objects.filter(assessment__in=snapshots).select_related(
        "competency__area"
    )
    # The last snapshot's order counts; what only earlier ones have comes after it.
    place = {one.pk: number for number, one in enumerate(snapshots)}
    ordered = sorted(rows, key=lambda one: (-place[one.assessment_id], _place(one)))
    by_key: dict[object, dict[int, Outcome]] = {}
    for one in ordered:
        by_key.setdefault(one.competency.key, {})[one.assessment_id] = one
    return Levels(snapshots, [_grown(found, snapshots) for found in by_key.values()])


def _place(one: Outcome) -> tuple[int, int]:
    return one.competency.area.position, one.competency.position


def _grown(found: dict[int, Outcome], snapshots: Sequence[Assessment]) -> Grown:
    stood = (found.get(one.pk) for one in snapshots)
    name = next(iter(found.values())).competency.name
    return Grown(name, [Stood(one.level, one.state) if one else None for one in stood])


def _name(assessment: Assessment) -> str:
    return str(assessment.get_occasion_display())
