"""The sentences of a roster: what is wrong with a file or a row, what was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pairings.roster.effects import Change, Effect, Kind
from pairings.roster.faults import Fault
from pairings.roster.files import MAX_BYTES, BadFile

SHOWN_SKILLS = 20

FILE: Mapping[Fault, Promise] = {
    Fault.EMPTY: gettext_lazy("The file is empty. Choose one with rows."),
    Fault.SPREADSHEET: gettext_lazy(
        "This is a spreadsheet file, whatever its name says. Open it, save it as CSV, "
        "and upload that."
    ),
    Fault.BINARY: gettext_lazy(
        "This is not text: it holds bytes that no CSV file has. Save the table as CSV "
        "(UTF-8) and upload that."
    ),
    Fault.QUOTES: gettext_lazy(
        "The quotes in the row that begins on line %(detail)s don’t match up. A quote "
        "inside a quoted cell is written twice. Correct that line and upload again."
    ),
    Fault.CELL_TOO_LONG: gettext_lazy(
        "A cell in the row that begins on line %(detail)s is far too long, or a quote "
        "is never closed. Correct that line and upload again."
    ),
    Fault.NO_ROWS: gettext_lazy("The file has a header and no rows beneath. Add some."),
    Fault.TOO_MANY_ROWS: gettext_lazy(
        "The file has more than %(detail)s rows. Upload it in parts."
    ),
    Fault.MISSING_COLUMNS: gettext_lazy(
        "These columns are missing: %(detail)s. The first line must name the columns."
    ),
    Fault.COLUMN_TWICE: gettext_lazy(
        "The column “%(detail)s” is there twice. Keep one of the two."
    ),
}

ROW: Mapping[Fault, Promise] = {
    Fault.TOO_MANY_CELLS: gettext_lazy(
        "has more cells than the header’s %(detail)s; put quotes around a cell that "
        "holds the delimiter"
    ),
    Fault.CELL_TOO_LONG: gettext_lazy("the cell under “%(detail)s” is too long"),
    Fault.BAD_CHARACTER: gettext_lazy(
        "the cell under “%(detail)s” holds a control character"
    ),
    Fault.NO_EMAIL: gettext_lazy("has no e-mail"),
    Fault.BAD_EMAIL: gettext_lazy("“%(detail)s” is not an e-mail address"),
    Fault.EMAIL_TWICE: gettext_lazy("the same e-mail is on line %(detail)s already"),
    Fault.BAD_SIDE: gettext_lazy("side is “%(detail)s”: write mentor or junior"),
    Fault.BAD_HEADS: gettext_lazy("heads is “%(detail)s”: write 0 to 20"),
    Fault.BAD_HOURS: gettext_lazy(
        "hours is “%(detail)s”: write 0 to 40, with one decimal at most"
    ),
    Fault.BAD_TIME_ZONE: gettext_lazy(
        "“%(detail)s” is no time zone: write it as Europe/Lisbon"
    ),
    Fault.TEAM_TOO_LONG: gettext_lazy("team is longer than %(detail)s letters"),
    Fault.SKILL_TOO_LONG: gettext_lazy("a skill is longer than %(detail)s letters"),
    Fault.BAD_DEGREE: gettext_lazy(
        "“%(detail)s”: behind a skill and a colon stands 1, 2 or 3"
    ),
    Fault.TOO_MANY_AREAS: gettext_lazy("has more than %(detail)s product areas"),
    Fault.AREA_TOO_LONG: gettext_lazy(
        "a product area is longer than %(detail)s letters"
    ),
    Fault.BAD_LANGUAGE: gettext_lazy(
        "“%(detail)s” is no language: write it as English, or en"
    ),
    Fault.BAD_CLOCK: gettext_lazy("“%(detail)s” is no time of day: write it as 09:30"),
    Fault.HALF_A_DAY: gettext_lazy(
        "“%(detail)s” is no working day: give works from and works until, and two times"
    ),
    Fault.BAD_DAY: gettext_lazy("“%(detail)s” is no day: write it as 2026-03-31"),
    Fault.BAD_KIND: gettext_lazy("kind is “%(detail)s”: write primary or secondary"),
    Fault.NAME_TOO_LONG: gettext_lazy("name is longer than %(detail)s letters"),
    Fault.BAD_MANAGER: gettext_lazy("line manager “%(detail)s” is no e-mail address"),
    Fault.OWN_MANAGER: gettext_lazy("is their own line manager"),
    Fault.MANAGERS_IN_A_CIRCLE: gettext_lazy(
        "the line managers go in a circle: %(detail)s"
    ),
    Fault.NO_NAME: gettext_lazy("is new here and has no name"),
    Fault.INACTIVE: gettext_lazy("is deactivated: activate them first"),
    Fault.PAIRED_ON_OTHER_SIDE: gettext_lazy(
        "has pairings as %(detail)s, so the side stays while they are kept"
    ),
}


def of_file(bad: BadFile) -> str:
    """What is wrong with a whole file, and what to do."""
    if bad.fault == Fault.TOO_LARGE:
        text = _("The file is larger than %(size)s MB. A roster of 5,000 people has 1.")
        return text % {"size": MAX_BYTES // 1024**2}
    return str(FILE[bad.fault]) % {"detail": bad.detail}


def of_fault(fault: Fault, detail: str) -> str:
    """What is wrong with a row."""
    return str(ROW[fault]) % {"detail": detail}


def of_import(counts: Mapping[Kind, int]) -> str:
    """What an import did, in a sentence."""
    n = counts[Kind.NEW]
    said = [ngettext("%(n)s person enrolled", "%(n)s people enrolled", n) % {"n": n}]
    if n := counts[Kind.UPDATE]:
        said.append(_("%(n)s updated") % {"n": n})
    if n := counts[Kind.ERROR]:
        text = ngettext("%(n)s row left out", "%(n)s rows left out", n)
        said.append(text % {"n": n})
    return ", ".join(said) + "."


def of_button(counts: Mapping[Kind, int]) -> str:
    """What confirming will do: "Enrol 4,998 people, leave out 2 rows"."""
    said = []
    if n := counts[Kind.NEW]:
        text = ngettext("enrol %(n)s person", "enrol %(n)s people", n)
        said.append(text % {"n": f"{n:,}"})
    if n := counts[Kind.UPDATE]:
        said.append(ngettext("update %(n)s", "update %(n)s", n) % {"n": f"{n:,}"})
    if n := counts[Kind.ERROR]:
        text = ngettext("leave out %(n)s row", "leave out %(n)s rows", n)
        said.append(text % {"n": f"{n:,}"})
    return capfirst(", ".join(said))


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row of the preview in words."""

    line: int
    kind: str
    name: str
    email: str
    side: str
    reason: str
    unknown_manager: str
    changes: Sequence[Change]

    @classmethod
    def of(cls, effect: Effect) -> "PreviewRow":
        row = effect.row
        return cls(
            line=row.line,
            kind=effect.kind.value,
            name=row.name,
            email=row.email,
            side=row.side,
            reason=of_fault(row.fault, row.detail) if row.fault else "",
            unknown_manager=effect.unknown_manager,
            changes=effect.changes,
        )


def of_new_skills(names: Sequence[str]) -> str:
    """Which skills the list gains: "3 new skills: Go, Rust, SQL"."""
    text = ngettext(
        "%(n)s new skill: %(names)s", "%(n)s new skills: %(names)s", len(names)
    )
    shown = ", ".join(names[:SHOWN_SKILLS])
    if len(names) > SHOWN_SKILLS:
        shown = _("%(names)s and more") % {"names": shown}
    return text % {"n": len(names), "names": shown}


def of_pairs(counts: Mapping[Kind, int]) -> str:
    """What an import of pairs did, in a sentence."""
    n = counts[Kind.NEW]
    said = [ngettext("%(n)s pair taken over", "%(n)s pairs taken over", n) % {"n": n}]
    if n := counts[Kind.ERROR]:
        text = ngettext("%(n)s row left out", "%(n)s rows left out", n)
        said.append(text % {"n": n})
    return ", ".join(said) + "."
