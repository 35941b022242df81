"""Who stays, by cohort: the juniors of a program, from the first day of their pairing.

**The company.** Somebody who leaves the program stays a member, so that leaving the
company is seen all the same: nothing competes with it, and a curve of Kaplan and Meier
says what share is still there. Whoever is there is censored on the last day counted.

**The program.** Who left the company can't leave the program any more: the two compete,
so that Aalen and Johansen's shares say what became of a cohort. Whoever came to the end
of their time, or of their completion review, is no longer at risk from then on.

Somebody who left the company within a month of leaving the program left the company:
the one is how the other was written down.

**Nobody is named.** There is no curve of fewer than ten people. Between ten and twenty
it has a point every half year, else every month, and never the day on which somebody
left. It ends where fewer than five are still looked at. The last day counted is that of
the last closed month, so that no two days can be compared.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Max, Min, Q
from django.utils.translation import gettext as _

from pairings.models import Enrolment, Pairing, Program
from preceptor.insights.figures.estimates import Estimate, Reason, Withheld
from preceptor.insights.figures.quarters import last_closed, next_month
from preceptor.insights.figures.survival import (
    STAYED,
    Life,
    Logrank,
    Step,
    aalen_johansen,
    at_risk,
    kaplan_meier,
    logrank,
    no_event,
    value_on,
)
from progress.models import Milestone

COMPANY, PROGRAM = 1, 2
FEWEST, MANY, AT_RISK = 10, 20, 5
"""No curve below the first, by the month from the second, its end below the last."""

LONGEST = 24
DAYS_A_MONTH = 365.25 / 12
SAME = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Point:
    """After so many months: how many are still looked at, and what share is there."""

    month: int
    at_risk: int
    share: Estimate


@dataclass(frozen=True, slots=True)
class Course:
    """After so many months of a program: who is in it, and what the others left.

    The three add up to all.
    """

    month: int
    at_risk: int
    stays: Estimate
    left_program: Estimate
    left_company: Estimate

    @property
    def shares(self) -> tuple[Estimate, Estimate, Estimate]:
        return self.stays, self.left_program, self.left_company


@dataclass(frozen=True, slots=True)
class Curve:
    """Of one cohort; `people` began in it by the last day counted."""

    program: int
    name: str
    people: int
    company: tuple[Point, ...] | Withheld
    course: tuple[Course, ...] | Withheld

    @property
    def is_shown(self) -> bool:
        return not isinstance(self.company, Withheld)

    def told(self) -> Iterator[tuple[str, int, int, Estimate]]:
        """Every share: of what, after how many months, of how many at risk."""
        points = () if isinstance(self.company, Withheld) else self.company
        courses = () if isinstance(self.course, Withheld) else self.course
        for point in points:
            yield _("with the company"), point.month, point.at_risk, point.share
        for one in courses:
            yield _("in the program"), one.month, one.at_risk, one.stays
            yield _("left the program"), one.month, one.at_risk, one.left_program
            yield _("left the company"), one.month, one.at_risk, one.left_company


@dataclass(frozen=True, slots=True)
class Retention:
    """`compared` says whether the cohorts that are shown leave the company alike."""

    last_on: date
    curves: tuple[Curve, ...]
    compared: Logrank | None


class Stay(NamedTuple):
    """One junior's time; ends are the first day after it. None: not so far."""

    began_on: date
    left_company: date | None
    ends_on: date
    program_ends_on: date
    completed_on: date | None


def last_counted(now: datetime, zone: ZoneInfo) -> date:
    """The last day of the last closed month."""
    return next_month(last_closed(now, zone)) - timedelta(days=1)


def retention(programs: Iterable[Program], as_of: date) -> Retention:
    """One query for any number of programs, in their order."""
    shown = list(programs)
    stays = _stays([program.pk for program in shown], as_of)
    lives = {
        program.pk: [company_life(stay, as_of) for stay in stays[program.pk]]
        for program in shown
    }
    curves = tuple(
        Curve(
            program=program.pk,
            name=program.name,
            people=len(lives[program.pk]),
            company=company_curve(lives[program.pk]),
            course=program_course(
                [program_life(stay, as_of) for stay in stays[program.pk]]
            ),
        )
        for program in shown
    )
    told = [lives[curve.program] for curve in curves if curve.is_shown]
    return Retention(as_of, curves, logrank(told))


def company_life(stay: Stay, as_of: date) -> Life:
    """Until the day of leaving the company, or still there on the last day counted."""
    left = stay.left_company
    if left is not None and left <= as_of:
        return max((left - stay.began_on).days, 0), COMPANY
    return (as_of - stay.began_on).days, STAYED


def program_life(stay: Stay, as_of: date) -> Life:
    """Until the first of both ends, of the time, or of what was counted."""
    ends: list[tuple[date, int]] = [(as_of, STAYED)]
    company, left = stay.left_company, left_program(stay)
    if company is not None:
        # Before any other end of the same day.
        first = left if left and company - left <= SAME else company
        ends.append((min(company, first), COMPANY))
    if left is not None and not (company and company - left <= SAME):
        ends.append((left, PROGRAM))
    if left is None:
        ends.append((stay.completed_on or stay.ends_on, STAYED))
    day, cause = min(ends, key=lambda end: (end[0], end[1] == STAYED, end[1]))
    return max((day - stay.began_on).days, 0), cause


def left_program(stay: Stay) -> date | None:
    """The day on which somebody left it before its end and without completing."""
    is_early = stay.ends_on < stay.program_ends_on
    return stay.ends_on if is_early and stay.completed_on is None else None


def company_curve(lives: Sequence[Life]) -> tuple[Point, ...] | Withheld:
    if withheld := _withheld(lives):
        return withheld
    steps = kaplan_meier(lives)
    return tuple(
        Point(month, n, _stays_at(steps, day, n, len(lives)))
        for month, day, n in _grid(lives)
    )


def _withheld(lives: Sequence[Life]) -> Withheld | None:
    """Why there is no curve: too few people, or nothing behind its beginning yet."""
    if len(lives) < FEWEST:
        return Withheld(Reason.COHORT)
    return Withheld(Reason.YOUNG) if len(_grid(lives)) < 2 else None


def program_course(lives: Sequence[Life]) -> tuple[Course, ...] | Withheld:
    if withheld := _withheld(lives):
        return withheld
    people = len(lives)
    stays = kaplan_meier(lives)
    left = {cause: aalen_johansen(lives, cause) for cause in (PROGRAM, COMPANY)}
    return tuple(
        Course(
            month=month,
            at_risk=n,
            stays=_stays_at(stays, day, n, people),
            left_program=_left_at(left[PROGRAM], day, n, people),
            left_company=_left_at(left[COMPANY], day, n, people),
        )
        for month, day, n in _grid(lives)
    )


def _grid(lives: Sequence[Life]) -> list[tuple[int, int, int]]:
    """Month, day and who is at risk, as long as enough are; the beginning too."""
    every = 1 if len(lives) >= MANY else 6
    found = []
    for month in range(0, LONGEST + 1, every):
        day = round(month * DAYS_A_MONTH)
        n = at_risk(lives, day)
        if n < AT_RISK:
            break
        found.append((month, day, n))
    return found


def _stays_at(steps: Sequence[Step], day: int, n: int, people: int) -> Estimate:
    step = value_on(steps, day)
    if step is None:
        return Estimate(1.0, no_event(n) if day else 1.0, 1.0, n, people)
    return Estimate(step.value, step.low, step.high, n, people)


def _left_at(steps: Sequence[Step], day: int, n: int, people: int) -> Estimate:
    step = value_on(steps, day)
    if step is None or not step.value:
        return Estimate(0.0, 0.0, 1 - no_event(n) if day else 0.0, n, people)
    return Estimate(step.value, step.low, step.high, n, people)


def _stays(programs: Sequence[int], as_of: date) -> Mapping[int, list[Stay]]:
    """By program, the juniors who had begun by then."""
    pairs = "pairings_as_junior"
    begun = Q(**{f"{pairs}__kind": Pairing.Kind.PRIMARY})
    begun &= ~Q(**{f"{pairs}__state": Pairing.State.PROPOSED})
    reviewed = Q(plan__milestones__kind=Milestone.Kind.COMPLETION)
    rows = Enrolment.objects.juniors().filter(program__in=programs)
    columns = (
        rows.annotate(
            began_on=Min(f"{pairs}__starts_on", filter=begun),
            reviewed_at=Max("plan__milestones__signed_at", filter=reviewed),
        )
        .filter(began_on__lte=as_of)
        .values_list(
            *("program_id", "began_on", "membership__left_at"),
            *("ends_on", "program__ends_on", "reviewed_at", "organisation__time_zone"),
        )
    )
    found: dict[int, list[Stay]] = defaultdict(list)
    for program, began_on, left_at, ends_on, last, reviewed_at, zone in columns:
        there = ZoneInfo(zone)
        found[program].append(
            Stay(
                began_on, _day(left_at, there), ends_on, last, _day(reviewed_at, there)
            )
        )
    return found


def _day(at: datetime | None, zone: ZoneInfo) -> date | None:
    return at.astimezone(zone).date() if at else None
