"""Through which channels, and when, a reminder goes: SQL over the rows that stand.

A program whose messages rest and a kind that the recipient turned off leave a row in
the inbox's channel that says so, and nothing else. The rest stands in the inbox, and
what carries it waits for the recipient's next hour, or for their digest. Beyond a
week's budget what would go at once goes into the daily digest; since kinds are planned
by urgency, the most urgent use it up first.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from preceptor.notifications import hours
from preceptor.notifications.kinds import Kind
from preceptor.notifications.models import Delivery

BUDGET_SPAN = timedelta(days=7)
_SOON = "greatest(not_before, %(now)s)"

# Named parameters, in which `_ROUTED` and `_CARRIED` are asked. `{source}` is what
# stands. The two functions are asked for few: of most the moment needs no moving.
_CHOSEN = f"""
    SELECT source.*, hook.id AS webhook_id, {hours.CHOSEN},
        coalesce(chosen.digest_at, %(digest_at)s) AS digest_at,
        coalesce(chosen.weekly_on, %(weekly_on)s::smallint) AS weekly_on,
        coalesce(chosen.weekly_budget, %(weekly_budget)s::smallint) AS weekly_budget,
        coalesce(chosen.by_email, %(by_email)s) AS by_email,
        coalesce(chosen.by_chat, %(by_chat)s) AND hook.id IS NOT NULL AS by_chat,
        CASE
            WHEN %(is_immediate)s AND choice.timing IS DISTINCT FROM 'off'
                THEN 'at-once'
            WHEN choice.timing = 'off' AND %(is_required)s THEN %(default)s
            ELSE coalesce(choice.timing, %(default)s)
        END AS wanted,
        paused.id IS NOT NULL AS is_paused
    FROM {{source}} AS source
    LEFT JOIN notifications_preferences AS chosen
        ON chosen.member_id = source.recipient_id
    LEFT JOIN notifications_kindpreference AS choice
        ON choice.member_id = source.recipient_id AND choice.kind = %(kind)s
    LEFT JOIN notifications_webhook AS hook
        ON hook.member_id = source.recipient_id AND hook.program_id IS NULL
    LEFT JOIN notifications_programmessages AS paused
        ON paused.program_id = source.program_id
"""  # noqa: S608 # of constants
_BUDGETED = """
    SELECT chosen.*, CASE
            WHEN is_paused THEN 'paused'
            WHEN wanted = 'off' THEN 'off'
            WHEN wanted = 'at-once' AND NOT %(is_immediate)s
                AND row_number() OVER (
                    PARTITION BY chosen.recipient_id, wanted, is_paused
                    ORDER BY not_before, subject
                ) + coalesce(used.number, 0) > weekly_budget THEN 'budget'
            ELSE ''
        END AS reason
    FROM chosen
    LEFT JOIN (
        SELECT delivery.recipient_id, count(DISTINCT delivery.occurrence) AS number
        FROM notifications_delivery AS delivery
        WHERE delivery.recipient_id IN (SELECT recipient_id FROM chosen)
            AND delivery.channel IN ('email', 'chat')
            AND delivery.timing = 'at-once'
            AND delivery.kind <> ALL (%(unbudgeted)s)
            AND delivery.state IN ('pending', 'claimed', 'sent')
            AND delivery.planned_at > %(budget_from)s
        GROUP BY delivery.recipient_id
    ) AS used ON used.recipient_id = chosen.recipient_id
"""
_ROUTED = f"""
    SELECT timed.*, CASE
            WHEN timing = 'at-once' AND %(is_immediate)s THEN not_before
            WHEN timing = 'at-once' THEN {hours.reachable(_SOON, "organisation_id")}
            ELSE notifications_digest_at(
                greatest(not_before, %(now)s), time_zone, working_days, digest_at,
                CASE WHEN timing = 'weekly' THEN weekly_on END, organisation_id
            )
        END AS goes_at
    FROM (
        SELECT budgeted.*,
            CASE WHEN reason = 'budget' THEN 'daily' ELSE wanted END AS timing
        FROM budgeted
    ) AS timed
"""  # noqa: S608 # of constants
ROUTED = f"""
    chosen AS MATERIALIZED ({_CHOSEN}),
    budgeted AS ({_BUDGETED}),
    routed AS MATERIALIZED ({_ROUTED})
"""
"""Common table expressions, the last of them `routed`: where each row goes, and when.

`{{source}}` is to name what stands. Beside its columns `routed` has `timing`, `reason`,
`goes_at`, `by_email`, `by_chat` and `webhook_id`.
"""

CARRIED = f"""
    SELECT routed.*, 'inbox' AS channel, NULL::bigint AS hook_id, CASE
            WHEN reason IN ('paused', 'off') THEN 'suppressed' ELSE 'sent'
        END AS state, not_before AS goes_from
    FROM routed
    UNION ALL
    SELECT routed.*, carrier.channel, carrier.hook_id, CASE
            WHEN timing = 'at-once' THEN 'pending' ELSE 'held'
        END, goes_at
    FROM routed
    CROSS JOIN LATERAL (
        SELECT 'email' AS channel, NULL::bigint AS hook_id
        WHERE by_email OR %(has_calendar)s OR NOT by_chat AND %(is_required)s
        UNION ALL
        SELECT 'chat', webhook_id WHERE by_chat
    ) AS carrier
    WHERE reason NOT IN ('paused', 'off')
    UNION ALL
    SELECT routed.*, 'program', hook.id, 'pending',
        {hours.reachable(_SOON, "routed.organisation_id")}
    FROM routed
    JOIN notifications_webhook AS hook
        ON hook.program_id = routed.program_id
        AND hook.member_id = routed.recipient_id
    WHERE %(for_staff)s AND reason <> 'paused'
"""  # noqa: S608 # of constants
"""A row for each channel of what is routed."""


def parameters(
    kind: Kind[Any], now: datetime, immediate: list[str]
) -> Mapping[str, Any]:
    """What the statements ask: of the kind, and of who never chose."""
    by_default = hours.usual()
    return {
        "now": now,
        "kind": kind.name,
        "default": kind.default.value,
        "is_required": bool(kind.required),
        "is_immediate": kind.is_immediate,
        "has_calendar": kind.has_calendar,
        "for_staff": kind.for_staff,
        "unbudgeted": [*immediate, Delivery.DIGEST],
        "budget_from": now - BUDGET_SPAN,
        "again_from": now - Delivery.AGAIN_WITHIN,
        **{
            name: getattr(by_default, name)
            for name in (
                "working_days",
                "quiet_from",
                "quiet_until",
                "digest_at",
                "weekly_on",
                "weekly_budget",
                "by_email",
                "by_chat",
            )
        },
    }
