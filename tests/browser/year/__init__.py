"""Who plays a junior's year in the browser, and what they say in it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
import time_machine
from playwright.sync_api import Page

# What the chapters assert is shown as in tests.
pytest.register_assert_rewrite(
    *(f"tests.browser.year.{name}" for name in ("steps", "first", "last"))
)

GROWTH = "/o/tidewater/growth/"
COMPETENCY = "Finding the cause"
OTHER = "Reading a change"
NAMES = [
    *("First meeting", "Needs assessment", "Month 2", "Month 4"),
    *("Half year", "Month 8", "Month 10", "Completion review"),
]
GOAL = "Find the race before it is merged"
HARDEST = "I could not say why the test hung"
ANSWER = "Then we look at one together"
OWN_NOTE, MENTORS_NOTE = "I find most of them alone", "Guesses before looking"
OWN_FLAW, MENTORS_FLAW = "Nothing waits for the pool", "The lock is taken too late"
LESSON = "Take the lock before you look."
WORD = "Give Devon a minute before you speak"
ADDENDUM = "It was the second of our two sessions"
REASON = "We met twice, and wrote down one"

SESSIONS = {"Sessions held": "1", "Hours together": "1.5", "Led by the junior": "0"}
FIGURES = {
    **SESSIONS,
    "Milestones signed off": "4",
    "Goals reached": "1",
    "Pieces of evidence": "1",
}
MENTORS = [
    ["Tomasz Wieczorek", "4 January 2027", "3 May 2027", "1"],
    ["Anjali Mehta", "4 May 2027", "2 January 2028", "0"],
]


class Clock:
    """What the servers and the test take for now; Chromium keeps its own."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller

    def on(self, day: date) -> None:
        """It is noon of that day; the browsers open what they open from then on."""
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        self._traveller.move_to(noon)


@dataclass(slots=True)
class Year:
    """Who plays it, each on a page of their own, and where their pages are."""

    clock: Clock
    ruth: Page
    devon: Page
    tomasz: Page
    anjali: Page
    stranger: Page
    plan: str = ""
    pairing: str = ""
    session: str = ""
    evidence: str = ""
