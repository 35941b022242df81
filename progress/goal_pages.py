"""What the plan says of each goal, and the page of one."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from pairings.models import Enrolment, Pairing
from preceptor.accounts.models import Membership
from preceptor.accounts.rights import Right
from progress.levels import Level
from progress.models import Competency, Goal, GoalStep, GrowthPlan


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal in the plan, `step_count` and `done_count` beside it.

    `awaits` is the side whose agreement an open goal waits for.
    """

    goal: Goal
    is_first: bool
    is_last: bool
    awaits: str
    is_mine_to_agree: bool


@dataclass(frozen=True, slots=True)
class GoalPage:
    """One goal. Its place and its state are the junior's, its words the pair's.

    `pairing` is None where the junior has no mentor today.
    """

    goal: Goal
    plan: GrowthPlan
    steps: Sequence[GoalStep]
    pairing: Pairing | None
    is_junior: bool
    may_write: bool
    may_agree: bool

    @property
    def done_count(self) -> int:
        return sum(step.done_at is not None for step in self.steps)


def goal_rows(plan: GrowthPlan, reader: Membership) -> list[GoalRow]:
    """Open goals in the junior's order, then those that are settled."""
    goals = list(plan.goals.with_progress())
    open_goals = [goal for goal in goals if goal.is_open]
    settled = [goal for goal in goals if not goal.is_open]
    own = side_of(plan, reader)
    return [
        GoalRow(
            goal=goal,
            is_first=goal in open_goals[:1],
            is_last=goal in open_goals[-1:],
            awaits=awaits(goal),
            is_mine_to_agree=awaits(goal) == own,
        )
        for goal in [*open_goals, *settled]
    ]


def goal_page(goal: Goal, reader: Membership, right: Right) -> GoalPage:
    plan = goal.plan
    may_write = right >= Right.CONTRIBUTE and not plan.junior.program.is_archived
    pairings = Pairing.objects.primary().standing().current(timezone.localdate())
    return GoalPage(
        goal=goal,
        plan=plan,
        steps=list(goal.steps.all()),
        pairing=pairings.with_people().filter(junior=plan.junior).first(),
        is_junior=plan.junior.membership_id == reader.pk,
        may_write=may_write,
        may_agree=may_write and awaits(goal) == side_of(plan, reader),
    )


def awaits(goal: Goal) -> str:
    """The side that has yet to agree to an open goal, or neither."""
    if not goal.is_open or goal.is_agreed:
        return ""
    missing = goal.junior_agreed_at is None
    return Enrolment.Side.JUNIOR if missing else Enrolment.Side.MENTOR


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
