"""What becomes of milestones when a program gets other dates or another template."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pairings.rescheduling import Move, Timetable, Why
from progress.actions import milestone_at
from progress.models import GrowthPlan, Milestone
from progress.schedule import Point, points

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class _Change:
    """A milestone, saved or not yet, and its day to be: None where it goes."""

    milestone: Milestone
    will: date | None
    why: Why = ""

    @property
    def is_new(self) -> bool:
        return self.milestone.pk is None

    @property
    def move(self) -> Move:
        return Move(
            what="milestone",
            pk=self.milestone.pk or 0,
            whose=str(self.milestone.plan.junior),
            name=self.milestone.name,
            was=None if self.is_new else self.milestone.due_on,
            will=self.will,
            why=self.why,
        )


def moves(timetable: Timetable) -> list[Move]:
    """What would move, and what stays although its template has another day for it."""
    return [change.move for change in _changes(timetable)]


def move(timetable: Timetable) -> None:
    """Moves it. A milestone that is signed in between stays, signature and day."""
    gone, new, by_day = [], [], defaultdict(list)
    for change in _changes(timetable):
        if change.why:
            continue
        if change.is_new:
            new.append(change.milestone)
        elif change.will is None:
            gone.append(change.milestone.pk)
        else:
            by_day[change.will].append(change.milestone.pk)
    unsigned = Milestone.objects.unsigned()
    unsigned.filter(pk__in=gone).delete()
    for day, pks in by_day.items():
        unsigned.filter(pk__in=pks).update(due_on=day)
    Milestone.objects.bulk_create(new)
    begins = timetable.begins
    GrowthPlan.objects.filter(junior__in=begins).update(starts_on=timetable.starts_on)


def _changes(timetable: Timetable) -> Iterator[_Change]:
    plans = GrowthPlan.objects.filter(junior__program=timetable.program)
    for plan in plans.with_junior().prefetch_related("milestones").order_by("pk"):
        yield from _changes_of(plan, timetable)


def _changes_of(plan: GrowthPlan, timetable: Timetable) -> Iterator[_Change]:
    """In order of the days that stand, then what is added. A year that is over stays.

    A day that somebody set by hand is not the template's; it stays while it lies inside
    the year.
    """
    junior = plan.junior
    start = timetable.begins.get(junior.pk, plan.starts_on)
    end = timetable.ends.get(junior.pk, junior.ends_on)
    if max(end, junior.ends_on) <= timetable.today:
        return
    before = _by_key(points(junior.program.template, plan.starts_on, junior.ends_on))
    after = _by_key(points(timetable.template, start, end))
    if before == after:
        return
    for milestone in plan.milestones.all():
        key = (milestone.kind, milestone.month)
        point = after.pop(key, None)
        will = point.due_on if point else None
        was = before.get(key)
        is_by_hand = was is None or milestone.due_on != was.due_on
        if will == milestone.due_on:
            continue
        milestone.plan = plan
        if milestone.has_signature:
            yield _Change(milestone, milestone.due_on, "signed")
        elif point and is_by_hand and start <= milestone.due_on < end:
            yield _Change(milestone, milestone.due_on, "by_hand")
        else:
            yield _Change(milestone, will)
    for point in after.values():
        if point.due_on >= timetable.today:
            yield _Change(milestone_at(plan, point), point.due_on)


def _by_key(wanted: list[Point]) -> dict[Key, Point]:
    """A template has one point of each kind and month."""
    return {(point.kind, point.month): point for point in wanted}
