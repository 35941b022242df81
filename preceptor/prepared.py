"""Queries whose SQL is put together once.

Putting it together takes as long as a small query itself, and a page asks a dozen of
them. A prepared one is compiled on its first use, with a stand-in for each value, and
asked from then on with the values in the places of the stand-ins.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

Row = TypeVar("Row")
Value = int | date
STAND_IN = 9_000_000_000_000_000_000
LAST_DAY = date.max


class Prepared(Generic[Row]):
    """Asks what `build` says of the values that it takes, each a number or a day.

    `build` gets stand-ins, once for each time zone, and must not look at them. The
    values are named as in a call of it, with their types: `Prepared(build, plan=int)`.
    """

    def __init__(
        self, build: Callable[..., "QuerySet[Any, Row]"], **types: type[Value]
    ) -> None:
        self.build = build
        self.stand_ins = {
            name: LAST_DAY - timedelta(days=n) if kind is date else STAND_IN + n
            for n, (name, kind) in enumerate(types.items())
        }
        self._compiled = lru_cache(maxsize=32)(self._compile)

    def __call__(self, **values: Value) -> list[Row]:
        """The rows for these values. They are all read; narrow in `build`."""
        # A day that a moment lies in depends on the time zone, which is in the SQL.
        rows, compiler, sql, params = self._compiled(
            timezone.get_current_timezone_name()
        )
        asked = rows.all()
        told = tuple(self._told(one, values) for one in params)

        def get_compiler(*_args: object, **_kwargs: object) -> SQLCompiler:
            ready = copy(compiler)
            ready.connection = connections[asked.db]
            ready.as_sql = lambda *_args, **_kwargs: (sql, told)  # type: ignore[method-assign] # of this copy alone
            return ready

        asked.query.get_compiler = get_compiler  # type: ignore[method-assign] # of this query alone
        return list(asked)

    def _compile(
        self, _time_zone: str
    ) -> tuple["QuerySet[Any, Row]", SQLCompiler, str, Sequence[Any]]:
        rows = self.build(**self.stand_ins)
        compiler = rows.query.get_compiler(rows.db)
        sql, params = compiler.as_sql()
        for name, stand_in in self.stand_ins.items():
            if stand_in not in params:
                raise ValueError(f"“{name}” is in no place of the query")
        return rows, compiler, sql, params

    def _told(self, param: Any, values: Mapping[str, Any]) -> Any:
        """What a stand-in is for; numbers in the class that the driver gave it."""
        for name, stand_in in self.stand_ins.items():
            if param == stand_in:
                value = values[name]
                return type(param)(value) if isinstance(param, int) else value
        return param
