from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import formats
from django.utils.translation import gettext as _

from pairings.models import Enrolment, Pairing, Program, ProgramStaff
from preceptor.accounts.models import Membership
from preceptor.http import Conflict


def locked(program: Program) -> Program:
    """The program as it is now, held until the transaction ends."""
    return Program.objects.select_for_update(no_key=True).get(pk=program.pk)


def create_program(*, actor: Membership, **fields: Any) -> Program:
    """A new program in the actor's organisation."""
    try:
        with transaction.atomic():
            return Program.objects.create(organisation=actor.organisation, **fields)
    except IntegrityError as error:
        raise _named_twice(error) from error


@transaction.atomic
def edit_program(*, actor: Membership, program: Program, **fields: Any) -> Program:
    """New settings. Whoever's time ended with the program moves with its end."""
    row = locked(program)
    old_end = row.ends_on
    _refuse_to_leave_outside(row, fields["starts_on"], fields["ends_on"])
    for name, value in fields.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save(update_fields=list(fields))
    except IntegrityError as error:
        raise _named_twice(error) from error
    row.enrolments.filter(ends_on=old_end).update(ends_on=row.ends_on)
    return row


def _named_twice(error: IntegrityError) -> Exception:
    if "program_name" not in str(error):
        return error
    return ValidationError(
        {"name": _("Another program has this name. Give this one a name of its own.")}
    )


def _refuse_to_leave_outside(program: Program, start: date, end: date) -> None:
    before = Q(starts_on__lt=start)
    pairs = Pairing.objects.filter(program=program).with_people()
    for field, outside in (("starts_on", before), ("last_on", Q(ends_on__gt=end))):
        if pairing := pairs.filter(outside).order_by("starts_on", "-ends_on").first():
            raise ValidationError(
                {
                    field: _(
                        "%(junior)s and %(mentor)s are a pair from %(first)s to "
                        "%(last)s, which would lie outside. Choose dates around it, "
                        "or end that pairing first."
                    )
                    % {
                        "junior": pairing.junior,
                        "mentor": pairing.mentor,
                        "first": _day(pairing.starts_on),
                        "last": _day(pairing.last_on),
                    }
                }
            )
    people = Enrolment.objects.filter(program=program, ends_on__gt=end)
    own_end = people.exclude(ends_on=program.ends_on).with_people().order_by("-ends_on")
    if end < program.ends_on and (person := own_end.first()):
        last_on = _day(person.ends_on - timedelta(days=1))
        text = _("%(person)s takes part until %(last)s. Change that first.")
        raise ValidationError({"last_on": text % {"person": person, "last": last_on}})


def _day(value: date) -> str:
    return formats.date_format(value, "j F Y")


@transaction.atomic
def add_staff(
    *, actor: Membership, program: Program, membership: Membership, role: str
) -> ProgramStaff:
    """Makes a member lead or observer, or changes which of the two they are."""
    locked(program)
    if not (membership.is_active and membership.user.is_active):
        text = _("%(person)s is deactivated. Activate them first.")
        raise ValidationError({"email": text % {"person": membership}})
    if role != ProgramStaff.Role.LEAD:
        _keep_a_lead(actor, program, membership)
    staff, _is_new = ProgramStaff.objects.update_or_create(
        program=program,
        membership=membership,
        defaults={"role": role, "organisation": program.organisation},
    )
    return staff


@transaction.atomic
def remove_staff(*, actor: Membership, staff: ProgramStaff) -> None:
    """Takes somebody off the staff; only a manager takes the last lead off."""
    locked(staff.program)
    _keep_a_lead(actor, staff.program, staff.membership)
    staff.delete()


def _keep_a_lead(actor: Membership, program: Program, leaving: Membership) -> None:
    leads = ProgramStaff.objects.filter(program=program, role=ProgramStaff.Role.LEAD)
    is_last = leads.filter(membership=leaving).exists() and leads.count() == 1
    if is_last and not actor.is_manager:
        raise Conflict(
            _(
                "%(person)s is the program’s only lead. Add another lead first, or "
                "ask a manager of the organisation."
            )
            % {"person": leaving}
        )
