"""The record of a program by month, read in columns for all its pairs at once."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q

from pairings.models import Enrolment, Pairing, Program, ProgramStaff
from pairings.seats import Seats
from preceptor.accounts.models import Membership
from preceptor.insights.board.facts import Rest, pauses_of
from preceptor.insights.board.weeks import Pace, Span, weeks
from preceptor.insights.figures.months import Averages, Hours, Load, Paced, Stones
from preceptor.insights.figures.quarters import counted_in, next_month
from progress.models import (
    GrowthPlan,
    MentorEvaluation,
    Milestone,
    ProtectedWeek,
    Release,
)
from progress.protected import monday_of
from reviews.models import ReviewSession

DAY, WEEK = timedelta(days=1), timedelta(days=7)


class Pair(NamedTuple):
    """A primary pairing that began."""

    pk: int
    junior: int
    mentor: int
    starts_on: date
    ends_on: date


class Held(NamedTuple):
    """A sitting, and the month that it is counted with."""

    on: date
    minutes: int | None
    month: date


class Plan(NamedTuple):
    pk: int
    junior: int
    starts_on: date
    ends_on: date


class Mentor(NamedTuple):
    """Columns of a mentor's enrolment; `trained_on` is the register's."""

    pk: int
    ends_on: date
    heads: int
    hours: Decimal
    trained_on: date | None


class RecordOf:
    """What is counted of some months, in order; nine queries at any size."""

    def __init__(self, program: Program, months: Sequence[date], zone: ZoneInfo):
        self.program, self.zone = program, zone
        self.span = months[0], next_month(months[-1])
        self.all_pairs = _pairs(program)
        self.rests = pauses_of(program)
        self.held = _held(program, zone)
        self.plans = _plans(program)
        self.told = _told(program)
        self.stones = _stones(program, self.span)
        self.all_mentors = _mentors(program)
        self.released = _released(program, self.span)

    def pairs(self, month: date) -> list[Paced]:
        """Those that stood on a day of the month, or met in it."""
        found = (self._paced(pair, month) for pair in self.all_pairs)
        return [row for row in found if row.days or row.due or row.sessions]

    def _paced(self, pair: Pair, month: date) -> Paced:
        after = next_month(month)
        before, then = (self._weeks(pair, month, day) for day in (month, after))
        met = [one for one in self.held[pair.pk] if one.month == month]
        timed = [one.minutes for one in met if one.minutes]
        return Paced(
            pairing=pair.pk,
            junior=pair.junior,
            kept=then[0] - before[0],
            due=then[1] - before[1],
            sessions=len(met),
            timed=len(timed),
            minutes=sum(timed),
            days=self._days(pair, month, after),
        )

    def _weeks(self, pair: Pair, month: date, until: date) -> tuple[int, int]:
        """Weeks kept and due before a day, of what had come when the month closed.

        A month has what its last day adds to the day before its first, so that a week
        over the turn of a month belongs to one of the two.
        """
        held = [
            self._day(one.on)
            for one in self.held[pair.pk]
            if one.on < until and one.month <= month
        ]
        rests = [self._rest(rest) for rest in self.rests.get(pair.pk, ())]
        stood = self._day(pair.starts_on), self._day(pair.ends_on)
        pace = Pace(
            count=-(-max(stood[1], 1) // 7),
            today=self._day(until),
            every=self.program.cadence_days // 7,
        )
        found = weeks(held, stood, rests, pace)
        return found.kept, found.due

    def _days(self, pair: Pair, first: date, after: date) -> int:
        """How many days of the month a pair stood without a pause."""
        start, end = max(pair.starts_on, first), min(pair.ends_on, after)
        rests = self.rests.get(pair.pk, ())
        days = (start + DAY * n for n in range((end - start).days))
        return sum(not _in_any(day, day + DAY, rests) for day in days)

    def _rest(self, rest: Rest) -> Span:
        since, until = rest
        return self._day(since), 10**6 if until is None else self._day(until)

    def _day(self, day: date) -> int:
        return (day - self.program.starts_on).days

    def milestones(self, month: date) -> list[Stones]:
        """By the day on which the second signed; what was skipped is none."""
        due: Counter[int] = Counter()
        on_time: Counter[int] = Counter()
        for junior, due_on, signed_at in self.stones:
            if month <= due_on < next_month(month):
                due[junior] += 1
                on_time[junior] += _is_by(signed_at, due_on, self.zone)
        return [Stones(junior, n, on_time[junior]) for junior, n in due.items()]

    def hours(self, month: date) -> list[Hours]:
        """Weeks whose Sunday is in the month, those of a pause if they were told."""
        if not self.program.junior_hours:
            return []
        rests: dict[int, list[Rest]] = defaultdict(list)
        for pair in self.all_pairs:
            rests[pair.junior].extend(self.rests.get(pair.pk, ()))
        found = (self._hours(plan, month, rests[plan.junior]) for plan in self.plans)
        return [row for row in found if row.weeks]

    def _hours(self, plan: Plan, month: date, rests: Sequence[Rest]) -> Hours:
        mondays = [
            monday
            for monday in _mondays(month)
            if monday_of(plan.starts_on) <= monday < plan.ends_on
        ]
        had = [self.told.get((plan.pk, monday)) for monday in mondays]
        told = [hours for hours in had if hours is not None]
        untold = sum(
            hours is None and not _in_any(monday, monday + WEEK, rests)
            for monday, hours in zip(mondays, had, strict=True)
        )
        total = float(sum(told, Decimal(0)))
        return Hours(plan.junior, len(told) + untold, len(told), total)

    def mentors(self, month: date) -> list[Load]:
        """Who was enrolled on its last day, if the program ran then."""
        last = next_month(month) - DAY
        if last < self.program.starts_on:
            return []
        taken = Counter(pair.mentor for pair in self.all_pairs if _covers(pair, last))
        return [
            Load(one.pk, taken[one.pk], self._seats(one), _is_trained(one, last))
            for one in self.all_mentors
            if one.ends_on > last
        ]

    def _seats(self, mentor: Mentor) -> int:
        return Seats(
            heads=mentor.heads,
            hours=mentor.hours,
            each=self.program.mentor_hours,
            most=self.program.juniors_per_mentor,
        ).count

    def evaluations(self, month: date) -> list[Averages]:
        return [row for on, row in self.released if month <= on < next_month(month)]


def _in_any(first: date, after: date, rests: Iterable[Rest]) -> bool:
    return any(
        since < after and (until is None or first < until) for since, until in rests
    )


def _is_by(at: datetime | None, day: date, zone: ZoneInfo) -> bool:
    return at is not None and at.astimezone(zone).date() <= day


def _covers(pair: Pair, day: date) -> bool:
    return pair.starts_on <= day < pair.ends_on


def _is_trained(mentor: Mentor, day: date) -> bool:
    return mentor.trained_on is not None and mentor.trained_on <= day


def _mondays(month: date) -> list[date]:
    """Of the weeks whose Sunday is in the month."""
    sunday = monday_of(month) + DAY * 6
    after = next_month(month)
    return [sunday - DAY * 6 + WEEK * n for n in range(5) if sunday + WEEK * n < after]


def _pairs(program: Program) -> list[Pair]:
    rows = Pairing.objects.primary().begun().filter(program=program).order_by("pk")
    columns = rows.values_list("pk", "junior_id", "mentor_id", "starts_on", "ends_on")
    return [Pair(*row) for row in columns]


def _held(program: Program, zone: ZoneInfo) -> Mapping[int, list[Held]]:
    """By pairing, all that ever took place: a stretch may begin before the months."""
    held: dict[int, list[Held]] = defaultdict(list)
    rows = ReviewSession.objects.held().filter(pairing__program=program).order_by()
    for pk, on, minutes, at in rows.values_list(
        "pairing_id", "held_on", "minutes", "closed_at"
    ):
        if on and at:
            held[pk].append(Held(on, minutes, counted_in(on, at, zone)))
    return held


def _plans(program: Program) -> list[Plan]:
    rows = GrowthPlan.objects.filter(junior__program=program).order_by("pk")
    columns = rows.values_list("pk", "junior_id", "starts_on", "junior__ends_on")
    return [Plan(*row) for row in columns]


def _told(program: Program) -> dict[tuple[int, date], Decimal]:
    rows = ProtectedWeek.objects.filter(plan__junior__program=program).order_by()
    return {
        (plan, monday): hours
        for plan, monday, hours in rows.values_list("plan_id", "monday", "hours")
    }


def _stones(
    program: Program, span: tuple[date, date]
) -> list[tuple[int, date, datetime | None]]:
    first, after = span
    rows = Milestone.objects.filter(
        plan__junior__program=program,
        skipped_at=None,
        due_on__gte=first,
        due_on__lt=after,
    )
    return list(
        rows.order_by("plan", "pk").values_list("plan__junior", "due_on", "signed_at")
    )


def _mentors(program: Program) -> list[Mentor]:
    rows = Enrolment.objects.mentors().filter(program=program).order_by("pk")
    trained = "membership__mentor_record__trained_on"
    columns = rows.values_list("pk", "ends_on", "heads", "hours", trained)
    return [Mentor(*row) for row in columns]


def _released(program: Program, span: tuple[date, date]) -> list[tuple[date, Averages]]:
    """Averages of the program's mentors, by the day of their release.

    Who oversees the program reads those of every mentor but themselves: with theirs in
    the sum, they would know them. So those of who may read the sum stay out of it,
    until every pairing behind them is over and they read them as such.
    """
    first, after = span
    mentors = Enrolment.objects.mentors().filter(program=program).values("membership")
    staff = ProgramStaff.objects.filter(program=program).values("membership")
    goes_on = MentorEvaluation.objects.filter(
        Q(pairing__ends_on__gt=F("batch__closed_on"))
        & ~Q(pairing__state=Pairing.State.ENDED),
        batch=OuterRef("batch"),
    )
    roles = [Membership.Role.OWNER, Membership.Role.MANAGER]
    oversees = Q(batch__mentor__in=staff) | Q(batch__mentor__role__in=roles)
    rows = Release.objects.filter(
        batch__mentor__in=mentors,
        batch__closed_on__gte=first,
        batch__closed_on__lt=after,
    ).exclude(oversees & Exists(goes_on))
    columns = rows.order_by("pk").values_list(
        "batch__closed_on", "batch__mentor_id", "question", "n", "mean"
    )
    return [
        (on, Averages(mentor, question, n, float(mean)))
        for on, mentor, question, n, mean in columns
        if on
    ]
