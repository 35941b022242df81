"""Calendars as a parser of somebody else reads them: vobject."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import vobject
from hypothesis import given
from hypothesis import strategies as st

from preceptor.notifications.calendars import Entry, calendar, plain

CHANGED_AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
ZONES = st.timezones()


def date_of(year: int) -> datetime:
    return datetime(year, 1, 1)  # noqa: DTZ001 # Hypothesis adds the zone


def read(body: bytes) -> Any:
    """The calendar, after the parser held it against the standard."""
    found = vobject.readOne(body.decode())
    found.validate(raiseException=True)
    return found


def entry(**given_: Any) -> Entry:
    usual: dict[str, Any] = {
        "uid": "milestone-7.1",
        "summary": "Month 2",
        "link": "https://preceptor.example/o/tidewater/growth/3/",
        "starts": date(2026, 12, 1),
        "changed_at": CHANGED_AT,
    }
    return Entry(**{**usual, **given_})


def one(**given_: Any) -> Any:
    return read(calendar("Calendar", "host.example", [entry(**given_)])).vevent


def test_a_whole_day() -> None:
    found = one(starts=date(2028, 2, 29), sequence=4)
    assert (found.dtstart.value, found.dtend.value) == (
        date(2028, 2, 29),
        date(2028, 3, 1),
    )
    assert not isinstance(found.dtstart.value, datetime)
    assert found.uid.value == "milestone-7.1@host.example"
    assert (found.sequence.value, found.status.value) == ("4", "CONFIRMED")
    assert found.dtstamp.value == found.last_modified.value == CHANGED_AT
    assert (found.transp.value, found.url.value) == ("TRANSPARENT", entry().link)


def test_a_moment_stays_one_over_the_change_of_clocks() -> None:
    """Half past one in the night in which Europe's clocks go forward."""
    at = datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    found = one(starts=at, minutes=90, state="CANCELLED")
    assert found.dtstart.value == at
    assert found.duration.value == timedelta(minutes=90)
    assert found.status.value == "CANCELLED"
    assert not hasattr(found, "transp")


@given(TEXT, TEXT)
def test_any_name_comes_back_as_it_was(summary: str, name: str) -> None:
    found = read(calendar(name, "host.example", [entry(summary=summary)]))
    assert found.vevent.summary.value == plain(summary)
    assert found.contents["x-wr-calname"][0].value == plain(name)


def test_a_name_may_hold_all_that_means_something() -> None:
    name = 'O’Neil, Jr.; C:\\new "x" 👩‍👩‍👧 BEGIN:VEVENT'
    assert one(summary=name).summary.value == name
    assert one(summary="one\r\nEND:VCALENDAR\ttwo").summary.value == (
        "one  END:VCALENDAR two"
    )


@given(TEXT)
def test_no_line_is_longer_than_75_bytes_and_each_ends_as_it_should(text: str) -> None:
    body = calendar(text, "host.example", [entry(summary=text)])
    *lines, end = body.split(b"\r\n")
    assert end == b""
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in body.replace(b"\r\n", b"")
    body.decode()


@given(
    st.datetimes(date_of(1990), date_of(2090), timezones=ZONES, allow_imaginary=False)
)
def test_a_moment_of_any_zone_is_the_same_moment(at: datetime) -> None:
    at = at.replace(microsecond=0)
    # Between zones Python calls no two hours equal that a clock shows twice.
    assert one(starts=at, minutes=45).dtstart.value == at.astimezone(UTC)


@given(st.lists(st.tuples(st.dates(), st.integers(0, 99)), max_size=20))
def test_the_same_entries_give_the_same_bytes(days: list[tuple[date, int]]) -> None:
    entries = [
        entry(uid=f"m-{n}", starts=min(day, date(9999, 12, 30)), sequence=sequence)
        for n, (day, sequence) in enumerate(days)
    ]
    body = calendar("Calendar", "host.example", entries)
    assert body == calendar("Calendar", "host.example", entries)
    found = read(body)
    events = found.vevent_list if entries else []
    assert [e.dtstart.value for e in events] == [one.starts for one in entries]


def test_an_empty_calendar_is_one() -> None:
    body = calendar("Calendar", "host.example", [])
    assert b"VEVENT" not in body
    assert read(body).version.value == "2.0"
