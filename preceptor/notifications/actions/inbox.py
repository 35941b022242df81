"""What somebody does with the messages in their inbox."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from preceptor.notifications.models import Delivery, Snooze

_AWAY = {"state": Delivery.State.WITHDRAWN, "reason": Delivery.Reason.NONE}


def mark_read(*, actor: Membership, reminder: Delivery, now: datetime) -> None:
    """The first reading counts."""
    rows = Delivery.objects.inbox().filter(recipient=actor, read_at=None)
    rows.filter(pk=reminder.pk).update(read_at=now)


@transaction.atomic
def mark_all_read(*, actor: Membership, until: datetime, now: datetime) -> int:
    """Those that had come when the page was shown; gives how many were unread."""
    rows = Delivery.objects.unread().filter(recipient=actor, planned_at__lte=until)
    return rows.update_free(read_at=now)


@transaction.atomic
def put_off(
    *, actor: Membership, reminder: Delivery, until: datetime | None, now: datetime
) -> Snooze:
    """The matter rests until that moment, or for good; what still waits, goes.

    Raises `Conflict` where it is settled: nothing is left that could rest.
    """
    matter = {"recipient": actor, "matter": reminder.matter}
    stands = Delivery.objects.in_inbox(now).filter(**matter).exists()
    resting = Snooze.objects.in_force(now).filter(member=actor, matter=reminder.matter)
    if not stands and not resting.exists():
        raise Conflict(_("This is settled already: nothing about it would come."))
    rest, _made = Snooze.objects.update_or_create(
        member=actor,
        matter=reminder.matter,
        defaults={"organisation_id": actor.organisation_id, "until": until},
    )
    Delivery.objects.filter(Delivery.may_fall(), **matter).update_free(
        **_AWAY, withdrawn_at=now
    )
    return rest


@transaction.atomic
def wake(*, actor: Membership, rest: Snooze, now: datetime) -> None:
    """Takes back that a matter rests; the planner's next run lets it stand again.

    Raises `Conflict` where it does not rest any more.
    """
    gone, _by_model = (
        Snooze.objects.in_force(now).filter(pk=rest.pk, member=actor).delete()
    )
    if not gone:
        raise Conflict(_("This is not put off any more."))
    rows = Delivery.objects.inbox().filter(recipient=actor, matter=rest.matter)
    last = rows.filter(sent_at__isnull=False).order_by("-planned_at", "-pk").first()
    if last is not None:
        rows.filter(pk=last.pk, state=Delivery.State.WITHDRAWN).update(
            reason=Delivery.Reason.AGAIN, withdrawn_at=now
        )
