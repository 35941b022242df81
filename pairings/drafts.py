"""A pair that somebody means to make: who, when, and what they do first."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
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

    @property
    def last_on(self) -> date:
        return self.ends_on - timedelta(days=1)

    @property
    def days(self) -> tuple[date, date]:
        return self.starts_on, self.ends_on


class Held:
    """The pairings that count against a new one: all but declined proposals."""

    def __init__(self, pairings: Iterable[Pairing]) -> None:
        self._by_mentor: dict[int, list[Pairing]] = defaultdict(list)
        self._by_junior: dict[int, list[Pairing]] = defaultdict(list)
        for pairing in pairings:
            self.add(pairing)

    @classmethod
    def around(cls, people: Iterable[Enrolment]) -> "Held":
        """Those that some people are in, on either side."""
        ids = [person.pk for person in people]
        either = Q(mentor__in=ids) | Q(junior__in=ids)
        rows = Pairing.objects.filter(either, declined_at=None)
        return cls(rows.with_people().order_by("starts_on", "pk"))

    def add(self, pairing: Pairing) -> None:
        self._by_mentor[pairing.mentor_id].append(pairing)
        self._by_junior[pairing.junior_id].append(pairing)

    def of_junior(self, junior: Enrolment, start: date, end: date) -> list[Pairing]:
        """Those of a junior with some day of `[start, end)`."""
        return _within(self._by_junior.get(junior.pk, ()), start, end)

    def proposals_of(self, junior: Enrolment) -> list[Pairing]:
        """Primary ones that wait for an answer, whenever they are to begin."""
        every = self._by_junior.get(junior.pk, ())
        primary = (one for one in every if one.kind == Pairing.Kind.PRIMARY)
        return [one for one in primary if one.is_proposed]

    def of_mentor(self, mentor: Enrolment, start: date, end: date) -> list[Pairing]:
        """Those that take a seat of a mentor on some day of `[start, end)`."""
        found = _within(self._by_mentor.get(mentor.pk, ()), start, end)
        return [one for one in found if one.kind == Pairing.Kind.PRIMARY]


def _within(pairings: Iterable[Pairing], start: date, end: date) -> list[Pairing]:
    """Those with some day in common; one that ended on its first day has none."""
    return [
        one for one in pairings if max(one.starts_on, start) < min(one.ends_on, end)
    ]
