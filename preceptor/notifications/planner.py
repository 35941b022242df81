"""From what stands now to the outbox: one statement a kind, over all organisations."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from preceptor.notifications.kinds import Kind, registered
from preceptor.notifications.models import Delivery
from preceptor.notifications.standing import standing

logger = logging.getLogger(__name__)

# What is known already is left out before the insert: a conflict would lock, and so
# write, each of its rows at every run. Both changes see the same rows, and no row
# meets both: one needs it pending, the other new or withdrawn.
#
# Thousands of rows may be younger than the statistics, which then speak of one. So
# what fell away comes from EXCEPT, which no plan answers by comparing each with each;
# and its rows are found by their key alone: the state is asked in words that the
# index of what is due does not answer, and asked at all for a worker's sake, who may
# claim the row meanwhile.
_PLAN = """
WITH standing AS MATERIALIZED ({standing}),
fallen AS (
    SELECT recipient_id, occurrence FROM notifications_delivery
    WHERE kind = %s AND channel = %s AND state = 'pending'
    EXCEPT
    SELECT recipient_id, occurrence FROM standing
),
withdrawn AS (
    UPDATE notifications_delivery AS delivery SET state = 'withdrawn'
    FROM fallen
    WHERE delivery.recipient_id = fallen.recipient_id
        AND delivery.channel = %s
        AND delivery.occurrence = fallen.occurrence
        AND delivery.state NOT IN ('claimed', 'sent', 'failed', 'withdrawn')
    RETURNING 1
),
written AS (
    INSERT INTO notifications_delivery AS delivery (
        organisation_id, recipient_id, channel, kind, subject, occurrence, not_before,
        state, attempts, error, planned_at
    )
    SELECT organisation_id, recipient_id, %s, %s, subject, occurrence, not_before,
        'pending', 0, '', %s
    FROM standing
    WHERE NOT EXISTS (
        SELECT FROM notifications_delivery AS known
        WHERE known.recipient_id = standing.recipient_id
            AND known.channel = %s
            AND known.occurrence = standing.occurrence
            AND known.state <> 'withdrawn'
    )
    ON CONFLICT (recipient_id, channel, occurrence) DO UPDATE SET
        state = 'pending', not_before = excluded.not_before, attempts = 0, error = '',
        planned_at = excluded.planned_at
    WHERE delivery.state = 'withdrawn'
    RETURNING 1
)
SELECT (SELECT count(*) FROM written), (SELECT count(*) FROM withdrawn)
"""


@dataclass(frozen=True, slots=True)
class Planned:
    """How many deliveries were written or reopened, and how many withdrawn."""

    written: int = 0
    withdrawn: int = 0

    def __add__(self, other: "Planned") -> "Planned":
        return Planned(self.written + other.written, self.withdrawn + other.withdrawn)


def plan(now: datetime) -> Planned:
    """Writes each reminder that stands once, and withdraws what fell away.

    A sent or failed delivery is never touched; a withdrawn one is reopened when its
    reason returns. A kind whose query fails is logged and keeps no other back.
    """
    total = Planned()
    for kind in registered():
        try:
            total += _plan_kind(kind, now)
        except Exception:
            logger.exception("Reminders of kind %s could not be planned", kind.name)
    return total


@transaction.atomic
def _plan_kind(kind: Kind, now: datetime) -> Planned:
    with connection.cursor() as cursor:
        # Two beats at once: the second leaves the kind to the first.
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtext('reminders'), hashtext(%s))",
            [kind.name],
        )
        if cursor.fetchone() == (False,):
            return Planned()
        sql, params = standing(kind, now)
        email = Delivery.Channel.EMAIL
        cursor.execute(
            _PLAN.format(standing=sql),
            [*params, kind.name, email, email, email, kind.name, now, email],
        )
        written, withdrawn = cursor.fetchone() or (0, 0)
    return Planned(written, withdrawn)
