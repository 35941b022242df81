"""Which reminders of a kind stand now, as SQL around the kind's own query."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from preceptor.notifications.kinds import Kind
from preceptor.notifications.models import Delivery

COLUMNS = {
    "organisation_id": "bigint",
    "program_id": "bigint",
    "recipient_id": "bigint",
    "subject": "bigint",
    "matter": "text",
    "occurrence": "text",
    "not_before": "timestamptz",
    "time_zone": "text",
}
"""What `standing` gives, in order, with the types of the database."""

# A member who was deactivated gets nothing. Of several steps whose time has come the
# latest stands alone. What somebody is done with does not stand; what they put off
# stands again from then on, as an occurrence of its own.
_STANDING = """
    SELECT latest.organisation_id, latest.program_id, latest.recipient_id,
        latest.subject, latest.matter,
        CASE WHEN snooze.until IS NULL THEN latest.occurrence
            ELSE latest.occurrence || '@' || extract(epoch FROM snooze.until)::bigint
        END AS occurrence,
        greatest(latest.not_before, snooze.until) AS not_before, latest.time_zone
    FROM (
        SELECT DISTINCT ON (due.recipient_id, due.subject)
            due.organisation_id, due.program_id::bigint, due.recipient_id, due.subject,
            due.occurrence, due.not_before, person.time_zone,
            regexp_replace(due.occurrence, ':[^:]*$', '') AS matter
        FROM ({due}) AS due
        JOIN accounts_membership AS member ON member.id = due.recipient_id
        JOIN accounts_user AS person ON person.id = member.user_id
        WHERE due.not_before <= %s AND member.is_active AND person.is_active{only}
        ORDER BY due.recipient_id, due.subject, due.not_before DESC, due.occurrence
    ) AS latest
    LEFT JOIN notifications_snooze AS snooze
        ON snooze.member_id = latest.recipient_id AND snooze.matter = latest.matter
    WHERE snooze.id IS NULL OR snooze.until <= %s
"""


def standing(
    kind: Kind[Any], now: datetime, program: int | None = None
) -> tuple[str, list[Any]]:
    """The rows of a kind whose time has come: SQL and its parameters.

    With `program` those of one alone.
    """
    sql, params = _due(kind, now)
    only = "" if program is None else " AND due.program_id::bigint = %s"
    own = [] if program is None else [program]
    return _STANDING.format(due=sql, only=only), [*params, now, *own, now]


def _due(kind: Kind[Any], now: datetime) -> tuple[str, list[Any]]:
    query = kind.due(now).order_by().query
    # A condition that Django knows to be empty still has to give columns.
    compiler = query.get_compiler(connection=connection, elide_empty=False)
    sql, params = compiler.as_sql()
    return sql, list(params)


def due_to(
    kind: Kind[Any], member: int, subjects: Collection[int], now: datetime
) -> set[int]:
    """Of which subjects a kind has a reminder for a member, be it put off or not.

    Its query alone says who may read; it is asked before anything is shown.
    """
    sql, params = _due(kind, now)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT subject FROM ({sql}) AS due"  # noqa: S608 # from the ORM
            " WHERE recipient_id = %s AND subject = ANY(%s) AND not_before <= %s",
            [*params, member, list(subjects), now],
        )
        return {subject for (subject,) in cursor.fetchall()}


def still_standing(
    kind: Kind[Any], deliveries: Iterable[Delivery], now: datetime
) -> set[int]:
    """Which of some deliveries of a kind are due, to who may still read: their ids."""
    rows = list(deliveries)
    sql, params = standing(kind, now)
    people, subjects = zip(
        *((row.recipient_id, row.subject) for row in rows), strict=True
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT recipient_id, occurrence FROM ({sql}) AS standing"  # noqa: S608 # from the ORM
            " WHERE recipient_id = ANY(%s) AND subject = ANY(%s)",
            [*params, list(people), list(subjects)],
        )
        found = set(cursor.fetchall())
    return {row.pk for row in rows if (row.recipient_id, row.occurrence) in found}
