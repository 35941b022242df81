"""Two organisations in one database, and whether a request keeps to its own.

What is asked is asked once more as a role from which the database hides the other
organisation's rows. A query whose answer changes by that had read them: it lacked its
organisation, or anything else that leads to rows of its own. What was written is held
against sums over the other's rows.
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from preceptor.accounts.models import Organisation, OrganisationRow, User
from tests.rows import fill

CANARY: Final = "Xylquamber"
ROLE: Final = "fuzz_reader"
# What changes by the asking, or takes a lock for the transaction.
MOVES: Final = re.compile(r"pg_|nextval|setval|set_config|random\(|clock_timestamp")
# Since when the oldest delivery waits is told of the machinery, which serves all.
OF_ALL: Final = re.compile(
    r'SELECT "notifications_delivery"\."not_before" AS "not_before" FROM .* LIMIT 1$'
)
SUM: Final = (
    "SELECT '{0}', count(*), sum(hashtextextended(t::text, 0))"
    ' FROM "{0}" t WHERE organisation_id = {1}'
)
READS: Final = re.compile(r"\s*(SELECT|WITH)\b", re.IGNORECASE)
WRITES: Final = re.compile(r"\b(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


def tenant_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, OrganisationRow)]


def inhabit(organisation: Organisation) -> None:
    """A row of each kind, whose every text is one that is nowhere else."""
    known: dict[type[models.Model], models.Model | None] = {}
    for model in tenant_models():
        _settle(model, organisation, known)
    for model in tenant_models():
        for one in model._meta.fields:
            if isinstance(one, models.CharField | models.TextField) and not one.choices:
                rows = model._default_manager.filter(organisation=organisation)
                word = CANARY[: one.max_length]
                _quietly(
                    lambda rows=rows, one=one, word=word: rows.update(  # type: ignore[misc]
                        **{one.name: word}
                    )
                )
    members = User.objects.filter(memberships__organisation=organisation)
    User.objects.filter(pk__in=members.values("pk")).update(full_name=CANARY)


def _settle(
    model: type[models.Model],
    organisation: Organisation,
    known: dict[type[models.Model], models.Model | None],
) -> models.Model | None:
    """One row a kind, all over the same few."""
    if model not in known:
        known[model] = None
        beside = {
            one.name: row
            for one in model._meta.fields
            if isinstance(one, models.ForeignKey)
            and not one.null
            and issubclass(one.related_model, OrganisationRow)
            and (row := _settle(one.related_model, organisation, known))
        }
        _quietly(lambda: fill(model, organisation, **beside))
        rows = model._default_manager.filter(organisation=organisation)
        known[model] = rows.order_by("pk").first()
    return known[model]


def _quietly(write: Callable[[], object]) -> None:
    """Some columns are bound to others; what the database refuses stays as it is."""
    try:
        with transaction.atomic():
            write()
            connection.check_constraints()
    except (DatabaseError, TypeError, ValueError):
        return


@dataclass(slots=True)
class Wall:
    """Around each request; `breaches` is what it should not have asked or done."""

    foreign: Organisation
    breaches: list[str] = field(default_factory=list)
    asked: int = 0
    skipped: int = 0
    wrote: bool = False
    seconds: float = 0.0
    """Of the processor, for looking."""
    sums: str = ""

    def build(self) -> None:
        """Within a transaction that is rolled back: the role is gone with it."""
        tables = [model._meta.db_table for model in tenant_models()]
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE ROLE {ROLE}{connection.connection.info.backend_pid}"
            )
            for table in tables:
                cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
                cursor.execute(
                    f'CREATE POLICY fuzz ON "{table}" TO {self.role}'
                    f" USING (organisation_id <> {self.foreign.pk})"
                )
            cursor.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {self.role}")
        self.sums = " UNION ALL ".join(
            SUM.format(table, self.foreign.pk) for table in tables
        )

    @property
    def role(self) -> str:
        return f"{ROLE}{connection.connection.info.backend_pid}"

    @contextmanager
    def around(self, before: set[Any]) -> Iterator[None]:
        self.breaches, self.wrote, self.seconds = [], False, 0.0
        with connection.execute_wrapper(self.watch):
            yield
        if self.wrote and (changed := self.standing() ^ before):
            self.breaches.append(f"wrote to {sorted({row[0] for row in changed})}")

    def standing(self) -> set[Any]:
        """Sums over all that the other organisation has."""
        with connection.connection.cursor() as cursor:
            cursor.execute(self.sums)
            return set(cursor.fetchall())

    def watch(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        began = time.thread_time()
        if WRITES.search(sql):
            self.wrote = True
        is_read = READS.match(sql) and not WRITES.search(sql)
        if is_read and not MOVES.search(sql) and not OF_ALL.match(sql):
            self._look(sql, rest[0])
        self.seconds += time.thread_time() - began
        return execute(sql, *rest)

    def _look(self, sql: str, values: Any) -> None:
        self.asked += 1
        open_rows, hidden = (
            self._rows(sql, values, ""),
            self._rows(sql, values, self.role),
        )
        if open_rows is None or hidden is None:
            self.skipped += 1
        elif open_rows != hidden:
            self.breaches.append(f"asked past its organisation: {sql[:1500]}")

    def _rows(self, sql: str, values: Any, role: str) -> Counter[str] | None:
        """What the database answers; None where it does not, which goes elsewhere."""
        with connection.connection.cursor() as cursor:
            cursor.execute("SAVEPOINT look")
            try:
                if role:
                    cursor.execute(f"SET LOCAL ROLE {role}")
                cursor.execute(sql, values)
                return Counter(map(repr, cursor.fetchall()))
            except psycopg.Error:
                return None
            finally:
                cursor.execute("ROLLBACK TO SAVEPOINT look; RELEASE SAVEPOINT look")
