"""Who has had their messages already, so that somebody else is next."""

from datetime import datetime, timedelta

from preceptor.notifications.models import Delivery
from progress.reminders import MILESTONE

TOLD_AFTER = timedelta(minutes=1)


def write(now: datetime) -> None:
    """What lapsed more than a week ago: the pair was told when the week was over."""
    channels = (Delivery.Channel.INBOX, Delivery.Channel.EMAIL)
    lapsed = (row for row in MILESTONE.due(now) if row["occurrence"].endswith(":week"))
    Delivery.objects.bulk_create(
        Delivery(
            **row,
            channel=channel,
            kind=MILESTONE.name,
            matter=row["occurrence"].rpartition(":")[0],
            urgency=MILESTONE.urgency,
            state=Delivery.State.SENT,
            planned_at=row["not_before"],
            sent_at=row["not_before"] + TOLD_AFTER,
        )
        for row in lapsed
        for channel in channels
    )
