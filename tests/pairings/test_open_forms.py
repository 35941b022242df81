"""Two people with the same form open: neither takes back what the other wrote."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from pairings.models import Enrolment, MentorRecord, Program
from pairings.roster.skills import Degrees
from preceptor.accounts.models import Membership
from preceptor.seen import Stale, changed, mixed, plain, seen_in, written
from tests.cast import Cast
from tests.factories import give_skills

As = Callable[[Membership], Client]


class Tab:
    """A page with a form that stands open: what it shows is changed and sent."""

    def __init__(self, client: Client, address: str) -> None:
        self.client, self.address = client, address
        self.look(client.get(address))

    def look(self, response: Any) -> None:
        context = response.context
        form = context["form"]
        rows = {f"{f.html_name}": f.value() for f in form}
        for row in context.get("rows") or ():
            rows |= {field.html_name: field.value() for field in row}
        if "rows" in context:
            management = context["rows"].management_form
            rows |= {field.html_name: field.value() for field in management}
        shown = {name: value for name, value in rows.items() if value is not None}
        self.answers = {
            name: ("on" if value else "") if isinstance(value, bool) else str(value)
            for name, value in shown.items()
        }
        self.answers = {n: v for n, v in self.answers.items() if v}
        self.answers["seen"] = context["seen"]

    def send(self, **typed: str) -> Any:
        response = self.client.post(self.address, {**self.answers, **typed})
        if response.status_code in (409, 422):
            self.look(response)
        return response


def place(enrolment: Enrolment, rest: str = "profile/") -> str:
    return f"/o/tidewater/enrolments/{enrolment.pk}/{rest}"


def now(enrolment: Enrolment) -> tuple[str, Decimal, str, Degrees]:
    row = Enrolment.objects.with_skills().get(pk=enrolment.pk)
    return row.team, row.hours, row.about, row.degrees


@pytest.fixture
def tabs(cast: Cast, as_: As) -> tuple[Tab, Tab]:
    """Tomasz and his lead, both at his profile."""
    Enrolment.objects.update(team="Billing", hours=6, about="")
    give_skills(cast.tomasz_enrolled, go=2)
    address = place(cast.tomasz_enrolled)
    return Tab(as_(cast.tomasz), address), Tab(as_(cast.ruth), address)


def test_profile_keeps_what_each_of_two_changed(
    cast: Cast, tabs: tuple[Tab, Tab]
) -> None:
    his, hers = tabs
    assert hers.send(team="Routing", hours="4").status_code == 303
    typed = {"about": "I like queues.", "skill-0-degree": "3"}
    assert his.send(**typed).status_code == 303
    assert now(cast.tomasz_enrolled) == (
        *("Routing", Decimal(4), "I like queues."),
        (("go", 3),),
    )


def test_profile_shows_both_versions_where_two_changed_the_same(
    cast: Cast, tabs: tuple[Tab, Tab]
) -> None:
    his, hers = tabs
    hers.send(team="Routing", hours="4", **{"skill-1-name": "sql"})
    typed = {"team": "Data", "about": "I like queues.", "skill-1-name": "rust"}
    response = his.send(**typed)
    assert response.status_code == 409
    both = [(d.field, d.yours, d.stands) for d in response.context["differences"]]
    well = "(knows it well)"
    skills = ("Skills", f"go {well}, rust {well}", f"go {well}, sql {well}")
    assert both == [("Team", "Data", "Routing"), skills]
    assert now(cast.tomasz_enrolled)[0] == "Routing"
    assert his.answers["team"] == "Data"
    assert his.answers["about"] == "I like queues."
    assert his.answers["hours"] == "4.0"
    assert his.answers["skill-1-name"] == "rust"
    assert his.send().status_code == 303
    assert now(cast.tomasz_enrolled) == (
        *("Data", Decimal(4), "I like queues."),
        (("go", 2), ("rust", 2)),
    )


def test_profile_stays_stale_over_a_form_that_was_refused(
    cast: Cast, tabs: tuple[Tab, Tab]
) -> None:
    his, hers = tabs
    hers.send(team="Routing")
    assert his.send(team="Data", hours="41").status_code == 422
    assert his.send(hours="5").status_code == 409
    assert now(cast.tomasz_enrolled)[:2] == ("Routing", Decimal(6))


def test_a_place_and_a_profile_are_two_forms_over_one_row(
    cast: Cast, as_: As, tabs: tuple[Tab, Tab]
) -> None:
    his, _hers = tabs
    lead = Tab(as_(cast.ruth), place(cast.tomasz_enrolled, ""))
    assert his.send(team="Data", hours="4").status_code == 303
    response = lead.send(team="Routing", heads="2", manager=cast.lars.user.email)
    assert response.status_code == 409
    [team] = response.context["differences"]
    assert (team.yours, team.stands) == ("Routing", "Data")
    assert lead.answers["manager"] == cast.lars.user.email
    assert lead.send().status_code == 303
    row = Enrolment.objects.get(pk=cast.tomasz_enrolled.pk)
    assert (row.team, row.hours, row.heads) == ("Routing", Decimal(4), 2)
    assert row.line_manager == cast.lars


def test_the_record_of_a_mentor_is_not_written_over_unread(cast: Cast, as_: As) -> None:
    address = f"/o/tidewater/mentors/{cast.tomasz.pk}/"
    ruth, mark = Tab(as_(cast.ruth), address), Tab(as_(cast.mark), address)
    assert mark.send(trained_on="2025-03-31").status_code == 303
    assert ruth.send(employed_since="2019-09-01").status_code == 303
    record = MentorRecord.objects.get()
    assert None not in (record.trained_on, record.employed_since)
    stale = mark.send(trained_on="2025-03-31", employed_since="2019-09-02")
    assert stale.status_code == 409
    [day] = stale.context["differences"]
    assert (day.yours, day.stands) == ("2 September 2019", "1 September 2019")


def test_settings_are_not_written_over_unread(cast: Cast, as_: As) -> None:
    address = f"/o/tidewater/programs/{cast.program.pk}/settings/"
    ruth, mark = Tab(as_(cast.ruth), address), Tab(as_(cast.mark), address)
    assert mark.send(juniors_per_mentor="4", approval="both").status_code == 303
    assert ruth.send(pass_timeout_days="7").status_code == 303
    stale = ruth.send(juniors_per_mentor="5", pass_timeout_days="7")
    assert stale.status_code == 409
    row = Program.objects.get(pk=cast.program.pk)
    assert (row.juniors_per_mentor, row.pass_timeout_days) == (4, 7)
    assert row.approval == "both"
    assert ruth.send().status_code == 303
    row.refresh_from_db()
    assert (row.juniors_per_mentor, row.approval) == (5, "both")


def test_changed_tells_three_versions_apart() -> None:
    seen = {"a": "1", "b": "1", "c": "1"}
    stands = {"a": 1, "b": 2, "c": 2}
    assert changed(seen, {"a": 3, "b": 1, "c": 2}, stands) == {"a": 3, "c": 2}
    with pytest.raises(Stale) as caught:
        changed(seen, {"a": 3, "b": 3, "c": 1}, stands)
    assert caught.value.contested == ["b"]
    assert mixed(seen, {"a": 3, "b": 3, "c": 1}, stands) == {"a": 3, "b": 3, "c": 2}
    assert changed({}, {"a": 3}, stands) == {"a": 3}


def test_plain_says_the_same_however_it_was_typed() -> None:
    assert plain(Decimal("6.0")) == plain(Decimal(6)) == plain(6)
    assert plain("one\r\ntwo") == plain("one\ntwo")
    assert plain([("go", 3), ("sql", 1)]) == plain((("go", 3), ("sql", 1)))
    assert plain(None) == plain("")
    assert written({"day": timezone.localdate()})


@pytest.mark.parametrize("sent", ["", "{", "[1]", '{"team": 1}', "null"])
def test_seen_in_takes_nothing_from_what_it_did_not_write(sent: str) -> None:
    answers = QueryDict(mutable=True)
    answers["seen"] = sent
    assert seen_in(answers) == {}
