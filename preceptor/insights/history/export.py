"""The history as CSV, written while it is sent: there may be millions of entries."""

import csv
from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from pairings.tables import safe
from preceptor.history import Kind
from preceptor.insights.history.lines import Line, lines_of
from preceptor.insights.history.listing import Wanted, all_entries
from preceptor.insights.history.names import names_of


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def as_csv(
    wanted: Wanted, programs: dict[int, str], zone: tzinfo, language: str
) -> Iterator[bytes]:
    """UTF-8 with a byte order mark; times by the reader's clock."""
    writer: Any = csv.writer(_Echo())
    with translation.override(language):
        yield f"\N{ZERO WIDTH NO-BREAK SPACE}{writer.writerow(_header())}".encode()
    for piece in all_entries(wanted):
        # The request's own clock and language are no more while this is sent.
        with timezone.override(zone), translation.override(language):
            names = names_of(piece, programs)
            rows = [_row(line, programs) for line in lines_of(piece, names)]
        text = (writer.writerow([safe(cell) for cell in row]) for row in rows)
        yield "".join(text).encode()


def _header() -> list[str]:
    return [
        *(_("when"), _("who"), _("what happened"), _("from"), _("to")),
        *(_("kind"), _("program"), _("through"), _("request")),
    ]


def _row(line: Line, programs: dict[int, str]) -> list[str]:
    entry, told = line.entry, line.all_changes
    at = timezone.localtime(entry.at)
    return [
        at.isoformat(sep=" ", timespec="seconds"),
        line.who,
        line.sentence,
        "; ".join(f"{one.label}: {one.before}" for one in told),
        "; ".join(f"{one.label}: {one.after}" for one in told),
        str(dict(Kind.choices).get(entry.kind, entry.kind)),
        programs.get(entry.program_id or 0, ""),
        entry.through,
        entry.request,
    ]
