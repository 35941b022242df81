"""What changes the settings of an organisation."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from preceptor.accounts.actions.members import lock_as_owner
from preceptor.accounts.models import Membership, Organisation
from preceptor.seen import Seen, Values, changed


@transaction.atomic
def edit_organisation(*, actor: Membership, sent: Values, seen: Seen) -> None:
    """Writes what the sender changed.

    Raises `Stale` where somebody else changed the same since the page showed it.
    """
    lock_as_owner(actor)
    rows = Organisation.objects.filter(pk=actor.organisation_id)
    fields = changed(seen, sent, settings_of(rows.get(), sent))
    if fields:
        rows.update(**fields)


def settings_of(organisation: Organisation, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(organisation, name) for name in names}
