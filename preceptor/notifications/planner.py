"""From what stands now to the outbox: one statement a kind, over all organisations."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from django.db import connection, transaction

from preceptor.notifications.kinds import Kind, registered
from preceptor.notifications.models import Delivery
from preceptor.notifications.pulses import PLANNER, beat, forget_replaced
from preceptor.notifications.routing import CARRIED, ROUTED, parameters
from preceptor.notifications.standing import standing

logger = logging.getLogger(__name__)

# What is known already is left out before the insert: a conflict would lock, and so
# write, each of its rows at every run. The reminder's own row, that of the inbox, says
# whether it is known. Both changes see the same rows, and no row meets both: one needs
# it standing, the other new or withdrawn.
#
# What is planned anew by what its reader chose since is no news: it came when it came.
#
# Thousands of rows may be younger than the statistics, which then speak of one. So
# what fell away comes from EXCEPT, which no plan answers by comparing each with each;
# and its rows are found by their key alone: their state is asked in words that no
# partial index answers.
_PLAN = f"""
WITH standing AS MATERIALIZED ({{standing}}),
fallen AS (
    SELECT recipient_id, occurrence FROM notifications_delivery
    WHERE kind = %(kind)s AND channel = 'inbox' AND state IN ('sent', 'suppressed')
    EXCEPT
    SELECT recipient_id, occurrence FROM standing
),
withdrawn AS (
    UPDATE notifications_delivery AS delivery
    SET state = 'withdrawn', withdrawn_at = %(now)s
    FROM fallen
    WHERE delivery.recipient_id = fallen.recipient_id
        AND delivery.occurrence = fallen.occurrence
        AND (delivery.channel || ' ' || delivery.state) = ANY (%(falls)s)
    RETURNING delivery.channel
),
fresh AS (
    SELECT * FROM standing
    WHERE NOT EXISTS (
        SELECT FROM notifications_delivery AS known
        WHERE known.recipient_id = standing.recipient_id
            AND known.occurrence = standing.occurrence
            AND known.channel = 'inbox'
            AND known.state <> 'withdrawn'
    )
),
{ROUTED.format(source="fresh")},
carried AS ({CARRIED}),
written AS (
    INSERT INTO notifications_delivery AS delivery (
        organisation_id, program_id, recipient_id, channel, webhook_id, kind, subject,
        matter, occurrence, timing, urgency, not_before, state, reason, attempts, error,
        planned_at, sent_at
    )
    SELECT organisation_id, program_id, recipient_id, channel, hook_id, %(kind)s,
        subject, matter, occurrence, timing, %(urgency)s, goes_from, state, reason, 0,
        '', %(now)s, CASE WHEN state = 'sent' THEN %(now)s END
    FROM carried
    ON CONFLICT (recipient_id, occurrence, channel) DO UPDATE SET
        state = excluded.state, not_before = excluded.not_before, attempts = 0,
        error = '', sent_at = excluded.sent_at, timing = excluded.timing,
        reason = excluded.reason, digest_id = NULL, webhook_id = excluded.webhook_id,
        withdrawn_at = NULL,
        planned_at = CASE
            WHEN delivery.reason = 'again' AND delivery.withdrawn_at > %(again_from)s
                THEN delivery.planned_at
            ELSE excluded.planned_at
        END,
        read_at = CASE
            WHEN delivery.reason = 'again' AND delivery.withdrawn_at > %(again_from)s
                THEN delivery.read_at
        END
    WHERE delivery.state = 'withdrawn'
    RETURNING delivery.channel
)
SELECT (SELECT count(*) FROM written WHERE channel = 'inbox'),
    (SELECT count(*) FROM withdrawn WHERE channel = 'inbox')
"""  # noqa: S608 # of constants
_FALLS = [
    "inbox sent",
    "inbox suppressed",
    *(
        f"{channel} {state}"
        for channel in ("email", "chat", "program")
        for state in ("pending", "held")
    ),
]

# What was held for somebody's digest, and whose moment has come, goes into one.
_GATHER = """
WITH due AS (
    SELECT id, organisation_id, recipient_id, channel, webhook_id, urgency
    FROM notifications_delivery
    WHERE state = 'held' AND not_before <= %(now)s AND digest_id IS NULL
    FOR UPDATE
),
digests AS (
    INSERT INTO notifications_delivery (
        organisation_id, recipient_id, channel, webhook_id, kind, subject, matter,
        occurrence, timing, urgency, not_before, state, reason, attempts, error,
        planned_at
    )
    SELECT organisation_id, recipient_id, channel, webhook_id, %(kind)s, recipient_id,
        %(kind)s || ':' || recipient_id,
        concat_ws(
            ':', %(kind)s::text, recipient_id, extract(epoch FROM %(now)s), webhook_id
        ),
        'at-once', min(urgency), %(now)s, 'pending', '', 0, '', %(now)s
    FROM due
    GROUP BY organisation_id, recipient_id, channel, webhook_id
    RETURNING id, recipient_id, channel, webhook_id
)
UPDATE notifications_delivery AS delivery SET digest_id = digests.id
FROM due
JOIN digests
    ON digests.recipient_id = due.recipient_id AND digests.channel = due.channel
    AND digests.webhook_id IS NOT DISTINCT FROM due.webhook_id
WHERE delivery.id = due.id
"""


@dataclass(frozen=True, slots=True)
class Planned:
    """How many reminders were written or stand again, and how many withdrawn."""

    written: int = 0
    withdrawn: int = 0

    def __add__(self, other: "Planned") -> "Planned":
        return Planned(self.written + other.written, self.withdrawn + other.withdrawn)


@transaction.atomic
def plan(now: datetime) -> Planned:
    """Writes each reminder that stands once, withdraws what fell away, gathers digests.

    What left the house is never touched; a reminder that was withdrawn stands again
    when its reason returns. A kind whose query fails is logged and keeps no other back.
    """
    total = Planned()
    with connection.cursor() as cursor:
        # Two beats at once: the second leaves the run to the first.
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('reminders'))")
        if cursor.fetchone() == (False,):
            return total
    kinds = registered()
    immediate = [kind.name for kind in kinds if kind.is_immediate]
    for kind in kinds:
        try:
            total += plan_kind(kind, now, immediate)
        except Exception:
            logger.exception("Reminders of kind %s could not be planned", kind.name)
    with connection.cursor() as cursor:
        cursor.execute(_GATHER, {"now": now, "kind": Delivery.DIGEST})
    beat(PLANNER, now)
    forget_replaced(now)
    return total


@transaction.atomic
def plan_kind(
    kind: Kind[Any],
    now: datetime,
    immediate: list[str],
    stands: tuple[str, Sequence[Any]] | None = None,
) -> Planned:
    """One kind's part of a run. `stands` in place of what stands of it at `now`."""
    sql, own = named(*(stands or standing(kind, now)))
    asked = {**parameters(kind, now, immediate), "urgency": kind.urgency}
    with connection.cursor() as cursor:
        cursor.execute(_PLAN.format(standing=sql), {**own, **asked, "falls": _FALLS})
        written, withdrawn = cursor.fetchone() or (0, 0)
    return Planned(written, withdrawn)


def named(sql: str, params: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """The same statement with parameters by name, to stand within one that has some."""
    numbers = count()

    def renamed(found: re.Match[str]) -> str:
        return "%%" if found[0] == "%%" else f"%(standing_{next(numbers)})s"

    text = re.sub(r"%[s%]", renamed, sql)
    return text, {f"standing_{n}": value for n, value in enumerate(params)}
