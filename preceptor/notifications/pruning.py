"""What of the outbox nobody needs any more.

The row of the inbox stands for the reminder itself: while its reason stands it stays,
so that no planning takes the reminder for a new one, however old it is.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from preceptor.accounts.pruning import prune
from preceptor.notifications.models import Delivery

WAITING = ("pending", "claimed", "held")


def prune_outbox(now: datetime) -> int:
    """What went out, was given up or fell away before the setting's days."""
    if not settings.OUTBOX_DAYS:
        return 0
    before = now - timedelta(days=settings.OUTBOX_DAYS)
    is_old = (
        Q(planned_at__lt=before, not_before__lt=before)
        & (Q(sent_at=None) | Q(sent_at__lt=before))
        & (Q(withdrawn_at=None) | Q(withdrawn_at__lt=before))
    )
    old = Delivery.objects.filter(is_old)
    carried = old.carriers().exclude(state__in=WAITING)
    items = Delivery.objects.filter(digest=OuterRef("pk"))
    gone = prune(carried.exclude(kind=Delivery.DIGEST))
    gone += prune(carried.filter(~Exists(items), kind=Delivery.DIGEST))
    return gone + prune(old.inbox().filter(state=Delivery.State.WITHDRAWN))
