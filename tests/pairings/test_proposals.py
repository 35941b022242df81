"""From a proposal to a pair: who may read it, who answers, and what each is told."""

import zlib
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pairings import lists, reminders
from pairings.actions.matching import start_match
from pairings.actions.pairings import pair, replace
from pairings.actions.publishing import (
    Refused,
    accept,
    decline,
    propose_next,
    publish,
    publish_run,
)
from pairings.actions.rematches import ask_rematch
from pairings.drafts import Draft, FirstStep
from pairings.match_forms import MatchForm, answers, sent
from pairings.models import Choice, Enrolment, MatchRun, Pairing, Program, Proposal
from pairings.proposals import stuck_with_candidates
from pairings.views import proposals as views
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from preceptor.notifications import kinds
from preceptor.notifications.deliverer import deliver
from preceptor.notifications.models import Delivery
from preceptor.notifications.planner import plan
from progress.actions import begin_plan
from progress.models import GrowthPlan
from tests.cast import Cast
from tests.factories import EnrolmentFactory, give_skills

As = Callable[[Membership], Client]
STEP = "First meeting: agree how you work together"


@pytest.fixture(autouse=True)
def of_pairs_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No mail but that of pairs goes out."""
    pairs = (reminders.TOLD, reminders.ASKED, reminders.WARNED)
    assert all(one in kinds.registered() for one in pairs)
    monkeypatch.setattr(kinds, "_kinds", {one.name: one for one in pairs})


@pytest.fixture
def both(cast: Cast) -> Cast:
    """The cast, in a program in which mentor and junior accept."""
    Program.objects.update(approval=Program.Approval.BOTH)
    cast.program.refresh_from_db()
    return cast


def draft(cast: Cast, mentor: Enrolment, junior: Enrolment) -> Draft:
    starts_on = timezone.localdate()
    step = FirstStep.usual(starts_on)
    return Draft(mentor, junior, starts_on, cast.program.ends_on, first_step=step)


def propose(
    cast: Cast, now: datetime | None = None, mentor: Enrolment | None = None
) -> Pairing:
    """Mai, to Anjali if nobody else is named."""
    one = draft(cast, mentor or cast.anjali_enrolled, cast.mai_enrolled)
    now = now or timezone.now()
    [made] = publish(actor=cast.ruth, program=cast.program, drafts=[one], now=now)
    return made


def address(pairing: Pairing, what: str) -> str:
    return f"/o/tidewater/pairings/{pairing.pk}/{what}/"


def send(now: datetime) -> list[tuple[str, str]]:
    """To whom mail goes at a moment, and its subject."""
    mail.outbox.clear()
    with time_machine.travel(now, tick=False):
        plan(now)
        deliver(lambda: now)
    return sorted((one.to[0].split(".")[0], str(one.subject)) for one in mail.outbox)


def test_published_pairs_begin_at_once_where_a_lead_decides(cast: Cast) -> None:
    drafts = [
        draft(cast, cast.anjali_enrolled, cast.mai_enrolled),
        draft(cast, cast.tomasz_enrolled, cast.devon_enrolled),
    ]
    now = timezone.now()
    made = publish(actor=cast.ruth, program=cast.program, drafts=drafts, now=now)
    assert [one.state for one in made] == ["active", "active"]
    assert GrowthPlan.objects.filter(junior=cast.mai_enrolled).exists()
    assert {one.first_step_by for one in made} == {cast.anjali, cast.tomasz}


def test_a_refused_pair_keeps_all_others_back(cast: Cast) -> None:
    Enrolment.objects.filter(pk=cast.anjali_enrolled.pk).update(heads=1)
    Membership.objects.filter(pk=cast.tomasz.pk).update(is_active=False)
    drafts = [
        draft(cast, cast.anjali_enrolled, cast.mai_enrolled),
        draft(cast, cast.anjali_enrolled, cast.devon_enrolled),
        draft(cast, cast.tomasz_enrolled, cast.devon_enrolled),
    ]
    with pytest.raises(Refused) as caught:
        publish(
            actor=cast.ruth, program=cast.program, drafts=drafts, now=timezone.now()
        )
    said = [(one.draft, one.reason) for one in caught.value.refusals]
    assert [one for one, _reason in said] == drafts[1:]
    assert said[0][1].startswith("Anjali Mehta is full: the one seat is taken")
    assert said[1][1].startswith("Tomasz Wieczorek is deactivated")
    assert Pairing.objects.count() == 1
    assert not GrowthPlan.objects.exists()


def test_a_proposal_begins_once_both_have_accepted(both: Cast) -> None:
    made = propose(both)
    assert made.state == "proposed"
    assert not GrowthPlan.objects.exists()
    accept(actor=both.mai, pairing=made, now=timezone.now())
    accept(actor=both.mai, pairing=made, now=timezone.now())
    made.refresh_from_db()
    assert made.state == "proposed"
    accept(actor=both.anjali, pairing=made, now=timezone.now())
    made.refresh_from_db()
    assert made.state == "active"
    assert GrowthPlan.objects.get().junior == both.mai_enrolled
    with pytest.raises(Conflict):
        decline(actor=both.mai, pairing=made, now=timezone.now(), reason="late")


def test_who_has_accepted_sees_that_the_other_is_waited_for(
    both: Cast, as_: As
) -> None:
    made = propose(both)
    client = as_(both.mai)
    assert client.get("/o/tidewater/").context["asked"] == [made]
    accept(actor=both.mai, pairing=made, now=timezone.now())
    today = client.get("/o/tidewater/")
    assert (today.context["asked"], today.context["accepted"]) == ([], [made])
    html = today.content.decode()
    assert "You have accepted Anjali Mehta, who is asked to answer by" in html
    assert address(made, "proposal") in html
    assert "You are not in a pair yet" not in html


def test_a_late_answer_moves_the_first_day_and_the_first_step(both: Cast) -> None:
    made = propose(both)
    early = {"starts_on": made.starts_on - timedelta(days=4)}
    Pairing.objects.filter(pk=made.pk).update(
        **early, first_step_on=early["starts_on"] + timedelta(days=7)
    )
    for person in (both.mai, both.anjali):
        accept(actor=person, pairing=made, now=timezone.now())
    made.refresh_from_db()
    today = timezone.localdate()
    assert (made.starts_on, made.first_step_on) == (today, today + timedelta(days=7))


def test_a_proposal_holds_its_seat_and_its_junior(both: Cast) -> None:
    Enrolment.objects.filter(pk=both.anjali_enrolled.pk).update(heads=1)
    propose(both)
    for mentor, junior, said in (
        (both.anjali_enrolled, both.devon_enrolled, "is full"),
        (both.tomasz_enrolled, both.mai_enrolled, "is proposed to Anjali Mehta"),
        (both.anjali_enrolled, both.mai_enrolled, "to each other already"),
    ):
        with pytest.raises(Refused, match=said):
            publish(
                actor=both.ruth,
                program=both.program,
                drafts=[draft(both, mentor, junior)],
                now=timezone.now(),
            )
    assert Pairing.objects.proposed().count() == 1


def test_who_is_proposed_waits_for_no_mentor(both: Cast, as_: As) -> None:
    """Nor does who takes part no more."""
    left = EnrolmentFactory.create(program=both.program, ends_on=timezone.localdate())
    made = propose(both)
    client, program = as_(both.ruth), f"/o/tidewater/programs/{both.program.pk}"
    chosen = client.get(f"{program}/pair/")
    assert list(chosen.context["page"].object_list) == [both.devon_enrolled]
    assert b"One more is proposed to somebody" in chosen.content
    board = client.get(f"{program}/board/").content.decode()
    assert "One junior without a mentor" in board
    decline(actor=both.mai, pairing=made, now=timezone.now(), reason="no")
    today = client.get("/o/tidewater/").context
    assert [one.pairing for one in today["stuck"]] == [made]
    assert list(today["unpaired"]) == [both.devon_enrolled]
    chosen = client.get(f"{program}/pair/")
    assert both.mai_enrolled in chosen.context["page"].object_list
    assert left not in chosen.context["page"].object_list
    assert b"is proposed to somebody" not in chosen.content


def test_proposals_shows_a_page_of_many(
    both: Cast, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    juniors = EnrolmentFactory.create_batch(2, program=both.program)
    for junior in juniors:
        one = draft(both, both.tomasz_enrolled, junior)
        publish(actor=both.ruth, program=both.program, drafts=[one], now=now)
    monkeypatch.setattr(views, "MOST", 1)
    monkeypatch.setattr(lists.page_of, "__defaults__", (1,))
    client, path = as_(both.ruth), f"/o/tidewater/programs/{both.program.pk}/proposals/"
    first = client.get(path)
    assert [one.junior for one in first.context["waiting"]] == juniors[:1]
    second = client.get(path, {"page": "2"})
    assert [one.junior for one in second.context["waiting"]] == juniors[1:]
    Pairing.objects.proposed().update(proposed_at=now - timedelta(days=4))
    late = client.get(path)
    assert [one.pairing.junior for one in late.context["stuck"]] == juniors[:1]
    assert late.context["stuck_count"] == 2
    assert b"Here are the oldest 1; the others follow" in late.content


def test_who_was_deactivated_meanwhile_does_not_begin(both: Cast) -> None:
    made = propose(both)
    accept(actor=both.mai, pairing=made, now=timezone.now())
    Membership.objects.filter(pk=both.mai.pk).update(is_active=False)
    with pytest.raises(Conflict, match="Mai Tran is deactivated"):
        accept(actor=both.anjali, pairing=made, now=timezone.now())
    made.refresh_from_db()
    assert (made.state, made.mentor_accepted_at) == ("proposed", None)


def test_a_declined_proposal_frees_the_seat_and_names_who_is_next(both: Cast) -> None:
    made = propose(both)
    decline(actor=both.mai, pairing=made, now=timezone.now(), reason="We are close")
    successor = propose_next(
        actor=both.ruth,
        pairing=made,
        mentor=both.tomasz_enrolled,
        now=timezone.now(),
    )
    assert (successor.state, successor.first_step) == ("proposed", STEP)
    assert successor.first_step_by == both.tomasz
    assert Pairing.objects.proposed().get() == successor


def published(cast: Cast) -> Pairing:
    """Mai's proposal of a run over the cast, in which Anjali has what she wants."""
    give_skills(cast.mai_enrolled, python=3)
    give_skills(cast.anjali_enrolled, python=3)
    Choice.objects.create(
        organisation=cast.tidewater,
        program=cast.program,
        junior=cast.mai_enrolled,
        mentor=cast.tomasz_enrolled,
        rank=1,
    )
    usual = MatchForm(dict(sent(answers(cast.program))), program=cast.program)
    assert usual.is_valid()
    run = start_match(actor=cast.ruth, program=cast.program, wanted=usual.wanted())
    run.proposals.update(state=Proposal.State.APPROVED)
    today, now = timezone.localdate(), timezone.now()
    step = FirstStep.usual(today)
    publish_run(actor=cast.ruth, run=run, starts_on=today, step=step, now=now)
    made = Pairing.objects.proposed().get(junior=cast.mai_enrolled)
    assert made.mentor == cast.anjali_enrolled
    return made


def next_ones(client: Client, cast: Cast) -> list[tuple[str, int | None]]:
    page = client.get(f"/o/tidewater/programs/{cast.program.pk}/proposals/")
    [one] = page.context["stuck"]
    return [(str(each.choice.enrolment), each.score) for each in one.candidates]


def test_who_is_next_is_whom_the_run_named(both: Cast, as_: As) -> None:
    """Sam has more room than Tomasz; but Mai chose Tomasz, so he is her next best."""
    sam = EnrolmentFactory.create(program=both.program, side=Enrolment.Side.MENTOR)
    made, client = published(both), as_(both.ruth)
    run = MatchRun.objects.get()
    said = client.get(f"/o/tidewater/runs/{run.pk}/juniors/{both.mai_enrolled.pk}/")
    assert b"Next best: Tomasz Wieczorek." in said.content
    late = EnrolmentFactory.create(program=both.program, side=Enrolment.Side.MENTOR)
    decline(actor=both.anjali, pairing=made, now=timezone.now(), reason="no time")
    first, second, third = next_ones(client, both)
    assert first[0] == "Tomasz Wieczorek"
    assert second[0] == str(sam)
    assert (first[1] or 0) > (second[1] or 0) > 0
    assert third == (str(late), None)


def test_who_is_next_obeys_the_rules_of_the_run(both: Cast, as_: As) -> None:
    """Tomasz works while Mai sleeps, and the run asks for shared hours."""
    night = {"works_from": "20:00", "works_until": "04:00"}
    Enrolment.objects.filter(pk=both.tomasz_enrolled.pk).update(**night)
    made, client = published(both), as_(both.ruth)
    decline(actor=both.anjali, pairing=made, now=timezone.now(), reason="no time")
    assert next_ones(client, both) == []
    MatchRun.objects.update(inputs=zlib.compress(b"{}"))
    assert next_ones(client, both) == [("Tomasz Wieczorek", None)]


def test_who_declined_before_is_not_proposed_again(both: Cast) -> None:
    for mentor in (both.anjali_enrolled, both.tomasz_enrolled):
        made = propose(both, mentor=mentor)
        decline(actor=both.mai, pairing=made, now=timezone.now(), reason="no")
    [one] = stuck_with_candidates(Pairing.objects.all(), timezone.now(), 10)
    assert one.candidates == []


def test_a_rematch_leaves_no_gap_until_both_have_accepted(both: Cast) -> None:
    wish = ask_rematch(actor=both.ines, pairing=both.pairing, now=timezone.now())
    successor = replace(
        actor=both.ruth,
        pairing=both.pairing,
        mentor=both.anjali_enrolled,
        starts_on=timezone.localdate(),
        ends_on=both.program.ends_on,
        reason="A new match",
        now=timezone.now(),
    )
    both.pairing.refresh_from_db()
    assert (both.pairing.state, successor.state) == ("active", "proposed")
    for person in (both.ines, both.anjali):
        accept(actor=person, pairing=successor, now=timezone.now())
    both.pairing.refresh_from_db()
    successor.refresh_from_db()
    wish.refresh_from_db()
    assert (both.pairing.state, successor.state) == ("ended", "active")
    assert (both.pairing.ends_on, wish.successor) == (successor.starts_on, successor)


def test_accepted_ahead_the_pairing_before_goes_on_until_then(both: Cast) -> None:
    ahead = timezone.localdate() + timedelta(days=6)
    successor = replace(
        actor=both.ruth,
        pairing=both.pairing,
        mentor=both.anjali_enrolled,
        starts_on=ahead,
        ends_on=both.program.ends_on,
        reason="A new match",
        now=timezone.now(),
    )
    for person in (both.ines, both.anjali):
        accept(actor=person, pairing=successor, now=timezone.now())
    both.pairing.refresh_from_db()
    successor.refresh_from_db()
    assert (both.pairing.state, both.pairing.ends_on) == ("active", ahead)
    assert (successor.state, successor.starts_on) == ("active", ahead)


def test_pairs_of_a_run_are_published_together(cast: Cast) -> None:
    run = a_run(cast, cast.mai_enrolled, cast.devon_enrolled)
    now, today = timezone.now(), timezone.localdate()
    step = FirstStep.usual(today)
    made = publish_run(actor=cast.ruth, run=run, starts_on=today, step=step, now=now)
    assert {one.junior for one in made} == {cast.mai_enrolled, cast.devon_enrolled}
    assert set(run.proposals.values_list("state", flat=True)) == {"published"}
    with pytest.raises(Conflict):
        publish_run(actor=cast.ruth, run=run, starts_on=today, step=step, now=now)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("approval", "queries"), [(Program.Approval.LEAD, 23), (Program.Approval.BOTH, 14)]
)
def test_publishing_costs_the_same_for_any_number_of_pairs(
    cast: Cast,
    django_assert_num_queries: DjangoAssertNumQueries,
    approval: str,
    queries: int,
    count: int,
) -> None:
    Program.objects.update(approval=approval)
    begin_plan(cast.pairing)
    juniors = EnrolmentFactory.create_batch(count, program=cast.program)
    run = a_run(cast, *juniors)
    today = timezone.localdate()
    with django_assert_num_queries(queries):
        made = publish_run(
            actor=cast.ruth,
            run=run,
            starts_on=today,
            step=FirstStep.usual(today),
            now=timezone.now(),
        )
    assert {one.junior for one in made} == set(juniors)
    plans = GrowthPlan.objects.filter(junior__in=juniors)
    begun = [one for one in made if one.is_standing]
    assert plans.count() == len(begun)
    assert all(plan.milestones.exists() for plan in plans)


def a_run(cast: Cast, *juniors: Enrolment) -> MatchRun:
    """A run that proposes some juniors to Anjali; all are chosen."""
    run = MatchRun.objects.create(
        organisation=cast.tidewater,
        program=cast.program,
        number=MatchRun.objects.count() + 1,
        state=MatchRun.State.DONE,
        inputs=b"",
        result=b"",
        placed=len(juniors),
        total=80 * len(juniors),
    )
    Proposal.objects.bulk_create(
        Proposal(
            organisation=cast.tidewater,
            program=cast.program,
            run=run,
            junior=junior,
            mentor=cast.anjali_enrolled,
            score=80,
            state=Proposal.State.APPROVED,
        )
        for junior in juniors
    )
    return run


def test_propose_says_of_each_pair_what_stands_against_it(cast: Cast, as_: As) -> None:
    run = a_run(cast, cast.mai_enrolled, cast.ines_enrolled)
    client, path = as_(cast.ruth), f"/o/tidewater/runs/{run.pk}/propose/"
    form = {"starts_on": timezone.localdate().isoformat(), "first_step_by": "junior"}
    response = client.post(path, form)
    html = response.content.decode()
    assert response.status_code == 422
    assert "Nothing was published" in html
    assert "Ines Carvalho has Tomasz Wieczorek as primary mentor" in html
    assert Pairing.objects.count() == 1

    run.proposals.filter(junior=cast.ines_enrolled).delete()
    assert client.post(path, form).status_code == 303
    made = Pairing.objects.get(junior=cast.mai_enrolled)
    assert (made.first_step, made.first_step_by) == (STEP, cast.mai)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("", "Say from which day they are pairs."),
        ("2020-01-01", "Start within it."),
        ("31/02/2027", "Enter a valid date."),
    ],
)
def test_propose_says_next_to_the_field_what_is_wrong(
    cast: Cast, as_: As, day: str, said: str
) -> None:
    run = a_run(cast, cast.mai_enrolled, cast.devon_enrolled)
    form = {"starts_on": day, "first_step_by": "junior", "first_step": "Lunch"}
    response = as_(cast.ruth).post(f"/o/tidewater/runs/{run.pk}/propose/", form)
    assert response.status_code == 422
    [error] = response.context["form"].errors["starts_on"]
    assert error.endswith(said)
    assert b"Nothing was published" not in response.content
    assert b'value="Lunch"' in response.content
    assert Pairing.objects.count() == 1


def test_each_is_told_who_the_other_is_and_why(cast: Cast) -> None:
    now = timezone.now()
    propose(cast, now)
    told = [("anjali", "You and Mai Tran are a pair")]
    assert send(now) == [*told, ("mai", "You and Anjali Mehta are a pair")]
    why = "Anjali Mehta offers what Mai Tran wants to learn: postgresql, python."
    for one in mail.outbox:
        assert isinstance(one, mail.EmailMultiAlternatives)
        html = str(one.alternatives[0][0])
        for text in (str(one.body), html):
            assert why in text
            assert STEP in text
    assert send(now) == []


def test_pairs_that_were_there_before_are_no_news(cast: Cast) -> None:
    assert send(timezone.now()) == []


def test_a_proposal_is_asked_reminded_and_then_the_leads_problem(both: Cast) -> None:
    now = timezone.now()
    made = propose(both, now)
    assert send(now) == [
        ("anjali", "Mai Tran is proposed as your junior"),
        ("mai", "Anjali Mehta is proposed as your mentor"),
    ]
    accept(actor=both.mai, pairing=made, now=now)
    assert send(now + timedelta(days=1, hours=23)) == []
    reminded = [("anjali", "Mai Tran and you: your answer is waited for")]
    assert send(now + timedelta(days=2)) == reminded
    late = [("ruth", "Mai Tran with Anjali Mehta: no answer for 3 days")]
    assert send(now + timedelta(days=3)) == late
    body = str(mail.outbox[0].body)
    assert "Anjali Mehta has not answered. Ask, or propose Mai Tran to" in body
    decline(actor=both.anjali, pairing=made, now=now, reason="I am away")
    declined = [("ruth", "Mai Tran with Anjali Mehta was declined")]
    assert send(now + timedelta(days=3)) == declined
    assert "I am away" not in str(mail.outbox[0].body)


def test_who_answered_gets_no_reminder(both: Cast) -> None:
    now = timezone.now()
    made = propose(both, now)
    send(now)
    for person in (both.mai, both.anjali):
        accept(actor=person, pairing=made, now=now)
    subjects = {subject for _to, subject in send(now + timedelta(days=2))}
    told = {"You and Mai Tran are a pair", "You and Anjali Mehta are a pair"}
    assert subjects == told
    assert not Delivery.objects.exclude(state__in=["sent", "withdrawn"]).exists()


def test_answers_over_the_pages(both: Cast, as_: As) -> None:
    made = propose(both)
    junior, mentor = as_(both.mai), as_(both.anjali)
    for client in (junior, mentor):
        html = client.get(address(made, "proposal")).content.decode()
        assert "Shall this be your pair?" in html
        assert STEP in html
    today = junior.get("/o/tidewater/").content.decode()
    assert "Say whether Anjali Mehta shall be your mentor" in today
    assert junior.post(address(made, "accept")).status_code == 303
    assert mentor.post(address(made, "decline"), {"reason": ""}).status_code == 422
    said = mentor.post(address(made, "decline"), {"reason": "I am away in spring"})
    assert said.status_code == 303

    lead = as_(both.ruth)
    assert "declined" in lead.get("/o/tidewater/").content.decode()
    page = f"/o/tidewater/programs/{both.program.pk}/proposals/"
    html = lead.get(page).content.decode()
    assert "I am away in spring" in html
    assert "Propose Tomasz Wieczorek" in html
    answer = lead.post(address(made, "next"), {"mentor": both.tomasz_enrolled.pk})
    assert answer.status_code == 303
    assert Pairing.objects.proposed().get().mentor == both.tomasz_enrolled
    assert "declined" not in lead.get("/o/tidewater/").content.decode()


def test_the_reason_is_read_by_leads_alone(both: Cast, as_: As) -> None:
    made = propose(both)
    decline(actor=both.anjali, pairing=made, now=timezone.now(), reason="Zugzwang")
    paths = [
        "/o/tidewater/",
        f"/o/tidewater/programs/{both.program.pk}/?state=all",
        f"/o/tidewater/programs/{both.program.pk}/proposals/",
        *(address(made, page) for page in ("proposal", "decline")),
        f"/o/tidewater/pairings/{made.pk}/",
    ]
    readers = set()
    for member in (both.mai, both.otis, both.lars, both.tomasz, both.ruth, both.mark):
        for path in paths:
            response = as_(member).get(path, follow=True)
            if "Zugzwang" in response.content.decode():
                readers.add(member)
    assert readers == {both.ruth, both.mark}


def test_a_proposed_mentor_reads_nothing_of_the_junior(both: Cast, as_: As) -> None:
    successor = replace(
        actor=both.ruth,
        pairing=both.pairing,
        mentor=both.anjali_enrolled,
        starts_on=timezone.localdate(),
        ends_on=both.program.ends_on,
        reason="A new match",
        now=timezone.now(),
    )
    year = GrowthPlan.objects.create(
        organisation=both.tidewater,
        junior=both.ines_enrolled,
        starts_on=both.program.starts_on,
    )
    client = as_(both.anjali)
    for path in (
        f"/o/tidewater/pairings/{successor.pk}/",
        f"/o/tidewater/pairings/{both.pairing.pk}/",
        f"/o/tidewater/plans/{year.pk}/",
    ):
        assert client.get(path).status_code == 404
    assert client.get(address(successor, "proposal")).status_code == 200


def test_the_first_step_is_its_owners_until_it_is_ticked(cast: Cast, as_: As) -> None:
    made = propose(cast)
    mentor, junior = as_(cast.anjali), as_(cast.mai)
    assert STEP in mentor.get("/o/tidewater/").content.decode()
    assert STEP not in junior.get("/o/tidewater/").content.decode()
    page = f"/o/tidewater/pairings/{made.pk}/"
    assert STEP in junior.get(page).content.decode()
    assert mentor.post(address(made, "first-step"), {"done": "1"}).status_code == 303
    made.refresh_from_db()
    assert made.first_step_done_at is not None
    assert STEP not in mentor.get("/o/tidewater/").content.decode()
    assert junior.post(address(made, "first-step")).status_code == 303
    made.refresh_from_db()
    assert made.first_step_done_at is None


def test_the_first_step_lies_in_the_first_week(cast: Cast) -> None:
    today = timezone.localdate()
    late = FirstStep(STEP, is_juniors=False, on=today + timedelta(days=8))
    with pytest.raises(Exception, match="in the first week"):
        pair(
            actor=cast.ruth,
            mentor=cast.anjali_enrolled,
            junior=cast.mai_enrolled,
            starts_on=today,
            ends_on=cast.program.ends_on,
            first_step=late,
            now=timezone.now(),
        )
