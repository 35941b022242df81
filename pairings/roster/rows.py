"""From the bytes of a roster file to its rows.

`read` refuses a whole file by raising `BadFile`; a fault of one row is kept with the
row, and leaves the others good.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from zoneinfo import available_timezones

from pairings.roster.skills import LONGEST, BadDegree, Said, split_skills
from pairings.tables import plain

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_CELL = 2_000
DELIMITERS = ",;\t|"

COLUMNS: Mapping[str, tuple[str, frozenset[str]]] = {
    "name": ("name", frozenset({"name", "fullname", "displayname"})),
    "email": ("e-mail", frozenset({"email", "mail", "emailaddress"})),
    "side": ("side", frozenset({"side", "role"})),
    "team": ("team", frozenset({"team"})),
    "skills": ("skills", frozenset({"skills", "skill"})),
    "heads": ("heads", frozenset({"heads", "juniorsatmost"})),
    "hours": ("hours", frozenset({"hours", "hoursaweek", "hoursperweek"})),
    "manager": (
        "line manager e-mail",
        frozenset({"linemanageremail", "linemanager", "manageremail", "manager"}),
    ),
    "time_zone": ("time zone", frozenset({"timezone", "tz"})),
}
"""By the row's field: the column's name as written, the names that are understood."""
HEADER = [name for name, _names in COLUMNS.values()]
REQUIRED = ("email", "side")
SIDES = frozenset({"mentor", "junior"})

_ATOM = r"[a-z0-9_!#$%&'*+/=?^`{|}~-]+"
_EMAIL = re.compile(rf"{_ATOM}(\.{_ATOM})*@[\w-]+(\.[\w-]+)+", re.IGNORECASE)
# Listing the zones reads hundreds of files: once, not for each row.
_TIME_ZONES = frozenset(available_timezones())
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Fault(StrEnum):
    """Why a file or a row is refused; the sentences live with the views."""

    TOO_LARGE = "too large"
    EMPTY = "empty"
    SPREADSHEET = "spreadsheet"
    BINARY = "binary"
    QUOTES = "quotes"
    NO_ROWS = "no rows"
    TOO_MANY_ROWS = "too many rows"
    MISSING_COLUMNS = "missing columns"
    COLUMN_TWICE = "column twice"
    TOO_MANY_CELLS = "too many cells"
    CELL_TOO_LONG = "cell too long"
    BAD_CHARACTER = "bad character"
    NO_EMAIL = "no email"
    BAD_EMAIL = "bad email"
    EMAIL_TWICE = "email twice"
    BAD_SIDE = "bad side"
    BAD_HEADS = "bad heads"
    BAD_HOURS = "bad hours"
    BAD_TIME_ZONE = "bad time zone"
    TEAM_TOO_LONG = "team too long"
    SKILL_TOO_LONG = "skill too long"
    BAD_DEGREE = "bad degree"
    NAME_TOO_LONG = "name too long"
    BAD_MANAGER = "bad manager"
    OWN_MANAGER = "own manager"
    NO_NAME = "no name"
    INACTIVE = "inactive"
    PAIRED_ON_OTHER_SIDE = "paired on other side"


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
        return replace(row, **_values(texts))
    except _BadCell as bad:
        return replace(row, fault=bad.fault, detail=bad.detail)


class _BadCell(Exception):
    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(fault)
        self.fault = fault
        self.detail = detail[:80]


def _values(texts: Mapping[str, str]) -> dict[str, Any]:
    for name, text in texts.items():
        if len(text) > MAX_CELL:
            raise _BadCell(Fault.CELL_TOO_LONG, COLUMNS[name][0])
        if _CONTROL.search(text):
            raise _BadCell(Fault.BAD_CHARACTER, COLUMNS[name][0])
    values: dict[str, Any] = {
        "email": _email(texts["email"]),
        "name": _short(texts.get("name", ""), 120, Fault.NAME_TOO_LONG),
        "side": texts["side"].lower(),
        "time_zone": texts.get("time_zone", ""),
        "heads": _heads(texts.get("heads", "")),
        "hours": _hours(texts.get("hours", "")),
    }
    if values["side"] not in SIDES:
        raise _BadCell(Fault.BAD_SIDE, texts["side"])
    if values["time_zone"] and values["time_zone"] not in _TIME_ZONES:
        raise _BadCell(Fault.BAD_TIME_ZONE, values["time_zone"])
    if "team" in texts:
        values["team"] = _short(texts["team"], 80, Fault.TEAM_TOO_LONG)
    if "skills" in texts:
        values["skills"] = _skills(texts["skills"])
    if "manager" in texts:
        values["manager"] = _manager(texts["manager"], values["email"])
    return values


def _skills(text: str) -> tuple[Said, ...]:
    try:
        skills = split_skills(text)
    except BadDegree as bad:
        raise _BadCell(Fault.BAD_DEGREE, str(bad)) from None
    for skill in skills:
        _short(skill.name, LONGEST, Fault.SKILL_TOO_LONG)
    return skills


def _email(text: str) -> str:
    if not text:
        raise _BadCell(Fault.NO_EMAIL)
    if len(text) > 254 or not _EMAIL.fullmatch(text):
        raise _BadCell(Fault.BAD_EMAIL, text)
    return text.lower()


def _manager(text: str, own: str) -> str:
    if not text:
        return ""
    if len(text) > 254 or not _EMAIL.fullmatch(text):
        raise _BadCell(Fault.BAD_MANAGER, text)
    if text.lower() == own:
        raise _BadCell(Fault.OWN_MANAGER)
    return text.lower()


def _short(text: str, most: int, fault: Fault) -> str:
    if len(text) > most:
        raise _BadCell(fault, str(most))
    return text


def _heads(text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,2}", text) or int(text) > 20:
        raise _BadCell(Fault.BAD_HEADS, text)
    return int(text)


def _hours(text: str) -> Decimal | None:
    """Hours with at most one decimal, behind a point or a comma."""
    if not text:
        return None
    try:
        hours = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise _BadCell(Fault.BAD_HOURS, text) from None
    if not (hours.is_finite() and 0 <= hours <= 40 and hours * 10 % 1 == 0):
        raise _BadCell(Fault.BAD_HOURS, text)
    return hours


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
