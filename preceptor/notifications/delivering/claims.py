"""A claim of rows by lease: `leased_until` is also its proof.

Whoever writes to a row names the lease that it holds, and a worker that overslept its
own finds that it no longer has the row. A claim counts the attempt, so that a row which
ends its workers runs out of them.

A claim is also where everything that leaves passes: what backed off, what its host held
up, what somebody sent again. So it asks whether the reader may be written to by now.
"""

import logging
import random
from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q

from preceptor.notifications import hours
from preceptor.notifications.kinds import registered
from preceptor.notifications.models import Delivery
from preceptor.notifications.models.deliveries import DeliveryQuerySet

MAX_ATTEMPTS = 12
BACK_OFF = timedelta(minutes=1)
BACK_OFF_AT_MOST = timedelta(hours=6)
ERROR_LETTERS = 2_000
TOGETHER = 250
"""How many are looked at where the first may not leave yet."""

logger = logging.getLogger(__name__)


def claim(now: datetime, which: Q, number: int) -> list[Delivery]:
    """Rows that wait and whose time has come, the oldest first."""
    waiting = Delivery.objects.filter(
        which, state=Delivery.State.PENDING, not_before__lte=now
    )
    return _claimed(waiting.order_by("not_before", "id"), now, number)


def claim_probe(now: datetime, which: Q) -> list[Delivery]:
    """One row to try a host with: that which is least likely to be at fault itself."""
    waiting = Delivery.objects.claimable(now).filter(which)
    return _claimed(waiting.order_by("attempts", "not_before", "id"), now, 1)


def claim_left(now: datetime, which: Q) -> list[Delivery]:
    """One row whose worker ended or overslept; alone, since it may be why."""
    left = Delivery.objects.filter(
        which, state=Delivery.State.CLAIMED, leased_until__lte=now
    )
    return _claimed(left.order_by("attempts", "not_before", "id"), now, 1)


def _claimed(rows: DeliveryQuerySet, now: datetime, number: int) -> list[Delivery]:
    """So many of those whose readers may be written to; others before them wait."""
    ids, has_more = _taken(rows[:number], now, number)
    while not ids and has_more:
        ids, has_more = _taken(rows[:TOGETHER], now, number)
    if not ids:
        return []
    people = "recipient__user", "organisation", "webhook"
    return list(
        Delivery.objects.filter(pk__in=ids)
        .select_related(*people)
        .order_by("not_before", "id")
    )


def _taken(
    rows: DeliveryQuerySet, now: datetime, number: int
) -> tuple[list[int], bool]:
    """Which were claimed, and whether others were left to wait instead."""
    with transaction.atomic(durable=True):
        locked = rows.select_for_update(skip_locked=True)
        found = list(locked.values_list("pk", flat=True))
        waiting = _let_wait(found, now) if found else set()
        ids = [pk for pk in found if pk not in waiting][:number]
        Delivery.objects.filter(pk__in=ids).update(
            state=Delivery.State.CLAIMED,
            leased_until=now + lease(),
            attempts=F("attempts") + 1,
        )
    return ids, bool(waiting)


_LET_WAIT = f"""
UPDATE notifications_delivery AS delivery
SET state = CASE state WHEN 'claimed' THEN 'pending' ELSE state END,
    leased_until = NULL, not_before = reader.reachable_at
FROM (
    SELECT id, moment, {hours.reachable("moment", "organisation_id")} AS reachable_at
    FROM (
        SELECT waiting.id, waiting.organisation_id, person.time_zone, {hours.CHOSEN},
            greatest(waiting.not_before, %(now)s) AS moment
        FROM notifications_delivery AS waiting
        JOIN accounts_membership AS member ON member.id = waiting.recipient_id
        JOIN accounts_user AS person ON person.id = member.user_id
        LEFT JOIN notifications_preferences AS chosen
            ON chosen.member_id = waiting.recipient_id
        WHERE waiting.id = ANY(%(ids)s) AND waiting.kind <> ALL(%(immediate)s)
    ) AS asked
) AS reader
WHERE delivery.id = reader.id AND reader.reachable_at > reader.moment
RETURNING delivery.id
"""  # noqa: S608 # of constants


def _let_wait(ids: list[int], now: datetime) -> set[int]:
    """Of rows that are locked, those whose readers may not be written to then.

    They wait until they may, and lose no attempt by it. A batch is asked for at once.
    """
    immediate = [kind.name for kind in registered() if kind.is_immediate]
    asked = {"ids": ids, "now": now, "immediate": immediate, **hours.usual_hours()}
    with connection.cursor() as cursor:
        cursor.execute(_LET_WAIT, asked)
        return {pk for (pk,) in cursor.fetchall()}


def lease() -> timedelta:
    return timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)


def kept(rows: list[Delivery], now: datetime) -> list[Delivery]:
    """Those of one claim that are still held, for at least half a lease to come.

    Half a lease is longer than a server may take over one message, so that nothing
    goes out under a lease that ran out on the way.
    """
    if not rows or (rows[0].leased_until or now) > now + lease() / 2:
        return rows
    until = now + lease()
    with transaction.atomic():
        still = set(_held(rows).select_for_update().values_list("pk", flat=True))
        _held(rows).update(leased_until=until)
    for row in rows:
        row.leased_until = until
    return [row for row in rows if row.pk in still]


def _held(rows: list[Delivery]) -> DeliveryQuerySet:
    return Delivery.objects.filter(
        pk__in=[row.pk for row in rows],
        state=Delivery.State.CLAIMED,
        leased_until=rows[0].leased_until,
    )


def settle(delivery: Delivery, **changes: object) -> bool:
    """Changes a row that this worker holds; False where it holds it no longer."""
    return bool(_held([delivery]).update(**{"leased_until": None, **changes}))


_SENT = """
UPDATE notifications_delivery
SET state = 'sent', sent_at = %s, error = '', leased_until = NULL
WHERE id = %s AND state = 'claimed' AND leased_until = %s
"""


def sent(delivery: Delivery, items: list[Delivery], now: datetime) -> None:
    """A digest and what it took along are sent in one.

    What somebody withdraws at this moment stays withdrawn.
    """
    if not items:
        # Once a mail: putting this together by the ORM takes as long as its sending.
        with connection.cursor() as cursor:
            cursor.execute(_SENT, [now, delivery.pk, delivery.leased_until])
        return
    done = {"sent_at": now, "error": ""}
    with transaction.atomic():
        if settle(delivery, state=Delivery.State.SENT, **done):
            Delivery.objects.in_digest([delivery]).filter(
                pk__in=[item.pk for item in items]
            ).update_free(state=Delivery.State.DIGESTED, **done)


def withdraw(delivery: Delivery, now: datetime, again: Collection[int] = ()) -> None:
    """With the reminder itself, so that the planner writes it anew if it returns.

    What was turned off is among those `again`: once the planner has it by what was
    chosen since, it is no news in the inbox.
    """
    withdrawn = {"state": Delivery.State.WITHDRAWN, "withdrawn_at": now}
    with transaction.atomic():
        if settle(delivery, **withdrawn):
            _withdraw_inbox([delivery], now, again)


def withdraw_items(
    digest: Delivery, items: list[Delivery], now: datetime, again: Collection[int] = ()
) -> None:
    """The same for what a digest would have taken along."""
    withdrawn = {"state": Delivery.State.WITHDRAWN, "withdrawn_at": now}
    with transaction.atomic():
        Delivery.objects.in_digest([digest]).filter(
            pk__in=[item.pk for item in items]
        ).update_free(**withdrawn)
        _withdraw_inbox(items, now, again)


def _withdraw_inbox(
    rows: list[Delivery], now: datetime, again: Collection[int]
) -> None:
    for reason in (Delivery.Reason.AGAIN, Delivery.Reason.NONE):
        own = [row for row in rows if (row.pk in again) == bool(reason)]
        if own:
            _in_inbox(own).update_free(
                state=Delivery.State.WITHDRAWN, withdrawn_at=now, reason=reason
            )


def put_off(item: Delivery, now: datetime, error: Exception) -> None:
    """Out of its digest and into a later one, until that has failed too often."""
    is_last = item.attempts + 1 >= MAX_ATTEMPTS
    held = Delivery.objects.filter(pk=item.pk, state=Delivery.State.HELD)
    with transaction.atomic():
        changed = held.update(
            state=Delivery.State.FAILED if is_last else Delivery.State.HELD,
            digest=None,
            attempts=F("attempts") + 1,
            not_before=now + jittered(BACK_OFF_AT_MOST),
            error=described(error),
        )
        if changed:  # or what is gathered at night would be a digest of its own
            _let_wait([item.pk], now)


def _in_inbox(rows: list[Delivery]) -> DeliveryQuerySet:
    """The reminders themselves, of one recipient."""
    return Delivery.objects.inbox().filter(
        recipient=rows[0].recipient_id, occurrence__in=[row.occurrence for row in rows]
    )


def hand_back(rows: list[Delivery], error: Exception | None = None) -> None:
    """As they were: what is no fault of theirs takes no attempt and no place in line.

    With the error, where it is their host that lacks something.
    """
    if rows:
        said = {"error": described(error)} if error else {}
        _held(rows).update(
            state=Delivery.State.PENDING,
            leased_until=None,
            attempts=F("attempts") - 1,
            **said,
        )


def back_off(delivery: Delivery, now: datetime, error: Exception) -> None:
    """Waits longer after each failure, and gives up after the last."""
    if delivery.attempts >= MAX_ATTEMPTS:
        give_up(delivery, described(error))
        return
    wait = min(BACK_OFF * 2 ** (delivery.attempts - 1), BACK_OFF_AT_MOST)
    settle(
        delivery,
        state=Delivery.State.PENDING,
        not_before=now + jittered(wait),
        error=described(error),
    )


def give_up(delivery: Delivery, error: str) -> None:
    """Failed and visible, with what a digest would have taken along."""
    failed = {"state": Delivery.State.FAILED, "error": error}
    with transaction.atomic():
        if settle(delivery, **failed) and delivery.kind == Delivery.DIGEST:
            Delivery.objects.in_digest([delivery]).update_free(**failed)
    logger.error(
        "Delivery %d failed after %d attempts: %s",
        delivery.pk,
        delivery.attempts,
        error,
    )


def jittered(wait: timedelta) -> timedelta:
    """Between the wait and a quarter more, so that failures do not come back as one."""
    return wait * random.uniform(1, 1.25)  # noqa: S311 # no secret


def described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:ERROR_LETTERS]
