"""A statement whose parameters move along with the clock, put together but once.

To put a kind's query together takes as long as to ask it. Where nothing in it but its
moments and days depends on the time, and each of these moves as the time does, the
statement of another day is the same with moved parameters.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

ONE_DAY = timedelta(days=1)
FAR = timedelta(days=24)
"""Neither whole weeks nor a month, so that what changes by them is told apart."""


class Statement(NamedTuple):
    sql: str
    params: Sequence[Any]


Written = Callable[[datetime], tuple[str, Sequence[Any]]]


class Moving:
    """What `written` gives for a moment that is whole days after the first one.

    Asks it for three moments, and from then on only if those do not agree.
    """

    def __init__(self, written: Written, first: datetime) -> None:
        self._written = written
        self._first = first
        near, far = (Statement(*written(first + by)) for by in (ONE_DAY, FAR))
        self._start = Statement(*written(first))
        self._moves = _moves(self._start, near, ONE_DAY)
        if self._moves != _moves(self._start, far, FAR):
            self._moves = None

    def at(self, moment: datetime) -> Statement:
        by = moment - self._first
        if self._moves is None or by % ONE_DAY:
            return Statement(*self._written(moment))
        params = [
            value + by if moves else value
            for value, moves in zip(self._start.params, self._moves, strict=True)
        ]
        return Statement(self._start.sql, params)


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
