"""Which reminders of a kind stand now, as SQL around the kind's own query."""

from datetime import datetime
from typing import Any

from django.db import connection

from preceptor.notifications.kinds import Kind
from preceptor.notifications.models import Delivery

# A member who was deactivated gets nothing. Of several steps whose time has come the
# latest stands alone.
_STANDING = """
    SELECT DISTINCT ON (due.recipient_id, due.subject)
        due.organisation_id, due.recipient_id, due.subject, due.occurrence,
        due.not_before
    FROM ({due}) AS due
    JOIN accounts_membership AS member ON member.id = due.recipient_id
    JOIN accounts_user AS person ON person.id = member.user_id
    WHERE due.not_before <= %s AND member.is_active AND person.is_active
    ORDER BY due.recipient_id, due.subject, due.not_before DESC, due.occurrence
"""


def standing(kind: Kind, now: datetime) -> tuple[str, list[Any]]:
    """The rows of a kind whose time has come: SQL and its parameters."""
    query = kind.due(now).order_by().query
    # A condition that Django knows to be empty still has to give columns.
    compiler = query.get_compiler(connection=connection, elide_empty=False)
    sql, params = compiler.as_sql()
    return _STANDING.format(due=sql), [*params, now]


def still_stands(kind: Kind, delivery: Delivery, now: datetime) -> bool:
    """Whether it is still due, to somebody who may still read it."""
    sql, params = standing(kind, now)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT FROM ({sql}) AS standing WHERE recipient_id = %s"  # noqa: S608 # from the ORM
            " AND subject = %s AND occurrence = %s)",
            [*params, delivery.recipient_id, delivery.subject, delivery.occurrence],
        )
        row = cursor.fetchone()
    return bool(row and row[0])
