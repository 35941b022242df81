"""Input that no form of ours sends: each ends in a page that says so."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from pairings.models import Pairing, Program
from preceptor.accounts.models import Membership
from tests.cast import Cast

As = Callable[[Membership], Client]


@pytest.mark.parametrize("rest", ["board/", "people/", "people.csv", "pair/"])
def test_a_null_character_finds_nothing_special(cast: Cast, as_: As, rest: str) -> None:
    address = f"/o/tidewater/programs/{cast.program.pk}/{rest}"
    asked = {"q": "\0", "team": "\0"}
    assert as_(cast.ruth).get(address, asked).status_code == 200


def test_a_null_character_finds_no_mentor(cast: Cast, as_: As) -> None:
    junior = cast.mai_enrolled.pk
    address = f"/o/tidewater/programs/{cast.program.pk}/pair/?junior={junior}"
    response = as_(cast.ruth).post(address, {"q": "\0", "find": "1"})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (timezone.localdate().isoformat(), "9999-12-31"),
        ("9999-12-31", "9999-12-31"),
        ("0001-01-01", "0001-01-02"),
    ],
)
def test_days_beyond_reckoning_are_refused(
    cast: Cast, as_: As, first: str, last: str
) -> None:
    days = {"starts_on": first, "last_on": last}
    mark, program = as_(cast.mark), f"/o/tidewater/programs/{cast.program.pk}/"
    mentor = {"mentor": cast.anjali_enrolled.pk, "kind": "primary"}
    for address, form in (
        (f"{program}pair/?junior={cast.mai_enrolled.pk}", mentor),
        (f"{program}dates/", {}),
        (f"{program}enrol/", {"email": "mei.lin@example.com", "side": "mentor"}),
    ):
        response = mark.post(address, {**form, **days})
        assert response.status_code == 422, address
        asked = "Choose a day between the years 2000 and 2199."
        assert asked in response.content.decode(), address
    assert Pairing.objects.count() == 1


def test_a_program_does_not_begin_where_its_end_has_no_date(
    cast: Cast, as_: As
) -> None:
    form = {
        "name": "Far",
        "starts_on": "9999-06-01",
        "months": 12,
        "cadence_days": 7,
        "juniors_per_mentor": 3,
        "junior_hours": 4,
        "mentor_hours": 2,
        "pass_timeout_days": 5,
        "min_tenure_months": 12,
        "autonomy_weeks": 12,
        "approval": "lead",
        "template": "preceptorship-year",
    }
    response = as_(cast.mark).post("/o/tidewater/programs/new/", form)
    assert (response.status_code, Program.objects.count()) == (422, 1)
