"""Who opened a junior's year, for its junior."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from pairings.models import Pairing
from preceptor.accounts.models import Membership
from progress.actions import begin_plan
from progress.models import Goal, GrowthPlan, PlanReading
from progress.readings import note_reading, prune_readings
from tests.cast import Cast
from tests.clients import signed_in
from tests.factories import EnrolmentFactory, PairingFactory

As = Callable[[Membership], Client]
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def plan(cast: Cast) -> GrowthPlan:
    begin_plan(cast.pairing)
    return GrowthPlan.objects.get(junior=cast.ines_enrolled)


def address(plan: GrowthPlan, page: str = "") -> str:
    return f"/o/tidewater/growth/{plan.pk}/{page}"


def kept() -> list[tuple[int, date, int]]:
    rows = PlanReading.objects.order_by("day", "pk")
    return [(row.reader_id, row.day, len(row.opened_at)) for row in rows]


def test_a_mentor_who_opens_it_is_kept_once_an_hour(
    cast: Cast, plan: GrowthPlan
) -> None:
    """By session, and by another session of the same person, too."""
    client, other = signed_in(cast.tomasz), signed_in(cast.tomasz)
    today = timezone.localdate()
    for minutes, one, times in (
        *((0, client, 1), (59, client, 1), (30, other, 1)),
        *((61, client, 2), (62, other, 2), (125, other, 3)),
    ):
        with time_machine.travel(
            datetime.combine(today, NOON.timetz()) + timedelta(minutes=minutes),
            tick=False,
        ):
            assert one.get(address(plan)).status_code == 200
            assert kept() == [(cast.tomasz.pk, today, times)]


def test_another_day_is_another_row_by_the_junior_s_clock(
    cast: Cast, plan: GrowthPlan
) -> None:
    cast.ines.user.time_zone = "Pacific/Auckland"
    cast.ines.user.save()
    plan.refresh_from_db()
    for now in (NOON - timedelta(hours=2), NOON + timedelta(hours=2)):
        note_reading(reader=cast.tomasz, plan=plan, now=now)
    assert [day for _who, day, _times in kept()] == [
        date(2026, 11, 23),
        date(2026, 11, 24),
    ]


@pytest.mark.parametrize(
    "name", ["ines", "ruth", "otis", "mark", "olga", "lars", "devon", "mei"]
)
def test_who_reads_no_text_is_not_listed(
    cast: Cast, plan: GrowthPlan, name: str
) -> None:
    client = signed_in(getattr(cast, name))
    client.get(address(plan))
    client.get(address(plan, "completion/"))
    assert kept() == []


@pytest.mark.parametrize("page", ["assessments/", "evidence/", "autonomy/", "figures/"])
def test_each_page_of_the_year_counts(cast: Cast, plan: GrowthPlan, page: str) -> None:
    assert signed_in(cast.tomasz).get(address(plan, page)).status_code == 200
    assert [who for who, *_rest in kept()] == [cast.tomasz.pk]


def test_a_goal_that_is_read_counts(cast: Cast, plan: GrowthPlan) -> None:
    goal = Goal.objects.create(
        organisation=cast.tidewater,
        plan=plan,
        text="Read a plan",
        proposed_by=cast.ines,
        junior_agreed_at=NOON,
    )
    signed_in(cast.tomasz).get(f"/o/tidewater/growth/goals/{goal.pk}/")
    assert [who for who, *_rest in kept()] == [cast.tomasz.pk]


@pytest.mark.parametrize(
    "headers",
    [{"HX-Request": "true"}, {"HX-Request": "true", "HX-Boosted": "true"}],
)
def test_no_header_hides_that_it_was_read(
    cast: Cast, plan: GrowthPlan, headers: dict[str, str]
) -> None:
    signed_in(cast.tomasz).get(address(plan), headers=headers)
    assert [who for who, *_rest in kept()] == [cast.tomasz.pk]


def test_a_handover_shows_the_year_too(cast: Cast, plan: GrowthPlan) -> None:
    today = timezone.localdate()
    Pairing.objects.filter(pk=cast.pairing.pk).update(
        ends_on=today,
        state=Pairing.State.ENDED,
        ended_at=timezone.now(),
        end_reason="other",
    )
    following = PairingFactory.create(
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        starts_on=today,
    )
    page = f"/o/tidewater/pairings/{following.pk}/handover/"
    signed_in(cast.ines).get(page)
    assert kept() == []
    assert signed_in(cast.anjali).get(page).status_code == 200
    assert [who for who, *_rest in kept()] == [cast.anjali.pk]


def test_neither_a_piece_nor_a_page_elsewhere_nor_a_write_counts(
    cast: Cast, plan: GrowthPlan
) -> None:
    client = signed_in(cast.tomasz)
    client.get(address(plan, "goals/levels/"), headers={"HX-Request": "true"})
    client.get(f"/o/tidewater/pairings/{cast.pairing.pk}/")
    client.post(address(plan, "goals/add/"), {"text": "Read a plan"})
    assert client.get(address(plan, "readers/")).status_code == 403
    assert kept() == []


def test_an_opening_is_told_of_without_a_query_for_the_next_hour(
    cast: Cast, plan: GrowthPlan, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(cast.tomasz)
    client.get(address(plan))
    with django_assert_num_queries(17):
        client.get(address(plan))


def test_the_junior_sees_who_and_when(cast: Cast, plan: GrowthPlan) -> None:
    for hours in (0, 3):
        now = NOON + timedelta(hours=hours)
        note_reading(reader=cast.tomasz, plan=plan, now=now)
    cast.ines.user.time_zone = "Europe/Lisbon"
    cast.ines.user.save()
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        page = signed_in(cast.ines).get(address(plan, "readers/")).content.decode()
    assert "Tomasz Wieczorek" in page
    assert "23 November<" in page
    assert ">12:00</time>, <time" in page
    assert ">15:00</time>" in page


def test_the_plan_says_that_readers_are_seen(cast: Cast, plan: GrowthPlan) -> None:
    words, link = "Ines sees who opens this year", address(plan, "readers/")
    seen = {
        name: signed_in(getattr(cast, name)).get(address(plan)).content.decode()
        for name in ("ines", "tomasz", "ruth")
    }
    assert [words in seen[name] for name in seen] == [False, True, False]
    assert [link in seen[name] for name in seen] == [True, False, False]


@pytest.mark.parametrize("readers", [1, 3])
def test_the_list_takes_as_many_queries_for_one_as_for_three(
    cast: Cast,
    plan: GrowthPlan,
    readers: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    days = count()
    for member in (cast.tomasz, cast.anjali, cast.mei)[:readers]:
        now = NOON + timedelta(days=next(days))
        note_reading(reader=member, plan=plan, now=now)
    client = signed_in(cast.ines)
    client.get(address(plan, "readers/"))
    with django_assert_num_queries(7):
        client.get(address(plan, "readers/"))


def test_an_empty_list_teaches(cast: Cast, plan: GrowthPlan) -> None:
    page = signed_in(cast.ines).get(address(plan, "readers/")).content.decode()
    assert "Nobody opened it so far" in page


def test_the_years_of_two_juniors_are_kept_apart(cast: Cast, plan: GrowthPlan) -> None:
    junior = EnrolmentFactory.create(
        program=cast.program, membership=cast.mei, side="junior"
    )
    pair = PairingFactory.create(
        program=cast.program, mentor=cast.tomasz_enrolled, junior=junior
    )
    begin_plan(pair)
    other = GrowthPlan.objects.get(junior=junior)
    client = signed_in(cast.tomasz)
    client.get(address(plan))
    client.get(address(other))
    client.get(address(plan))
    rows = PlanReading.objects.order_by("pk")
    assert [row.plan_id for row in rows] == [plan.pk, other.pk]
    assert (
        "Nobody"
        not in signed_in(cast.mei).get(address(other, "readers/")).content.decode()
    )


def test_readings_of_long_ago_go(
    cast: Cast, plan: GrowthPlan, settings: Settings
) -> None:
    settings.READINGS_DAYS = 100
    for days in (0, 99, 100, 101, 300):
        note_reading(reader=cast.tomasz, plan=plan, now=NOON - timedelta(days=days))
    assert prune_readings(NOON) == 2
    oldest = (NOON - timedelta(days=100)).date()
    assert kept()[0][1] == oldest
    settings.READINGS_DAYS = 0
    assert prune_readings(NOON + timedelta(days=900)) == 0
