"""Whether this process should be sent requests, and what of its needs misses."""

import os
import time
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from preceptor.notifications.health import queue_length

STOPPING: Final = "PRECEPTOR_STOPPING"
"""In the environment: a file that is there once the server was told to stop."""
KEPT_SECONDS: Final = 1.0
LATE_SECONDS: Final = 5.0


class Readiness:
    """What misses, in words without an address or a secret; kept for a second.

    While one thread asks, the others are told what was found last, unless that is old:
    a server that is cut off keeps who asks it waiting.
    """

    def __init__(self) -> None:
        self._asking = Lock()
        self._found: list[str] | None = None
        self._asked_at = float("-inf")

    def misses(self) -> list[str]:
        """Nothing where all is there."""
        is_fresh = time.monotonic() - self._asked_at < KEPT_SECONDS
        if not is_fresh and self._asking.acquire(blocking=self._found is None):
            try:
                self._found, self._asked_at = _misses(), time.monotonic()
            finally:
                self._asking.release()
        is_late = time.monotonic() - self._asked_at > LATE_SECONDS
        late = [f"an answer within {LATE_SECONDS:.0f} seconds"] if is_late else []
        return (["stopping"] if is_stopping() else []) + (late or self._found or [])


readiness: Final = Readiness()


def is_stopping() -> bool:
    mark = os.environ.get(STOPPING)
    return bool(mark) and Path(str(mark)).exists()


def _misses() -> list[str]:
    found = [] if queue_length() is not None else ["broker"]
    try:
        lacking = _known() - set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError:
        return ["database", *found]
    names = ", ".join(f"{app}.{name}" for app, name in sorted(lacking)[:3])
    return [*found, f"migrations ({len(lacking)}: {names})"] if lacking else found


@cache
def _known() -> frozenset[tuple[str, str]]:
    """Every migration of this version; what a newer one applied beside is no lack."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(loader.disk_migrations or ())
