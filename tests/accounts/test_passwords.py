"""Which passwords are taken, and that they are taken as they were typed."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import get_hasher, identify_hasher, make_password
from django.test import Client, override_settings
from django.utils import timezone

from preceptor.accounts.models import Membership
from tests.accounts.test_invitations import NADIA, ByMail, invited
from tests.accounts.test_signing_in import location, sign_in
from tests.cast import Cast
from tests.factories import PASSWORD
from tests.test_deployment import complete
from tests.test_deployment import settings as production

As = Callable[[Membership], Client]
INES = "ines.carvalho@example.com"
CHANGE = "/accounts/password/change/"
LONG = "Überfahrt bei Nebel; " * 6 + "und zurück."


def changed(client: Client, new: str, *, old: str = PASSWORD) -> str:
    answer = {"oldpassword": old, "password1": new, "password2": new}
    return location(client.post(CHANGE, answer))


@pytest.mark.parametrize("short", ["", "qx7!kz", "qx7!kzw"])
def test_seven_letters_are_too_few(cast: Cast, as_: As, short: str) -> None:
    assert changed(as_(cast.ines), short) == "422"
    assert sign_in(Client(), INES) == "/"


def test_eight_letters_are_enough(cast: Cast, as_: As) -> None:
    assert changed(as_(cast.ines), "qx7!kzwv") != "422"
    assert sign_in(Client(), INES, "qx7!kzwv") == "/"


@pytest.mark.parametrize("common", ["password1", "iloveyou", "Football1", "qwertyuiop"])
def test_a_common_one_is_refused(
    cast: Cast, as_: As, by_mail: ByMail, common: str
) -> None:
    assert changed(as_(cast.ines), common) == "422"
    answer = {**NADIA, "password": common}
    assert Client().post(invited(cast, by_mail), answer).status_code == 422


def test_a_change_asks_for_the_current_one(cast: Cast, as_: As) -> None:
    assert changed(as_(cast.ines), "tide tables", old="not that") == "422"
    assert changed(as_(cast.ines), "tide tables", old="") == "422"
    assert sign_in(Client(), INES) == "/"


@pytest.mark.parametrize("given", [LONG, "  two blanks  ", "Groß und klein", "🚢" * 40])
def test_it_is_taken_as_it_was_typed(cast: Cast, as_: As, given: str) -> None:
    """All of a long one counts, its blanks at either end, and capitals."""
    assert changed(as_(cast.ines), given) != "422"
    others = {given[:-1], given[:64], given.strip(), given.lower(), given.upper()}
    for other in others - {given}:
        assert sign_in(Client(), INES, other) == "422"
    assert sign_in(Client(), INES, given) == "/"


def test_no_password_runs_out(cast: Cast) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=4_000)):
        ines = Client()
        assert sign_in(ines, INES) == "/"
        assert ines.get("/o/tidewater/").status_code == 200


def test_fields_are_masked_and_filled_by_managers(
    cast: Cast, as_: As, by_mail: ByMail
) -> None:
    """Told apart by what a password manager reads; nothing hinders it."""
    with override_settings(REGISTRATION_IS_OPEN=True):
        pages = [
            (Client(), "/accounts/login/", ["current-password"]),
            (Client(), "/accounts/signup/", ["new-password"] * 2),
            (Client(), invited(cast, by_mail), ["new-password"]),
            (as_(cast.ines), CHANGE, ["current-password", *["new-password"] * 2]),
        ]
        for client, path, kinds in pages:
            page = client.get(path).content.decode()
            fields = re.findall(r"<input[^>]*password[^>]*>", page)
            masked = [one for one in fields if 'type="password"' in one]
            told = [re.findall(r'autocomplete="([\w-]+)"', one) for one in masked]
            assert told == [[kind] for kind in kinds]
            assert not [one for one in masked if "readonly" in one or "value=" in one]


def test_production_hashes_them_slowly() -> None:
    """OWASP asks for 600,000 rounds of PBKDF2 with SHA-256."""
    assert "PASSWORD_HASHERS" not in production(complete())
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    ):
        kept = make_password("tide tables")
        assert identify_hasher(kept).algorithm == "pbkdf2_sha256"
        assert get_hasher().decode(kept)["iterations"] >= 600_000
