"""Asking for one's own data, and being erased."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from preceptor.accounts import actions as of_accounts
from preceptor.accounts.actions.members import lock_as_owner
from preceptor.accounts.models import Membership, shown_name
from preceptor.http import Conflict
from preceptor.personal import tasks
from preceptor.personal.models import Archive, Erasure, LeaversRule


@transaction.atomic
def ask_archive(*, actor: Membership, now: datetime) -> Archive:
    """Gathers anew, in place of an earlier one; one under way goes on."""
    _hold(actor)
    standing = Archive.objects.open().filter(member=actor).first()
    if standing is not None:
        return standing
    Archive.objects.filter(member=actor).delete()
    archive = Archive.objects.create(
        organisation_id=actor.organisation_id, member=actor, asked_at=now
    )
    transaction.on_commit(partial(tasks.gather.delay, archive.pk))
    return archive


@transaction.atomic
def ask_erasure(*, actor: Membership, now: datetime) -> Erasure:
    """The owners are told; it is done by itself after some days. Refuses a last owner.

    Asked twice, the first stands.
    """
    _hold(actor)
    refuse_last_owner(actor)
    standing = Erasure.objects.standing().filter(member=actor).first()
    return standing or Erasure.objects.create(
        organisation_id=actor.organisation_id,
        member=actor,
        asked_by=actor,
        origin=Erasure.Origin.OWN,
        asked_at=now,
        due_at=due_from(now),
    )


def call_off(*, actor: Membership, now: datetime) -> None:
    """By who asked for it, as long as it has not begun."""
    rows = Erasure.objects.waiting().filter(member=actor, origin=Erasure.Origin.OWN)
    if not rows.update(called_off_at=now):
        raise Conflict(_("Nothing waits to be called off any more."))


@transaction.atomic
def erase(
    *,
    actor: Membership,
    member: Membership,
    also: Sequence[str] = (),
    now: datetime,
) -> Erasure:
    """An owner does it at once, asked or not."""
    _hold(member)
    refuse_last_owner(member)
    rows = Erasure.objects.filter(member=member, called_off_at=None)
    erasure = rows.first() or Erasure.objects.create(
        organisation_id=actor.organisation_id,
        member=member,
        asked_by=actor,
        origin=Erasure.Origin.OWNER,
        asked_at=now,
        due_at=now,
    )
    if erasure.begun_at is None:
        Erasure.objects.filter(pk=erasure.pk).update(
            also=sorted({*erasure.also, *also})
        )
        begin(erasure, now)
    return erasure


@transaction.atomic
def begin(erasure: Erasure, now: datetime) -> bool:
    """Ends the access at once and hands the rest to a worker. Of two, one passes.

    Who has come back since they were found to have left is not erased by that.
    """
    _hold(erasure.member)
    rows = Erasure.objects.waiting().filter(pk=erasure.pk)
    left = Membership.objects.filter(pk=erasure.member_id, is_active=False)
    if erasure.origin == Erasure.Origin.LEFT and not left.exists():
        rows.update(called_off_at=now)
        return False
    if not rows.update(begun_at=now, stepped_at=now):
        return False
    of_accounts.leave(actor=erasure.member)
    transaction.on_commit(partial(tasks.erase.delay, erasure.pk))
    return True


def due_from(now: datetime) -> datetime:
    """When somebody is erased by itself, so that owners may look at it before."""
    return now + timedelta(days=settings.ERASURE_DAYS)


def leavers(organisation: int, days: int, now: datetime) -> "QuerySet[Membership]":
    """Whose access ended so long ago, and who is nobody yet, by name."""
    done = Erasure.objects.filter(organisation=organisation, begun_at__isnull=False)
    gone = Membership.objects.filter(
        organisation=organisation,
        is_active=False,
        left_at__lte=now - timedelta(days=days),
    )
    gone = gone.exclude(pk__in=done.values("member")).select_related("user")
    return gone.order_by(shown_name(), "pk")


@transaction.atomic
def set_leavers_rule(
    *, actor: Membership, days: int | None, seen: int | None, now: datetime
) -> None:
    """After how long those who left are erased; None keeps them until somebody does.

    Who waited by the rule before and does not by this one is called off. Raises
    Conflict where somebody else set it since a page showed `seen`.
    """
    lock_as_owner(actor)
    rules = LeaversRule.objects.filter(organisation=actor.organisation_id)
    stands = rules.values_list("days", flat=True).first()
    if stands not in (seen, days):
        raise Conflict(_("Somebody else changed the rule meanwhile: look at it first."))
    _call_off_left(actor.organisation_id, days, now)
    if days is None:
        rules.delete()
        return
    LeaversRule.objects.update_or_create(
        organisation_id=actor.organisation_id,
        defaults={"days": days, "set_by": actor, "set_at": now},
    )


def _call_off_left(organisation: int, days: int | None, now: datetime) -> None:
    rows = Erasure.objects.waiting().filter(
        organisation=organisation, origin=Erasure.Origin.LEFT
    )
    if days is not None:
        rows = rows.exclude(member__in=leavers(organisation, days, now).values("pk"))
    rows.update(called_off_at=now)


def is_last_owner(member: Membership) -> bool:
    owners = Membership.objects.owners().filter(organisation=member.organisation_id)
    return set(owners.values_list("pk", flat=True)) == {member.pk}


def refuse_last_owner(member: Membership) -> None:
    """Raises Conflict: an organisation that nobody runs could not even be closed."""
    if is_last_owner(member):
        raise Conflict(
            _(
                "%(name)s is the last owner here and can’t be erased. Make somebody"
                " else an owner first."
            )
            % {"name": member}
        )


def _hold(member: Membership) -> None:
    """Of two requests about one person, the second waits and sees the first."""
    Membership.objects.select_for_update(no_key=True).get(pk=member.pk)
