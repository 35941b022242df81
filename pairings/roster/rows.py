"""From the bytes of a roster file to its rows.

`read` refuses a whole file by raising `BadFile`; a fault of one row is kept with the
row, and leaves the others good.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal

from pairings.roster.cells import BadCell, values
from pairings.roster.faults import COLUMNS, Fault
from pairings.roster.skills import Said
from pairings.tables import plain

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
DELIMITERS = ",;\t|"

REQUIRED = ("email", "side")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class BadFile(Exception):
    """The file as a whole is of no use; `detail` names a line, columns or a size."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(fault, detail)
        self.fault = fault
        self.detail = detail


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
    fault: Fault | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    rows: Sequence[Row]
    ignored: Sequence[str]
    """Columns that are not understood."""


def read(data: bytes) -> Roster:
    """The rows of a CSV file in any common encoding and delimiter, or `BadFile`."""
    text = _decode(data)
    records = _records(text)
    _line, header = next(records, (0, []))
    if not header:
        raise BadFile(Fault.EMPTY)
    fields, ignored = _fields(header)
    rows: list[Row] = []
    for line, cells in records:
        if len(rows) == MAX_ROWS:
            raise BadFile(Fault.TOO_MANY_ROWS, str(MAX_ROWS))
        rows.append(_row(line, fields, cells))
    if not rows:
        raise BadFile(Fault.NO_ROWS)
    return Roster(rows=_without_twins(rows), ignored=ignored)


def _decode(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise BadFile(Fault.TOO_LARGE, str(MAX_BYTES))
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BadFile(Fault.SPREADSHEET)
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252", "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text or (encoding != "utf-8-sig" and _CONTROL.search(text)):
            break
        return text
    raise BadFile(Fault.BINARY)


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not blank, with the line on which it begins."""
    lines = io.StringIO(text, newline="")
    delimiter, skipped = _delimiter(text)
    if skipped:
        lines.readline()
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = skipped + 1
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                yield line, record
            line = skipped + reader.line_num + 1
    except csv.Error as error:
        is_long = "field larger" in str(error)
        raise BadFile(
            Fault.CELL_TOO_LONG if is_long else Fault.QUOTES, str(line)
        ) from None


def _delimiter(text: str) -> tuple[str, int]:
    """The delimiter under which the header is best understood; lines to skip.

    A first line `sep=;`, which some spreadsheets write, settles it.
    """
    lines = io.StringIO(text)
    if hint := re.fullmatch(r"sep=([,;\t|])", lines.readline().strip("\r\n ")):
        return hint[1], 1
    lines.seek(0)
    first = next((line for line in lines if line.strip(f"\r\n {DELIMITERS}")), "")

    def understood(delimiter: str) -> tuple[int, int]:
        cells = [cell.strip(' "\r\n') for cell in first.split(delimiter)]
        return sum(_field_of(cell) is not None for cell in cells), len(cells)

    return max(DELIMITERS, key=understood), 0


def _field_of(title: str) -> str | None:
    key = re.sub(r"[\W_]", "", title.casefold())
    return next((name for name, (_, names) in COLUMNS.items() if key in names), None)


def _fields(header: Sequence[str]) -> tuple[list[str | None], list[str]]:
    fields = [_field_of(plain(title)) for title in header]
    known = [name for name in fields if name]
    if twice := [name for name in COLUMNS if known.count(name) > 1]:
        raise BadFile(Fault.COLUMN_TWICE, COLUMNS[twice[0]][0])
    if missing := [COLUMNS[name][0] for name in REQUIRED if name not in known]:
        raise BadFile(Fault.MISSING_COLUMNS, ", ".join(missing))
    titled = zip(fields, header, strict=True)
    return fields, [
        title.strip() for name, title in titled if not name and title.strip()
    ]


def _row(line: int, fields: Sequence[str | None], cells: Sequence[str]) -> Row:
    if any(cell.strip() for cell in cells[len(fields) :]):
        return Row(line, fault=Fault.TOO_MANY_CELLS, detail=str(len(fields)))
    padded = [*cells, *[""] * (len(fields) - len(cells))]
    texts = {
        name: plain(cell).strip()
        for name, cell in zip(fields, padded, strict=False)
        if name
    }
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
