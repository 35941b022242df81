"""Until when somebody may put a message off: mornings where they live."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

MORNING = time(8)
LONGEST = timedelta(days=366)


def tomorrow(today: date) -> date:
    return today + timedelta(days=1)


def in_three_days(today: date) -> date:
    return today + timedelta(days=3)


def next_monday(today: date) -> date:
    """The first one after today."""
    return today + timedelta(days=7 - today.weekday())


def morning_of(day: date) -> datetime:
    """Eight o'clock of a day in the time zone that is on."""
    return timezone.make_aware(datetime.combine(day, MORNING))
