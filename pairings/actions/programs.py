from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pairings import ports
from pairings.models import Enrolment, EnrolmentSkill, Program, ProgramStaff
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from preceptor.seen import Seen, Values, changed


def locked(program: Program) -> Program:
    """The program as it is now, held until the transaction ends."""
    return Program.objects.select_for_update(no_key=True).get(pk=program.pk)


def refuse_unless_running(program: Program) -> None:
    """Pairs begin in running programs alone."""
    if program.is_draft:
        raise Conflict(_("This program is a draft: start it first, then pair."))
    if not program.is_running:
        text = _("This program is %(state)s: no pair begins in it any more.")
        raise Conflict(text % {"state": program.get_state_display()})


def refuse_people(program: Program) -> None:
    """People come into drafts and running programs."""
    if not program.takes_people:
        text = _("This program is %(state)s: nobody is enrolled in it any more.")
        raise Conflict(text % {"state": program.get_state_display()})


def refuse_settings(program: Program) -> None:
    """What is over keeps its settings and dates."""
    if not program.takes_people:
        text = _("This program is %(state)s: its settings and dates stay as they are.")
        raise Conflict(text % {"state": program.get_state_display()})


def create_program(*, actor: Membership, **fields: Any) -> Program:
    """A new program in the actor's organisation: a draft."""
    try:
        with transaction.atomic():
            return Program.objects.create(organisation=actor.organisation, **fields)
    except IntegrityError as error:
        raise _named_twice(error) from error


@transaction.atomic
def edit_program(
    *, actor: Membership, program: Program, sent: Values, seen: Seen
) -> Program:
    """New settings; for new dates there is `reschedule`.

    Raises `Stale` where somebody else changed the same since the page showed it.
    """
    row = locked(program)
    refuse_settings(row)
    fields = changed(seen, sent, settings_of(row, sent))
    for name, value in fields.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save(update_fields=list(fields))
    except IntegrityError as error:
        raise _named_twice(error) from error
    return row


def settings_of(program: Program, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(program, name) for name in names}


def _named_twice(error: IntegrityError) -> Exception:
    if "program_name" not in str(error):
        return error
    return ValidationError(
        {"name": _("Another program has this name. Give this one a name of its own.")}
    )


COPIED = (
    "template",
    "cadence_days",
    "juniors_per_mentor",
    "junior_hours",
    "mentor_hours",
    "pass_timeout_days",
    "min_tenure_months",
    "autonomy_weeks",
    "approval",
)
"""The settings that a duplicate takes over."""

OF_A_PLACE = (
    "side",
    "team",
    "product_areas",
    "works_from",
    "works_until",
    "languages",
    "about",
    "heads",
    "hours",
    "line_manager_id",
)
"""What of somebody's place goes with them into a duplicate."""


@transaction.atomic
def duplicate_program(
    *,
    actor: Membership,
    program: Program,
    name: str,
    starts_on: date,
    sides: Sequence[str],
) -> Program:
    """A draft with the same settings and staff over as many days, from another day.

    `sides` says which people come along; they end with the new program. Nobody who is
    deactivated does, and no pairing.
    """
    copy = create_program(
        actor=actor,
        name=name,
        starts_on=starts_on,
        ends_on=starts_on + (program.ends_on - program.starts_on),
        **{field: getattr(program, field) for field in COPIED},
    )
    _come_along(program, copy, sides)
    for action in ports.duplicated:
        action(program, copy)
    return copy


def _come_along(program: Program, copy: Program, sides: Sequence[str]) -> None:
    """Its staff, and people of these sides with their skills, into the copy."""
    of_copy = {"organisation_id": copy.organisation_id, "program": copy}
    active = {"membership__is_active": True, "membership__user__is_active": True}
    staff = program.staff.filter(**active).order_by("pk")
    ProgramStaff.objects.bulk_create(
        ProgramStaff(**of_copy, membership_id=row.membership_id, role=row.role)
        for row in staff
    )
    people = list(program.enrolments.filter(**active, side__in=sides).order_by("pk"))
    places = Enrolment.objects.bulk_create(
        Enrolment(
            **of_copy,
            membership_id=row.membership_id,
            ends_on=copy.ends_on,
            **{field: getattr(row, field) for field in OF_A_PLACE},
        )
        for row in people
    )
    _copy_skills({was.pk: new for was, new in zip(people, places, strict=True)})


def _copy_skills(places: Mapping[int, Enrolment]) -> None:
    """Gives new places the skills of others, by those others' ids."""
    rows = EnrolmentSkill.objects.filter(enrolment__in=places).order_by("pk")
    EnrolmentSkill.objects.bulk_create(
        EnrolmentSkill(
            organisation_id=row.organisation_id,
            enrolment=places[row.enrolment_id],
            skill_id=row.skill_id,
            degree=row.degree,
        )
        for row in rows
    )


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
