"""The only way a view gets a calendar subscription."""

from django.http import Http404

from preceptor.accounts.invitations import hash_of
from preceptor.accounts.models import Membership
from preceptor.notifications.models import CalendarSubscription


def own_subscription(member: Membership) -> CalendarSubscription | None:
    return CalendarSubscription.objects.filter(member=member).first()


def subscription_by(token: str) -> CalendarSubscription:
    """Whose address this is. One that was replaced, revoked or never made is 404, and
    so is that of somebody who may not come in any more.

    Looking up the hash tells the clock nothing about the token.
    """
    rows = CalendarSubscription.objects.live().filter(token_hash=hash_of(token))
    found = rows.select_related("member__user", "member__organisation").first()
    if found is None:
        raise Http404
    return found
