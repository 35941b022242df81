"""The page of one pair: its year and its sessions, for whom it shows them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from pairings.models import Pairing
from preceptor.accounts.models import Membership, User
from progress.actions import begin_plan
from reviews.models import ReviewSession
from tests.cast import Cast
from tests.factories import PairingFactory

As = Callable[[Membership], Client]
TITLE = "Retry the webhooks"


def held(cast: Cast, on: date) -> ReviewSession:
    return ReviewSession.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        mentor=cast.tomasz,
        junior=cast.ines,
        title=TITLE,
        state=ReviewSession.State.CLOSED,
        is_logged=True,
        closed_at=timezone.now(),
        held_on=on,
        minutes=45,
    )


def page_of(client: Client, pairing: Pairing) -> str:
    return client.get(f"/o/tidewater/pairings/{pairing.pk}/").content.decode()


def test_the_two_see_titles_and_start_a_session(cast: Cast, as_: As) -> None:
    held(cast, date(2026, 3, 4))
    start = f"/o/tidewater/sessions/new/?pairing={cast.pairing.pk}"

    for member in (cast.ines, cast.tomasz):
        page = page_of(as_(member), cast.pairing)
        assert TITLE in page
        assert start in page
        assert "End this pairing" not in page


def test_overseers_see_the_record_and_no_title(cast: Cast, as_: As) -> None:
    session = held(cast, date(2026, 3, 4))

    for member in (cast.ruth, cast.otis, cast.mark, cast.olga, cast.lars):
        page = page_of(as_(member), cast.pairing)
        assert TITLE not in page
        assert session.code in page
        assert "4 March" in page
        assert "45" in page
        assert "Start a session" not in page
        assert ("End this pairing" in page) == (member not in (cast.otis, cast.lars))


def test_strangers_find_no_such_page(cast: Cast, as_: As) -> None:
    path = f"/o/tidewater/pairings/{cast.pairing.pk}/"

    for member in (cast.anjali, cast.devon, cast.mei, cast.otto):
        assert as_(member).get(path).status_code == 404


def test_an_ended_pair_keeps_its_page_and_starts_nothing(cast: Cast, as_: As) -> None:
    held(cast, date(2026, 3, 4))
    Pairing.objects.update(
        state=Pairing.State.ENDED,
        ended_at=timezone.now(),
        end_reason="Tomasz moved to another team",
    )

    for member in (cast.ines, cast.tomasz, cast.ruth):
        page = page_of(as_(member), cast.pairing)
        assert "Tomasz moved to another team" in page
        assert "Start a session" not in page
        assert "End this pairing" not in page
    for member in (cast.otis, cast.lars):
        page = page_of(as_(member), cast.pairing)
        assert "Over since" in page
        assert "moved to another team" not in page


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_the_end_of_a_pair_is_the_same_day_for_everybody(
    cast: Cast, as_: As, zone: str
) -> None:
    """The day after the last one, wherever it is read and whenever it was noted."""
    ends_on = cast.pairing.starts_on + timedelta(days=40)
    noon = datetime.combine(ends_on + timedelta(days=2), time(12), UTC)
    Pairing.objects.update(
        state="ended", ends_on=ends_on, ended_at=noon, end_reason="Moved"
    )
    User.objects.update(time_zone=zone)
    last = date_format(ends_on - timedelta(days=1), "j F")
    page = page_of(as_(cast.ines), cast.pairing)
    assert f"to {last}" in page
    assert f"Over since {date_format(ends_on, 'j F Y')}." in page


def test_a_pair_that_ended_before_it_began_says_so(cast: Cast, as_: As) -> None:
    first = timezone.localdate() + timedelta(days=9)
    Pairing.objects.update(
        starts_on=first,
        ends_on=first,
        state="ended",
        ended_at=timezone.now(),
        end_reason="Moved",
    )
    page = page_of(as_(cast.ines), cast.pairing)
    assert "Ended before it began." in page
    assert "Over since" not in page


def test_a_pair_without_sessions_or_plan_is_told_what_comes(
    cast: Cast, as_: As
) -> None:
    page = page_of(as_(cast.ines), cast.pairing)

    assert "No sessions yet" in page
    assert "There is no growth plan yet" in page


def test_a_long_row_of_sessions_says_where_the_rest_is(cast: Cast, as_: As) -> None:
    for number in range(51):
        held(cast, timezone.localdate() - timedelta(days=number))

    page = page_of(as_(cast.ines), cast.pairing)

    assert f"/o/tidewater/sessions/?pair={cast.pairing.pk}" in page
    assert page.count(TITLE) == 50


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_do_not_grow(cast: Cast, as_: As, count: int) -> None:
    begin_plan(cast.pairing)
    for number in range(count):
        held(cast, timezone.localdate() - timedelta(days=number))
        PairingFactory.create(program=cast.program, mentor=cast.anjali_enrolled)
    client = as_(cast.ines)
    with CaptureQueriesContext(connection) as queries:
        page = page_of(client, cast.pairing)

    assert page.count(TITLE) == count
    assert len(queries) == 15
