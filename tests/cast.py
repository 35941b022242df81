"""The fixed cast that plays every story: Tidewater Freight, and one outsider."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from pairings.models import Enrolment, Pairing, Program, ProgramStaff
from preceptor.accounts.models import Membership, Organisation
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


def make_cast(today: date | None = None) -> Cast:
    """The program began ten weeks before `today`; Ines and Tomasz are a pair since."""
    today = today or timezone.localdate()
    tidewater = OrganisationFactory.create(name="Tidewater Freight", slug="tidewater")
    program = ProgramFactory.create(
        organisation=tidewater,
        name="Preceptorship, spring",
        starts_on=today - timedelta(days=70),
    )

    def member(
        full_name: str, role: str = Membership.Role.MEMBER, **user: str
    ) -> Membership:
        return MembershipFactory.create(
            organisation=tidewater,
            user=UserFactory.create(full_name=full_name, **user),
            role=role,
        )

    lars = member("Lars Nilsen")

    def enrol(membership: Membership, side: str, team: str) -> Enrolment:
        is_junior = side == Enrolment.Side.JUNIOR
        return EnrolmentFactory.create(
            program=program,
            membership=membership,
            side=side,
            team=team,
            skills=["python", "postgresql"],
            line_manager=lars if is_junior and team == "Integrations" else None,
        )

    ruth, otis = member("Ruth Adeyemi"), member("Otis Grant")
    for membership, role in ((ruth, "lead"), (otis, "observer")):
        ProgramStaff.objects.create(
            organisation=tidewater, program=program, membership=membership, role=role
        )
    tomasz, anjali = member("Tomasz Wieczorek"), member("Anjali Mehta")
    ines = member("Ines Carvalho")
    devon, mai = member("Devon Marsh"), member("Mai Tran")
    tomasz_enrolled = enrol(tomasz, Enrolment.Side.MENTOR, "Integrations")
    ines_enrolled = enrol(ines, Enrolment.Side.JUNIOR, "Integrations")
    return Cast(
        tidewater=tidewater,
        olga=member("Olga Petersen", Membership.Role.OWNER),
        mark=member("Mark Osei", Membership.Role.MANAGER),
        ruth=ruth,
        otis=otis,
        tomasz=tomasz,
        anjali=anjali,
        ines=ines,
        devon=devon,
        mai=mai,
        lars=lars,
        mei=member("Mei Lin"),
        otto=MembershipFactory.create(
            organisation=OrganisationFactory.create(
                name="Harbour Works", slug="harbour"
            ),
            user=UserFactory.create(full_name="Otto Lang"),
            role=Membership.Role.OWNER,
        ),
        program=program,
        tomasz_enrolled=tomasz_enrolled,
        anjali_enrolled=enrol(anjali, Enrolment.Side.MENTOR, "Billing"),
        ines_enrolled=ines_enrolled,
        devon_enrolled=enrol(devon, Enrolment.Side.JUNIOR, "Customer web"),
        mai_enrolled=enrol(mai, Enrolment.Side.JUNIOR, "Billing"),
        pairing=PairingFactory.create(
            program=program, mentor=tomasz_enrolled, junior=ines_enrolled
        ),
    )
