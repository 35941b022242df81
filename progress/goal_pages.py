"""What the plan says of each goal, and the page of one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings.models import Enrolment, Pairing
from preceptor.accounts.models import Membership
from preceptor.accounts.rights import Right
from preceptor.templatetags.preceptor import day, first_name, local_day
from progress.levels import Level
from progress.models import Competency, Goal, GoalStep, GrowthPlan


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal in the plan, and what its row says in words.

    `waits` says whose agreement is yet to come, `steps` how many are done.
    """

    goal: Goal
    is_first: bool
    is_last: bool
    is_mine_to_agree: bool
    waits: str
    facts: str
    steps: str


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

    @property
    def done_count(self) -> int:
        return sum(step.done_at is not None for step in self.steps)


def goal_rows(
    plan: GrowthPlan, reader: Membership, pairing: Pairing | None
) -> list[GoalRow]:
    """Open goals in the junior's order, then those that are settled.

    `pairing` is that of today. The words are put together here rather than in the
    template, which takes several times as long for each row.
    """
    goals = list(plan.goals.with_progress())
    open_goals = [goal for goal in goals if goal.is_open]
    settled = [goal for goal in goals if not goal.is_open]
    own = side_of(plan, reader)
    names = {
        str(Enrolment.Side.JUNIOR): first_name(plan.junior.membership.full_name),
        str(Enrolment.Side.MENTOR): first_name(str(pairing.mentor)) if pairing else "",
    }
    return [
        GoalRow(
            goal=goal,
            is_first=goal in open_goals[:1],
            is_last=goal in open_goals[-1:],
            is_mine_to_agree=awaits(goal) == own,
            waits=_waits(awaits(goal), own, names),
            facts=", ".join(_facts(goal, plan.junior.membership_id)),
            steps=_steps(goal),
        )
        for goal in [*open_goals, *settled]
    ]


def _waits(side: str, own: str, names: Mapping[str, str]) -> str:
    if not side:
        return ""
    if side == own:
        return _("waits for your word")
    if not names[side]:
        return _("waits for a mentor")
    return _("waits for %(name)s") % {"name": names[side]}


def _facts(goal: Goal, junior_id: int) -> Iterator[str]:
    if not goal.is_open:
        yield local_day(goal.state_changed_at)
    yield _("since %(on)s") % {"on": local_day(goal.created_at)}
    if goal.due_on:
        yield _("by %(on)s") % {"on": day(goal.due_on)}
    if goal.proposed_by_id != junior_id:
        yield _("proposed by %(name)s") % {"name": goal.proposed_by}
    if goal.competency:
        name, level = goal.competency.name, goal.get_target_display()
        yield f"{name}: {level}" if level else name


def _steps(goal: Goal) -> str:
    n = goal.step_count
    text = ngettext("%(done)s of %(n)s step", "%(done)s of %(n)s steps", n)
    return text % {"done": goal.done_count, "n": n}


def goal_page(goal: Goal, reader: Membership, right: Right) -> GoalPage:
    plan = goal.plan
    may_write = right >= Right.CONTRIBUTE and not plan.junior.program.is_archived
    pairings = Pairing.objects.primary().standing().current(timezone.localdate())
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
