"""The only way a view gets a growth plan, a milestone or a goal."""

from dataclasses import dataclass
from functools import cached_property

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from pairings.access import pairing_relations, refuse_archived, staff_relations
from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.accounts.rights import (
    ARRANGERS,
    Relation,
    Resource,
    Right,
    require,
    require_arranger,
    right_to,
)
from preceptor.prepared import Prepared
from progress.models import (
    Goal,
    GoalStep,
    GrowthPlan,
    Milestone,
    MilestoneCondition,
    PublishedFigure,
)


@dataclass(frozen=True)
class FiguresShown:
    """Which figures somebody sees, and which of them everybody who reads the year.

    To the pair of a year that is all of them; what is published is asked for only
    where a page says so.
    """

    plan: GrowthPlan
    is_pair: bool

    @cached_property
    def seen(self) -> frozenset[str]:
        return frozenset(PublishedFigure.Figure) if self.is_pair else self.published

    @cached_property
    def published(self) -> frozenset[str]:
        return frozenset(self.plan.published_figures.values_list("figure", flat=True))


def plan_relations(member: Membership, plan: GrowthPlan) -> set[Relation]:
    """What somebody is to a junior's year."""
    found = staff_relations(member, plan.junior.program_id)
    if plan.junior.membership_id == member.pk:
        found.add(Relation.JUNIOR)
    if plan.junior.line_manager_id == member.pk:
        found.add(Relation.LINE_MANAGER)
    if Relation.JUNIOR not in found:  # Nobody mentors themselves.
        found |= _mentoring(member, plan)
    if Relation.MENTOR in found:
        vars(member).setdefault("opened_plans", {})[plan.pk] = plan
    return found


def opened_by(member: Membership) -> list[GrowthPlan]:
    """Whose text they were asked about as a mentor, in the present request."""
    return list(vars(member).get("opened_plans", {}).values())


def _mentoring(member: Membership, plan: GrowthPlan) -> set[Relation]:
    """What they are by the pairings that they had with the junior."""
    today = timezone.localdate()
    rows = Pairing.objects.begun().filter(
        junior=plan.junior_id, mentor__membership=member
    )
    had = list(rows.only("state", "starts_on", "ends_on"))
    stands = (one for one in had if one.is_standing)
    if any(one.starts_on <= today < one.ends_on for one in stands):
        return {Relation.MENTOR}
    return {Relation.FORMER_MENTOR} if had else set()


def right_now(plan: GrowthPlan, relations: set[Relation], to: Resource) -> Right:
    """What somebody may do in a year; in an archived program one reads at most."""
    right = right_to(relations, to)
    return min(right, Right.READ) if plan.junior.program.is_archived else right


def arranges(plan: GrowthPlan, relations: set[Relation]) -> bool:
    """Whether they set the dates of a year, as a lead or a manager."""
    return bool(relations & ARRANGERS) and not plan.junior.program.is_archived


def plan_for(member: Membership, pk: int) -> tuple[GrowthPlan, set[Relation]]:
    """A plan whose record they may read, and what they are to it."""
    plan = _plan(member, pk)
    relations = plan_relations(member, plan)
    require(relations, Resource.RECORD, Right.READ)
    return plan, relations


def plan_to_write(member: Membership, pk: int) -> GrowthPlan:
    """A plan whose text they may add to: the junior, and the mentor of today."""
    plan = _plan(member, pk)
    require(plan_relations(member, plan), Resource.PLAN_TEXT, Right.CONTRIBUTE)
    refuse_archived(member, plan.junior.program)
    return plan


def own_plan(member: Membership, pk: int) -> GrowthPlan:
    """A year of one's own: what is theirs alone to say of it."""
    plan = own_plan_to_hide(member, pk)
    refuse_archived(member, plan.junior.program)
    return plan


def own_plan_to_hide(member: Membership, pk: int) -> GrowthPlan:
    """The same, also of an archived program: who reads it stays theirs to say."""
    plan = _plan(member, pk)
    require(plan_relations(member, plan), Resource.PLAN_TEXT, Right.WRITE)
    return plan


def figures_shown(plan: GrowthPlan, relations: set[Relation]) -> FiguresShown:
    """All to the pair of today, to others who read the record what is published."""
    is_pair = right_to(relations, Resource.PLAN_TEXT) >= Right.READ
    return FiguresShown(plan, is_pair)


def milestone_to_sign(member: Membership, pk: int) -> Milestone:
    """A milestone that they sign as the junior or as the mentor of today."""
    milestone = _milestone(member, pk)
    relations = plan_relations(member, milestone.plan)
    require(relations, Resource.RECORD, Right.CONTRIBUTE)
    refuse_archived(member, milestone.plan.junior.program)
    return milestone


def milestone_for(member: Membership, pk: int) -> tuple[Milestone, set[Relation]]:
    """A milestone whose record they may read, and what they are to its year."""
    milestone = _milestone(member, pk)
    relations = plan_relations(member, milestone.plan)
    require(relations, Resource.RECORD, Right.READ)
    return milestone, relations


def milestone_to_shape(member: Membership, pk: int) -> Milestone:
    """A milestone whose conditions they set: the pair of today, or who arranges."""
    milestone = _milestone(member, pk)
    _require_shaper(member, milestone.plan)
    return milestone


def is_of_pair(member: Membership, plan: GrowthPlan) -> bool:
    """Whether they read what the plan says, and not its record alone."""
    return right_to(plan_relations(member, plan), Resource.PLAN_TEXT) >= Right.READ


def own_milestone(member: Membership, pk: int) -> Milestone:
    """One that somebody added; those of a template are not found."""
    milestone = milestone_to_shape(member, pk)
    if milestone.kind != Milestone.Kind.OWN:
        raise Http404
    return milestone


def plan_to_shape(member: Membership, pk: int) -> GrowthPlan:
    """A plan to which they add milestones: the pair of today, or who arranges."""
    plan = _plan(member, pk)
    _require_shaper(member, plan)
    return plan


def condition_to_tick(member: Membership, pk: int) -> MilestoneCondition:
    """A condition of a milestone that they sign; one that is gone is not found."""
    condition = _condition(member, pk)
    condition.milestone = milestone_to_sign(member, condition.milestone_id)
    return condition


def condition_to_drop(member: Membership, pk: int) -> MilestoneCondition:
    condition = _condition(member, pk)
    condition.milestone = milestone_to_shape(member, condition.milestone_id)
    return condition


def _condition(member: Membership, pk: int) -> MilestoneCondition:
    rows = MilestoneCondition.objects.filter(organisation=member.organisation_id)
    return get_object_or_404(rows, pk=pk)


def _require_shaper(member: Membership, plan: GrowthPlan) -> None:
    relations = plan_relations(member, plan)
    if right_to(relations, Resource.RECORD) < Right.CONTRIBUTE:
        require_arranger(relations)
    refuse_archived(member, plan.junior.program)


def milestone_to_move(member: Membership, pk: int) -> Milestone:
    """A milestone whose date they set, as a lead or a manager."""
    milestone = _milestone(member, pk)
    require_arranger(plan_relations(member, milestone.plan))
    refuse_archived(member, milestone.plan.junior.program)
    return milestone


def goal_for(member: Membership, pk: int) -> tuple[Goal, Right]:
    """A goal that they may read, and their right to what the plan says."""
    goal = _goal(member, pk)
    relations = plan_relations(member, goal.plan)
    require(relations, Resource.PLAN_TEXT, Right.READ)
    return goal, right_to(relations, Resource.PLAN_TEXT)


def goal_to_write(member: Membership, pk: int) -> Goal:
    """A goal that they word, agree to and give steps: the pair of today."""
    goal = _goal(member, pk)
    require(plan_relations(member, goal.plan), Resource.PLAN_TEXT, Right.CONTRIBUTE)
    refuse_archived(member, goal.plan.junior.program)
    return goal


def step_to_write(member: Membership, pk: int) -> GoalStep:
    """A step of a goal that they write; one that is gone is not found."""
    rows = GoalStep.objects.filter(organisation=member.organisation_id)
    step = get_object_or_404(rows, pk=pk)
    step.goal = goal_to_write(member, step.goal_id)
    return step


def goal_to_mark(member: Membership, pk: int) -> Goal:
    """A goal of one's own year, or one that its junior has not agreed to yet.

    A mentor takes back what they proposed; from the agreement on it is the junior's.
    """
    goal = goal_to_write(member, pk)
    proposed = goal.proposed_by_id == member.pk and goal.junior_agreed_at is None
    return goal if proposed else goal_to_place(member, pk)


def goal_to_place(member: Membership, pk: int) -> Goal:
    """A goal of one's own year: its place among the others is the junior's to say."""
    goal = _goal(member, pk)
    relations = plan_relations(member, goal.plan)
    require(relations, Resource.PLAN_TEXT, Right.WRITE)
    refuse_archived(member, goal.plan.junior.program)
    return goal


def _plan(member: Membership, pk: int) -> GrowthPlan:
    found = PLANS(plan=pk, organisation=member.organisation_id)
    if not found:
        raise Http404
    return found[0]


def _plans(plan: int, organisation: int) -> "QuerySet[GrowthPlan]":
    rows = GrowthPlan.objects.filter(organisation=organisation, pk=plan)
    return rows.with_junior().select_related("version__framework")


PLANS = Prepared(_plans, plan=int, organisation=int)


def _milestone(member: Membership, pk: int) -> Milestone:
    rows = Milestone.objects.filter(organisation=member.organisation_id)
    related = rows.select_related(
        "plan__junior__program",
        "plan__junior__membership__user",
        "mentor_signed_by__user",
        "skipped_by__user",
        "added_by__user",
    )
    return get_object_or_404(related, pk=pk)


def _goal(member: Membership, pk: int) -> Goal:
    rows = Goal.objects.filter(organisation=member.organisation_id)
    related = rows.select_related(
        "plan__junior__program",
        "plan__junior__membership__user",
        "plan__version__framework",
        "proposed_by__user",
        "competency__area",
        "competency__version__framework",
    )
    return get_object_or_404(related, pk=pk)


def pairing_to_evaluate(member: Membership, pk: int) -> Pairing:
    """A primary pairing that began, for one of its two, also once it is over.

    What they say of each other is no record: 403 to who reads that.
    """
    rows = Pairing.objects.primary().filter(organisation=member.organisation_id)
    people = ("junior__membership__user", "mentor__membership__user")
    pairing = get_object_or_404(rows.select_related("program", *people), pk=pk)
    relations = pairing_relations(member, pairing)
    if not relations:
        raise Http404
    if not relations & {Relation.JUNIOR, Relation.MENTOR, Relation.FORMER_MENTOR}:
        raise PermissionDenied
    refuse_archived(member, pairing.program)
    return pairing
