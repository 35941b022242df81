"""A report as tables: one file of all figures, or a workbook with a sheet each."""

from collections.abc import Sequence

import tablib
from django.utils.translation import gettext as _

from pairings.tables import cell
from preceptor.insights.board.export import BYTE_ORDER_MARK
from preceptor.insights.quarterly.document import Line, Report, Sheet

MOST_TITLE = 31
"""How long the name of a sheet of a workbook may be."""
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
Cell = str | float | int | None


def as_csv(report: Report) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read it as such."""
    table = tablib.Dataset(headers=[_("sheet"), _("part"), *_header()])
    for line in report.summary:
        table.append([_("Summary"), cell(report.title), *_cells(line)])
    for sheet, part, line in report.lines:
        table.append([cell(sheet), cell(part), *_cells(line)])
    for sheet, curve, cells in _points(report):
        table.append([cell(sheet), cell(curve), *cells])
    text: str = table.export("csv")
    return f"{BYTE_ORDER_MARK}{text}".encode()


def as_xlsx(report: Report) -> bytes:
    """Numbers are such; shares are fractions."""
    book = tablib.Databook([_summary(report), *map(_table, report.sheets)])
    content: bytes = book.export("xlsx")
    return content


def _summary(report: Report) -> tablib.Dataset:
    table = tablib.Dataset(title=_("Summary"), headers=[_("part"), *_header()])
    heading = f"{report.title}, {report.quarter}"
    for line in report.summary:
        table.append([cell(heading), *_cells(line)])
    return table


def _table(sheet: Sheet) -> tablib.Dataset:
    title = sheet.title.translate(FORBIDDEN)[:MOST_TITLE]
    table = tablib.Dataset(title=title, headers=[_("part"), *_header()])
    for part in sheet.parts:
        for line in part.lines:
            table.append([cell(part.title), *_cells(line)])
        for curve in part.curves:
            for point in curve.points:
                ends = (point.value, point.low, point.high, point.at_risk)
                month = _("after %(n)s months") % {"n": point.month}
                table.append([cell(curve.name), month, *ends, curve.people, "", ""])
    return table


def _points(report: Report) -> list[tuple[str, str, Sequence[Cell]]]:
    return [
        (
            sheet.title,
            curve.name,
            [
                _("after %(n)s months") % {"n": point.month},
                *(point.value, point.low, point.high, point.at_risk, curve.people),
                *("", ""),
            ],
        )
        for sheet in report.sheets
        for part in sheet.parts
        for curve in part.curves
        for point in curve.points
    ]


def _header() -> list[str]:
    return [
        *(_("figure"), _("value"), _("low"), _("high"), _("n"), _("clusters")),
        *(_("currency"), _("note")),
    ]


def _cells(line: Line) -> list[Cell]:
    """Text that a spreadsheet would run is put behind an apostrophe."""
    return [
        cell(line.label),
        *(line.value, line.low, line.high, line.n, line.clusters),
        *(line.currency, cell(line.note)),
    ]
