"""Working hours that two people share, from their clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Hours = tuple[time, time]
"""From and until by one's own clock; until past midnight where it is earlier."""

DAY: Hours = (time(9), time(17))
"""What is assumed of who does not say."""


def shared_hours(
    zone: str, other: str, on: date, hours: Hours = DAY, others: Hours = DAY
) -> float:
    """Hours of a day in which both work.

    The day is the first person's; the second person's day before and after it count,
    so that people on both sides of the date line share what they share.
    """
    start, end = working_day(zone, on, hours)
    overlaps = (
        min(end, theirs_end) - max(start, theirs_start)
        for theirs_start, theirs_end in (
            working_day(other, on + timedelta(days=days), others) for days in (-1, 0, 1)
        )
    )
    return sum(max(overlap, timedelta()) / timedelta(hours=1) for overlap in overlaps)


def working_day(zone: str, on: date, hours: Hours = DAY) -> tuple[datetime, datetime]:
    """The moments between which somebody works on a day of their own."""
    first, last = hours
    ends_on = on + timedelta(days=1) if last <= first else on
    began = datetime.combine(on, first, ZoneInfo(zone))
    ended = datetime.combine(ends_on, last, ZoneInfo(zone))
    return began.astimezone(UTC), ended.astimezone(UTC)
