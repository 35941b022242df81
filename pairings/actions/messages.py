"""What leads settle about a program's messages: their words, and their channel."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pairings.models import Program
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from preceptor.notifications.models import Delivery, Webhook, Wording
from preceptor.notifications.outbox import wait_for_planner
from preceptor.notifications.webhooks import address_of, seal

State = Delivery.State


class OtherWords(Exception):
    """Somebody else saved the same words since the page was shown."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is empty stays as the product says it."""

    subject: str
    opening: str


def words_of(program: Program, kind: str) -> Wording | None:
    rows = Wording.objects.filter(program_id=program.pk, kind=kind)
    return rows.select_related("changed_by__user").first()


@transaction.atomic
def save_words(
    *,
    actor: Membership,
    program: Program,
    kind: str,
    words: Words,
    version: int,
    now: datetime,
) -> None:
    """Over the `version` that the sender read, 0 for the product's own words.

    Raises OtherWords where it is another by now, unless it says the same.
    """
    said = {"subject": words.subject, "opening": words.opening}
    changed = {**said, "changed_by": actor, "changed_at": now}
    rows = Wording.objects.filter(program_id=program.pk, kind=kind)
    if version:
        done = rows.filter(version=version).update(**changed, version=F("version") + 1)
    else:
        _row, done = Wording.objects.get_or_create(
            program_id=program.pk,
            kind=kind,
            defaults={**changed, "organisation_id": program.organisation_id},
        )
    if not done and not rows.filter(**said).exists():
        raise OtherWords


def back_to_ours(*, program: Program, kind: str, version: int) -> None:
    """Takes a program's own words away, the version that was read."""
    rows = Wording.objects.filter(program_id=program.pk, kind=kind)
    if not rows.filter(version=version).delete()[0] and rows.exists():
        raise Conflict(
            _("Somebody else changed these words in between. Read them first.")
        )


def set_channel(
    *,
    actor: Membership,
    program: Program,
    service: str,
    address: str,
    now: datetime,
) -> None:
    """From now on the program's channel is this one, for what the actor is sent."""
    Webhook.objects.update_or_create(
        program_id=program.pk,
        defaults={
            "organisation_id": program.organisation_id,
            "member": actor,
            "service": service,
            "sealed": seal(address),
            "host": address_of(address).host,
            "made_at": now,
        },
    )


@transaction.atomic
def remove_channel(*, program: Program, now: datetime) -> None:
    """What waits to be posted there is withdrawn; nobody's own messages are touched."""
    wait_for_planner()  # What it writes for the channel would keep that from going.
    hooks = Webhook.objects.of_program(program.pk)
    Delivery.objects.filter(
        webhook__in=list(hooks.values_list("pk", flat=True)),
        state__in=[State.PENDING, State.HELD],
    ).update(state=State.WITHDRAWN, withdrawn_at=now)
    hooks.delete()
