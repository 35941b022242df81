"""Who lets a calendar fetch what concerns them, and who no longer does."""

from datetime import datetime

from django.db import transaction

from preceptor.accounts.invitations import hash_of, new_token
from preceptor.accounts.models import Membership
from preceptor.notifications.models import CalendarSubscription


@transaction.atomic
def subscribe(*, actor: Membership, now: datetime) -> str:
    """A new address' token, which is nowhere else; an earlier one is dead at once."""
    token = new_token()
    CalendarSubscription.objects.update_or_create(
        organisation_id=actor.organisation_id,
        member=actor,
        defaults={"token_hash": hash_of(token), "made_at": now, "fetched_at": None},
    )
    return token


def unsubscribe(*, actor: Membership) -> None:
    """The address is dead at once; without one nothing is left to do."""
    CalendarSubscription.objects.filter(member=actor).delete()
