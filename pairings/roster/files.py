"""From the bytes of a CSV file to the texts of its rows, by the column's name.

Any common encoding and delimiter will do. A file that is of no use as a whole raises
`BadFile`.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pairings.roster.faults import Fault
from pairings.tables import plain

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
DELIMITERS = ",;\t|"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

Columns = Mapping[str, tuple[str, frozenset[str]]]
"""By the row's field: the column's name as written, the names that are understood."""


class BadFile(Exception):
    """The file as a whole is of no use; `detail` names a line, columns or a size."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(fault, detail)
        self.fault = fault
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with the line on which each begins; None for one with too many cells."""

    rows: Sequence[tuple[int, Mapping[str, str] | None]]
    width: int
    """How many cells a row may have."""
    ignored: Sequence[str]
    """Columns that are not understood."""


def read_table(
    data: bytes, columns: Columns, required: Sequence[str], most: int = MAX_ROWS
) -> Table:
    records = _records(_decode(data), columns)
    _line, header = next(records, (0, []))
    if not header:
        raise BadFile(Fault.EMPTY)
    fields, ignored = _fields(header, columns, required)
    rows: list[tuple[int, Mapping[str, str] | None]] = []
    for line, cells in records:
        if len(rows) == most:
            raise BadFile(Fault.TOO_MANY_ROWS, str(most))
        rows.append((line, _texts(fields, cells)))
    if not rows:
        raise BadFile(Fault.NO_ROWS)
    return Table(rows, len(fields), ignored)


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


def _records(text: str, columns: Columns) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not blank, with the line on which it begins."""
    lines = io.StringIO(text, newline="")
    delimiter, skipped = _delimiter(text, columns)
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


def _delimiter(text: str, columns: Columns) -> tuple[str, int]:
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
        return sum(_field_of(cell, columns) is not None for cell in cells), len(cells)

    return max(DELIMITERS, key=understood), 0


def _field_of(title: str, columns: Columns) -> str | None:
    key = re.sub(r"[\W_]", "", title.casefold())
    return next((name for name, (_, names) in columns.items() if key in names), None)


def _fields(
    header: Sequence[str], columns: Columns, required: Sequence[str]
) -> tuple[list[str | None], list[str]]:
    fields = [_field_of(plain(title), columns) for title in header]
    known = [name for name in fields if name]
    if twice := [name for name in columns if known.count(name) > 1]:
        raise BadFile(Fault.COLUMN_TWICE, columns[twice[0]][0])
    if missing := [columns[name][0] for name in required if name not in known]:
        raise BadFile(Fault.MISSING_COLUMNS, ", ".join(missing))
    titled = zip(fields, header, strict=True)
    return fields, [
        title.strip() for name, title in titled if not name and title.strip()
    ]


def _texts(fields: Sequence[str | None], cells: Sequence[str]) -> dict[str, str] | None:
    if any(cell.strip() for cell in cells[len(fields) :]):
        return None
    padded = [*cells, *[""] * (len(fields) - len(cells))]
    pairs = zip(fields, padded, strict=False)
    return {name: plain(cell).strip() for name, cell in pairs if name}
