"""A file of weekly delivery figures: from its bytes to its rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from pairings.roster.files import Columns, read_table

MAX_WEEKS = 20_000
MOST = 100_000
NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{0,12})?")
"""As spreadsheets write one; a comma is a point to some, thousands to others."""
COLUMNS: Columns = {
    "team": ("team", frozenset({"team", "teamname"})),
    "week": ("week", frozenset({"week", "monday", "weekof", "date"})),
    "lead_time_hours": (
        "lead time hours",
        frozenset({"leadtimehours", "leadtime", "leadtimeforchanges"}),
    ),
    "deployments": (
        "deployments",
        frozenset({"deployments", "deploys", "deploymentfrequency"}),
    ),
    "failures": (
        "change failures",
        frozenset({"changefailures", "failures", "faileddeployments"}),
    ),
    "throughput": ("throughput", frozenset({"throughput", "changes", "finished"})),
}
HEADER = [name for name, _names in COLUMNS.values()]
FIGURES = ("lead_time_hours", "deployments", "failures", "throughput")
Value = Decimal | int


class Wrong(StrEnum):
    """Why a row is left out; the sentences live in `words.py`."""

    TOO_MANY_CELLS = "too many cells"
    NO_TEAM = "no team"
    LONG_TEAM = "long team"
    BAD_WEEK = "bad week"
    BAD_NUMBER = "bad number"
    NO_FIGURE = "no figure"
    MORE_FAILURES = "more failures"
    TWICE = "twice"
    NOT_OVER = "not over"
    NOT_YOURS = "not yours"


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One row of the file; `figures` are those that it tells, by name.

    `line` is the line of the file on which the row begins, 1 being the header's.
    """

    line: int
    team: str = ""
    monday: date = date.min
    figures: Mapping[str, Value] | None = None
    wrong: Wrong | None = None
    detail: str = ""

    @property
    def key(self) -> tuple[str, date]:
        return self.team.casefold(), self.monday


@dataclass(frozen=True, slots=True)
class WeekFile:
    rows: Sequence[WeekRow]
    ignored: Sequence[str]


def read_weeks(data: bytes) -> WeekFile:
    """The weeks of a CSV file; raises `BadFile` where it is of no use as a whole."""
    table = read_table(data, COLUMNS, ("team", "week"), MAX_WEEKS)
    rows, lines = [], dict[tuple[str, date], int]()
    for line, texts in table.rows:
        row = _row(line, table.width, texts)
        if row.wrong is None and row.key in lines:
            row = replace(row, wrong=Wrong.TWICE, detail=str(lines[row.key]))
        elif row.wrong is None:
            lines[row.key] = line
        rows.append(row)
    return WeekFile(rows, table.ignored)


def _row(line: int, width: int, texts: Mapping[str, str] | None) -> WeekRow:
    if texts is None:
        return WeekRow(line, wrong=Wrong.TOO_MANY_CELLS, detail=str(width))
    team = " ".join(texts["team"].split())
    row = WeekRow(line, team[:80])
    if not team:
        return replace(row, wrong=Wrong.NO_TEAM)
    if len(team) > 80 or not team.isprintable():
        return replace(row, wrong=Wrong.LONG_TEAM)
    monday = monday_in(texts["week"])
    if monday is None:
        return replace(row, wrong=Wrong.BAD_WEEK, detail=texts["week"][:80])
    return _with_figures(replace(row, monday=monday), texts)


def _with_figures(row: WeekRow, texts: Mapping[str, str]) -> WeekRow:
    found: dict[str, Value] = {}
    for name in FIGURES:
        if text := texts.get(name, ""):
            value = number_in(text, name)
            if value is None:
                detail = f"{COLUMNS[name][0]}: {text[:40]}"
                return replace(row, wrong=Wrong.BAD_NUMBER, detail=detail)
            found[name] = value
    if not found:
        return replace(row, wrong=Wrong.NO_FIGURE)
    if found.get("failures", 0) > found.get("deployments", MOST):
        return replace(row, wrong=Wrong.MORE_FAILURES)
    return replace(row, figures=found)


def monday_in(text: str) -> date | None:
    """Of `2026-W14`, or of any day of the week such as `2026-03-31`."""
    try:
        if week := re.fullmatch(r"(\d{4})-?[Ww](\d{1,2})", text):
            day = date.fromisocalendar(int(week[1]), int(week[2]), 1)
        else:
            day = date.fromisoformat(text)
    except ValueError:
        return None
    day -= timedelta(days=day.weekday())
    return day if 2000 <= day.year < 2200 else None


def number_in(text: str, name: str) -> Value | None:
    """Hours with one digit, and whole numbers of all else; within what is stored."""
    if not NUMBER.fullmatch(text) or (number := Decimal(text)) > MOST:
        return None
    if name == "lead_time_hours":
        return number.quantize(Decimal("0.1"))
    return int(number) if number == int(number) else None
