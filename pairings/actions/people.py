from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings import tasks
from pairings.actions.profiles import (
    drop_wishes,
    locked_place,
    place_of,
    write_place,
)
from pairings.actions.programs import locked, refuse_people
from pairings.actions.skills import set_skills
from pairings.models import Enrolment, Pairing, PairingQuerySet, Program
from pairings.roster.circles import circle_of
from pairings.roster.effects import NAMED
from pairings.roster.skills import Said, settled
from preceptor.accounts.models import Membership, Organisation, User
from preceptor.seen import Seen, Values, changed

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to let in: name and time zone are used if they have no account yet."""

    email: str
    name: str = ""
    time_zone: str = ""


def admit(organisation: Organisation, people: Sequence[Person]) -> dict[str, int]:
    """Makes everybody a member; answers the memberships' ids by e-mail.

    Who is new gets an account without a password: they come in by an e-mailed code,
    which proves the address, or set a password by reset. Who has an account elsewhere
    goes by the given name until they come in. Safe beside another admission.
    """
    names = {person.email: person.name or person.email for person in people}
    known = set(_users(names))
    users = _open_accounts(organisation, people, known)
    Membership.objects.bulk_create(
        [
            Membership(
                organisation=organisation,
                user_id=user,
                called=names[email] if email in known else "",
            )
            for email, user in users.items()
        ],
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    rows = Membership.objects.filter(
        organisation=organisation, user__in=users.values()
    ).values_list("user", "pk")
    of_user = dict(rows)
    return {email: of_user[user] for email, user in users.items()}


def _open_accounts(
    organisation: Organisation, people: Sequence[Person], known: set[str]
) -> dict[str, int]:
    """Accounts for those whose e-mail is not known; everybody's id by e-mail."""
    User.objects.bulk_create(
        [
            User(
                email=person.email,
                full_name=person.name,
                time_zone=person.time_zone or organisation.time_zone,
                password=make_password(None),
            )
            for person in people
            if person.email not in known
        ],
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    users = _users([person.email for person in people])
    EmailAddress.objects.bulk_create(
        [
            EmailAddress(user_id=user, email=email, primary=True, verified=False)
            for email, user in users.items()
            if email not in known
        ],
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    return users


def _users(emails: Iterable[str]) -> dict[str, int]:
    rows = User.objects.annotate(address=Lower("email"))
    return dict(rows.filter(address__in=list(emails)).values_list("address", "pk"))


@transaction.atomic
def enrol(
    *,
    actor: Membership,
    program: Program,
    person: Person,
    places: Mapping[str, object],
    skills: Iterable[Said],
    tell: bool,
) -> Enrolment:
    """Gives somebody a place in a program at once, so that they can be paired.

    `places` holds the fields of the enrolment. With `tell` they get a mail that says
    where they were enrolled and how to sign in; not of a draft, which they don't see.
    """
    program = locked(program)
    refuse_people(program)
    membership_id = admit(actor.organisation, [person])[person.email]
    membership = Membership.objects.select_related("user").get(pk=membership_id)
    if not (membership.is_active and membership.user.is_active):
        text = _("%(person)s is deactivated. Activate them first.")
        raise ValidationError({"email": text % {"person": membership}})
    if enrolled := program.enrolments.filter(membership=membership).first():
        text = _("%(person)s is in this program already, as %(side)s.")
        side = enrolled.get_side_display().lower()
        raise ValidationError({"email": text % {"person": membership, "side": side}})
    _refuse_circle(program, membership, places["line_manager"])
    enrolment = Enrolment.objects.create(
        organisation=actor.organisation,
        program=program,
        membership=membership,
        **places,
    )
    set_skills(program.organisation_id, {enrolment.pk: settled(skills, ())})
    if tell and program.is_running:
        send = partial(tasks.tell_enrolled.delay, enrolment.pk, actor.pk)
        transaction.on_commit(send)
    return enrolment


@transaction.atomic
def edit_enrolment(
    *,
    actor: Membership,
    enrolment: Enrolment,
    sent: Values,
    seen: Seen,
) -> Enrolment:
    """Changes a place; refuses what would leave pairings without a ground.

    Raises `Stale` where somebody else changed the same since the page showed it.
    """
    locked(enrolment.program)
    row = locked_place(enrolment)
    places = changed(seen, sent, place_of(row, sent))
    moves = "side" in places and places["side"] != row.side
    if moves and _pairings_of(row).exists():
        text = _(
            "%(person)s has pairings as %(side)s; the side stays while they are kept."
        )
        side = row.get_side_display().lower()
        raise ValidationError({"side": text % {"person": row, "side": side}})
    _refuse_to_cut_pairings(row, places.get("ends_on"))
    _refuse_circle(row.program, row.membership, places.get("line_manager"))
    if moves:
        drop_wishes([row.pk])
    write_place(row, places)
    return row


def _refuse_circle(program: Program, person: Membership, manager: object) -> None:
    """Nobody stands above themselves; the program is held by the caller."""
    if not isinstance(manager, Membership):
        return
    rows = program.enrolments.filter(line_manager__isnull=False)
    above = dict(rows.values_list("membership", "line_manager"))
    circle = circle_of(person.pk, {**above, person.pk: manager.pk})
    if circle:
        people = Membership.objects.select_related("user").in_bulk(circle)
        text = _(
            "The line managers would go in a circle: %(names)s. Each reports to the "
            "next. Name somebody else, or change one of them first."
        )
        names = ", ".join(str(people[pk]) for pk in circle[:NAMED])
        raise ValidationError({"manager": text % {"names": names}})


def _pairings_of(enrolment: Enrolment) -> PairingQuerySet:
    return Pairing.objects.filter(Q(mentor=enrolment) | Q(junior=enrolment))


def _refuse_to_cut_pairings(enrolment: Enrolment, ends_on: object) -> None:
    if not isinstance(ends_on, date) or ends_on >= enrolment.ends_on:
        return
    cut = _pairings_of(enrolment).standing().filter(ends_on__gt=ends_on)
    if pairing := cut.order_by("-ends_on").first():
        text = _(
            "A pairing of theirs runs to %(last)s. Choose that day or a later one."
        )
        last_on = formats.date_format(pairing.last_on, "j F Y")
        raise ValidationError({"last_on": text % {"last": last_on}})


@transaction.atomic
def remove_enrolment(*, actor: Membership, enrolment: Enrolment) -> None:
    """Takes somebody out of a program; refused while it keeps pairings of theirs."""
    locked(enrolment.program)
    if kept := _pairings_of(enrolment).count():
        text = ngettext(
            "%(person)s has %(n)s pairing in this program, and its record is kept. "
            "End the pairing instead, or set their last day.",
            "%(person)s has %(n)s pairings in this program, and their record is kept. "
            "End the pairings instead, or set their last day.",
            kept,
        )
        raise ValidationError(text % {"person": enrolment, "n": kept})
    enrolment.delete()
