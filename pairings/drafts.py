"""A pair that somebody means to make: who, when, and what they do first."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from pairings.models import Enrolment, Pairing


@dataclass(frozen=True, slots=True)
class FirstStep:
    """What is done first, by whom of the two, and by which day."""

    text: str
    is_juniors: bool
    on: date

    @classmethod
    def usual(cls, starts_on: date) -> "FirstStep":
        """A meeting within the first week, which the mentor sees to."""
        text = _("First meeting: agree how you work together")
        return cls(text, is_juniors=False, on=starts_on + timedelta(days=7))


@dataclass(frozen=True, slots=True)
class Draft:
    """A pair over `[starts_on, ends_on)`; `replaces` ends when it begins."""

    mentor: Enrolment
    junior: Enrolment
    starts_on: date
    ends_on: date
    kind: str = Pairing.Kind.PRIMARY
    first_step: FirstStep | None = None
    replaces: Pairing | None = None
