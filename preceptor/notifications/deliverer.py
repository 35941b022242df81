"""From the outbox to the mail server: at least once, under a stable Message-ID.

A worker claims a few rows by a lease that others respect until it runs out, so that
one that dies holds nothing up for long. `leased_until` is also the proof of the
claim: whoever writes to a row names the lease it holds, and a worker that overslept
its own finds that it no longer has the row.
"""

import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone, translation

from preceptor import mail
from preceptor.notifications.kinds import Kind, kind_of
from preceptor.notifications.models import Delivery
from preceptor.notifications.standing import still_standing

BATCH = 20
MAX_ATTEMPTS = 12
BACK_OFF = timedelta(minutes=1)
BACK_OFF_AT_MOST = timedelta(hours=6)
ERROR_LETTERS = 2_000

logger = logging.getLogger(__name__)


class ServerIsAway(Exception):
    """The mail server takes no connection: no message is at fault."""


def deliver(clock: Callable[[], datetime] = timezone.now) -> int:
    """Sends all that is due, in batches, and gives how many mails were accepted.

    Where the mail server is away it stops, and the rest waits a minute: that is one
    knock a run, however many mails wait, and none of them loses an attempt by it.
    """
    sent = 0
    while batch := _claim(clock()):
        connection = get_connection()
        try:
            while batch:
                sent += _deliver_one(batch[0], connection, clock)
                batch.pop(0)
        except ServerIsAway as error:
            logger.warning("The mail server is away: %s", error)
            _hand_back(batch, clock(), error)
            break
        finally:
            _close(connection)
    return sent


def _claim(now: datetime) -> list[Delivery]:
    """A few rows that are this worker's until their lease runs out.

    Rows with fewer attempts go first, so one that kills its worker comes last.
    """
    until = now + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
    with transaction.atomic(durable=True):
        rows = list(
            Delivery.objects.claimable(now)
            .filter(channel=Delivery.Channel.EMAIL)
            .exclude(kind=Delivery.DIGEST)
            .select_related("recipient__user", "organisation")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("attempts", "not_before", "id")[:BATCH]
        )
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=Delivery.State.CLAIMED, leased_until=until
        )
    for row in rows:
        row.leased_until = until
    return rows


def _deliver_one(
    delivery: Delivery, connection: BaseEmailBackend, clock: Callable[[], datetime]
) -> bool:
    """Whether the mail server accepted it. Raises ServerIsAway."""
    if delivery.attempts >= MAX_ATTEMPTS:
        # The worker ended in the middle of the last one, time and again.
        _settle(delivery, state=Delivery.State.FAILED)
        logger.error("Delivery %d failed: it ended its workers", delivery.pk)
        return False
    _open(connection)
    if not _begin(delivery, clock()):
        return False
    try:
        is_accepted = _send_if_it_stands(delivery, connection, clock())
    except Exception as error:  # a row at fault must not hold up the others
        logger.warning("Delivery %d did not go out", delivery.pk, exc_info=True)
        _close(connection)
        _back_off(delivery, clock(), error)
        return False
    if is_accepted:
        _settle(delivery, state=Delivery.State.SENT, sent_at=clock(), error="")
    else:
        _withdraw(delivery, clock())
    return is_accepted


def _send_if_it_stands(
    delivery: Delivery, connection: BaseEmailBackend, now: datetime
) -> bool:
    """Asks for reason and right at the last moment: after connecting."""
    kind = kind_of(delivery)
    if kind is None or not still_standing(kind, [delivery], now):
        return False
    _send(kind, delivery, connection)
    return True


def _withdraw(delivery: Delivery, now: datetime) -> None:
    """With the reminder itself, so that the planner writes it anew if it returns."""
    withdrawn = {"state": Delivery.State.WITHDRAWN, "withdrawn_at": now}
    with transaction.atomic():
        if _settle(delivery, **withdrawn):
            Delivery.objects.inbox().filter(
                recipient=delivery.recipient_id, occurrence=delivery.occurrence
            ).update(**withdrawn)


def _open(connection: BaseEmailBackend) -> None:
    """Connects unless connected."""
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        raise ServerIsAway(str(error)) from error


def _close(connection: BaseEmailBackend) -> None:
    """Whatever state it is in; the next `_open` connects anew."""
    try:
        connection.close()
    except (OSError, SMTPException) as error:
        logger.info("The mail server did not say goodbye: %s", error)


def _begin(delivery: Delivery, now: datetime) -> bool:
    """Renews the lease and counts the attempt; False where the lease was lost."""
    until = now + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
    attempts = delivery.attempts + 1
    held = _settle(
        delivery, state=Delivery.State.CLAIMED, leased_until=until, attempts=attempts
    )
    delivery.leased_until, delivery.attempts = until, attempts
    return held


def _settle(delivery: Delivery, **changes: object) -> bool:
    """Changes a row that this worker holds; False where it holds it no longer."""
    held = Delivery.objects.filter(
        pk=delivery.pk,
        state=Delivery.State.CLAIMED,
        leased_until=delivery.leased_until,
    )
    return bool(held.update(**{"leased_until": None, **changes}))


def _send(kind: Kind[Any], delivery: Delivery, connection: BaseEmailBackend) -> None:
    person = delivery.recipient.user
    with translation.override(person.locale), timezone.override(person.time_zone):
        about = kind.subjects([delivery.subject])[delivery.subject]
        message = kind.message(delivery, about)
        mail.send(
            to=person.email,
            subject=message.subject,
            template=message.template,
            context={
                "recipient": delivery.recipient,
                "organisation": delivery.organisation,
                "link": message.link,
                "button": message.button,
                **message.context,
            },
            headers={
                "Message-ID": message_id(delivery),
                "Auto-Submitted": "auto-generated",
            },
            calendar=message.calendar,
            connection=connection,
        )


def message_id(delivery: Delivery) -> str:
    """The same at every attempt, so that a receiver can fold what came twice."""
    host = urlsplit(settings.BASE_URL).hostname
    return f"<delivery-{delivery.pk}.{delivery.organisation_id}@{host}>"


def _back_off(delivery: Delivery, now: datetime, error: Exception) -> None:
    """Waits longer after each failure, and gives up after the last."""
    is_last = delivery.attempts >= MAX_ATTEMPTS
    wait = min(BACK_OFF * 2 ** (delivery.attempts - 1), BACK_OFF_AT_MOST)
    _settle(
        delivery,
        state=Delivery.State.FAILED if is_last else Delivery.State.PENDING,
        not_before=now + _jittered(wait),
        error=_described(error),
    )
    if is_last:
        logger.error("Delivery %d failed after %d attempts", delivery.pk, MAX_ATTEMPTS)


def _hand_back(batch: list[Delivery], now: datetime, error: Exception) -> None:
    for delivery in batch:
        _settle(
            delivery,
            state=Delivery.State.PENDING,
            not_before=now + _jittered(BACK_OFF),
            error=_described(error),
        )


def _jittered(wait: timedelta) -> timedelta:
    """Between the wait and a quarter more, so that failures do not come back as one."""
    return wait * random.uniform(1, 1.25)  # noqa: S311 # no secret


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:ERROR_LETTERS]
