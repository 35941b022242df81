"""What a backup holds, by tables: their rows, and a sum over what stands in them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from preceptor.backups.problem import Problem

VERSION: Final = 1
SAME_TEXT: Final = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}
"""Under these settings equal rows read equal, on whatever server."""

TABLES: Final = """
SELECT n.nspname, c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't'
  AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
  AND NOT EXISTS (
    SELECT FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class TableSum:
    """`total` adds 60 bits of the MD5 of each row's text, so that order is nothing."""

    rows: int
    total: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A table that is not as the backup has it; None where it is not there."""

    table: str
    expected: TableSum | None
    found: TableSum | None

    def __str__(self) -> str:
        if self.expected is None:
            return f"{self.table}: not in the backup"
        if self.found is None:
            return f"{self.table}: missing"
        if self.expected.rows != self.found.rows:
            return f"{self.table}: {self.found.rows} rows, not {self.expected.rows}"
        return f"{self.table}: as many rows, not the same"


@dataclass(frozen=True)
class Manifest:
    """`made_at` in UTC, as ISO 8601; `sha256` of the dump as it lies on the disk."""

    made_at: str
    server: str
    is_sealed: bool
    size: int
    sha256: str
    tables: Mapping[str, TableSum]

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.tables.values())

    def write(self, path: Path) -> None:
        path.write_text(json.dumps({"version": VERSION, **asdict(self)}, indent=1))

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Of the backup in this folder. Raises Problem."""
        try:
            told: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
            version = told.pop("version")
            tables = {name: TableSum(**one) for name, one in told.pop("tables").items()}
            if version == VERSION:
                return cls(**told, tables=tables)
        except FileNotFoundError:
            raise Problem(f"{folder} holds no manifest.json: name a backup.") from None
        except (ValueError, TypeError, KeyError, AttributeError):
            raise Problem(
                f"{folder}/manifest.json can't be read: it is broken."
            ) from None
        raise Problem(f"{folder} was made by a newer version: restore it with that.")

    def differences(self, found: Mapping[str, TableSum]) -> Iterator[Difference]:
        """Where a database is not what the backup holds, by the names of tables."""
        for name in sorted({*self.tables, *found}):
            if self.tables.get(name) != found.get(name):
                yield Difference(name, self.tables.get(name), found.get(name))


def sums(cursor: CursorWrapper) -> dict[str, TableSum]:
    """Of every table that the cursor's transaction sees."""
    for name, value in SAME_TEXT.items():
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
    return {f"{one[0]}.{one[1]}": _sum(cursor, *one) for one in tables(cursor)}


def tables(cursor: CursorWrapper) -> list[tuple[str, str]]:
    """Schema and name of each table of ours; those of extensions and parents aside."""
    cursor.execute(TABLES)
    return list(cursor.fetchall())


def _sum(cursor: CursorWrapper, schema: str, name: str) -> TableSum:
    query = sql.SQL(
        "SELECT count(*), coalesce(sum("
        "('x' || left(md5(r::text), 15))::bit(60)::bigint::numeric), 0) FROM ONLY {} r"
    )
    cursor.execute(query.format(sql.Identifier(schema, name)))
    rows, total = cursor.fetchone()
    return TableSum(int(rows), int(total))
