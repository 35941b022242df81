import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from preceptor.accounts.models import Membership, Organisation, User
from tests.cast import Cast

SAID = {
    "organisation": "Salt & Sons",
    "email": "Sam@Example.com",
    "name": "Sam Roe",
}


def start(**said: Any) -> str:
    out = io.StringIO()
    call_command("start", **said, stdout=out)
    return out.getvalue()


def test_start_lets_the_first_owner_in(db: None) -> None:
    out = start(**SAID, time_zone="Europe/Lisbon")
    organisation = Organisation.objects.get()
    assert (organisation.name, organisation.slug, organisation.time_zone) == (
        "Salt & Sons",
        "salt-sons",
        "Europe/Lisbon",
    )
    member = Membership.objects.get()
    assert (member.role, member.user.email) == ("owner", "sam@example.com")
    link = out.split("chooses a password at http://localhost:8000")[1].split("\n")[0]
    client = Client()
    form = client.get(link)["Location"]
    password = "tide tables and lanterns"
    client.post(form, {"password1": password, "password2": password})
    response = client.post(
        "/accounts/login/", {"login": "sam@example.com", "password": password}
    )
    assert response["Location"] == "/"
    assert client.get("/o/salt-sons/members/settings/").status_code == 200


def test_start_takes_a_user_who_has_an_account(cast: Cast) -> None:
    out = start(organisation="Quay", email="otto.lang@example.com", name="Otto")
    assert "Otto Lang has an account; sign in at" in out
    roles = Membership.objects.filter(user=cast.otto.user)
    assert dict(roles.values_list("organisation__slug", "role")) == {
        "harbour": "owner",
        "quay": "owner",
    }


def test_start_asks_in_a_terminal_what_was_not_said(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {
        "E-mail of its first owner: ": "sam@example.com",
        "Time zone [UTC]: ": "",
    }
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda shown: answers.get(shown, ""))
    start(organisation="Quay", name="Sam Roe")
    organisation = Organisation.objects.get()
    assert (organisation.slug, organisation.time_zone) == ("quay", "UTC")
    assert Membership.objects.get().user.email == "sam@example.com"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"email": None}, "Not said: --email."),
        ({"email": "nobody"}, "email: Enter a valid email address."),
        ({"slug": "a b"}, "slug: Enter a valid"),
        ({"time_zone": "Mars/Base"}, "time_zone: Unknown time zone: Mars/Base"),
        ({"slug": "tidewater"}, "slug: Organisation with this Address already exists"),
        ({"organisation": "…"}, "Not said: --slug."),
        ({"name": "n" * 121}, "full_name: This is 121 characters long"),
    ],
)
def test_start_says_what_is_wrong_and_makes_nothing(
    cast: Cast, change: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(CommandError) as raised:
        start(**{**SAID, **change})
    assert sentence in str(raised.value)
    assert Organisation.objects.count() == 2
    assert not User.objects.filter(full_name="Sam Roe").exists()
