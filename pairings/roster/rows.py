"""From the bytes of a roster file to its rows.

`read` refuses a whole file by raising `BadFile`; a fault of one row is kept with the
row, and leaves the others good.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal

from pairings.roster.cells import BadCell, values
from pairings.roster.faults import COLUMNS, Fault
from pairings.roster.files import read_table
from pairings.roster.skills import Said

REQUIRED = ("email", "side")


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the file. None: the file does not say, so nothing changes.

    `line` is the line of the file on which the row begins, 1 being the header's.
    """

    line: int
    email: str = ""
    side: str = ""
    name: str = ""
    team: str | None = None
    skills: tuple[Said, ...] | None = None
    heads: int | None = None
    hours: Decimal | None = None
    manager: str | None = None
    time_zone: str = ""
    product_areas: tuple[str, ...] | None = None
    languages: tuple[str, ...] | None = None
    works_from: time | None = None
    works_until: time | None = None
    trained_on: date | None = None
    employed_since: date | None = None
    cleared: tuple[str, ...] = ()
    """Fields that the file says are none, where None is not to say anything."""
    fault: Fault | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    rows: Sequence[Row]
    ignored: Sequence[str]
    """Columns that are not understood."""


def read(data: bytes) -> Roster:
    """The rows of a CSV file in any common encoding and delimiter, or `BadFile`."""
    table = read_table(data, COLUMNS, REQUIRED)
    rows = [_row(line, table.width, texts) for line, texts in table.rows]
    return Roster(rows=_without_twins(rows), ignored=table.ignored)


def _row(line: int, width: int, texts: Mapping[str, str] | None) -> Row:
    if texts is None:
        return Row(line, fault=Fault.TOO_MANY_CELLS, detail=str(width))
    row = Row(line, email=texts["email"].lower()[:254], name=texts.get("name", ""))
    try:
        return replace(row, **values(texts))
    except BadCell as bad:
        return replace(row, fault=bad.fault, detail=bad.detail)


def _without_twins(rows: Sequence[Row]) -> list[Row]:
    """The first row of an e-mail stands; later ones are refused."""
    seen: dict[str, int] = {}
    kept: list[Row] = []
    for row in rows:
        if row.fault is None and row.email in seen:
            first = str(seen[row.email])
            kept.append(replace(row, fault=Fault.EMAIL_TWICE, detail=first))
            continue
        if row.fault is None:
            seen[row.email] = row.line
        kept.append(row)
    return kept
