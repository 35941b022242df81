"""The sentences of a file of weekly figures, and how each figure is called."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from preceptor.insights.delivery_figures.files import WeekRow, Wrong

ROW: Mapping[Wrong, Promise] = {
    Wrong.TOO_MANY_CELLS: _(
        "has more cells than the header’s %(detail)s; put quotes around a cell that "
        "holds the delimiter"
    ),
    Wrong.NO_TEAM: _("names no team"),
    Wrong.LONG_TEAM: _("the team’s name is too long, or holds a control character"),
    Wrong.BAD_WEEK: _("“%(detail)s” is no week: write 2026-W14, or a day of it"),
    Wrong.BAD_NUMBER: _("“%(detail)s” is no number that fits"),
    Wrong.NO_FIGURE: _("tells no figure"),
    Wrong.MORE_FAILURES: _("has more change failures than deployments"),
    Wrong.TWICE: _("the same team and week are on line %(detail)s already"),
    Wrong.NOT_OVER: _("that week is not over yet"),
    Wrong.NOT_YOURS: _("nobody of a program that you lead is on this team"),
}

FIGURES: Mapping[str, Promise] = {
    "lead_time_hours": _("Lead time, hours"),
    "deployments": _("Deployments a week"),
    "failures": _("Change failures"),
    "throughput": _("Throughput a week"),
}


def of_row(row: WeekRow) -> str:
    return str(ROW[row.wrong]) % {"detail": row.detail} if row.wrong else ""
