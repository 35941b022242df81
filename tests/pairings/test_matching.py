"""Runs of the matcher: from the roster to proposals, and what a lead does with them."""

import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from pairings import contradictions, matching, running, tasks
from pairings.actions import matching as actions
from pairings.gathering import Wanted
from pairings.match_forms import answers, sent
from pairings.matching import Pin
from pairings.models import Avoidance, Choice, Enrolment, MatchRun, Program, Proposal
from preceptor.accounts.models import Membership
from preceptor.http import url
from tests.cast import Cast
from tests.factories import (
    EnrolmentFactory,
    MembershipFactory,
    UserFactory,
    give_skills,
)

As = Callable[[Membership], Client]


def asked(program: Program, **changed: Any) -> dict[str, Any]:
    """The form as it stands when the page is opened, with some answers changed."""
    return dict(sent({**answers(program), **changed}))


def start(client: Client, program: Program, **changed: Any) -> MatchRun:
    path = url("tidewater", "pairings:matching", program.pk)
    response = client.post(path, asked(program, **changed))
    assert response.status_code == 303, response.context["form"].errors
    return program.runs.latest("number")


def page(client: Client, run: MatchRun, **query: Any) -> Any:
    return client.get(url("tidewater", "pairings:match_run", run.pk), query)


def pairs(run: MatchRun) -> dict[str, str]:
    rows = run.proposals.select_related(
        "junior__membership__user", "mentor__membership__user"
    )
    return {str(one.junior): str(one.mentor) for one in rows}


def test_matching_proposes_a_mentor_for_everybody_who_waits(
    cast: Cast, as_: As
) -> None:
    run = start(as_(cast.ruth), cast.program)
    assert run.state == MatchRun.State.DONE
    assert set(pairs(run)) == {"Devon Marsh", "Mai Tran"}
    assert pairs(run)["Mai Tran"] == "Anjali Mehta"
    assert run.number == 1
    assert (run.juniors, run.mentors, run.placed) == (2, 2, 2)


def test_match_run_says_why_each_pair_and_states_the_optimum(
    cast: Cast, as_: As
) -> None:
    give_skills(cast.mai_enrolled, python=3, postgresql=1)
    run = start(as_(cast.ruth), cast.program)
    shown = page(as_(cast.ruth), run).content.decode()
    assert (
        "Wants python and postgresql; Anjali has both. 8 shared hours. Same team."
        in shown
    )
    assert f"Best total under the rules: {run.total} of 200, proved" in shown
    assert "In order of the list it would have been" in shown
    assert "Next best: Tomasz Wieczorek." in shown


def test_match_card_says_the_same_of_a_run_that_was_given_no_guide(
    cast: Cast, as_: As
) -> None:
    run = start(as_(cast.ruth), cast.program)
    guide = running.guide_of(run)
    assert guide is not None
    assert len(guide) == run.mentors
    card = url("tidewater", "pairings:match_card", run.pk, cast.mai_enrolled.pk)
    query = {"mentor": cast.tomasz_enrolled.pk}
    led = as_(cast.ruth).get(card, query)
    assert "Total" in led.context["one"].preview.text
    MatchRun.objects.update(guide=None)
    assert as_(cast.ruth).get(card, query).context["one"] == led.context["one"]


def test_match_run_lists_who_is_alone_with_the_smallest_change(
    cast: Cast, as_: As
) -> None:
    """One mentor with one seat: the second junior waits for a second one."""
    Enrolment.objects.filter(pk=cast.tomasz_enrolled.pk).update(heads=1)
    Enrolment.objects.filter(pk=cast.anjali_enrolled.pk).update(heads=1)
    run = start(as_(cast.ruth), cast.program)
    assert pairs(run) == {"Mai Tran": "Anjali Mehta"}
    shown = page(as_(cast.ruth), run).content.decode()
    assert "One person without a mentor" in shown
    assert (
        "<strong>Heads:</strong> the 2 mentors whom the rules allow have no seat left."
        in shown
    )
    (alone,) = page(as_(cast.ruth), run).context["board"].alone
    assert [one.text for one in alone.offers] == ["Raise Anjali Mehta by 1 to 2 heads"]
    place = url("tidewater", "pairings:edit_enrolment", cast.anjali_enrolled.pk)
    assert f'href="{place}?heads=2">Raise Anjali Mehta by 1 to 2 heads</a>' in shown
    opened = as_(cast.ruth).get(f"{place}?heads=2").content.decode()
    assert 'name="heads" value="2"' in opened


def test_match_run_tells_people_of_one_name_apart(cast: Cast, as_: As) -> None:
    """Somebody of another program has a name of their own, whatever it is."""
    other = UserFactory.create(full_name="Mai Tran", email="mai.two@example.com")
    MembershipFactory.create(organisation=cast.tidewater, user=other)
    run = start(as_(cast.ruth), cast.program)
    assert "Mai Tran (" not in page(as_(cast.ruth), run).content.decode()
    member = Membership.objects.get(user=other)
    EnrolmentFactory.create(program=cast.program, membership=member)
    shown = page(as_(cast.ruth), run).content.decode()
    assert f"Mai Tran ({cast.mai.user.email})" in shown
    assert "Devon Marsh (" not in shown


def test_the_smallest_change_is_a_pin_that_runs_again(cast: Cast, as_: As) -> None:
    """Devon begins when the others are nearly through with their day."""
    hours = {"works_from": "14:00", "works_until": "22:00"}
    Enrolment.objects.filter(pk=cast.devon_enrolled.pk).update(**hours)
    client = as_(cast.ruth)
    run = start(client, cast.program)
    response = page(client, run)
    assert (
        "<strong>Fewer than 4 shared working hours</strong> blocks all 2 mentors. "
        "The nearest is Anjali Mehta with 3." in response.content.decode()
    )
    (alone,) = response.context["board"].alone
    (offer,) = alone.offers
    assert offer.text == "Allow 3 shared hours: pin to Anjali Mehta"
    path = url("tidewater", "pairings:matching", cast.program.pk)
    assert client.post(path, dict(offer.answers)).status_code == 303
    again = cast.program.runs.latest("number")
    assert pairs(again) == {"Devon Marsh": "Anjali Mehta", "Mai Tran": "Anjali Mehta"}
    said = page(client, again).content.decode()
    assert "Breaks: Fewer than 4 shared working hours." in said


def test_a_pin_stays_in_the_next_run(cast: Cast, as_: As) -> None:
    client = as_(cast.ruth)
    run = start(client, cast.program)
    mai = run.proposals.get(junior=cast.mai_enrolled)
    card = url("tidewater", "pairings:match_card", run.pk, cast.mai_enrolled.pk)
    tried = client.get(card, {"mentor": cast.tomasz_enrolled.pk}).content.decode()
    assert "Mai Tran with Tomasz Wieczorek:" in tried
    assert "Nobody else changes." in tried
    pin = f"{cast.mai_enrolled.pk}:{cast.tomasz_enrolled.pk}"
    again = start(client, cast.program, base=run.pk, pin=pin)
    assert pairs(again)["Mai Tran"] == "Tomasz Wieczorek"
    moved = again.proposals.get(junior=cast.mai_enrolled)
    assert (moved.is_fixed, moved.state) == (True, Proposal.State.APPROVED)
    third = start(client, cast.program, base=again.pk)
    assert pairs(third)["Mai Tran"] == "Tomasz Wieczorek"
    unpin = {"unpin": third.proposals.get(junior=cast.mai_enrolled).pk}
    client.post(url("tidewater", "pairings:choose", third.pk), unpin)
    fourth = start(client, cast.program, base=third.pk)
    assert pairs(fourth)["Mai Tran"] == "Anjali Mehta"
    mai.refresh_from_db()
    assert mai.mentor_id == cast.anjali_enrolled.pk


def test_choose_keeps_the_ticks_of_the_page_and_leaves_others(
    cast: Cast, as_: As
) -> None:
    client = as_(cast.ruth)
    run = start(client, cast.program)
    devon, mai = run.proposals.order_by("junior")
    path = url("tidewater", "pairings:choose", run.pk)
    response = client.post(path, {"shown": [devon.pk, mai.pk], "pair": [mai.pk]})
    assert response.status_code == 303
    assert states(run) == {devon.pk: "draft", mai.pk: "approved"}
    client.post(path, {"shown": [devon.pk], "pair": [devon.pk]})
    assert states(run) == {devon.pk: "approved", mai.pk: "approved"}
    client.post(path, {"shown": [devon.pk, mai.pk], "pair": [mai.pk], "none": 1})
    assert states(run) == {devon.pk: "draft", mai.pk: "draft"}


def test_choose_leads_on_to_publishing(cast: Cast, as_: As) -> None:
    run = start(as_(cast.ruth), cast.program)
    mai = run.proposals.get(junior=cast.mai_enrolled)
    path = url("tidewater", "pairings:choose", run.pk)
    sent_ = {"shown": [mai.pk], "pair": [mai.pk], "propose": 1}
    response = as_(cast.ruth).post(path, sent_)
    assert response.headers["Location"] == url("tidewater", "pairings:propose", run.pk)
    mai.refresh_from_db()
    assert mai.state == Proposal.State.APPROVED


def states(run: MatchRun) -> dict[int, str]:
    return dict(run.proposals.values_list("pk", "state"))


def test_choose_leaves_what_is_published(cast: Cast, as_: As) -> None:
    client = as_(cast.ruth)
    run = start(client, cast.program)
    first = run.proposals.earliest("pk")
    run.proposals.filter(pk=first.pk).update(state=Proposal.State.PUBLISHED)
    path = url("tidewater", "pairings:choose", run.pk)
    client.post(path, {"shown": [first.pk], "pin": first.pk})
    first.refresh_from_db()
    assert (first.state, first.is_fixed) == ("published", False)


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        (
            dict.fromkeys(
                (
                    *("skills", "overlap_weight", "team", "choice"),
                    *("spare", "language", "completed"),
                ),
                0,
            ),
            "skills",
            "All weights are zero: no pair is better than another. Raise one.",
        ),
        ({"overlap": ""}, "overlap", "Say how many, or switch the rule off."),
        ({"skills": 51}, "skills", "Write 50 or less."),
    ],
)
def test_matching_says_next_to_the_field_what_is_wrong(
    cast: Cast, as_: As, changed: dict[str, Any], field: str, sentence: str
) -> None:
    path = url("tidewater", "pairings:matching", cast.program.pk)
    sent_ = {**asked(cast.program, training=True), **changed}
    response = as_(cast.ruth).post(path, sent_)
    assert response.status_code == 422
    form = response.context["form"]
    assert form.errors[field] == [sentence]
    assert form["training"].value() is True
    assert not cast.program.runs.exists()


def test_matching_says_that_nobody_waits(cast: Cast, as_: As) -> None:
    cast.program.enrolments.exclude(pk=cast.ines_enrolled.pk).juniors().delete()
    assert refused(cast, as_) == [
        "Nobody waits for a mentor here. Enrol juniors first, then run."
    ]


def test_matching_says_that_there_is_no_mentor(cast: Cast, as_: As) -> None:
    Membership.objects.filter(pk__in=[cast.tomasz.pk, cast.anjali.pk]).update(
        is_active=False
    )
    assert refused(cast, as_) == [
        "There is no mentor in this program yet. Enrol some first, then run."
    ]


def test_matching_says_that_nobody_has_a_seat(cast: Cast, as_: As) -> None:
    cast.program.enrolments.mentors().update(hours=0)
    assert refused(cast, as_) == [
        "No mentor has a free seat: heads or hours are zero or taken. Raise them on "
        "the page of people, or switch the two rules of capacity off."
    ]


def test_pins_that_contradict_the_seats_are_refused(cast: Cast, as_: As) -> None:
    client = as_(cast.ruth)
    pin = f"{cast.devon_enrolled.pk}:{cast.anjali_enrolled.pk}"
    run = start(client, cast.program, pin=pin)
    Enrolment.objects.filter(pk=cast.anjali_enrolled.pk).update(heads=1)
    pin = f"{cast.mai_enrolled.pk}:{cast.anjali_enrolled.pk}"
    assert refused(cast, as_, base=run.pk, pin=pin) == [
        "2 juniors are pinned to Anjali Mehta, who has room for 1. Unpin some of them, "
        "or raise the seats first."
    ]


def test_a_pin_to_somebody_who_left_is_refused(cast: Cast, as_: As) -> None:
    pin = f"{cast.devon_enrolled.pk}:{cast.anjali_enrolled.pk}"
    run = start(as_(cast.ruth), cast.program, pin=pin)
    Membership.objects.filter(pk=cast.anjali.pk).update(is_active=False)
    assert refused(cast, as_, base=run.pk) == [
        "Devon Marsh is pinned to Anjali Mehta, and one of the two takes part no "
        "more. Unpin them, then run again."
    ]


def test_a_junior_who_is_pinned_twice_is_named_with_both(cast: Cast) -> None:
    """No page sends it: a new pin takes the place of the one before."""
    error = matching.PinnedTwice(
        cast.mai_enrolled.pk, (cast.tomasz_enrolled.pk, cast.anjali_enrolled.pk)
    )
    assert contradictions.of_error(error, cast.program).messages == [
        "Mai Tran is pinned to Tomasz Wieczorek and to Anjali Mehta. Unpin one of the "
        "two."
    ]


def test_every_other_contradiction_has_a_sentence(cast: Cast) -> None:
    said = {
        matching.NoWeights(): ("skills", "All weights are zero"),
        matching.CannotRelax("self"): ("relax_last", "That rule never gives way."),
        matching.SelfPin(Pin(1, 2)): (None, "Nobody is their own mentor. Pin"),
        matching.BadNumber(1, "heads"): (None, "What was asked for contradicts"),
    }
    for error, (field, sentence) in said.items():
        found = contradictions.of_error(error, cast.program)
        (told,) = found.message_dict[field] if field else found.messages
        assert told.startswith(sentence)


def refused(cast: Cast, as_: As, **changed: Any) -> list[str]:
    path = url("tidewater", "pairings:matching", cast.program.pk)
    response = as_(cast.ruth).post(path, asked(cast.program, **changed))
    assert response.status_code == 422
    said: list[str] = response.context["form"].non_field_errors()
    assert all(escape(one) in response.content.decode() for one in said)
    return list(said)


def test_a_run_reproduces_to_the_same_bytes(cast: Cast, as_: As) -> None:
    """Also after everything around it has changed."""
    run = start(as_(cast.ruth), cast.program)
    cast.program.enrolments.update(heads=0, team="Another")
    outcome, _problem = matching.solved(running.inputs_of(run))
    assert running.packed(outcome) == bytes(run.result or b"")
    client = as_(cast.ruth)
    path = url("tidewater", "pairings:check_match", run.pk)
    assert client.post(path).status_code == 303
    assert "It reproduces to the same result." in page(client, run).content.decode()


def test_check_match_tells_a_damaged_run(cast: Cast, as_: As) -> None:
    client = as_(cast.ruth)
    run = start(client, cast.program)
    inputs = running.inputs_of(run)
    mentors = tuple(one for one in inputs.mentors if one.id != cast.anjali_enrolled.pk)
    other = running.packed(
        matching.Inputs(
            inputs.juniors, mentors, inputs.rules, inputs.weights, inputs.aim
        )
    )
    MatchRun.objects.filter(pk=run.pk).update(inputs=other)
    client.post(url("tidewater", "pairings:check_match", run.pk))
    run.refresh_from_db()
    assert run.is_reproduced is False


def test_an_unread_version_is_said_so(cast: Cast, as_: As) -> None:
    run = start(as_(cast.ruth), cast.program)
    MatchRun.objects.filter(pk=run.pk).update(inputs=zlib.compress(b"{}"))
    response = page(as_(cast.ruth), run)
    assert response.status_code == 200
    assert "Made by another version of the matcher" in response.content.decode()


def test_a_large_run_is_a_workers_and_is_polled(
    cast: Cast,
    as_: As,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 3)
    given: list[int] = []
    monkeypatch.setattr(tasks.run_match, "delay", given.append)
    client = as_(cast.ruth)
    with django_capture_on_commit_callbacks(execute=True):
        run = start(client, cast.program)
    assert (given, run.state) == ([run.pk], MatchRun.State.QUEUED)
    assert (run.juniors, run.mentors, bytes(run.inputs)) == (2, 2, b"")
    path = url("tidewater", "pairings:match_run", run.pk)
    waits = client.get(path, headers={"HX-Request": "true"}).content.decode()
    assert waits.lstrip().startswith("<section")
    assert "Waiting for a worker" in waits
    assert 'hx-trigger="every 1s"' in waits
    running.take_up(run.pk)
    run.refresh_from_db()
    assert (run.state, run.placed) == (MatchRun.State.DONE, 2)
    done = client.get(path, headers={"HX-Request": "true"})
    assert done.headers["HX-Redirect"] == path


def test_a_large_run_that_cannot_be_says_what_to_change(
    cast: Cast, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seats go while it waits for a worker."""
    run = queued(cast, monkeypatch)
    Enrolment.objects.mentors().update(heads=0)
    running.take_up(run.pk)
    run.refresh_from_db()
    assert run.state == MatchRun.State.FAILED
    shown = page(as_(cast.ruth), run).content.decode()
    assert "No mentor has a free seat" in shown
    assert "an error of ours" not in shown


def queued(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> MatchRun:
    monkeypatch.setattr(actions, "AT_ONCE", 0)
    return actions.start_match(
        actor=cast.ruth,
        program=cast.program,
        wanted=Wanted(matching.Rules(), matching.Weights(), matching.Aim.TOTAL),
    )


def test_cancel_match_drops_whatever_is_found(
    cast: Cast, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelled in its last step, when the worker hears of it no more."""
    run = queued(cast, monkeypatch)
    client, path = as_(cast.ruth), url("tidewater", "pairings:cancel_match", run.pk)
    real = matching.solved

    def cancelled_late(*args: Any, **kwargs: Any) -> Any:
        found = real(*args, **kwargs)
        assert client.post(path).status_code == 303
        return found

    monkeypatch.setattr(matching, "solved", cancelled_late)
    running.take_up(run.pk)
    run.refresh_from_db()
    assert (run.state, run.result, run.placed) == ("cancelled", None, None)
    assert not run.proposals.exists()
    assert "This run was cancelled." in page(client, run).content.decode()
    assert client.post(path).status_code == 409


def test_a_cancelled_run_stops_at_its_next_step(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = queued(cast, monkeypatch)
    teller = running._Teller(run.pk)
    assert teller(1, 4) is True
    run.refresh_from_db()
    assert (run.done_steps, run.all_steps) == (1, 4)
    actions.cancel_match(run=run)
    teller.next_at = 0.0
    assert teller(2, 4) is False
    running.take_up(run.pk)
    run.refresh_from_db()
    assert (run.state, run.done_steps) == ("cancelled", 1)


def test_a_run_that_fails_says_so(
    cast: Cast, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = queued(cast, monkeypatch)

    def breaks(*args: Any, **kwargs: Any) -> Any:
        raise matching.NotProved

    monkeypatch.setattr(matching, "solved", breaks)
    running.take_up(run.pk)
    assert "The run failed" in page(as_(cast.ruth), run).content.decode()


def test_an_observer_never_reads_who_is_avoided(cast: Cast, as_: As) -> None:
    """Devon would rather have neither: a lead reads it, an observer reads no rule."""
    for slot, person in enumerate((cast.tomasz, cast.anjali), start=1):
        Avoidance.objects.create(
            organisation=cast.tidewater,
            program=cast.program,
            junior=cast.devon_enrolled,
            person=person,
            slot=slot,
        )
    run = start(as_(cast.ruth), cast.program)
    for path in (
        url("tidewater", "pairings:match_run", run.pk),
        url("tidewater", "pairings:match_card", run.pk, cast.devon_enrolled.pk),
    ):
        led = as_(cast.ruth).get(path).content.decode()
        seen = as_(cast.otis).get(path).content.decode()
        assert "<strong>Somebody the junior would rather not have</strong>" in led
        assert "Allow somebody they would rather not have: pin to" in led
        assert "<strong>The rules</strong> leave no mentor." in seen
        assert "rather not" not in seen
        assert "Without it" not in seen


def test_an_observer_reads_no_rule_that_a_pinned_pair_breaks(
    cast: Cast, as_: As
) -> None:
    Avoidance.objects.create(
        organisation=cast.tidewater,
        program=cast.program,
        junior=cast.devon_enrolled,
        person=cast.tomasz,
        slot=1,
    )
    pin = f"{cast.devon_enrolled.pk}:{cast.tomasz_enrolled.pk}"
    run = start(as_(cast.ruth), cast.program, pin=pin)
    led, seen = (page(as_(one), run).content.decode() for one in (cast.ruth, cast.otis))
    assert "Breaks: Somebody the junior would rather not have." in led
    assert "Breaks: a rule." in seen
    assert "rather not" not in seen


def test_line_manager_choice_and_availability_reach_the_matcher(
    cast: Cast, as_: As
) -> None:
    Enrolment.objects.filter(pk=cast.mai_enrolled.pk).update(line_manager=cast.anjali)
    Choice.objects.create(
        organisation=cast.tidewater,
        program=cast.program,
        junior=cast.devon_enrolled,
        mentor=cast.anjali_enrolled,
        rank=1,
    )
    run = start(as_(cast.ruth), cast.program)
    assert pairs(run) == {
        "Mai Tran": "Tomasz Wieczorek",
        "Devon Marsh": "Anjali Mehta",
    }
    shown = page(as_(cast.ruth), run).content.decode()
    assert "The junior’s first choice." in shown


def test_match_run_costs_the_same_for_any_number_of_people(
    cast: Cast, as_: As, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_(cast.ruth)
    few = start(client, cast.program)
    with django_assert_num_queries(14):
        page(client, few)
    for _n in range(9):
        EnrolmentFactory.create(program=cast.program)
    many = start(client, cast.program)
    assert many.juniors == 11
    with django_assert_num_queries(14):
        page(client, many)


def test_start_match_costs_the_same_for_any_number_of_people(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    wanted = Wanted(matching.Rules(), matching.Weights(), matching.Aim.FAIR)
    with django_assert_num_queries(22):
        actions.start_match(actor=cast.ruth, program=cast.program, wanted=wanted)
    for _n in range(9):
        EnrolmentFactory.create(program=cast.program)
    with django_assert_num_queries(22):
        actions.start_match(actor=cast.ruth, program=cast.program, wanted=wanted)


def test_matching_is_over_with_the_program(cast: Cast, as_: As) -> None:
    Program.objects.filter(pk=cast.program.pk).update(state=Program.State.CLOSED)
    path = url("tidewater", "pairings:matching", cast.program.pk)
    assert as_(cast.ruth).post(path, asked(cast.program)).status_code == 409
    assert 'id="match"' not in as_(cast.ruth).get(path).content.decode()


def test_matching_runs_in_a_draft(cast: Cast, as_: As) -> None:
    Program.objects.filter(pk=cast.program.pk).update(
        state=Program.State.DRAFT,
        starts_on=timezone.localdate() + timedelta(days=30),
    )
    assert start(as_(cast.ruth), cast.program).placed == 2
