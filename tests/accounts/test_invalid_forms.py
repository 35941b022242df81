"""Each form of the sign-in library that is shown again with errors answers 422."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.accounts.test_signing_in import NEW, sign_in_twice, signup_answer
from tests.cast import Cast
from tests.factories import PASSWORD

INES = "ines.carvalho@example.com"


@pytest.fixture(autouse=True)
def open_to_all(settings: Settings) -> None:
    settings.REGISTRATION_IS_OPEN = True


@pytest.mark.parametrize(
    ("path", "answer", "words"),
    [
        ("login/", {"login": INES, "password": "wrong"}, "are not correct"),
        ("login/", {}, "This field is required"),
        ("login/code/", {"email": "no address"}, "Enter a valid email address"),
        ("password/reset/", {"email": "no address"}, "Enter a valid email address"),
        ("signup/", {**signup_answer(), "password2": "x"}, "same password each time"),
    ],
)
def test_form_of_a_stranger(
    path: str, answer: dict[str, str], words: str, cast: Cast
) -> None:
    assert_unprocessable(Client(), path, answer, words)


@pytest.mark.parametrize(
    ("path", "answer", "words"),
    [
        ("email/", {"email": "x", "action_add": ""}, "Enter a valid email address"),
        (
            "password/change/",
            {"oldpassword": PASSWORD, "password1": NEW, "password2": "x"},
            "same password each time",
        ),
        ("reauthenticate/", {"password": "wrong"}, "Incorrect password"),
        ("2fa/totp/activate/", {"code": "000000"}, "Incorrect code"),
        (
            "2fa/webauthn/add/",
            {"name": "Key", "credential": "{}"},
            "needs another look",
        ),
    ],
)
def test_form_of_a_member(
    path: str, answer: dict[str, str], words: str, cast: Cast
) -> None:
    ines = Client()
    sign_in_twice(ines, INES)
    assert_unprocessable(ines, path, answer, words)


def test_code_that_is_wrong(cast: Cast) -> None:
    ines = Client()
    ines.post("/accounts/login/code/", {"email": INES})
    assert_unprocessable(
        ines, "login/code/confirm/", {"code": "WRONG1"}, "Incorrect code"
    )


def assert_unprocessable(
    client: Client, path: str, answer: dict[str, str], words: str
) -> None:
    """The page with the error and what was typed; as a plain page it answers 200."""
    assert client.get(f"/accounts/{path}").status_code == 200
    response = client.post(f"/accounts/{path}", answer)
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert '<main id="main"' in page


def test_answer_in_json_keeps_its_own_status(cast: Cast) -> None:
    """As passkeys are asked for."""
    client = Client(headers={"Accept": "application/json"})
    assert client.get("/accounts/2fa/webauthn/login/").status_code == 200
    answer = {"login": INES, "password": "wrong"}
    response = client.post("/accounts/login/", answer)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/json"
