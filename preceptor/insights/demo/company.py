"""Tidewater Freight, half-way through its year."""

import hashlib
from datetime import date, datetime, timedelta
from random import Random

from django.db import transaction

from preceptor.accounts.models import Membership, Organisation
from preceptor.insights.demo import (
    afterwards,
    ahead,
    alumni,
    apart,
    assessments,
    autonomy,
    cast,
    checkins,
    cohorts,
    delivering,
    doors,
    evaluations,
    evidence,
    frameworks,
    holidays,
    kinds,
    messages,
    own_data,
    people,
    plans,
    present,
    programs,
    proposals,
    reminded,
    returns,
    settled,
    together,
    told,
    waiting,
)
from preceptor.insights.demo.calendar import sittings
from preceptor.insights.demo.programs import ZONE, Pair
from preceptor.insights.demo.sessions import Rows, Writer
from preceptor.insights.figures.closing import close_months
from reviews.demo_changes.catalog import DemoChange, changes
from reviews.models import Blob


@transaction.atomic
def build(*, seed: int, now: datetime) -> Organisation:
    """Write the whole company: the same seed and moment give the same rows."""
    with told.unseen():
        organisation, everybody = _build(seed, now.astimezone(ZONE))
        told.write(organisation, everybody, now.astimezone(ZONE))
    return organisation


def _build(seed: int, now: datetime) -> tuple[Organisation, dict[str, Membership]]:
    rng = Random(seed)
    organisation = people.found(now)
    everybody = people.hire(organisation, now)
    frameworks.write(organisation, everybody, now)
    holidays.write(organisation, now.date())
    doors.write(organisation, now)
    kinds.write(organisation)
    pairs = programs.run(organisation, everybody, now.date(), cast.FIRST)
    pairs += programs.run(organisation, everybody, now.date(), cast.SECOND)
    _sessions(pairs, stored(organisation), now, rng)
    ahead.write(pairs, now)
    ahead.notes(pairs, now)
    ahead.subscriptions(pairs, now)
    plans.write(pairs, now, rng)
    holidays.close_a_day(everybody[cast.OWNER], now)
    checkins.write(pairs, now, Random(seed))
    assessments.write(pairs, now, Random(seed))
    evidence.write(pairs, now, Random(seed))
    autonomy.write(pairs, now)
    together.write(pairs, now)
    cohorts.write(organisation, everybody, stored(organisation), now, rng)
    proposals.write(organisation, everybody, now)
    evaluations.write(pairs, now, Random(seed))
    waiting.write(organisation, everybody, pairs, now)
    program = pairs[0].pairing.program
    returns.write(program, everybody[cast.LEAD], now)
    delivering.write(program, everybody[cast.OWNER], now, Random(seed))
    returns.mail(program, everybody, now)
    settled.write(program, everybody, now)
    messages.run_before(everybody, now)
    settled.refuse(program)
    reminded.write(now)
    own_data.write(everybody, now)
    messages.run_now(everybody, now)
    alumni.write(organisation, everybody, now, Random(seed))
    close_months(now)
    return organisation, everybody


def stored(organisation: Organisation) -> dict[str, Blob]:
    """The bytes of each change, by its slug; written where they are missing."""
    digests = {one.slug: hashlib.sha256(one.diff).digest() for one in changes()}
    Blob.objects.bulk_create(
        (
            Blob(organisation=organisation, sha256=digests[one.slug], body=one.diff)
            for one in changes()
        ),
        ignore_conflicts=True,
    )
    rows = Blob.objects.filter(organisation=organisation, sha256__in=digests.values())
    by_digest = {bytes(row.sha256): row for row in rows}
    return {slug: by_digest[digest] for slug, digest in digests.items()}


def _sessions(
    pairs: list[Pair], blobs: dict[str, Blob], now: datetime, rng: Random
) -> None:
    rows = Rows()
    to_read = {pair.plot.junior: _shuffled(pair.plot.junior, rng) for pair in pairs}
    for pair in pairs:
        queue = to_read[pair.plot.junior]
        writer = Writer(pair, blobs, rng, rows)
        scene = present.SCENES.get(pair.plot.junior)
        spare = queue.pop() if scene is not None else None
        _past(writer, queue, now)
        if scene is not None and spare is not None:
            scene(writer, spare, now)
    afterwards.write(rows, now)
    apart.write(rows, now)
    rows.save()


def _shuffled(junior: str, rng: Random) -> list[DemoChange]:
    """The order in which a junior meets the changes; the last one is kept for today."""
    queue = list(changes())
    rng.shuffle(queue)
    if present.SCENES.get(junior) is present.half_read:
        queue.sort(key=lambda change: present.OF_THIS_WEEK.get(change.slug, 0))
    if present.SCENES.get(junior) is present.taking_apart:
        queue.sort(key=lambda change: change.slug == present.REVISED)
    return queue


def _past(writer: Writer, queue: list[DemoChange], now: datetime) -> None:
    """What the pair held so far; the latest sitting takes the end of the queue."""
    pairing = writer.pair.pairing
    met = sittings(
        (pairing.starts_on, pairing.ends_on),
        now.date(),
        writer.pair.plot.fate,
        len(queue),
        writer.rng,
    )
    days = [sitting.held_on for sitting in met[1:]]
    following = [*days, _after(writer, met[-1].held_on, now)]
    for sitting, next_on in zip(met, following, strict=True):
        if sitting.is_full:
            change = queue.pop(-1 if sitting is met[-1] else 0)
            writer.closed(sitting, change, next_on)
        else:
            writer.logged(sitting, writer.rng.randrange(100), next_on)


def _after(writer: Writer, latest: date, now: datetime) -> date | None:
    """When the pair meets next, as agreed in its latest session."""
    plot = writer.pair.plot
    if plot.fate == "ended":
        return None
    if plot.junior in present.SCENES:
        return _working_day(now.date())
    return latest + timedelta(weeks=1)


def _working_day(day: date) -> date:
    """The day itself, or the Monday after it."""
    is_weekend = day.weekday() > 4
    return day + timedelta(days=7 - day.weekday()) if is_weekend else day
