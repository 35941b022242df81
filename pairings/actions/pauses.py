from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from pairings import ports
from pairings.actions.programs import locked
from pairings.models import Enrolment, Pairing, Pause
from pairings.seats import peak
from preceptor.accounts.models import Membership, Organisation
from preceptor.http import Conflict

EARLIEST_MIDNIGHT = timedelta(hours=14)
"""How far the calendar of the easternmost time zone is ahead of UTC."""


def today_in(organisation: Organisation, now: datetime) -> date:
    """The day in the organisation's calendar."""
    return timezone.localdate(now, ZoneInfo(organisation.time_zone))


@transaction.atomic
def pause(
    *,
    actor: Membership,
    pairing: Pairing,
    back_on: date | None,
    reason: str,
    now: datetime,
    starts_on: date | None = None,
) -> Pause:
    """Takes a primary pairing out of the calendar from a day on, or from today.

    With a day of return what is open of the junior's year moves at once, and so do the
    ends of their time and of the pairing; without one they move when they resume. One
    that lies ahead is kept until its day: see `begin_all_due`.
    """
    today = today_in(actor.organisation, now)
    starts_on = starts_on or today
    refuse_days(pairing, starts_on, back_on, today)
    locked(pairing.program)
    active = Pairing.objects.primary().filter(pk=pairing.pk, state=Pairing.State.ACTIVE)
    free = active.current(starts_on).exclude(pauses__in=Pause.objects.open())
    state = Pairing.State.ACTIVE if starts_on > today else Pairing.State.PAUSED
    if not free.update(state=state):
        raise Conflict(
            _("Only an active pairing can be paused, and one pause at a time.")
        )
    made = Pause.objects.create(
        organisation_id=pairing.organisation_id,
        pairing=pairing,
        starts_on=starts_on,
        back_on=back_on,
        reason=reason,
        created_by=actor,
    )
    if made.days:
        _move_ends(made, made.days)
    ports.announce(ports.paused, made)
    return made


def refuse_days(
    pairing: Pairing, starts_on: date, back_on: date | None, today: date
) -> None:
    """Raises a ValidationError by field: a pause is ahead, in the pairing's days."""
    first = max(today, pairing.starts_on)
    if not first <= starts_on < pairing.ends_on:
        text = _("A pause begins between %(first)s and %(last)s.")
        days = {"first": first, "last": pairing.last_on}
        said = {name: formats.date_format(day, "j F Y") for name, day in days.items()}
        raise ValidationError({"starts_on": text % said})
    if back_on is not None and back_on <= starts_on:
        text = _("The day of return lies after the first day. Choose a later one.")
        raise ValidationError({"back_on": text})


def begin_all_due(now: datetime) -> None:
    """Pauses every pairing of which a pause begins where it is at home."""
    ahead = Pause.objects.open().filter(pairing__state=Pairing.State.ACTIVE)
    latest = (now + EARLIEST_MIDNIGHT).date()
    due = ahead.filter(starts_on__lte=latest)
    for made in due.select_related("organisation", "pairing__program"):
        if made.starts_on <= today_in(made.organisation, now):
            _begin(made)


@transaction.atomic
def _begin(pause: Pause) -> None:
    """Pauses the pairing, unless the pause was called off in between."""
    locked(pause.pairing.program)
    still_open = Pause.objects.open().filter(pk=pause.pk)
    rows = Pairing.objects.filter(state=Pairing.State.ACTIVE)
    rows.filter(pauses__in=still_open).update(state=Pairing.State.PAUSED)


@transaction.atomic
def resume(*, pairing: Pairing, on: date) -> Pause:
    """Brings a pairing back; the year has moved by as long as the pause was.

    A pause that has not begun by then is called off: it was no day long.
    """
    locked(pairing.program)
    standing = Pairing.objects.standing().filter(pk=pairing.pk)
    paused = standing.filter(pauses__in=Pause.objects.open())
    if not paused.update(state=Pairing.State.ACTIVE):
        raise Conflict(_("The pairing is not paused any more; nothing was changed."))
    made = Pause.objects.open().select_related("pairing").get(pairing=pairing)
    _close(made, on, made.days_until(on))
    return made


def resume_all_due(now: datetime) -> None:
    """Brings back every pairing whose day of return has come where it is at home."""
    latest = (now + EARLIEST_MIDNIGHT).date()
    rows = Pause.objects.over(latest).select_related("organisation", "pairing__program")
    for made in rows:
        if made.back_on and made.back_on <= today_in(made.organisation, now):
            resume(pairing=made.pairing, on=made.back_on)


def settle_pause(pairing: Pairing, on: date) -> None:
    """Closes the pause of a pairing that ends in it.

    What was moved for a day of return stays so; a pause without one lasted until now,
    and one that has not begun is called off.
    """
    for made in Pause.objects.open().filter(pairing=pairing):
        stays = made.back_on is not None and made.starts_on <= on
        _close(made, on, made.moved_days if stays else made.days_until(on))


def _close(made: Pause, on: date, days: int) -> None:
    made.resumed_on = max(on, made.starts_on)
    _move_ends(made, days)
    made.save(update_fields=["resumed_on"])
    ports.announce(ports.resumed, made)


def _move_ends(made: Pause, days: int) -> None:
    """Makes the pause worth `days`: by the rest move the ends that it moves.

    They are the junior's, and that of the pairing which lasts until then: this one, or
    the next where it is arranged.
    """
    rest = timedelta(days=days - made.moved_days)
    made.moved_days = days
    made.save(update_fields=["moved_days"])
    junior = Enrolment.objects.get(pairings_as_junior=made.pairing_id)
    last = Pairing.objects.primary().standing().filter(junior=junior)
    last = last.filter(ends_on=junior.ends_on)
    junior.ends_on += rest
    junior.save(update_fields=["ends_on"])
    for pairing in last.with_people():
        move_end(pairing, junior.ends_on)
    made.pairing = Pairing.objects.with_people().get(pk=made.pairing_id)


def move_end(pairing: Pairing, ends_on: date) -> bool:
    """Moves the day on which a pairing ends, unless its mentor has no room till then.

    The end of the mentor's own time moves with it, if that is the program's or later.
    """
    mentor = pairing.mentor
    if mentor.ends_on < ends_on and mentor.ends_on >= pairing.program.ends_on:
        mentor.ends_on = ends_on
        mentor.save(update_fields=["ends_on"])
    if ends_on > pairing.ends_on and not _has_room(pairing, mentor, ends_on):
        return False
    pairing.ends_on = max(ends_on, pairing.starts_on)
    pairing.save(update_fields=["ends_on"])
    return True


def _has_room(pairing: Pairing, mentor: Enrolment, ends_on: date) -> bool:
    """Whether nothing stands in the days that a pairing would gain."""
    gained = pairing.ends_on, ends_on
    taking = Pairing.objects.taking_seats(*gained).exclude(pk=pairing.pk)
    if taking.filter(junior=pairing.junior_id).exists() or mentor.ends_on < ends_on:
        return False
    spans = taking.filter(mentor=mentor).values_list("starts_on", "ends_on")
    return peak(spans, *gained) < mentor.seats
