"""What an organisation's clock says of its sessions."""

from zoneinfo import ZoneInfo

from django.db.models import F
from django.db.models.functions import TruncDate
from django.utils.translation import ngettext

from preceptor.accounts.clocks import ClockChange
from reviews.models import ReviewSession


def other_days(change: ClockChange) -> str:
    """How many planned sessions lie on another day by the new clock."""
    rows = ReviewSession.objects.planned().filter(
        organisation=change.organisation_id, planned_at__gte=change.now
    )
    old, new = (
        TruncDate("planned_at", tzinfo=ZoneInfo(zone))
        for zone in (change.before, change.after)
    )
    n = rows.annotate(old=old, new=new).exclude(old=F("new")).count()
    text = ngettext(
        "%(n)s planned session then lies on another day.",
        "%(n)s planned sessions then lie on another day.",
        n,
    )
    return text % {"n": n} if n else ""
