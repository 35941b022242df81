"""New dates or another template: what would move, and moving just that."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pairings.models import Enrolment, Pairing, Program
from preceptor.accounts.actions import add_holidays
from preceptor.accounts.models import Membership
from preceptor.http import url
from preceptor.templatetags.preceptor import span
from progress.actions import begin_plan
from progress.models import GrowthPlan, Milestone
from progress.schedule import lands_on
from reviews.models import ReviewSession
from tests.cast import Cast
from tests.factories import PairingFactory

As = Callable[[Membership], Client]
WEEK = timedelta(days=7)


@pytest.fixture
def planned(cast: Cast) -> Cast:
    """Ines has her year."""
    begin_plan(cast.pairing)
    return cast


def address(program: Program) -> str:
    return url("tidewater", "pairings:reschedule", program.pk)


def answers(program: Program, **changed: object) -> dict[str, str]:
    asked = {
        "starts_on": program.starts_on,
        "last_on": program.last_on,
        "template": program.template,
        **changed,
    }
    return {name: str(answer) for name, answer in asked.items()}


def confirm(client: Client, program: Program, **changed: object) -> int:
    """The status of what the preview offers to confirm."""
    asked = answers(program, **changed)
    effect = client.get(address(program), asked).context["effect"]
    sent = {**asked, "fingerprint": effect.fingerprint}
    return client.post(address(program), sent).status_code


def days(cast: Cast) -> dict[str, date]:
    rows = Milestone.objects.filter(plan__junior=cast.ines_enrolled)
    return {row.name: row.due_on for row in rows}


def test_reschedule_moves_what_ends_with_the_program(planned: Cast, as_: As) -> None:
    own_end = planned.program.ends_on - timedelta(days=30)
    Enrolment.objects.filter(pk=planned.mai_enrolled.pk).update(ends_on=own_end)
    before, later = days(planned), planned.program.last_on + 8 * WEEK
    assert confirm(as_(planned.ruth), planned.program, last_on=later) == 303
    for row in (planned.program, planned.devon_enrolled, planned.pairing):
        row.refresh_from_db()
        assert row.last_on == later
    planned.mai_enrolled.refresh_from_db()
    assert planned.mai_enrolled.ends_on == own_end
    moved = {name for name, day in days(planned).items() if before.get(name) != day}
    assert moved == {"Completion review", "Month 12"}
    assert days(planned)["Completion review"] == before["Completion review"] + 8 * WEEK


def test_reschedule_shows_all_of_that_and_writes_nothing(
    planned: Cast, as_: As
) -> None:
    before, later = days(planned), planned.program.last_on + 8 * WEEK
    asked = answers(planned.program, last_on=later)
    response = as_(planned.ruth).get(address(planned.program), asked)
    rows = response.context["rows"]
    said = {(row.whose, row.what): (row.was, row.will) for row in rows}
    completion = before["Completion review"]
    last_on = planned.program.last_on
    assert said[("Ines Carvalho", "milestone “Completion review”")] == (
        completion,
        completion + 8 * WEEK,
    )
    assert said[("Ines Carvalho", "milestone “Month 12”")][0] is None
    pair = "Ines Carvalho with Tomasz Wieczorek"
    assert said[(pair, "last day of the pair")] == (last_on, later)
    assert said[("Devon Marsh", "last day in the program")] == (last_on, later)
    assert len(rows) == 8
    first, last = planned.program.starts_on, planned.program.last_on
    sentence = f"The program runs from {span(first, last)}; it would run from"
    assert sentence in response.content.decode()
    figures = {f.name: f.count for f in response.context["figures"]}
    assert figures == {
        "milestones that move": 1,
        "signed milestones that stay": 0,
        "pairs with other days": 1,
        "people with another last day": 5,
    }
    assert days(planned) == before
    planned.program.refresh_from_db()
    assert planned.program.last_on == last_on


def test_reschedule_never_moves_what_is_signed(planned: Cast, as_: As) -> None:
    completion = Milestone.objects.get(name="Completion review")
    now = timezone.now()
    Milestone.objects.filter(pk=completion.pk).update(junior_signed_at=now)
    later = planned.program.last_on + 4 * WEEK
    asked = answers(planned.program, last_on=later)
    page = as_(planned.ruth).get(address(planned.program), asked)
    assert page.context["figures"][1].count == 1
    assert confirm(as_(planned.ruth), planned.program, last_on=later) == 303
    assert days(planned)["Completion review"] == completion.due_on


def test_reschedule_leaves_a_day_that_was_set_by_hand(planned: Cast, as_: As) -> None:
    by_hand = days(planned)["Completion review"] - timedelta(days=5)
    rows = Milestone.objects.filter(name="Completion review")
    rows.update(due_on=by_hand)
    client, program = as_(planned.ruth), planned.program
    later = program.last_on + 4 * WEEK
    assert confirm(client, program, last_on=later) == 303
    assert days(planned)["Completion review"] == by_hand
    sooner = by_hand - 2 * WEEK
    assert confirm(client, program, last_on=sooner) == 303
    assert days(planned)["Completion review"] < sooner


def test_reschedule_to_another_template(planned: Cast, as_: As) -> None:
    now = timezone.now()
    Milestone.objects.filter(name="Month 2").update(
        junior_signed_at=now,
        mentor_signed_at=now,
        mentor_signed_by=planned.tomasz,
        signed_at=now,
    )
    assert confirm(as_(planned.ruth), planned.program, template="half-year") == 303
    names = set(days(planned))
    assert names == {
        "First meeting",
        "Needs assessment",
        "Month 2",
        "Midpoint",
        "Completion review",
    }
    planned.program.refresh_from_db()
    assert planned.program.template == "half-year"


def test_reschedule_adds_nothing_whose_day_is_over(planned: Cast, as_: As) -> None:
    Program.objects.filter(pk=planned.program.pk).update(template="half-year")
    planned.program.refresh_from_db()
    rows = Milestone.objects.filter(plan__junior=planned.ines_enrolled)
    rows.filter(kind="check_in").delete()
    assert (
        confirm(as_(planned.ruth), planned.program, template="preceptorship-year")
        == 303
    )
    names = set(days(planned))
    assert "Month 2" not in names
    assert {"Month 4", "Half year", "Month 8", "Month 10"} <= names


def test_reschedule_says_so_if_the_effect_changed_meanwhile(
    planned: Cast, as_: As
) -> None:
    client, program = as_(planned.ruth), planned.program
    later = program.last_on + 4 * WEEK
    asked = answers(program, last_on=later.isoformat())
    effect = client.get(address(program), asked).context["effect"]
    Milestone.objects.filter(name="Completion review").update(
        junior_signed_at=timezone.now()
    )
    before = days(planned)
    sent = {**asked, "fingerprint": effect.fingerprint}
    response = client.post(address(program), sent)
    assert response.status_code == 409
    assert "Something changed in between" in response.content.decode()
    assert days(planned) == before
    program.refresh_from_db()
    assert program.last_on == later - 4 * WEEK
    assert confirm(client, program, last_on=later) == 303


def test_reschedule_moves_pairs_that_have_yet_to_begin(cast: Cast, as_: As) -> None:
    begin = timezone.localdate() + 2 * WEEK
    Program.objects.filter(pk=cast.program.pk).update(starts_on=begin)
    Pairing.objects.filter(pk=cast.pairing.pk).update(starts_on=begin)
    cast.program.refresh_from_db()
    cast.pairing.refresh_from_db()
    begin_plan(cast.pairing)
    first = days(cast)["First meeting"]
    later = begin + 2 * WEEK
    assert confirm(as_(cast.ruth), cast.program, starts_on=later) == 303
    cast.pairing.refresh_from_db()
    assert cast.pairing.starts_on == later
    assert days(cast)["First meeting"] == first + 2 * WEEK
    milestone = Milestone.objects.select_related("plan").all()[0]
    assert milestone.plan.starts_on == later


@pytest.mark.parametrize("weekday", [5, 6])
def test_reschedule_keeps_a_milestone_of_ones_own_inside_the_year(
    cast: Cast, as_: As, weekday: int
) -> None:
    """On the first day, which moves to a weekend: the Friday before is outside."""
    begin = timezone.localdate() + 3 * WEEK
    begin -= timedelta(days=begin.weekday())
    Program.objects.filter(pk=cast.program.pk).update(starts_on=begin)
    Pairing.objects.filter(pk=cast.pairing.pk).update(starts_on=begin)
    cast.program.refresh_from_db()
    cast.pairing.refresh_from_db()
    begin_plan(cast.pairing)
    own = Milestone.objects.create(
        organisation=cast.tidewater,
        plan=GrowthPlan.objects.get(),
        kind="own",
        name="First day",
        due_on=begin,
        added_by=cast.ines,
    )
    first = begin + timedelta(days=weekday)
    assert confirm(as_(cast.ruth), cast.program, starts_on=first) == 303
    own.refresh_from_db()
    assert own.due_on == begin + WEEK


def test_reschedule_calls_planned_sessions_off_that_lie_outside(
    planned: Cast, as_: As
) -> None:
    end = timezone.localdate() + 10 * WEEK
    rows = [
        ReviewSession.objects.create(
            organisation=planned.tidewater,
            pairing=planned.pairing,
            mentor=planned.tomasz,
            junior=planned.ines,
            state="planned",
            planned_at=timezone.now() + shift,
            planned_minutes=60,
            led_by="mentor",
            arranged_at=timezone.now(),
        )
        for shift in (WEEK, 11 * WEEK)
    ]
    client = as_(planned.ruth)
    asked = answers(planned.program, last_on=end)
    html = client.get(address(planned.program), asked).content.decode()
    assert f"planned session {rows[1].code}" in html
    assert f"planned session {rows[0].code}" not in html
    assert confirm(client, planned.program, last_on=end) == 303
    for row in rows:
        row.refresh_from_db()
    assert [row.state for row in rows] == ["planned", "abandoned"]


def test_reschedule_does_not_run_into_a_pair_beyond_the_end(
    cast: Cast, as_: As
) -> None:
    """Mai stays longer, with another mentor from the program's end on."""
    end = cast.program.ends_on
    Enrolment.objects.filter(
        pk__in=[cast.ines_enrolled.pk, cast.anjali_enrolled.pk]
    ).update(ends_on=end + 8 * WEEK)
    PairingFactory.create(
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        starts_on=end,
        ends_on=end + 8 * WEEK,
    )
    later = cast.program.last_on + 10 * WEEK
    assert confirm(as_(cast.ruth), cast.program, last_on=later) == 303
    cast.pairing.refresh_from_db()
    assert cast.pairing.ends_on == end


def test_reschedule_leaves_who_stays_longer_after_a_pause(
    planned: Cast, as_: As
) -> None:
    """A pause moved their ends beyond the program's own; other dates still change."""
    program, client = planned.program, as_(planned.ruth)
    beyond = program.ends_on + 20 * WEEK
    Enrolment.objects.filter(pk=planned.ines_enrolled.pk).update(ends_on=beyond)
    Enrolment.objects.filter(pk=planned.tomasz_enrolled.pk).update(ends_on=beyond)
    Pairing.objects.filter(pk=planned.pairing.pk).update(ends_on=beyond)
    assert client.get(address(program)).status_code == 200
    later = program.last_on + 8 * WEEK
    assert confirm(client, program, last_on=later) == 303
    for row in (program, planned.mai_enrolled, planned.pairing):
        row.refresh_from_db()
    assert program.last_on == planned.mai_enrolled.last_on == later
    assert planned.pairing.ends_on == beyond
    earlier = answers(program, last_on=later - WEEK)
    said = client.get(address(program), earlier)
    assert said.status_code == 422
    assert "which would lie outside" in said.content.decode()


@pytest.mark.parametrize("field", ["starts_on", "last_on"])
def test_reschedule_refuses_to_leave_a_pairing_outside(
    cast: Cast, as_: As, field: str
) -> None:
    own_end = cast.program.ends_on - timedelta(days=3)
    Pairing.objects.filter(pk=cast.pairing.pk).update(ends_on=own_end)
    shift = timedelta(days=1 if field == "starts_on" else -7)
    day = getattr(cast.program, field) + shift
    asked = answers(cast.program, **{field: day.isoformat()})
    for send in (as_(cast.ruth).get, as_(cast.ruth).post):
        response = send(address(cast.program), asked)
        assert response.status_code == 422
        [error] = response.context["form"].errors[field]
        assert error.startswith("Ines Carvalho and Tomasz Wieczorek are a pair from")
    cast.program.refresh_from_db()
    assert getattr(cast.program, field) == day - shift


def test_reschedule_refuses_to_cut_somebody_with_an_own_end(
    cast: Cast, as_: As
) -> None:
    cast.pairing.delete()
    own_end = cast.program.ends_on - timedelta(days=10)
    Enrolment.objects.filter(pk=cast.mai_enrolled.pk).update(ends_on=own_end)
    day = cast.program.last_on - timedelta(days=30)
    asked = answers(cast.program, last_on=day.isoformat())
    response = as_(cast.ruth).get(address(cast.program), asked)
    [error] = response.context["form"].errors["last_on"]
    assert error.startswith("Mai Tran takes part until")


def test_reschedule_refuses_days_the_wrong_way_round_or_over(
    cast: Cast, as_: As
) -> None:
    today = timezone.localdate()
    for day, error in (
        (
            cast.program.starts_on - timedelta(days=1),
            "The last day lies before the first. Change one of them.",
        ),
        (
            today - timedelta(days=1),
            "This day is over. To end the program now, close it.",
        ),
    ):
        asked = answers(cast.program, last_on=day.isoformat())
        response = as_(cast.ruth).get(address(cast.program), asked)
        assert response.status_code == 422
        assert response.context["form"].errors == {"last_on": [error]}


@pytest.mark.parametrize("state", ["closed", "archived"])
def test_reschedule_is_for_what_is_not_over(cast: Cast, as_: As, state: str) -> None:
    Program.objects.filter(pk=cast.program.pk).update(state=state)
    client, asked = as_(cast.ruth), answers(cast.program)
    assert f"This program is {state}." in client.get(address(cast.program), asked).text
    assert client.post(address(cast.program), asked).status_code == 409


def test_reschedule_says_that_nothing_would_move(cast: Cast, as_: As) -> None:
    html = as_(cast.ruth).get(address(cast.program)).content.decode()
    assert "nothing would move" in html
    assert "Set new dates" not in html


def test_reschedule_asks_as_much_for_three_as_for_one(
    planned: Cast, as_: As, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_(planned.ruth)
    later = planned.program.last_on + 4 * WEEK
    asked = answers(planned.program, last_on=later.isoformat())
    client.get(address(planned.program), asked)
    with django_assert_num_queries(14):
        client.get(address(planned.program), asked)
    for _ in range(2):
        begin_plan(PairingFactory.create(program=planned.program))
    with django_assert_num_queries(14):
        client.get(address(planned.program), asked)


def test_reschedule_goes_around_holidays(planned: Cast, as_: As) -> None:
    """What moves to one moves on; what one moved is no day that was set by hand."""
    before, later = days(planned), planned.program.last_on + 4 * WEEK
    was = before["Completion review"]
    wanted = was + 4 * WEEK
    for day in (was, wanted):
        add_holidays(actor=planned.olga, days=[day], name="Feast", now=timezone.now())
    assert confirm(as_(planned.ruth), planned.program, last_on=later) == 303
    completion = Milestone.objects.get(name="Completion review")
    assert completion.nominal_on == wanted
    assert completion.due_on == lands_on(wanted, {wanted}, date.min, date.max)


def test_reschedule_to_where_a_holiday_had_brought_it_moves_nothing(
    planned: Cast, as_: As
) -> None:
    was = days(planned)["Completion review"]
    week = [was + timedelta(days=n) for n in range(7)]
    add_holidays(actor=planned.olga, days=week, name="Feast", now=timezone.now())
    completion = Milestone.objects.get(name="Completion review")
    assert completion.due_on == was + WEEK
    later = planned.program.last_on + WEEK
    asked = answers(planned.program, last_on=later)
    rows = as_(planned.ruth).get(address(planned.program), asked).context["rows"]
    assert [row.what for row in rows if "milestone" in row.what] == []
    moves = completion.moves.count()
    assert confirm(as_(planned.ruth), planned.program, last_on=later) == 303
    completion.refresh_from_db()
    assert (completion.due_on, completion.nominal_on) == (was + WEEK, None)
    assert completion.moves.count() == moves
