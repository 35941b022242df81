"""The page of one goal, and whose agreement a goal waits for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from django.utils import timezone

from pairings.models import Enrolment, Pairing
from preceptor.accounts.models import Membership
from preceptor.accounts.rights import Right
from progress.levels import Level
from progress.models import Competency, Goal, GoalStep, GrowthPlan


class Agreeable(Protocol):
    """A goal, or what a list has of one."""

    @property
    def is_open(self) -> bool: ...
    @property
    def is_agreed(self) -> bool: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def junior_agreed_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class GoalPage:
    """One goal. Its place and its state are the junior's, its words the pair's.

    A mentor marks what they proposed until the junior has agreed to it.

    `pairing` is None where the junior has no mentor today.
    """

    goal: Goal
    plan: GrowthPlan
    steps: Sequence[GoalStep]
    pairing: Pairing | None
    is_junior: bool
    may_write: bool
    may_agree: bool
    may_mark: bool
    is_lapsed: bool

    @property
    def done_count(self) -> int:
        return sum(step.done_at is not None for step in self.steps)


def goal_page(goal: Goal, reader: Membership, right: Right) -> GoalPage:
    plan = goal.plan
    may_write = right >= Right.CONTRIBUTE and not plan.junior.program.is_archived
    today = timezone.localdate()
    pairings = Pairing.objects.primary().standing().current(today)
    is_junior = plan.junior.membership_id == reader.pk
    is_theirs = goal.proposed_by_id == reader.pk and goal.junior_agreed_at is None
    return GoalPage(
        goal=goal,
        plan=plan,
        steps=list(goal.steps.all()),
        pairing=pairings.with_people().filter(junior=plan.junior).first(),
        is_junior=is_junior,
        may_write=may_write,
        may_agree=may_write and awaits(goal) == side_of(plan, reader),
        may_mark=may_write and (is_junior or is_theirs),
        is_lapsed=has_lapsed(goal, today),
    )


def awaits(goal: Agreeable) -> str:
    """The side that has yet to agree to an open goal, or neither."""
    if not goal.is_open or goal.is_agreed:
        return ""
    missing = goal.junior_agreed_at is None
    return Enrolment.Side.JUNIOR if missing else Enrolment.Side.MENTOR


def has_lapsed(goal: Agreeable, today: date) -> bool:
    """Whether the day of an open goal is over."""
    return goal.is_open and goal.due_on is not None and goal.due_on < today


def side_of(plan: GrowthPlan, reader: Membership) -> str:
    """Of the two who write a plan, the side on which somebody stands."""
    is_junior = plan.junior.membership_id == reader.pk
    return Enrolment.Side.JUNIOR if is_junior else Enrolment.Side.MENTOR


def observable(
    competency: Competency | None, target: int | None
) -> list[tuple[str, str]]:
    """What one can see at the target level, or where there is none at each."""
    if competency is None:
        return []
    levels = [Level(target)] if target else list(Level)
    return [(str(level.label), competency.levels[level - 1]) for level in levels]
