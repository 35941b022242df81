"""`manage.py demo`: the demonstration organisation, and a large one to measure."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from preceptor.accounts.models import Membership, Organisation
from preceptor.insights.demo import alumni, bulk, cast, company
from preceptor.insights.demo.people import PASSWORD


def positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text} is not a number of at least 1")
    return int(text)


class Command(BaseCommand):
    help = (
        "Loads a demonstration organisation half-way through its year into an empty "
        "database, and says how to sign in."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--seed", type=int, default=1, help="another number, another story"
        )
        parser.add_argument(
            "--pairings",
            type=positive,
            metavar="N",
            help="grow it by N pairings with 50 sessions each, 20 to a program",
        )

    def handle(
        self, *args: Any, seed: int, pairings: int | None, **options: Any
    ) -> None:
        now = timezone.now()
        organisation = self._found(pairings is not None)
        if organisation is None:
            organisation = company.build(seed=seed, now=now)
            self._introduce(organisation)
        if pairings:
            bulk.grow(organisation, pairings, seed=seed, now=now, say=self.stdout.write)

    def _found(self, may_exist: bool) -> Organisation | None:
        """The demonstration organisation, None if the database is empty."""
        if may_exist and (one := Organisation.objects.filter(slug=cast.SLUG).first()):
            return one
        if first := Organisation.objects.first():
            raise CommandError(
                f"{first} is in this database already. The demonstration goes into an "
                "empty one: point DATABASE_URL at another, or empty this one."
            )
        return None

    def _introduce(self, organisation: Organisation) -> None:
        """How to sign in as each person who can."""
        self.stdout.write(f"{organisation}: sign in at /o/{organisation.slug}/ as")
        members = Membership.objects.filter(organisation=organisation)
        members = members.exclude(user__password=alumni.NO_PASSWORD)
        members = members.select_related("user")
        for member in members.order_by("pk").prefetch_related("enrolments"):
            name = str(member)
            role = cast.DUTIES.get(name) or member.enrolments.all()[0].side
            self.stdout.write(
                f"  {role:<12} {name:<20} {member.user.email:<40} {PASSWORD}"
            )
