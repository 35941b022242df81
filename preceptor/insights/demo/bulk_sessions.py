"""The large organisation's sessions: fifty a pairing, the last of some still open."""

from django.db import connection

from preceptor.insights.demo.inserting import Facts, analyze, insert
from reviews.models import BlindPass, Finding, Lesson, ReviewSession, Revision

# Which reading a session repeats: its quarter of the year, two in turn, its change.
SITTINGS = """
CREATE TEMPORARY TABLE IF NOT EXISTS demo_sitting (
    number bigint, id bigint, pairing_id bigint, mentor_id bigint, junior_id bigint,
    change integer, variant integer, state text, held_on date, opened_at timestamptz,
    revealed_at timestamptz
) ON COMMIT DROP;
TRUNCATE demo_sitting;
INSERT INTO demo_sitting
SELECT
    p * 50 + i,
    %(session_id)s + p * 50 + i,
    %(pairing_id)s + p,
    %(membership_id)s + %(programs)s + p / 20 * 7 + mod(p, 20) / 3,
    %(membership_id)s + %(programs)s * 8 + p,
    mod(p * 7 + i, 15),
    (i * 4 / 50 * 2 + mod(p + i, 2)) * 15 + mod(p * 7 + i, 15),
    state,
    day,
    CASE WHEN state = 'closed' THEN (day - 1) + time '09:30'
         ELSE %(now)s - interval '1 day' END,
    CASE state WHEN 'closed' THEN day + time '14:10'
               WHEN 'revealed' THEN %(now)s - interval '1 hour' END
FROM generate_series(%(from)s::bigint, %(to)s) p
CROSS JOIN generate_series(0, 49) i
CROSS JOIN LATERAL (
    SELECT
        %(starts_on)s::date + 7 * i + 1 + mod(p, 4)::integer AS day,
        CASE WHEN i < 49 OR mod(p, 3) = 2 THEN 'closed'
             WHEN mod(p, 3) = 1 THEN 'revealed'
             ELSE 'reading' END AS state
) AS plan;
ANALYZE demo_sitting;
"""
WAS_SAFE = """NOT EXISTS (
    SELECT FROM demo_finding
    WHERE demo_finding.variant = demo_sitting.variant
        AND adjudication = 'real' AND severity IN ('critical', 'major')
)"""
SITTINGS_WITH_CHANGES = "demo_sitting JOIN demo_change ON demo_change.number = change"
READING_ID = "%(pass_id)s + number * 2 + CASE {side} WHEN 'junior' THEN 0 ELSE 1 END"
MEMBER_ID = "CASE {side} WHEN 'junior' THEN junior_id ELSE mentor_id END"


def write(facts: Facts) -> None:
    """The sessions of the pairings `from` to `to`, with all that hangs on them."""
    with connection.cursor() as cursor:
        cursor.execute(SITTINGS, facts)
    _sessions(facts)
    _revisions(facts)
    _lessons(facts)
    _passes(facts)
    _findings(facts)
    if facts["from"] == 0:
        analyze(ReviewSession, BlindPass, Finding)


def _sessions(facts: Facts) -> None:
    closed = "CASE WHEN state = 'closed' THEN {} END"
    insert(
        ReviewSession,
        {
            "id": "id",
            "organisation": "%(organisation)s",
            "pairing": "pairing_id",
            "mentor": "mentor_id",
            "junior": "junior_id",
            "title": "title",
            "state": "state",
            "opened_at": "opened_at",
            "revealed_at": "revealed_at",
            "closed_at": closed.format("revealed_at + interval '55 minutes'"),
            "held_on": closed.format("held_on"),
            "was_safe": closed.format(WAS_SAFE),
            "next_on": closed.format("held_on + 7"),
            "minutes": closed.format("55"),
            "tool": "tool",
            "model": "model",
            "driver": "'junior'",
            "claim": "claim",
        },
        SITTINGS_WITH_CHANGES,
        facts,
    )


def _revisions(facts: Facts) -> None:
    insert(
        Revision,
        {
            "organisation": "%(organisation)s",
            "session": "id",
            "blob": "blob_id",
            "added": "added",
            "removed": "removed",
            "file_count": "file_count",
            "created_at": "opened_at",
        },
        SITTINGS_WITH_CHANGES,
        facts,
    )


def _lessons(facts: Facts) -> None:
    insert(
        Lesson,
        {
            "organisation": "%(organisation)s",
            "session": "id",
            "author": "junior_id",
            "text": "text",
            "created_at": "revealed_at + interval '50 minutes'",
        },
        "demo_sitting JOIN demo_lesson USING (variant) WHERE state = 'closed'",
        facts,
    )


def _passes(facts: Facts) -> None:
    """While a session is being read, the mentor has locked and the junior has not."""
    is_locked = "(state <> 'reading' OR side = 'mentor')"
    insert(
        BlindPass,
        {
            "id": READING_ID.format(side="side"),
            "organisation": "%(organisation)s",
            "session": "id",
            "reviewer": MEMBER_ID.format(side="side"),
            "side": "side",
            "verdict": f"CASE WHEN {is_locked} THEN verdict ELSE '' END",
            "confidence": f"CASE WHEN {is_locked} THEN confidence END",
            "opened_at": "opened_at + interval '1 hour'",
            "locked_at": f"CASE WHEN {is_locked} "
            "THEN opened_at + interval '95 minutes' END",
        },
        "demo_sitting JOIN demo_reading USING (variant)",
        facts,
    )


def _findings(facts: Facts) -> None:
    """Nothing is matched or adjudicated, nor seen late, before the reveal."""
    first = "%(finding_id)s + sitting.number * 6"
    insert(
        Finding,
        {
            "id": f"{first} + n",
            "organisation": "%(organisation)s",
            "session": "id",
            "blind_pass": f"CASE WHEN by <> '' THEN {READING_ID.format(side='by')} END",
            "author": MEMBER_ID.format(side="by"),
            "same_as": f"CASE WHEN state <> 'reading' THEN {first} + same_n END",
            "path": "path",
            "file_side": "file_side",
            "line_from": "line_from",
            "line_to": "line_to",
            "category": "category",
            "severity": "severity",
            "title": "title",
            "text": "text",
            "adjudication": "CASE WHEN state = 'closed' THEN adjudication "
            "ELSE 'undecided' END",
            "adjudicated_by": "CASE WHEN state = 'closed' THEN mentor_id END",
            "created_at": "opened_at + interval '70 minutes'",
        },
        "demo_sitting AS sitting JOIN demo_finding USING (variant) CROSS JOIN LATERAL "
        "(SELECT coalesce(side, CASE state WHEN 'reading' THEN 'junior' ELSE '' END) "
        "AS by) AS seen",
        facts,
    )
