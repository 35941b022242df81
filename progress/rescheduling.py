"""What becomes of milestones when a program gets other dates or another template."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

from django.db.models import Q

from pairings.rescheduling import Move, Timetable, Why
from progress.actions import milestone_at
from progress.models import GrowthPlan, Milestone
from progress.schedule import Point, points
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
    is_unsigned: bool


@dataclass(frozen=True, slots=True)
class _Change:
    """A milestone that is there or a point to add, and its day: None where it goes."""

    plan: _Plan
    subject: _Milestone | Point
    will: date | None
    why: Why = ""

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
        return milestone_at(plan, self.subject)


def moves(timetable: Timetable) -> list[Move]:
    """What would move, and what stays although its template has another day for it."""
    return [change.move for change in _changes(timetable)]


def move(timetable: Timetable) -> None:
    """Moves it. A milestone that is signed in between stays, signature and day."""
    gone, new, by_day = [], [], defaultdict(list)
    for change in _changes(timetable):
        if change.why:
            continue
        if isinstance(change.subject, Point):
            new.append(change.milestone)
        elif change.will is None:
            gone.append(change.subject.pk)
        else:
            by_day[change.will].append(change.subject.pk)
    unsigned = Milestone.objects.unsigned()
    unsigned.filter(pk__in=gone).delete()
    for day, pks in by_day.items():
        unsigned.filter(pk__in=pks).update(due_on=day)
    Milestone.objects.bulk_create(new, batch_size=BATCH)
    begins = timetable.begins
    GrowthPlan.objects.filter(junior__in=begins).update(starts_on=timetable.starts_on)


def _changes(timetable: Timetable) -> Iterator[_Change]:
    rows = GrowthPlan.objects.filter(junior__program=timetable.program).order_by("pk")
    of_plan = ("pk", "organisation", "junior", "starts_on", "junior__ends_on")
    milestones = _milestones(timetable)
    # Most years have the same days.
    pointed = cache(_by_key)
    for row in rows.values_list(*of_plan):
        plan = _Plan(*row)
        yield from _changes_of(plan, milestones[plan.pk], timetable, pointed)


def _milestones(timetable: Timetable) -> Mapping[int, list[_Milestone]]:
    """All of the program by plan, in order of their days."""
    rows = Milestone.objects.filter(plan__junior__program=timetable.program)
    rows = rows.annotate(
        is_unsigned=Q(junior_signed_at__isnull=True, mentor_signed_at__isnull=True)
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
        is_by_hand = was is None or one.due_on != was.due_on
        if will == one.due_on:
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
