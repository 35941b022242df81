"""The only way a view gets a link to a year: its junior's own, or by its token."""

from datetime import datetime

from django.http import Http404
from django.shortcuts import get_object_or_404

from preceptor.accounts.models import Membership
from preceptor.accounts.rights import Resource, Right, require
from progress.access import plan_relations
from progress.actions.links import hash_of
from progress.models import PlanLink

WITH_JUNIOR = (
    "plan__organisation",
    "plan__version__framework",
    "plan__junior__program",
    "plan__junior__membership__user",
)


def link_to_revoke(member: Membership, pk: int) -> PlanLink:
    """One's own, also of an archived program: taking it back writes nothing of that."""
    rows = PlanLink.objects.filter(organisation=member.organisation_id)
    link = get_object_or_404(rows.select_related(*WITH_JUNIOR), pk=pk)
    require(plan_relations(member, link.plan), Resource.PLAN_TEXT, Right.WRITE)
    return link


def link_by(token: str, now: datetime) -> PlanLink:
    """The one that works and has this token, else 404; the same query either way.

    It ends with its junior's place in the organisation too. Looking up the hash tells
    the clock nothing about the token.
    """
    rows = PlanLink.objects.filter(token_hash=hash_of(token)).filter(
        plan__junior__membership__is_active=True,
        plan__junior__membership__user__is_active=True,
    )
    link = rows.select_related(*WITH_JUNIOR).first()
    if link is None or not link.works(now):
        raise Http404
    return link
