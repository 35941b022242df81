from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pairings import ports
from pairings.models import Enrolment, Pairing
from preceptor.accounts.models import Membership
from progress.actions import begin_plan
from progress.models import (
    CheckIn,
    Goal,
    GoalStep,
    GrowthPlan,
    Milestone,
    ProtectedWeek,
)
from progress.protected import monday_of
from reviews.models import ReviewSession
from tests.cast import Cast
from tests.factories import EnrolmentFactory, PairingFactory, ProgramFactory

As = Callable[[Membership], Client]
SECRET = "Ask who else writes this row"


def address(plan: GrowthPlan) -> str:
    return f"/o/tidewater/growth/{plan.pk}/"


def add_secret_goal(plan: GrowthPlan) -> Goal:
    return Goal.objects.create(
        organisation=plan.organisation,
        plan=plan,
        text=SECRET,
        proposed_by=plan.junior.membership,
    )


def end(pairing: Pairing, on: date) -> None:
    pairing.state = Pairing.State.ENDED
    pairing.ends_on, pairing.ended_at = on, timezone.now()
    pairing.end_reason = "A move to another team"
    pairing.save()


def hold_sessions(pairing: Pairing, count: int) -> None:
    now, today = timezone.now(), timezone.localdate()
    for weeks in range(count):
        ReviewSession.objects.create(
            organisation=pairing.organisation,
            pairing=pairing,
            mentor=pairing.mentor.membership,
            junior=pairing.junior.membership,
            title="Retry webhook deliveries",
            state=ReviewSession.State.CLOSED,
            is_logged=True,
            closed_at=now,
            held_on=today - timedelta(weeks=weeks),
            next_on=today + timedelta(days=7 - 7 * weeks),
        )


def tell_of(plan: GrowthPlan, weeks: int) -> None:
    """A check-in some weeks ago, and the hours of its week."""
    now, today = timezone.now(), timezone.localdate()
    own = {"organisation": plan.organisation, "plan": plan}
    CheckIn.objects.create(
        **own,
        went_well="Races feel like luck",
        handed_at=now - timedelta(weeks=weeks),
    )
    ProtectedWeek.objects.create(
        **own, monday=monday_of(today) - timedelta(weeks=weeks), hours=3
    )


def test_a_pairing_that_starts_begins_the_juniors_year(cast: Cast) -> None:
    assert begin_plan in ports.started
    ports.announce(ports.started, cast.pairing)
    plan = GrowthPlan.objects.get()
    assert plan.junior == cast.ines_enrolled
    assert plan.starts_on == cast.pairing.starts_on
    names = list(plan.milestones.values_list("name", flat=True))
    assert names == [
        "First meeting",
        "Needs assessment",
        "Month 2",
        "Month 4",
        "Half year",
        "Month 8",
        "Month 10",
        "Completion review",
    ]


def test_a_change_of_mentor_keeps_the_plan(plan: GrowthPlan, cast: Cast) -> None:
    today = timezone.localdate()
    before = list(plan.milestones.values_list("pk", "due_on"))
    end(cast.pairing, today)
    second = PairingFactory.create(
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        starts_on=today,
    )
    begin_plan(second)
    assert GrowthPlan.objects.get().starts_on == cast.pairing.starts_on
    assert list(plan.milestones.values_list("pk", "due_on")) == before


def test_a_secondary_pairing_begins_no_plan(cast: Cast) -> None:
    begin_plan(
        PairingFactory.create(
            program=cast.program,
            mentor=cast.anjali_enrolled,
            junior=cast.devon_enrolled,
            kind=Pairing.Kind.SECONDARY,
        )
    )
    assert not GrowthPlan.objects.exists()


def test_growth_leads_a_junior_to_their_year(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    response = as_(cast.ines).get("/o/tidewater/growth/")
    assert (response.status_code, response["Location"]) == (303, address(plan))


def test_growth_lists_both_years_of_somebody_who_was_junior_twice(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    later = ProgramFactory.create(organisation=cast.tidewater, name="Second run")
    again = EnrolmentFactory.create(program=later, membership=cast.ines)
    begin_plan(PairingFactory.create(program=later, junior=again))
    page = as_(cast.ines).get("/o/tidewater/growth/").content.decode()
    assert page.count('<th scope="row">') == 2
    assert "Second run" in page


@pytest.mark.parametrize("name", ["tomasz", "ruth", "otis", "mark", "olga", "lars"])
def test_growth_lists_the_years_that_somebody_may_read(
    name: str, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    page = as_(getattr(cast, name)).get("/o/tidewater/growth/").content.decode()
    assert f'<a href="{address(plan)}">Ines Carvalho</a>' in page


def test_growth_tells_nothing_to_who_is_merely_proposed(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    anjali, now = as_(cast.anjali), timezone.now()
    proposed = PairingFactory.create(
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        state=Pairing.State.PROPOSED,
        proposed_at=now,
    )
    assert "Ines" not in anjali.get("/o/tidewater/growth/").content.decode()
    proposed.declined_at, proposed.declined_by = now, cast.anjali
    proposed.save()
    assert "Ines" not in anjali.get("/o/tidewater/growth/").content.decode()


@pytest.mark.parametrize("name", ["devon", "anjali", "mei"])
def test_growth_teaches_who_has_no_year_to_read(
    name: str, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    page = as_(getattr(cast, name)).get("/o/tidewater/growth/").content.decode()
    assert "No growth plan yet" in page
    assert "Ines" not in page


def give_plans(cast: Cast, count: int) -> None:
    for _ in range(count):
        junior = EnrolmentFactory.create(
            program=cast.program, side=Enrolment.Side.JUNIOR
        )
        mentor = EnrolmentFactory.create(
            program=cast.program, side=Enrolment.Side.MENTOR
        )
        begin_plan(
            PairingFactory.create(program=cast.program, mentor=mentor, junior=junior)
        )


@pytest.mark.parametrize("count", [1, 3])
def test_growth_asks_as_much_for_three_as_for_one(
    count: int,
    cast: Cast,
    as_: As,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    give_plans(cast, count)
    client = as_(cast.ruth)
    with django_assert_num_queries(9):
        page = client.get("/o/tidewater/growth/").content.decode()
    assert page.count('<th scope="row">') == count


def test_growth_goes_on_behind_fifty(cast: Cast, as_: As) -> None:
    give_plans(cast, 51)
    client = as_(cast.ruth)
    assert "Page 1 of 2" in client.get("/o/tidewater/growth/").content.decode()
    last = client.get("/o/tidewater/growth/?page=2").content.decode()
    assert last.count('<th scope="row">') == 1


@pytest.mark.parametrize("count", [1, 3])
def test_plan_asks_as_much_for_three_of_all_as_for_one(
    count: int,
    plan: GrowthPlan,
    cast: Cast,
    as_: As,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    hold_sessions(cast.pairing, count)
    assert plan.version
    competency = plan.version.competencies.get(name="Finding the cause")
    for position in range(count):
        goal = Goal.objects.create(
            organisation=plan.organisation,
            plan=plan,
            text=f"Goal {position}",
            position=position,
            proposed_by=cast.tomasz,
            competency=competency,
            target=3,
        )
        GoalStep.objects.create(
            organisation=plan.organisation, goal=goal, text="Read five", position=0
        )
        tell_of(plan, position)
    signed = plan.milestones.all()[:count].values("pk")
    Milestone.objects.filter(pk__in=signed).update(
        mentor_signed_at=timezone.now(), mentor_signed_by=cast.tomasz
    )
    client = as_(cast.tomasz)
    # One of them tells the junior of this opening.
    with django_assert_num_queries(21):
        page = client.get(address(plan)).content.decode()
    assert page.count("proposed by Tomasz Wieczorek, Finding") == count
    assert page.count("0 of 1 step<") == count
    assert page.count("Races feel like luck") == count
    assert f"in {count} of " in page
    assert f"{count} session" in page


@pytest.mark.parametrize("name", ["ines", "tomasz"])
def test_plan_shows_the_pair_its_goals(
    name: str, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    add_secret_goal(plan)
    page = as_(getattr(cast, name)).get(address(plan)).content.decode()
    assert SECRET in page
    assert "First meeting" in page


@pytest.mark.parametrize("name", ["ruth", "otis", "lars", "mark", "olga"])
def test_plan_shows_others_the_record_without_the_goals(
    name: str, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    add_secret_goal(plan)
    page = as_(getattr(cast, name)).get(address(plan)).content.decode()
    assert SECRET not in page
    assert "Goals are read by Ines and the mentor of today" in page
    assert "First meeting" in page


def test_plan_shows_a_former_mentor_the_record_and_the_new_one_the_goals(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    add_secret_goal(plan)
    today = timezone.localdate()
    end(cast.pairing, today)
    PairingFactory.create(
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        starts_on=today,
    )
    former = as_(cast.tomasz).get(address(plan)).content.decode()
    assert SECRET not in former
    assert "with Anjali Mehta" in former
    assert SECRET in as_(cast.anjali).get(address(plan)).content.decode()


@pytest.mark.parametrize("name", ["devon", "anjali", "mei"])
def test_plan_is_not_there_for_other_members(
    name: str, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    assert as_(getattr(cast, name)).get(address(plan)).status_code == 404


def test_plan_is_not_there_for_another_organisation(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    client = as_(cast.otto)
    assert client.get(address(plan)).status_code == 404
    assert client.get(f"/o/harbour/growth/{plan.pk}/").status_code == 404


def test_plan_without_a_mentor_says_so(plan: GrowthPlan, cast: Cast, as_: As) -> None:
    end(cast.pairing, timezone.localdate())
    page = as_(cast.ines).get(address(plan)).content.decode()
    assert "Nobody is the mentor today." in page


def test_plan_of_a_year_that_is_over_says_so(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    today = timezone.localdate()
    end(cast.pairing, today)
    Enrolment.objects.filter(pk=plan.junior_id).update(ends_on=today)
    page = as_(cast.ines).get(address(plan)).content.decode()
    assert "The year is over." in page
    assert "Nobody is the mentor today." not in page
