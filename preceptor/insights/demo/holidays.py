"""The days on which the company of the story is closed."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from preceptor.accounts.actions import add_holidays
from preceptor.accounts.models import Holiday, Membership, Organisation
from progress.models import Milestone

EASTER = {
    2025: date(2025, 4, 20),
    2026: date(2026, 4, 5),
    2027: date(2027, 3, 28),
    2028: date(2028, 4, 16),
    2029: date(2029, 4, 1),
    2030: date(2030, 4, 21),
}


def write(organisation: Organisation, today: date) -> None:
    """Those of the years around `today`."""
    Holiday.objects.bulk_create(
        Holiday(organisation=organisation, day=day, name=name)
        for year in range(today.year - 1, today.year + 2)
        for day, name in _of(year)
    )


def close_a_day(owner: Membership, now: datetime) -> None:
    """A day that the company took later, so that what was due on it moved."""
    open_ones = Milestone.objects.unsigned().filter(
        plan__junior__membership__user__full_name="Ines Carvalho",
        due_on__gt=now.date() + timedelta(days=14),
    )
    if (milestone := open_ones.order_by("due_on").first()) is not None:
        day, said_at = milestone.due_on, now - timedelta(days=9)
        add_holidays(actor=owner, days=[day], name="Quayside day", now=said_at)


def _of(year: int) -> Iterator[tuple[date, str]]:
    """England's, as the company keeps them, and its own day between the years."""
    yield date(year, 1, 1), "New Year’s Day"
    if year in EASTER:
        yield EASTER[year] - timedelta(days=2), "Good Friday"
        yield EASTER[year] + timedelta(days=1), "Easter Monday"
    yield _monday_by(date(year, 5, 7)), "Early May bank holiday"
    yield _monday_by(date(year, 5, 31)), "Spring bank holiday"
    yield _monday_by(date(year, 8, 31)), "Summer bank holiday"
    yield date(year, 12, 25), "Christmas Day"
    yield date(year, 12, 26), "Boxing Day"
    yield date(year, 12, 31), "Office closed"


def _monday_by(day: date) -> date:
    """The last Monday up to a day."""
    return day - timedelta(days=day.weekday())
