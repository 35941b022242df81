from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pairings.models import Enrolment, Pairing
from preceptor.insights.delivery_figures.beside import Pair, shown_teams, teams_beside
from preceptor.insights.figures.estimates import Estimate, Withheld
from preceptor.insights.models import TeamWeek
from reviews.models import ReviewSession
from tests.cast import Cast
from tests.factories import EnrolmentFactory, PairingFactory


def pairs_in(**counts: int) -> list[Pair]:
    day = timezone.localdate()
    return [
        Pair(n, team, (day, day))
        for team, count in counts.items()
        for n in range(count)
    ]


def test_a_team_of_few_pairs_is_left_out_and_can_not_be_reckoned() -> None:
    assert shown_teams(pairs_in(a=5, b=3)) == {"a", "b"}
    # What b and c have together would be the program's figure less a's.
    assert shown_teams(pairs_in(a=5, b=4, c=2)) == {"a"}
    assert shown_teams(pairs_in(a=5, b=4, c=2, d=1)) == {"a", "b"}
    assert shown_teams(pairs_in(a=3, b=1)) == set()
    assert shown_teams([]) == set()


def pair_up(cast: Cast, team: str, sessions: int) -> Pairing:
    """A pair since the program's first day, which met so often."""
    junior = EnrolmentFactory.create(program=cast.program, team=team)
    pair = PairingFactory.create(
        program=cast.program, mentor=cast.anjali_enrolled, junior=junior
    )
    for week in range(sessions):
        ReviewSession.objects.create(
            organisation=cast.tidewater,
            pairing=pair,
            mentor=cast.anjali,
            junior=junior.membership,
            state=ReviewSession.State.CLOSED,
            is_logged=True,
            title="Print the rate",
            closed_at=timezone.now(),
            held_on=cast.program.starts_on + timedelta(weeks=week),
            minutes=50,
        )
    return pair


def told(cast: Cast, team: str, weeks_after: int, **figures: Any) -> TeamWeek:
    first = cast.program.starts_on
    monday = first - timedelta(days=first.weekday()) + timedelta(weeks=weeks_after)
    return TeamWeek.objects.create(
        organisation=cast.tidewater, team=team, monday=monday, **figures
    )


def test_weeks_lie_before_and_during_beside_the_depth_of_the_team(cast: Cast) -> None:
    cast.pairing.delete()
    for sessions in (5, 10, 0):
        pair_up(cast, "Billing", sessions)
    for week, deployments in enumerate((2, 4, 6), start=-8):
        told(cast, "billing", week, deployments=deployments, failures=1)
    for week in range(2, 5):
        told(cast, "Billing", week, deployments=8, failures=2)
    told(cast, "Elsewhere", 1, deployments=1)
    [team] = teams_beside(cast.program, timezone.localdate())
    by_name = {one.name: one for one in team.figures}
    deployed = by_name["deployments"]
    assert isinstance(deployed.before, Estimate)
    assert isinstance(deployed.during, Estimate)
    assert (deployed.before.value, deployed.before.n) == (4.0, 3)
    assert (deployed.during.value, deployed.during.low) == (8.0, 8.0)
    failed = by_name["failures"]
    assert isinstance(failed.before, Estimate)
    assert (failed.before.value, failed.before.n) == (0.25, 12)
    assert isinstance(by_name["throughput"].before, Withheld)
    depth = team.depth
    assert depth is not None
    assert depth.pairs == 3
    assert isinstance(depth.sessions, Estimate)
    # 15 sessions over three times 70 days.
    assert depth.sessions.value == pytest.approx(15 / (3 * 70 / 28))
    assert isinstance(depth.kept, Estimate)
    assert (depth.kept.value, depth.kept.n) == (0.5, 30)
    assert [value for _on, value in depth.periods] == pytest.approx([8 / 3, 5 / 3])


def test_depth_of_two_pairs_is_not_told(cast: Cast) -> None:
    pair_up(cast, "Billing", 3)
    pair_up(cast, "Billing", 4)
    told(cast, "Billing", 2, deployments=8)
    [team] = teams_beside(cast.program, timezone.localdate())
    assert team.depth is None


def test_what_is_told_of_another_organisation_or_year_lies_beside_nothing(
    cast: Cast,
) -> None:
    told(cast, "Integrations", -53, deployments=8)
    harbour = cast.otto.organisation
    monday = told(cast, "Integrations", -60, deployments=8).monday
    TeamWeek.objects.create(
        organisation=harbour,
        team="Integrations",
        monday=monday + timedelta(weeks=60),
        deployments=1,
    )
    assert teams_beside(cast.program, timezone.localdate()) == []


def test_teams_beside_asks_as_much_for_three_as_for_one(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def add(team: str) -> None:
        for _pair in range(3):
            pair_up(cast, team, 1)
        told(cast, team, 1, deployments=8)

    Enrolment.objects.update(team="Billing")
    add("Billing")
    with django_assert_num_queries(4):
        teams_beside(cast.program, timezone.localdate())
    add("Rates")
    add("Customs")
    with django_assert_num_queries(4):
        assert len(teams_beside(cast.program, timezone.localdate())) == 3
