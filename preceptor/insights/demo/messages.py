"""What the planner found in the last days, and how three people keep their inbox."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from preceptor.accounts.models import Membership
from preceptor.insights.demo import cast
from preceptor.insights.demo.programs import ZONE
from preceptor.notifications.actions import mark_read, put_off
from preceptor.notifications.kinds import kind_of
from preceptor.notifications.models import (
    Delivery,
    KindPreference,
    Preferences,
    Timing,
)
from preceptor.notifications.planner import plan
from preceptor.notifications.snoozing import morning_of, next_monday
from progress.models import Milestone
from progress.reminders import MILESTONE, MILESTONE_TO_LEAD

RUNS_DAYS_AGO = (16, 9, 4, 1)
READ_AFTER, STOOD = timedelta(hours=3), timedelta(days=3)
PAST = 2
"""How many milestones of before are listed as settled."""
WISHES: dict[str, dict[str, Any]] = {
    "Ines Carvalho": {
        "quiet_from": time(17, 30),
        "quiet_until": time(9),
        "digest_at": time(9, 15),
    },
    "Tomasz Wieczorek": {"working_days": [1, 2, 3, 4], "weekly_budget": 6},
    cast.LEAD: {"digest_at": time(8, 30), "weekly_on": 5},
}
"""Who keeps their inbox, and what they chose."""
GATHERED = {
    "Ines Carvalho": {"milestone": Timing.DAILY},
    "Tomasz Wieczorek": {"milestone": Timing.DAILY},
    cast.LEAD: {"pairing-unanswered": Timing.DAILY},
}


def run_before(everybody: dict[str, Membership], now: datetime) -> None:
    """Runs the planner as it ran in the last days. What went out then went out."""
    for name, wishes in WISHES.items():
        _choose(everybody[name], wishes, GATHERED[name])
    for days in RUNS_DAYS_AGO:
        then = now - timedelta(days=days)
        plan(then)
        _send(then)


def run_now(everybody: dict[str, Membership], now: datetime) -> None:
    """Runs it once more: what fell away since is settled, the rest stands."""
    plan(now)
    _settle_past(everybody, now)
    for name in WISHES:
        _keep(everybody[name], now)


def _choose(
    member: Membership, wishes: dict[str, Any], gathered: dict[str, Timing]
) -> None:
    mine: dict[str, Any] = {
        "organisation_id": member.organisation_id,
        "member": member,
    }
    Preferences.objects.create(**mine, **wishes)
    for kind, timing in gathered.items():
        KindPreference.objects.create(**mine, kind=kind, timing=timing)


def _send(then: datetime) -> None:
    carriers = Delivery.objects.carriers()
    for waits, left in (
        (Delivery.State.PENDING, Delivery.State.SENT),
        (Delivery.State.HELD, Delivery.State.DIGESTED),
    ):
        carriers.filter(state=waits).update(state=left, sent_at=then)


def _settle_past(everybody: dict[str, Membership], now: datetime) -> None:
    """Milestones that were signed in the end: to a pair, and one to the lead."""
    signed = Milestone.objects.filter(signed_at__lt=now).select_related("plan__junior")
    signed = signed.order_by("-signed_at")
    own = signed.filter(plan__junior__membership=everybody["Ines Carvalho"])
    _settle(everybody["Ines Carvalho"], MILESTONE.name, own[:PAST])
    _settle(everybody["Tomasz Wieczorek"], MILESTONE.name, own[:PAST])
    _settle(everybody[cast.LEAD], MILESTONE_TO_LEAD.name, signed[:1])


def _settle(member: Membership, kind: str, stones: Iterable[Milestone]) -> None:
    Delivery.objects.bulk_create(
        Delivery(
            organisation_id=member.organisation_id,
            program_id=stone.plan.junior.program_id,
            recipient=member,
            channel=Delivery.Channel.INBOX,
            kind=kind,
            subject=stone.pk,
            matter=f"{kind}:{stone.pk}:{stone.due_on}",
            occurrence=f"{kind}:{stone.pk}:{stone.due_on}:settled",
            not_before=stone.signed_at - STOOD,
            planned_at=stone.signed_at - STOOD,
            sent_at=stone.signed_at - STOOD,
            state=Delivery.State.WITHDRAWN,
            withdrawn_at=stone.signed_at,
        )
        for stone in stones
        if stone.signed_at
    )


def _keep(member: Membership, now: datetime) -> None:
    """The most urgent is unread, the least urgent waits for Monday, the rest read."""
    stands = Delivery.objects.in_inbox(now).filter(recipient=member)
    first, *others = stands.order_by("urgency", "pk")
    mine = Delivery.objects.inbox().filter(recipient=member)
    for row in mine.exclude(pk=first.pk).exclude(sent_at=None):
        at = min(row.planned_at + READ_AFTER, now)
        mark_read(actor=member, reminder=row, now=at)
    later = [row for row in others if _may_wait(row)]
    if later:
        with timezone.override(ZONE):
            until = morning_of(next_monday(now.date()))
        put_off(actor=member, reminder=later[-1], until=until, now=now)


def _may_wait(row: Delivery) -> bool:
    """One of a kind of which there is another, for who looks at each."""
    kind = kind_of(row)
    if kind is None or kind.required:
        return False
    same = Delivery.objects.inbox().filter(kind=row.kind, state=row.state)
    return same.exclude(pk=row.pk).exists()
