"""What Today says that waits for somebody's own word, and to whom it says nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from pairings.models import Enrolment, Pairing
from preceptor.accounts.models import Membership
from preceptor.templatetags.preceptor import day
from progress.actions import (
    Agreed,
    Said,
    add_goal,
    agree_goal,
    answer_checkin,
    begin_plan,
    evaluate_junior,
    evaluate_mentor,
    hand_in,
    keep_outcomes,
    keep_ratings,
    open_assessment,
    prepare_checkin,
    sign_assessment,
)
from progress.models import Assessment, Goal, GrowthPlan
from progress.models.checkins import WORDS
from tests.cast import Cast
from tests.factories import EnrolmentFactory, PairingFactory

As = Callable[[Membership], Client]
Told = Callable[[Membership], list[tuple[str, str]]]
SECRET = "Believes the tool"
ENDED = {"state": Pairing.State.ENDED, "end_reason": "The year is over."}


@pytest.fixture
def plan(cast: Cast) -> GrowthPlan:
    """A year that is far from its first assessment, its middle and its end."""
    today = timezone.localdate()
    Pairing.objects.filter(pk=cast.pairing.pk).update(
        starts_on=today - timedelta(days=5), ends_on=today + timedelta(days=355)
    )
    cast.pairing.refresh_from_db()
    begin_plan(cast.pairing)
    return GrowthPlan.objects.get()


@pytest.fixture
def told(as_: As) -> Told:
    """The titles that Today shows, each with what stands beneath."""

    def ask(member: Membership) -> list[tuple[str, str]]:
        page = as_(member).get("/o/tidewater/")
        wanted: list[Any] = page.context.get("wanted") or []
        body = page.content.decode()
        assert ("Waits for your word" in body, SECRET in body) == (bool(wanted), False)
        client = as_(member)
        assert {client.get(one.path).status_code for one in wanted} <= {200}
        return [(one.title, one.about) for one in wanted]

    return ask


def propose(plan: GrowthPlan, actor: Membership, text: str) -> Goal:
    goal = Goal(text=text)
    add_goal(actor=actor, plan=plan, goal=goal)
    return goal


def test_a_goal_waits_for_who_has_not_agreed(
    plan: GrowthPlan, cast: Cast, told: Told
) -> None:
    goal = propose(plan, cast.ines, "Find the race")
    assert told(cast.ines) == []
    title = "Agree to “Find the race”, or change it"
    assert told(cast.tomasz) == [(title, "A goal of Ines Carvalho.")]
    agree_goal(actor=cast.tomasz, goal=goal, version=1, now=timezone.now())
    assert told(cast.tomasz) == []
    for text in ("Lead a reveal", "Say how sure I am"):
        propose(plan, cast.tomasz, text)
    assert told(cast.ines) == [
        ("Agree to 2 goals, or change them", "Goals of your year.")
    ]
    assert told(cast.ruth) == told(cast.lars) == told(cast.anjali) == []


def test_a_check_in_waits_once_it_is_handed_over(
    plan: GrowthPlan, cast: Cast, told: Told
) -> None:
    words = {**dict.fromkeys(WORDS, ""), "hardest": SECRET}
    now = timezone.now()
    keys: dict[str, Any] = {"plan": plan, "words": words, "now": now}
    prepare_checkin(**keys, version=0, hands_over=False)
    assert told(cast.tomasz) == []
    checkin = prepare_checkin(**keys, version=1, hands_over=True)
    ((title, about),) = told(cast.tomasz)
    assert title == "Answer the check-in of Ines Carvalho"
    assert about.startswith("Handed over on ")
    assert told(cast.ines) == told(cast.ruth) == []
    answer_checkin(actor=cast.tomasz, checkin=checkin, answer="Yes", version=2, now=now)
    assert told(cast.tomasz) == []


def rate(assessment: Assessment, member: Membership, level: int) -> None:
    rows = assessment.version.competencies.all()
    said = {row.pk: Said(True, level, "observed", SECRET) for row in rows}
    keep_ratings(actor=member, assessment=assessment, said=said, edits=0)
    hand_in(actor=member, assessment=assessment, now=timezone.now())
    assessment.refresh_from_db()


def test_an_assessment_waits_for_who_has_to_go_on(
    plan: GrowthPlan, cast: Cast, told: Told
) -> None:
    now = timezone.now()
    one = open_assessment(actor=cast.ines, plan=plan, occasion="needs", now=now)
    own, theirs = "Rate where you stand", "Rate where Ines Carvalho stands"
    neither = "Needs assessment. Neither side is in yet."
    assert (told(cast.ines), told(cast.tomasz)) == (
        [(own, neither)],
        [(theirs, neither)],
    )
    rate(one, cast.tomasz, 4)
    is_in = "is in. You see each other’s side once you are, too."
    assert told(cast.ines) == [(own, f"Needs assessment. Your mentor {is_in}")]
    assert told(cast.tomasz) == []
    rate(one, cast.ines, 2)
    agree = "Needs assessment. Both sides are in."
    assert told(cast.ines) == [("Agree with your mentor on your levels", agree)]
    assert [about for _title, about in told(cast.tomasz)] == [agree]
    rows = one.version.competencies.all()
    agreed = {row.pk: Agreed(3, "improving", "") for row in rows}
    keep_outcomes(assessment=one, agreed=agreed, edits=0)
    one.refresh_from_db()
    sign_assessment(actor=cast.tomasz, assessment=one, edits=1, now=now)
    signed = "Needs assessment. Your mentor has signed."
    assert told(cast.ines) == [("Sign your levels", signed)]
    assert told(cast.tomasz) == told(cast.ruth) == []
    sign_assessment(actor=cast.ines, assessment=one, edits=1, now=now)
    assert told(cast.ines) == []


def test_an_assessment_whose_time_has_come_is_offered_until_it_is_begun(
    plan: GrowthPlan, cast: Cast, told: Told
) -> None:
    today = timezone.localdate()
    GrowthPlan.objects.update(starts_on=today - timedelta(days=30))
    when = today + timedelta(days=14)
    needs = plan.milestones.filter(kind="needs_assessment")
    needs.update(due_on=when + timedelta(days=1))
    assert told(cast.ines) == told(cast.tomasz) == []
    needs.update(due_on=when)
    about = f"Its day is {day(when)}. Whoever begins it, you each rate apart."
    title = "Begin the needs assessment"
    assert told(cast.ines) == [(title, about)]
    assert told(cast.tomasz) == [(f"{title} of Ines Carvalho", about)]
    assert told(cast.ruth) == told(cast.lars) == told(cast.anjali) == []
    Pairing.objects.filter(pk=cast.pairing.pk).update(state=Pairing.State.PAUSED)
    assert told(cast.ines) == told(cast.tomasz) == []
    Pairing.objects.filter(pk=cast.pairing.pk).update(state=Pairing.State.ACTIVE)
    now = timezone.now()
    keys: dict[str, Any] = {"actor": cast.ines, "plan": plan, "now": now}
    own = open_assessment(**keys, occasion="own")
    assert told(cast.ines)[0][0] == told(cast.ines)[-1][0] == "Rate where you stand"
    own.delete()
    GrowthPlan.objects.update(version=None)
    assert told(cast.ines) == []


def end_soon(pairing: Pairing, days: int) -> None:
    today = timezone.localdate()
    Pairing.objects.filter(pk=pairing.pk).update(
        starts_on=today - timedelta(days=340), ends_on=today + timedelta(days=days)
    )
    pairing.refresh_from_db()


@pytest.mark.parametrize("days", [20, -20])
def test_an_evaluation_waits_for_who_has_not_answered(
    days: int, plan: GrowthPlan, cast: Cast, told: Told
) -> None:
    """Also where the pairing is over; of the other's answer it says nothing."""
    end_soon(cast.pairing, days)
    if days < 0:
        Pairing.objects.update(**ENDED, ended_at=timezone.now())
    ((title, about),) = told(cast.ines)
    assert title == "Say how Tomasz Wieczorek is as a preceptor"
    assert about.startswith("Completion. Six questions, until ")
    before = told(cast.tomasz)
    assert [title for title, _about in before] == ["Say how Ines Carvalho is doing"]
    keys: dict[str, Any] = {
        "pairing": cast.pairing,
        "occasion": "completion",
        "answers": {"time": 1},
    }
    evaluate_mentor(**keys, today=timezone.localdate())
    assert (told(cast.ines), told(cast.tomasz)) == ([], before)
    evaluate_junior(**keys, word="", now=timezone.now())
    assert told(cast.tomasz) == told(cast.ruth) == told(cast.lars) == []


def test_what_never_began_is_not_asked_about(cast: Cast, told: Told) -> None:
    today = timezone.localdate()
    cast.pairing.delete()
    called_off = {**ENDED, "ended_at": timezone.now()}
    for given, first, last in ((called_off, 0, 0), ({}, 3, 30)):
        PairingFactory.create(
            **given,
            program=cast.program,
            mentor=cast.tomasz_enrolled,
            junior=EnrolmentFactory.create(program=cast.program),
            starts_on=today + timedelta(days=first),
            ends_on=today + timedelta(days=last),
        )
    assert told(cast.tomasz) == []


def test_who_mentors_no_longer_or_beside_is_asked_for_nothing(
    plan: GrowthPlan, cast: Cast, told: Told
) -> None:
    propose(plan, cast.ines, "Find the race")
    beside: Enrolment = cast.anjali_enrolled
    PairingFactory.create(
        program=cast.program,
        mentor=beside,
        junior=cast.ines_enrolled,
        kind=Pairing.Kind.SECONDARY,
    )
    assert told(cast.anjali) == []
    Pairing.objects.filter(pk=cast.pairing.pk).update(
        **ENDED,
        ended_at=timezone.now(),
        ends_on=timezone.localdate() - timedelta(days=61),
        starts_on=timezone.localdate() - timedelta(days=90),
    )
    assert told(cast.tomasz) == []
