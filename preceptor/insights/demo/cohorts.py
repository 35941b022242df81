"""The program before those that run, closed, and the draft of the next one."""

from datetime import date, datetime, timedelta
from random import Random

from pairings.models import Pairing, Program
from preceptor.accounts.models import Organisation
from preceptor.insights.demo import cast, matching, plans
from preceptor.insights.demo.calendar import Sitting
from preceptor.insights.demo.people import Everybody
from preceptor.insights.demo.programs import at, enrol, pairs_of, staff
from preceptor.insights.demo.sessions import Rows, Writer

PILOT_WEEKS, PILOT_BEGAN = 26, timedelta(weeks=37)
NEXT_BEGINS = timedelta(weeks=6)
WEEKS_KEPT = 0.8


def write(
    organisation: Organisation, people: Everybody, now: datetime, rng: Random
) -> None:
    monday = now.date() - timedelta(days=now.weekday())
    _pilot(organisation, people, monday - PILOT_BEGAN, now, rng)
    _draft(organisation, people, monday + NEXT_BEGINS, now)


def _pilot(
    organisation: Organisation,
    people: Everybody,
    starts_on: date,
    now: datetime,
    rng: Random,
) -> None:
    """Half a year of two pairs, all of it signed off; both juniors mentor today."""
    program = Program.objects.create(
        organisation=organisation,
        name=f"Preceptorship pilot {starts_on.year}",
        state=Program.State.CLOSED,
        template=Program.Template.HALF_YEAR,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(weeks=PILOT_WEEKS),
        created_at=at(starts_on - timedelta(days=7), 10),
    )
    staff(program, people)
    enrolments = enrol(program, people, cast.PILOT, now.date())
    pairs = pairs_of(program, enrolments, people, cast.PILOT, now.date())
    Pairing.objects.filter(program=program).update(end_reason=cast.PILOT_OVER)
    rows = Rows()
    for pair in pairs:
        writer = Writer(pair, {}, rng, rows)
        for week in range(PILOT_WEEKS):
            if rng.random() < WEEKS_KEPT:
                day = starts_on + timedelta(weeks=week, days=2)
                writer.logged(Sitting(day, False), rng.randrange(100), None)
    rows.save()
    plans.write(pairs, now, rng)


def _draft(
    organisation: Organisation, people: Everybody, starts_on: date, now: datetime
) -> None:
    """Peopled and matched, not started: nobody but its staff knows of it."""
    program = Program.objects.create(
        organisation=organisation,
        name="Preceptorship, next cohort",
        starts_on=starts_on,
        ends_on=starts_on + timedelta(weeks=52),
        approval=Program.Approval.BOTH,
        created_at=now - timedelta(days=4),
    )
    staff(program, people)
    enrol(program, people, cast.NEXT, now.date())
    matching.write(program, people[cast.LEAD], now)
