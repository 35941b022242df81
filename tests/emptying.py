"""What a test that commits leaves behind goes, and no more is done about it.

Django would truncate every table and write its content types and permissions anew,
which takes longer than most tests.
"""

from functools import cache

from django.db import connection, transaction

# What is the same whatever was written, as migrating left it.
KEPT = {"auth_permission", "django_content_type"}


def empty() -> None:
    """Delete every row that a test may have committed; no trigger hears of it.

    Whoever still writes is waited for, as truncating would.
    """
    tables = _tables()
    probes = [
        f"SELECT {number} WHERE EXISTS (SELECT FROM {table})"  # noqa: S608 # own names
        for number, table in enumerate(tables)
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables)}")
        cursor.execute(" UNION ALL ".join(probes))
        filled = [tables[number] for (number,) in cursor.fetchall()]
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in filled:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 # own names


@cache
def _tables() -> list[str]:
    names = connection.introspection.django_table_names(only_existing=True)
    return [connection.ops.quote_name(name) for name in sorted({*names} - KEPT)]
