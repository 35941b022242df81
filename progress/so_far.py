"""A year up to one of its milestones, gathered on a page to print."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.accounts.people import bring_members
from preceptor.accounts.rights import Relation, Resource, Right, right_to
from progress.access import FiguresShown, figures_shown
from progress.asked import Asked, asked_of
from progress.assessing import Change, changes
from progress.figures import Figures
from progress.milestone_pages import until
from progress.models import Assessment, CheckIn, Goal, GrowthPlan, Milestone
from progress.years import PAIRINGS
from reviews.models import ReviewSession

GOALS_ON_PAPER = 4
"""Of each kind, so that half a year stays on one page."""


@dataclass(frozen=True, slots=True)
class MonthOfReviews:
    on: date
    sessions: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Levels:
    """Where the junior stood in the first signed assessment, and in the last."""

    then: Assessment
    now: Assessment
    rows: Sequence[Change]

    @property
    def is_one(self) -> bool:
        return self.then == self.now


@dataclass(frozen=True, slots=True)
class SoFar:
    """`goals` and `levels` are None for who reads the record alone.

    Of the goals reached and of those going on, `on_paper` of each are printed.
    """

    milestone: Milestone
    first_on: date
    last_on: date
    pairings: Sequence[Pairing]
    milestones: Sequence[Milestone]
    asked: Sequence[Asked]
    months: Sequence[MonthOfReviews]
    checkins: Sequence[CheckIn]
    goals: Sequence[Goal] | None
    levels: Levels | None
    figures: Figures
    shown: FiguresShown
    reads_text: bool

    @property
    def session_count(self) -> int:
        return sum(month.sessions for month in self.months)

    @property
    def minutes(self) -> int:
        return sum(month.minutes for month in self.months)

    @property
    def reached(self) -> Sequence[Goal]:
        return [one for one in self.goals or () if one.state == Goal.State.REACHED]

    @property
    def going_on(self) -> Sequence[Goal]:
        return [one for one in self.goals or () if one.is_open]

    @property
    def on_paper(self) -> int:
        return GOALS_ON_PAPER

    @property
    def reached_beyond(self) -> int:
        return max(len(self.reached) - GOALS_ON_PAPER, 0)

    @property
    def going_on_beyond(self) -> int:
        return max(len(self.going_on) - GOALS_ON_PAPER, 0)


def so_far_page(
    reader: Membership, milestone: Milestone, relations: set[Relation], today: date
) -> SoFar:
    """A constant number of queries, however full the year."""
    plan, last_on = milestone.plan, until(milestone, today)
    reads_text = right_to(relations, Resource.PLAN_TEXT) >= Right.READ
    shown = figures_shown(plan, relations)
    pairings = PAIRINGS.filter(junior=plan.junior_id, starts_on__lte=last_on)
    stones = plan.milestones.filter(due_on__lte=max(last_on, milestone.due_on))
    page = SoFar(
        milestone=milestone,
        first_on=plan.starts_on,
        last_on=last_on,
        pairings=list(pairings),
        milestones=list(stones),
        asked=asked_of(milestone, today, is_pair=reads_text),
        months=_months(plan, last_on),
        checkins=list(
            plan.checkins.as_record()
            .filter(handed_at__date__lte=last_on)
            .order_by("handed_at", "pk")
        ),
        goals=_goals(plan, last_on) if reads_text else None,
        levels=_levels(plan, last_on) if reads_text else None,
        figures=Figures(plan, shown.seen, last_on),
        shown=shown,
        reads_text=reads_text,
    )
    bring_members(
        *((pairing.mentor, "membership") for pairing in page.pairings),
        *((one, "mentor_signed_by") for one in page.milestones),
        *((one, "skipped_by") for one in page.milestones),
    )
    return page


def _months(plan: GrowthPlan, last_on: date) -> list[MonthOfReviews]:
    held = ReviewSession.objects.held().filter(
        pairing__junior=plan.junior_id, held_on__range=(plan.starts_on, last_on)
    )
    rows = held.order_by().annotate(month=TruncMonth("held_on")).values_list("month")
    counted = rows.annotate(n=Count("pk"), spent=Sum("minutes", default=0))
    return [MonthOfReviews(*row) for row in counted.order_by("month")]


def _goals(plan: GrowthPlan, last_on: date) -> list[Goal]:
    """Those that there were by then; dropped ones say nothing of the year."""
    rows = plan.goals.exclude(state=Goal.State.DROPPED)
    return list(rows.filter(created_at__date__lte=last_on).order_by("position", "pk"))


def _levels(plan: GrowthPlan, last_on: date) -> Levels | None:
    rows = plan.assessments.filter(signed_at__date__lte=last_on)
    held = list(rows.order_by("signed_at", "pk"))
    if not held:
        return None
    return Levels(held[0], held[-1], changes(held[0], held[-1]))
