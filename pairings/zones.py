"""Working hours that two people share, from their time zones."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = (time(9), time(17))


def shared_hours(zone: str, other: str, on: date) -> float:
    """Hours from 0 to 8 in which both are between nine and five on a day.

    The day is the first person's; the second person's day before and after it count,
    so that people on both sides of the date line share what they share.
    """
    start, end = _working_day(zone, on)
    overlaps = (
        min(end, theirs_end) - max(start, theirs_start)
        for theirs_start, theirs_end in (
            _working_day(other, on + timedelta(days=days)) for days in (-1, 0, 1)
        )
    )
    return sum(max(overlap, timedelta()) / timedelta(hours=1) for overlap in overlaps)


def _working_day(zone: str, on: date) -> tuple[datetime, datetime]:
    first, last = (datetime.combine(on, at, ZoneInfo(zone)) for at in DAY)
    return first.astimezone(UTC), last.astimezone(UTC)
