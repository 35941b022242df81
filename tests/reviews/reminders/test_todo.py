"""Actions on their day, and three days over it."""

from datetime import date, datetime, timedelta

import pytest

from preceptor.accounts.models import Membership
from reviews.models import Action, ReviewSession
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

INES = {("Ines Carvalho", "day")}


def due(now: datetime) -> set[tuple[str, str]]:
    return standing("action-due", now)


@pytest.fixture
def session(opened: Open) -> ReviewSession:
    return opened(
        at(MONDAY - 7 * DAY, 9),
        state="closed",
        is_logged=True,
        held_on=MONDAY - 6 * DAY,
        closed_at=at(MONDAY - 6 * DAY, 12),
    )


def take_on(session: ReviewSession, owner: Membership, due_on: date) -> Action:
    return Action.objects.create(
        organisation=session.organisation,
        session=session,
        owner=owner,
        added_by=session.mentor,
        text="Ask about `secret_code()`",
        due_on=due_on,
    )


def test_the_owner_hears_of_it_on_the_day(session: ReviewSession, cast: Cast) -> None:
    action = take_on(session, cast.ines, MONDAY)
    assert due(at(MONDAY, 7, 59)) == set()
    assert due(at(MONDAY, 8)) == INES
    assert due(at(MONDAY + 3 * DAY, 7, 59)) == INES
    assert due(at(MONDAY + 3 * DAY, 8)) == {("Ines Carvalho", "late")}
    action.done_at = at(MONDAY + 3 * DAY, 9)
    action.save()
    assert due(at(MONDAY + 3 * DAY, 9)) == set()


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Pacific/Kiritimati", MONDAY),
        ("Pacific/Pago_Pago", MONDAY),
        ("America/Los_Angeles", date(2027, 3, 14)),
        ("Europe/London", date(2027, 3, 28)),
        ("Europe/London", date(2027, 10, 31)),
        ("Asia/Kolkata", date(2027, 2, 28)),
        ("Asia/Kolkata", date(2027, 4, 30)),
    ],
)
def test_the_morning_is_that_of_the_owner(
    session: ReviewSession, cast: Cast, zone: str, day: date
) -> None:
    live_in(cast.ines, zone)
    take_on(session, cast.ines, day)
    morning = at(day, 8, 0, zone)
    assert due(morning - timedelta(seconds=1)) == set()
    assert due(morning) == INES


def test_those_of_a_session_and_a_day_are_one(
    session: ReviewSession, cast: Cast
) -> None:
    for _ in range(2):
        take_on(session, cast.ines, MONDAY)
    take_on(session, cast.tomasz, MONDAY)
    take_on(session, cast.ines, MONDAY + DAY)
    now = at(MONDAY, 9)
    assert due(now) == INES | {("Tomasz Wieczorek", "day")}
    found = letter_to(cast.ines, "action-due", now)
    assert found.message.subject == (
        f"2 actions of yours from {session.code} with Tomasz Wieczorek are due"
    )
    assert found.message.detail == "Due today."
    now = at(MONDAY + DAY, 9)
    assert due(now) == INES | {("Tomasz Wieczorek", "day")}
    found = letter_to(cast.ines, "action-due", now)
    assert found.message.subject.startswith("3 actions of yours")
    assert found.message.detail == "The first was due on Monday, 8 March."


def test_a_moved_day_is_told_of_anew(session: ReviewSession, cast: Cast) -> None:
    take_on(session, cast.ines, MONDAY)
    assert due(at(MONDAY, 9)) == INES
    Action.objects.update(due_on=MONDAY + 5 * DAY)
    assert due(at(MONDAY, 9)) == set()
    assert due(at(MONDAY + 5 * DAY, 9)) == INES


def test_the_letter_has_no_word_of_the_room(session: ReviewSession, cast: Cast) -> None:
    take_on(session, cast.ines, MONDAY)
    now = at(MONDAY + 3 * DAY, 9)
    due(now)
    found = letter_to(cast.ines, "action-due", now)
    assert found.message.subject == (
        f"An action of yours from {session.code} with Tomasz Wieczorek is due"
    )
    assert found.message.detail == "Due on Monday, 8 March."
    assert "Session of: Tuesday, 2 March" in found.text
    assert found.message.link.endswith(f"/sessions/{session.pk}/#actions")
    assert "secret" not in found.everything


@pytest.mark.parametrize("state", ["paused", "ended"])
def test_a_pair_that_does_not_meet_is_left_alone(
    session: ReviewSession, cast: Cast, state: str
) -> None:
    take_on(session, cast.ines, MONDAY)
    assert due(at(MONDAY, 9)) == INES
    pair(state=state, ended_at=at(MONDAY, 9), end_reason="Moved away")
    assert due(at(MONDAY, 9)) == set()


def test_ahead_of_its_day_it_counts_what_is_due_then(
    session: ReviewSession, cast: Cast
) -> None:
    take_on(session, cast.ines, MONDAY)
    due(at(MONDAY, 8))
    found = letter_to(cast.ines, "action-due", at(MONDAY - 3 * DAY, 12))
    assert found.message.subject.startswith("An action of yours from ")
    assert found.message.words["day"] == "Monday, 8 March"
