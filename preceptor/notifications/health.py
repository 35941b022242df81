"""Whether reminders go out: what the machinery's page and its endpoint tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import redis
from django.conf import settings
from django.db import DatabaseError
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preceptor.accounts.models import Organisation
from preceptor.notifications.delivering.gates import TRIPS
from preceptor.notifications.models import Delivery, Host, Webhook
from preceptor.notifications.pulses import Machinery, machinery

LATE_AFTER = timedelta(minutes=15)
"""How long after its time a delivery is taken up at the latest, in a busy hour."""
BROKER_SECONDS = 1.0

Channel = Delivery.Channel


@dataclass(frozen=True)
class Health:
    """`queue` is how many tasks wait in the broker, None where it does not answer.

    `due_since` is when the delivery that is due for longest was, `held_up_since` when
    that of them was which waits for no host that refuses.
    """

    machinery: Machinery
    due_since: datetime | None
    held_up_since: datetime | None
    queue: int | None
    closed_hosts: Sequence[Host]

    @property
    def is_late(self) -> bool:
        """A host that refuses is not ours to mend, and its mails wait for it."""
        since = self.held_up_since
        return since is not None and since < self.machinery.now - LATE_AFTER

    @cached_property
    def is_well(self) -> bool:
        answers = self.queue is not None
        return self.machinery.is_well and answers and not self.is_late


def health(now: datetime, organisation: Organisation | None = None) -> Health:
    """Of the whole installation: counts and moments, nothing of anybody.

    For an `organisation` of chats only those that it posts to itself: where others
    have theirs is nothing for its owners.
    """
    in_order = Delivery.objects.filter(
        state__in=[Delivery.State.PENDING, Delivery.State.CLAIMED],
        not_before__lte=now,
    ).order_by("not_before")
    closed = Host.objects.filter(open_until__gt=now).order_by("name")
    if organisation is not None:
        hooks = Webhook.objects.filter(organisation=organisation)
        own = hooks.values_list(Concat(Value("chat "), "host"))
        closed = closed.filter(Q(name__startswith="email ") | Q(name__in=own))
    times = in_order.values_list("not_before", flat=True)
    due_since = held_up_since = times.first()
    if due_since is not None and due_since < now - LATE_AFTER:
        held_up_since = times.exclude(_waits_for_its_host(now)).first()
    return Health(
        machinery=machinery(now),
        due_since=due_since,
        held_up_since=held_up_since,
        queue=queue_length(),
        closed_hosts=list(closed),
    )


def _waits_for_its_host(now: datetime) -> Q:
    """What goes to a host that refuses, and is tried from time to time all the same."""
    hosts = Host.objects.filter(failures__gte=TRIPS, open_until__gt=now - LATE_AFTER)
    chats = hosts.annotate(to=Concat(Value("chat "), OuterRef("webhook__host")))
    waits = Q(~Q(channel=Channel.EMAIL), Exists(chats.filter(name=F("to"))))
    if hosts.filter(name=f"email {settings.EMAIL_HOST}").exists():
        waits |= Q(channel=Channel.EMAIL)
    return waits


def queue_length() -> int | None:
    """How many tasks wait in the broker; None where it does not answer."""
    try:
        with redis.Redis.from_url(
            settings.QUEUE_URL,
            socket_timeout=BROKER_SECONDS,
            socket_connect_timeout=BROKER_SECONDS,
        ) as broker:
            return int(broker.llen(settings.CELERY_TASK_DEFAULT_QUEUE))
    except (redis.RedisError, OSError):
        return None


def failed_in(organisation: Organisation) -> "QuerySet[Delivery]":
    """What was given up on, the newest first; of a digest the digest alone."""
    rows = Delivery.objects.filter(
        organisation=organisation, state=Delivery.State.FAILED, digest=None
    )
    return rows.order_by("-planned_at", "-pk")


def report(now: datetime) -> dict[str, object]:
    """For whoever watches the installation: states, counts and seconds."""
    try:
        found = health(now)
    except DatabaseError:
        return {"status": "failing", "database": "away"}
    seen = found.machinery
    return {
        "status": "ok" if found.is_well else "failing",
        "database": "ok",
        "planner": {"is_ok": seen.plans, "seconds_ago": _ago(seen.planned_at, now)},
        "workers": {"alive": len(seen.alive), "silent": len(seen.silent)},
        "oldest_due_seconds": _ago(found.due_since, now),
        "queue": found.queue,
        "broker": "away" if found.queue is None else "ok",
        "closed_hosts": len(found.closed_hosts),
    }


def troubles(seen: Machinery) -> list[str]:
    """What an owner is told, in sentences: what stands still and what to look at."""
    found = [] if seen.works and seen.plans else [_standstill(seen)]
    if seen.works and seen.silent:
        text = ngettext(
            "One worker fell silent without ending in order; the others do its work.",
            "%(n)d workers fell silent without ending in order; the others do their "
            "work.",
            len(seen.silent),
        )
        found.append(text % {"n": len(seen.silent)})
    return found


def _standstill(seen: Machinery) -> str:
    """The planner runs in a worker: where there is none, that is what is amiss."""
    if not seen.works:
        return _(
            "No worker gives a sign of life, so no reminder goes out. What is due "
            "waits, and goes once a worker runs."
        )
    if seen.planned_at is None:
        return _(
            "No reminder was ever planned yet. The first are within a minute of the "
            "start of beat."
        )
    return _(
        "Reminders are not planned: the planner did not run lately, though a worker "
        "is alive. Most often beat stands still."
    )


def _ago(moment: datetime | None, now: datetime) -> int | None:
    return None if moment is None else int((now - moment).total_seconds())
