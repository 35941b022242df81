"""A statement whose parameters move along with the clock, put together but once.

To put a kind's query together takes as long as to ask it. Where nothing in it but its
moments and days depends on the time, and each of these moves as the time does, the
statement of another day is the same with moved parameters.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

ONE_DAY = timedelta(days=1)
FAR = timedelta(days=23)
"""Odd, and neither whole weeks nor a month: what changes by them is told apart."""


class Statement(NamedTuple):
    sql: str
    params: Sequence[Any]


Written = Callable[[datetime], tuple[str, Sequence[Any]]]


class Moving:
    """What `written` gives for a moment that is whole days after the first one.

    Asks it for two moments, and from then on only if those do not agree.
    """

    def __init__(self, written: Written, first: datetime) -> None:
        self._written = written
        self._first = first
        self._start = Statement(*written(first))
        self._moves = _moves(self._start, Statement(*written(first + FAR)), FAR)

    def is_moved(self, moment: datetime) -> bool:
        """Whether that of the moment is the first one with moved parameters."""
        return self._moves is not None and not (moment - self._first) % ONE_DAY

    def at(self, moment: datetime) -> Statement:
        if not self.is_moved(moment):
            return Statement(*self._written(moment))
        params = [
            value if other is None else other for value, other in self._to(moment)
        ]
        return Statement(self._start.sql, params)

    def over(self, moments: Sequence[datetime]) -> Statement:
        """The rows of all of them; column `number` is the moment's, from 1 on.

        Of several each has to be moved. They are planned as one, which for a small
        table takes longer than to look through it.
        """
        if len(moments) == 1:
            sql, given = self.at(moments[0])
            return Statement(f"SELECT 1 AS number, one.* FROM ({sql}) AS one", given)  # noqa: S608 # from the ORM
        columns = iter(list(zip(*map(self._to, moments), strict=True)))
        params: list[Any] = []

        def numbered(found: re.Match[str]) -> str:
            if found[0] == "%%":
                return "%%"
            (value, moved), *_others = column = next(columns)
            if moved is None:
                params.append(value)
                return "%s"
            params.append([other for _value, other in column])
            kind = "timestamptz" if isinstance(moved, datetime) else "date"
            return f"(%s::{kind}[])[moment.number]"

        sql = re.sub(r"%[s%]", numbered, self._start.sql)
        return Statement(
            f"SELECT moment.number, one.* FROM generate_series(1, {len(moments)})"  # noqa: S608 # from the ORM
            f" AS moment (number) CROSS JOIN LATERAL ({sql}) AS one",
            params,
        )

    def _to(self, moment: datetime) -> Iterator[tuple[Any, Any]]:
        """Each parameter of the first statement, with its value then if it moves."""
        by = moment - self._first
        for value, moves in zip(self._start.params, self._moves or (), strict=True):
            yield value, value + by if moves else None


def _moves(one: Statement, other: Statement, by: timedelta) -> list[bool] | None:
    """Which parameters moved by a time while the others stayed; None where not all."""
    if one.sql != other.sql or len(one.params) != len(other.params):
        return None
    found = []
    for value, later in zip(one.params, other.params, strict=True):
        is_moment = isinstance(value, date | datetime)
        if value == later:
            found.append(False)
        elif is_moment and value + by == later:
            found.append(True)
        else:
            return None
    return found
