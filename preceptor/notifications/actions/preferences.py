"""When and where somebody wants to hear of what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from preceptor.accounts.models import Membership
from preceptor.notifications import tasks
from preceptor.notifications.kinds import Kind, registered
from preceptor.notifications.models import (
    Delivery,
    KindPreference,
    Preferences,
    Timing,
)
from preceptor.notifications.outbox import wait_for_planner
from preceptor.notifications.wishes import Wishes, wishes_of
from preceptor.seen import Seen, changed


@transaction.atomic
def choose(
    *, actor: Membership, sent: Mapping[str, Any], seen: Seen, now: datetime
) -> Wishes:
    """Writes what the sender changed of their wishes, by the names of `Wishes.values`.

    What waits is withdrawn and planned anew; what left stays as it is. Raises `Stale`
    where another tab changed the same since the page was shown.
    """
    Membership.objects.select_for_update(no_key=True).get(pk=actor.pk)
    stands = wishes_of(actor)
    own = changed(seen, sent, stands.values)
    wishes = stands.with_changes(own)
    if own:
        _write(actor, wishes)
        plan_anew(member=actor, now=now)
    return wishes


def _write(member: Membership, wishes: Wishes) -> None:
    """A kind of which somebody wants what is usual keeps no row: it goes along."""
    mine: dict[str, Any] = {"organisation_id": member.organisation_id, "member": member}
    Preferences.objects.update_or_create(**mine, defaults=dict(wishes.hours))
    usual = {kind.name: kind.default for kind in registered()}
    KindPreference.objects.filter(member=member, kind__in=usual).delete()
    KindPreference.objects.bulk_create(
        KindPreference(**mine, kind=kind, timing=timing)
        for kind, timing in wishes.timings.items()
        if timing != usual[kind]
    )


@transaction.atomic
def turn_off(*, member: Membership, kind: Kind[Any] | None, now: datetime) -> None:
    """No more of a kind that may be off; without one, no more mail but what must be."""
    mine: dict[str, Any] = {"organisation_id": member.organisation_id, "member": member}
    if kind is None:
        Preferences.objects.update_or_create(**mine, defaults={"by_email": False})
    else:
        KindPreference.objects.update_or_create(
            **mine, kind=kind.name, defaults={"timing": Timing.OFF}
        )
    plan_anew(member=member, now=now)


@transaction.atomic
def plan_anew(*, member: Membership, now: datetime) -> None:
    """Withdraws what has not left yet, so that the planner's next run writes it again.

    That begins at once: until then their inbox has fewer that are unread. What is
    gathered in a digest already is about to leave, and stays.
    """
    transaction.on_commit(tasks.plan.delay, robust=True)
    wait_for_planner()
    mine = Delivery.objects.filter(recipient=member).exclude(kind=Delivery.DIGEST)
    waiting = mine.carriers().filter(
        state__in=[Delivery.State.PENDING, Delivery.State.HELD], digest=None
    )
    reminders = list(waiting.values_list("occurrence", flat=True))
    again = {
        "state": Delivery.State.WITHDRAWN,
        "reason": Delivery.Reason.AGAIN,
        "withdrawn_at": now,
    }
    waiting.update(**again)
    stands = Q(state=Delivery.State.SENT, occurrence__in=reminders)
    mine.inbox().filter(stands | Q(state=Delivery.State.SUPPRESSED)).update(**again)
