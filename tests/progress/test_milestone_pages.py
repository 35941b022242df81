"""What a milestone asks for, how it is skipped, added to and kept as it was signed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from pairings.actions.pauses import pause, resume
from pairings.actions.together import Stale
from pairings.models import Pairing
from preceptor.accounts.actions import add_holidays
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from preceptor.templatetags.preceptor import day
from progress.actions import (
    add_addendum,
    add_milestone,
    ask,
    begin_plan,
    drop_condition,
    edit_milestone,
    move_milestone,
    sign_milestone,
    skip_milestone,
    tick_condition,
    unskip_milestone,
)
from progress.actions.own_milestones import MOST
from progress.asked import asked_of
from progress.default_conditions import wanted
from progress.models import (
    GrowthPlan,
    Milestone,
    MilestoneAddendum,
    MilestoneCondition,
    MilestoneMove,
)
from progress.reminders.milestones import due
from reviews.models import Explanation, Finding, ReviewSession
from tests.cast import Cast, make_cast

As = Callable[[Membership], Client]
Kind = MilestoneCondition.Kind
LONG = "x" * 50_000


@pytest.fixture
def half(plan: GrowthPlan) -> Milestone:
    """The meeting half a year in, of which three numbers are asked."""
    return plan.milestones.select_related("plan__junior").get(name="Half year")


def at(milestone: Milestone, step: str = "") -> str:
    return f"/o/tidewater/growth/milestones/{milestone.pk}/{step}"


def session(cast: Cast, on: date, **more: Any) -> ReviewSession:
    return ReviewSession.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        mentor=cast.tomasz,
        junior=cast.ines,
        title="Rates",
        state=ReviewSession.State.CLOSED,
        is_logged=True,
        closed_at=timezone.now(),
        held_on=on,
        **more,
    )


def explain(row: ReviewSession, mark: int) -> None:
    finding = Finding.objects.create(
        organisation=row.organisation,
        session=row,
        author=row.junior,
        category="logic",
        severity="minor",
        text="Off by one",
    )
    Explanation.objects.create(
        organisation=row.organisation, finding=finding, mark=mark
    )


def counts(milestone: Milestone) -> dict[str, int | None]:
    asked = asked_of(milestone, timezone.localdate())
    return {one.condition.kind: one.count for one in asked}


def sign_both(milestone: Milestone, cast: Cast) -> None:
    for member in (cast.ines, cast.tomasz):
        sign_milestone(
            actor=member, milestone=milestone, now=timezone.now(), although="Enough"
        )
    milestone.refresh_from_db()


def test_a_template_asks_for_what_its_cadence_lets_happen() -> None:
    half_year = wanted("check_in", 6, 182, 7)
    assert [(one.of, one.least) for one in half_year] == [
        ("sessions_held", 12),
        ("sessions_led", 4),
        ("findings_explained", 6),
    ]
    assert [one.least for one in wanted("midpoint", 0, 91, 7)] == [6, 2, 3]
    assert [one.least for one in wanted("completion", 0, 351, 7)] == [24, 12, 12]
    assert [one.least for one in wanted("completion", 0, 351, 28)] == [6, 3, 3]
    assert [one.least for one in wanted("check_in", 2, 61, 14)] == [2]
    assert [one.of for one in wanted("first_meeting", 0, 13, 7)] == ["ticked"]


def test_a_new_plan_has_what_its_template_asks_for(plan: GrowthPlan) -> None:
    rows = MilestoneCondition.objects.filter(milestone__plan=plan)
    found = {
        name: list(rows.filter(milestone__name=name).values_list("kind", "wanted"))
        for name in ("First meeting", "Month 2", "Half year")
    }
    assert found == {
        "First meeting": [("ticked", 1)],
        "Month 2": [("sessions_held", 4)],
        "Half year": [
            ("sessions_held", 12),
            ("sessions_led", 4),
            ("findings_explained", 6),
        ],
    }


def test_conditions_are_counted_from_the_reviews_of_the_year(
    half: Milestone, cast: Cast
) -> None:
    today, start = timezone.localdate(), half.plan.starts_on
    first = session(cast, start, led_by="junior")
    session(cast, today, led_by="mentor")
    session(cast, start - timedelta(days=1), led_by="junior")
    session(cast, today + timedelta(days=1), led_by="junior")
    for mark in (0, 1, 2, 3):
        explain(first, mark)
    assert counts(half) == {
        "sessions_held": 2,
        "sessions_led": 1,
        "findings_explained": 2,
    }


def test_a_session_that_nobody_planned_was_led_by_the_phase_of_its_day(
    half: Milestone, cast: Cast
) -> None:
    start = half.plan.starts_on
    session(cast, start)
    assert counts(half)["sessions_led"] == 0
    cast.pairing.phase = "junior_leads"
    cast.pairing.save()
    assert counts(half)["sessions_led"] == 1
    later = start + timedelta(days=20)
    cast.pairing.phase_moves.create(
        organisation=cast.tidewater,
        phase="junior_leads",
        asked_by=cast.ines,
        asked_at=timezone.now(),
        agreed_by=cast.tomasz,
        agreed_at=timezone.now(),
        agreed_on=later,
    )
    assert counts(half)["sessions_led"] == 0
    session(cast, later)
    assert counts(half)["sessions_led"] == 1


def test_conditions_take_one_query_however_many(
    half: Milestone, django_assert_num_queries: Any
) -> None:
    for n in range(5):
        ask(milestone=half, kind="ticked", wanted=1, text=f"Number {n}")
    with django_assert_num_queries(1):
        assert len(asked_of(half, timezone.localdate())) == 8


def test_milestone_shows_how_far_it_is_and_keeps_what_was_explained_to_the_pair(
    half: Milestone, cast: Cast, as_: As
) -> None:
    first = session(cast, half.plan.starts_on)
    explain(first, 3)
    page = as_(cast.ines).get(at(half)).content.decode()
    assert "1 of 12" in page
    assert "1 of 6" in page
    for member in (cast.ruth, cast.lars, cast.otis):
        page = as_(member).get(at(half)).content.decode()
        assert "1 of 12" in page
        assert "Findings explained soundly" in page
        assert "1 of 6" not in page


def test_sign_over_what_is_not_met_needs_the_mentors_tick_and_reason(
    half: Milestone, cast: Cast, as_: As
) -> None:
    client, version = as_(cast.tomasz), {"version": str(half.version)}
    page = client.get(at(half, "sign/")).content.decode()
    assert "I sign although this is not met" in page
    for data, says in (
        ({}, "Tick this if you mean to sign"),
        ({"confirmed": "on"}, "Say why you sign nevertheless"),
        ({"confirmed": "on", "although": LONG}, "long; 1000 are the most"),
    ):
        response = client.post(at(half, "sign/"), version | data)
        assert (response.status_code, says in response.content.decode()) == (422, True)
    assert LONG in response.content.decode()
    with pytest.raises(Conflict, match="Sessions held"):
        sign_milestone(actor=cast.tomasz, milestone=half, now=timezone.now())
    data = version | {"confirmed": "on", "although": "Two fell to the freeze"}
    assert client.post(at(half, "sign/"), data).status_code == 303
    half.refresh_from_db()
    assert half.although == "Two fell to the freeze"
    assert as_(cast.ines).post(at(half, "sign/"), version).status_code == 303
    page = as_(cast.ruth).get(at(half)).content.decode()
    assert "Two fell to the freeze" in page


def test_a_reason_is_kept_only_where_something_is_not_met(
    plan: GrowthPlan, cast: Cast
) -> None:
    first = plan.milestones.get(name="First meeting")
    tick = first.conditions.get()
    now = timezone.now()
    tick_condition(actor=cast.ines, condition=tick, is_met=True, now=now)
    sign_milestone(actor=cast.tomasz, milestone=first, now=now, although="No")
    first.refresh_from_db()
    assert first.although == ""
    with pytest.raises(Conflict):
        tick_condition(actor=cast.ines, condition=tick, is_met=False, now=now)


def test_what_was_counted_is_kept_at_the_sign_off(half: Milestone, cast: Cast) -> None:
    session(cast, half.plan.starts_on, led_by="junior")
    sign_both(half, cast)
    session(cast, timezone.localdate(), led_by="junior")
    assert counts(half) == {
        "sessions_held": 1,
        "sessions_led": 1,
        "findings_explained": 0,
    }


def test_sign_is_of_the_version_that_was_read(
    half: Milestone, cast: Cast, as_: As
) -> None:
    ask(milestone=half, kind="sessions_held", wanted=3, text="")
    assert half.conditions.get(kind="sessions_held").wanted == 3
    data = {"version": "1", "confirmed": "on", "although": "Enough for a start"}
    late = as_(cast.tomasz).post(at(half, "sign/"), data)
    page = late.content.decode()
    assert (late.status_code, "Enough for a start" in page) == (409, True)
    assert "changed since. Read it again" in page
    assert ('value="2"' in page, " checked" in page) == (True, False)
    assert Milestone.objects.get(pk=half.pk).mentor_signed_at is None
    again = as_(cast.tomasz).post(at(half, "sign/"), {**data, "version": "2"})
    assert again.status_code == 303


def test_what_comes_too_late_keeps_what_was_typed(
    half: Milestone, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    sign_both(half, cast)
    why = "The release takes that week"
    day = (half.due_on + timedelta(days=1)).isoformat()
    tomasz, ruth = as_(cast.tomasz), as_(cast.ruth)
    for answer in (
        tomasz.post(at(half, "skip/"), {"reason": why}),
        ruth.post(at(half, "move/"), {"due_on": day, "reason": why}),
    ):
        page = answer.content.decode()
        assert (answer.status_code, why in page) == (409, True)
        assert 'role="alert"' in page
    for number in range(MOST):
        values = {"name": f"Day {number}", "about": "", "due_on": half.due_on}
        add_milestone(actor=cast.ines, plan=plan, values=values)
    form = {"name": why, "due_on": day, "version": "0"}
    full = tomasz.post(f"/o/tidewater/growth/{plan.pk}/milestones/add/", form)
    assert (full.status_code, why in full.content.decode()) == (409, True)


def test_sign_says_who_reads_a_reason(half: Milestone, cast: Cast, as_: As) -> None:
    page = as_(cast.tomasz).get(at(half, "sign/")).content.decode()
    assert "observers and the junior’s line manager read it too" in page


def refused(change: Callable[[], object]) -> bool:
    """Whether the database says no, at the latest when the transaction ends."""
    try:
        with transaction.atomic():
            change()
            connection.check_constraints()
    except IntegrityError as error:
        return "is signed" in str(error) or "never changed" in str(error)
    return False


def test_what_both_signed_is_kept_by_the_database(half: Milestone, cast: Cast) -> None:
    move_milestone(
        actor=cast.ruth,
        milestone=half,
        due_on=half.due_on + timedelta(days=1),
        reason="The room is taken",
        now=timezone.now(),
    )
    sign_both(half, cast)
    add_addendum(actor=cast.ines, milestone=half, text="It was 13", now=timezone.now())
    row = Milestone.objects.filter(pk=half.pk)
    for change in (
        {"name": "Another"},
        {"about": "Something else"},
        {"due_on": half.due_on + timedelta(days=9)},
        {"signed_at": None},
        {"junior_signed_at": None, "signed_at": None},
        {"although": "Something else"},
    ):
        assert refused(lambda change=change: row.update(**change)), change  # type: ignore[misc] # bound now
    for rows in (half.conditions, half.moves, half.addenda):
        assert rows.exists()
        assert refused(rows.all().delete)
    assert refused(lambda: half.conditions.update(counted=99))
    assert refused(lambda: half.moves.update(reason="Another"))
    assert refused(lambda: half.addenda.update(text="It was 14"))
    extra = MilestoneCondition(
        organisation=half.organisation, milestone=half, kind="ticked", text="More"
    )
    assert refused(extra.save)
    assert refused(row.delete)
    assert half.addenda.get().text == "It was 13"


def test_half_signed_words_are_kept_too(half: Milestone, cast: Cast) -> None:
    sign_milestone(actor=cast.ines, milestone=half, now=timezone.now())
    row = Milestone.objects.filter(pk=half.pk)
    assert refused(lambda: row.update(name="Another"))
    with pytest.raises(Stale):
        ask(milestone=half, kind="ticked", wanted=1, text="More")
    with pytest.raises(Stale):
        drop_condition(condition=half.conditions.all()[0])


def test_a_whole_year_goes_with_all_that_was_signed(
    half: Milestone, cast: Cast
) -> None:
    sign_both(half, cast)
    add_addendum(actor=cast.ines, milestone=half, text="It was 13", now=timezone.now())
    half.plan.delete()
    connection.check_constraints()
    assert not Milestone.objects.exists()
    assert not MilestoneAddendum.objects.exists()


def test_skip_says_why_and_nobody_is_asked_any_more(
    half: Milestone, cast: Cast, as_: As
) -> None:
    client, today = as_(cast.ines), timezone.localdate()
    Milestone.objects.exclude(pk=half.pk).delete()
    Milestone.objects.update(due_on=today - timedelta(days=2))
    assert list(due(timezone.now() + timedelta(hours=12)))
    assert client.post(at(half, "skip/"), {"reason": " "}).status_code == 422
    response = client.post(at(half, "skip/"), {"reason": LONG})
    assert response.status_code == 422
    assert LONG in response.content.decode()
    data = {"reason": "We were both away"}
    assert client.post(at(half, "skip/"), data).status_code == 303
    assert not list(due(timezone.now() + timedelta(hours=12)))
    half.refresh_from_db()
    assert (half.is_open, half.is_lapsed(today)) == (False, False)
    assert "We were both away" in as_(cast.tomasz).get(at(half)).content.decode()
    assert "skipped" in as_(cast.ruth).get(f"/o/tidewater/growth/{half.plan_id}/").text
    with pytest.raises(Conflict):
        sign_milestone(actor=cast.ines, milestone=half, now=timezone.now())
    assert as_(cast.tomasz).post(at(half, "unskip/")).status_code == 303
    half.refresh_from_db()
    assert (half.is_open, half.skip_reason) == (True, "")
    with pytest.raises(Conflict):
        unskip_milestone(milestone=half)


def test_skip_of_what_is_signed_is_refused(half: Milestone, cast: Cast) -> None:
    sign_milestone(actor=cast.ines, milestone=half, now=timezone.now())
    with pytest.raises(Conflict):
        skip_milestone(
            actor=cast.tomasz, milestone=half, reason="No", now=timezone.now()
        )


def test_add_addendum_stays_beneath_what_was_signed(
    half: Milestone, cast: Cast, as_: As
) -> None:
    client = as_(cast.tomasz)
    assert client.post(at(half, "addenda/"), {"text": "Early"}).status_code == 409
    sign_both(half, cast)
    response = client.post(at(half, "addenda/"), {"text": LONG})
    assert response.status_code == 422
    assert LONG in response.content.decode()
    for _twice in range(2):
        data = {"text": "<b>13</b> sessions"}
        assert client.post(at(half, "addenda/"), data).status_code == 303
    assert half.addenda.count() == 1
    page = as_(cast.lars).get(at(half)).content.decode()
    assert "&lt;b&gt;13&lt;/b&gt; sessions" in page


def test_what_is_ticked_alone_is_not_said_to_be_counted(
    half: Milestone, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    first = plan.milestones.get(kind=Milestone.Kind.FIRST_MEETING)
    counted = "Counted from the reviews"
    assert counted in as_(cast.ines).get(at(half)).content.decode()
    page = as_(cast.ines).get(at(first)).content.decode()
    assert counted not in page
    assert "How this is counted" not in page
    assert "can still be signed, if the mentor says why" in page


def own(cast: Cast, plan: GrowthPlan) -> Milestone:
    values = {"name": "On call", "about": "", "due_on": plan.junior.program.last_on}
    return add_milestone(actor=cast.ines, plan=plan, values=values)


@pytest.mark.parametrize("name", ["ines", "tomasz", "ruth"])
def test_add_milestone_by_the_pair_and_who_arranges(
    name: str, plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    client, page = as_(getattr(cast, name)), f"/o/tidewater/growth/{plan.pk}/"
    before = plan.junior.program.starts_on - timedelta(days=1)
    for data, says in (
        ({"name": "On call", "due_on": "2027-02-29"}, "Give a day, such as"),
        ({"name": "On call", "due_on": before}, "is outside the program"),
        ({"name": LONG, "due_on": timezone.localdate()}, "long; 120 are the most"),
        ({"name": "", "due_on": timezone.localdate()}, "Give it a name"),
    ):
        response = client.post(
            f"{page}milestones/add/", {"version": "0", "about": ""} | data
        )
        assert (response.status_code, says in response.content.decode()) == (422, True)
    data = {"version": "0", "name": "On call", "due_on": timezone.localdate()}
    for _twice in range(2):
        assert client.post(f"{page}milestones/add/", data).status_code == 303
    made = plan.milestones.get(kind="own")
    assert made.added_by == getattr(cast, name)
    assert "On call" in client.get(page).content.decode()


def test_add_milestone_for_the_29th_of_february(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    leap = date(2028, 2, 29)
    program = plan.junior.program
    program.starts_on, program.ends_on = date(2027, 9, 1), date(2028, 9, 1)
    program.save()
    plan.junior.ends_on = program.ends_on
    plan.junior.save()
    data = {"version": "0", "name": "Leap", "due_on": leap}
    page = f"/o/tidewater/growth/{plan.pk}/milestones/add/"
    assert as_(cast.ines).post(page, data).status_code == 303
    assert plan.milestones.get(kind="own").due_on == leap


def test_edit_milestone_keeps_its_old_date_and_why(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    row = own(cast, plan)
    sooner = row.due_on - timedelta(days=7)
    data = {"version": "1", "name": "Pager", "about": "", "due_on": sooner}
    client = as_(cast.tomasz)
    response = client.post(at(row, "edit/"), data)
    assert "Say why the date moves" in response.content.decode()
    data["reason"] = "The rota changed"
    assert client.post(at(row, "edit/"), data).status_code == 303
    move = row.moves.get()
    assert (move.kind, move.from_on, move.to_on) == ("by_hand", row.due_on, sooner)
    page = as_(cast.lars).get(at(row)).content.decode()
    assert "The rota changed" in page


def test_edit_milestone_in_two_tabs_shows_what_stands_and_keeps_what_was_typed(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    row = own(cast, plan)
    client = as_(cast.ines)
    data = {"version": "1", "about": "", "due_on": row.due_on, "reason": ""}
    assert client.post(at(row, "edit/"), data | {"name": "First"}).status_code == 303
    response = client.post(at(row, "edit/"), data | {"name": "Second"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "changed while you wrote" in page
    assert 'value="Second"' in page
    assert '<h2 id="stands">First</h2>' in page
    data |= {"name": "Second", "version": "2"}
    assert client.post(at(row, "edit/"), data).status_code == 303


def test_edit_milestone_is_refused_once_it_is_signed(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    row = own(cast, plan)
    sign_milestone(actor=cast.ines, milestone=row, now=timezone.now())
    values = {"name": "Other", "about": "", "due_on": row.due_on}
    with pytest.raises(Stale):
        edit_milestone(
            actor=cast.ines,
            milestone=row,
            values=values,
            reason="",
            seen=1,
            now=timezone.now(),
        )
    assert as_(cast.ines).post(at(row, "remove/")).status_code == 409
    assert Milestone.objects.filter(pk=row.pk, name="On call").exists()


def test_remove_milestone_is_of_ones_own_kind_alone(
    half: Milestone, cast: Cast, as_: As
) -> None:
    row = own(cast, half.plan)
    assert as_(cast.ines).post(at(half, "remove/")).status_code == 404
    assert as_(cast.ines).post(at(row, "remove/")).status_code == 303
    assert not Milestone.objects.filter(pk=row.pk).exists()


def test_ask_wants_a_number_or_words(half: Milestone, cast: Cast, as_: As) -> None:
    client = as_(cast.tomasz)
    for data, says in (
        ({"kind": "sessions_held"}, "Say how many"),
        ({"kind": "sessions_held", "wanted": "0"}, "Write 1 or more"),
        ({"kind": "sessions_held", "wanted": "12345678901"}, "Write 999 or less"),
        ({"kind": "ticked", "text": ""}, "Say what is to be ticked"),
        ({"kind": "ticked", "text": LONG}, "long; 200 are the most"),
        (
            {"kind": "sessions_held", "wanted": "1", "text": "It is drawn"},
            "choose that",
        ),
        ({"kind": "nonsense", "wanted": "1"}, "Select a valid choice"),
    ):
        response = client.post(at(half, "conditions/"), data)
        assert (response.status_code, says in response.content.decode()) == (422, True)
    data = {"kind": "ticked", "text": "The threat model is drawn", "wanted": "7"}
    assert client.post(at(half, "conditions/"), data).status_code == 303
    made = half.conditions.get(kind="ticked")
    assert (made.wanted, made.position) == (1, 3)
    tick = f"/o/tidewater/growth/milestones/conditions/{made.pk}/tick/"
    assert as_(cast.ines).post(tick, {"done": "1"}).status_code == 303
    assert as_(cast.ines).post(tick, {"done": "1"}).status_code == 409
    page = client.get(at(half)).content.decode()
    assert "ticked by Ines Carvalho on" in page
    drop = f"/o/tidewater/growth/milestones/conditions/{made.pk}/remove/"
    assert "The threat model is drawn" in client.get(drop).content.decode()
    assert client.post(drop).status_code == 303
    assert client.post(drop).status_code == 404


def test_who_arranges_cannot_find_out_how_much_was_explained(
    half: Milestone, cast: Cast, as_: As
) -> None:
    """They see whether it is met: with any number to ask for they would count."""
    data = {"kind": "findings_explained", "wanted": "3"}
    lead = as_(cast.ruth)
    before = half.conditions.get(kind=data["kind"]).wanted
    assert lead.post(at(half, "conditions/"), data).status_code == 422
    assert half.conditions.get(kind=data["kind"]).wanted == before != 3
    assert 'value="findings_explained"' not in lead.get(at(half)).content.decode()
    held = {"kind": "sessions_held", "wanted": "3"}
    assert lead.post(at(half, "conditions/"), held).status_code == 303
    mentor = as_(cast.tomasz)
    assert 'value="findings_explained"' in mentor.get(at(half)).content.decode()
    assert mentor.post(at(half, "conditions/"), data).status_code == 303


def test_ask_that_comes_after_a_signature_keeps_what_was_typed(
    half: Milestone, cast: Cast, as_: As
) -> None:
    sign_milestone(actor=cast.ines, milestone=half, now=timezone.now())
    data = {"kind": "ticked", "text": "The threat model is drawn"}
    response = as_(cast.tomasz).post(at(half, "conditions/"), data)
    page = response.content.decode()
    assert response.status_code == 422
    assert "It carries a signature, so it stays as it is." in page
    assert 'value="The threat model is drawn"' in page
    assert (
        "Ask for something more" not in as_(cast.tomasz).get(at(half)).content.decode()
    )


def test_move_keeps_the_reason(half: Milestone, cast: Cast, as_: As) -> None:
    day = half.due_on + timedelta(days=3)
    client = as_(cast.ruth)
    response = client.post(at(half, "move/"), {"due_on": day})
    assert "Say why it moves" in response.content.decode()
    data = {"due_on": day, "reason": "Ruth is at the board"}
    assert client.post(at(half, "move/"), data).status_code == 303
    move = MilestoneMove.objects.get(milestone=half)
    assert (move.moved_by, move.from_on, move.to_on) == (cast.ruth, half.due_on, day)
    assert "Ruth is at the board" in client.get(at(half)).content.decode()


@pytest.mark.django_db(transaction=True)
def test_signing_at_the_same_moment_as_skipping_or_asking_is_one_of_both() -> None:
    cast = make_cast()
    begin_plan(cast.pairing)
    half = Milestone.objects.get(name="Half year")

    def run(number: int) -> str:
        row = Milestone.objects.select_related("plan__junior").get(pk=half.pk)
        now, why = timezone.now(), {"reason": "Away"}
        try:
            if number % 3 == 0:
                sign_milestone(actor=cast.ines, milestone=row, now=now, seen=1)
            elif number % 3 == 1:
                skip_milestone(actor=cast.tomasz, milestone=row, now=now, **why)
            else:
                ask(milestone=row, kind="ticked", wanted=1, text="More")
        except Conflict:
            return "no"
        finally:
            connection.close()
        return ("signed", "skipped", "asked")[number % 3]

    with ThreadPoolExecutor(max_workers=6) as pool:
        done = list(pool.map(run, range(12)))
    half.refresh_from_db()
    assert done.count("signed") + done.count("skipped") == 1
    assert bool(half.junior_signed_at) is ("signed" in done)
    assert bool(half.skipped_at) is ("skipped" in done)
    if "signed" in done:
        assert half.version == 1


def test_a_pause_after_a_holiday_shows_the_days_on_which_it_was_due(
    half: Milestone, cast: Cast, as_: As
) -> None:
    """The pause reckons from the day before the holiday; the page does not say that."""
    nominal = half.due_on
    add_holidays(actor=cast.olga, days=[nominal], name="Feast", now=timezone.now())
    half.refresh_from_db()
    landed, today = half.due_on, timezone.localdate()
    page = as_(cast.ines).get(at(half)).content.decode()
    assert f"Without holidays it would be due on {day(nominal)}." in page
    pause(
        actor=cast.ruth,
        pairing=cast.pairing,
        back_on=today + timedelta(days=14),
        reason="",
        now=timezone.now(),
    )
    half.refresh_from_db()
    moves = as_(cast.ines).get(at(half)).context["page"].moves
    assert [(one.was, one.then) for one in moves] == [
        (nominal, landed),
        (landed, half.due_on),
    ]
    page = as_(cast.ines).get(at(half)).content.decode()
    assert f"From {day(landed)} to {day(half.due_on)}." in page


@pytest.mark.django_db
@settings(max_examples=15, deadline=None)
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("pause"), st.integers(1, 60), st.integers(0, 60)),
            st.tuples(st.just("hand"), st.integers(-20, 20), st.just(0)),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_the_history_of_a_date_leads_from_the_first_to_the_one_that_stands(
    steps: list[tuple[str, int, int]],
) -> None:
    with transaction.atomic():
        cast = make_cast()
        begin_plan(cast.pairing)
        row = Milestone.objects.get(kind=Milestone.Kind.COMPLETION)
        first = row.due_on
        for number, (what, days, early) in enumerate(steps):
            now = timezone.now() + timedelta(minutes=number)
            if what == "hand":
                row.refresh_from_db()
                day = row.due_on + timedelta(days=days)
                move_milestone(
                    actor=cast.ruth, milestone=row, due_on=day, reason="So", now=now
                )
                continue
            today = timezone.localdate()
            pairing = Pairing.objects.get(pk=cast.pairing.pk)
            back = today + timedelta(days=days)
            pause(
                actor=cast.ruth,
                pairing=pairing,
                starts_on=today,
                back_on=back,
                reason="Leave",
                now=now,
            )
            resume(pairing=pairing, on=min(back, today + timedelta(days=early)))
        row.refresh_from_db()
        moves = [m for m in row.moves.order_by("pk") if m.from_on != m.to_on]
        days_of = [first, *(move.to_on for move in moves)]
        assert [move.from_on for move in moves] == days_of[:-1]
        assert row.due_on == days_of[-1]
        transaction.set_rollback(True)
