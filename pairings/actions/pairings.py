from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, Value
from django.db.models.functions import Greatest, Least
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings import ports
from pairings.actions.pauses import settle_pause, today_in
from pairings.actions.programs import locked, refuse_unless_running
from pairings.models import Enrolment, Pairing, RematchRequest
from pairings.seats import peak
from preceptor.accounts.models import Membership
from preceptor.http import Conflict


@transaction.atomic
def pair(
    *,
    actor: Membership,
    mentor: Enrolment,
    junior: Enrolment,
    starts_on: date,
    ends_on: date,
    kind: str = Pairing.Kind.PRIMARY,
) -> Pairing:
    """A pairing of two people of one program over `[starts_on, ends_on)`.

    The program's lock makes the count of a mentor's seats hold until the commit.
    """
    program = locked(mentor.program)
    refuse_unless_running(program)
    mentor, junior = _as_they_are(mentor), _as_they_are(junior)
    mentor.program = junior.program = program
    _refuse_sides(mentor, junior)
    _refuse_inactive(mentor=mentor, junior=junior)
    _refuse_dates(mentor, junior, starts_on, ends_on)
    _refuse_same_two(mentor, junior, starts_on, ends_on)
    if kind == Pairing.Kind.PRIMARY:
        _refuse_without_seat(mentor, starts_on, ends_on)
    pairing = Pairing(
        organisation_id=program.organisation_id,
        program=program,
        mentor=mentor,
        junior=junior,
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
        created_by=actor,
    )
    _save(pairing)
    ports.announce(ports.started, pairing)
    return pairing


def _as_they_are(enrolment: Enrolment) -> Enrolment:
    """The row again, with its membership held: nobody is deactivated in between."""
    rows = Enrolment.objects.select_related("membership__user")
    held = rows.select_for_update(of=("self", "membership"), no_key=True)
    return held.get(pk=enrolment.pk)


def _refuse_sides(mentor: Enrolment, junior: Enrolment) -> None:
    if mentor.pk == junior.pk or mentor.membership_id == junior.membership_id:
        raise ValidationError(
            {"mentor": _("Nobody is their own mentor. Choose somebody else.")}
        )
    if mentor.program_id != junior.program_id:
        raise ValidationError(
            {"mentor": _("The two are in different programs. Choose a mentor of this.")}
        )
    if not mentor.is_mentor:
        text = _("%(person)s is a junior in this program. Choose a mentor.")
        raise ValidationError({"mentor": text % {"person": mentor}})
    if junior.is_mentor:
        text = _("%(person)s is a mentor in this program. Choose a junior.")
        raise ValidationError({"junior": text % {"person": junior}})


def _refuse_inactive(**people: Enrolment) -> None:
    for field, person in people.items():
        if not (person.membership.is_active and person.membership.user.is_active):
            text = _("%(person)s is deactivated. Activate them, or choose another.")
            raise ValidationError({field: text % {"person": person}})


def _refuse_dates(mentor: Enrolment, junior: Enrolment, start: date, end: date) -> None:
    program = junior.program
    if end <= start:
        raise ValidationError(
            {"last_on": _("The last day lies before the first. Change one of them.")}
        )
    if not program.starts_on <= start < program.ends_on:
        text = _("The program runs from %(first)s to %(last)s. Start within it.")
        days = {"first": _day(program.starts_on), "last": _day(program.last_on)}
        raise ValidationError({"starts_on": text % days})
    for person in (junior, mentor):
        if end > person.ends_on:
            text = _("%(person)s takes part until %(last)s. End by then.")
            raise ValidationError(
                {"last_on": text % {"person": person, "last": _day(person.last_on)}}
            )


def _refuse_same_two(
    mentor: Enrolment, junior: Enrolment, start: date, end: date
) -> None:
    both = Pairing.objects.standing().filter(mentor=mentor, junior=junior)
    if both.filter(starts_on__lt=end, ends_on__gt=start).exists():
        text = _("%(mentor)s and %(junior)s are a pair in these dates already.")
        raise ValidationError({"mentor": text % {"mentor": mentor, "junior": junior}})


def _refuse_without_seat(mentor: Enrolment, start: date, end: date) -> None:
    spans = Pairing.objects.taking_seats(start, end).filter(mentor=mentor)
    taken = peak(spans.values_list("starts_on", "ends_on"), start, end)
    if taken < mentor.seats:
        return
    if not mentor.seats:
        text = _("%(mentor)s has no seat: the hours are too few, or heads are zero.")
        raise ValidationError({"mentor": text % {"mentor": mentor}})
    text = ngettext(
        "%(mentor)s is full: the one seat is taken in these dates. Choose another "
        "mentor, or other dates.",
        "%(mentor)s is full: all %(seats)s seats are taken in these dates. Choose "
        "another mentor, or other dates.",
        mentor.seats,
    )
    raise ValidationError({"mentor": text % {"mentor": mentor, "seats": mentor.seats}})


def _save(pairing: Pairing) -> None:
    try:
        with transaction.atomic():
            pairing.save()
    except IntegrityError as error:
        if "pairing_one_primary_at_a_time" not in str(error):
            raise
        raise _paired_already(pairing) from error


def _paired_already(pairing: Pairing) -> ValidationError:
    start, end = pairing.starts_on, pairing.ends_on
    others = Pairing.objects.taking_seats(start, end).filter(junior=pairing.junior)
    other = others.with_people().order_by("starts_on")[0]
    text = _(
        "%(junior)s has %(mentor)s as primary mentor from %(first)s to %(last)s. "
        "Choose other dates, make this one secondary, or end that pairing first."
    )
    return ValidationError(
        {
            "starts_on": text
            % {
                "junior": pairing.junior,
                "mentor": other.mentor,
                "first": _day(other.starts_on),
                "last": _day(other.last_on),
            }
        }
    )


def _day(value: date) -> str:
    return formats.date_format(value, "j F Y")


@transaction.atomic
def end(*, actor: Membership, pairing: Pairing, reason: str, now: datetime) -> Pairing:
    """Ends a pairing today in the organisation's calendar; all it holds stays."""
    today = today_in(actor.organisation, now)
    changed = (
        Pairing.objects.standing()
        .filter(pk=pairing.pk)
        .update(
            state=Pairing.State.ENDED,
            ends_on=Least("ends_on", Greatest("starts_on", today)),
            ended_at=now,
            end_reason=reason,
        )
    )
    pairing.refresh_from_db(fields=["state", "ends_on", "ended_at", "end_reason"])
    if not changed:
        text = _("This pairing is %(state)s already; nothing was changed.")
        raise Conflict(text % {"state": pairing.get_state_display()})
    settle_pause(pairing, today)
    ports.announce(ports.ended, pairing)
    return pairing


@transaction.atomic
def replace(
    *,
    actor: Membership,
    pairing: Pairing,
    mentor: Enrolment,
    starts_on: date,
    ends_on: date,
    reason: str,
    now: datetime,
) -> Pairing:
    """Ends a primary pairing today and gives its junior the next mentor in one step.

    Where one of the two had asked for another match, that is settled by it.
    """
    if mentor.pk == pairing.mentor_id:
        text = _("%(mentor)s is the mentor now. Choose another, or keep the pairing.")
        raise ValidationError({"mentor": text % {"mentor": mentor}})
    ended = end(actor=actor, pairing=pairing, reason=reason, now=now)
    successor = pair(
        actor=actor,
        mentor=mentor,
        junior=ended.junior,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    wishes = RematchRequest.objects.open().filter(pairing=pairing)
    wishes.update(settled_at=now, settled_by=actor, successor=successor)
    return successor


@transaction.atomic
def leave(
    *, actor: Membership, enrolment: Enrolment, reason: str, now: datetime
) -> int:
    """Takes somebody out of the rest of a program; answers how many pairings it ended.

    Their place ends today, its record stays, and juniors they leave wait for a mentor.
    """
    locked(enrolment.program)
    both = Q(mentor=enrolment) | Q(junior=enrolment)
    standing = list(Pairing.objects.standing().filter(both).with_people())
    for pairing in standing:
        end(actor=actor, pairing=pairing, reason=reason, now=now)
    today = today_in(actor.organisation, now)
    earliest = max(today, enrolment.program.starts_on)
    rows = Enrolment.objects.filter(pk=enrolment.pk)
    rows.update(ends_on=Least("ends_on", Value(earliest)))
    return len(standing)
