"""What the board says of a pair in words: on the page, and in its files."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings.models import Pairing
from preceptor.insights.board.facts import Stones
from preceptor.insights.board.pairs import Group, Load
from preceptor.insights.board.weeks import Weeks


def title_of(group: Group) -> str:
    titles = {
        Group.NEEDS: _("Needs attention"),
        Group.COURSE: _("On course"),
        Group.PAUSED: _("Paused"),
        Group.PROPOSED: _("Proposed"),
        Group.ENDED: _("Ended"),
    }
    return titles[group]


def label_of(weeks: Weeks) -> str:
    """`31 sessions in 37 weeks, 2 missed`: the counts of a strip."""
    met = ngettext("%(n)s session", "%(n)s sessions", weeks.sessions)
    passed = ngettext("%(n)s week", "%(n)s weeks", weeks.passed)
    text = _("%(sessions)s in %(weeks)s, %(missed)s missed")
    return text % {
        "sessions": met % {"n": weeks.sessions},
        "weeks": passed % {"n": weeks.passed},
        "missed": weeks.missed or _("none"),
    }


def load_of(load: Load) -> str:
    return ngettext(
        "%(taken)s of %(n)s seat taken", "%(taken)s of %(n)s seats taken", load.seats
    ) % {"taken": load.taken, "n": load.seats}


def standing_of(stones: Stones | None) -> tuple[str, str, bool]:
    """The next milestone, how it stands, and whether it is late."""
    if stones is None:
        return "", _("no plan yet"), False
    if not stones.days:
        return "", _("all signed off"), False
    days = (stones.days[0] - stones.today).days
    if days == 0:
        return stones.names[0], _("today"), False
    if days > 0:
        text = ngettext("in %(n)s day", "in %(n)s days", days)
        return stones.names[0], text % {"n": days}, False
    text = ngettext("%(n)s day over", "%(n)s days over", -days)
    return stones.names[0], text % {"n": -days}, True


def short_day(day: date, today: date) -> str:
    return date_format(day, "j M" if day.year == today.year else "j M Y")


def phases() -> dict[str, str]:
    """Labels by value, translated once for all rows."""
    return {value: str(label) for value, label in Pairing.Phase.choices}
