"""What profiles and the register say in a sentence."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings.languages import NAMES
from pairings.models import EnrolmentSkill
from pairings.seats import Seats

Degree = EnrolmentSkill.Degree


def degrees(*, is_mentor: bool) -> dict[int, str]:
    """What a degree is called on a side: strength, or how much it matters."""
    if is_mentor:
        return {
            Degree.LITTLE: _("knows it"),
            Degree.SOME: _("knows it well"),
            Degree.MUCH: _("teaches it"),
        }
    return {
        Degree.LITTLE: _("would be nice"),
        Degree.SOME: _("wants it"),
        Degree.MUCH: _("wants it most"),
    }


def languages() -> dict[str, str]:
    """The names of languages by code, as the reader calls them."""
    return {code: _(name) for code, name in NAMES.items()}


def of_languages(codes: list[str]) -> str:
    names = languages()
    return ", ".join(names.get(code, code) for code in codes)


def of_seats(seats: Seats) -> str:
    """How many, and how it comes about: the smallest of what limits them."""
    count = ngettext("%(n)s seat", "%(n)s seats", seats.count) % {"n": seats.count}
    facts = {
        "count": count,
        "heads": seats.heads,
        "hours": number_format(seats.hours.normalize(), use_l10n=True),
        "each": number_format(seats.each.normalize(), use_l10n=True),
        "by_hours": seats.by_hours,
        "most": seats.most,
    }
    if seats.by_hours is None:
        return (
            _(
                "%(count)s: the smaller of %(heads)s by heads and %(most)s that the "
                "program allows a mentor. It asks no hours for a junior."
            )
            % facts
        )
    return (
        _(
            "%(count)s: the smallest of %(heads)s by heads, %(by_hours)s by hours "
            "(%(hours)s a week, %(each)s for each junior) and %(most)s that the "
            "program allows a mentor."
        )
        % facts
    )
