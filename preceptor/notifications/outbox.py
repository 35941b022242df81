"""What people do to the outbox: send again what failed, let a program's rest."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from preceptor.notifications.models import Delivery, ProgramMessages

State = Delivery.State


@transaction.atomic
def send_again(delivery: Delivery, now: datetime) -> None:
    """What failed waits anew, as if it had never been tried; a digest as a whole.

    The deliverer asks for reason and right as ever. Raises Conflict where it is no
    longer failed, since somebody was quicker, and while its program's messages rest.
    """
    resting = ProgramMessages.objects.filter(program_id=delivery.program_id or 0)
    if resting.exists():
        raise Conflict(
            _(
                "The program’s messages are paused, so this one was not sent again. "
                "Let them go on first."
            )
        )
    rows = Delivery.objects.filter(organisation=delivery.organisation_id)
    failed = rows.filter(pk=delivery.digest_id or delivery.pk, state=State.FAILED)
    changed = failed.update(
        state=State.PENDING, attempts=0, error="", not_before=now, leased_until=None
    )
    if not changed:
        raise Conflict(_("This message is not failed any more; nothing was changed."))
    items = rows.filter(digest=delivery.digest_id or delivery.pk, state=State.FAILED)
    items.update(state=State.HELD, attempts=0, error="")


@transaction.atomic
def pause(*, actor: Membership, program_id: int, now: datetime) -> None:
    """From now on nothing of a program goes; what has not left is withdrawn.

    The planner's next run notes it as suppressed. Raises Conflict where they rest.
    """
    wait_for_planner()
    _row, was_made = ProgramMessages.objects.get_or_create(
        program_id=program_id,
        defaults={
            "organisation_id": actor.organisation_id,
            "paused_at": now,
            "paused_by": actor,
        },
    )
    if not was_made:
        raise Conflict(_("Its messages are paused already; nothing was changed."))
    _take_back(
        _of(actor, program_id).filter(state__in=[State.PENDING, State.HELD]), now
    )


@transaction.atomic
def resume(*, actor: Membership, program_id: int, now: datetime) -> None:
    """What was suppressed and is still due comes with the planner's next run."""
    wait_for_planner()
    rows = ProgramMessages.objects.filter(
        program_id=program_id, organisation=actor.organisation_id
    )
    if not rows.delete()[0]:
        raise Conflict(_("Its messages are not paused; nothing was changed."))
    paused = _of(actor, program_id).filter(
        state=State.SUPPRESSED, reason=Delivery.Reason.PAUSED
    )
    paused.update(state=State.WITHDRAWN, withdrawn_at=now)


def wait_for_planner() -> None:
    """Until its run is over, and the next one until this transaction is.

    A run that began before a change would write by what stood before it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('reminders'))")


def _of(actor: Membership, program_id: int) -> "QuerySet[Delivery]":
    return Delivery.objects.filter(
        organisation=actor.organisation_id, program_id=program_id
    )


def _take_back(carriers: "QuerySet[Delivery]", now: datetime) -> None:
    """Carriers that have not left, and their reminders where none of them did.

    What somebody already got by one channel stays in their inbox.
    """
    taken = list(
        carriers.select_for_update()
        .order_by("pk")
        .values_list("recipient_id", "occurrence", "pk")
    )
    withdrawn = {"state": State.WITHDRAWN, "withdrawn_at": now}
    Delivery.objects.filter(pk__in=[pk for *_key, pk in taken]).update(**withdrawn)
    keys = {(recipient, occurrence) for recipient, occurrence, _pk in taken}
    related = Delivery.objects.filter(
        recipient__in={recipient for recipient, _occurrence in keys},
        occurrence__in={occurrence for _recipient, occurrence in keys},
    )
    left = set(
        related.carriers()
        .filter(state__in=[State.SENT, State.DIGESTED, State.CLAIMED, State.FAILED])
        .values_list("recipient_id", "occurrence")
    )
    inbox = [
        pk
        for pk, *key in related.inbox().values_list("pk", "recipient_id", "occurrence")
        if tuple(key) in keys - left
    ]
    Delivery.objects.filter(pk__in=inbox).update(**withdrawn)
