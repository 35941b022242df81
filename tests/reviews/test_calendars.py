from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from reviews.calendars import Meeting, Person, Slot, invitation, weekly

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
FIRST = datetime(2026, 10, 20, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def slots(count: int) -> list[Slot]:
    return [Slot(at, at, 60) for at in weekly(FIRST, count, LONDON)]


def meeting(*all_slots: Slot, is_series: bool = False, **more: Any) -> Meeting:
    people = (
        Person("Inês, of Tidewater", "ines@x.example"),
        Person("T", "t@x.example"),
    )
    return Meeting(
        uid="one@preceptor.example",
        sequence=2,
        summary="Review session",
        link="https://preceptor.example/o/t/sessions/1/",
        organizer=Person("Preceptor", "preceptor@x.example"),
        attendees=people,
        zone=LONDON,
        slots=all_slots,
        is_series=is_series,
        **more,
    )


def events(one: Meeting) -> tuple[Any, list[Any]]:
    calendar = Calendar.from_ical(invitation(one, NOW))
    return calendar, list(calendar.walk("VEVENT"))


def test_weekly_keeps_its_hour_by_the_clock() -> None:
    assert weekly(FIRST, 3, LONDON) == [
        datetime(2026, 10, 20, 9, tzinfo=UTC),
        datetime(2026, 10, 27, 10, tzinfo=UTC),
        datetime(2026, 11, 3, 10, tzinfo=UTC),
    ]


def test_one_sitting_is_a_request() -> None:
    calendar, (event,) = events(meeting(Slot(FIRST, FIRST, 50)))
    assert str(calendar["method"]) == "REQUEST"
    assert (str(event["uid"]), event["sequence"]) == ("one@preceptor.example", 2)
    assert event["dtstart"].dt == FIRST
    assert event["duration"].dt == timedelta(minutes=50)
    assert [str(one) for one in event["attendee"]] == [
        "mailto:ines@x.example",
        "mailto:t@x.example",
    ]
    assert event["attendee"][0].params["CN"] == "Inês, of Tidewater"
    assert "rrule" not in event


def test_a_series_is_one_recurring_event() -> None:
    _calendar, (event,) = events(meeting(*slots(4), is_series=True))
    assert dict(event["rrule"]) == {"FREQ": ["WEEKLY"], "COUNT": [4]}
    assert "exdate" not in event


def test_what_left_its_week_is_an_exception_and_what_is_gone_is_left_out() -> None:
    one, two, three, four = slots(4)
    two = Slot(two.starts_at + 26 * HOUR, two.slot_at, 60)
    three = Slot(three.starts_at, three.slot_at, 60, is_cancelled=True)
    shown = meeting(one, two, three, four, is_series=True)
    _calendar, (master, moved) = events(shown)
    assert [one.dt for one in master["exdate"].dts] == [three.slot_at]
    assert moved["recurrence-id"].dt == two.slot_at
    assert moved["dtstart"].dt == two.starts_at
    assert {str(one["uid"]) for one in (master, moved)} == {"one@preceptor.example"}


@pytest.mark.parametrize("count", [1, 3])
def test_all_gone_is_a_cancellation(count: int) -> None:
    gone = [Slot(s.starts_at, s.slot_at, 60, is_cancelled=True) for s in slots(count)]
    calendar, (event,) = events(meeting(*gone, is_series=count > 1))
    assert str(calendar["method"]) == "CANCEL"
    assert str(event["status"]) == "CANCELLED"


@given(
    hours=st.integers(0, 24 * 366 * 80),
    count=st.integers(1, 30),
    zone=st.sampled_from(["Europe/London", "America/New_York", "Australia/Sydney"]),
)
def test_every_week_of_a_series_shows_the_same_clock(
    hours: int, count: int, zone: str
) -> None:
    where = ZoneInfo(zone)
    found = weekly(FIRST + hours * HOUR, count, where)
    walls = [one.astimezone(where) for one in found]
    assert len(found) == count
    days = [(after.date() - before.date()).days for before, after in pairwise(walls)]
    assert days == [7] * (count - 1)
