"""A calendar that others subscribe to: iCalendar (RFC 5545). Plain values in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from unicodedata import category

from icalendar import Calendar, Event, vText

State = Literal["CONFIRMED", "CANCELLED"]
CHECK_EVERY = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Entry:
    """A whole day, or `minutes` from a moment on.

    `uid` stays the same whatever becomes of the entry; `sequence` counts how often its
    time moved, and `changed_at` is when it last changed at all. The link is absolute.
    """

    uid: str
    summary: str
    link: str
    starts: date | datetime
    changed_at: datetime
    sequence: int = 0
    minutes: int = 0
    state: State = "CONFIRMED"


def calendar(name: str, host: str, entries: Iterable[Entry]) -> bytes:
    """The calendar's text: the same bytes as long as nothing in it changed.

    So DTSTAMP is when an entry changed, which is what it says where no METHOD is.
    """
    feed = Calendar()
    feed.add("prodid", "-//Preceptor//Calendar//EN")
    feed.add("version", "2.0")
    feed.add("calscale", "GREGORIAN")
    for called in ("name", "x-wr-calname"):
        feed.add(called, vText(plain(name)))
    feed.add("refresh-interval", CHECK_EVERY, parameters={"VALUE": "DURATION"})
    feed.add("x-published-ttl", "PT6H")
    for entry in entries:
        feed.add_component(_event(entry, host))
    text: bytes = feed.to_ical()
    return text


def plain(text: str) -> str:
    """In one line: control characters, which no calendar may hold, become spaces."""
    return "".join(" " if category(one) == "Cc" else one for one in text).strip()


def _event(entry: Entry, host: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@{host}")
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("sequence", entry.sequence)
    event.add("summary", plain(entry.summary))
    event.add("description", entry.link)
    event.add("url", entry.link)
    event.add("status", entry.state)
    if isinstance(entry.starts, datetime):
        event.add("dtstart", entry.starts.astimezone(UTC))
        event.add("duration", timedelta(minutes=entry.minutes))
    else:
        event.add("dtstart", entry.starts)
        event.add("dtend", entry.starts + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    return event
