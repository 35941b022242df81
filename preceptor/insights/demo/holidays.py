"""The days on which the company of the story is closed."""

from datetime import date, datetime, timedelta
from pathlib import Path

from preceptor.accounts.actions import add_holidays
from preceptor.accounts.calendar_files import read
from preceptor.accounts.models import Holiday, Membership, Organisation
from progress.models import Milestone

FILE = Path(__file__).with_suffix(".ics")
"""England's, as the company keeps them, and its own day between the years."""


def write(organisation: Organisation, today: date) -> None:
    """Those of the years around `today`."""
    first, last = date(today.year - 1, 1, 1), date(today.year + 1, 12, 31)
    found = read(FILE.read_bytes(), first, last)
    Holiday.objects.bulk_create(
        Holiday(organisation=organisation, day=day, name=name)
        for day, name in found.days.items()
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
