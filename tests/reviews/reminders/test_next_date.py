"""A session after which nothing is arranged."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from pairings.models import Program
from reviews.models import ReviewSession
from tests.cast import Cast
from tests.letters import letter_to, standing
from tests.reviews.reminders.conftest import (
    DAY,
    MONDAY,
    Open,
    at,
    live_in,
    pair,
)

Met = Callable[..., ReviewSession]
BOTH = {("Ines Carvalho", "after"), ("Tomasz Wieczorek", "after")}
WEDNESDAY = MONDAY + 2 * DAY


def open_ended(now: datetime) -> set[tuple[str, str]]:
    return standing("no-next-date", now)


def test_both_are_asked_on_the_second_morning(met: Met) -> None:
    met(MONDAY)
    assert open_ended(at(WEDNESDAY, 7, 59)) == set()
    assert open_ended(at(WEDNESDAY, 8)) == BOTH


def test_it_gives_way_once_they_should_have_met(met: Met) -> None:
    met(MONDAY)
    last = at(MONDAY + 8 * DAY, 7, 59)
    assert open_ended(last) == BOTH
    assert standing("no-session", last) == set()
    after = at(MONDAY + 8 * DAY, 8)
    assert {name for name, _step in standing("no-session", after)} == {
        "Ines Carvalho",
        "Tomasz Wieczorek",
    }
    assert open_ended(after) == set()


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
@pytest.mark.parametrize(
    "met_on", [MONDAY + 4 * DAY, MONDAY + 18 * DAY, MONDAY - 9 * DAY]
)
def test_the_morning_is_that_of_the_reader(
    met: Met, cast: Cast, zone: str, met_on: Any
) -> None:
    """Clocks change on 14 and 28 March, and a month ends; it was closed at five."""
    live_in(cast.ines, zone)
    session = met(met_on)
    assert session.closed_at
    there = at(met_on, 17).astimezone(at(met_on, 8, 0, zone).tzinfo).date()
    morning = at(there + 2 * DAY, 8, 0, zone)
    assert ("Ines Carvalho", "after") not in open_ended(morning - timedelta(seconds=1))
    assert ("Ines Carvalho", "after") in open_ended(morning)


@pytest.mark.parametrize(
    "words",
    [
        {"state": "planned", "planned_at": at(MONDAY + 30 * DAY, 10)},
        {"state": "reading"},
        {"state": "revealed", "revealed_at": at(MONDAY + DAY, 10)},
    ],
)
def test_what_is_arranged_ends_it(
    met: Met, opened: Open, words: dict[str, Any]
) -> None:
    met(MONDAY)
    now = at(WEDNESDAY, 9)
    assert open_ended(now) == BOTH
    session = opened(
        at(MONDAY, 18), planned_minutes=50, led_by="junior", arranged_at=at(MONDAY, 18)
    )
    ReviewSession.objects.filter(pk=session.pk).update(**words)
    assert open_ended(now) == set()
    ReviewSession.objects.filter(pk=session.pk).update(
        state="abandoned", planned_at=None
    )
    assert open_ended(now) == BOTH


def test_a_named_day_or_a_later_session_ends_it(met: Met) -> None:
    first = met(MONDAY)
    now = at(WEDNESDAY, 9)
    assert open_ended(now) == BOTH
    first.next_on = MONDAY + 7 * DAY
    first.save()
    assert open_ended(now) == set()
    first.next_on = None
    first.save()
    met(MONDAY + DAY, next_on=MONDAY + 7 * DAY)
    assert open_ended(now) == set()


def test_of_two_sessions_of_a_day_the_later_speaks(met: Met, cast: Cast) -> None:
    met(MONDAY)
    later = met(MONDAY)
    now = at(WEDNESDAY, 9)
    assert open_ended(now) == BOTH
    found = letter_to(cast.ines, "no-next-date", now)
    assert found.message.link.endswith(f"/sessions/plan/{cast.pairing.pk}/")
    later.next_on = MONDAY + 7 * DAY
    later.save()
    assert open_ended(now) == set()


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "paused"},
        {"state": "ended", "ended_at": at(MONDAY, 9), "end_reason": "Moved away"},
        {"kind": "secondary"},
        {"ends_on": WEDNESDAY + 5 * DAY},
    ],
)
def test_pairs_that_need_no_date_are_left_alone(
    met: Met, changes: dict[str, object]
) -> None:
    met(MONDAY)
    now = at(WEDNESDAY, 9)
    assert open_ended(now) == BOTH
    pair(**changes)
    assert open_ended(now) == set()


def test_a_program_that_does_not_run_sends_none(met: Met) -> None:
    met(MONDAY)
    Program.objects.update(state=Program.State.CLOSED)
    assert open_ended(at(WEDNESDAY, 9)) == set()


def test_the_letter_tells_days_alone(met: Met, cast: Cast) -> None:
    met(MONDAY)
    now = at(WEDNESDAY, 9)
    open_ended(now)
    found = letter_to(cast.tomasz, "no-next-date", now)
    assert found.message.subject == "No next session with Ines Carvalho is planned"
    assert found.message.detail.startswith(
        "You met on Monday, 8 March and named no day for the next time; the plan is "
        "every week."
    )
    assert "secret" not in found.everything
