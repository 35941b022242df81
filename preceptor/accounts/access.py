"""The only way a view gets a membership or an invitation."""

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone

from preceptor.accounts.invitations import hash_of
from preceptor.accounts.models import (
    Holiday,
    Invitation,
    Membership,
    StagedUpload,
    User,
)
from preceptor.accounts.rights import Relation, Resource, Right, right_to

LAST_SEEN = "organisation"
"""The key of a browser session that holds the slug last looked at."""

INVITED = "invitation"
"""The same for the token of an invitation that leads to a provider."""


def current_membership(user: User, last_seen: str | None) -> Membership | None:
    """In the organisation of that slug, or else in the one last joined."""
    return membership_at(user, last_seen) or max(
        user.places, key=lambda one: (one.created_at, one.pk), default=None
    )


def membership_at(user: User, slug: str | None) -> Membership | None:
    """Their active membership in the organisation of that slug."""
    return next((one for one in user.places if one.organisation.slug == slug), None)


def may_write_organisation(member: Membership) -> bool:
    relations = {Relation.OWNER} if member.is_owner else set()
    return right_to(relations, Resource.ORGANISATION) >= Right.WRITE


def require_owner(member: Membership) -> None:
    """Names, members and invitations of an organisation are its owners' to write."""
    if not may_write_organisation(member):
        raise PermissionDenied


def require_manager(member: Membership) -> None:
    """The holidays of an organisation are its managers' and owners' to write."""
    if not member.is_manager:
        raise PermissionDenied


def holiday_to_write(member: Membership, pk: int) -> Holiday:
    require_manager(member)
    rows = Holiday.objects.filter(organisation=member.organisation_id)
    return get_object_or_404(rows, pk=pk)


def staged_holidays(member: Membership, pk: int) -> StagedUpload | None:
    """One's own calendar file, or None once its hour is over."""
    require_manager(member)
    rows = StagedUpload.objects.fresh(timezone.now()).filter(owner=member)
    return rows.filter(pk=pk, purpose="holidays").first()


def member_to_write(member: Membership, pk: int) -> Membership:
    require_owner(member)
    rows = Membership.objects.filter(organisation=member.organisation_id)
    return get_object_or_404(rows.select_related("user", "organisation"), pk=pk)


def invitation_to_write(member: Membership, pk: int) -> Invitation:
    require_owner(member)
    rows = Invitation.objects.filter(organisation=member.organisation_id)
    return get_object_or_404(rows, pk=pk)


def invitation_by(token: str) -> Invitation | None:
    """Whose link this is; none where the link was replaced or never existed.

    Looking up the hash tells the clock nothing about the token.
    """
    rows = Invitation.objects.filter(token_hash=hash_of(token))
    return rows.select_related("organisation", "invited_by__user").first()


def is_address_of(user: User, email: str) -> bool:
    """Whether the person has shown that the address is theirs."""
    rows = EmailAddress.objects.filter(user=user, verified=True)
    return bool(rows.filter(email__iexact=email).exists())
