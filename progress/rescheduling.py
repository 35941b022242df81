"""What becomes of milestones when a program gets other dates or another template."""

from collections import defaultdict
from collections.abc import (
    Callable,
    Container,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import chain
from typing import NamedTuple

from django.db.models import Q
from django.db.models.functions import Coalesce

from pairings.rescheduling import Move, Timetable, Why
from preceptor.accounts.holidays import held_holidays
from preceptor.accounts.models import Holiday
from progress.actions import conditions_of, milestone_at
from progress.models import (
    GrowthPlan,
    Milestone,
    MilestoneCondition,
    MilestoneMove,
)
from progress.schedule import ONE_DAY, Point, lands_on, points, working_day
from progress.wording import name_of

Key = tuple[str, int]
Points = Mapping[Key, Point]
BATCH = 2000


class _Plan(NamedTuple):
    """A junior's year: from its first day to the end of their enrolment."""

    pk: int
    organisation: int
    junior: int
    starts_on: date
    ends_on: date


class _Year(NamedTuple):
    """From its first day to before its end."""

    starts_on: date
    end: date


class _Milestone(NamedTuple):
    """What of one matters here. A program has tens of thousands: so no model."""

    pk: int
    plan: int
    kind: str
    month: int
    name: str
    due_on: date
    nominal_day: date
    is_unsigned: bool
    is_skipped: bool


@dataclass(frozen=True, slots=True)
class _Change:
    """A milestone that is there or a point to add, and its day: None where it goes.

    `nominal` is that day but for holidays, of what moves.
    """

    plan: _Plan
    subject: _Milestone | Point
    will: date | None
    why: Why = ""
    nominal: date | None = None

    @property
    def days(self) -> dict[str, date | None]:
        """The two columns, as they would be."""
        nominal_on = None if self.nominal == self.will else self.nominal
        return {"due_on": self.will, "nominal_on": nominal_on}

    @property
    def is_seen(self) -> bool:
        """Whether its day is another: a holiday may have brought it there before."""
        return isinstance(self.subject, Point) or self.will != self.subject.due_on

    @property
    def move(self) -> Move:
        one, whose = self.subject, (self.plan.junior,)
        if isinstance(one, Point):
            return Move("milestone", 0, whose, name_of(one), None, self.will)
        return Move(
            "milestone", one.pk, whose, one.name, one.due_on, self.will, self.why
        )

    @property
    def history(self) -> MilestoneMove:
        """That what is there got another day, unsaved."""
        one = self.subject
        if isinstance(one, Point) or self.will is None:
            raise TypeError(f"{one} does not move")
        return MilestoneMove(
            organisation_id=self.plan.organisation,
            milestone_id=one.pk,
            kind=MilestoneMove.Kind.PROGRAM,
            from_on=one.due_on,
            to_on=self.will,
        )

    @property
    def milestone(self) -> Milestone:
        """What is to be added, unsaved."""
        plan = GrowthPlan(pk=self.plan.pk, organisation_id=self.plan.organisation)
        if not isinstance(self.subject, Point):
            raise TypeError(f"{self.subject} is there already")
        made = milestone_at(plan, self.subject)
        for name, day in self.days.items():
            setattr(made, name, day)
        return made


def moves(timetable: Timetable) -> list[Move]:
    """What would move, and what stays although its template has another day for it."""
    holidays = Holiday.objects.names(timetable.program.organisation_id)
    changes = _changes(timetable, holidays)
    return [change.move for change in changes if change.why or change.is_seen]


def move(timetable: Timetable) -> None:
    """Moves it, and keeps that. What is signed in between stays, signature and day."""
    gone, new = [], []
    moved: dict[int, _Change] = {}
    by_day: dict[tuple[tuple[str, date | None], ...], list[int]] = defaultdict(list)
    holidays = held_holidays(timetable.program.organisation_id)
    for change in _changes(timetable, holidays):
        if change.why:
            continue
        if isinstance(change.subject, Point):
            new.append(change)
        elif change.will is None:
            gone.append(change.subject.pk)
        else:
            by_day[tuple(change.days.items())].append(change.subject.pk)
            moved[change.subject.pk] = change
    unsigned = Milestone.objects.unsigned()
    unsigned.filter(pk__in=_held(gone)).delete()
    held = _held(list(moved))
    for days, pks in by_day.items():
        unsigned.filter(pk__in=pks).update(**dict(days))
    MilestoneMove.objects.bulk_create(
        (one.history for pk, one in moved.items() if pk in held and one.is_seen),
        batch_size=BATCH,
    )
    _add(new, timetable)
    begins = timetable.begins
    GrowthPlan.objects.filter(junior__in=begins).update(starts_on=timetable.starts_on)


def _held(pks: Sequence[int]) -> set[int]:
    """Those that nobody has signed, and that nobody signs until all of it is over."""
    rows = Milestone.objects.unsigned().filter(pk__in=pks).order_by("pk")
    return set(rows.select_for_update(no_key=True).values_list("pk", flat=True))


def _add(new: Iterable[_Change], timetable: Timetable) -> None:
    """Adds them, with what each asks for by itself."""
    made = [
        (change.milestone, timetable.begins.get(change.plan.junior)) for change in new
    ]
    Milestone.objects.bulk_create((one for one, _start in made), batch_size=BATCH)
    cadence = timetable.program.cadence_days
    asked = (
        conditions_of(one, start or change.plan.starts_on, cadence)
        for change, (one, start) in zip(new, made, strict=True)
    )
    MilestoneCondition.objects.bulk_create(chain.from_iterable(asked), batch_size=BATCH)


def _changes(timetable: Timetable, holidays: Container[date]) -> Iterator[_Change]:
    rows = GrowthPlan.objects.filter(junior__program=timetable.program).order_by("pk")
    of_plan = ("pk", "organisation", "junior", "starts_on", "junior__ends_on")
    milestones = _milestones(timetable)
    # Most years have the same days.
    pointed = cache(_by_key)
    for row in rows.values_list(*of_plan):
        plan = _Plan(*row)
        year = _year(plan, timetable)
        for change in _changes_of(plan, milestones[plan.pk], timetable, pointed):
            yield _among(holidays, change, year)


def _year(plan: _Plan, timetable: Timetable) -> _Year:
    """As it is to be."""
    return _Year(
        timetable.begins.get(plan.junior, plan.starts_on),
        timetable.ends.get(plan.junior, plan.ends_on),
    )


def _among(holidays: Container[date], change: _Change, year: _Year) -> _Change:
    """What moves to a holiday moves on to a working day."""
    if change.why or change.will is None:
        return change
    will = lands_on(change.will, holidays, *year)
    return replace(change, will=will, nominal=change.will)


def _milestones(timetable: Timetable) -> Mapping[int, list[_Milestone]]:
    """All of the program by plan, in order of their days."""
    rows = Milestone.objects.filter(plan__junior__program=timetable.program)
    rows = rows.annotate(
        nominal_day=Coalesce("nominal_on", "due_on"),
        is_unsigned=Q(junior_signed_at__isnull=True, mentor_signed_at__isnull=True),
        is_skipped=Q(skipped_at__isnull=False),
    )
    found = defaultdict(list)
    for row in rows.values_list(*_Milestone._fields):
        found[row[1]].append(_Milestone(*row))
    return found


def _changes_of(
    plan: _Plan,
    milestones: Iterable[_Milestone],
    timetable: Timetable,
    pointed: Callable[[str, date, date], Points],
) -> Iterator[_Change]:
    """In order of the days that stand, then what is added. A year that is over stays.

    A day that somebody set by hand is not the template's; it stays while it lies inside
    the year.
    """
    year = _year(plan, timetable)
    if max(year.end, plan.ends_on) <= timetable.today:
        return
    before = pointed(timetable.program.template, plan.starts_on, plan.ends_on)
    after = pointed(timetable.template, *year)
    if before == after:
        return
    there = set()
    for one in milestones:
        if one.kind == Milestone.Kind.OWN:
            yield from _own(plan, one, year)
            continue
        key = (one.kind, one.month)
        there.add(key)
        if not one.is_skipped:
            yield from _templated(plan, one, before.get(key), after.get(key), year)
    for key, point in after.items():
        if key not in there and point.due_on >= timetable.today:
            yield _Change(plan, point, point.due_on)


def _templated(
    plan: _Plan,
    one: _Milestone,
    was: Point | None,
    point: Point | None,
    year: _Year,
) -> Iterator[_Change]:
    will = point.due_on if point else None
    is_by_hand = was is None or one.nominal_day != was.due_on
    if will == one.nominal_day:
        return
    if not one.is_unsigned:
        yield _Change(plan, one, one.due_on, "signed")
    elif point and is_by_hand and year.starts_on <= one.due_on < year.end:
        yield _Change(plan, one, one.due_on, "by_hand")
    else:
        yield _Change(plan, one, will)


def _own(plan: _Plan, one: _Milestone, year: _Year) -> Iterator[_Change]:
    """One that somebody added moves with the first day, and stays inside the year."""
    shift = year.starts_on - plan.starts_on
    will = one.nominal_day + shift
    if shift or will >= year.end:
        within = max(min(will, year.end - ONE_DAY), year.starts_on)
        will = working_day(within, year.starts_on)
    if one.is_skipped or will == one.nominal_day:
        return
    if one.is_unsigned:
        yield _Change(plan, one, will)
    else:
        yield _Change(plan, one, one.due_on, "signed")


def _by_key(template: str, starts_on: date, ends_on: date) -> Points:
    """A template has one point of each kind and month."""
    wanted = points(template, starts_on, ends_on)
    return {(point.kind, point.month): point for point in wanted}
