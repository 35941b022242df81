from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from pairings.models import Enrolment, Pairing, Program
from preceptor.accounts.models import Membership
from preceptor.http import url
from tests.cast import Cast

As = Callable[[Membership], Client]
FIRST = date(2027, 9, 6)


def address(program: Program) -> str:
    return url("tidewater", "pairings:duplicate_program", program.pk)


def answers(**changed: str) -> dict[str, str]:
    return {
        "name": "Autumn",
        "starts_on": FIRST.isoformat(),
        "people": "nobody",
        **changed,
    }


@pytest.mark.parametrize(
    ("people", "names"),
    [
        ("nobody", set()),
        ("mentors", {"Tomasz Wieczorek", "Anjali Mehta"}),
        (
            "everybody",
            {"Tomasz Wieczorek", "Anjali Mehta", "Ines Carvalho", "Devon Marsh"},
        ),
    ],
)
def test_duplicate_program_makes_a_draft_with_or_without_people(
    cast: Cast, as_: As, people: str, names: set[str]
) -> None:
    Membership.objects.filter(pk=cast.mai.pk).update(is_active=False)
    Program.objects.update(juniors_per_mentor=4, template="half-year", approval="both")
    response = as_(cast.mark).post(address(cast.program), answers(people=people))
    copy = Program.objects.get(name="Autumn")
    assert response.status_code == 303
    assert (copy.state, copy.starts_on) == ("draft", FIRST)
    assert copy.ends_on - FIRST == timedelta(days=364)
    assert (copy.juniors_per_mentor, copy.template) == (4, "half-year")
    assert copy.approval == "both"
    assert {str(row) for row in copy.enrolments.all()} == names
    staff = {(str(row.membership), row.role) for row in copy.staff.all()}
    assert staff == {("Ruth Adeyemi", "lead"), ("Otis Grant", "observer")}
    assert not copy.pairings.exists()
    assert Pairing.objects.count() == 1


def test_duplicate_program_keeps_what_somebodys_place_says(cast: Cast, as_: As) -> None:
    Enrolment.objects.filter(pk=cast.tomasz_enrolled.pk).update(
        heads=2, hours="3.5", line_manager=cast.lars, about="Ask me on Fridays"
    )
    was = cast.tomasz_enrolled.degrees
    assert was
    as_(cast.mark).post(address(cast.program), answers(people="mentors"))
    copy = Program.objects.get(name="Autumn")
    row = copy.enrolments.get(membership=cast.tomasz)
    assert (row.heads, str(row.hours), row.line_manager) == (2, "3.5", cast.lars)
    assert (row.team, row.side) == ("Integrations", "mentor")
    assert (row.about, row.degrees) == ("Ask me on Fridays", was)
    assert row.ends_on == copy.ends_on


def test_duplicate_program_wants_a_free_name_and_keeps_the_rest(
    cast: Cast, as_: As
) -> None:
    sent = answers(name=cast.program.name, people="mentors")
    response = as_(cast.mark).post(address(cast.program), sent)
    assert response.status_code == 422
    assert response.context["form"].errors == {
        "name": ["Another program has this name. Give this one a name of its own."]
    }
    assert f'value="{FIRST.isoformat()}"' in response.content.decode()
    assert Program.objects.count() == 1


def test_duplicate_program_proposes_the_next_monday_after_it(
    cast: Cast, as_: As
) -> None:
    form = as_(cast.mark).get(address(cast.program)).context["form"]
    start = form.initial["starts_on"]
    assert start.weekday() == 0
    assert timedelta(0) < start - cast.program.last_on <= timedelta(days=7)


def test_duplicate_program_is_for_managers(cast: Cast, as_: As) -> None:
    for member in (cast.ruth, cast.otis, cast.ines):
        assert as_(member).get(address(cast.program)).status_code == 403
