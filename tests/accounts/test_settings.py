"""What the owners of an organisation set for all of it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from pairings.access import may_create, require_creator
from pairings.models import Program
from preceptor.accounts.models import Membership, Organisation
from reviews.models import ReviewSession
from tests.cast import Cast

As = Callable[[Membership], Client]
SETTINGS = "/o/tidewater/members/settings/"
NEW_PROGRAMS = "/o/tidewater/programs/defaults/"
OF_NEW = {"who_creates": "owners", "cadence_days": "14", "juniors_per_mentor": "5"}


def kept(cast: Cast) -> Organisation:
    return Organisation.objects.get(pk=cast.tidewater.pk)


def test_a_name_is_kept_at_once(cast: Cast, as_: As) -> None:
    answer = {"name": "Tidewater Lines", "time_zone": cast.tidewater.time_zone}
    assert as_(cast.olga).post(SETTINGS, answer).status_code == 303
    assert kept(cast).name == "Tidewater Lines"


def test_another_clock_is_asked_about_with_what_it_changes(cast: Cast, as_: As) -> None:
    """A session at 23:30 in London lies on the next day in Lisbon's east."""
    Organisation.objects.update(time_zone="Europe/London")
    Membership.objects.filter(pk=cast.mei.pk).update(called="Mei from HR")
    late = datetime(2099, 1, 5, 23, 30, tzinfo=UTC)
    for at in (late, late.replace(hour=9)):
        ReviewSession.objects.create(
            organisation=cast.tidewater,
            pairing=cast.pairing,
            mentor=cast.tomasz,
            junior=cast.ines,
            state="planned",
            planned_at=at,
            planned_minutes=30,
            arranged_at=at,
            led_by="mentor",
        )
    olga = as_(cast.olga)
    answer = {"name": "Tidewater Lines", "time_zone": "Europe/Berlin"}
    page = olga.post(SETTINGS, answer)
    assert page.status_code == 200
    assert "From Europe/London to Europe/Berlin?" in page.text
    assert "1 planned session then lies on another day." in page.text
    assert "1 person who has not come in yet" in page.text
    assert kept(cast).name == "Tidewater Freight"
    sure = {**answer, "is_sure": "Europe/Berlin"}
    assert olga.post(SETTINGS, sure).status_code == 303
    assert (kept(cast).name, kept(cast).time_zone) == (
        "Tidewater Lines",
        "Europe/Berlin",
    )
    assert ReviewSession.objects.filter(planned_at=late).exists()


def test_a_yes_to_one_clock_is_none_to_another(cast: Cast, as_: As) -> None:
    answer = {"name": "T", "time_zone": "Asia/Tokyo", "is_sure": "Europe/Berlin"}
    assert as_(cast.olga).post(SETTINGS, answer).status_code == 200
    assert kept(cast).time_zone == cast.tidewater.time_zone


def test_two_owners_over_one_form_lose_nothing(cast: Cast, as_: As) -> None:
    """The second keeps what only the first changed, and is asked where both did."""
    shown = {"name": "Tidewater Freight", "time_zone": cast.tidewater.time_zone}
    Organisation.objects.filter(pk=cast.tidewater.pk).update(name="Tidewater & Co")
    answer = {**shown, "name": "Tidewater Lines", "seen": json.dumps(shown)}
    page = as_(cast.olga).post(SETTINGS, answer)
    assert page.status_code == 409
    assert "Saved by now: Tidewater &amp; Co" in page.text
    assert 'value="Tidewater Lines"' in page.text
    assert kept(cast).name == "Tidewater & Co"


def test_settings_lead_to_all_that_is_set(
    cast: Cast, as_: As, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    olga = as_(cast.olga)
    olga.get(SETTINGS)
    with django_assert_num_queries(2):
        page = olga.get(SETTINGS).text
    for path in ("programs/defaults/", "members/holidays/", "skills/"):
        assert f'href="/o/tidewater/{path}"' in page


def test_a_new_program_begins_with_what_is_set(cast: Cast, as_: As) -> None:
    olga = as_(cast.olga)
    assert olga.post(NEW_PROGRAMS, OF_NEW).status_code == 303
    form = olga.get("/o/tidewater/programs/new/").context["form"]
    assert form["cadence_days"].value() == 14
    assert form["juniors_per_mentor"].value() == 5
    assert Program.objects.get().cadence_days == 7


@pytest.mark.parametrize(
    ("who", "manager_may"), [("managers", True), ("owners", False)]
)
def test_who_sets_up_programs(cast: Cast, as_: As, who: str, manager_may: bool) -> None:
    Organisation.objects.update(who_creates=who)
    mark = Membership.objects.get(pk=cast.mark.pk)
    olga = Membership.objects.get(pk=cast.olga.pk)
    assert (may_create(mark), may_create(olga)) == (manager_may, True)
    for path in ("new/", f"{cast.program.pk}/duplicate/"):
        answer = as_(mark).get(f"/o/tidewater/programs/{path}")
        assert answer.status_code == (200 if manager_may else 403)
    shown = as_(mark).get("/o/tidewater/programs/").text
    assert ("/programs/new/" in shown) == manager_may
    page = as_(mark).get(f"/o/tidewater/programs/{cast.program.pk}/settings/").text
    assert ("/duplicate/" in page) == manager_may


def test_who_may_not_is_told_who_may(cast: Cast) -> None:
    Organisation.objects.update(who_creates="owners")
    with pytest.raises(PermissionDenied, match="Owners alone"):
        require_creator(Membership.objects.get(pk=cast.mark.pk))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"juniors_per_mentor": "21"}, "Write 20 or less."),
        ({"juniors_per_mentor": "0"}, "Write 1 or more."),
        ({"cadence_days": "3"}, "cadence_days-e"),
        ({"who_creates": "everybody"}, "who_creates"),
    ],
)
def test_new_programs_refuse_with_a_sentence(
    cast: Cast, as_: As, change: dict[str, str], sentence: str
) -> None:
    page = as_(cast.olga).post(NEW_PROGRAMS, {**OF_NEW, **change})
    assert page.status_code == 422
    assert sentence in page.text
    assert kept(cast).who_creates == "managers"


def test_two_owners_over_new_programs(cast: Cast, as_: As) -> None:
    seen = {"who_creates": "managers", "cadence_days": "7", "juniors_per_mentor": "3"}
    Organisation.objects.update(cadence_days=28, juniors_per_mentor=4)
    answer = {**seen, "juniors_per_mentor": "6", "seen": json.dumps(seen)}
    page = as_(cast.olga).post(NEW_PROGRAMS, answer)
    assert page.status_code == 409
    assert "Saved by now: 4" in page.text
    again = page.context["form"]
    assert again["cadence_days"].value() == 28
    assert again["juniors_per_mentor"].value() == 6
