"""The day before a session: with its change, without one, or by its day alone."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from pairings.models import Program
from reviews.models import ChangeSuggestion, ReviewSession
from reviews.reminders.tomorrow import subjects
from tests.cast import Cast
from tests.letters import letter_to, standing
from tests.reviews.reminders.conftest import (
    DAY,
    MONDAY,
    Open,
    at,
    live_in,
    lock,
    pair,
)

TUESDAY = MONDAY + DAY
PLANNED_AT = at(TUESDAY, 10)
BOTH = {("Ines Carvalho", "day-before"), ("Tomasz Wieczorek", "day-before")}
Met = Callable[..., ReviewSession]


def tomorrow(now: datetime) -> set[tuple[str, str]]:
    return standing("session-tomorrow", now)


def without(now: datetime) -> set[tuple[str, str]]:
    return standing("session-without-change", now)


@pytest.fixture
def planned(cast: Cast) -> ReviewSession:
    """Tomorrow at ten, arranged a week before; nobody has brought a change."""
    return ReviewSession.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        mentor=cast.tomasz,
        junior=cast.ines,
        state=ReviewSession.State.PLANNED,
        planned_at=PLANNED_AT,
        planned_minutes=50,
        led_by="junior",
        arranged_at=PLANNED_AT - timedelta(days=7),
        opened_at=PLANNED_AT - timedelta(days=7),
    )


@pytest.fixture
def brought(opened: Open) -> ReviewSession:
    """The same, with a change that came three days ago."""
    return opened(
        at(MONDAY - 3 * DAY, 12),
        planned_at=PLANNED_AT,
        planned_minutes=50,
        led_by="junior",
        arranged_at=PLANNED_AT - timedelta(days=7),
    )


def test_both_hear_of_it_on_the_morning_before(brought: ReviewSession) -> None:
    assert tomorrow(at(MONDAY, 7, 59)) == set()
    assert tomorrow(at(MONDAY, 8)) == BOTH
    assert without(at(MONDAY, 8)) == set()
    assert tomorrow(PLANNED_AT - timedelta(seconds=1)) == BOTH
    assert tomorrow(PLANNED_AT) == set()


@pytest.mark.parametrize(
    ("zone", "morning"),
    [
        ("America/Los_Angeles", at(MONDAY, 8, 0, "America/Los_Angeles")),
        ("Asia/Tokyo", at(MONDAY, 8, 0, "Asia/Tokyo")),
        # Ten on Tuesday in London is eleven in the evening there.
        ("Pacific/Auckland", at(MONDAY, 8, 0, "Pacific/Auckland")),
        # And midnight of Wednesday here.
        ("Pacific/Kiritimati", at(TUESDAY, 8, 0, "Pacific/Kiritimati")),
    ],
)
def test_the_day_before_is_that_of_the_reader(
    brought: ReviewSession, cast: Cast, zone: str, morning: datetime
) -> None:
    live_in(cast.ines, zone)
    reader = ("Ines Carvalho", "day-before")
    assert reader not in tomorrow(morning - timedelta(seconds=1))
    assert reader in tomorrow(morning)


@pytest.mark.parametrize(
    "day", [MONDAY + 20 * DAY, MONDAY + 24 * DAY, MONDAY - 7 * DAY]
)
def test_clocks_that_change_and_months_that_end_leave_the_hour(
    brought: ReviewSession, day: date
) -> None:
    """Summer time begins on 28 March 2027; 1 April and 1 March follow a month's end."""
    ReviewSession.objects.update(planned_at=at(day, 10), opened_at=at(day - 5 * DAY, 9))
    ReviewSession.objects.update(arranged_at=at(day - 6 * DAY, 9))
    assert tomorrow(at(day - DAY, 7, 59)) == set()
    assert tomorrow(at(day - DAY, 8)) == BOTH


def test_the_letter_tells_the_size_and_who_has_locked(
    brought: ReviewSession, cast: Cast
) -> None:
    lock(brought, "junior", at(MONDAY - DAY, 12))
    now = at(MONDAY, 9)
    tomorrow(now)
    found = letter_to(cast.ines, "session-tomorrow", now)
    assert found.message.subject == (
        "Session with Tomasz Wieczorek on Tuesday, 9 March, 10:00"
    )
    assert found.message.detail == (
        "The change to read: 3 files, 120 lines added, 40 removed. "
        "You have locked; Tomasz Wieczorek has not yet."
    )
    assert "Who leads: Ines Carvalho" in found.text
    assert found.message.link.endswith(f"/sessions/{brought.pk}/")
    other = letter_to(cast.tomasz, "session-tomorrow", now)
    assert "Ines Carvalho has locked; your pass is still open." in other.text
    assert "secret" not in found.everything + other.everything


def test_a_moved_session_is_told_of_anew(brought: ReviewSession) -> None:
    assert tomorrow(at(MONDAY, 9)) == BOTH
    ReviewSession.objects.update(planned_at=PLANNED_AT + 7 * DAY)
    assert tomorrow(at(MONDAY, 9)) == set()
    assert tomorrow(at(MONDAY + 7 * DAY, 9)) == BOTH


def test_without_a_change_both_are_asked_for_one(
    planned: ReviewSession, cast: Cast
) -> None:
    assert without(at(MONDAY, 7, 59)) == set()
    now = at(MONDAY, 8)
    assert without(now) == BOTH
    assert tomorrow(now) == set()
    for number in range(2):
        ChangeSuggestion.objects.create(
            organisation=cast.tidewater,
            pairing=cast.pairing,
            author=cast.ines,
            title=f"The secret change {number}",
        )
    found = letter_to(cast.tomasz, "session-without-change", now)
    assert found.message.subject == (
        "No change yet for the session with Ines Carvalho on Tuesday, 9 March, 10:00"
    )
    assert "2 changes are suggested for it." in found.message.detail
    assert "secret" not in found.everything


def test_what_was_brought_takes_the_place_of_the_asking(
    planned: ReviewSession,
) -> None:
    assert without(at(MONDAY, 9)) == BOTH
    ReviewSession.objects.update(
        state="reading", title="Retry", opened_at=at(MONDAY, 11)
    )
    assert without(at(MONDAY, 11)) == set()
    assert tomorrow(at(MONDAY, 12, 59)) == set()
    assert tomorrow(at(MONDAY, 13)) == BOTH


@pytest.mark.parametrize(
    "change",
    [
        {"state": "abandoned", "cancelled_at": at(MONDAY, 9)},
        {"planned_at": PLANNED_AT + 7 * DAY},
    ],
)
def test_what_is_cancelled_or_moved_is_withdrawn(
    planned: ReviewSession, change: dict[str, object]
) -> None:
    assert without(at(MONDAY, 9)) == BOTH
    ReviewSession.objects.update(**change)
    assert without(at(MONDAY, 9)) == set()


def test_a_pause_or_a_closed_program_is_silent(
    planned: ReviewSession, brought: ReviewSession
) -> None:
    """The two stand at the same hour, which no constraint minds once one is open."""
    now = at(MONDAY, 9)
    assert (without(now), tomorrow(now)) == (BOTH, BOTH)
    pair(state="paused")
    assert (without(now), tomorrow(now)) == (set(), set())
    pair(state="active")
    assert (without(now), tomorrow(now)) == (BOTH, BOTH)
    Program.objects.update(state=Program.State.CLOSED)
    assert (without(now), tomorrow(now)) == (set(), set())


def test_a_day_that_was_named_speaks_for_itself(met: Met, cast: Cast) -> None:
    met(MONDAY - 6 * DAY, next_on=TUESDAY)
    assert tomorrow(at(MONDAY, 7, 59)) == set()
    now = at(MONDAY, 8)
    assert tomorrow(now) == BOTH
    found = letter_to(cast.ines, "session-tomorrow", now)
    assert found.message.subject == "Session with Tomasz Wieczorek on Tuesday, 9 March"
    assert found.message.detail == (
        "You named the day when you met on Tuesday, 2 March; no hour is planned. "
        "No change is there yet: bring one that an AI wrote this week."
    )
    assert found.message.link.endswith(f"/sessions/plan/{cast.pairing.pk}/")
    assert tomorrow(at(TUESDAY, 23, 59)) == BOTH
    assert tomorrow(at(TUESDAY + DAY, 0)) == set()


def test_a_named_day_tells_of_the_change_that_is_open(
    met: Met, opened: Open, cast: Cast
) -> None:
    met(MONDAY - 6 * DAY, next_on=TUESDAY)
    opened(at(MONDAY - DAY, 9))
    now = at(MONDAY, 9)
    tomorrow(now)
    found = letter_to(cast.ines, "session-tomorrow", now)
    assert (
        "The change that you have open: 3 files, 120 lines added, 40 removed."
        in found.text
    )


def test_an_hour_or_a_later_session_takes_the_place_of_a_named_day(
    met: Met, planned: ReviewSession
) -> None:
    session = met(MONDAY - 6 * DAY, next_on=TUESDAY)
    assert tomorrow(at(MONDAY, 9)) == set()
    assert without(at(MONDAY, 9)) == BOTH
    planned.delete()
    assert tomorrow(at(MONDAY, 9)) == BOTH
    session.next_on = TUESDAY + 5 * DAY
    session.save()
    assert tomorrow(at(MONDAY, 9)) == set()
    session.next_on = TUESDAY
    session.save()
    met(MONDAY - DAY)
    assert tomorrow(at(MONDAY, 9)) == set()


def test_it_reads_as_many_queries_for_three_as_for_one(
    opened: Open, django_assert_num_queries: Any
) -> None:
    ids = [opened(at(MONDAY, 9)).pk for _ in range(3)]
    for few in (ids[:1], ids):
        with django_assert_num_queries(1):
            assert set(subjects(few)) == set(few)
