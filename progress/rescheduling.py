"""What becomes of milestones when a program gets other dates or another template."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import NamedTuple

from django.db.models import Q
from django.db.models.functions import Coalesce

from pairings.rescheduling import Move, Timetable, Why
from preceptor.accounts.holidays import held_holidays
from preceptor.accounts.models import Holiday
from progress.actions import milestone_at
from progress.models import GrowthPlan, Milestone
from progress.schedule import Point, lands_on, points
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
    def move(self) -> Move:
        one, whose = self.subject, (self.plan.junior,)
        if isinstance(one, Point):
            return Move("milestone", 0, whose, name_of(one), None, self.will)
        return Move(
            "milestone", one.pk, whose, one.name, one.due_on, self.will, self.why
        )

    @property
    def milestone(self) -> Milestone:
        """What is to be added, unsaved."""
        plan = GrowthPlan(pk=self.plan.pk, organisation_id=self.plan.organisation)
        if not isinstance(self.subject, Point):
            raise TypeError(f"{self.subject} is there already")
        made = milestone_at(plan, self.subject, ())
        for name, day in self.days.items():
            setattr(made, name, day)
        return made


def moves(timetable: Timetable) -> list[Move]:
    """What would move, and what stays although its template has another day for it."""
    holidays = Holiday.objects.names(timetable.program.organisation_id)
    return [change.move for change in _changes(timetable, holidays)]


def move(timetable: Timetable) -> None:
    """Moves it. A milestone that is signed in between stays, signature and day."""
    gone, new = [], []
    by_day: dict[tuple[tuple[str, date | None], ...], list[int]] = defaultdict(list)
    holidays = held_holidays(timetable.program.organisation_id)
    for change in _changes(timetable, holidays):
        if change.why:
            continue
        if isinstance(change.subject, Point):
            new.append(change.milestone)
        elif change.will is None:
            gone.append(change.subject.pk)
        else:
            by_day[tuple(change.days.items())].append(change.subject.pk)
    unsigned = Milestone.objects.unsigned()
    unsigned.filter(pk__in=gone).delete()
    for days, pks in by_day.items():
        unsigned.filter(pk__in=pks).update(**dict(days))
    Milestone.objects.bulk_create(new, batch_size=BATCH)
    begins = timetable.begins
    GrowthPlan.objects.filter(junior__in=begins).update(starts_on=timetable.starts_on)


def _changes(timetable: Timetable, holidays: Container[date]) -> Iterator[_Change]:
    rows = GrowthPlan.objects.filter(junior__program=timetable.program).order_by("pk")
    of_plan = ("pk", "organisation", "junior", "starts_on", "junior__ends_on")
    milestones = _milestones(timetable)
    # Most years have the same days.
    pointed = cache(_by_key)
    for row in rows.values_list(*of_plan):
        plan = _Plan(*row)
        for change in _changes_of(plan, milestones[plan.pk], timetable, pointed):
            yield _among(holidays, change)


def _among(holidays: Container[date], change: _Change) -> _Change:
    """What moves to a holiday moves on to the next working day."""
    if change.why or change.will is None:
        return change
    will = lands_on(change.will, holidays)
    return replace(change, will=will, nominal=change.will)


def _milestones(timetable: Timetable) -> Mapping[int, list[_Milestone]]:
    """All of the program by plan, in order of their days."""
    rows = Milestone.objects.filter(plan__junior__program=timetable.program)
    rows = rows.annotate(
        nominal_day=Coalesce("nominal_on", "due_on"),
        is_unsigned=Q(junior_signed_at__isnull=True, mentor_signed_at__isnull=True),
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
    start = timetable.begins.get(plan.junior, plan.starts_on)
    end = timetable.ends.get(plan.junior, plan.ends_on)
    if max(end, plan.ends_on) <= timetable.today:
        return
    before = pointed(timetable.program.template, plan.starts_on, plan.ends_on)
    after = pointed(timetable.template, start, end)
    if before == after:
        return
    there = set()
    for one in milestones:
        key = (one.kind, one.month)
        there.add(key)
        point, was = after.get(key), before.get(key)
        will = point.due_on if point else None
        is_by_hand = was is None or one.nominal_day != was.due_on
        if will == one.nominal_day:
            continue
        if not one.is_unsigned:
            yield _Change(plan, one, one.due_on, "signed")
        elif point and is_by_hand and start <= one.due_on < end:
            yield _Change(plan, one, one.due_on, "by_hand")
        else:
            yield _Change(plan, one, will)
    for key, point in after.items():
        if key not in there and point.due_on >= timetable.today:
            yield _Change(plan, point, point.due_on)


def _by_key(template: str, starts_on: date, ends_on: date) -> Points:
    """A template has one point of each kind and month."""
    wanted = points(template, starts_on, ends_on)
    return {(point.kind, point.month): point for point in wanted}
