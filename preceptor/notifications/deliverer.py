"""From the outbox to mail servers and chats: at least once, under a stable Message-ID.

A worker claims some rows by a lease that others respect until it runs out, so that one
that dies holds nothing up for long. It asks once for all of them whether they stand and
what they say, and marks each right after it was accepted.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from preceptor.notifications.delivering import claims
from preceptor.notifications.delivering.gates import Gate, State
from preceptor.notifications.delivering.lanes import (
    ChatLane,
    Lane,
    MailLane,
    ServerIsAway,
)
from preceptor.notifications.delivering.parcels import Parcels
from preceptor.notifications.models import Delivery
from preceptor.notifications.webhooks import NotAllowed

PATIENCE = timedelta(seconds=20)

Clock = Callable[[], datetime]

logger = logging.getLogger(__name__)


def deliver(clock: Clock = timezone.now) -> int:
    """Sends what is due, in batches, and gives how many messages were accepted.

    A host that is away is asked once a run and then, after a few failures, left alone
    for a while; none of its rows loses an attempt by that.
    """
    return _deliver(clock)[0]


def drain(
    clock: Clock = timezone.now, wait: Callable[[float], None] = time.sleep
) -> int:
    """The same, and waits some seconds for those whose hosts take so many a second."""
    until = clock() + PATIENCE
    total, waits = _deliver(clock)
    while waits and clock() < until:
        wait(1)
        number, waits = _deliver(clock)
        total += number
    return total


def _deliver(clock: Clock) -> tuple[int, bool]:
    """How many were accepted, and whether others wait for their turn."""
    lanes: tuple[Lane, ...] = (MailLane(), ChatLane())
    total = 0
    for lane in lanes:
        try:
            while rows := lane.claim(clock()):
                total += _deliver_rows(rows, lane, clock)
        finally:
            lane.close()
    return total, any(lane.waits for lane in lanes)


def _deliver_rows(rows: list[Delivery], lane: Lane, clock: Clock) -> int:
    parcels, accepted = Parcels(), 0
    while rows := claims.kept(rows, clock()):
        gate = lane.gate(rows[0])
        try:
            accepted += _deliver_first(rows, parcels, lane, clock)
            rows = rows[1:]
        except ServerIsAway as error:
            gate.failed(clock(), error)
            rows = _handed_back(rows, gate, lane, error)
        else:
            if gate.state is State.OPEN:
                rows = _handed_back(rows, gate, lane, ServerIsAway(gate.name))
    return accepted


def _handed_back(
    rows: list[Delivery], gate: Gate, lane: Lane, error: Exception
) -> list[Delivery]:
    """Gives back what goes to a host, which this run leaves alone; the rest is left."""
    lane.stop(gate)
    claims.hand_back([row for row in rows if lane.gate(row) is gate], error)
    return [row for row in rows if lane.gate(row) is not gate]


def _deliver_first(
    rows: list[Delivery], parcels: Parcels, lane: Lane, clock: Clock
) -> bool:
    """Whether the first row was accepted. Raises ServerIsAway.

    It connects before it asks for reason and right: connecting may take long.
    """
    row, gate = rows[0], lane.gate(rows[0])
    if row.attempts > claims.MAX_ATTEMPTS:
        claims.give_up(row, "It ended its workers.")
        return False
    lane.open()
    try:
        parcel = parcels.of(rows, clock())
        if parcel is None:
            claims.withdraw(row, clock())
            return False
        lane.send(row, parcel)
    except Exception as error:  # a row at fault must not hold up the others
        logger.warning("Delivery %d did not go out", row.pk, exc_info=True)
        if isinstance(error, NotAllowed):  # as it will be the next time
            claims.give_up(row, str(error))
            return False
        claims.back_off(row, clock(), error)
        # What failed before says little of its host: it may be at fault itself.
        is_telling = row.attempts == 1 or gate.state is State.PROBE
        if is_telling and lane.is_host_at_fault(error):
            gate.failed(clock(), error)
        return False
    claims.sent(row, parcel.items, clock())
    gate.succeeded()
    return True
