"""A file of pairs that exist already: from its bytes to its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pairings.roster.faults import Fault
from pairings.roster.files import Columns, read_table

MAX_PAIRS = 2_000
KINDS = ("primary", "secondary")
COLUMNS: Columns = {
    "junior": ("junior e-mail", frozenset({"junioremail", "junior", "juniormail"})),
    "mentor": ("mentor e-mail", frozenset({"mentoremail", "mentor", "mentormail"})),
    "starts_on": (
        "first day",
        frozenset({"firstday", "startson", "start", "startdate", "from"}),
    ),
    "last_on": (
        "last day",
        frozenset({"lastday", "lastson", "end", "enddate", "until"}),
    ),
    "kind": ("kind", frozenset({"kind", "as"})),
}
HEADER = [name for name, _names in COLUMNS.values()]


@dataclass(frozen=True, slots=True)
class PairRow:
    """One pair of the file; without a last day it goes on as long as both take part.

    `line` is the line of the file on which the row begins, 1 being the header's.
    """

    line: int
    junior: str = ""
    mentor: str = ""
    starts_on: date = date.min
    last_on: date | None = None
    kind: str = KINDS[0]
    fault: Fault | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PairFile:
    rows: Sequence[PairRow]
    ignored: Sequence[str]


def read_pairs(data: bytes) -> PairFile:
    """The pairs of a CSV file; raises `BadFile` where it is of no use as a whole."""
    required = ("junior", "mentor", "starts_on")
    table = read_table(data, COLUMNS, required, MAX_PAIRS)
    rows = [_row(line, table.width, texts) for line, texts in table.rows]
    return PairFile(rows, table.ignored)


def _row(line: int, width: int, texts: Mapping[str, str] | None) -> PairRow:
    if texts is None:
        return PairRow(line, fault=Fault.TOO_MANY_CELLS, detail=str(width))
    row = PairRow(line, texts["junior"].lower()[:254], texts["mentor"].lower()[:254])
    kind = texts.get("kind", "").lower() or KINDS[0]
    days = [texts["starts_on"], texts.get("last_on", "")]
    if not row.junior or not row.mentor:
        return replace(row, fault=Fault.NO_EMAIL)
    if kind not in KINDS:
        return replace(row, fault=Fault.BAD_KIND, detail=kind[:80])
    first, last = (_day(text) for text in days)
    if first is None:
        return replace(row, fault=Fault.BAD_DAY, detail=days[0][:80])
    if last is None and days[1]:
        return replace(row, fault=Fault.BAD_DAY, detail=days[1][:80])
    return replace(row, starts_on=first, last_on=last, kind=kind)


def _day(text: str) -> date | None:
    """A day from which the calendar can still be reckoned, else None."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None
