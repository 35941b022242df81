"""Whose pass is waited for, and who hears that a reveal is ready."""

from datetime import datetime, timedelta

import pytest

from pairings.models import Pairing, Program
from reviews.models import Finding, ReviewSession
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

AUCKLAND, ANGELES = "Pacific/Auckland", "America/Los_Angeles"
KOLKATA = "Asia/Kolkata"
TUESDAY = MONDAY + DAY
BOTH_OPEN = {("Ines Carvalho", "read"), ("Tomasz Wieczorek", "read")}


def waiting(now: datetime) -> set[tuple[str, str]]:
    return standing("pass-waiting", now)


def ready(now: datetime) -> set[tuple[str, str]]:
    return standing("reveal-ready", now)


def test_both_are_asked_on_the_next_morning(opened: Open) -> None:
    opened(at(MONDAY, 17, 30))
    assert waiting(at(MONDAY, 23, 59)) == set()
    assert waiting(at(TUESDAY, 7, 59)) == set()
    assert waiting(at(TUESDAY, 8)) == BOTH_OPEN


@pytest.mark.parametrize(
    ("opened_at", "zone", "morning"),
    [
        # Ten in the evening in London is the next day in Auckland already.
        (
            at(MONDAY, 22),
            "Pacific/Auckland",
            at(MONDAY + 2 * DAY, 8, 0, "Pacific/Auckland"),
        ),
        (
            at(MONDAY, 22),
            "America/Los_Angeles",
            at(TUESDAY, 8, 0, "America/Los_Angeles"),
        ),
        # The clocks change in the night before: 14 March there, 28 March in London.
        (
            at(MONDAY + 5 * DAY, 12),
            "America/Los_Angeles",
            at(MONDAY + 6 * DAY, 8, 0, "America/Los_Angeles"),
        ),
        (at(MONDAY + 19 * DAY, 12), "Europe/London", at(MONDAY + 20 * DAY, 8)),
        # The last day of a month, and of a February.
        (
            at(MONDAY + 23 * DAY, 12),
            "Asia/Kolkata",
            at(MONDAY + 24 * DAY, 8, 0, "Asia/Kolkata"),
        ),
        (at(MONDAY - 8 * DAY, 12), "Europe/London", at(MONDAY - 7 * DAY, 8)),
    ],
)
def test_the_morning_is_that_of_the_reader(
    opened: Open, cast: Cast, opened_at: datetime, zone: str, morning: datetime
) -> None:
    live_in(cast.ines, zone)
    session = opened(opened_at)
    lock(session, "mentor", opened_at)
    assert waiting(morning - timedelta(seconds=1)) == set()
    assert waiting(morning) == {("Ines Carvalho", "other-locked")}


def test_who_has_locked_is_left_alone_and_the_other_asked_again(opened: Open) -> None:
    session = opened(at(MONDAY, 10))
    assert waiting(at(TUESDAY, 9)) == BOTH_OPEN
    lock(session, "mentor", at(TUESDAY, 15))
    assert waiting(at(TUESDAY, 16)) == {("Ines Carvalho", "read")}
    later = at(TUESDAY + DAY, 8)
    assert waiting(later) == {("Ines Carvalho", "other-locked")}
    lock(session, "junior", later)
    assert waiting(later) == set()


def test_at_the_last_it_says_that_the_session_goes_on(opened: Open, cast: Cast) -> None:
    Program.objects.update(pass_timeout_days=5)
    opened(at(MONDAY, 10))
    assert waiting(at(MONDAY + 5 * DAY, 7, 59)) == BOTH_OPEN
    now = at(MONDAY + 5 * DAY, 12)
    assert waiting(now) == {("Ines Carvalho", "last"), ("Tomasz Wieczorek", "last")}
    said = letter_to(cast.ines, "pass-waiting", now).text
    assert "Since Saturday, 13 March it may go on without" in said


@pytest.mark.parametrize("state", ["revealed", "abandoned"])
def test_nobody_is_asked_once_it_is_not_read_any_more(opened: Open, state: str) -> None:
    session = opened(at(MONDAY, 10))
    assert waiting(at(TUESDAY, 9)) == BOTH_OPEN
    ReviewSession.objects.filter(pk=session.pk).update(
        state=state, revealed_at=at(TUESDAY, 9)
    )
    assert waiting(at(TUESDAY, 9)) == set()


@pytest.mark.parametrize("state", [Pairing.State.PAUSED, Pairing.State.ENDED])
def test_a_pair_that_does_not_meet_is_left_alone(opened: Open, state: str) -> None:
    opened(at(MONDAY, 10))
    assert waiting(at(TUESDAY, 9)) == BOTH_OPEN
    pair(state=state, ended_at=at(TUESDAY, 9), end_reason="Moved away")
    assert waiting(at(TUESDAY, 9)) == set()


def test_a_program_that_does_not_run_sends_none(opened: Open) -> None:
    opened(at(MONDAY, 10))
    Program.objects.update(state=Program.State.CLOSED)
    assert waiting(at(TUESDAY, 9)) == set()


def test_the_letter_tells_counts_and_days_alone(opened: Open, cast: Cast) -> None:
    session = opened(at(MONDAY, 10))
    lock(session, "mentor", at(MONDAY, 15))
    for member in (cast.ines, cast.tomasz):
        Finding.objects.create(
            organisation=cast.tidewater,
            session=session,
            author=member,
            blind_pass=session.passes.get(reviewer=member),
            title="The secret finding",
            text="The secret words",
            category="logic",
            severity="critical",
        )
    now = at(TUESDAY, 9)
    waiting(now)
    found = letter_to(cast.ines, "pass-waiting", now)
    assert found.message.subject == (
        f"Tomasz Wieczorek has locked {session.code}; your pass is waited for"
    )
    assert found.message.detail == (
        "Opened on Monday, 8 March: 3 files, 120 lines added, 40 removed. "
        "From Saturday, 13 March on it may go on without a pass that has not come."
    )
    assert found.message.link.endswith(f"/o/tidewater/sessions/{session.pk}/read/")
    for secret in ("secret", "reject", "No", "0.25", "25 %", "finding", "critical"):
        assert f" {secret}" not in found.everything
        assert f"“{secret}" not in found.everything


def test_who_waited_hears_of_the_reveal_at_once(opened: Open) -> None:
    session = opened(at(MONDAY, 10))
    lock(session, "mentor", at(MONDAY, 15))
    assert ready(at(MONDAY, 21)) == set()
    lock(session, "junior", at(MONDAY, 22))
    assert ready(at(MONDAY, 22)) == {("Tomasz Wieczorek", "ready")}
    both = {("Tomasz Wieczorek", "ready"), ("Ines Carvalho", "ready")}
    assert ready(at(TUESDAY, 7, 59)) == {("Tomasz Wieczorek", "ready")}
    assert ready(at(TUESDAY, 8)) == both
    ReviewSession.objects.update(state="revealed", revealed_at=at(TUESDAY, 9))
    assert ready(at(TUESDAY, 9)) == set()


def test_the_letter_of_a_reveal_says_when_both_locked(opened: Open, cast: Cast) -> None:
    session = opened(at(MONDAY, 10))
    lock(session, "mentor", at(MONDAY, 15))
    lock(session, "junior", at(MONDAY, 16))
    ready(at(TUESDAY, 9))
    live_in(cast.ines, "Asia/Tokyo")
    found = letter_to(cast.ines, "reveal-ready", at(TUESDAY, 9))
    assert (
        found.message.subject == f"{session.code} with Tomasz Wieczorek can be revealed"
    )
    assert (
        "You locked on Tuesday, 9 March, 01:00, Tomasz Wieczorek on Tuesday, 9 March, "
        "00:00." in found.text
    )
    assert "secret" not in found.everything


def test_nobody_else_hears_of_either(opened: Open, cast: Cast) -> None:
    session = opened(at(MONDAY, 10))
    names = {name for name, _step in waiting(at(TUESDAY, 9))}
    lock(session, "mentor", at(TUESDAY, 10))
    lock(session, "junior", at(TUESDAY, 11))
    names |= {name for name, _step in ready(at(TUESDAY + DAY, 9))}
    assert names == {"Ines Carvalho", "Tomasz Wieczorek"}
