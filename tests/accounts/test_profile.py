from collections.abc import Callable

import pytest
from django.test import Client

from preceptor.accounts.models import Membership, User
from preceptor.accounts.zones import zones_by_region, zones_with
from tests.cast import Cast
from tests.factories import UserFactory

As = Callable[[Membership], Client]


def test_profile_is_kept(cast: Cast, as_: As) -> None:
    ines = as_(cast.ines)
    answer = {
        "full_name": "Inês Carvalho",
        "time_zone": "Europe/Lisbon",
        "locale": "en",
    }
    response = ines.post("/account/", answer)
    assert (response.status_code, response["Location"]) == (303, "/account/")
    user = User.objects.get(pk=cast.ines.user_id)
    assert (user.full_name, user.time_zone) == ("Inês Carvalho", "Europe/Lisbon")
    page = ines.get("/account/").content.decode()
    assert 'value="Europe/Lisbon" selected' in page


@pytest.mark.parametrize(
    "change", [{"full_name": ""}, {"time_zone": "Mars/Base"}, {"locale": "xx"}]
)
def test_profile_refuses_and_changes_nothing(
    cast: Cast, as_: As, change: dict[str, str]
) -> None:
    answer = {
        "full_name": "Somebody",
        "time_zone": "Europe/Lisbon",
        "locale": "en",
        **change,
    }
    response = as_(cast.ines).post("/account/", answer)
    assert response.status_code == 422
    user = User.objects.get(pk=cast.ines.user_id)
    assert (user.full_name, user.time_zone) == ("Ines Carvalho", "Europe/London")


def test_two_tabs_of_a_profile_keep_what_each_wrote(cast: Cast, as_: As) -> None:
    ines = as_(cast.ines)
    page = ines.get("/account/")
    shown = {"seen": page.context["seen"], "time_zone": "Europe/London", "locale": "en"}
    first = {**shown, "full_name": "Inês Carvalho"}
    second = {**shown, "full_name": "Ines Carvalho", "time_zone": "Europe/Lisbon"}
    for answer in (first, second):
        assert ines.post("/account/", answer).status_code == 303
    user = User.objects.get(pk=cast.ines.user_id)
    assert (user.full_name, user.time_zone) == ("Inês Carvalho", "Europe/Lisbon")

    late = ines.post("/account/", {**first, "full_name": "I. Carvalho"})
    assert late.status_code == 409
    assert "Yours: I. Carvalho" in late.text
    assert "Saved by now: Inês Carvalho" in late.text
    again = {**first, "full_name": "I. Carvalho", "seen": late.context["seen"]}
    assert ines.post("/account/", again).status_code == 303
    assert User.objects.get(pk=cast.ines.user_id).full_name == "I. Carvalho"


def test_profile_leads_to_all_of_the_account(cast: Cast, as_: As) -> None:
    page = as_(cast.ines).get("/account/").content.decode()
    for path in (
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/sessions/",
        "/o/tidewater/members/",
    ):
        assert f'href="{path}"' in page
    assert '<form method="post" action="/accounts/logout/">' in page


def test_profile_of_somebody_without_an_organisation(db: None) -> None:
    client = Client()
    client.force_login(UserFactory.create(full_name="Sam Roe"))
    page = client.get("/account/").content.decode()
    assert "None yet: an organisation lets people in by invitation." in page


def test_zones_hold_each_place_once_and_the_one_in_use() -> None:
    names = [name for _, zones in zones_by_region() for name, _ in zones]
    assert len(names) == len(set(names))
    assert {"UTC", "Europe/Lisbon", "America/Argentina/Buenos_Aires"} <= set(names)
    assert "Etc/GMT+3" not in names
    assert zones_with("Etc/GMT+3")[0] == ("Etc/GMT+3", [("Etc/GMT+3", "Etc/GMT+3")])
    assert zones_with("UTC") == zones_by_region()
