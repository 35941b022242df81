"""What somebody changes of their own account."""

from typing import Any

from django.db import transaction

from preceptor.accounts.models import User
from preceptor.seen import Seen, Values, changed


def profile_of(user: User) -> dict[str, Any]:
    return {
        "full_name": user.full_name,
        "time_zone": user.time_zone,
        "locale": user.locale,
    }


@transaction.atomic
def edit_profile(*, actor: User, sent: Values, seen: Seen) -> None:
    """Raises `Stale` where another tab changed the same since the page showed it."""
    row = User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    if own := changed(seen, sent, profile_of(row)):
        User.objects.filter(pk=row.pk).update(**own)
