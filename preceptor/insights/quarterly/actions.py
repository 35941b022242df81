"""Reports that a worker makes, and when they are mailed to whom."""

import logging
import time
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from pairings.models import Pairing, Program
from preceptor.accounts.models import Membership, Organisation
from preceptor.accounts.pruning import prune
from preceptor.insights import tasks
from preceptor.insights.figures.quarters import Quarter
from preceptor.insights.models import QuarterReport, ReportReader, ReportSchedule
from preceptor.insights.quarterly.document import Report, as_json, from_json
from preceptor.insights.quarterly.making import of_organisation, of_program
from preceptor.replica import read
from preceptor.seen import Seen, changed
from reviews.taxonomy import spoken

AT_ONCE = 500
"""Over so many pairings it is made while the page waits; a worker makes others."""
SECONDS_BETWEEN = 0.4
FAILED_FOR = timedelta(days=7)
"""For so long whoever asked for a report sees that it could not be made."""
logger = logging.getLogger(__name__)


def is_quick(organisation: Organisation, program: Program | None) -> bool:
    """Whether a page can wait for it; one query, which counts no further."""
    rows = Pairing.objects.filter(organisation=organisation)
    if program is not None:
        rows = rows.filter(program=program)
    return rows[: AT_ONCE + 1].count() <= AT_ONCE


def made(
    organisation: Organisation, program: Program | None, quarter: Quarter, now: datetime
) -> Report:
    """The report as of now."""
    if program is not None:
        return read(partial(of_program, program, quarter, now))
    return read(partial(of_organisation, organisation, quarter, now))


def kept(
    organisation: Organisation, program: Program | None, quarter: Quarter
) -> QuarterReport | None:
    """What a worker made of it or has in hand."""
    return _rows(organisation, program, quarter).first()


def prune_reports(now: datetime) -> int:
    """Made so long ago that whoever asks has it made again, and what never was made."""
    failed = QuarterReport.objects.filter(
        state=QuarterReport.State.FAILED,
        document__isnull=True,
        asked_at__lt=now - FAILED_FOR,
    )
    gone = prune(failed)
    if not settings.REPORT_DAYS:
        return gone
    before = now - timedelta(days=settings.REPORT_DAYS)
    return gone + prune(
        QuarterReport.objects.filter(
            state=QuarterReport.State.DONE, made_at__lt=before, asked_at__lt=before
        )
    )


def report_in(row: QuarterReport | None) -> Report | None:
    """None where it is not made, or where another version made it."""
    if row is None or row.document is None:
        return None
    try:
        return from_json(row.document)
    except msgspec.ValidationError:
        return None


def ask_report(
    *, actor: Membership, program: Program | None, quarter: Quarter, now: datetime
) -> QuarterReport:
    """Has a worker make it anew; what was made stays until then.

    Asked for twice while it is being made, it is made once; what was lost with its
    worker or the queue is given to another.
    """
    with transaction.atomic():
        row, _is_new = QuarterReport.objects.get_or_create(
            organisation_id=actor.organisation_id,
            program=program,
            year=quarter.year,
            number=quarter.number,
            defaults={"state": QuarterReport.State.FAILED},
        )
        in_hand = QuarterReport.objects.in_hand(now)
        taken = QuarterReport.objects.filter(pk=row.pk).exclude(pk__in=in_hand)
        told: dict[str, Any] = {"done_steps": 0, "all_steps": 0, "asked_at": now}
        if taken.update(state=QuarterReport.State.QUEUED, **told):
            transaction.on_commit(partial(_hand_over, row.pk), robust=True)
    row.refresh_from_db()
    return row


def _hand_over(report_id: int) -> None:
    """To a worker; where the queue is away, whoever asked is told so at once."""
    try:
        tasks.make_report.delay(report_id)
    except OperationalError as error:
        logger.error("The report %s could not be queued", report_id, exc_info=error)
        waiting = QuarterReport.objects.filter(
            pk=report_id, state=QuarterReport.State.QUEUED
        )
        waiting.update(state=QuarterReport.State.FAILED)


def take_up(report_id: int) -> None:
    """Makes what a worker was given; says so where it fails.

    What a worker had that was killed the broker gives to another one.
    """
    waiting = QuarterReport.objects.open().filter(pk=report_id)
    if not waiting.update(state=QuarterReport.State.RUNNING):
        return
    rows = QuarterReport.objects.select_related("organisation", "program__organisation")
    row = rows.get(pk=report_id)
    mine = QuarterReport.objects.filter(pk=report_id)
    now, quarter = timezone.now(), Quarter(row.year, row.number)
    try:
        with spoken(row.organisation.own_categories):
            if row.program is not None:
                report = read(partial(of_program, row.program, quarter, now))
            else:
                home, teller = row.organisation, _Teller(report_id)
                report = read(partial(of_organisation, home, quarter, now, teller))
    except Exception as error:  # whatever it was, the page says so
        logger.error("The report %s failed", report_id, exc_info=error)
        mine.update(state=QuarterReport.State.FAILED)
        return
    mine.update(state=QuarterReport.State.DONE, document=as_json(report), made_at=now)


class _Teller:
    """Writes down how far a report is, a few times a second."""

    def __init__(self, report_id: int) -> None:
        self.report_id = report_id
        self.next_at = 0.0

    def __call__(self, done: int, steps: int) -> None:
        if time.monotonic() >= self.next_at:
            self.next_at = time.monotonic() + SECONDS_BETWEEN
            rows = QuarterReport.objects.filter(pk=self.report_id)
            rows.update(done_steps=done, all_steps=steps)


def _rows(
    organisation: Organisation, program: Program | None, quarter: Quarter
) -> "QuerySet[QuarterReport]":
    return QuarterReport.objects.filter(
        organisation=organisation,
        program=program,
        year=quarter.year,
        number=quarter.number,
    )


def schedule_of(
    organisation: Organisation, program: Program | None
) -> ReportSchedule | None:
    rows = ReportSchedule.objects.filter(organisation=organisation, program=program)
    return rows.first()


def said_of(schedule: ReportSchedule | None) -> dict[str, Any]:
    """What stands of a schedule, as its form gives it."""
    if schedule is None:
        return {"day": None, "readers": []}
    readers = schedule.readers.order_by("member").values_list("member", flat=True)
    return {"day": schedule.day, "readers": list(readers)}


@transaction.atomic
def set_schedule(
    *,
    actor: Membership,
    program: Program | None,
    sent: dict[str, Any],
    seen: Seen,
    today: date,
) -> None:
    """Nobody to send to: no schedule. Raises `Stale` where another tab changed it.

    Who unsubscribed by their own preferences gets nothing all the same.
    """
    organisation = actor.organisation
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    schedule = schedule_of(organisation, program)
    stands = said_of(schedule)
    own = {**stands, **changed(seen, sent, stands)}
    if not own["readers"] or own["day"] is None:
        if schedule is not None:
            schedule.delete()
        return
    if schedule is None or schedule.day != own["day"]:
        schedule, _is_new = ReportSchedule.objects.update_or_create(
            organisation=organisation,
            program=program,
            defaults={"day": own["day"], "set_on": today},
        )
    _set_readers(schedule, own["readers"])


def _set_readers(schedule: ReportSchedule, members: Iterable[int]) -> None:
    wanted = set(members)
    schedule.readers.exclude(member__in=wanted).delete()
    ReportReader.objects.bulk_create(
        (
            ReportReader(
                organisation_id=schedule.organisation_id,
                schedule=schedule,
                member_id=member,
            )
            for member in sorted(wanted)
        ),
        ignore_conflicts=True,
    )
