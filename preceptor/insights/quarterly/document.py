"""A report of a quarter as data: four sheets of figures, the same for page and file."""

from collections.abc import Iterator
from typing import Any, Final, Literal

import msgspec

EDITION: Final = 2
"""The first left out what did not fit on paper."""
SHARE, NUMBER, COUNT, MONEY = "share", "number", "count", "money"


class Line(msgspec.Struct, frozen=True):
    """One figure: a value with its 95 % interval and n, or a `note` why there is none.

    A share is a fraction. `clusters` is from how many pairs, juniors or mentors it
    came. `currency` is that of money.
    """

    label: str
    unit: str = NUMBER
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    clusters: int | None = None
    note: str = ""
    currency: str = ""


class Point(msgspec.Struct, frozen=True):
    """A place of a curve: after so many months, how many are looked at, and a share."""

    month: int
    at_risk: int
    value: float
    low: float
    high: float


class Curve(msgspec.Struct, frozen=True):
    name: str
    people: int
    points: tuple[Point, ...] = ()
    note: str = ""


class Part(msgspec.Struct, frozen=True):
    """Figures under a title, with a sentence before and one after them.

    `of` says of what there is one in every `each` lines, where these may be many: paper
    has no room for all of them.
    """

    title: str
    lead: str = ""
    lines: tuple[Line, ...] = ()
    curves: tuple[Curve, ...] = ()
    foot: str = ""
    of: str = ""
    each: int = 1


class Sheet(msgspec.Struct, frozen=True):
    key: str
    title: str
    parts: tuple[Part, ...]


class Report(msgspec.Struct, frozen=True):
    """`quarter` as `2026-Q3`; `months` of it are closed; `summary` says it in short."""

    edition: Literal[2]
    title: str
    quarter: str
    months: int
    summary: tuple[Line, ...]
    sheets: tuple[Sheet, ...]

    @property
    def lines(self) -> Iterator[tuple[str, str, Line]]:
        """Every figure with its sheet and part."""
        for sheet in self.sheets:
            for part in sheet.parts:
                for line in part.lines:
                    yield sheet.title, part.title, line


def as_json(report: Report) -> Any:
    """Plain values, for the database."""
    return msgspec.to_builtins(report)


def from_json(document: Any) -> Report:
    """Raises `msgspec.ValidationError` for what another version wrote."""
    return msgspec.convert(document, Report)
