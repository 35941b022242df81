"""A program from draft to archive, and what each state means where."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from pairings.actions import pairings as pairing_actions
from pairings.actions import states as actions
from pairings.models import Enrolment, Pairing, Program
from pairings.tasks import tell_enrolled
from preceptor.accounts.models import Membership
from preceptor.http import Conflict, url
from progress.actions import begin_plan
from progress.models import Milestone
from progress.reminders.milestones import due
from reviews.models import ReviewSession
from tests.cast import Cast
from tests.factories import PairingFactory, ProgramFactory

As = Callable[[Membership], Client]
PROGRAMS = "/o/tidewater/programs/"
STATES = ("draft", "running", "closed", "archived")
STEPS = {
    "start": ("draft", "running"),
    "close": ("running", "closed"),
    "reopen": ("closed", "running"),
    "archive": ("closed", "archived"),
    "bring-back": ("archived", "closed"),
}


def page(program: Program, rest: str = "") -> str:
    return f"{PROGRAMS}{program.pk}/{rest}"


def put(program: Program, state: str) -> None:
    Program.objects.filter(pk=program.pk).update(state=state)
    program.refresh_from_db()


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", STATES)
def test_each_step_leads_from_one_state_and_no_other(
    cast: Cast, as_: As, step: str, state: str
) -> None:
    cast.pairing.delete()
    put(cast.program, state)
    before, after = STEPS[step]
    client = as_(cast.ruth)
    assert client.get(page(cast.program, f"{step}/")).status_code == 200
    response = client.post(page(cast.program, f"{step}/"), {"pairs": "keep"})
    cast.program.refresh_from_db()
    if state == before:
        assert (response.status_code, cast.program.state) == (303, after)
    else:
        assert (response.status_code, cast.program.state) == (409, state)
        assert f"This program is {state} by now" in response.content.decode()


def test_start_program_tells_everybody_who_may_come_in(
    cast: Cast,
    as_: As,
    django_capture_on_commit_callbacks: Callable[..., object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(tell_enrolled, "delay", lambda *ids: told.append(ids))
    Membership.objects.filter(pk=cast.mai.pk).update(is_active=False)
    others = cast.program.enrolments.exclude(pk=cast.mai_enrolled.pk)
    for answers, expected in (
        ({}, []),
        ({"tell": "on"}, [(row.pk, cast.ruth.pk) for row in others]),
    ):
        put(cast.program, "draft")
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
            as_(cast.ruth).post(page(cast.program, "start/"), answers)
        assert sorted(told) == sorted(expected)
    tell_enrolled(*told[0])
    assert len(mail.outbox) == 1
    put(cast.program, "draft")
    tell_enrolled(*told[0])
    assert len(mail.outbox) == 1


def test_a_draft_is_seen_by_staff_and_managers_alone(cast: Cast, as_: As) -> None:
    put(cast.program, "draft")
    for member in (cast.ruth, cast.otis, cast.mark, cast.olga):
        client = as_(member)
        assert client.get(page(cast.program), follow=True).status_code == 200
        assert cast.program.name in client.get(PROGRAMS).content.decode()
    for member in (cast.ines, cast.tomasz, cast.lars):
        client = as_(member)
        for rest in ("", "people/"):
            assert client.get(page(cast.program, rest)).status_code == 404
        assert cast.program.name not in client.get(PROGRAMS).content.decode()
    assert not Enrolment.objects.visible_to(cast.devon).exists()
    put(cast.program, "running")
    assert Enrolment.objects.visible_to(cast.devon).count() == 1


@pytest.mark.parametrize(
    ("state", "read", "write"),
    [("draft", 404, 404), ("closed", 200, 422), ("archived", 200, 409)],
)
def test_ones_own_profile_follows_the_program(
    cast: Cast, as_: As, state: str, read: int, write: int
) -> None:
    put(cast.program, state)
    client = as_(cast.ines)
    address = url("tidewater", "pairings:profile", cast.ines_enrolled.pk)
    assert client.get(address).status_code == read
    assert client.post(address, {"hours": "a lot"}).status_code == write


def test_who_is_in_a_draft_alone_has_no_sections_yet(cast: Cast, as_: As) -> None:
    put(cast.program, "draft")
    sections = as_(cast.devon).get("/o/tidewater/").context["sections"]
    assert not sections.any
    put(cast.program, "running")
    assert as_(cast.devon).get("/o/tidewater/").context["sections"].any


@pytest.mark.parametrize("state", ["draft", "closed", "archived"])
def test_nobody_is_paired_unless_the_program_runs(
    cast: Cast, as_: As, state: str
) -> None:
    put(cast.program, state)
    answers = {
        "mentor": cast.anjali_enrolled.pk,
        "kind": "primary",
        "starts_on": timezone.localdate().isoformat(),
        "last_on": cast.program.last_on.isoformat(),
    }
    address = page(cast.program, f"pair/?junior={cast.mai_enrolled.pk}")
    assert as_(cast.ruth).post(address, answers).status_code == 409
    assert Pairing.objects.count() == 1
    put(cast.program, "running")
    assert as_(cast.ruth).post(address, answers).status_code == 303


@pytest.mark.parametrize(
    ("state", "status"),
    [("draft", 303), ("running", 303), ("closed", 409), ("archived", 409)],
)
def test_people_come_into_drafts_and_running_programs(
    cast: Cast, as_: As, state: str, status: int
) -> None:
    put(cast.program, state)
    answers = {
        "email": cast.mei.user.email,
        "side": "junior",
        "heads": "3",
        "hours": "6",
        "last_on": cast.program.last_on.isoformat(),
    }
    response = as_(cast.ruth).post(page(cast.program, "enrol/"), answers)
    assert response.status_code == status
    came = Enrolment.objects.filter(membership=cast.mei).exists()
    assert came is (status == 303)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("form", "open_in"),
    [
        ("enrol/", ("draft", "running")),
        ("roster/", ("draft", "running")),
        ("pair/", ("running",)),
        ("pair/?junior={}", ("running",)),
        ("pairs/", ("running",)),
    ],
)
def test_no_form_is_shown_that_the_state_would_refuse(
    cast: Cast, as_: As, form: str, open_in: tuple[str, ...], state: str
) -> None:
    put(cast.program, state)
    address = page(cast.program, form.format(cast.mai_enrolled.pk))
    response = as_(cast.ruth).get(address)
    assert response.status_code == 200
    is_shut = f"This program is {'a ' if state == 'draft' else ''}{state}." in (
        response.text
    )
    assert is_shut is (state not in open_in)
    assert ("<form" in response.text.partition("<main")[2]) is not is_shut
    opens = {"draft": "start", "closed": "reopen", "archived": "bring-back"}
    if is_shut:
        assert page(cast.program, f"{opens[state]}/") in response.text


def test_a_draft_tells_nobody_that_they_are_in_it(cast: Cast, as_: As) -> None:
    put(cast.program, "draft")
    html = as_(cast.ruth).get(page(cast.program, "enrol/")).content.decode()
    assert 'name="tell"' not in html
    assert "nobody is told" in html


def test_close_program_names_the_pairs_and_leaves_them_to_their_last_day(
    cast: Cast, as_: As
) -> None:
    client = as_(cast.ruth)
    html = client.get(page(cast.program, "close/")).content.decode()
    assert "1 pair still stands" in html
    assert "Ines Carvalho with Tomasz Wieczorek" in html
    client.post(page(cast.program, "close/"), {"pairs": "keep"})
    cast.pairing.refresh_from_db()
    assert cast.pairing.state == "active"


def test_close_program_ends_the_pairs_if_asked_to(cast: Cast, as_: As) -> None:
    planned = ReviewSession.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        mentor=cast.tomasz,
        junior=cast.ines,
        state="planned",
        planned_at=timezone.now() + timedelta(days=2),
        planned_minutes=60,
        led_by="mentor",
        arranged_at=timezone.now(),
    )
    as_(cast.ruth).post(page(cast.program, "close/"), {"pairs": "end"})
    cast.pairing.refresh_from_db()
    planned.refresh_from_db()
    assert (cast.pairing.state, cast.pairing.ends_on) == (
        "ended",
        timezone.localdate(),
    )
    assert cast.pairing.end_reason == "The program was closed."
    assert planned.cancelled_at is not None


def test_close_program_asks_what_becomes_of_the_pairs(cast: Cast, as_: As) -> None:
    response = as_(cast.ruth).post(page(cast.program, "close/"))
    assert response.status_code == 422
    cast.program.refresh_from_db()
    assert cast.program.is_running


def test_in_a_closed_program_no_session_begins(cast: Cast, as_: As) -> None:
    client = as_(cast.ines)
    tomorrow = timezone.localdate() + timedelta(days=1)
    plan = {
        "day": tomorrow.isoformat(),
        "time": "10:00",
        "minutes": "60",
        "weeks": "1",
        "led_by": "mentor",
    }
    address = url("tidewater", "reviews:plan", cast.pairing.pk)
    put(cast.program, "closed")
    response = client.post(address, plan)
    assert response.status_code == 422
    assert "The program is closed" in response.content.decode()
    asked = f"{url('tidewater', 'reviews:open')}?pairing={cast.pairing.pk}"
    assert "The program is closed" in client.get(asked).content.decode()
    put(cast.program, "running")
    assert client.post(address, plan).status_code == 303


def test_archive_program_waits_for_the_last_pair(cast: Cast, as_: As) -> None:
    put(cast.program, "closed")
    client = as_(cast.ruth)
    assert (
        "1 pair still runs"
        in client.get(page(cast.program, "archive/")).content.decode()
    )
    assert client.post(page(cast.program, "archive/")).status_code == 409
    cast.program.refresh_from_db()
    assert cast.program.state == "closed"
    over = timezone.localdate()
    Pairing.objects.filter(pk=cast.pairing.pk).update(ends_on=over)
    assert client.post(page(cast.program, "archive/")).status_code == 303


def test_an_archived_program_is_behind_the_filter(cast: Cast, as_: As) -> None:
    ProgramFactory.create(organisation=cast.tidewater, name="Another")
    put(cast.program, "archived")
    client = as_(cast.mark)

    def shown(query: str = "") -> list[str]:
        rows = client.get(f"{PROGRAMS}{query}").context["rows"]
        return sorted(row.program.name for row in rows)

    assert shown() == shown("?state=running") == ["Another"]
    assert shown("?state=archived") == [cast.program.name]
    assert shown("?state=all") == ["Another", cast.program.name]
    assert shown("?state=draft") == []
    html = as_(cast.ines).get(PROGRAMS).content.decode()
    assert "Show archived ones" in html


def test_an_archived_program_is_read_and_not_written(cast: Cast, as_: As) -> None:
    begin_plan(cast.pairing)
    milestone = Milestone.objects.order_by("due_on")[0]
    session = ReviewSession.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        mentor=cast.tomasz,
        junior=cast.ines,
        title="Left open",
        state="reading",
    )
    put(cast.program, "archived")
    ines, ruth = as_(cast.ines), as_(cast.ruth)
    sign = url("tidewater", "progress:sign", milestone.pk)
    abandon = url("tidewater", "reviews:abandon", session.pk)
    goal = url("tidewater", "progress:add_goal", milestone.plan_id)
    for client, address in ((ines, sign), (ines, abandon), (ines, goal)):
        assert client.get(address).status_code == 200, address
        response = client.post(address, {"text": "Read", "reason": "late"})
        assert response.status_code == 409, address
        assert "archived and can only be read" in response.content.decode()
    settings = page(cast.program, "settings/")
    assert ruth.get(settings).status_code == 200
    for address in (settings, page(cast.program, "staff/")):
        assert ruth.post(address).status_code == 409
    end = url("tidewater", "pairings:end", cast.pairing.pk)
    assert ruth.post(end, {"reason": "Over"}).status_code == 409
    stranger = as_(cast.mei)
    for address in (sign, abandon, goal, settings, end):
        assert stranger.post(address).status_code == 404


def test_growth_leaves_archived_years_to_their_juniors(cast: Cast, as_: As) -> None:
    begin_plan(cast.pairing)
    put(cast.program, "archived")
    growth = "/o/tidewater/growth/"
    assert as_(cast.ruth).get(growth).context["page"].paginator.count == 0
    assert as_(cast.ines).get(growth).status_code == 303
    put(cast.program, "closed")
    assert as_(cast.ruth).get(growth).context["page"].paginator.count == 1


@pytest.mark.parametrize(("state", "count"), [("running", 2), ("closed", 0)])
def test_milestones_are_reminded_of_in_running_programs(
    cast: Cast, state: str, count: int
) -> None:
    begin_plan(cast.pairing)
    now = timezone.now()
    milestone = Milestone.objects.order_by("due_on")[0]
    Milestone.objects.filter(pk=milestone.pk).update(due_on=now.date())
    put(cast.program, state)
    found = [row for row in due(now) if row["subject"] == milestone.pk]
    assert len(found) == count


def test_today_asks_for_nobody_in_programs_that_do_not_run(cast: Cast, as_: As) -> None:
    today = "/o/tidewater/"
    context = as_(cast.ruth).get(today).context
    assert (len(context["concerns"]), len(context["unpaired"])) == (1, 2)
    put(cast.program, "closed")
    context = as_(cast.ruth).get(today).context
    assert (len(context["concerns"]), len(context["unpaired"])) == (0, 0)


def test_somebody_takes_part_in_several_programs_at_once(cast: Cast) -> None:
    """A junior here is a mentor there, and each program counts seats by itself."""
    other = ProgramFactory.create(organisation=cast.tidewater, name="Another")
    places = {
        "organisation": cast.tidewater,
        "program": other,
        "ends_on": other.ends_on,
    }
    mentor = Enrolment.objects.create(**places, membership=cast.ines, side="mentor")
    junior = Enrolment.objects.create(**places, membership=cast.tomasz, side="junior")
    pairing = pairing_actions.pair(
        actor=cast.mark,
        mentor=mentor,
        junior=junior,
        starts_on=timezone.localdate(),
        ends_on=other.ends_on,
        now=timezone.now(),
    )
    assert pairing.program == other
    assert Pairing.objects.standing().count() == 2


def test_a_pair_and_a_close_at_once_leave_no_pair_unnoticed(cast: Cast) -> None:
    PairingFactory.create(
        program=cast.program, mentor=cast.anjali_enrolled, junior=cast.mai_enrolled
    )
    now = timezone.now()
    ended = actions.close_program(
        actor=cast.ruth, program=cast.program, ends_pairs=True, now=now
    )
    assert ended == 2
    with pytest.raises(Conflict, match="closed"):
        pairing_actions.pair(
            actor=cast.ruth,
            mentor=cast.anjali_enrolled,
            junior=cast.devon_enrolled,
            starts_on=timezone.localdate(),
            ends_on=cast.program.ends_on,
            now=timezone.now(),
        )
