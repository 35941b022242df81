"""What stands of a kind at each moment ahead, asked of the database at little cost.

To plan a kind's query takes the database longer than to answer it. So one that follows
from the clock alone is asked for many days at once. One that looks at the outbox, which
changes from day to day, is asked each day, by a statement that was planned once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import connection, transaction

from preceptor.notifications.kinds import Kind
from preceptor.notifications.models import Delivery
from preceptor.notifications.moving import Moving, Statement
from preceptor.notifications.standing import COLUMNS, standing

TOGETHER = timedelta(days=11)
"""How far ahead one query asks: much further, and patience would see its end late."""

Keys = list[tuple[int, str]]
"""Recipients and occurrences of what stands of a kind, in order."""


class Lookout:
    """A kind at some moments, which are to be asked for in their order.

    `forget` is to be called at the end: what the database planned outlives what is
    rolled back.
    """

    def __init__(
        self, kind: Kind[Any], program: int | None, moments: Sequence[datetime]
    ) -> None:
        self.kind = kind
        self._program = program
        self._moments = moments
        self._ahead: dict[datetime, Keys] = {}
        self._prepared = ""

    @cached_property
    def _moving(self) -> Moving:
        return Moving(
            lambda at: standing(self.kind, at, self._program), self._moments[0]
        )

    @cached_property
    def _asks_outbox(self) -> bool:
        return Delivery._meta.db_table in self._moving.at(self._moments[0]).sql

    def at(self, now: datetime) -> tuple[Keys, Statement]:
        """What stands then: the keys, and a statement that gives all of it."""
        if self._asks_outbox:
            rows = self._rows(now)
            return sorted((row[_RECIPIENT], row[_KEY]) for row in rows), _given(rows)
        if now not in self._ahead:
            self._ahead = self._asked(self._together(now))
        return self._ahead.pop(now), self._moving.at(now)

    def forget(self) -> None:
        if self._prepared:
            with connection.cursor() as cursor:
                cursor.execute(f"DEALLOCATE {self._prepared}")
            self._prepared = ""

    def _together(self, now: datetime) -> list[datetime]:
        """Moments to be asked for in one query, of which `now` is the first."""
        if not self._moving.is_moved(now):
            return [now]
        return [
            moment
            for moment in self._moments
            if now <= moment < now + TOGETHER and self._moving.is_moved(moment)
        ]

    @transaction.atomic
    def _asked(self, moments: Sequence[datetime]) -> dict[datetime, Keys]:
        sql, params = self._moving.over(moments)
        found: dict[datetime, Keys] = {moment: [] for moment in moments}
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT number, recipient_id, occurrence FROM ({sql}) AS standing"  # noqa: S608 # from the ORM
                " ORDER BY number, recipient_id, occurrence",
                params,
            )
            for number, recipient, occurrence in cursor:
                found[moments[number - 1]].append((recipient, occurrence))
        return found

    @transaction.atomic
    def _rows(self, now: datetime) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            if self._moving.is_moved(now):
                self._prepare()
                days = self._moving.days_to(now)
                cursor.execute(f"EXECUTE {self._prepared} (%s)", [days])
            else:
                cursor.execute(*self._moving.at(now))
            return list(cursor.fetchall())

    def _prepare(self) -> None:
        if self._prepared:
            return
        name = connection.ops.quote_name(f"standing {self.kind.name}")
        with connection.cursor() as cursor:
            cursor.execute(*self._moving.prepared(name))
        self._prepared = name


_NAMES = list(COLUMNS)
_RECIPIENT, _KEY = _NAMES.index("recipient_id"), _NAMES.index("occurrence")


def _given(rows: Sequence[tuple[Any, ...]]) -> Statement:
    """Rows that are known, as a statement of the same columns."""
    arrays = ", ".join(f"%s::{kind}[]" for kind in COLUMNS.values())
    columns = [list(column) for column in zip(*rows, strict=True)]
    return Statement(
        f"SELECT * FROM unnest({arrays}) AS given ({', '.join(COLUMNS)})",  # noqa: S608 # of constants
        columns or [[] for _name in COLUMNS],
    )
