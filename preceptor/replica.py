"""Reports, figures and files of lists are read from a standby, if one keeps up.

Who may see something is asked of the primary, and so is whatever somebody just changed:
only what `read` is given goes elsewhere. Where the standby is away, further behind than
the setting says, or does not hold yet what the page is of, the primary answers as if
there were none.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any, Final, TypeVar

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections

NAME: Final = "replica"
KEPT_SECONDS: Final = 1.0
AWAY_SECONDS: Final = 10.0
"""For so long nobody asks one that did not answer."""
AT: Final = "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn"
REPLAYED: Final = (
    "SELECT pg_last_wal_replay_lsn() - '0/0'::pg_lsn WHERE pg_is_in_recovery()"
)
logger = logging.getLogger(__name__)

Made = TypeVar("Made")
_reading: ContextVar[bool] = ContextVar("reading", default=False)


class Router:
    """What `read` runs reads from the standby; all else goes to the primary."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return NAME if _reading.get() else DEFAULT_DB_ALIAS

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        """Rows of both are rows of one database."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


class Standby:
    """How far behind it is, asked of both servers at most once a second.

    Where the primary stood when is remembered; the standby is as old as the moment at
    which the primary stood where the standby stands now. That asks for no right of
    either server's role, compares no two clocks, and a quiet primary makes it no older.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._marks: deque[tuple[float, int]] = deque(maxlen=1000)
        self._asked_at = float("-inf")
        self._away_until = float("-inf")
        self._fresh_from: float | None = None

    def keeps_up(self) -> bool:
        if time.monotonic() < self._away_until:
            return False
        with self._lock:
            if time.monotonic() - self._asked_at > KEPT_SECONDS:
                self._ask()
        since = self._fresh_from
        return since is not None and time.monotonic() - since <= settings.REPLICA_LAG

    def lost(self, error: Exception) -> None:
        """It did not answer; who comes next is not kept waiting for it."""
        logger.warning("The replica does not answer: %s", type(error).__name__)
        self._away_until = time.monotonic() + AWAY_SECONDS
        connections[NAME].close()

    def _ask(self) -> None:
        self._asked_at = time.monotonic()
        self._marks.append((self._asked_at, _number(DEFAULT_DB_ALIAS, AT) or 0))
        try:
            replayed = _number(NAME, REPLAYED)
        except (OperationalError, InterfaceError) as error:
            self.lost(error)
            replayed = None
        # One that was promoted goes ways of its own, and has replayed nothing.
        reached = [at for at, lsn in self._marks if (replayed or -1) >= lsn]
        self._fresh_from = max(reached, default=None)


standby: Final = Standby()


def _number(alias: str, query: str) -> int | None:
    with connections[alias].cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    return int(row[0]) if row and row[0] is not None else None


def read(make: Callable[[], Made]) -> Made:
    """What `make` makes of rows that it only reads; it may be asked a second time."""
    if NAME not in connections.settings or not standby.keeps_up():
        return make()
    try:
        with _on_standby():
            return make()
    except ObjectDoesNotExist:
        logger.info("The replica does not hold yet what was asked of it")
    except (OperationalError, InterfaceError) as error:
        standby.lost(error)
    return make()


@contextmanager
def _on_standby() -> Iterator[None]:
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def streamed(lines: Iterable[Made]) -> Iterator[Made]:
    """Lines that are read while they are sent, all of them from the same server."""
    is_there = NAME in connections.settings and standby.keeps_up()
    source = iter(lines)
    while True:
        token = _reading.set(is_there)
        try:
            line = next(source)
        except StopIteration:
            return
        finally:
            _reading.reset(token)
        yield line
