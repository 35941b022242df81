from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pairings.models import Pairing, Pause
from pairings.rescheduling import Move, Timetable
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from reviews.calendars import weekly
from reviews.models import ChangeSuggestion, ReviewSession, ReviewSessionQuerySet

State = ReviewSession.State


@transaction.atomic
def plan(
    *,
    pairing: Pairing,
    starts_at: datetime,
    weeks: int,
    minutes: int,
    led_by: str,
    now: datetime,
) -> list[ReviewSession]:
    """Plans a sitting, or a weekly series of them; planned twice, it is one.

    A series keeps its hour by the organisation's clock. Raises Conflict where the
    pairing is over by then, or the program is closed.
    """
    pairing = _standing(pairing)
    slots = _slots(pairing, starts_at, weeks)
    planned = _planned_at(pairing, slots)
    if len(planned) == weeks:
        return planned
    if planned:
        raise _taken(planned[0])
    series = uuid4() if weeks > 1 else None
    return ReviewSession.objects.bulk_create(
        ReviewSession(
            organisation_id=pairing.organisation_id,
            pairing=pairing,
            mentor=pairing.mentor.membership,
            junior=pairing.junior.membership,
            state=State.PLANNED,
            planned_at=slot,
            planned_minutes=minutes,
            led_by=led_by,
            series=series,
            slot_at=slot if series else None,
            arranged_at=now,
            opened_at=now,
        )
        for slot in slots
    )


def _slots(pairing: Pairing, starts_at: datetime, weeks: int) -> list[datetime]:
    zone = ZoneInfo(pairing.organisation.time_zone)
    slots = weekly(starts_at, weeks, zone)
    if slots[-1].astimezone(zone).date() >= pairing.ends_on:
        raise Conflict(
            _("The pairing ends on %(day)s: nothing can be planned beyond it.")
            % {"day": date_format(pairing.last_on, "j F Y")}
        )
    return slots


def _standing(pairing: Pairing) -> Pairing:
    rows = Pairing.objects.with_people().select_related("organisation")
    row = rows.select_for_update(of=("self",)).get(pk=pairing.pk)
    if not row.is_standing:
        raise Conflict(_("This pairing has ended: nothing can be planned in it."))
    if not row.program.is_running:
        raise Conflict(_("The program is closed: nothing new is planned in it."))
    return row


def _planned_at(pairing: Pairing, slots: Sequence[datetime]) -> list[ReviewSession]:
    rows = ReviewSession.objects.planned().filter(pairing=pairing)
    return list(rows.filter(planned_at__in=slots).order_by("planned_at"))


def _taken(row: ReviewSession) -> Conflict:
    return Conflict(
        _("A session is planned for %(time)s already.")
        % {"time": _said(row.planned_at)}
    )


@transaction.atomic
def move(
    *,
    session: ReviewSession,
    sequence: int,
    starts_at: datetime,
    minutes: int,
    led_by: str,
    is_following: bool,
    now: datetime,
) -> None:
    """Moves a planned session, and with `is_following` all later ones of its series.

    Raises Conflict where it was moved, opened or cancelled in between, or where
    another is planned at the new time.
    """
    row = _as_seen(session, sequence)
    zone = ZoneInfo(row.organisation.time_zone)
    if starts_at.astimezone(zone).date() >= row.pairing.ends_on:
        raise Conflict(_("The pairing is over by then: choose an earlier day."))
    rows = _following(row) if is_following else ReviewSession.objects.filter(pk=row.pk)
    by = _wall(starts_at, zone) - _wall(row.starts_at, zone)
    moved = list(rows.order_by("planned_at"))
    for one in reversed(moved) if by > timedelta() else moved:
        one.planned_at = (
            (_wall(one.starts_at, zone) + by).replace(tzinfo=zone).astimezone(UTC)
        )
        one.planned_minutes, one.led_by = minutes, led_by
        _save(one)
    _announce(row, now)


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """What the clock of a zone shows."""
    return moment.astimezone(zone).replace(tzinfo=None)


def _save(session: ReviewSession) -> None:
    try:
        with transaction.atomic():
            session.save(update_fields=["planned_at", "planned_minutes", "led_by"])
    except IntegrityError as error:
        raise Conflict(
            _("Another session is planned for %(time)s.")
            % {"time": _said(session.planned_at)}
        ) from error


@transaction.atomic
def cancel(*, session: ReviewSession, is_following: bool, now: datetime) -> None:
    """Calls a planned session off, or with it all later ones; twice is once."""
    row = _locked(session)
    if row.cancelled_at is not None:
        return
    if not row.is_planned:
        raise _no_longer_planned(row)
    rows = _following(row) if is_following else ReviewSession.objects.filter(pk=row.pk)
    _call_off(rows, now)
    _announce(row, now)


@transaction.atomic
def call_off_all(pairing: Pairing) -> None:
    """What was planned for after the end of a pairing does not come about."""
    now = timezone.now()
    rows = ReviewSession.objects.planned().filter(pairing=pairing)
    for row in rows.select_for_update():
        _call_off(ReviewSession.objects.filter(pk=row.pk), now)
        _announce(row, now)


@transaction.atomic
def call_off_beyond(pairing: Pairing) -> None:
    """What was planned for days that a pairing has lost does not come about."""
    now, zone = timezone.now(), ZoneInfo(pairing.organisation.time_zone)
    rows = ReviewSession.objects.planned().filter(pairing=pairing)
    for row in rows.select_for_update():
        if row.starts_at.astimezone(zone).date() >= pairing.ends_on:
            _call_off(ReviewSession.objects.filter(pk=row.pk), now)
            _announce(row, now)


@transaction.atomic
def call_off_paused(pause: Pause) -> None:
    """What was planned for the days of a pause does not come about."""
    now = timezone.now()
    rows = ReviewSession.objects.planned().filter(pairing=pause.pairing_id)
    for row in rows.select_for_update():
        planned_on = timezone.localdate(row.planned_at)
        if pause.starts_on <= planned_on and not (
            pause.back_on and pause.back_on <= planned_on
        ):
            _call_off(ReviewSession.objects.filter(pk=row.pk), now)
            _announce(row, now)


def sessions_outside(timetable: Timetable) -> list[Move]:
    """Planned sessions that new dates of a program leave outside their pairing."""
    return [
        Move("session", row.pk, _people_of(row.pairing), row.code, day, None)
        for row, day in _outside(timetable)
    ]


def _people_of(pairing: Pairing) -> tuple[int, int]:
    return pairing.junior_id, pairing.mentor_id


def call_off_outside(timetable: Timetable) -> None:
    """Calls them off, as at the end of a pairing."""
    now = timezone.now()
    for row, _day in _outside(timetable):
        _call_off(ReviewSession.objects.filter(pk=row.pk), now)
        _announce(row, now)


def _outside(timetable: Timetable) -> Iterator[tuple[ReviewSession, date]]:
    """Each with its day by the organisation's clock."""
    zone = ZoneInfo(timetable.program.organisation.time_zone)
    rows = ReviewSession.objects.planned().filter(pairing__in=timetable.spans)
    for row in rows.select_related("pairing").order_by("planned_at", "pk"):
        day = row.starts_at.astimezone(zone).date()
        start, end = timetable.spans[row.pairing_id]
        if not start <= day < end:
            yield row, day


def _call_off(rows: ReviewSessionQuerySet, now: datetime) -> None:
    rows.planned().update(
        state=State.ABANDONED,
        closed_at=now,
        cancelled_at=now,
        version=F("version") + 1,
    )


def suggest(
    *, actor: Membership, pairing: Pairing, title: str, link: str, reason: str
) -> None:
    """Names a change for a next session; the same by the same person is one."""
    ChangeSuggestion.objects.update_or_create(
        organisation_id=pairing.organisation_id,
        pairing=pairing,
        author=actor,
        title=title,
        defaults={"link": link, "reason": reason, "session": None},
    )


def _following(row: ReviewSession) -> ReviewSessionQuerySet:
    """What is planned of a series from a session on."""
    series = ReviewSession.objects.series_of(row).planned()
    return series.filter(planned_at__gte=row.planned_at)


def _announce(row: ReviewSession, now: datetime) -> None:
    """A calendar takes the higher number; a series has one for all."""
    ReviewSession.objects.series_of(row).update(
        sequence=F("sequence") + 1, arranged_at=now, version=F("version") + 1
    )


def _locked(session: ReviewSession) -> ReviewSession:
    rows = ReviewSession.objects.select_related("pairing", "organisation")
    return rows.select_for_update(of=("self",)).get(pk=session.pk)


def _as_seen(session: ReviewSession, sequence: int) -> ReviewSession:
    row = _locked(session)
    if not row.is_planned:
        raise _no_longer_planned(row)
    if row.sequence != sequence:
        raise Conflict(
            _("This was moved in between: it is planned for %(time)s now.")
            % {"time": _said(row.planned_at)}
        )
    return row


def _no_longer_planned(row: ReviewSession) -> Conflict:
    if row.cancelled_at is not None:
        return Conflict(_("This session was cancelled in between."))
    return Conflict(_("The change has come and the session is open already."))


def _said(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "l, j F, H:i")
