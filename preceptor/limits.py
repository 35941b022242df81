"""How long a statement, a wait for a lock and a silent transaction may take.

Web and worker each say so once; commands such as `migrate` and `backup` take the time
that they need. PgBouncer passes no such wish on: there its own settings say it in the
words of `spoken`, see docs/operations.md.
"""

from typing import Final

from django.conf import settings
from django.db import OperationalError, connections

TOO_LONG: Final = ("57014", "55P03")
"""SQLSTATE of a statement, and of a wait for a lock, that was cut."""


def limits(seconds: float) -> dict[str, int]:
    """Milliseconds by PostgreSQL's names, of a process whose statements get so long.

    A third of it is spent on a lock at most, and who holds locks in a transaction
    without a word for twice as long has lost them.
    """
    whole = round(seconds * 1000)
    return {
        "statement_timeout": whole,
        "lock_timeout": whole // 3,
        "idle_in_transaction_session_timeout": whole * 2,
    }


def limit(seconds: float) -> None:
    """Holds every connection that this process opens from now on to it."""
    words = " ".join(f"-c {name}={value}" for name, value in limits(seconds).items())
    for database in connections.settings.values():
        if not database["DISABLE_SERVER_SIDE_CURSORS"]:
            database["OPTIONS"] = {**database["OPTIONS"], "options": words}


def limit_web() -> None:
    limit(settings.WEB_SECONDS)


def limit_worker() -> None:
    limit(settings.WORKER_SECONDS)


def spoken(seconds: float) -> str:
    """The same as SQL, for the beginning of a connection that others share."""
    return "; ".join(f"SET {name} = {value}" for name, value in limits(seconds).items())


def took_too_long(error: Exception) -> bool:
    """Whether the database cut it short, and nothing of it was kept."""
    code = getattr(error.__cause__, "sqlstate", None)
    return isinstance(error, OperationalError) and code in TOO_LONG
