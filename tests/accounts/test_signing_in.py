import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from preceptor.accounts.models import Membership, User
from tests.cast import Cast
from tests.factories import PASSWORD

As = Callable[[Membership], Client]
NEW = "tide tables and lanterns"
PERIOD_SECONDS = 30
TYPING_SECONDS = 5


def sign_in(client: Client, email: str, password: str = PASSWORD) -> str:
    """Where a sign-in by password leads."""
    answer = {"login": email, "password": password}
    return location(client.post("/accounts/login/", answer))


def sign_in_twice(client: Client, email: str) -> None:
    """Signs in, and shows once more who it is, as changes to the sign-in ask for."""
    sign_in(client, email)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def location(response: object) -> str:
    assert isinstance(response, HttpResponse)
    return response.headers.get("Location", f"{response.status_code}")


def code_in_mail() -> str:
    found = re.search(r"^[A-Z0-9-]{6,12}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found is not None
    return found[0]


def current_code(secret: str) -> str:
    """What an authenticator app shows, and goes on to show while it is typed."""
    left = PERIOD_SECONDS - time.time() % PERIOD_SECONDS
    if left < TYPING_SECONDS:
        time.sleep(left)
    counter = next(yield_hotp_counters_from_time())
    return str(format_hotp_value(hotp_value(secret, counter)))


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/",
        "/accounts/login/code/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/password/reset/key/0-0/",
        "/accounts/password/reset/key/done/",
        "/accounts/inactive/",
        "/account/invitation/nothing/",
    ],
)
def test_the_way_in_is_open_and_has_no_inline_script(db: None, path: str) -> None:
    response = Client().get(path)
    assert response.status_code in (200, 404)
    page = response.content.decode()
    assert '<main id="main"' in page
    assert re.findall(r"<script(?![^>]*(?:src=|application/json))", page) == []
    assert " style=" not in page


@pytest.mark.parametrize(
    "path",
    [
        "/account/",
        "/accounts/logout/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/reauthenticate/",
        "/accounts/2fa/",
        "/accounts/2fa/webauthn/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/2fa/totp/activate/",
        "/accounts/sessions/",
    ],
)
def test_the_account_is_closed_to_others_and_stands_in_the_shell(
    cast: Cast, path: str
) -> None:
    stranger, ines = Client(), Client()
    if path != "/accounts/logout/":
        assert location(stranger.get(path)) == f"/accounts/login/?next={path}"
    sign_in_twice(ines, "ines.carvalho@example.com")
    page = ines.get(path).content.decode()
    assert 'href="/o/tidewater/members/"' in page
    assert re.findall(r"<script(?![^>]*(?:src=|application/json))", page) == []


def test_sign_in_by_password(cast: Cast) -> None:
    ines = Client()
    assert sign_in(ines, "Ines.Carvalho@Example.com") == "/"
    assert ines.get("/")["Location"] == "/o/tidewater/"
    assert "_auth_user_id" in ines.session


def test_a_session_gets_another_token_with_whoever_signs_in(cast: Cast) -> None:
    client = Client()
    session = client.session
    session["layout"] = "split"
    session.save()
    client.cookies["sessionid"] = planted = str(session.session_key)
    sign_in(client, cast.ines.user.email)
    assert client.cookies["sessionid"].value != planted
    assert not client.session.exists(planted)
    stranger = Client()
    stranger.cookies["sessionid"] = planted
    assert stranger.get("/account/").status_code == 302


def test_a_wrong_password_is_told_and_nobody_is_signed_in(cast: Cast) -> None:
    ines = Client()
    answer = {"login": "ines.carvalho@example.com", "password": "wrong"}
    page = ines.post("/accounts/login/", answer).content.decode()
    assert "password you specified are not correct" in page
    assert 'value="ines.carvalho@example.com"' in page
    assert "_auth_user_id" not in ines.session


def test_sign_in_by_a_mailed_code(cast: Cast) -> None:
    ines = Client()
    asked = ines.post("/accounts/login/code/", {"email": "ines.carvalho@example.com"})
    assert location(asked) == "/accounts/login/code/confirm/"
    assert mail.outbox[0].to == ["ines.carvalho@example.com"]
    code = code_in_mail()
    assert mail.outbox[0].subject == f"{code} is your sign-in code"
    page = ines.get("/accounts/login/code/confirm/").content.decode()
    assert "We sent a code to ines.carvalho@example.com." in page
    wrong = ines.post("/accounts/login/code/confirm/", {"code": "WRONG1"})
    assert "Incorrect code." in wrong.content.decode()
    response = ines.post("/accounts/login/code/confirm/", {"code": code})
    assert location(response) == "/"
    assert ines.get("/o/tidewater/").status_code == 200


def test_a_code_for_an_unknown_address_gives_nothing_away(cast: Cast) -> None:
    stranger = Client()
    asked = stranger.post("/accounts/login/code/", {"email": "nobody@example.com"})
    assert location(asked) == "/accounts/login/code/confirm/"
    (message,) = mail.outbox
    assert message.subject == "There is no account with this address"
    assert "nobody@example.com, which no account knows" in str(message.body)


def test_signup_is_closed(db: None) -> None:
    client = Client()
    assert (
        "Accounts come by invitation"
        in client.get("/accounts/signup/").content.decode()
    )
    client.post("/accounts/signup/", signup_answer())
    assert User.objects.count() == 0
    assert "Make an account" not in client.get("/accounts/login/").content.decode()


def test_signup_works_where_registration_is_open(db: None, settings: Settings) -> None:
    settings.REGISTRATION_IS_OPEN = True
    client = Client()
    assert "Make an account" in client.get("/accounts/login/").content.decode()
    assert location(client.post("/accounts/signup/", signup_answer())) == (
        "/accounts/confirm-email/"
    )
    assert "_auth_user_id" not in client.session
    verified = client.post("/accounts/confirm-email/", {"code": code_in_mail()})
    assert location(verified) == "/"
    user = User.objects.get()
    assert (user.full_name, user.email) == ("Sam Roe", "sam@example.com")
    assert EmailAddress.objects.get().verified
    assert "in an organisation yet" in client.get("/").content.decode()


def test_signup_with_a_known_address_tells_its_owner_alone(
    cast: Cast, settings: Settings
) -> None:
    settings.REGISTRATION_IS_OPEN = True
    answer = {**signup_answer(), "email": "ines.carvalho@example.com"}
    response = Client().post("/accounts/signup/", answer)
    assert location(response) == "/accounts/confirm-email/"
    (message,) = mail.outbox
    assert message.to == ["ines.carvalho@example.com"]
    assert message.subject == "You have an account already"
    assert User.objects.filter(email="ines.carvalho@example.com").count() == 1


def signup_answer() -> dict[str, str]:
    return {
        "full_name": "Sam Roe",
        "email": "sam@example.com",
        "password1": NEW,
        "password2": NEW,
    }


def test_a_forgotten_password_is_set_anew(cast: Cast) -> None:
    ines = Client()
    ines.post("/accounts/password/reset/", {"email": "ines.carvalho@example.com"})
    (message,) = mail.outbox
    (link,) = re.findall(r"^http://\S+$", str(message.body), re.MULTILINE)
    form = location(ines.get(link.removeprefix("http://localhost:8000")))
    answer = {"password1": NEW, "password2": NEW}
    assert location(ines.post(form, answer)) == "/accounts/password/reset/key/done/"
    assert sign_in(Client(), "ines.carvalho@example.com") == "422"
    assert sign_in(Client(), "ines.carvalho@example.com", NEW) == "/"
    assert mail.outbox[-1].subject == "Your password was set anew"
    used = Client().get(link.removeprefix("http://localhost:8000"))
    assert "This link no longer works" in used.content.decode()


def test_a_link_to_a_new_password_works_for_four_hours(cast: Cast) -> None:
    """As the mail says; whoever finds it later in a mailbox gets nowhere."""
    Client().post("/accounts/password/reset/", {"email": "ines.carvalho@example.com"})
    (message,) = mail.outbox
    assert "works once, for four hours" in str(message.body)
    (link,) = re.findall(r"^http://\S+$", str(message.body), re.MULTILINE)
    path, now = link.removeprefix("http://localhost:8000"), timezone.now()
    with time_machine.travel(now + timedelta(hours=3, minutes=59)):
        assert "set-password" in location(Client().get(path))
    with time_machine.travel(now + timedelta(hours=4, minutes=1)):
        page = Client().get(path).content.decode()
    assert "it is more than four hours old" in page


def test_a_changed_password_is_told_by_mail(cast: Cast) -> None:
    ines = Client()
    sign_in(ines, "ines.carvalho@example.com")
    answer = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert ines.post("/accounts/password/change/", answer).status_code == 302
    assert mail.outbox[-1].subject == "Your password was changed"
    assert "It was done on" in str(mail.outbox[-1].body)
    assert sign_in(Client(), "ines.carvalho@example.com", NEW) == "/"


def test_an_address_is_added_by_who_shows_again_who_they_are(
    cast: Cast, as_: As
) -> None:
    """A browser left open is not enough to take an account over for good."""
    stale = as_(cast.ines)
    answer = {"email": "thief@example.org", "action_add": ""}
    asked = stale.post("/accounts/email/", answer)
    assert location(asked).startswith("/accounts/reauthenticate/?next=")
    assert mail.outbox == []
    shown = stale.post(location(asked), {"password": PASSWORD})
    assert location(shown) == "/accounts/confirm-email/"
    assert mail.outbox[-1].to == ["thief@example.org"]


def test_a_second_address_counts_once_its_code_is_entered(cast: Cast) -> None:
    ines = Client()
    sign_in_twice(ines, "ines.carvalho@example.com")
    answer = {"email": "ines@example.org", "action_add": ""}
    sent = ines.post("/accounts/email/", answer)
    assert location(sent) == "/accounts/confirm-email/"
    assert not EmailAddress.objects.filter(email="ines@example.org").exists()
    ines.post("/accounts/confirm-email/", {"code": code_in_mail()})
    assert EmailAddress.objects.get(email="ines@example.org").verified
    answer = {"email": "ines@example.org", "action_primary": ""}
    ines.post("/accounts/email/", answer)
    assert User.objects.get(pk=cast.ines.user_id).email == "ines@example.org"
    page = ines.get("/accounts/email/").content.decode()
    assert 'aria-label="Make ines.carvalho@example.com primary"' in page


def test_an_authenticator_app_is_set_up_and_asked_for(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    ines = Client()
    sign_in_twice(ines, "ines.carvalho@example.com")
    page = ines.get("/accounts/2fa/totp/activate/")
    assert "<svg" in page.content.decode()
    assert "data:" not in page["Content-Security-Policy"]
    secret = re.findall(r"<code>([A-Z2-7]+)</code>", page.content.decode())[0]
    with django_capture_on_commit_callbacks(execute=True):
        shown = {"code": current_code(secret)}
        done = ines.post("/accounts/2fa/totp/activate/", shown)
    assert location(done) == "/accounts/2fa/recovery-codes/"
    recovery = re.findall(
        r"<li><code>(\w+)</code>", ines.get(location(done)).content.decode()
    )
    assert len(recovery) == 10
    assert mail.outbox[0].subject == "An authenticator app was set up"
    for code in (current_code(secret), recovery[0]):
        again = Client()
        assert sign_in(again, "ines.carvalho@example.com") == (
            "/accounts/2fa/authenticate/"
        )
        assert "_auth_user_id" not in again.session
        wrong = again.post("/accounts/2fa/authenticate/", {"code": "000000"})
        assert "Incorrect code." in wrong.content.decode()
        answer = again.post("/accounts/2fa/authenticate/", {"code": code})
        assert location(answer) == "/"
    assert Authenticator.objects.filter(type="totp").count() == 1
    for path in ("", "totp/deactivate/", "recovery-codes/generate/"):
        assert ines.get(f"/accounts/2fa/{path}").status_code == 200


def test_changing_the_second_step_asks_again_who_it_is(cast: Cast, as_: As) -> None:
    """A browser left open is not enough to lock its owner out."""
    stale = as_(cast.ines)
    asked = stale.get("/accounts/2fa/totp/activate/")
    assert location(asked).startswith("/accounts/reauthenticate/")
    page = stale.get(location(asked)).content.decode()
    assert "Is it you?" in page
    answer = stale.post(location(asked), {"password": PASSWORD})
    assert location(answer) == "/accounts/2fa/totp/activate/"
    assert stale.get("/accounts/2fa/totp/activate/").status_code == 200


def test_other_sessions_are_signed_out(cast: Cast) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        sign_in(client, "ines.carvalho@example.com")
    page = here.get("/accounts/sessions/").content.decode()
    assert page.count('<th scope="row">') == 2
    assert here.post("/accounts/sessions/").status_code == 303
    assert here.get("/o/tidewater/").status_code == 200
    assert location(there.get("/o/tidewater/")).startswith("/accounts/login/")


def test_sign_out(cast: Cast, as_: As) -> None:
    ines = as_(cast.ines)
    assert location(ines.post("/accounts/logout/")) == "/accounts/login/"
    assert location(ines.get("/o/tidewater/")).startswith("/accounts/login/")
