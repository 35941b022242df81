"""The board's rows as a table, for spreadsheets and for programs."""

from collections.abc import Iterable
from datetime import date

import tablib
from django.utils.translation import gettext as _

from pairings.models import Pairing
from pairings.tables import cell
from preceptor.insights.board import words
from preceptor.insights.board.facts import Stones
from preceptor.insights.board.pairs import Row

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"

Cell = str | int | date | None


def as_csv(rows: Iterable[Row], today: date) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read it as such."""
    text: str = _table(rows, today).export("csv")
    return f"{BYTE_ORDER_MARK}{text}".encode()


def as_xlsx(rows: Iterable[Row], today: date) -> bytes:
    """One sheet; numbers and days are such."""
    content: bytes = _table(rows, today).export("xlsx")
    return content


def _table(rows: Iterable[Row], today: date) -> tablib.Dataset:
    table = tablib.Dataset(title=_("Pairs"), headers=_header())
    phases, states = words.phases(), dict(Pairing.State.choices)
    kinds = dict(Pairing.Kind.choices)
    for row in rows:
        pair, weeks = row.pair, row.weeks
        name, due_on = _next(row.stones)
        standing = words.away(due_on, today) if due_on else None
        cells: list[Cell] = [
            *(pair.junior, pair.mentor, pair.team),
            *(str(kinds[pair.kind]), str(states[pair.state]), phases[pair.phase]),
            *(words.title_of(row.group), "; ".join(row.needs)),
            *(pair.starts_on, pair.ends_on),
            *(weeks.sessions, weeks.kept, weeks.missed),
            *(pair.last_met_on, row.next_on),
            *(name, due_on, standing or words.no_milestone(row.stones)),
            *(row.load.taken, row.load.seats),
        ]
        table.append([cell(one) if isinstance(one, str) else one for one in cells])
    return table


def _next(stones: Stones | None) -> tuple[str, date | None]:
    return (stones.names[0], stones.days[0]) if stones and stones.days else ("", None)


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
