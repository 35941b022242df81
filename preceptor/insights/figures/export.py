"""The figures of a page as a table, for spreadsheets and for programs."""

from collections.abc import Iterable, Sequence

import tablib
from django.utils.translation import gettext as _

from pairings.tables import cell
from preceptor.insights.board.export import BYTE_ORDER_MARK
from preceptor.insights.figures.lines import Line
from preceptor.insights.figures.retention import Curve

Cell = str | int | float | None


def figures_table(title: str, lines: Iterable[Line]) -> tablib.Dataset:
    """A line a figure; shares are fractions, and what is withheld says why."""
    header = [
        *(_("part"), _("figure"), _("value"), _("low"), _("high")),
        *("n", _("n counts"), _("clusters"), _("clusters are"), _("note")),
    ]
    table = tablib.Dataset(title=title, headers=header)
    for line in lines:
        one = line.estimate
        numbers: Sequence[Cell] = [None] * 5
        if one:
            ends = (one.value, one.low, one.high)
            numbers = [*(round(end, 4) for end in ends), one.n, one.clusters]
        value, low, high, n, clusters = numbers
        cells: list[Cell] = [
            *(cell(line.group), cell(line.name), value, low, high),
            *(n, line.of, clusters, line.who, line.withheld or line.note),
        ]
        table.append(cells)
    return table


def retention_table(title: str, curves: Iterable[Curve]) -> tablib.Dataset:
    """A line a cohort, month and share; shares are fractions."""
    header = [
        *(_("cohort"), _("people"), _("share"), _("month"), _("at risk")),
        *(_("value"), _("low"), _("high")),
    ]
    table = tablib.Dataset(title=title, headers=header)
    for curve in curves:
        for what, month, n, one in curve.told():
            ends = [round(end, 4) for end in (one.value, one.low, one.high)]
            table.append([cell(curve.name), curve.people, what, month, n, *ends])
    return table


def as_file(table: tablib.Dataset, kind: str) -> bytes:
    """`csv` or `xlsx`."""
    body: str | bytes = table.export(kind)
    return f"{BYTE_ORDER_MARK}{body}".encode() if isinstance(body, str) else body
