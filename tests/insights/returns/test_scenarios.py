from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pairings.models import Program
from preceptor.accounts.models import Membership
from preceptor.insights.models import Scenario
from preceptor.insights.returns.beginning import beginning
from preceptor.insights.returns.facts import facts_of
from preceptor.insights.returns.inputs import GROUPS, INPUTS
from preceptor.insights.returns.model import NAMES
from preceptor.insights.returns.sources import SOURCES
from progress.models import GrowthPlan, ProtectedWeek
from reviews.models import ReviewSession
from tests.cast import Cast
from tests.factories import EnrolmentFactory

As = Callable[[Membership], Client]
RETURNS = "/o/tidewater/returns/"


def typed(**changed: str) -> dict[str, str]:
    """A scenario as it is sent: a program of three juniors, what is asked in full."""
    likely = {
        "juniors": "3",
        "months": "12",
        "mentor_hours": "2",
        "junior_hours": "4",
        "mentor_rate": "100",
        "junior_rate": "50",
        "leave_without": "13.2",
        "leave_with": "9",
        "years": "1",
        "pay": "80000",
        "replace_share": "40",
    }
    sent = {f"{name}_likely": value for name, value in likely.items()}
    return {"name": "As planned", "currency": "EUR", **sent, **changed}


def scenario(cast: Cast, **fields: Any) -> Scenario:
    own = {"program": cast.program, "name": "As planned", "currency": "EUR"}
    return Scenario.objects.create(
        organisation=cast.tidewater,
        **{**own, "inputs": beginning(facts_of([cast.program]), "EUR"), **fields},
    )


def new(program: Program | None = None, currency: str = "EUR") -> str:
    return f"{RETURNS}new/?program={program.pk if program else ''}&currency={currency}"


def test_every_input_has_a_label_a_place_and_what_is_known_of_it() -> None:
    assert list(INPUTS) == list(NAMES)
    assert [name for _title, names in GROUPS for name in names] == list(NAMES)
    from_plan = {"juniors", "mentor_hours", "junior_hours"}
    assert set(SOURCES) | from_plan == set(NAMES)
    for name, source in SOURCES.items():
        if source.values is not None:
            assert source.links, name
            low, likely, high = map(float, source.values)
            assert low <= likely <= high


def test_nothing_is_a_default_that_nobody_published() -> None:
    empty = {name for name, source in SOURCES.items() if source.values is None}
    assert empty == {"slow_months", "slow_share", "other_costs", "leave_with"}
    in_dollars = {name for name, source in SOURCES.items() if source.currency}
    assert in_dollars == {"mentor_rate", "junior_rate", "pay"}


def test_scenarios_teaches_where_there_is_none(cast: Cast, as_: As) -> None:
    html = as_(cast.ruth).get(RETURNS).content.decode()
    assert "No scenario yet" in html
    assert f'href="{RETURNS}new/"' in html
    assert "Begin a scenario" not in as_(cast.otis).get(RETURNS).content.decode()


def test_scenarios_shows_each_those_of_their_programs(cast: Cast, as_: As) -> None:
    scenario(cast)
    scenario(cast, program=None, name="All of us")
    elsewhere = cast.otto.organisation
    Scenario.objects.create(organisation=elsewhere, name="Theirs", currency="EUR")

    def shown(member: Membership) -> list[str]:
        rows = as_(member).get(RETURNS).context["page"]
        return sorted(row.name for row in rows)

    assert shown(cast.mark) == shown(cast.olga) == ["All of us", "As planned"]
    assert shown(cast.ruth) == shown(cast.otis) == ["As planned"]
    for member in (cast.tomasz, cast.ines, cast.lars, cast.mei):
        assert as_(member).get(RETURNS).status_code == 403


def test_scenarios_asks_as_much_for_three_as_for_one(
    cast: Cast, as_: As, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_(cast.ruth)
    scenario(cast)
    client.get(RETURNS)
    with django_assert_num_queries(6):
        client.get(RETURNS)
    scenario(cast, name="Two")
    scenario(cast, name="Three")
    with django_assert_num_queries(6):
        client.get(RETURNS)


def test_add_scenario_begins_with_what_is_planned_and_published(
    cast: Cast, as_: As
) -> None:
    html = unescape(as_(cast.ruth).get(new(cast.program)).content.decode())
    assert "3 juniors are enrolled." in html
    assert "Planned: 4.0 hours a week." in html
    assert "Center for American Progress" in html
    form = as_(cast.ruth).get(new(cast.program)).context["form"]
    assert form.initial["juniors_likely"] == "3"
    assert form.initial["replace_share_low"] == "21"
    assert form.initial["replace_share_high"] == "200"
    # Wages are known in dollars alone, and what nobody published is empty.
    for name in ("mentor_rate", "pay", "leave_with", "slow_share"):
        assert f"{name}_likely" not in form.initial
    dollars = as_(cast.ruth).get(new(cast.program, "USD")).context["form"]
    assert dollars.initial["pay_likely"] == "133080"


def test_hours_had_stand_beside_those_planned_for_five_who_told(cast: Cast) -> None:
    juniors = EnrolmentFactory.create_batch(5, program=cast.program)
    for number, junior in enumerate(juniors):
        plan = GrowthPlan.objects.create(
            organisation=cast.tidewater, junior=junior, starts_on="2026-01-05"
        )
        if number == 4:
            facts = facts_of([cast.program])
            assert (facts.had, facts.tellers) == (None, 4)
        ProtectedWeek.objects.create(
            organisation=cast.tidewater, plan=plan, monday="2026-01-05", hours=2
        )
    facts = facts_of([cast.program])
    assert (str(facts.had), facts.told, facts.tellers) == ("2.0", 5, 5)
    begun = beginning(facts, "EUR")["junior_hours"]
    assert (begun["low"], begun["likely"], begun["high"]) == ("2.0", "4.0", "4.0")
    assert "Had: 2.0 on average, in 5 weeks that 5 juniors told of." in begun["source"]


def test_what_a_mentor_had_is_what_sessions_took(cast: Cast) -> None:
    for minutes in (30, 60):
        ReviewSession.objects.create(
            organisation=cast.tidewater,
            pairing=cast.pairing,
            mentor=cast.tomasz,
            junior=cast.ines,
            state=ReviewSession.State.CLOSED,
            is_logged=True,
            title="Print the rate",
            closed_at=timezone.now(),
            held_on=timezone.localdate() - timedelta(days=3),
            minutes=minutes,
        )
    facts = facts_of([cast.program])
    assert (str(facts.in_sessions), facts.sessions) == ("0.8", 2)


def test_add_scenario_keeps_ranges_and_sources(cast: Cast, as_: As) -> None:
    sent = typed(
        replace_share_low="21", replace_share_high="200", pay_source="Our  payroll"
    )
    answer = as_(cast.ruth).post(new(cast.program), sent)
    [row] = Scenario.objects.all()
    assert (answer.status_code, answer["Location"]) == (303, f"{RETURNS}{row.pk}/")
    assert (row.program, row.created_by) == (cast.program, cast.ruth)
    share = row.inputs["replace_share"]
    assert (share["low"], share["likely"], share["high"]) == ("0.21", "0.4", "2")
    assert row.inputs["pay"]["source"] == "Our payroll"
    # What is likely stands for the ends that were not said; what is empty is not kept.
    assert row.inputs["juniors"]["high"] == "3"
    assert "slow_share" not in row.inputs


@pytest.mark.parametrize("written", ["1,5", " 1,50 ", "1.5"])
def test_add_scenario_takes_a_comma_before_a_part_of_one(
    cast: Cast, as_: As, written: str
) -> None:
    sent = typed(mentor_hours_likely=written)
    assert as_(cast.ruth).post(new(cast.program), sent).status_code == 303
    assert Scenario.objects.get().inputs["mentor_hours"]["likely"] == "1.5"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pay_low": "90000"}, "Write the three in order: low, likely, high."),
        ({"pay_likely": "", "pay_low": "1"}, "Say what is likely, too."),
        ({"leave_with_likely": "101"}, "Write 100 or less."),
        ({"mentor_hours_likely": "two"}, "Enter a number."),
        ({"juniors_likely": "NaN"}, "Enter a number."),
        ({"pay_likely": "1,500"}, "Enter a number. Set no thousands apart."),
        ({"pay_likely": "1,500,5"}, "Enter a number."),
        ({"pay_likely": "1.500,5"}, "Enter a number."),
        ({"pay_likely": "-1"}, "Write 0 or more."),
        ({"currency": "Gold"}, "Select a valid choice."),
        ({"name": ""}, "This field is required."),
    ],
)
def test_add_scenario_says_what_is_wrong_and_keeps_what_was_typed(
    cast: Cast, as_: As, changed: dict[str, str], said: str
) -> None:
    sent = typed(**changed, mentor_rate_source="The finance team")
    answer = as_(cast.ruth).post(new(cast.program), sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "The finance team" in answer.content.decode()
    assert not Scenario.objects.exists()


def test_add_scenario_for_all_is_for_managers(cast: Cast, as_: As) -> None:
    assert as_(cast.ruth).post(new(), typed()).status_code == 422
    assert as_(cast.mark).post(new(), typed()).status_code == 303
    assert Scenario.objects.get().program is None


def test_two_scenarios_of_a_program_have_names_of_their_own(
    cast: Cast, as_: As
) -> None:
    scenario(cast)
    answer = as_(cast.ruth).post(new(cast.program), typed())
    assert answer.status_code == 422
    assert "Another scenario here has this name" in answer.content.decode()


def test_scenario_shows_every_input_its_range_and_what_it_cant_show(
    cast: Cast, as_: As
) -> None:
    as_(cast.ruth).post(new(cast.program), typed(replace_share_high="200"))
    page = f"{RETURNS}{Scenario.objects.get().pk}/"
    html = unescape(as_(cast.ruth).get(page).content.decode())
    assert "What this can’t show" in html
    assert "It can’t show that the program makes anybody stay" in html
    assert html.count('role="img"') == 4
    for of in INPUTS.values():
        assert str(of.label) in html
    # 3 juniors, 52 weeks, 2 hours at 100 and 4 at 50.
    assert "EUR 62,400" in html
    assert "not counted, for want of: First months with less speed" in html.replace(
        "Not counted", "not counted"
    )


def test_scenario_without_a_belief_says_what_it_would_take(cast: Cast, as_: As) -> None:
    sent = typed(leave_with_likely="")
    as_(cast.ruth).post(new(cast.program), sent)
    page = f"{RETURNS}{Scenario.objects.get().pk}/"
    html = unescape(as_(cast.ruth).get(page).content.decode())
    assert "No return is reckoned" in html
    assert "leavers less that pay for it" in html
    assert "draws with a return above the cost" not in html


def test_scenario_is_read_by_observers_and_written_by_leads(
    cast: Cast, as_: As
) -> None:
    page = f"{RETURNS}{scenario(cast).pk}/"
    html = as_(cast.otis).get(page).content.decode()
    assert "Every input" in html
    assert "Save and reckon" not in html
    assert as_(cast.otis).post(page, typed()).status_code == 403
    assert as_(cast.ruth).post(page, typed()).status_code == 303


def test_scenario_of_an_archived_program_is_read(cast: Cast, as_: As) -> None:
    row = scenario(cast)
    Program.objects.update(state=Program.State.ARCHIVED)
    page = f"{RETURNS}{row.pk}/"
    assert "Save and reckon" not in as_(cast.ruth).get(page).content.decode()
    assert as_(cast.ruth).post(page, typed()).status_code == 409
    assert as_(cast.ruth).post(f"{page}remove/").status_code == 409


def test_two_tabs_keep_what_each_changed_and_ask_where_both_did(
    cast: Cast, as_: As
) -> None:
    row = scenario(cast, inputs={})
    client, page = as_(cast.ruth), f"{RETURNS}{row.pk}/"
    client.post(page, {**typed(), "seen": client.get(page).context["seen"]})
    seen = client.get(page).context["seen"]
    first = client.post(page, {**typed(pay_likely="90000"), "seen": seen})
    assert first.status_code == 303
    # The second tab changed another input: both stand.
    second = client.post(page, {**typed(years_likely="2"), "seen": seen})
    assert second.status_code == 303
    row.refresh_from_db()
    assert (row.inputs["pay"]["likely"], row.inputs["years"]["likely"]) == (
        "90000",
        "2",
    )
    # The third changed the same to something else: nothing is written, both are shown.
    third = client.post(page, {**typed(pay_likely="70000"), "seen": seen})
    assert third.status_code == 409
    html = unescape(third.content.decode())
    assert "Yours: 70000" in html
    assert "Saved by now: 90000" in html
    row.refresh_from_db()
    assert row.inputs["pay"]["likely"] == "90000"
    again = {**typed(pay_likely="70000", years_likely="2")}
    saved = client.post(page, {**again, "seen": third.context["seen"]})
    assert saved.status_code == 303
    row.refresh_from_db()
    assert row.inputs["pay"]["likely"] == "70000"


def test_scenario_that_was_removed_meanwhile_is_not_made_anew(
    cast: Cast, as_: As
) -> None:
    row = scenario(cast)
    client = as_(cast.ruth)
    assert client.get(f"{RETURNS}{row.pk}/remove/").status_code == 200
    assert client.post(f"{RETURNS}{row.pk}/remove/").status_code == 303
    assert client.post(f"{RETURNS}{row.pk}/", typed()).status_code == 404
    assert not Scenario.objects.exists()
