"""The pages of autonomy: who sees them, who grants, who asks, and what is refused."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pairings.models import Pairing, PhaseMove
from preceptor.accounts.models import Membership
from progress.autonomy import ALONE, LEADS, OBSERVE, TOGETHER
from progress.autonomy_pages import autonomies, past_of, row_of
from progress.models import (
    AutonomyGrant,
    AutonomyRequest,
    Competency,
    GrowthPlan,
    Outcome,
)
from reviews.models import BlindPass, Explanation, Finding, ReviewSession
from tests.cast import Cast
from tests.factories import PairingFactory
from tests.progress.test_standings import agree, competencies, grant, show

As = Callable[[Membership], Client]
pytestmark = pytest.mark.django_db
LINES = count(1)


def address(plan: GrowthPlan, one: Competency | None = None, do: str = "") -> str:
    path = f"/o/tidewater/growth/{plan.pk}/autonomy/"
    if one is None:
        return path
    return f"{path}{one.key}/{do}/" if do else f"{path}{one.key}/"


def give(
    client: Client, plan: GrowthPlan, one: Competency, level: int, **sent: Any
) -> Any:
    newest = AutonomyGrant.objects.filter(competency__key=one.key).last()
    form = {"level": level, "seen": newest.pk if newest else 0, **sent}
    return client.post(address(plan, one, "grant"), form)


def held(cast: Cast, *, weeks_ago: int = 1, **given: Any) -> ReviewSession:
    now = timezone.now()
    on = timezone.localdate() - timedelta(weeks=weeks_ago)
    session = ReviewSession.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        mentor=cast.tomasz,
        junior=cast.ines,
        title="Retry webhook deliveries",
        state=ReviewSession.State.CLOSED,
        opened_at=now,
        revealed_at=now,
        closed_at=now,
        held_on=on,
        minutes=40,
        verdict="reject",
        tool="chat assistant",
        driver="mentor",
        **given,
    )
    for reviewer, side in ((cast.ines, "junior"), (cast.tomasz, "mentor")):
        BlindPass.objects.create(
            organisation=cast.tidewater,
            session=session,
            reviewer=reviewer,
            side=side,
            verdict="reject",
            confidence="0.7",
            locked_at=now,
        )
    return session


def flaw(
    session: ReviewSession, category: str, side: str, mark: int | None = None
) -> Finding:
    own = session.passes.get(side=side)
    line = next(LINES)
    finding = Finding.objects.create(
        organisation=session.organisation,
        session=session,
        blind_pass=own,
        author=own.reviewer,
        path="rates.py",
        line_from=line,
        line_to=line,
        category=category,
        severity="major",
        title="The rate is read twice",
        adjudication="real",
    )
    if mark is not None:
        Explanation.objects.create(
            organisation=session.organisation, finding=finding, mark=mark
        )
    return finding


def with_categories(plan: GrowthPlan) -> Competency:
    return next(one for one in competencies(plan) if one.categories)


def shown_for_leading(plan: GrowthPlan, cast: Cast) -> Competency:
    """A competency for which the evidence proposes that the junior leads."""
    one = with_categories(plan)
    session = held(cast)
    for side, mark in (("junior", 3), ("junior", None), ("mentor", 1)):
        flaw(session, one.categories[0], side, mark)
    show(plan, one, weeks_ago=2)
    show(plan, one, weeks_ago=1)
    agree(plan, one, Outcome.State.IMPROVING, level=2)
    grant(plan, one, TOGETHER, weeks_ago=3)
    return one


def test_the_facts_are_those_of_the_competencys_categories(
    plan: GrowthPlan, cast: Cast
) -> None:
    one = with_categories(plan)
    other = next(
        c
        for c in competencies(plan)
        if c.categories and not {*c.categories} & {*one.categories}
    )
    late, early = held(cast, led_by="junior"), held(cast, weeks_ago=30)
    flaw(late, one.categories[0], "junior", mark=2)
    flaw(late, one.categories[-1], "mentor", mark=1)
    flaw(early, one.categories[0], "mentor", mark=3)
    flaw(late, other.categories[0], "mentor")
    show(plan, one, weeks_ago=40)

    facts = row_of(plan, one, timezone.localdate()).facts
    assert (facts.evidence, facts.met, facts.caught) == (1, 2, 1)
    assert (facts.explained, facts.led, facts.level) == (1, 1, None)
    assert row_of(plan, other, timezone.localdate()).facts.met == 1


def test_what_was_not_planned_was_led_by_whose_phase_it_was(
    plan: GrowthPlan, cast: Cast
) -> None:
    today = timezone.localdate()
    one = competencies(plan)[0]
    held(cast, led_by="mentor")
    held(cast, weeks_ago=5)
    held(cast, weeks_ago=1)
    assert row_of(plan, one, today).facts.led == 0

    agreed_on = today - timedelta(weeks=2)
    PhaseMove.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        phase="junior_leads",
        asked_by=cast.ines,
        asked_at=timezone.now(),
        agreed_by=cast.tomasz,
        agreed_at=timezone.now(),
        agreed_on=agreed_on,
    )
    Pairing.objects.filter(pk=cast.pairing.pk).update(phase="junior_leads")
    assert row_of(plan, one, today).facts.led == 1

    PhaseMove.objects.all().delete()
    assert row_of(plan, one, today).facts.led == 2


def test_what_is_proposed_is_granted_by_one_click(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    one = competencies(plan)[0]
    show(plan, one, weeks_ago=1)
    tomasz = as_(cast.tomasz)
    page = tomasz.get(address(plan)).content.decode()
    assert "Proposes: review together" in page
    assert page.count("Grant “review together”") == 1

    answer = give(tomasz, plan, one, TOGETHER, **{"from": "list"})

    assert answer.status_code == 303
    assert answer["Location"] == f"{address(plan)}#c-{one.key}"
    made = AutonomyGrant.objects.get()
    assert (made.level, made.proposed, made.reason) == (TOGETHER, TOGETHER, "")
    assert (made.granted_by, made.competency) == (cast.tomasz, one)
    assert made.stood["evidence"] == 1
    assert "Grant “" not in tomasz.get(address(plan)).content.decode()


@pytest.mark.parametrize(
    "steps",
    [(OBSERVE, LEADS), (OBSERVE, ALONE), (LEADS, TOGETHER), (ALONE, OBSERVE)],
)
def test_what_the_evidence_does_not_speak_for_needs_a_reason(
    plan: GrowthPlan, cast: Cast, as_: As, steps: tuple[int, int]
) -> None:
    stands, level = steps
    up, down = "does not speak for this step", "Say why it goes down"
    one = competencies(plan)[0]
    show(plan, one, weeks_ago=1)
    if stands > OBSERVE:
        grant(plan, one, stands)
    before = AutonomyGrant.objects.count()
    tomasz = as_(cast.tomasz)

    refused = give(tomasz, plan, one, level)

    assert refused.status_code == 422
    page = refused.content.decode()
    assert (up in page, down in page) == (level > stands, level < stands)
    assert refused.context["form"]["level"].value() == str(level)
    assert AutonomyGrant.objects.count() == before
    assert give(tomasz, plan, one, level, reason="Seen it").status_code == 303
    newest = AutonomyGrant.objects.last()
    assert newest
    assert (newest.level, newest.reason) == (level, "Seen it")


def test_confirming_again_is_one_click_and_a_new_row(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    one = competencies(plan)[0]
    grant(plan, one, LEADS, weeks_ago=13)
    tomasz = as_(cast.tomasz)
    page = tomasz.get(f"{address(plan)}?show=confirm").content.decode()
    assert page.count(">Confirm again<") == 1
    assert "No evidence so far." in page

    assert give(tomasz, plan, one, LEADS).status_code == 303

    assert AutonomyGrant.objects.count() == 2
    row = row_of(plan, one, timezone.localdate())
    assert (row.level, row.is_lapsed) == (LEADS, False)


def test_what_does_not_apply_is_shown_and_not_counted(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    one = competencies(plan)[0]
    grant(plan, one, LEADS)
    agree(plan, one, Outcome.State.NOT_APPLICABLE)
    page = as_(cast.ines).get(address(plan)).content.decode()
    assert page.count("it is not counted") == 1
    assert "Nothing is granted yet." in page


def test_one_competency_leads_to_its_evidence(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    one = competencies(plan)[0]
    tomasz = as_(cast.tomasz)
    path = f"/o/tidewater/growth/{plan.pk}/evidence/{one.pk}/"
    assert f'href="{path}"' in tomasz.get(address(plan, one)).content.decode()
    assert tomasz.get(path).status_code == 200


def test_the_weeks_are_those_of_the_program(plan: GrowthPlan, cast: Cast) -> None:
    one = competencies(plan)[0]
    grant(plan, one, LEADS, weeks_ago=13)
    cast.program.autonomy_weeks = 14
    cast.program.save()
    assert not row_of(plan, one, timezone.localdate()).is_lapsed
    cast.program.autonomy_weeks = 4
    cast.program.save()
    assert row_of(plan, one, timezone.localdate()).is_lapsed


def test_nothing_further_is_proposed_before_it_is_confirmed(
    plan: GrowthPlan, cast: Cast
) -> None:
    one = shown_for_leading(plan, cast)
    today = timezone.localdate()
    assert row_of(plan, one, today).proposed == LEADS
    assert row_of(plan, one, today + timedelta(weeks=13)).proposed is None


def test_of_two_who_grant_at_once_the_later_sees_what_stands(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    PairingFactory.create(
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        kind=Pairing.Kind.SECONDARY,
        starts_on=cast.program.starts_on,
    )
    one = competencies(plan)[0]
    words = {"reason": "She took it apart alone", "seen": 0}
    assert give(as_(cast.anjali), plan, one, LEADS, **words).status_code == 303

    stale = give(as_(cast.tomasz), plan, one, ALONE, **words)

    assert stale.status_code == 409
    page = stale.content.decode()
    assert "Another step was granted in between" in page
    assert "She took it apart alone" in page.split('id="grant"')[1]
    assert '<h2 id="stands">Junior leads</h2>' in page
    assert AutonomyGrant.objects.count() == 1
    newest = AutonomyGrant.objects.get()
    again = give(as_(cast.tomasz), plan, one, ALONE, reason="Both", seen=newest.pk)
    assert again.status_code == 303


def test_a_junior_asks_and_the_mentors_word_answers(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    one = competencies(plan)[0]
    ines, tomasz = as_(cast.ines), as_(cast.tomasz)
    path = address(plan, one, "ask")
    word = "Two in a row, and I had both"

    assert ines.post(path, {"level": LEADS, "word": ""}).status_code == 422
    assert ines.post(path, {"level": LEADS, "word": word}).status_code == 303
    other = ines.post(path, {"level": ALONE, "word": "In the other tab"})
    kept = other.content.decode()
    assert (other.status_code, "You have asked already" in kept) == (409, True)
    assert "In the other tab</textarea>" in kept
    assert AutonomyRequest.objects.get().level == LEADS

    assert word in tomasz.get(address(plan, one)).content.decode()
    assert "asked: junior leads" in tomasz.get(address(plan)).content.decode()
    not_yet = give(tomasz, plan, one, OBSERVE)
    assert not_yet.status_code == 422
    assert "Say why not yet" in not_yet.content.decode()
    assert give(tomasz, plan, one, OBSERVE, reason="After the break").status_code == 303
    asked = AutonomyRequest.objects.get()
    assert asked.answer == AutonomyGrant.objects.get()
    page = ines.get(address(plan, one)).content.decode()
    assert "After the break" in page
    assert "Ask my mentor" in page


def test_what_is_asked_for_can_be_granted_with_a_reason(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    one = competencies(plan)[0]
    ask = {"level": LEADS, "word": "Try me"}
    as_(cast.ines).post(address(plan, one, "ask"), ask)
    tomasz = as_(cast.tomasz)
    assert give(tomasz, plan, one, LEADS).status_code == 422
    assert give(tomasz, plan, one, LEADS, reason="I will").status_code == 303
    assert not AutonomyRequest.objects.open().exists()


def test_a_junior_takes_back_what_is_not_answered(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    one = competencies(plan)[0]
    ines = as_(cast.ines)
    drop = address(plan, one, "drop")
    ines.post(address(plan, one, "ask"), {"level": LEADS, "word": "Try me"})
    assert "Take it back" in ines.get(address(plan, one)).content.decode()
    assert ines.post(drop).status_code == 303
    assert not AutonomyRequest.objects.exists()
    assert ines.post(drop).status_code == 409


def test_nobody_asks_for_what_stands(plan: GrowthPlan, cast: Cast, as_: As) -> None:
    one = competencies(plan)[0]
    grant(plan, one, LEADS)
    sent = {"level": LEADS, "word": "Try me"}
    answer = as_(cast.ines).post(address(plan, one, "ask"), sent)
    assert answer.status_code == 422
    assert "was granted in between: choose one beyond" in answer.content.decode()
    assert not AutonomyRequest.objects.exists()


@pytest.mark.parametrize("field", ["reason", "word"])
def test_too_long_a_word_is_refused_and_kept(
    plan: GrowthPlan, cast: Cast, as_: As, field: str
) -> None:
    one = competencies(plan)[0]
    text = "é" * 50_000
    if field == "reason":
        answer = give(as_(cast.tomasz), plan, one, LEADS, reason=text)
    else:
        sent = {"level": LEADS, "word": text}
        answer = as_(cast.ines).post(address(plan, one, "ask"), sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "300" in page
    assert text in page


@pytest.mark.parametrize("level", ["", "0", "5", "junior", "²"])
def test_a_step_that_is_none_is_refused(
    plan: GrowthPlan, cast: Cast, as_: As, level: str
) -> None:
    one = competencies(plan)[0]
    sent = {"level": level, "seen": "0", "reason": "x"}
    answer = as_(cast.tomasz).post(address(plan, one, "grant"), sent)
    assert answer.status_code == 422
    assert not AutonomyGrant.objects.exists()


def test_a_competency_of_another_framework_is_not_found(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    one = competencies(plan)[0]
    GrowthPlan.objects.update(version=None)
    tomasz = as_(cast.tomasz)
    assert tomasz.get(address(plan, one)).status_code == 404
    assert give(tomasz, plan, one, TOGETHER).status_code == 404
    assert "No framework yet" in tomasz.get(address(plan)).content.decode()


def test_an_archived_program_is_read_and_not_written(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    one = competencies(plan)[0]
    grant(plan, one, LEADS, weeks_ago=20)
    cast.program.state = "archived"
    cast.program.save()
    tomasz, ines = as_(cast.tomasz), as_(cast.ines)
    for client in (tomasz, ines):
        for path in (address(plan), address(plan, one)):
            page = client.get(path).content.decode()
            assert "Junior leads" in page
            assert ">Confirm again<" not in page
            assert "Grant this step" not in page
            assert "Ask my mentor" not in page
    assert give(tomasz, plan, one, LEADS).status_code == 409


def test_the_next_mentor_sees_what_an_earlier_one_granted(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    one = competencies(plan)[0]
    assert give(as_(cast.tomasz), plan, one, LEADS, reason="Seen").status_code == 303
    today = timezone.localdate()
    Pairing.objects.filter(pk=cast.pairing.pk).update(
        state="ended", ends_on=today, ended_at=timezone.now(), end_reason="Moved"
    )
    PairingFactory.create(
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        starts_on=today,
    )
    page = as_(cast.anjali).get(address(plan, one)).content.decode()
    assert "Tomasz Wieczorek" in page
    assert "Seen" in page
    assert as_(cast.tomasz).get(address(plan, one)).status_code == 403
    assert give(as_(cast.anjali), plan, one, TOGETHER, reason="New").status_code == 303


def test_the_plan_says_it_in_a_line_to_the_pair_alone(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    first, second, *_rest = competencies(plan)
    grant(plan, first, LEADS)
    grant(plan, second, ALONE, weeks_ago=20)
    path = f"/o/tidewater/growth/{plan.pk}/"
    for member in (cast.ines, cast.tomasz):
        page = as_(member).get(path).content.decode()
        assert "1 of 24 competencies at “junior leads” or beyond, 0 of them" in page
        assert "1 to confirm again" in page
    for member in (cast.ruth, cast.otis, cast.lars, cast.olga):
        assert "competencies at “junior leads”" not in (
            as_(member).get(path).content.decode()
        )


def test_the_pairing_says_what_speaks_for_the_next_phase(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    for one in competencies(plan)[:12]:
        grant(plan, one, LEADS)
    path = f"/o/tidewater/pairings/{cast.pairing.pk}/"
    said = "12 of 24 competencies hold “junior leads” or beyond; from 12 on"
    tomasz = as_(cast.tomasz)
    assert said in tomasz.get(path).content.decode()
    assert said not in as_(cast.ruth).get(path).content.decode()

    ask = {"phase": "junior_leads"}
    tomasz.post(f"/o/tidewater/pairings/{cast.pairing.pk}/phase/", ask)

    kept = PhaseMove.objects.get()
    assert (kept.reached, kept.counted) == (12, 24)
    waits = "When it was asked for, 12 of 24 competencies held the step"
    assert waits in as_(cast.ines).get(path).content.decode()
    as_(cast.ines).post(f"/o/tidewater/phases/{kept.pk}/agree/")
    page = as_(cast.ines).get(address(plan)).content.decode()
    assert "12 of 24 competencies spoke for it when it was asked for" in page
    assert "For the phase “independent” 0 of 24" in page


def test_today_tells_the_mentor_what_is_asked_for(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    first, second, *_rest = competencies(plan)
    ines, tomasz = as_(cast.ines), as_(cast.tomasz)
    ask = {"level": LEADS, "word": "Try me"}
    ines.post(address(plan, first, "ask"), ask)
    page = tomasz.get("/o/tidewater/").content.decode()
    assert f'href="{address(plan, first)}"' in page
    ines.post(address(plan, second, "ask"), ask)
    page = tomasz.get("/o/tidewater/").content.decode()
    assert f'href="{address(plan)}?show=asked"' in page
    assert address(plan) not in ines.get("/o/tidewater/").content.decode()


def test_what_was_is_told_newest_first(plan: GrowthPlan, cast: Cast, as_: As) -> None:
    one = competencies(plan)[0]
    grant(plan, one, TOGETHER, weeks_ago=5)
    grant(plan, one, LEADS, weeks_ago=2)
    as_(cast.ines).post(address(plan, one, "ask"), {"level": ALONE, "word": "Now"})
    past = past_of(plan, one.key)
    assert [one.grant.level if one.grant else None for one in past] == [
        None,
        LEADS,
        TOGETHER,
    ]


def test_the_list_asks_the_same_however_much_there_is(
    plan: GrowthPlan,
    cast: Cast,
    as_: As,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = as_(cast.tomasz)
    client.get(address(plan))
    for n in (1, 2):
        one = competencies(plan)[n]
        for _each in range(n):
            session = held(cast)
            flaw(session, "logic", "junior", mark=2)
            show(plan, one, weeks_ago=next(LINES))
            grant(plan, one, LEADS)
        with django_assert_num_queries(12):
            client.get(address(plan))
        with django_assert_num_queries(12):
            client.get(address(plan, one))
    found = autonomies(plan, timezone.localdate())
    assert found.standings.leading == 2
