"""Rows for tests; each factory makes what its row refers to beside it."""

from datetime import timedelta
from typing import Any

import factory
from allauth.account.models import EmailAddress
from django.utils import timezone
from factory.django import DjangoModelFactory

from pairings.actions.skills import set_skills
from pairings.models import Enrolment, Pairing, Program
from preceptor.accounts.models import Membership, Organisation, User

PASSWORD = "correct horse battery staple"


class OrganisationFactory(DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Organisation {n}")
    slug = factory.Sequence(lambda n: f"organisation-{n}")
    time_zone = "Europe/London"


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    full_name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.LazyAttribute(
        lambda user: f"{user.full_name.lower().replace(' ', '.')}@example.com"
    )
    time_zone = "Europe/London"
    password = factory.django.Password(PASSWORD)

    @factory.post_generation  # type: ignore[untyped-decorator]
    def verified(self, create: bool, extracted: bool | None, **kwargs: Any) -> None:
        if create:
            EmailAddress.objects.create(
                user=self,
                email=self.email,
                verified=extracted is not False,
                primary=True,
            )


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    organisation = factory.SubFactory(OrganisationFactory)
    user = factory.SubFactory(UserFactory)


class ProgramFactory(DjangoModelFactory[Program]):
    class Meta:
        model = Program

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Program {n}")
    state = Program.State.RUNNING
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=70))
    ends_on = factory.LazyAttribute(lambda p: p.starts_on + timedelta(days=364))


class EnrolmentFactory(DjangoModelFactory[Enrolment]):
    class Meta:
        model = Enrolment

    program = factory.SubFactory(ProgramFactory)
    organisation = factory.SelfAttribute("program.organisation")
    membership = factory.SubFactory(
        MembershipFactory, organisation=factory.SelfAttribute("..organisation")
    )
    side = Enrolment.Side.JUNIOR
    team = "Integrations"
    ends_on = factory.SelfAttribute("program.ends_on")


class PairingFactory(DjangoModelFactory[Pairing]):
    """A pairing as a bare row: nothing is announced, no plan begins."""

    class Meta:
        model = Pairing

    program = factory.SubFactory(ProgramFactory)
    organisation = factory.SelfAttribute("program.organisation")
    mentor = factory.SubFactory(
        EnrolmentFactory,
        program=factory.SelfAttribute("..program"),
        side=Enrolment.Side.MENTOR,
    )
    junior = factory.SubFactory(
        EnrolmentFactory, program=factory.SelfAttribute("..program")
    )
    starts_on = factory.SelfAttribute("program.starts_on")
    ends_on = factory.SelfAttribute("program.ends_on")


def give_skills(enrolment: Enrolment, **degrees: int) -> None:
    """These and no others, as `give_skills(mai, python=3)`."""
    set_skills(enrolment.organisation_id, {enrolment.pk: list(degrees.items())})
