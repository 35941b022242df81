"""What the page of a milestone shows to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from django.db.models import F
from django.utils import timezone

from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.accounts.rights import (
    Relation,
    Resource,
    Right,
    right_to,
)
from progress.access import arranges, right_now
from progress.actions.milestones import may_withdraw
from progress.asked import Asked, asked_of, unmet
from progress.assessing import KINDS
from progress.default_conditions import HALF_YEAR
from progress.models import (
    Assessment,
    CheckIn,
    Milestone,
    MilestoneAddendum,
    MilestoneMove,
)


@dataclass(frozen=True, slots=True)
class Moved:
    """A move from the day on which the milestone was due to that on which it then was.

    The row of a pause has nominal days instead, which holidays leave alone.
    """

    move: MilestoneMove
    was: date
    then: date


@dataclass(frozen=True, slots=True)
class MilestonePage:
    """`pairing` is that of today. `checkin` is the last before the milestone's day."""

    milestone: Milestone
    asked: Sequence[Asked]
    moves: Sequence[Moved]
    addenda: Sequence[MilestoneAddendum]
    checkin: CheckIn | None
    assessment: Assessment | None
    pairing: Pairing | None
    is_junior: bool
    is_lapsed: bool
    reads_text: bool
    is_of_pair: bool
    arranges: bool
    is_signed: bool
    can_withdraw: bool

    @property
    def missing(self) -> Sequence[Asked]:
        return unmet(self.asked)

    @property
    def is_counted(self) -> bool:
        """Whether a condition is counted, and not all of them are ticked."""
        return any(not one.condition.is_ticked_kind for one in self.asked)

    @property
    def can_sign(self) -> bool:
        return self.is_of_pair and self.milestone.is_open and not self.is_signed

    @property
    def can_shape(self) -> bool:
        """Whether they say what it asks for, and leave it out or edit their own."""
        is_untouched = self.milestone.is_open and not self.milestone.has_signature
        return is_untouched and (self.is_of_pair or self.arranges)

    @property
    def can_skip(self) -> bool:
        return self.can_shape and self.is_of_pair

    @property
    def is_own_kind(self) -> bool:
        return self.milestone.kind == Milestone.Kind.OWN


def milestone_page(
    reader: Membership, milestone: Milestone, relations: set[Relation], today: date
) -> MilestonePage:
    plan = milestone.plan
    record = right_now(plan, relations, Resource.RECORD)
    reads_text = right_to(relations, Resource.PLAN_TEXT) >= Right.READ
    is_of_pair = record >= Right.CONTRIBUTE
    return MilestonePage(
        milestone=milestone,
        asked=asked_of(milestone, today, is_pair=reads_text),
        moves=_moves(milestone),
        addenda=list(milestone.addenda.select_related("author__user")),
        checkin=_checkin(milestone, until(milestone, today)),
        assessment=_assessment(milestone),
        pairing=_pairing(milestone, today),
        is_junior=milestone.is_of(reader),
        is_lapsed=milestone.is_lapsed(today),
        reads_text=reads_text,
        is_of_pair=is_of_pair,
        arranges=arranges(plan, relations),
        is_signed=milestone.is_signed_by(reader),
        can_withdraw=is_of_pair and may_withdraw(reader, milestone, today),
    )


def until(milestone: Milestone, today: date) -> date:
    """The last day that it looks back on: that of the sign-off, or today."""
    if milestone.signed_at is None:
        return today
    return timezone.localdate(milestone.signed_at)


def _moves(milestone: Milestone) -> list[Moved]:
    """In order; a pause that was called off moved nothing in the end."""
    rows = list(
        milestone.moves.exclude(from_on=F("to_on"))
        .select_related("pause", "moved_by__user")
        .order_by("moved_at", "pk")
    )
    found: list[Moved] = []
    for move, following in zip_longest(rows, rows[1:]):
        was, then = move.from_on, move.to_on
        if move.kind == MilestoneMove.Kind.PAUSE:
            was = found[-1].then if found else was
            if following is None:
                then = milestone.due_on
            elif following.kind != MilestoneMove.Kind.PAUSE:
                then = following.from_on
        if was != then:
            found.append(Moved(move, was, then))
    return found


def _checkin(milestone: Milestone, last: date) -> CheckIn | None:
    """That which was handed over since the milestone before, without its words."""
    earlier = milestone.plan.milestones.filter(due_on__lt=milestone.due_on)
    before = earlier.order_by("due_on").values_list("due_on", flat=True).last()
    rows = milestone.plan.checkins.as_record().filter(handed_at__date__lte=last)
    if before:
        rows = rows.filter(handed_at__date__gt=before)
    return rows.newest_first().first()


def _assessment(milestone: Milestone) -> Assessment | None:
    """Half a year in, the meeting of a year's template is its midpoint."""
    names = {kind: name for name, kind in KINDS.items()}
    name = names.get(Milestone.Kind(milestone.kind))
    if milestone.kind == Milestone.Kind.CHECK_IN and milestone.month == HALF_YEAR:
        name = "midpoint"
    return milestone.plan.assessments.filter(occasion=name).first() if name else None


def _pairing(milestone: Milestone, today: date) -> Pairing | None:
    rows = Pairing.objects.primary().standing().current(today)
    people = rows.select_related("mentor__membership__user")
    return people.filter(junior=milestone.plan.junior_id).first()
