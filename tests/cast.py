"""The fixed cast that plays every story: Tidewater Freight, and one outsider."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone

from pairings.models import (
    Enrolment,
    EnrolmentSkill,
    Pairing,
    Program,
    ProgramStaff,
    Skill,
)
from preceptor.accounts.models import Membership, Organisation, User
from tests.factories import (
    EnrolmentFactory,
    MembershipFactory,
    OrganisationFactory,
    PairingFactory,
    ProgramFactory,
    UserFactory,
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Ruth leads the program; Tomasz mentors Ines; the rest is unpaired.

    Mei is a member without any part in it; Otto belongs to another organisation.
    """

    tidewater: Organisation
    olga: Membership
    mark: Membership
    ruth: Membership
    otis: Membership
    tomasz: Membership
    anjali: Membership
    ines: Membership
    devon: Membership
    mai: Membership
    lars: Membership
    mei: Membership
    otto: Membership
    program: Program
    tomasz_enrolled: Enrolment
    anjali_enrolled: Enrolment
    ines_enrolled: Enrolment
    devon_enrolled: Enrolment
    mai_enrolled: Enrolment
    pairing: Pairing


NAMES = {
    "lars": "Lars Nilsen",
    "ruth": "Ruth Adeyemi",
    "otis": "Otis Grant",
    "tomasz": "Tomasz Wieczorek",
    "anjali": "Anjali Mehta",
    "ines": "Ines Carvalho",
    "devon": "Devon Marsh",
    "mai": "Mai Tran",
    "olga": "Olga Petersen",
    "mark": "Mark Osei",
    "mei": "Mei Lin",
    "otto": "Otto Lang",
}
ROLES = {
    "olga": Membership.Role.OWNER,
    "mark": Membership.Role.MANAGER,
    "otto": Membership.Role.OWNER,
}
TEAMS = {
    "tomasz": ("mentor", "Integrations"),
    "ines": ("junior", "Integrations"),
    "anjali": ("mentor", "Billing"),
    "devon": ("junior", "Customer web"),
    "mai": ("junior", "Billing"),
}


def make_cast(today: date | None = None) -> Cast:
    """The program began ten weeks before `today`; Ines and Tomasz are a pair since.

    Hundreds of tests begin with it, so that it takes one query a table.
    """
    today = today or timezone.localdate()
    tidewater, harbour = Organisation.objects.bulk_create(
        [
            OrganisationFactory.build(name="Tidewater Freight", slug="tidewater"),
            OrganisationFactory.build(name="Harbour Works", slug="harbour"),
        ]
    )
    members = _members(tidewater, elsewhere={"otto": harbour})
    program = ProgramFactory.create(
        organisation=tidewater,
        name="Preceptorship, spring",
        starts_on=today - timedelta(days=70),
    )
    ProgramStaff.objects.bulk_create(
        ProgramStaff(
            organisation=tidewater,
            program=program,
            membership=members[name],
            role=role,
        )
        for name, role in (("ruth", "lead"), ("otis", "observer"))
    )
    enrolled = _enrolments(program, members)
    by_name: dict[str, Any] = {**members, **enrolled}
    return Cast(
        tidewater=tidewater,
        program=program,
        pairing=PairingFactory.create(
            program=program,
            mentor=enrolled["tomasz_enrolled"],
            junior=enrolled["ines_enrolled"],
        ),
        **by_name,
    )


def _members(
    home: Organisation, elsewhere: dict[str, Organisation]
) -> dict[str, Membership]:
    """Everybody who is named, with an account and its verified address."""
    users = User.objects.bulk_create(
        UserFactory.build(full_name=full_name) for full_name in NAMES.values()
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True)
        for user in users
    )
    rows = Membership.objects.bulk_create(
        MembershipFactory.build(
            organisation=elsewhere.get(name, home),
            user=user,
            role=ROLES.get(name, Membership.Role.MEMBER),
        )
        for name, user in zip(NAMES, users, strict=True)
    )
    return dict(zip(NAMES, rows, strict=True))


def _enrolments(
    program: Program, members: dict[str, Membership]
) -> dict[str, Enrolment]:
    """Both sides of the program; Lars manages the junior of his team."""
    rows = Enrolment.objects.bulk_create(
        EnrolmentFactory.build(
            program=program,
            membership=members[name],
            side=side,
            team=team,
            line_manager=members["lars"] if name == "ines" else None,
        )
        for name, (side, team) in TEAMS.items()
    )
    _skills(rows, "python", "postgresql")
    return {f"{name}_enrolled": row for name, row in zip(TEAMS, rows, strict=True)}


def _skills(rows: Sequence[Enrolment], *names: str) -> None:
    """Everybody has all of them, in the usual degree."""
    skills = Skill.objects.bulk_create(
        Skill(organisation=rows[0].organisation, name=name) for name in names
    )
    EnrolmentSkill.objects.bulk_create(
        EnrolmentSkill(organisation=row.organisation, enrolment=row, skill=skill)
        for row in rows
        for skill in skills
    )
