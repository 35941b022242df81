import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from preceptor.accounts.acts import Act, note_command
from preceptor.accounts.models import Membership
from preceptor.personal.gathering import write


class Command(BaseCommand):
    help = (
        "Writes all that an organisation holds of somebody who can't sign in any more"
        " into a ZIP, the one of “My data”: to be handed to that person alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("organisation", help="its word in addresses: /o/<slug>/")
        parser.add_argument("address", help="e-mail address of the person")
        parser.add_argument("file", type=Path, help="the ZIP, which is not there yet")

    def handle(
        self, *_: Any, organisation: str, address: str, file: Path, **_options: Any
    ) -> None:
        rows = Membership.objects.select_related("user", "organisation")
        member = rows.filter(
            organisation__slug=organisation, user__email__iexact=address
        ).first()
        if member is None:
            raise CommandError(f"Nobody with {address} is or was in {organisation}.")
        try:
            made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(str(error)) from error
        with os.fdopen(made, "wb") as body:
            write(member, body, _nobody, timezone.now(), _nobody)
        note_command(person=member, act=Act.DOWNLOAD, subject="my data")
        self.stdout.write(f"{file}: all that {organisation} holds of {address}")


def _nobody() -> None:
    """No page waits for how far it is."""
