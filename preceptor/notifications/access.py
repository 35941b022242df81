"""The only way a view gets somebody's calendar subscription or messages.

All of it is their own: nobody reads or changes another's.
"""

from typing import Any

from django.core.signing import BadSignature
from django.http import Http404
from django.shortcuts import get_object_or_404

from preceptor.accounts.invitations import hash_of
from preceptor.accounts.models import Membership
from preceptor.notifications.kinds import Kind, registered
from preceptor.notifications.models import (
    CalendarSubscription,
    Delivery,
    Snooze,
    Webhook,
)
from preceptor.notifications.unsubscribing import read


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


def own_reminder(member: Membership, pk: int) -> Delivery:
    """The newest of the matter that one of the member's deliveries is about.

    A mail names its own row; what has come about the matter since takes its place.
    """
    mine = Delivery.objects.filter(recipient=member)
    named = get_object_or_404(mine.exclude(kind=Delivery.DIGEST), pk=pk)
    stood = mine.inbox().filter(matter=named.matter, sent_at__isnull=False)
    newest = stood.order_by("-planned_at", "-pk").first()
    if newest is None:
        raise Http404
    return newest


def own_rest(member: Membership, pk: int) -> Snooze:
    return get_object_or_404(Snooze.objects.filter(member=member), pk=pk)


def own_chat(member: Membership) -> Webhook:
    return get_object_or_404(Webhook.objects.own(member))


def unsubscribing(token: str) -> tuple[Membership, Kind[Any] | None]:
    """Whose mail a link for unsubscribing turns off, and which kind; None for digests.

    One that we did not make, or of somebody who may not come in any more, is 404.
    """
    try:
        pk, name = read(token)
    except BadSignature as error:
        raise Http404 from error
    known = {kind.name: kind for kind in registered()}
    rows = Membership.objects.active().select_related("user", "organisation")
    member = get_object_or_404(rows, pk=pk)
    if name != Delivery.DIGEST and name not in known:
        raise Http404
    return member, known.get(name)
