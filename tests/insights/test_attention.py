from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pairings.models import Enrolment, Pairing, Program
from preceptor.accounts.models import Membership
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
    pairings = Pairing.objects.filter(program=cast.program)
    narrow = concerns(pairings, TODAY, limit=9, is_wide=False)
    assert narrow == concerns(pairings, TODAY, limit=9, is_wide=True)
    return [concern.reasons for concern in narrow]


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
    pairings = Pairing.objects.all()

    for is_wide in (True, False):
        both = concerns(pairings, TODAY, limit=9, is_wide=is_wide)
        assert [concern.pairing for concern in both] == [late, cast.pairing]
        assert concerns(pairings, TODAY, limit=1, is_wide=is_wide) == both[:1]


def due(plan: GrowthPlan, days_ago: int, signed_by: Membership | None) -> None:
    signed_at = NOON if signed_by else None
    Milestone.objects.create(
        organisation=plan.organisation,
        plan=plan,
        kind=Milestone.Kind.CHECK_IN,
        name=f"Due {days_ago} days ago",
        due_on=TODAY - timedelta(days=days_ago),
        junior_signed_at=signed_at,
        mentor_signed_at=signed_at,
        mentor_signed_by=signed_by,
        signed_at=signed_at,
    )


def amiss_at_random(cast: Cast, random: Random) -> None:
    """Sixteen pairs with many reasons each, of which most fall on the same days."""
    pairings = PairingFactory.create_batch(
        16, program=cast.program, mentor=cast.tomasz_enrolled
    )
    random.shuffle(pairings)
    for pairing in pairings:
        plan = GrowthPlan.objects.create(
            organisation=cast.tidewater,
            junior=pairing.junior,
            starts_on=cast.program.starts_on,
        )
        for _ in range(random.choice([0, 1, 1, 2, 6])):
            days_ago = random.choice([-3, 2, 2, 2, 2, 16, 16, 30])
            due(plan, days_ago, random.choice([None, None, None, cast.tomasz]))
        met(cast, TODAY - timedelta(days=random.choice([3, 3, 14, 16, 16])), pairing)
        for _ in range(random.choice([0, 0, 0, 1, 3])):
            ReviewSession.objects.create(
                organisation=cast.tidewater,
                pairing=pairing,
                mentor=pairing.mentor.membership,
                junior=pairing.junior.membership,
                title="Left open",
                opened_at=NOON - timedelta(hours=random.randrange(24 * 14, 24 * 18)),
            )


@pytest.mark.parametrize("seed", range(8))
def test_candidates_give_what_looking_at_every_pair_gives(
    cast: Cast, seed: int
) -> None:
    amiss_at_random(cast, Random(seed))  # noqa: S311 # a story, not a secret
    pairings = Pairing.objects.all()
    every = concerns(pairings, TODAY, limit=99, is_wide=False)
    assert len(every) > 8

    for limit in range(1, len(every) + 2):
        found = concerns(pairings, TODAY, limit=limit, is_wide=True)
        assert found == every[:limit]


@pytest.mark.parametrize(("is_wide", "count"), [(True, 4), (False, 2)])
@pytest.mark.parametrize("more", [0, 2])
def test_the_queries_of_the_list_do_not_grow(
    cast: Cast, more: int, is_wide: bool, count: int
) -> None:
    for _ in range(more):
        PairingFactory.create(program=cast.program, mentor=cast.tomasz_enrolled)

    with CaptureQueriesContext(connection) as queries:
        rows = concerns(Pairing.objects.all(), TODAY, limit=9, is_wide=is_wide)
        names = [(row.reasons, str(row.pairing.program)) for row in rows]

    assert (len(names), len(queries)) == (1 + more, count)


def test_who_has_a_first_pairing_ahead_is_not_without_a_mentor(cast: Cast) -> None:
    def names() -> list[str]:
        rows = unpaired_juniors(Enrolment.objects.filter(program=cast.program), TODAY)
        return sorted(str(row) for row in rows)

    def arrange(junior: Enrolment) -> None:
        PairingFactory.create(
            program=cast.program,
            mentor=cast.anjali_enrolled,
            junior=junior,
            starts_on=TODAY + timedelta(days=1),
        )

    arrange(cast.mai_enrolled)
    assert names() == ["Devon Marsh"]

    Pairing.objects.filter(pk=cast.pairing.pk).update(
        state="ended", ended_at=NOON, end_reason="other", ends_on=TODAY
    )
    arrange(cast.ines_enrolled)
    assert names() == ["Devon Marsh", "Ines Carvalho"]


def test_juniors_without_a_mentor(cast: Cast) -> None:
    left = EnrolmentFactory.create(program=cast.program)
    left.membership.is_active = False
    left.membership.save()
    enrolments = Enrolment.objects.all()

    assert list(unpaired_juniors(enrolments, TODAY)) == [
        cast.devon_enrolled,
        cast.mai_enrolled,
    ]
    assert list(unpaired_juniors(enrolments, cast.program.ends_on)) == []


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
