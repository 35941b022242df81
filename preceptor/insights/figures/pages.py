"""What the page of a quarter is made of: which one, its months, charts and tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from pairings.models import Program
from preceptor.days import written
from preceptor.insights.figures import lines
from preceptor.insights.figures.estimates import Estimate, Figure, Reason, Withheld
from preceptor.insights.figures.lines import Line, Unit
from preceptor.insights.figures.quarterly import (
    MonthFigures,
    QuarterFigures,
    figures_of,
    month_figures,
)
from preceptor.insights.figures.quarters import Quarter, shifted
from preceptor.insights.figures.rooms import Room, Row
from preceptor.insights.models import ClosedMonth
from progress.charts import Chart, Point, drawn, middles

CHARTED = 12
"""So many months up to the end of the quarter stand in a chart."""

NOTHING = Withheld(Reason.NOTHING)


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of a table of flaws, and those within it."""

    name: str
    part: Line
    caught: Line
    parts: "Sequence[Shown]" = ()


class QuarterPage:
    """The figures of a quarter of a program; two queries at any size.

    `quarter` is the one that was asked for, else the latest that is over, else the
    latest; None before the first month is closed.
    """

    def __init__(self, program: Program, asked: str) -> None:
        self.program = program
        self.closed = ClosedMonth.objects.months_of(program)
        self.quarters = sorted({Quarter.of(month) for month in self.closed})
        self.quarter = self._chosen(asked)
        self._read = {}
        if self.quarter:
            wanted = [shifted(self.quarter.after, -n) for n in range(1, CHARTED + 1)]
            self._read = ClosedMonth.objects.read(program, wanted)

    def _chosen(self, asked: str) -> Quarter | None:
        closed = set(self.closed)
        found = [one for one in self.quarters if str(one) == asked]
        over = [one for one in self.quarters if closed.issuperset(one.months)]
        return next(iter([*found, *reversed(over), *self.quarters[-1:]]), None)

    @cached_property
    def figures(self) -> QuarterFigures | None:
        """None before the first month is closed."""
        if self.quarter is None:
            return None
        own = self.quarter.months
        months = {on: month for on, month in self._read.items() if on in own}
        return figures_of(self.program.pk, self.quarter, months)

    @cached_property
    def trend(self) -> list[MonthFigures]:
        """Up to twelve months, without those before anything happened."""
        found = [month_figures(on, month) for on, month in self._read.items()]
        return [one for one in found if (one.sessions, one.caught) != (NOTHING,) * 2]

    @property
    def months(self) -> list[tuple[str, list[Line]]]:
        """Of the table of months, by name."""
        rows = [(month, list(lines.of_month(month))) for month in self.trend]
        return [(own[0].group, own) for _month, own in rows]

    @property
    def caught_chart(self) -> SafeString:
        shares = [(one, one.caught) for one in self.trend]
        title = _("Share of the real flaws that juniors caught alone, by month")
        return _chart(title, shares, "caught")

    @property
    def kept_chart(self) -> SafeString:
        shares = [(one, one.kept) for one in self.trend]
        return _chart(_("Share of the weeks that pairs kept, by month"), shares, "kept")

    @property
    def record(self) -> list[Line]:
        record = self.figures and self.figures.record
        return list(lines.of_record(record)) if record else []

    @property
    def room(self) -> Room | None:
        room = self.figures and self.figures.room
        return room if isinstance(room, Room) else None

    @property
    def room_months(self) -> str:
        """The months that are counted of the room, by name."""
        months = self.room.months if self.room else ()
        return ", ".join(written(on, "F") for on in months)

    @property
    def sessions(self) -> list[Line]:
        return list(lines.of_room(self.room)) if self.room else []

    @property
    def categories(self) -> list[Shown]:
        rows = self.room.categories if self.room else ()
        return _shown(rows, lines.category_called)

    @property
    def severities(self) -> list[Shown]:
        rows = self.room.severities if self.room else ()
        return _shown(rows, lines.severity_called)

    @property
    def tools(self) -> list[Shown]:
        rows = self.room.tools if self.room else ()
        return _shown(rows, lines.tool_called)

    @property
    def practise(self) -> list[str]:
        rows = self.room.practise if self.room else ()
        return [lines.category_called(row.key) for row in rows]

    @property
    def bands(self) -> list[Line]:
        return list(lines.of_bands(self.room)) if self.room else []

    @property
    def marks(self) -> list[Line]:
        return list(lines.of_marks(self.room)) if self.room else []

    @property
    def evaluations(self) -> list[Line]:
        return list(lines.of_evaluations(self.figures)) if self.figures else []

    @property
    def withheld(self) -> dict[str, str]:
        """Why a part of the page has no figures, by its name."""
        parts: dict[str, object] = {}
        if self.figures:
            parts = {
                "room": self.figures.room,
                "evaluations": self.figures.evaluations,
            }
        return {
            name: part.sentence
            for name, part in parts.items()
            if isinstance(part, Withheld)
        }


def _shown(rows: Sequence[Row], called: Callable[[str], str]) -> list[Shown]:
    flaws, juniors = _("real flaws"), _("juniors")

    def shown(row: Row, name: str, parts: Sequence[Shown] = ()) -> Shown:
        part, caught = (
            Line("", name, figure, Unit.SHARE, flaws, juniors)
            for figure in (row.part, row.caught)
        )
        return Shown(name, part, caught, parts)

    return [
        shown(
            row,
            called(row.key),
            [shown(part, lines.model_called(part.key)) for part in row.parts],
        )
        for row in rows
    ]


def _chart(
    title: str, months: Sequence[tuple[MonthFigures, Figure]], name: str
) -> SafeString:
    """A point a month that has a figure; nothing where none has."""
    points = [
        _point(month, figure, x)
        for (month, figure), x in zip(months, middles(len(months)), strict=True)
    ]
    told = [(month, one) for month, one in months if isinstance(one, Estimate)]
    if not told:
        return SafeString("")
    month, one = told[-1]
    line = Line("", "", one, Unit.SHARE, "", "")
    named = {"share": line.value, "month": written(month.month, "F")}
    last = _("%(share)s in %(month)s") % named
    beside = _("%(between)s, n = %(n)s") % {"between": line.between, "n": one.n}
    chart = Chart(f"{title}: {last}, {beside}", points, (last, beside))
    return mark_safe(drawn(chart, name))  # noqa: S308 # every text is escaped


def _point(month: MonthFigures, figure: Figure, x: float) -> Point:
    name = written(month.month, "M")
    if isinstance(figure, Withheld):
        return Point(x, name, name[:1], "")
    note = f"n {figure.n}"
    ends = figure.value, figure.low, figure.high
    return Point(x, name, name[:1], note, *ends)
