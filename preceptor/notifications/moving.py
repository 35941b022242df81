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
        by = moment - self._first
        params = [value + by if moves else value for value, moves in self._params()]
        return Statement(self._start.sql, params)

    def over(self, moments: Sequence[datetime]) -> Statement:
        """The rows of all of them; column `number` is the moment's, from 1 on.

        Of several each has to be moved. They are planned as one, which for a small
        table takes longer than to look through it.
        """
        if len(moments) == 1:
            sql, given = self.at(moments[0])
            return Statement(f"SELECT 1 AS number, one.* FROM ({sql}) AS one", given)  # noqa: S608 # from the ORM
        sql, params = self._by("moment.days")
        return Statement(
            "SELECT moment.number, one.* FROM unnest(%s::integer[])"  # noqa: S608 # from the ORM
            " WITH ORDINALITY AS moment (days, number)"
            f" CROSS JOIN LATERAL ({sql}) AS one",
            [[self.days_to(moment) for moment in moments], *params],
        )

    def prepared(self, name: str) -> Statement:
        """Has the database plan it once for each moment to which it is moved.

        From then on EXECUTE of the name gives the rows, for so many `days_to` it.
        """
        sql, params = self._by("$1")
        return Statement(f"PREPARE {name} (integer) AS {sql}", params)

    def days_to(self, moment: datetime) -> int:
        return (moment - self._first).days

    def _by(self, days: str) -> Statement:
        """The first statement, moved by days of which the database knows the number."""
        params = self._params()

        def moved(found: re.Match[str]) -> str:
            if found[0] == "%%":
                return "%%"
            value, moves = next(params)
            if not moves:
                return "%s"
            if isinstance(value, datetime):
                return f"(%s::timestamptz + {days} * INTERVAL '24 hours')"
            return f"(%s::date + {days})"

        return Statement(re.sub(r"%[s%]", moved, self._start.sql), self._start.params)

    def _params(self) -> Iterator[tuple[Any, bool]]:
        """Each of the first statement, and whether it moves."""
        return zip(self._start.params, self._moves or (), strict=True)


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
