"""The only way a view gets an assessment: the pair of today, nobody else.

What either rated is read through `Rating.objects.readable_by` on top of that.
"""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from pairings.access import refuse_archived
from preceptor.accounts.models import Membership
from preceptor.accounts.rights import Resource, Right, require
from preceptor.http import Conflict
from progress.access import plan_relations
from progress.models import Assessment, GrowthPlan


def assessed_plan(member: Membership, pk: int) -> GrowthPlan:
    """A plan whose text they read."""
    rows = GrowthPlan.objects.filter(organisation=member.organisation_id)
    rows = rows.with_junior().select_related("version")
    plan = get_object_or_404(rows, pk=pk)
    require(plan_relations(member, plan), Resource.PLAN_TEXT, Right.READ)
    return plan


def assessment_for(member: Membership, pk: int) -> Assessment:
    assessment = _assessment(member, pk)
    relations = plan_relations(member, assessment.plan)
    require(relations, Resource.PLAN_TEXT, Right.READ)
    return assessment


def assessment_to_write(member: Membership, pk: int) -> Assessment:
    """One that is not signed by both; 409 where it is."""
    assessment = _assessment(member, pk)
    plan = assessment.plan
    require(plan_relations(member, plan), Resource.PLAN_TEXT, Right.CONTRIBUTE)
    refuse_archived(member, plan.junior.program)
    if assessment.signed_at:
        raise Conflict(_("Both of you have signed it: it stays as it is."))
    return assessment


def _assessment(member: Membership, pk: int) -> Assessment:
    rows = Assessment.objects.filter(organisation=member.organisation_id)
    related = rows.select_related(
        "organisation",
        "plan__junior__program",
        "plan__junior__membership__user",
        "version__framework",
        "mentor__user",
        "mentor_signed_by__user",
    )
    return get_object_or_404(related, pk=pk)
