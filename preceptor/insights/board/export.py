"""The board's rows as a table, for spreadsheets and for programs."""

from collections.abc import Iterable
from datetime import date

import tablib
from django.utils.translation import gettext as _

from pairings.models import Pairing
from pairings.tables import safe
from preceptor.insights.board import words
from preceptor.insights.board.pairs import Row

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

Cell = str | int | date | None


def as_csv(rows: Iterable[Row]) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read it as such."""
    text: str = _table(rows).export("csv")
    return f"{BYTE_ORDER_MARK}{text}".encode()


def as_xlsx(rows: Iterable[Row]) -> bytes:
    """One sheet; numbers and days are such."""
    content: bytes = _table(rows).export("xlsx")
    return content


def _table(rows: Iterable[Row]) -> tablib.Dataset:
    table = tablib.Dataset(title=_("Pairs"), headers=_header())
    phases, states = words.phases(), dict(Pairing.State.choices)
    kinds = dict(Pairing.Kind.choices)
    for row in rows:
        pair, weeks = row.pair, row.weeks
        milestone, standing, _is_late = words.standing_of(row.stones)
        cells: list[Cell] = [
            *(pair.junior, pair.mentor, pair.team),
            *(str(kinds[pair.kind]), str(states[pair.state]), phases[pair.phase]),
            *(words.title_of(row.group), "; ".join(row.needs)),
            *(pair.starts_on, pair.ends_on),
            *(weeks.sessions, weeks.kept, weeks.missed),
            *(pair.last_met_on, row.met.next_on),
            *(milestone, row.stones.days[0] if milestone and row.stones else None),
            *(standing, row.load.taken, row.load.seats),
        ]
        table.append([_plain(cell) for cell in cells])
    return table


def _plain(cell: Cell) -> Cell:
    """Text that a spreadsheet would run is put behind an apostrophe."""
    return safe(cell) if isinstance(cell, str) else cell


def _header() -> list[str]:
    return [
        *(_("junior"), _("mentor"), _("team")),
        *(_("kind"), _("state"), _("phase")),
        *(_("group"), _("what it needs")),
        *(_("first day"), _("ends before")),
        *(_("sessions"), _("weeks kept"), _("weeks missed")),
        *(_("last session"), _("next session")),
        *(_("next milestone"), _("due"), _("milestone stands")),
        *(_("mentor's juniors"), _("mentor's seats")),
    ]
