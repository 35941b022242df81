from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pairings.models import Pairing, Program
from preceptor.insights.attention import concerns, unpaired_juniors
from progress.models import GrowthPlan, Milestone
from reviews.models import ReviewSession
from tests.cast import Cast, make_cast
from tests.factories import EnrolmentFactory, PairingFactory

TODAY = date(2026, 6, 17)
NOON = datetime(2026, 6, 17, 12, tzinfo=UTC)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast(TODAY)


def met(cast: Cast, on: date, pairing: Pairing | None = None) -> None:
    pairing = pairing or cast.pairing
    ReviewSession.objects.create(
        organisation=cast.tidewater,
        pairing=pairing,
        mentor=pairing.mentor.membership,
        junior=pairing.junior.membership,
        title="Cache the rate table",
        state="closed",
        is_logged=True,
        closed_at=NOON,
        held_on=on,
    )


def reasons(cast: Cast) -> list[tuple[str, ...]]:
    """The reasons of each concern, which are the same however widely one looks."""
    programs = Program.objects.filter(pk=cast.program.pk)
    narrow = concerns(cast.tidewater, programs, TODAY, limit=9, is_wide=False)
    assert narrow == concerns(cast.tidewater, programs, TODAY, limit=9)
    return [
        concern.reasons
        for concern in concerns(cast.tidewater, programs, TODAY, limit=9)
    ]


def test_a_pair_that_met_within_two_cadences_needs_nobody(cast: Cast) -> None:
    met(cast, TODAY - timedelta(days=14))

    assert reasons(cast) == []


def test_a_pair_that_missed_two_cadences_is_named_with_its_reason(cast: Cast) -> None:
    met(cast, TODAY - timedelta(days=36))
    met(cast, TODAY - timedelta(days=50))

    assert reasons(cast) == [("No session for 5 weeks; the plan is every week",)]


def test_a_slower_cadence_waits_longer(cast: Cast) -> None:
    met(cast, TODAY - timedelta(days=36))
    Program.objects.update(cadence_days=Program.Cadence.MONTHLY)

    assert reasons(cast) == []


def test_a_pair_that_never_met(cast: Cast) -> None:
    assert reasons(cast) == [
        ("No session yet, 10 weeks after the start; the plan is every week",)
    ]


def test_an_overdue_milestone_and_a_session_left_open(cast: Cast) -> None:
    met(cast, TODAY)
    plan = GrowthPlan.objects.create(
        organisation=cast.tidewater,
        junior=cast.ines_enrolled,
        starts_on=cast.program.starts_on,
    )
    for name, due_on in (("First meeting", 5), ("Needs assessment", 3)):
        Milestone.objects.create(
            organisation=cast.tidewater,
            plan=plan,
            kind=Milestone.Kind.CHECK_IN,
            name=name,
            due_on=TODAY - timedelta(days=due_on),
        )
    ReviewSession.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        mentor=cast.tomasz,
        junior=cast.ines,
        title="Left open",
        opened_at=NOON - timedelta(days=20),
    )

    assert reasons(cast) == [
        (
            "“First meeting” is unsigned 5 days after it was due",
            "A session has been open for 20 days without a reveal",
        )
    ]


@pytest.mark.parametrize("state", [Pairing.State.PAUSED, Pairing.State.ENDED])
def test_a_pair_that_pauses_or_ended_needs_nobody(cast: Cast, state: str) -> None:
    Pairing.objects.update(state=state, ended_at=NOON, end_reason="moved away")

    assert reasons(cast) == []


def test_the_longest_standing_comes_first_and_the_list_is_bounded(cast: Cast) -> None:
    late = PairingFactory.create(
        program=cast.program, mentor=cast.anjali_enrolled, junior=cast.mai_enrolled
    )
    met(cast, TODAY - timedelta(days=20))
    met(cast, TODAY - timedelta(days=40), late)
    programs = Program.objects.all()

    assert [c.pairing for c in concerns(cast.tidewater, programs, TODAY, limit=9)] == [
        late,
        cast.pairing,
    ]
    assert [c.pairing for c in concerns(cast.tidewater, programs, TODAY, limit=1)] == [
        late
    ]


@pytest.mark.parametrize("more", [0, 2])
def test_the_list_takes_four_queries(cast: Cast, more: int) -> None:
    for _ in range(more):
        PairingFactory.create(program=cast.program, mentor=cast.tomasz_enrolled)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        rows = concerns(cast.tidewater, Program.objects.all(), TODAY, limit=9)
        names = [(str(row.pairing), str(row.pairing.program)) for row in rows]

    assert (len(names), len(queries)) == (1 + more, 4)


def test_juniors_without_a_mentor(cast: Cast) -> None:
    left = EnrolmentFactory.create(program=cast.program)
    left.membership.is_active = False
    left.membership.save()
    programs = Program.objects.all()

    assert list(unpaired_juniors(programs, TODAY)) == [
        cast.devon_enrolled,
        cast.mai_enrolled,
    ]
    assert list(unpaired_juniors(programs, cast.program.ends_on)) == []


def test_the_database_keeps_the_day_of_the_last_session(cast: Cast) -> None:
    met(cast, TODAY - timedelta(days=2))
    met(cast, TODAY - timedelta(days=9))
    given_up = ReviewSession.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        mentor=cast.tomasz,
        junior=cast.ines,
        title="Given up",
        state="abandoned",
        held_on=TODAY,
    )
    cast.pairing.refresh_from_db()
    assert cast.pairing.last_met_on == TODAY - timedelta(days=2)

    ReviewSession.objects.filter(pk=given_up.pk).update(
        state="closed", is_logged=True, closed_at=NOON
    )
    cast.pairing.refresh_from_db()
    assert cast.pairing.last_met_on == TODAY
