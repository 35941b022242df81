"""The holidays in a calendar file (iCalendar, RFC 5545), in plain Python.

A file comes from anywhere, so nothing of it is done without a bound: its size, its
lines, its events, how far its repetitions are followed and how many days come out.
What is not a whole day, has no name or lies outside the years asked for is told and
left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any

from icalendar import Calendar, Event

from preceptor.accounts.repeating import NoRule, Rule

MAX_BYTES = 300_000
MAX_EVENTS = 2_000
MAX_DAYS = 1_000
"""Of all events together."""
LONGEST = 62
"""Days of one event, as of one that is added by hand."""
LONGEST_LINE = 4_000
NAME_LETTERS = 80
EARLIEST = date(1900, 1, 1)
NEEDED = frozenset(
    [
        *(b"UID", b"SUMMARY", b"STATUS", b"DTSTART", b"DTEND", b"DURATION"),
        *(b"RRULE", b"RDATE", b"EXDATE", b"RECURRENCE-ID"),
    ]
)
BUDGET = 100_000
"""What all repetitions of a file may cost; about half a second."""


class Why(Enum):
    """Why an event is left out."""

    NO_DAY = "no day"
    NO_NAME = "no name"
    HOURS = "hours"
    LONG = "long"
    CANCELLED = "cancelled"
    OUTSIDE = "outside"
    RULE = "rule"


class Fault(Enum):
    """Why a file is of no use."""

    TOO_LARGE = "too large"
    NO_CALENDAR = "no calendar"
    TOO_MANY = "too many"
    NOTHING = "nothing"


class BadCalendar(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`name` is empty where the event has none."""

    name: str
    why: Why


@dataclass(frozen=True, slots=True)
class Found:
    days: Mapping[date, str]
    """What each is called, the first of two events on one day; in order."""
    left_out: tuple[LeftOut, ...]


def working(first: date, last: date) -> list[date]:
    """Of a span those from Monday to Friday; where it has none, its first day."""
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in span if day.weekday() < 5] or [first]


def read(data: bytes, first: date, last: date) -> Found:
    """The days of all events between two days, both included; raises `BadCalendar`."""
    events = _events(data)
    reading = _Reading(first, last, _moved(events))
    days: dict[date, str] = {}
    left_out = []
    for event in events:
        try:
            name, found = reading.days_of(event)
        except _Skip as skip:
            left_out.append(LeftOut(_name(event), skip.why))
            continue
        for day in found:
            days.setdefault(day, name)
        if len(days) > MAX_DAYS:
            raise BadCalendar(Fault.TOO_MANY)
    return Found(dict(sorted(days.items())), tuple(left_out))


def _events(data: bytes) -> list[Event]:
    if len(data) > MAX_BYTES:
        raise BadCalendar(Fault.TOO_LARGE)
    lines = list(_needed_lines(data))
    if lines[:1] != [b"BEGIN:VCALENDAR"]:
        raise BadCalendar(Fault.NO_CALENDAR)
    if sum(line == b"BEGIN:VEVENT" for line in lines) > MAX_EVENTS:
        raise BadCalendar(Fault.TOO_MANY)
    try:
        calendar = Calendar.from_ical(b"\r\n".join([*lines, b""]))
        events = [one for one in calendar.subcomponents if isinstance(one, Event)]
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise BadCalendar(Fault.NO_CALENDAR) from error
    if not events:
        raise BadCalendar(Fault.NOTHING)
    return events


def _needed_lines(data: bytes) -> Iterator[bytes]:
    """Unfolded, of the calendar and its events alone, and only what is read of them.

    Rules of time zones, alarms and what else a file may hold are never looked at.
    """
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    data = data.replace(b"\n ", b"").replace(b"\n\t", b"")
    inside: list[bytes] = []
    for line in data.split(b"\n"):
        name = line.replace(b";", b":", 1).partition(b":")[0].strip().upper()
        if name == b"BEGIN":
            inside.append(line.partition(b":")[2].strip().upper())
        is_read = inside in ([b"VCALENDAR"], [b"VCALENDAR", b"VEVENT"])
        if name in (b"BEGIN", b"END") and is_read:
            yield name + b":" + inside[-1]
        elif is_read and name in NEEDED and len(line) <= LONGEST_LINE:
            yield line
        if name == b"END" and inside:
            inside.pop()


class _Skip(Exception):
    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


def _moved(events: Iterable[Event]) -> set[tuple[str, date]]:
    """Of repeated events the days that have an event of their own instead."""
    return {
        (str(event.get("UID", "")), _day(moved.dt))
        for event in events
        if (moved := event.get("RECURRENCE-ID")) is not None and hasattr(moved, "dt")
    }


def _day(value: Any) -> date:
    return value.date() if isinstance(value, datetime) else value


def _name(event: Event) -> str:
    words = event.get("SUMMARY", "")
    words = words[0] if isinstance(words, list) else words
    name = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return name if len(name) <= NAME_LETTERS else f"{name[: NAME_LETTERS - 1]}…"


@dataclass
class _Reading:
    """Follows events from `first` to `last`; spends the budget of the file."""

    first: date
    last: date
    moved: set[tuple[str, date]]
    budget: int = field(default=BUDGET)

    def days_of(self, event: Event) -> tuple[str, list[date]]:
        """Name and days; raises `_Skip`."""
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            raise _Skip(Why.CANCELLED)
        if not (name := _name(event)):
            raise _Skip(Why.NO_NAME)
        try:
            begins, length = _span(event)
            starts = self._starts(event, begins, length)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise _Skip(Why.NO_DAY) from error
        found = [
            day
            for start in starts
            for day in working(start, start + timedelta(days=length - 1))
            if self.first <= day <= self.last
        ]
        if not found:
            raise _Skip(Why.OUTSIDE)
        return name, found

    def _starts(self, event: Event, begins: date, length: int) -> set[date]:
        """The first days of all its repetitions that may reach into the years."""
        starts = {begins, *_listed(event, "RDATE")}
        if event.get("RRULE") is not None:
            starts |= self._repeated(event, begins)
        starts -= set(_listed(event, "EXDATE"))
        if event.get("RECURRENCE-ID") is None:
            uid = str(event.get("UID", ""))
            starts -= {day for of, day in self.moved if of == uid}
        earliest = self.first - timedelta(days=length)
        return {day for day in starts if earliest <= day <= self.last}

    def _repeated(self, event: Event, begins: date) -> set[date]:
        try:
            rule = Rule.of(_parts_of(event.get("RRULE")))
        except NoRule as error:
            raise _Skip(Why.RULE) from error
        if begins < EARLIEST or begins > self.last:
            return set()
        self.budget -= rule.cost(begins, self.last)
        if self.budget < 0:
            raise _Skip(Why.RULE)
        return set(rule.days(begins, self.last))


def _parts_of(rule: Any) -> dict[str, list[str]]:
    text: str = rule.to_ical().decode()
    pairs = (part.partition("=") for part in text.upper().split(";"))
    return {name: values.split(",") for name, _is, values in pairs}


def _span(event: Event) -> tuple[date, int]:
    """First day and number of days; raises `_Skip` for what is not whole days."""
    begins = event.get("DTSTART")
    if begins is None or not hasattr(begins, "dt"):
        raise _Skip(Why.NO_DAY)
    start, end = begins.dt, _end(event, begins.dt)
    is_short = isinstance(start, datetime) and _day(end) == start.date()
    if is_short or _has_hours(start) or _has_hours(end):
        raise _Skip(Why.HOURS)
    length = max((_day(end) - _day(start)).days, 1)
    if length > LONGEST:
        raise _Skip(Why.LONG)
    return _day(start), length


def _end(event: Event, start: Any) -> Any:
    """The day after the last; without one an event lasts for a day (section 3.6.1)."""
    if (end := event.get("DTEND")) is not None:
        return end.dt
    if (lasts := event.get("DURATION")) is not None:
        return start + lasts.dt
    return start if isinstance(start, datetime) else start + timedelta(days=1)


def _has_hours(moment: Any) -> bool:
    return isinstance(moment, datetime) and moment.time() != time()


def _listed(event: Event, name: str) -> list[date]:
    """The days of RDATE or EXDATE, which may stand there several times."""
    given = event.get(name)
    lists = given if isinstance(given, list) else [given] if given is not None else []
    return [
        _day(one.dt[0] if isinstance(one.dt, tuple) else one.dt)
        for listed in lists
        for one in listed.dts
    ]
