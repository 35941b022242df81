"""How the milestones of the built-in templates are called, and what each is for."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from progress.schedule import Point

HALF_YEAR = 6


def name_of(point: Point) -> str:
    if point.kind == "check_in":
        is_half = point.month == HALF_YEAR
        return _("Half year") if is_half else _("Month %(n)d") % {"n": point.month}
    return {
        "first_meeting": _("First meeting"),
        "needs_assessment": _("Needs assessment"),
        "midpoint": _("Midpoint"),
        "completion": _("Completion review"),
    }[point.kind]


def about_of(point: Point) -> str:
    return {
        "first_meeting": _(
            "Agree on a weekly slot, the protected hours, and what each expects of "
            "the other."
        ),
        "needs_assessment": _(
            "After the first sessions: what is already there, what is missing, and "
            "the goals that follow from it."
        ),
        "check_in": _(
            "Look back on the sessions of the last two months, at the goals, and at "
            "who leads."
        ),
        "midpoint": _(
            "Half of the time is over: look back on the sessions and the goals, and "
            "say what the second half is for."
        ),
        "completion": _(
            "Look back on the whole time together and close it, or say what is left."
        ),
    }[point.kind]


def tick_of(kind: str) -> str:
    """What is ticked by hand where a template asks for that."""
    return {
        "first_meeting": _("The weekly slot and the protected hours are agreed"),
        "needs_assessment": _("Both have assessed, and goals follow from it"),
    }[kind]


def reason_of(holidays: Mapping[date, str], nominal: date, due_on: date) -> str:
    """Why something falls due later than it would; empty where it does not."""
    if due_on == nominal or nominal not in holidays:
        return ""
    return _("%(name)s is a holiday") % {"name": holidays[nominal]}
