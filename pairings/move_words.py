"""What new dates of a program move, in words and counts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings.models import Enrolment
from pairings.rescheduling import Effect, Move


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the preview: whose, what, and the two days or a word for none."""

    whose: str
    what: str
    was: date | None
    will: date | None


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    count: int
    about: str


def rows(moves: Iterable[Move]) -> list[Row]:
    """The moves that a page shows."""
    shown = list(moves)
    ids = {pk for move in shown for pk in move.people}
    people = Enrolment.objects.select_related("membership__user").in_bulk(ids)
    return [_row(move, [str(people[pk]) for pk in move.people]) for move in shown]


def _row(move: Move, names: Sequence[str]) -> Row:
    whats = {
        "place": _("last day in the program"),
        "pair_start": _("first day of the pair"),
        "pair_end": _("last day of the pair"),
        "milestone": _("milestone “%(name)s”"),
        "session": _("planned session %(name)s"),
    }
    what = whats[move.what] % {"name": move.name}
    return Row(_whose(*names), what, move.was, move.will)


def _whose(name: str, mentor: str = "") -> str:
    if not mentor:
        return name
    return _("%(junior)s with %(mentor)s") % {"junior": name, "mentor": mentor}


def figures(effect: Effect) -> Sequence[Figure]:
    """How much of each kind moves, and how much stays that would have."""
    moved = Counter(move.what for move in effect.changed)
    steps = [move for move in effect.changed if move.what == "milestone"]
    added = sum(move.was is None for move in steps)
    gone = sum(move.will is None for move in steps)
    stays = Counter(move.why for move in effect.moves)
    texts = {"added": added, "gone": gone, "by_hand": stays["by_hand"]}
    found = [
        Figure(
            _("milestones that move"),
            len(steps) - added - gone,
            _("%(added)s more are added and %(gone)s go") % texts,
        ),
        Figure(
            _("signed milestones that stay"),
            stays["signed"],
            _("and %(by_hand)s that were moved before") % texts,
        ),
        Figure(
            _("pairs with other days"),
            len({m.pk for m in effect.changed if m.what in ("pair_start", "pair_end")}),
            _("they begin or end with the program"),
        ),
        Figure(
            _("people with another last day"),
            moved["place"],
            _("they end with the program"),
        ),
    ]
    if moved["session"]:
        text = _("they would lie outside their pair’s days")
        found.append(Figure(_("sessions called off"), moved["session"], text))
    return found


def done(effect: Effect) -> str:
    """What confirming did, in a sentence."""
    count = sum(move.what == "milestone" for move in effect.changed)
    if not count:
        return _("The new dates are set. No milestone moved.")
    text = ngettext(
        "The new dates are set, and %(n)s milestone changed with them.",
        "The new dates are set, and %(n)s milestones changed with them.",
        count,
    )
    return text % {"n": count}
