"""Who has had their messages already, so that somebody else is next."""

from datetime import datetime, timedelta

from pairings.reminders import ASKED
from preceptor.notifications.models import Delivery
from progress.reminders import MILESTONE
from reviews.reminders import UNMET

TOLD_AFTER = timedelta(minutes=1)
DAY = timedelta(days=1)
BEFORE_LEADS = ((MILESTONE, {"week"}), (UNMET, {"twice"}), (ASKED, {"asked", "again"}))
"""Of which steps leads hear once the two have known of them."""


def write(now: datetime) -> None:
    """What stands for longer than a day: the two were told when its moment came."""
    channels = (Delivery.Channel.INBOX, Delivery.Channel.EMAIL)
    rows = [
        Delivery(
            **row,
            channel=channel,
            kind=kind.name,
            matter=row["occurrence"].rpartition(":")[0],
            urgency=kind.urgency,
            state=Delivery.State.SENT,
            planned_at=row["not_before"],
            sent_at=row["not_before"] + TOLD_AFTER,
        )
        for kind, steps in BEFORE_LEADS
        for row in kind.due(now)
        if row["occurrence"].rpartition(":")[2] in steps
        if row["not_before"] < now - DAY
        for channel in channels
    ]
    # Some may have been found by an earlier run of the planner.
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
