"""Planned sessions as a calendar knows them: iCalendar (RFC 5545), sent by RFC 5546."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

WEEK, YEAR = timedelta(weeks=1), timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Slot:
    """One sitting: when, and where the weekly series had it before it was moved."""

    starts_at: datetime
    slot_at: datetime
    minutes: int
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Meeting:
    """A sitting or a weekly series of them; `zone` is where a week has its hour."""

    uid: str
    sequence: int
    summary: str
    link: str
    organizer: Person
    attendees: tuple[Person, ...]
    zone: ZoneInfo
    slots: Sequence[Slot]
    is_series: bool = False

    @property
    def is_cancelled(self) -> bool:
        return all(slot.is_cancelled for slot in self.slots)


def weekly(first: datetime, count: int, zone: ZoneInfo) -> list[datetime]:
    """The same hour by the clock of a zone, week by week, as moments in UTC."""
    wall = first.astimezone(zone).replace(tzinfo=None)
    days = (wall + number * WEEK for number in range(count))
    return [day.replace(tzinfo=zone).astimezone(UTC) for day in days]


def invitation(meeting: Meeting, now: datetime) -> bytes:
    """A request to put the meeting into a calendar, or to take it out again.

    A later one of the same `uid` with a higher `sequence` takes the place of the
    earlier. A series is one recurring event; what was moved out of it follows as an
    exception, and what was cancelled is left out.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Preceptor//Sessions//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if meeting.is_cancelled else "REQUEST")
    for event in _events(meeting, now):
        calendar.add_component(event)
    days = [slot.starts_at.date() for slot in meeting.slots]
    calendar.add_missing_timezones(min(days) - YEAR, max(days) + YEAR)
    text: bytes = calendar.to_ical()
    return text


def _events(meeting: Meeting, now: datetime) -> list[Event]:
    slots = sorted(meeting.slots, key=lambda slot: slot.slot_at)
    first = slots[0]
    if not meeting.is_series:
        return [_event(meeting, first.starts_at, first.minutes, now)]
    master = _event(meeting, first.slot_at, first.minutes, now)
    master.add("rrule", {"freq": "weekly", "count": _weeks(slots)})
    if meeting.is_cancelled:
        return [master]
    if gone := _gone(slots, meeting.zone):
        master.add("exdate", [at.astimezone(meeting.zone) for at in gone])
    return [master, *_exceptions(meeting, slots, now)]


def _weeks(slots: Sequence[Slot]) -> int:
    return round((slots[-1].slot_at - slots[0].slot_at) / WEEK) + 1


def _gone(slots: Sequence[Slot], zone: ZoneInfo) -> list[datetime]:
    """The weeks of the series without a sitting."""
    held = {slot.slot_at for slot in slots if not slot.is_cancelled}
    every = weekly(slots[0].slot_at, _weeks(slots), zone)
    return [at for at in every if at not in held]


def _exceptions(meeting: Meeting, slots: Sequence[Slot], now: datetime) -> list[Event]:
    events = []
    for slot in slots:
        is_plain = slot.starts_at == slot.slot_at and slot.minutes == slots[0].minutes
        if slot.is_cancelled or is_plain:
            continue
        event = _event(meeting, slot.starts_at, slot.minutes, now)
        event.add("recurrence-id", slot.slot_at.astimezone(meeting.zone))
        events.append(event)
    return events


def _event(meeting: Meeting, at: datetime, minutes: int, now: datetime) -> Event:
    event = Event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", at.astimezone(meeting.zone))
    event.add("duration", timedelta(minutes=minutes))
    event.add("summary", meeting.summary)
    event.add("description", meeting.link)
    event.add("url", meeting.link)
    event.add("status", "CANCELLED" if meeting.is_cancelled else "CONFIRMED")
    event.add("organizer", _address(meeting.organizer))
    for person in meeting.attendees:
        attendee = _address(person)
        attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
        attendee.params["RSVP"] = vText("FALSE")
        event.add("attendee", attendee)
    return event


def _address(person: Person) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}")
    address.params["CN"] = vText(person.name)
    return address
