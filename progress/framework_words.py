"""What is wrong with a file of a framework, or with a competency in it."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pairings.roster.faults import Fault as FileFault
from pairings.roster.files import MAX_BYTES, BadFile
from pairings.words import of_file as of_table
from progress.frameworks.faults import BadFramework, Fault
from progress.frameworks.reading import LEVELS, Row

FILE: Mapping[Fault, Promise] = {
    Fault.NOT_UTF8: gettext_lazy(
        "This is not UTF-8 text: line %(detail)s holds bytes that it does not have. "
        "Save the file as UTF-8 and upload that."
    ),
    Fault.BAD_JSON: gettext_lazy(
        "This is not JSON as it should be: look at line %(detail)s, where a comma, a "
        "quote or a bracket is missing or too many."
    ),
    Fault.TWICE_IN_JSON: gettext_lazy(
        "One part of the file says “%(detail)s” twice. Keep one of the two."
    ),
    Fault.NO_AREAS: gettext_lazy(
        "The file has no list of areas. It should be an object with “areas”, each with "
        "“name” and “competencies”, as an export is."
    ),
    Fault.LONG_HEAD: gettext_lazy(
        "The framework’s own “%(detail)s” is too long: a name takes 120 letters, "
        "what it is about 500. Shorten it in the file."
    ),
    Fault.NOTHING_IN_IT: gettext_lazy("There is no competency in the file."),
    Fault.TOO_MANY: gettext_lazy(
        "That makes more than %(detail)s competencies, the most that a framework "
        "takes. Leave some out, or make two frameworks of it."
    ),
    Fault.TOO_MANY_AREAS: gettext_lazy(
        "The file has more than %(detail)s areas, the most that a framework takes. "
        "Put what belongs together into one."
    ),
}
PART: Mapping[Fault, Promise] = {
    Fault.TOO_MANY_CELLS: gettext_lazy(
        "has more cells than the header’s %(detail)s; put quotes around a cell that "
        "holds the delimiter"
    ),
    Fault.BAD_SHAPE: gettext_lazy(
        "“%(detail)s” holds something else than it should; see an export"
    ),
    Fault.BAD_CHARACTER: gettext_lazy(
        "“%(detail)s” holds a character that no text has; type it anew"
    ),
    Fault.NO_AREA: gettext_lazy("stands in no area: say which"),
    Fault.NO_NAME: gettext_lazy("has no name"),
    Fault.TOO_LONG: gettext_lazy("“%(detail)s” is longer than %(also)s letters"),
    Fault.BAD_KEY: gettext_lazy(
        "“%(detail)s” is no key; leave it empty for a new competency"
    ),
    Fault.UNKNOWN_LEVEL: gettext_lazy(
        "“%(detail)s” is no level, or there twice: the five are %(also)s"
    ),
    Fault.LEVEL_COUNT: gettext_lazy(
        "has %(detail)s levels: give five, from novice to expert"
    ),
    Fault.UNKNOWN_CATEGORY: gettext_lazy("“%(detail)s” is no flaw category"),
    Fault.NAME_TWICE: gettext_lazy("“%(detail)s” is there already, at %(also)s"),
    Fault.KEY_TWICE: gettext_lazy("has the key of the competency at %(also)s"),
    Fault.NAME_TAKEN: gettext_lazy(
        "another competency that stays is called “%(detail)s”; choose another name"
    ),
}


def of_file(bad: BadFramework | BadFile) -> str:
    """What is wrong with a whole file, and what to do."""
    if isinstance(bad, BadFramework):
        return str(FILE[bad.fault]) % {"detail": bad.detail}
    if bad.fault == FileFault.TOO_LARGE:
        text = _(
            "The file is larger than %(size)s MB. 2,000 competencies have about 2."
        )
        return text % {"size": MAX_BYTES // 1024**2}
    if bad.fault == FileFault.MISSING_COLUMNS:
        levels = _("The five levels are %(levels)s.") % {"levels": ", ".join(LEVELS)}
        return f"{of_table(bad)} {levels}"
    return of_table(bad)


def of_row(row: Row) -> str:
    """What is wrong with a competency; nothing where all is well."""
    if row.fault is None:
        return ""
    return str(PART[row.fault]) % {"detail": row.detail, "also": row.also}
