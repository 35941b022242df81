"""Holidays out of calendar files, friendly and hostile; no database."""

import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.accounts.calendar_files import (
    MAX_BYTES,
    MAX_EVENTS,
    BadCalendar,
    Fault,
    Why,
    read,
    working,
)

FIRST, LAST = date(2026, 1, 1), date(2028, 12, 31)


def calendar(*events: str) -> bytes:
    inside = "".join(f"BEGIN:VEVENT\r\n{one}\r\nEND:VEVENT\r\n" for one in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{inside}END:VCALENDAR\r\n".encode()


def event(day: str = "20261225", *more: str, name: str = "Day") -> str:
    return "\r\n".join([f"DTSTART;VALUE=DATE:{day}", f"SUMMARY:{name}", *more])


def days(*events: str) -> list[str]:
    return [str(day) for day in read(calendar(*events), FIRST, LAST).days]


def why(one: str) -> list[Why]:
    found = read(calendar(event(name="Kept"), one), FIRST, LAST)
    assert found.days[date(2026, 12, 25)] == "Kept"
    return [left.why for left in found.left_out]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (event(), ["2026-12-25"]),
        (event("20261226"), ["2026-12-26"]),
        (event("20261225", "DTEND;VALUE=DATE:20261226"), ["2026-12-25"]),
        (
            event("20261224", "DTEND;VALUE=DATE:20261229"),
            ["2026-12-24", "2026-12-25", "2026-12-28"],
        ),
        (event("20261224", "DURATION:P2D"), ["2026-12-24", "2026-12-25"]),
        (event("20261226", "DURATION:P2D"), ["2026-12-26"]),
        (
            event("20200101", "RRULE:FREQ=YEARLY"),
            ["2026-01-01", "2027-01-01", "2028-01-01"],
        ),
        (
            event("20200101", "RRULE:FREQ=YEARLY;UNTIL=20270101"),
            ["2026-01-01", "2027-01-01"],
        ),
        (event("20250101", "RRULE:FREQ=YEARLY;COUNT=2"), ["2026-01-01"]),
        (
            event("20251127", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"),
            ["2026-11-26", "2027-11-25", "2028-11-23"],
        ),
        (
            event(
                "20260101",
                "RRULE:FREQ=YEARLY",
                "EXDATE;VALUE=DATE:20270101",
                "RDATE;VALUE=DATE:20260601,20260602",
            ),
            ["2026-01-01", "2026-06-01", "2026-06-02", "2028-01-01"],
        ),
        (
            "DTSTART:20261225T000000\r\nDTEND:20261226T000000\r\nSUMMARY:Midnight",
            ["2026-12-25"],
        ),
    ],
)
def test_whole_days_are_read(one: str, expected: list[str]) -> None:
    assert days(one) == expected


def test_a_repetition_that_was_moved_lies_where_it_was_moved_to() -> None:
    yearly = event("20260101", "RRULE:FREQ=YEARLY", "UID:a")
    moved = event("20270104", "UID:a", "RECURRENCE-ID;VALUE=DATE:20270101")
    assert days(yearly, moved) == ["2026-01-01", "2027-01-04", "2028-01-01"]


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        ("SUMMARY:Nowhere", Why.NO_DAY),
        ("SUMMARY:Broken\r\nDTSTART;VALUE=DATE:2026-13-40", Why.NO_DAY),
        (event(name=""), Why.NO_NAME),
        (event(name="\\n \\n"), Why.NO_NAME),
        ("SUMMARY:Lunch\r\nDTSTART:20261225T120000Z", Why.HOURS),
        ("SUMMARY:Night\r\nDTSTART:20261225T000000\r\nDURATION:PT9H", Why.HOURS),
        (event("20260101", "DTEND;VALUE=DATE:20270101"), Why.LONG),
        (event("20261224", "STATUS:CANCELLED"), Why.CANCELLED),
        (event("20200101"), Why.OUTSIDE),
        (event("20350101", "RRULE:FREQ=YEARLY"), Why.OUTSIDE),
        (event("00010101", "RRULE:FREQ=DAILY"), Why.OUTSIDE),
        (event("20200101", "RRULE:FREQ=SECONDLY"), Why.RULE),
        (event("20200101", "RRULE:FREQ=DAILY;BYSECOND=1,2,3"), Why.RULE),
    ],
)
def test_what_is_no_holiday_is_left_out_with_its_reason(one: str, reason: Why) -> None:
    assert why(one) == [reason]


def test_the_first_of_two_on_one_day_names_it() -> None:
    found = read(calendar(event(name="A"), event(name="B")), FIRST, LAST)
    assert found.days == {date(2026, 12, 25): "A"}


def test_names_are_plain_and_short() -> None:
    found = read(calendar(event(name="New\\n Year\\, " + "x" * 200)), FIRST, LAST)
    [name] = found.days.values()
    assert name.startswith("New Year, xxx")
    assert (len(name), name[-1]) == (80, "…")


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", Fault.NO_CALENDAR),
        (b"<html>", Fault.NO_CALENDAR),
        (bytes(range(256)) * 900, Fault.NO_CALENDAR),
        (b"BEGIN:VCALENDAR\r\n", Fault.NO_CALENDAR),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR", Fault.NOTHING),
        (b"BEGIN:VCALENDAR\r\nX:" + b"a" * MAX_BYTES, Fault.TOO_LARGE),
        (calendar(*["SUMMARY:x"] * (MAX_EVENTS + 1)), Fault.TOO_MANY),
        (calendar(event("20260101", "RRULE:FREQ=DAILY")), Fault.TOO_MANY),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 9_000, Fault.NO_CALENDAR),
    ],
)
def test_a_file_of_no_use_is_refused(data: bytes, fault: Fault) -> None:
    with pytest.raises(BadCalendar) as bad:
        read(data, FIRST, LAST)
    assert bad.value.fault == fault


IMPOSSIBLE = "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
HOSTILE = {
    "deep": b"BEGIN:VCALENDAR\r\n" + b"BEGIN:X\r\n" * 30_000,
    "parameters": b"BEGIN:VCALENDAR\r\nDTSTART" + b";A=B" * 70_000 + b":1",
    "quotes": b"BEGIN:VCALENDAR\r\nSUMMARY;A=" + b'"' * 290_000,
    "folds": b"BEGIN:VCALENDAR\r\nSUMMARY:" + b"\r\n a" * 70_000,
    "rule": calendar(event("20260101", "RRULE:FREQ=DAILY;BYMONTHDAY=" + "1," * 1_900)),
    "rules": calendar(*[event("19000101", IMPOSSIBLE)] * 1_900),
    "years": calendar(*[event("19000101", "RRULE:FREQ=YEARLY;BYDAY=MO")] * 1_900),
    "zone": b"BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:a\r\nBEGIN:STANDARD\r\n"
    b"DTSTART:19700101T000000\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\n"
    b"END:VTIMEZONE\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\nDTSTART;TZID=a:20260101T000000\r\n"
    b"END:VEVENT\r\nEND:VCALENDAR",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_takes_little_time(name: str) -> None:
    began = time.process_time()
    try:
        found = read(HOSTILE[name], FIRST, LAST)
    except BadCalendar:
        found = None
    assert time.process_time() - began < 3
    assert found is None or len(found.days) <= 1_000


@given(st.binary(max_size=400))
def test_no_bytes_make_it_fall_over(data: bytes) -> None:
    for body in (data, b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + data):
        try:
            read(body, FIRST, LAST)
        except BadCalendar:
            continue


PIECES = st.sampled_from(
    [
        *("SUMMARY:x", "DTSTART:20260101", "DTSTART;VALUE=DATE:20260101", "DTEND:x"),
        *("RRULE:FREQ=YEARLY;INTERVAL=-1", "RRULE:FREQ=WEEKLY;BYDAY=99MO", "RRULE:"),
        *("RDATE:20260101T000000Z/PT1H", "EXDATE:x", "DURATION:-P9D", "STATUS:"),
        *("RECURRENCE-ID:20260101", "DTEND;VALUE=DATE:20250101", "UID:a"),
        *("DTSTART;TZID=Nowhere/Land:20260101T000000", "RRULE:FREQ=YEARLY;UNTIL=x"),
        *("DTEND:20260102T000000Z", "RRULE:COUNT=99999999999;FREQ=DAILY"),
        *("RRULE:FREQ=MONTHLY;BYSETPOS=-1;BYDAY=MO,FR", "DURATION:P1W"),
    ]
)


@given(st.lists(st.lists(PIECES, max_size=6).map("\r\n".join), min_size=1, max_size=3))
def test_no_events_make_it_fall_over(events: list[str]) -> None:
    try:
        found = read(calendar(*events), FIRST, LAST)
    except BadCalendar:
        return
    assert all(FIRST <= day <= LAST for day in found.days)
    assert list(found.days) == sorted(found.days)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 61))
def test_working_days_of_a_span(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    found = working(first, last)
    assert found
    assert found == sorted(set(found))
    assert all(first <= day <= last for day in found)
    assert found == [first] or all(day.weekday() < 5 for day in found)
