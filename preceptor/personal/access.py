"""The only way a view gets an archive or an erasure."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from preceptor.accounts.access import member_to_write, require_owner
from preceptor.accounts.invitations import hash_of
from preceptor.accounts.models import Membership
from preceptor.personal.models import Archive, Erasure


def own_archive(member: Membership) -> Archive | None:
    return Archive.objects.filter(member=member).first()


def archive_by(member: Membership, token: str) -> Archive:
    """Their own, by the link that its page showed; 404 to everybody else."""
    rows = Archive.objects.filter(member=member, token_hash=hash_of(token))
    return get_object_or_404(rows)


def own_erasure(member: Membership) -> Erasure | None:
    """Their own wish, as long as it waits."""
    return Erasure.objects.waiting().filter(member=member).first()


def member_to_erase(actor: Membership, pk: int) -> Membership:
    """For owners: anybody of the organisation who is not erased yet."""
    member = member_to_write(actor, pk)
    done = Erasure.objects.filter(member=member, finished_at__isnull=False)
    if done.exists():
        raise Http404
    return member


def erasure_for(actor: Membership, pk: int) -> Erasure:
    """For owners: how far one is."""
    require_owner(actor)
    rows = Erasure.objects.filter(organisation=actor.organisation_id)
    return get_object_or_404(rows.select_related("member__user"), pk=pk)
