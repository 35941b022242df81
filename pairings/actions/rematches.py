"""Either of a pair may ask for another match, and owes nobody an explanation."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pairings.models import Pairing, RematchRequest
from preceptor.accounts.models import Membership
from preceptor.http import Conflict


@transaction.atomic
def ask_rematch(
    *, actor: Membership, pairing: Pairing, now: datetime
) -> RematchRequest:
    """Asks the leads for another match; asked by both, or twice, it is one request."""
    held = Pairing.objects.select_for_update(no_key=True).get(pk=pairing.pk)
    if not held.is_standing or held.kind != Pairing.Kind.PRIMARY:
        raise Conflict(_("Another match is asked for while a primary pairing stands."))
    asked, _is_new = RematchRequest.objects.open().get_or_create(
        pairing=held,
        defaults={
            "organisation_id": held.organisation_id,
            "asked_by": actor,
            "asked_at": now,
        },
    )
    return asked


def settle_rematch(*, actor: Membership, wish: RematchRequest, now: datetime) -> None:
    """Both stay together: withdrawn by who asked, or settled by a lead."""
    waiting = RematchRequest.objects.open().filter(pk=wish.pk)
    if not waiting.update(settled_at=now, settled_by=actor):
        raise Conflict(_("The request was withdrawn or settled in between."))
