"""Reminders by a fixed clock: what is due, what goes out, what stands in an inbox."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from preceptor.accounts.models import Membership
from preceptor.notifications.deliverer import deliver
from preceptor.notifications.kinds import Kind
from preceptor.notifications.models import Delivery
from preceptor.notifications.planner import plan

ZONES = ("Pacific/Auckland", "America/Los_Angeles", "Asia/Kolkata", "Europe/London")


def live_in(member: Membership, zone: str) -> None:
    member.user.time_zone = zone
    member.user.save()


def at(day: date, hour: int, minute: int = 0, zone: str = "Europe/London") -> datetime:
    return datetime.combine(day, time(hour, minute), ZoneInfo(zone))


def told_at(kind: Kind[Any], now: datetime) -> Mapping[int, str]:
    """By recipient the occurrence of what stands then: one subject alone."""
    rows = [row for row in kind.due(now) if row["not_before"] <= now]
    found = {row["recipient_id"]: row["occurrence"] for row in rows}
    assert len(found) == len(rows)
    return found


def round_at(now: datetime) -> list[EmailMultiAlternatives]:
    """Plans and delivers as of a moment; the mails that went out, by address."""
    before = len(mail.outbox)
    with time_machine.travel(now, tick=False):
        plan(now)
        deliver(lambda: now)
    sent: list[Any] = mail.outbox[before:]
    return sorted(sent, key=lambda one: one.to)


def inbox(member: Membership) -> list[str]:
    """What stands there."""
    rows = Delivery.objects.inbox().filter(recipient=member, state="sent")
    return list(rows.order_by("pk").values_list("occurrence", flat=True))


def html(message: EmailMultiAlternatives) -> str:
    return str(message.alternatives[0][0])
