"""What somebody did that changed no row, and yet belongs into the history."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.entries import HistoryEntry
from preceptor.accounts.models import Membership
from preceptor.acting import told
from preceptor.history import Kind, Verb


class Act(models.TextChoices):
    EXPORT = "export", _("export")
    DOWNLOAD = "download", _("download of personal data")
    BACKUP = "backup", _("backup")
    SIGN_IN = "sign_in", _("sign-in as staff")
    PASSWORD = "password", _("another password")


KINDS = {Act.SIGN_IN: Kind.SIGN_INS, Act.PASSWORD: Kind.PEOPLE}


def note(
    *,
    actor: Membership,
    act: Act,
    subject: str = "",
    program_id: int | None = None,
    person_id: int | None = None,
) -> None:
    """Keeps that somebody did this, now. One row, which nothing changes or removes.

    `subject` says of what, in words of the product alone: no names of people, and no
    text that somebody typed. Whom it is about is `person_id`, a membership.
    """
    request, through = told()
    HistoryEntry.objects.create(
        at=Now(),
        organisation_id=actor.organisation_id,
        kind=KINDS.get(act, Kind.EXPORTS),
        what=act.value,
        verb=Verb.DID,
        program_id=program_id,
        person_id=person_id,
        actor_id=actor.pk,
        request=request,
        through=through,
        after={"subject": subject} if subject else None,
    )


def note_command(*, person: Membership, act: Act, subject: str) -> None:
    """The same of what a command did about somebody: nobody here did it."""
    request, through = told()
    HistoryEntry.objects.create(
        at=Now(),
        organisation_id=person.organisation_id,
        kind=KINDS.get(act, Kind.EXPORTS),
        what=act.value,
        verb=Verb.DID,
        person_id=person.pk,
        request=request,
        through=through,
        after={"subject": subject},
    )
