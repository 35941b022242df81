"""What the board says of a pair in words: on the page, and in its files."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings.models import Pairing
from preceptor.insights.board.facts import Stones
from preceptor.insights.board.pairs import Group, Load


def title_of(group: Group) -> str:
    titles = {
        Group.NEEDS: _("Needs attention"),
        Group.COURSE: _("On course"),
        Group.PAUSED: _("Paused"),
        Group.PROPOSED: _("Proposed"),
        Group.ENDED: _("Ended"),
    }
    return titles[group]


def label_of(sessions: int, passed: int, missed: int) -> str:
    """`31 sessions in 37 weeks, 2 missed`: the counts of a strip."""
    met = ngettext("%(n)s session", "%(n)s sessions", sessions) % {"n": sessions}
    weeks = ngettext("%(n)s week", "%(n)s weeks", passed) % {"n": passed}
    text = _("%(sessions)s in %(weeks)s, %(missed)s missed")
    return text % {"sessions": met, "weeks": weeks, "missed": missed or _("none")}


def load_of(load: Load) -> str:
    return ngettext(
        "%(taken)s of %(n)s seat taken", "%(taken)s of %(n)s seats taken", load.seats
    ) % {"taken": load.taken, "n": load.seats}


def no_milestone(stones: Stones | None) -> str:
    """Why there is none to come."""
    return _("no plan yet") if stones is None else _("all signed off")


def away(day: date, today: date) -> str:
    """How far a day is from today."""
    days = (day - today).days
    if days == 0:
        return _("today")
    if days > 0:
        return ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days}
    return ngettext("%(n)s day over", "%(n)s days over", -days) % {"n": -days}


def short_day(day: date, today: date) -> str:
    return date_format(day, "j M" if day.year == today.year else "j M Y")


def phases() -> dict[str, str]:
    """Labels by value, translated once for all rows."""
    return {value: str(label) for value, label in Pairing.Phase.choices}
