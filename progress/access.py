"""The only way a view gets a growth plan, a milestone or a goal."""

from django.shortcuts import get_object_or_404
from django.utils import timezone

from pairings.access import staff_relations
from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.accounts.rights import Relation, Resource, Right, require
from progress.models import Goal, GrowthPlan, Milestone


def plan_relations(member: Membership, plan: GrowthPlan) -> set[Relation]:
    """What somebody is to a junior's year."""
    found = staff_relations(member, plan.junior.program_id)
    if plan.junior.membership_id == member.pk:
        found.add(Relation.JUNIOR)
    if plan.junior.line_manager_id == member.pk:
        found.add(Relation.LINE_MANAGER)
    mentored = Pairing.objects.filter(junior=plan.junior, mentor__membership=member)
    if mentored.standing().current(timezone.localdate()).exists():
        found.add(Relation.MENTOR)
    elif mentored.exists():
        found.add(Relation.FORMER_MENTOR)
    return found


def plan_for(member: Membership, pk: int) -> GrowthPlan:
    """A plan whose record they may read: milestones, dates, sign-offs."""
    plan = _plan(member, pk)
    require(plan_relations(member, plan), Resource.RECORD, Right.READ)
    return plan


def plan_to_write(member: Membership, pk: int) -> GrowthPlan:
    """A plan whose text they may add to: the junior, and the mentor of today."""
    plan = _plan(member, pk)
    require(plan_relations(member, plan), Resource.PLAN_TEXT, Right.CONTRIBUTE)
    return plan


def milestone_to_sign(member: Membership, pk: int) -> Milestone:
    """A milestone that they sign as the junior or as the mentor of today."""
    milestone = get_object_or_404(
        Milestone.objects.filter(organisation=member.organisation_id).select_related(
            "plan__junior__program", "plan__junior__membership__user"
        ),
        pk=pk,
    )
    relations = plan_relations(member, milestone.plan)
    require(relations, Resource.RECORD, Right.CONTRIBUTE)
    return milestone


def goal_to_write(member: Membership, pk: int) -> Goal:
    goal = get_object_or_404(
        Goal.objects.filter(organisation=member.organisation_id).select_related("plan"),
        pk=pk,
    )
    plan_to_write(member, goal.plan_id)
    return goal


def _plan(member: Membership, pk: int) -> GrowthPlan:
    rows = GrowthPlan.objects.filter(organisation=member.organisation_id)
    return get_object_or_404(
        rows.select_related(
            "organisation", "junior__program", "junior__membership__user"
        ),
        pk=pk,
    )
