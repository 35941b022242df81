"""A junior's year, compressed: two mentors, a lead, a stranger, and the days between.

The clock of the servers moves from one day of the year to the next; everything else
is done on the pages, each person in a browser of their own.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from playwright.sync_api import Browser
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from pairings.models import Program
from tests.browser.steps import Enter
from tests.browser.year import Clock, Year
from tests.browser.year.first import (
    a_check_in_is_answered,
    a_goal_is_agreed,
    a_pair_begins,
    a_session_gives_evidence,
    a_step_is_granted,
    needs_are_assessed,
    the_first_meeting_is_signed,
    what_was_signed_stays,
)
from tests.browser.year.last import (
    a_stranger_reads_what_is_shared,
    the_last_assessment,
    the_mentor_changes,
    the_next_mentor_goes_on,
    the_year_is_completed,
)
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)

FIRST = date(2027, 1, 4)
TEN_WEEKS = timedelta(days=70)


@pytest.fixture
def clock(transactional_db: None, settings: Settings) -> Iterator[Clock]:
    settings.SESSION_COOKIE_AGE = 2 * 365 * 24 * 60 * 60
    with time_machine.travel(FIRST) as traveller:
        yield Clock(traveller)


@pytest.fixture
def cast(clock: Clock) -> Cast:
    """The program begins today, and its pairs meet every four weeks."""
    clock.on(FIRST)
    cast = make_cast(FIRST + TEN_WEEKS)
    monthly = Program.Cadence.MONTHLY
    Program.objects.filter(pk=cast.program.pk).update(cadence_days=monthly)
    return cast


@pytest.fixture
def year(
    clock: Clock, cast: Cast, enter: Enter, browser: Browser, live_server: LiveServer
) -> Iterator[Year]:
    outside = browser.new_context(base_url=live_server.url)
    yield Year(
        clock=clock,
        ruth=enter(cast.ruth),
        devon=enter(cast.devon),
        tomasz=enter(cast.tomasz),
        anjali=enter(cast.anjali),
        stranger=outside.new_page(),
    )
    outside.close()


def test_a_year_from_its_pairing_to_its_certificate(year: Year) -> None:
    a_pair_begins(year)
    year.clock.on(date(2027, 1, 15))
    a_goal_is_agreed(year)
    the_first_meeting_is_signed(year)
    year.clock.on(date(2027, 1, 29))
    a_check_in_is_answered(year)
    needs_are_assessed(year)
    year.clock.on(date(2027, 3, 4))
    a_session_gives_evidence(year)
    a_step_is_granted(year)
    what_was_signed_stays(year)
    year.clock.on(date(2027, 5, 4))
    the_mentor_changes(year)
    the_next_mentor_goes_on(year)
    year.clock.on(date(2027, 12, 20))
    the_last_assessment(year)
    the_year_is_completed(year)
    a_stranger_reads_what_is_shared(year)
