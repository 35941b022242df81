"""The program before those that run, closed, and the draft of the next one."""

from datetime import date, datetime, timedelta
from random import Random

from pairings.models import Program
from preceptor.accounts.models import Organisation
from preceptor.insights.demo import (
    afterwards,
    apart,
    assessments,
    autonomy,
    cast,
    evidence,
    matching,
    plans,
    sharing,
)
from preceptor.insights.demo.calendar import Sitting
from preceptor.insights.demo.people import Everybody
from preceptor.insights.demo.programs import Pair, at, enrol, pairs_of, staff
from preceptor.insights.demo.sessions import Rows, Writer
from reviews.demo_changes.catalog import changes
from reviews.models import Blob

PILOT_WEEKS, PILOT_BEGAN = 26, timedelta(weeks=37)
NEXT_BEGINS = timedelta(weeks=6)
WEEKS_KEPT = 0.8


def write(
    organisation: Organisation,
    people: Everybody,
    blobs: dict[str, Blob],
    now: datetime,
    rng: Random,
) -> None:
    monday = now.date() - timedelta(days=now.weekday())
    pairs = _pilot(organisation, people, monday - PILOT_BEGAN, now)
    _held(pairs, blobs, now, rng)
    plans.write(pairs, now, rng)
    assessments.write(pairs, now, rng)
    for pair in pairs:
        last = at(pair.pairing.last_on, 18)
        evidence.write([pair], last, rng)
        autonomy.write([pair], last)
    sharing.write(now)
    _draft(organisation, people, monday + NEXT_BEGINS, now)


def _pilot(
    organisation: Organisation, people: Everybody, starts_on: date, now: datetime
) -> list[Pair]:
    """Half a year of two pairs, all of it signed off, and one that stopped early."""
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
    for pair in pairs:
        has_left = pair.plot.junior == cast.LEFT_PILOT
        pair.pairing.end_reason = cast.LEFT_BECAUSE if has_left else cast.PILOT_OVER
        pair.pairing.save()
        pair.pairing.junior.ends_on = pair.pairing.ends_on
        pair.pairing.junior.save()
    return pairs


def _held(
    pairs: list[Pair], blobs: dict[str, Blob], now: datetime, rng: Random
) -> None:
    """Most weeks of each pair: over a change as long as there is one, else logged."""
    rows = Rows()
    for pair in pairs:
        writer = Writer(pair, blobs, rng, rows)
        queue = [one for one in changes() if not one.talk_name]
        rng.shuffle(queue)
        weeks = (pair.pairing.ends_on - pair.pairing.starts_on).days // 7
        for week in range(weeks):
            day = pair.pairing.starts_on + timedelta(weeks=week, days=2)
            if rng.random() >= WEEKS_KEPT:
                continue
            if queue and week % 2:
                writer.closed(Sitting(day, True), queue.pop(), None)
            else:
                writer.logged(Sitting(day, False), rng.randrange(100), None)
    afterwards.write(rows, now)
    apart.write(rows, now)
    rows.save()


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
