"""Autonomy granted at the same moment, on real connections of their own."""

import pytest
from django.utils import timezone

from preceptor.accounts.models import Membership
from progress.actions import ask_autonomy, begin_plan, grant_autonomy
from progress.actions.autonomy import StaleAutonomy
from progress.autonomy import ALONE, LEADS
from progress.models import AutonomyGrant, AutonomyRequest, Competency, GrowthPlan
from tests.cast import Cast, make_cast
from tests.progress.test_framework_concurrency import while_open

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def plan(cast: Cast) -> GrowthPlan:
    begin_plan(cast.pairing)
    return GrowthPlan.objects.get()


def first_of(plan: GrowthPlan) -> Competency:
    return Competency.objects.filter(version=plan.version_id).order_by("pk")[0]


def give(plan: GrowthPlan, by: Membership, level: int) -> None:
    grant_autonomy(
        actor=by,
        plan=plan,
        grant=AutonomyGrant(competency=first_of(plan), level=level),
        seen=0,
        now=timezone.now(),
    )


def ask(plan: GrowthPlan, level: int) -> None:
    ask_autonomy(
        plan=plan,
        competency=first_of(plan),
        level=level,
        word="Try me",
        now=timezone.now(),
    )


def test_of_two_mentors_the_later_is_refused(plan: GrowthPlan, cast: Cast) -> None:
    went = while_open(
        lambda: give(plan, cast.tomasz, LEADS), lambda: give(plan, cast.anjali, ALONE)
    )
    assert went == "StaleAutonomy"
    assert AutonomyGrant.objects.get().level == LEADS


def test_a_button_that_is_clicked_twice_grants_once(
    plan: GrowthPlan, cast: Cast
) -> None:
    """The second is told of no other step, as there is none."""
    went = while_open(
        lambda: give(plan, cast.tomasz, LEADS), lambda: give(plan, cast.tomasz, LEADS)
    )
    assert went == "done"
    assert AutonomyGrant.objects.get().level == LEADS
    with pytest.raises(StaleAutonomy):
        give(plan, cast.tomasz, ALONE)


def test_what_is_asked_for_while_it_is_granted_is_not_asked_for(
    plan: GrowthPlan, cast: Cast
) -> None:
    went = while_open(lambda: give(plan, cast.tomasz, LEADS), lambda: ask(plan, LEADS))
    assert went == "Conflict"
    assert not AutonomyRequest.objects.exists()


def test_two_tabs_ask_once(plan: GrowthPlan) -> None:
    went = while_open(lambda: ask(plan, LEADS), lambda: ask(plan, ALONE))
    assert went == "Conflict"
    assert AutonomyRequest.objects.get().level == LEADS
