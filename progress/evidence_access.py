"""The only way a view gets evidence, or a session to take it from."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from pairings.access import refuse_archived
from preceptor.accounts.models import Membership
from preceptor.accounts.rights import Resource, Right, require
from preceptor.http import Conflict
from progress.access import plan_for, plan_relations, plan_to_write, right_now
from progress.models import Competency, Evidence, GrowthPlan
from reviews.access import session_to_reread
from reviews.models import ReviewSession


@dataclass(frozen=True, slots=True)
class Told:
    """A session that somebody reads, in a junior's year, and whether they tag it."""

    session: ReviewSession
    plan: GrowthPlan
    may_tag: bool

    @property
    def is_revealed(self) -> bool:
        states = ReviewSession.State
        is_told = self.session.is_revealed or self.session.is_logged
        return is_told and self.session.state in (states.REVEALED, states.CLOSED)


def session_told(member: Membership, pk: int) -> Told:
    """A session whose text they read; of its junior's year they may read nothing.

    Raises Conflict where the junior has no year, as they have no primary mentor yet.
    """
    session = session_to_reread(member, pk)
    plans = GrowthPlan.objects.with_junior().select_related("version")
    of_pair = {"junior__pairings_as_junior": session.pairing_id}
    plan = plans.filter(organisation=member.organisation_id, **of_pair).first()
    if plan is None:
        raise Conflict(_("The junior has no growth plan yet to tag evidence in."))
    right = right_now(plan, plan_relations(member, plan), Resource.PLAN_TEXT)
    return Told(session, plan, may_tag=right >= Right.CONTRIBUTE)


def session_to_tag(member: Membership, pk: int) -> Told:
    """One of which they tag things: the junior, or the mentor of today."""
    told = session_told(member, pk)
    refuse_archived(member, told.plan.junior.program)
    if not told.may_tag:
        raise PermissionDenied
    return told


def competency_for(member: Membership, pk: int) -> Competency:
    """A competency of any version that was published, which every member reads."""
    rows = Competency.objects.filter(
        organisation=member.organisation_id, version__published_at__isnull=False
    )
    return get_object_or_404(rows.select_related("area"), pk=pk)


def evidence_for(
    member: Membership, plan_pk: int, competency_pk: int
) -> tuple[GrowthPlan, Competency, bool]:
    """A year whose evidence they read, a competency, and whether they tag to it."""
    plan, relations = plan_for(member, plan_pk)
    require(relations, Resource.PLAN_TEXT, Right.READ)
    may_tag = right_now(plan, relations, Resource.PLAN_TEXT) >= Right.CONTRIBUTE
    return plan, competency_for(member, competency_pk), may_tag


def evidence_to_open(member: Membership, pk: int) -> Evidence:
    """A piece whose place they look at: readers of the plan and of its session."""
    row = _evidence(member, pk)
    plan, relations = plan_for(member, row.plan_id)
    require(relations, Resource.PLAN_TEXT, Right.READ)
    row.plan = plan
    return row


def evidence_to_take_back(member: Membership, plan_pk: int, pk: int) -> Evidence | None:
    """What they tagged themselves in a plan that they write; None once it is gone."""
    plan = plan_to_write(member, plan_pk)
    row = plan.evidence.filter(pk=pk).first()
    if row is not None and row.tagged_by_id != member.pk:
        raise PermissionDenied
    return row


def _evidence(member: Membership, pk: int) -> Evidence:
    rows = Evidence.objects.filter(organisation=member.organisation_id)
    return get_object_or_404(rows.select_related("session", "competency"), pk=pk)
