"""Queries whose SQL is put together once.

Putting it together takes as long as a small query itself, and a page asks a dozen of
them. A prepared one is compiled on its first use, with a stand-in for each value, and
asked from then on with the values in the places of the stand-ins.
"""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

Row = TypeVar("Row")
Value = int | date | str
STAND_IN = 9_000_000_000_000_000_000
LAST_DAY = date.max
LARGEST = 2**63 - 1


class Prepared(Generic[Row]):
    """Asks what `build` says of the values that it takes: numbers, days and words.

    `build` gets stand-ins, once for each time zone, and must not look at them. The
    values are named as in a call of it, with their types: `Prepared(build, plan=int)`.
    A number larger than any column holds is that of no row.
    """

    def __init__(
        self, build: Callable[..., "QuerySet[Any, Row]"], **types: type[Value]
    ) -> None:
        self.build = build
        self.stand_ins = {
            name: _stand_in(kind, n) for n, (name, kind) in enumerate(types.items())
        }
        self._compiled = lru_cache(maxsize=32)(self._compile)

    def __call__(self, **values: Value) -> list[Row]:
        """The rows for these values. They are all read; narrow in `build`."""
        if any(isinstance(one, int) and one > LARGEST for one in values.values()):
            return []
        # A day that a moment lies in depends on the time zone, which is in the SQL.
        ready = self._compiled(timezone.get_current_timezone_name())
        asked = ready.rows.all()
        told = tuple(
            param if name is None else _told(param, values[name])
            for param, name in ready.params
        )

        def get_compiler(*_args: object, **_kwargs: object) -> SQLCompiler:
            own = copy(ready.compiler)
            own.connection = connections[asked.db]
            own.as_sql = lambda *_args, **_kwargs: (ready.sql, told)  # type: ignore[method-assign] # of this copy alone
            own.get_converters = lambda *_args: ready.converters  # type: ignore[method-assign] # as above
            return own

        asked.query.get_compiler = get_compiler  # type: ignore[method-assign] # of this query alone
        return list(asked)

    def _compile(self, _time_zone: str) -> "_Compiled[Row]":
        rows = self.build(**self.stand_ins)
        compiler = rows.query.get_compiler(rows.db)
        sql, params = compiler.as_sql()
        names = {stand_in: name for name, stand_in in self.stand_ins.items()}
        places = [(one, names.get(one) if _is_plain(one) else None) for one in params]
        for name in self.stand_ins:
            if name not in (place for _param, place in places):
                raise ValueError(f"“{name}” is in no place of the query")
        columns = [column for column, *_name in compiler.select[: compiler.col_count]]
        converters = compiler.get_converters(columns)
        return _Compiled(rows, compiler, sql, places, converters)


@dataclass(frozen=True, slots=True)
class _Compiled(Generic[Row]):
    rows: "QuerySet[Any, Row]"
    compiler: SQLCompiler
    sql: str
    params: Sequence[tuple[Any, str | None]]
    """Each with the name of the value that takes its place, where one does."""

    converters: dict[int, Any]


def _is_plain(param: object) -> bool:
    return isinstance(param, int | date | str)


def _told(param: Any, value: Any) -> Any:
    """What a stand-in is for; numbers in the class that the driver gave it."""
    return type(param)(value) if isinstance(param, int) else value


def _stand_in(kind: type[Value], number: int) -> Value:
    if kind is int:
        return STAND_IN + number
    return LAST_DAY - timedelta(days=number) if kind is date else f"\0stand-in {number}"
