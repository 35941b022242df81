"""What stands in somebody's calendar: sources, registered by the composition root."""

from collections.abc import Callable, Iterable
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.notifications.calendars import Entry, calendar

Source = Callable[[Membership, datetime], Iterable[Entry]]
"""What a member may read that has a day: names and dates, and no text of a pair.

Each asks the same number of queries for any number of entries, and gives them in an
order that stays.
"""

_sources: list[Source] = []


def register(source: Source) -> None:
    if source not in _sources:
        _sources.append(source)


def calendar_of(member: Membership, now: datetime) -> bytes:
    """Everything in one organisation that concerns them, in the language that is on."""
    entries = (entry for source in _sources for entry in source(member, now))
    name = _("Preceptor at %(name)s") % {"name": member.organisation.name}
    return calendar(name, urlsplit(settings.BASE_URL).hostname or "preceptor", entries)
