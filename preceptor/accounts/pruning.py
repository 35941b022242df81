"""What has been kept for long enough goes, a little at a time.

Each night beat asks for it. A batch is a transaction of its own, so that nobody waits
for a lock; a night that was cut short goes on the next.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

AT_ONCE = 1000


def prune(rows: QuerySet[Any], at_once: int = AT_ONCE) -> int:
    """Deletes these rows, which nothing else may hang on; gives how many.

    Each is looked at again while it is deleted: one that came back to life stays.
    """
    gone, last = 0, 0
    while True:
        batch = rows.filter(pk__gt=last).order_by("pk")[:at_once]
        ids = list(batch.values_list("pk", flat=True))
        if not ids:
            return gone
        batch = rows.filter(pk__in=ids)
        # In one statement, which looks at each row as it finds it.
        gone += batch._raw_delete(rows.db)  # noqa: SLF001 # `delete` fetches them first
        last = ids[-1]


def prune_history(now: datetime, at_once: int = AT_ONCE) -> int:
    """Entries older than the setting says, by the one function that may.

    The role of the application may not delete an entry. The function is its owner's,
    and takes nothing that is younger than a year.
    """
    if not settings.HISTORY_DAYS:
        return 0
    before = now - timedelta(days=settings.HISTORY_DAYS)
    gone = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT accounts_prune_history(%s, %s)", [before, at_once])
            batch = int(cursor.fetchone()[0])
            gone += batch
            if batch < at_once:
                return gone
