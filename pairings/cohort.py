"""The people of a program as the matcher takes them, in a constant number of queries.

A mentor's completed pairings are primary ones that lasted to the last day of their
program, counted in each skill that the junior wanted.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef
from django.utils import timezone

from pairings.matching import JuniorIn, MentorIn, Span
from pairings.models import (
    Avoidance,
    Choice,
    Enrolment,
    EnrolmentQuerySet,
    EnrolmentSkill,
    MentorRecord,
    Pairing,
    Program,
)
from pairings.seats import peak
from pairings.zones import Hours, working_day

DAY = 24 * 60
NO_RECORD = MentorRecord()
OF_PERSON = (
    *("organisation", "program", "membership", "team", "product_areas", "languages"),
    *("works_from", "works_until", "heads", "hours", "line_manager"),
    *("membership__called", "membership__organisation__time_zone"),
    "membership__user__time_zone",
)
Degrees = Mapping[int, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class Cohort:
    """Juniors without a mentor, and every mentor who may come, by enrolment id."""

    juniors: tuple[JuniorIn, ...]
    mentors: tuple[MentorIn, ...]


def first_day(program: Program) -> date:
    """The day for which a run is made: today, or the program's first day before it."""
    return max(program.starts_on, timezone.localdate())


def cohort_of(program: Program, on: date) -> Cohort:
    """Who is to be paired from a day on, and with whom."""
    juniors = list(waiting(program, on))
    mentors = list(taking_part(program, on).mentors())
    skills, frame = _skills(program), _Frame(on)
    return Cohort(
        tuple(_juniors(program, juniors, skills, frame)),
        tuple(_mentors(program, on, mentors, skills, frame)),
    )


def _juniors(
    program: Program, rows: Iterable[Enrolment], skills: Degrees, frame: "_Frame"
) -> Iterator[JuniorIn]:
    chosen, avoided = _choices(program), _avoidances(program)
    for one in rows:
        yield JuniorIn(
            **frame.of(one),
            wants=skills.get(one.pk, {}),
            manager=one.line_manager_id,
            avoids=tuple(avoided.get(one.pk, ())),
            choices=tuple(chosen.get(one.pk, ())),
        )


def _mentors(
    program: Program,
    on: date,
    rows: Sequence[Enrolment],
    skills: Degrees,
    frame: "_Frame",
) -> Iterator[MentorIn]:
    completed, taken = _completed(program, on), _taken(program, on)
    records = _records(rows)
    for one in rows:
        yield MentorIn(
            **frame.of(one),
            **_recorded(records.get(one.membership_id, NO_RECORD), on),
            offers=skills.get(one.pk, {}),
            heads=min(one.heads, program.juniors_per_mentor),
            weekly_minutes=int(one.hours * 60),
            taken=taken.get(one.pk, 0),
            completed=completed.get(one.membership_id, {}),
        )


def taking_part(program: Program, on: date) -> EnrolmentQuerySet:
    """Who takes part on the day, with what tells their time zone."""
    rows = program.enrolments.filter(
        ends_on__gt=on, membership__is_active=True, membership__user__is_active=True
    )
    rows = rows.select_related("membership__user", "membership__organisation")
    return rows.only(*OF_PERSON).order_by("pk")


def waiting(program: Program, on: date) -> EnrolmentQuerySet:
    """Juniors without a primary mentor, standing or proposed, on the day or later."""
    has = Pairing.objects.primary().exclude(state=Pairing.State.ENDED)
    has = has.filter(junior=OuterRef("pk"), ends_on__gt=on, declined_at=None)
    return taking_part(program, on).juniors().exclude(Exists(has))


def _skills(program: Program) -> Degrees:
    found: dict[int, dict[int, int]] = defaultdict(dict)
    rows = EnrolmentSkill.objects.filter(enrolment__program=program)
    for person, skill, degree in rows.values_list("enrolment", "skill", "degree"):
        found[person][skill] = degree
    return found


def _choices(program: Program) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    rows = Choice.objects.filter(program=program).order_by("junior", "rank")
    for junior, mentor in rows.values_list("junior", "mentor"):
        found[junior].append(mentor)
    return found


def _avoidances(program: Program) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    rows = Avoidance.objects.filter(program=program).order_by("junior", "slot")
    for junior, person in rows.values_list("junior", "person"):
        found[junior].append(person)
    return found


def _records(mentors: Iterable[Enrolment]) -> Mapping[int, MentorRecord]:
    rows = MentorRecord.objects.filter(
        membership__in=[one.membership_id for one in mentors]
    )
    return {record.membership_id: record for record in rows}


def _recorded(record: MentorRecord, on: date) -> dict[str, Any]:
    """What the register says of a mentor; who has no first day in it counts as new."""
    return {
        "tenure_months": record.tenure_on(on) or 0,
        "is_trained": record.trained_on is not None and record.trained_on <= on,
        "is_available": record.is_available_on(on),
    }


def _taken(program: Program, on: date) -> Mapping[int, int]:
    """The seats of each mentor that pairs have on their fullest day to come."""
    spans: dict[int, list[tuple[date, date]]] = defaultdict(list)
    rows = program.pairings.primary().filter(ends_on__gt=on, declined_at=None)
    rows = rows.exclude(state=Pairing.State.ENDED)
    for mentor, start, end in rows.values_list("mentor", "starts_on", "ends_on"):
        spans[mentor].append((start, end))
    return {one: peak(held, on, date.max) for one, held in spans.items()}


def _completed(program: Program, on: date) -> Degrees:
    """Per member and skill, the pairings that lasted to the end of their program."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    rows = Pairing.objects.primary().exclude(state=Pairing.State.PROPOSED)
    rows = rows.filter(
        organisation=program.organisation_id,
        ends_on__lte=on,
        ends_on__gte=F("program__ends_on"),
        junior__skills__isnull=False,
    )
    counted = rows.values_list("mentor__membership", "junior__skills__skill")
    for person, skill, count in counted.annotate(n=Count("pk")).order_by():
        found[person][skill] = count
    return found


class _Frame:
    """What both sides say of themselves, in one spelling and by one clock."""

    def __init__(self, on: date) -> None:
        self.spelling, self.clock = _Spelling(), _Clock(on)

    def of(self, one: Enrolment) -> dict[str, Any]:
        return {
            "id": one.pk,
            "person": one.membership_id,
            "team": self.spelling.of(one.team),
            "areas": self.spelling.all(one.product_areas),
            "languages": tuple(one.languages),
            "work": self.clock.work(one),
        }


class _Spelling:
    """One spelling of a name that people write differently: the first one met."""

    def __init__(self) -> None:
        self.met: dict[str, str] = {}

    def of(self, name: str) -> str:
        name = " ".join(name.split())
        return self.met.setdefault(name.casefold(), name)

    def all(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted({self.of(name) for name in names} - {""}))


class _Clock:
    """Working days as minutes of the UTC day; most people of a program share some."""

    def __init__(self, on: date) -> None:
        self.on = on
        self.met: dict[tuple[str, Hours], tuple[Span, ...]] = {}

    def work(self, one: Enrolment) -> tuple[Span, ...]:
        key = one.membership.time_zone, one.working_hours
        if key not in self.met:
            self.met[key] = spans(*working_day(key[0], self.on, key[1]))
        return self.met[key]


def spans(start: datetime, end: datetime) -> tuple[Span, ...]:
    """What a working day fills of the UTC day; two spans where it passes midnight."""
    first = start.hour * 60 + start.minute
    last = first + int((end - start) / timedelta(minutes=1))
    if last <= DAY:
        return ((first, last),)
    return tuple(sorted({(first, DAY), (0, min(last - DAY, first))}))
