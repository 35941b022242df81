"""What two people must fulfil to become a pair: each rule raises `ValidationError`."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings.drafts import Draft, Held
from pairings.models import Enrolment, Pairing, Program
from pairings.seats import peak

FIRST_STEP_WITHIN = timedelta(days=7)


def refuse(draft: Draft, held: Held) -> None:
    """Everything that stands against a pair beside those that are held already.

    Mentor and junior are as they are now; for a write the program's lock is held, and
    so are their memberships.
    """
    mentor, junior = draft.mentor, draft.junior
    span = draft.starts_on, draft.ends_on
    refuse_sides(mentor, junior)
    refuse_inactive(mentor=mentor, junior=junior)
    refuse_dates(mentor, junior, *span)
    refuse_first_step(draft)
    _refuse_same_two(draft, held)
    if draft.kind == Pairing.Kind.PRIMARY:
        _refuse_without_seat(draft, held)
        _refuse_taken(draft, held)


def refuse_sides(mentor: Enrolment, junior: Enrolment) -> None:
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


def refuse_inactive(**people: Enrolment) -> None:
    for field, person in people.items():
        if not (person.membership.is_active and person.membership.user.is_active):
            text = _("%(person)s is deactivated. Activate them, or choose another.")
            raise ValidationError({field: text % {"person": person}})


def refuse_dates(mentor: Enrolment, junior: Enrolment, start: date, end: date) -> None:
    program = junior.program
    if end <= start:
        raise ValidationError(
            {"last_on": _("The last day lies before the first. Change one of them.")}
        )
    if fault := _outside(program, start):
        raise ValidationError({"starts_on": fault})
    for person in (junior, mentor):
        if end > person.ends_on:
            text = _("%(person)s takes part until %(last)s. End by then.")
            raise ValidationError(
                {"last_on": text % {"person": person, "last": said(person.last_on)}}
            )


def refuse_start(program: Program, start: date) -> None:
    """Of the field itself, before anybody is chosen."""
    if fault := _outside(program, start):
        raise ValidationError(fault)


def _outside(program: Program, start: date) -> str:
    if program.starts_on <= start < program.ends_on:
        return ""
    text = _("The program runs from %(first)s to %(last)s. Start within it.")
    return text % {"first": said(program.starts_on), "last": said(program.last_on)}


def refuse_first_step(draft: Draft) -> None:
    step = draft.first_step
    if step is None:
        return
    latest = draft.starts_on + FIRST_STEP_WITHIN
    if not draft.starts_on <= step.on <= latest:
        text = _("The first step is taken in the first week: by %(last)s.")
        raise ValidationError({"first_step_on": text % {"last": said(latest)}})


def _refuse_same_two(draft: Draft, held: Held) -> None:
    who = {"mentor": draft.mentor, "junior": draft.junior}
    for one in held.of_junior(draft.junior, draft.starts_on, draft.ends_on):
        if one.mentor_id != draft.mentor.pk:
            continue
        if one.is_standing:
            text = _("%(mentor)s and %(junior)s are a pair in these dates already.")
            raise ValidationError({"mentor": text % who})
        if one.is_proposed:
            text = _("%(mentor)s and %(junior)s are proposed to each other already.")
            raise ValidationError({"mentor": text % who})


def _refuse_without_seat(draft: Draft, held: Held) -> None:
    mentor, span = draft.mentor, (draft.starts_on, draft.ends_on)
    taking = held.of_mentor(mentor, *span)
    if peak(((one.starts_on, one.ends_on) for one in taking), *span) < mentor.seats:
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


def _refuse_taken(draft: Draft, held: Held) -> None:
    """The junior has, or waits for, no other primary mentor; one that goes is none."""
    if waiting := held.proposals_of(draft.junior):
        text = _(
            "%(junior)s is proposed to %(mentor)s. Wait for their answer, or take that "
            "proposal back first."
        )
        who = {"junior": draft.junior, "mentor": waiting[0].mentor}
        raise ValidationError({"mentor": text % who})
    goes = draft.replaces
    in_dates = held.of_junior(draft.junior, *draft.days)
    for one in in_dates:
        if one.kind == Pairing.Kind.PRIMARY and not (goes and one.pk == goes.pk):
            raise paired_already(one)


def paired_already(other: Pairing) -> ValidationError:
    text = _(
        "%(junior)s has %(mentor)s as primary mentor from %(first)s to %(last)s. "
        "Choose other dates, make this one secondary, or end that pairing first."
    )
    words = {
        "junior": other.junior,
        "mentor": other.mentor,
        "first": said(other.starts_on),
        "last": said(other.last_on),
    }
    return ValidationError({"starts_on": text % words})


def said(value: date) -> str:
    return formats.date_format(value, "j F Y")
