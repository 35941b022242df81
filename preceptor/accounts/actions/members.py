"""What changes who belongs to an organisation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from preceptor.accounts import tasks
from preceptor.accounts.invitations import Invitee, hash_of, new_token
from preceptor.accounts.models import (
    Invitation,
    Membership,
    Organisation,
    User,
)
from preceptor.accounts.signing_in.identities import drop_all
from preceptor.accounts.signing_in.sessions import end_all
from preceptor.http import Conflict
from preceptor.seen import Seen, changed


@dataclass(frozen=True, slots=True)
class Invited:
    """What became of a list of addresses."""

    invitations: list[Invitation]
    already_members: list[str]


@transaction.atomic
def found(
    *, name: str, slug: str, time_zone: str, email: str, full_name: str
) -> Membership:
    """A new organisation and its first owner, who may be a user already."""
    organisation = Organisation.objects.create(
        name=name, slug=slug, time_zone=time_zone
    )
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = add_user(email=email, full_name=full_name, time_zone=time_zone)
    return Membership.objects.create(
        organisation=organisation, user=user, role=Membership.Role.OWNER
    )


@transaction.atomic
def invite(
    *, actor: Membership, invitees: Sequence[Invitee], role: str, now: datetime
) -> Invited:
    """Invites each; who is invited already gets a new link in place of the old one."""
    lock_as_owner(actor)
    emails = [invitee.email for invitee in invitees]
    members = set(
        Membership.objects.active()
        .filter(organisation=actor.organisation_id, user__email__in=emails)
        .values_list("user__email", flat=True)
    )
    pending = {
        invitation.email: invitation
        for invitation in Invitation.objects.pending().filter(
            organisation=actor.organisation_id, email__in=emails
        )
    }
    invitations = []
    for invitee in invitees:
        if invitee.email in members:
            continue
        invitation = pending.get(invitee.email) or Invitation(
            organisation_id=actor.organisation_id,
            email=invitee.email,
            full_name=invitee.full_name,
        )
        invitation.role, invitation.invited_by = role, actor
        invitation.sent_at, invitation.token_hash = now, hash_of(new_token())
        invitation.save()
        invitations.append(invitation)
        _send_when_committed(invitation.pk)
    return Invited(invitations=invitations, already_members=sorted(members))


@transaction.atomic
def resend(*, actor: Membership, invitation: Invitation, now: datetime) -> None:
    """The old link is dead at once; the new one leaves by mail and lasts as long."""
    rows = Invitation.objects.pending().filter(pk=invitation.pk)
    if not rows.update(sent_at=now, token_hash=hash_of(new_token()), invited_by=actor):
        raise Conflict(_("This invitation was accepted or withdrawn in between."))
    _send_when_committed(invitation.pk)


def withdraw(*, actor: Membership, invitation: Invitation, now: datetime) -> None:
    rows = Invitation.objects.pending().filter(
        pk=invitation.pk, organisation=actor.organisation_id
    )
    if not rows.update(withdrawn_at=now):
        raise Conflict(_("This invitation was accepted or withdrawn in between."))


@transaction.atomic
def accept(*, actor: User, invitation: Invitation, now: datetime) -> Membership:
    """Somebody who is a user joins; an active member keeps the role they have."""
    _use_up(invitation, now)
    member, is_new = Membership.objects.get_or_create(
        organisation_id=invitation.organisation_id,
        user=actor,
        defaults={"role": invitation.role},
    )
    if not is_new and not member.is_active:
        _let_back(member, role=invitation.role)
        member.is_active, member.role = True, invitation.role
    return member


def _let_back(member: Membership, **fields: Any) -> None:
    """Raises Conflict for who is being erased, whom the database keeps out."""
    try:
        with transaction.atomic():
            Membership.objects.filter(pk=member.pk).update(is_active=True, **fields)
    except IntegrityError as error:
        raise Conflict(
            _("%(name)s is being erased, and can’t come back.") % {"name": member}
        ) from error


@transaction.atomic
def accept_as_new(
    *,
    invitation: Invitation,
    full_name: str,
    password: str,
    time_zone: str,
    now: datetime,
) -> Membership:
    """Somebody new joins. Who holds the link reads the address, so it is verified."""
    _use_up(invitation, now)
    try:
        with transaction.atomic():
            user = add_user(
                email=invitation.email,
                full_name=full_name,
                time_zone=time_zone,
                password=password,
            )
    except IntegrityError as error:
        raise Conflict(
            _("An account with this address was made in between: sign in to join.")
        ) from error
    return Membership.objects.create(
        organisation_id=invitation.organisation_id, user=user, role=invitation.role
    )


@transaction.atomic
def change_role(
    *, actor: Membership, member: Membership, role: str, seen: Seen
) -> None:
    """Raises `Stale` where another owner gave another role meanwhile."""
    lock_as_owner(actor)
    stands = Membership.objects.filter(pk=member.pk).values("role").get()
    if not changed(seen, {"role": role}, stands):
        return
    if role != Membership.Role.OWNER:
        _require_other_owner(member)
    Membership.objects.filter(pk=member.pk).update(role=role)


@transaction.atomic
def deactivate(*, actor: Membership, member: Membership) -> None:
    """Ends the access at once: each request reads the membership anew.

    Who belongs nowhere else is signed out of every browser, too.
    """
    lock_as_owner(actor)
    _require_other_owner(member)
    _end(member)
    if not Membership.objects.active().filter(user=member.user_id).exists():
        transaction.on_commit(partial(end_all, member.user))


@transaction.atomic
def reactivate(*, actor: Membership, member: Membership) -> None:
    """Raises Conflict for who is being erased."""
    lock_as_owner(actor)
    _let_back(member)


@transaction.atomic
def leave(*, actor: Membership) -> None:
    _lock(actor)
    _require_other_owner(actor)
    _end(actor)


def _end(member: Membership) -> None:
    drop_all(user=member.user_id, organisation=member.organisation_id)
    Membership.objects.filter(pk=member.pk).update(is_active=False)


def _lock(actor: Membership) -> None:
    """Whoever changes the owners of an organisation waits here for the others."""
    rows = Organisation.objects.select_for_update(no_key=True)
    rows.get(pk=actor.organisation_id)


def lock_as_owner(actor: Membership) -> None:
    """Two owners may remove each other at once: the second is no owner any more."""
    _lock(actor)
    if not Membership.objects.owners().filter(pk=actor.pk).exists():
        raise PermissionDenied(_("You are no longer an owner of this organisation."))


def _require_other_owner(member: Membership) -> None:
    """Call under the lock. Raises Conflict if nobody else could run the place."""
    owners = Membership.objects.owners().filter(organisation=member.organisation_id)
    if set(owners.values_list("pk", flat=True)) == {member.pk}:
        raise Conflict(
            _(
                "%(name)s is the last owner of %(organisation)s. Make somebody else"
                " an owner first."
            )
            % {"name": member.user, "organisation": member.organisation}
        )


def _use_up(invitation: Invitation, now: datetime) -> None:
    """Of two clicks on one link, one passes."""
    rows = Invitation.objects.open(now).filter(
        pk=invitation.pk, token_hash=invitation.token_hash
    )
    if not rows.update(accepted_at=now):
        raise Conflict(
            _("This invitation was used, withdrawn or sent anew in between.")
        )


def add_user(
    *, email: str, full_name: str, time_zone: str, password: str | None = None
) -> User:
    user = User.objects.create_user(
        email, password, full_name=full_name, time_zone=time_zone
    )
    EmailAddress.objects.create(
        user=user, email=user.email, verified=True, primary=True
    )
    return user


def _send_when_committed(invitation_id: int) -> None:
    transaction.on_commit(partial(tasks.send_invitation.delay, invitation_id))
