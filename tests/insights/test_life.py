"""The life of a pairing in the browser's words: phases, pauses, another match."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pairings.actions.pairings import leave, pair
from pairings.actions.pauses import pause
from pairings.models import (
    Avoidance,
    Enrolment,
    MentorRecord,
    Pairing,
    Pause,
    PhaseMove,
    RematchRequest,
)
from preceptor.accounts.models import Membership
from progress.actions import begin_plan
from progress.models import Milestone
from tests.cast import Cast
from tests.factories import EnrolmentFactory, PairingFactory

As = Callable[[Membership], Client]


def page(cast: Cast, step: str = "") -> str:
    return f"/o/tidewater/pairings/{cast.pairing.pk}/{step}"


def shown(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def stop(cast: Cast, days: int | None = 28) -> Pause:
    today = timezone.localdate()
    return pause(
        actor=cast.ruth,
        pairing=cast.pairing,
        back_on=None if days is None else today + timedelta(days=days),
        reason="Parental leave",
        now=timezone.now(),
    )


def test_a_phase_is_asked_for_and_agreed_to(cast: Cast, as_: As) -> None:
    ines, tomasz = as_(cast.ines), as_(cast.tomasz)
    response = ines.post(page(cast, "phase/"), {"phase": "junior_leads"})
    assert response.status_code == 303
    assert "You asked; it waits" in shown(ines, page(cast))
    assert "The other of your pair asked." in shown(tomasz, page(cast))
    move = PhaseMove.objects.get()
    tomasz.post(f"/o/tidewater/phases/{move.pk}/agree/")
    assert Pairing.objects.get(pk=cast.pairing.pk).phase == "junior_leads"
    assert '<h2 id="life">Phase: junior leads</h2>' in shown(ines, page(cast))


def test_a_lead_moves_no_phase_and_is_not_offered_it(cast: Cast, as_: As) -> None:
    ruth = as_(cast.ruth)
    assert "Ask the other" not in shown(ruth, page(cast))
    assert ruth.post(page(cast, "phase/"), {"phase": "junior_leads"}).status_code == 403


def test_an_unknown_phase_is_a_bad_request(cast: Cast, as_: As) -> None:
    response = as_(cast.ines).post(page(cast, "phase/"), {"phase": "holiday"})
    assert response.status_code == 400
    assert PhaseMove.objects.count() == 0


def test_the_year_line_shows_each_phase_from_its_day(cast: Cast, as_: As) -> None:
    begin_plan(cast.pairing)
    agreed_on = cast.pairing.starts_on + timedelta(days=30)
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
    line = as_(cast.ines).get(page(cast)).context["line"]
    bands = line.picture.year.phases
    assert [(band.labels[0], band.starts_on, band.ends_on) for band in bands] == [
        ("Mentor leads", cast.pairing.starts_on, agreed_on),
        ("Junior leads", agreed_on, cast.pairing.ends_on),
    ]


def test_pause_shows_what_moves_before_it_moves(cast: Cast, as_: As) -> None:
    begin_plan(cast.pairing)
    ruth, today = as_(cast.ruth), timezone.localdate()
    back_on = today + timedelta(days=28)
    form = {"back_on": back_on.isoformat(), "reason": "Parental leave"}
    response = ruth.post(page(cast, "pause/"), {**form, "look": "1"})
    moves = response.context["moves"]
    rows = Milestone.objects.filter(pk__in=[move.milestone.pk for move in moves])
    before = list(rows.values_list("due_on", flat=True))
    assert [move.from_on for move in moves] == before
    assert min(before) >= today
    assert Pause.objects.count() == 0
    response = ruth.post(page(cast, "pause/"), form)
    assert response.status_code == 303
    after = list(rows.values_list("due_on", flat=True))
    assert after == [move.to_on for move in moves]
    told = shown(as_(cast.ines), page(cast))
    assert "The year moved by 28 days." in told
    assert "Parental leave" in told


@pytest.mark.parametrize("away", [0, -3, 800])
def test_pause_refuses_an_odd_day_beside_the_field(
    cast: Cast, as_: As, away: int
) -> None:
    day = timezone.localdate() + timedelta(days=away)
    form = {"back_on": day.isoformat(), "reason": "Kept words"}
    response = as_(cast.ruth).post(page(cast, "pause/"), form)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["back_on"]
    assert "Kept words" in response.content.decode()


def test_a_pause_ahead_is_arranged_and_called_off(cast: Cast, as_: As) -> None:
    begin_plan(cast.pairing)
    before = list(Milestone.objects.values_list("due_on", flat=True))
    ruth, today = as_(cast.ruth), timezone.localdate()
    first, back = today + timedelta(days=9), today + timedelta(days=30)
    form = {"starts_on": first.isoformat(), "back_on": back.isoformat()}
    look = ruth.post(page(cast, "pause/"), {**form, "look": "1"})
    assert "What moves by 21 days" in look.content.decode()
    assert ruth.post(page(cast, "pause/"), form).status_code == 303
    assert ruth.post(page(cast, "pause/"), form).status_code == 409

    assert Pairing.objects.get(pk=cast.pairing.pk).state == "active"
    for member in (cast.ines, cast.tomasz, cast.ruth):
        assert "A pause is arranged from" in shown(as_(member), page(cast))
    assert "arranged already" in shown(ruth, page(cast, "pause/"))
    assert "The pause that is arranged is called off" in shown(ruth, page(cast, "end/"))
    assert "Call off the pause" in shown(ruth, page(cast))
    assert "Call it off" in shown(ruth, page(cast, "resume/"))
    assert ruth.post(page(cast, "resume/")).status_code == 303
    assert list(Milestone.objects.values_list("due_on", flat=True)) == before
    assert "A pause is arranged" not in shown(ruth, page(cast))


@pytest.mark.parametrize(
    ("first", "back", "field"),
    [
        (-1, None, "starts_on"),
        (5000, None, "starts_on"),
        (9, 9, "back_on"),
        (9, 3, "back_on"),
        (9, 9 + 732, "back_on"),
    ],
)
def test_pause_refuses_odd_days_beside_their_field(
    cast: Cast, as_: As, first: int, back: int | None, field: str
) -> None:
    today = timezone.localdate()
    form = {"starts_on": (today + timedelta(days=first)).isoformat()}
    if back is not None:
        form["back_on"] = (today + timedelta(days=back)).isoformat()
    response = as_(cast.ruth).post(page(cast, "pause/"), form)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert Pause.objects.count() == 0


def test_resume_brings_them_back_once(cast: Cast, as_: As) -> None:
    stop(cast, None)
    ruth = as_(cast.ruth)
    assert "Paused since" in shown(ruth, page(cast, "resume/"))
    assert ruth.post(page(cast, "resume/")).status_code == 303
    assert ruth.post(page(cast, "resume/")).status_code == 409
    assert ruth.get(page(cast, "resume/")).status_code == 409
    assert Pairing.objects.get(pk=cast.pairing.pk).state == "active"


def test_a_wish_is_seen_by_who_asked_and_by_leads_alone(cast: Cast, as_: As) -> None:
    assert as_(cast.ines).post(page(cast, "rematch/")).status_code == 303
    seen = "Another match is asked for"
    everybody = {
        member: seen in shown(as_(member), page(cast))
        for member in (cast.ines, cast.tomasz, cast.lars, cast.otis, cast.ruth)
    }
    assert [member for member, sees in everybody.items() if sees] == [
        cast.ines,
        cast.ruth,
    ]
    assert "Another match was asked for" in shown(as_(cast.ruth), "/o/tidewater/")
    for other in (cast.tomasz, cast.otis):
        assert "nother match" not in shown(as_(other), "/o/tidewater/")


def test_a_lead_chooses_the_next_mentor_in_one_step(cast: Cast, as_: As) -> None:
    as_(cast.ines).post(page(cast, "rematch/"))
    ruth = as_(cast.ruth)
    path = (
        f"/o/tidewater/programs/{cast.program.pk}/pair/"
        f"?junior={cast.ines_enrolled.pk}&instead={cast.pairing.pk}"
    )
    assert "which goes on until the first day" in shown(ruth, path)
    offered = [str(one.enrolment) for one in ruth.get(path).context["page"]]
    assert offered == ["Anjali Mehta"]
    values = {
        "mentor": cast.anjali_enrolled.pk,
        "kind": "primary",
        "starts_on": timezone.localdate().isoformat(),
        "last_on": cast.ines_enrolled.last_on.isoformat(),
    }
    taken = ruth.post(path, {**values, "mentor": cast.tomasz_enrolled.pk})
    assert taken.status_code == 422
    assert ruth.post(path, values).status_code == 303
    mentors = Pairing.objects.standing().values_list("mentor", flat=True)
    assert list(mentors) == [cast.anjali_enrolled.pk]
    assert RematchRequest.objects.get().successor is not None


def test_a_deactivated_mentors_juniors_are_on_the_leads_page(
    cast: Cast, as_: As
) -> None:
    Membership.objects.filter(pk=cast.tomasz.pk).update(is_active=False)
    [waiting] = as_(cast.ruth).get("/o/tidewater/").context["left"]
    assert (waiting.pairing, waiting.reason) == (
        cast.pairing,
        "Tomasz Wieczorek is deactivated, so nobody mentors here.",
    )
    assert [str(one.enrolment) for one in waiting.candidates] == ["Anjali Mehta"]


@pytest.mark.parametrize("more", [1, 3])
def test_who_is_left_costs_as_much_for_one_as_for_three(
    cast: Cast, as_: As, more: int
) -> None:
    for _number in range(more - 1):
        junior = EnrolmentFactory.create(program=cast.program)
        PairingFactory.create(
            program=cast.program, mentor=cast.tomasz_enrolled, junior=junior
        )
    Membership.objects.filter(pk=cast.tomasz.pk).update(is_active=False)
    ruth = as_(cast.ruth)
    with CaptureQueriesContext(connection) as queries:
        left = ruth.get("/o/tidewater/").context["left"]
    assert (len(left), len(queries)) == (more, 22)


def test_who_leaves_is_named_with_what_ends(cast: Cast, as_: As) -> None:
    ruth = as_(cast.ruth)
    path = f"/o/tidewater/enrolments/{cast.tomasz_enrolled.pk}/leave/"
    assert "The pairing with Ines Carvalho ends" in shown(ruth, path)
    assert ruth.post(path, {"reason": ""}).status_code == 422
    assert ruth.post(path, {"reason": "Moves to Lisbon"}).status_code == 303
    assert Pairing.objects.get(pk=cast.pairing.pk).state == "ended"
    today = ruth.get("/o/tidewater/")
    [waiting] = today.context["left"]
    assert waiting.junior == cast.ines_enrolled
    assert [str(one.enrolment) for one in waiting.candidates] == ["Anjali Mehta"]
    assert cast.ines_enrolled not in today.context["unpaired"]
    text = today.content.decode()
    assert "The pairing with Tomasz Wieczorek ended on" in text
    assert "Likeliest next: Anjali Mehta" in text
    assert f"?junior={cast.ines_enrolled.pk}&amp;instead" not in text
    observed = shown(as_(cast.otis), "/o/tidewater/")
    assert "The pairing with Tomasz Wieczorek ended on" in observed
    assert "Anjali Mehta" not in observed


def test_everybody_whom_mentors_left_is_named(cast: Cast, as_: As) -> None:
    for _number in range(14):
        PairingFactory.create(
            program=cast.program,
            mentor=cast.tomasz_enrolled,
            junior=EnrolmentFactory.create(program=cast.program),
        )
    now = timezone.now()
    leave(actor=cast.ruth, enrolment=cast.tomasz_enrolled, reason="Moves", now=now)
    context = as_(cast.ruth).get("/o/tidewater/").context
    assert len(context["left"]) == 15
    assert context["unpaired"] == [cast.devon_enrolled, cast.mai_enrolled]


def test_candidates_are_who_can_and_may_be_asked(cast: Cast, as_: As) -> None:
    """Nobody who left, is away, is avoided or is whom the junior reports to."""
    today, ines = timezone.localdate(), cast.ines_enrolled
    left, away, back, avoided, boss = (
        EnrolmentFactory.create(program=cast.program, side="mentor") for _n in range(5)
    )
    Enrolment.objects.filter(pk=left.pk).update(ends_on=today)
    away_until = {away: today + timedelta(days=9), back: today}
    for mentor, day in away_until.items():
        MentorRecord.objects.create(
            organisation=cast.tidewater,
            membership=mentor.membership,
            is_available=False,
            away_until=day,
        )
    Avoidance.objects.create(
        organisation=cast.tidewater,
        program=cast.program,
        junior=ines,
        person=avoided.membership,
        slot=1,
    )
    Enrolment.objects.filter(pk=ines.pk).update(line_manager=boss.membership)
    Membership.objects.filter(pk=cast.tomasz.pk).update(is_active=False)
    [waiting] = as_(cast.ruth).get("/o/tidewater/").context["left"]
    found = {one.enrolment for one in waiting.candidates}
    assert found == {cast.anjali_enrolled, back}


def test_who_follows_is_named_over_a_gap(cast: Cast, as_: As) -> None:
    now = timezone.now()
    leave(actor=cast.ruth, enrolment=cast.tomasz_enrolled, reason="Moves", now=now)
    ends_on = Enrolment.objects.get(pk=cast.ines_enrolled.pk).ends_on
    pair(
        actor=cast.ruth,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        starts_on=timezone.localdate() + timedelta(days=6),
        ends_on=ends_on,
        now=now,
    )
    text = shown(as_(cast.ruth), "/o/tidewater/")
    assert "Anjali Mehta follows on" in text
    assert "Choose for Ines" not in text
