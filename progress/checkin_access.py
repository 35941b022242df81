"""The only way a view gets a check-in. Its words are the pair's of today."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from pairings.access import refuse_archived
from preceptor.accounts.models import Membership
from preceptor.accounts.rights import Relation, Resource, Right, require
from progress.access import own_plan, plan_for
from progress.models import CheckIn
from progress.models.checkins import CheckInQuerySet


def checkin_to_read(member: Membership, pk: int) -> tuple[CheckIn, set[Relation]]:
    """One that was handed over, or the junior's own draft, and what they are to it.

    Nothing of it is read before the right to it is known.
    """
    rows = CheckIn.objects.filter(organisation=member.organisation_id)
    rows = rows.readable_by(member)
    plan, relations = plan_for(member, _plan_of(rows, pk))
    require(relations, Resource.PLAN_TEXT, Right.READ)
    checkin = get_object_or_404(rows.select_related("answered_by__user"), pk=pk)
    checkin.plan = plan
    return checkin, relations


def checkin_to_edit(member: Membership, pk: int) -> CheckIn:
    """One's own that was handed over; a draft is the plan's."""
    rows = CheckIn.objects.filter(organisation=member.organisation_id).handed()
    plan = own_plan(member, _plan_of(rows, pk))
    checkin = get_object_or_404(rows.select_related("answered_by__user"), pk=pk)
    checkin.plan = plan
    return checkin


def checkin_to_answer(member: Membership, pk: int) -> CheckIn:
    """One that was handed over, for the mentor of today."""
    checkin, relations = checkin_to_read(member, pk)
    require(relations, Resource.PLAN_TEXT, Right.CONTRIBUTE)
    if Relation.JUNIOR in relations:
        raise PermissionDenied
    refuse_archived(member, checkin.plan.junior.program)
    return checkin


def _plan_of(rows: CheckInQuerySet, pk: int) -> int:
    found = rows.filter(pk=pk).values_list("plan_id", flat=True).first()
    if found is None:
        raise Http404
    return found
