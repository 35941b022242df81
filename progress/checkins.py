"""What pages show of check-ins: to the pair their words, to others that they were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from preceptor.accounts.rights import Relation, Resource, Right
from progress.access import right_now
from progress.models import CheckIn, GrowthPlan
from progress.models.checkins import CheckInQuerySet
from progress.protected import WEEK, Hours, hours_between, monday_of

SHOWN = 3
"""How many the plan page lists; the rest is on a page of its own."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What somebody is to the check-ins of a year."""

    has_words: bool
    is_junior: bool
    may_write: bool
    may_answer: bool


@dataclass(frozen=True, slots=True)
class CheckIns:
    """`rows` are newest first and carry words only to a reader who has them."""

    rows: Sequence[CheckIn]
    has_draft: bool
    reader: Reader


def reader_of(plan: GrowthPlan, relations: set[Relation]) -> Reader:
    """The mentor of today answers; a junior writes all of their own text."""
    text = right_now(plan, relations, Resource.PLAN_TEXT)
    is_junior = Relation.JUNIOR in relations
    return Reader(
        has_words=text >= Right.READ,
        is_junior=is_junior,
        may_write=text >= Right.CONTRIBUTE and is_junior,
        may_answer=text >= Right.CONTRIBUTE and not is_junior,
    )


def newest(plan: GrowthPlan, relations: set[Relation]) -> CheckIns:
    """Those that the plan page lists, in one query."""
    reader = reader_of(plan, relations)
    found = list(_with_draft(plan, reader)[: SHOWN + 1])
    handed = [row for row in found if row.handed_at]
    return CheckIns(handed[:SHOWN], len(handed) < len(found), reader)


def listed(plan: GrowthPlan, reader: Reader) -> CheckInQuerySet:
    """All that were handed over, newest first, with what somebody may read of them."""
    rows = plan.checkins.newest_first()
    return rows.handed() if reader.has_words else rows.as_record()


def _with_draft(plan: GrowthPlan, reader: Reader) -> CheckInQuerySet:
    """The junior's draft comes first: a moment that is not there sorts before all."""
    if reader.is_junior:
        return plan.checkins.newest_first()
    return listed(plan, reader)


def hours_since_last(plan: GrowthPlan, checkin: CheckIn | None, today: date) -> Hours:
    """Of the weeks after that of the check-in before, up to the day of this one."""
    handed_at = checkin.handed_at if checkin else None
    earlier = plan.checkins.handed()
    if handed_at:
        earlier = earlier.filter(handed_at__lt=handed_at)
    before = earlier.order_by("handed_at").values_list("handed_at", flat=True).last()
    first = plan.starts_on
    if before:
        first = monday_of(timezone.localdate(before)) + WEEK
    last = timezone.localdate(handed_at) if handed_at else today
    return hours_between(plan, first, last, today)
