"""The only way a view gets at autonomy: the pair of today, nobody else."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from pairings.access import refuse_archived
from preceptor.accounts.models import Membership
from preceptor.accounts.rights import Relation, Resource, Right, require
from progress.access import own_plan, plan_for
from progress.models import Competency, GrowthPlan


def autonomy_for(member: Membership, pk: int) -> tuple[GrowthPlan, set[Relation]]:
    """A plan whose text they read, and what they are to it."""
    plan, relations = plan_for(member, pk)
    require(relations, Resource.PLAN_TEXT, Right.READ)
    return plan, relations


def competency_for(
    member: Membership, pk: int, key: UUID
) -> tuple[GrowthPlan, Competency, set[Relation]]:
    """A competency of the version that the plan has today."""
    plan, relations = autonomy_for(member, pk)
    return plan, _competency(plan, key), relations


def competency_to_grant(
    member: Membership, pk: int, key: UUID
) -> tuple[GrowthPlan, Competency]:
    """For a mentor of today; nobody grants anything to themselves."""
    plan, relations = autonomy_for(member, pk)
    if Relation.MENTOR not in relations or Relation.JUNIOR in relations:
        raise PermissionDenied
    refuse_archived(member, plan.junior.program)
    return plan, _competency(plan, key)


def competency_to_ask(
    member: Membership, pk: int, key: UUID
) -> tuple[GrowthPlan, Competency]:
    """For the junior whose year it is."""
    plan = own_plan(member, pk)
    return plan, _competency(plan, key)


def _competency(plan: GrowthPlan, key: UUID) -> Competency:
    rows = Competency.objects.filter(version=plan.version_id)
    return get_object_or_404(rows.select_related("area"), key=key)
