"""From the outbox to mail servers and chats: at least once, under a stable Message-ID.

A worker claims some rows by a lease that others respect until it runs out, so that one
that dies holds nothing up for long. It asks once for all of them whether they stand and
what they say, and marks each right after it was accepted.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.conf import settings
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
from preceptor.outward import NotAllowed

TURN = timedelta(seconds=10)
"""How long mails may keep chats waiting, and chats mails."""
FOR_EVER = datetime.max.replace(tzinfo=UTC)

Clock = Callable[[], datetime]

logger = logging.getLogger(__name__)


def deliver(clock: Clock = timezone.now) -> int:
    """Sends what may go now, in batches, and gives how many messages were accepted.

    A host that is away is asked once a run and then, after a few failures, left alone
    for a while; none of its rows loses an attempt by that.
    """
    with _lanes() as lanes:
        return sum(_turn(lane, clock, FOR_EVER)[0] for lane in lanes)


def drain(
    clock: Clock = timezone.now, wait: Callable[[float], None] = time.sleep
) -> int:
    """The same for `DRAIN_SECONDS`, in turns, and what is left is the next run's.

    A worker that drained a slow server to its end would have no time for the planner.
    In that time it also waits for hosts that take so many messages a second.
    """
    until = clock() + timedelta(seconds=settings.DRAIN_SECONDS)
    total = 0
    with _lanes() as lanes:
        while clock() < until:
            turns = [_turn(lane, clock, min(clock() + TURN, until)) for lane in lanes]
            total += sum(accepted for accepted, _is_through in turns)
            if all(is_through for _accepted, is_through in turns):
                if not any(lane.waits for lane in lanes):
                    break
                wait(1)
    return total


@contextmanager
def _lanes() -> Iterator[tuple[Lane, ...]]:
    lanes: tuple[Lane, ...] = (MailLane(), ChatLane())
    try:
        yield lanes
    finally:
        for lane in lanes:
            lane.close()


def _turn(lane: Lane, clock: Clock, until: datetime) -> tuple[int, bool]:
    """How many were accepted, and whether nothing was left that might have gone."""
    total = 0
    while clock() < until:
        rows = lane.claim(clock())
        if not rows:
            return total, True
        total += _deliver_rows(rows, lane, clock, until)
    return total, False


def _deliver_rows(
    rows: list[Delivery], lane: Lane, clock: Clock, until: datetime
) -> int:
    """One of them at least; those that are left then go back as they came."""
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
        if clock() >= until:
            claims.hand_back(rows)
            break
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
            claims.withdraw(row, clock(), again=parcels.resting)
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
