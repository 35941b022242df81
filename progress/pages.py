"""What the plan page shows to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString

from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.accounts.rights import (
    Relation,
    Resource,
    Right,
)
from progress.access import FiguresShown, arranges, figures_shown, right_now
from progress.asked import Asked, asked_of
from progress.assessing import CompetencyCard, competency_card
from progress.checkins import CheckIns, newest
from progress.evidence import gathered
from progress.figures import Figures
from progress.gaps import stale_targets
from progress.goal_list import GoalList, Line, goal_list
from progress.milestone_list import Step, drawn
from progress.models import GrowthPlan
from progress.protected import Hours, hours_of
from progress.standings import Standings, standings_of
from progress.years import YearLine, year_line


@dataclass(frozen=True, slots=True)
class PlanPage:
    """`goals` and `autonomy` are None for who reads the record alone.

    `stale` are goals with a target that nothing of the last 60 days shows.
    """

    plan: GrowthPlan
    line: YearLine
    pairing: Pairing | None
    steps: Sequence[Step]
    asked: Sequence[Asked]
    goals: GoalList | None
    checkins: CheckIns
    hours: Hours
    competencies: CompetencyCard
    autonomy: Standings | None
    stale: Sequence[Line]
    figures: Figures
    shown: FiguresShown
    is_over: bool
    is_junior: bool
    may_write: bool
    can_sign: bool
    can_move: bool

    @property
    def next_step(self) -> Step | None:
        return next((step for step in self.steps if step.is_next), None)

    @property
    def step_rows(self) -> SafeString:
        """The list of milestones, drawn in one go."""
        return drawn(self.steps, self.plan)


def plan_page(
    reader: Membership, plan: GrowthPlan, relations: set[Relation], today: date
) -> PlanPage:
    shown = figures_shown(plan, relations)
    line = year_line(plan, today)
    text = right_now(plan, relations, Resource.PLAN_TEXT)
    can_sign = right_now(plan, relations, Resource.RECORD) >= Right.CONTRIBUTE
    upcoming, mentored = line.next_milestone, line.mentor_on(today)
    goals = goal_list(plan, reader, mentored, today) if text >= Right.READ else None
    autonomy = standings_of(plan.pk, today) if text >= Right.READ else None
    card = competency_card(
        reader,
        plan,
        relations,
        line.milestones,
        today,
        evidence=autonomy.shown if autonomy else gathered(plan),
    )
    return PlanPage(
        plan=plan,
        line=line,
        pairing=mentored,
        steps=_steps(line, reader, today, can_sign=can_sign),
        asked=asked_of(upcoming, today, is_pair=text >= Right.READ) if upcoming else (),
        goals=goals,
        checkins=newest(plan, relations),
        hours=hours_of(plan, today),
        competencies=card,
        autonomy=autonomy,
        stale=stale_targets(goals.lines if goals else (), card.evidence, today),
        figures=Figures(plan, shown.seen, today),
        shown=shown,
        is_over=line.last_on < today,
        is_junior=Relation.JUNIOR in relations,
        may_write=text >= Right.CONTRIBUTE,
        can_sign=can_sign,
        can_move=arranges(plan, relations),
    )


def _steps(
    line: YearLine, reader: Membership, today: date, *, can_sign: bool
) -> list[Step]:
    upcoming = line.next_milestone
    return [
        Step(
            milestone=milestone,
            is_lapsed=milestone.is_lapsed(today),
            is_next=milestone is upcoming,
            can_sign=can_sign
            and milestone.is_open
            and not milestone.is_signed_by(reader),
            can_withdraw=can_sign and milestone.can_withdraw(reader),
        )
        for milestone in line.milestones
    ]
