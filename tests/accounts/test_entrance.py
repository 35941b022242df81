"""Who guesses is slowed down, and nobody is locked out by it."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.test import Client, RequestFactory

from preceptor import doors
from preceptor.accounts import entrance
from preceptor.accounts.models import Membership
from preceptor.doors import Door, Knock
from tests.accounts.test_invitations import ByMail, invited
from tests.accounts.test_signing_in import (
    code_in_mail,
    current_code,
    location,
    sign_in,
)
from tests.cast import Cast
from tests.factories import PASSWORD

As = Callable[[Membership], Client]
INES = "ines.carvalho@example.com"
STRANGER, OFFICE = "198.51.100.66", "203.0.113.9"
pytestmark = pytest.mark.usefixtures("counted")


def few(door: Door, limit: int) -> Door:
    """So few that none comes back while a slow machine tests."""
    return replace(door, limit=limit, seconds=3600 * limit)


def guess(client: Client, email: str = INES) -> int:
    answer = {"login": email, "password": "wrong"}
    return client.post("/accounts/login/", answer).status_code


def test_a_guesser_is_slowed_down_and_told_for_how_long(cast: Cast) -> None:
    stranger = Client(REMOTE_ADDR=STRANGER)
    assert [guess(stranger) for _ in range(6)] == [422] * 5 + [429]
    page = stranger.post("/accounts/login/", {"login": INES, "password": PASSWORD})
    assert page.status_code == 429
    assert 0 < int(page["Retry-After"]) <= 60
    assert re.search(r"Try again in \d+ seconds", page.text)
    assert "_auth_user_id" not in stranger.session


def test_a_stranger_who_knows_the_address_locks_nobody_out(cast: Cast) -> None:
    """They hammer from one network; the owner signs in from another."""
    stranger = Client(REMOTE_ADDR=STRANGER)
    assert {guess(stranger) for _ in range(40)} == {422, 429}
    owner = Client(REMOTE_ADDR=OFFICE)
    assert guess(owner) == 422
    assert sign_in(owner, INES) == "/"


def test_strangers_from_many_networks_lock_nobody_out(cast: Cast) -> None:
    """Once the crowd is large each strange network has one try, the owner's too."""
    crowd = Knock(entrance.SIGN_IN.crowd, INES)
    for _ in range(entrance.SIGN_IN.crowd.limit - 1):
        doors.take([crowd])
    assert guess(Client(REMOTE_ADDR="198.51.100.1")) == 422
    assert doors.is_full(crowd)
    late = Client(REMOTE_ADDR="198.51.100.200")
    assert [guess(late) for _ in range(2)] == [422, 429]
    assert sign_in(Client(REMOTE_ADDR=OFFICE), INES) == "/"


def test_a_browser_that_is_known_has_a_count_of_its_own(cast: Cast) -> None:
    """Beside a stranger in the same network."""
    owner = Client(REMOTE_ADDR=OFFICE)
    sign_in(owner, INES)
    owner.post("/accounts/logout/")
    stranger = Client(REMOTE_ADDR=OFFICE)
    while guess(stranger) != 429:
        pass
    assert guess(owner) == 422
    assert sign_in(owner, INES) == "/"
    assert guess(stranger) == 429


def test_what_a_browser_is_known_by_is_worth_nothing_to_another_account(
    cast: Cast,
) -> None:
    client = Client(REMOTE_ADDR=STRANGER)
    sign_in(client, "devon.marsh@example.com")
    client.post("/accounts/logout/")
    assert [guess(client) for _ in range(6)] == [422] * 5 + [429]


def test_a_forged_cookie_is_none(cast: Cast) -> None:
    client = Client(REMOTE_ADDR=STRANGER)
    for n in range(6):
        client.cookies[entrance.COOKIE] = f"forged{n}"
        status = guess(client)
    assert status == 429


def test_the_cookie_is_kept_from_scripts_and_from_other_pages(cast: Cast) -> None:
    client = Client()
    sign_in(client, INES)
    cookie = client.cookies[entrance.COOKIE]
    assert cookie["httponly"]
    assert (cookie["path"], cookie["samesite"]) == ("/", "Lax")
    assert INES not in cookie.value


def test_a_right_password_forgets_the_wrong_ones_before(cast: Cast) -> None:
    owner = Client(REMOTE_ADDR=OFFICE)
    for _ in range(3):
        for _ in range(4):
            assert guess(owner) == 422
        assert sign_in(owner, INES) == "/"
        owner.post("/accounts/logout/")


def test_one_network_is_slowed_down_over_all_accounts(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = Client(REMOTE_ADDR=STRANGER)
    network = few(entrance.SIGN_IN.network, 2)
    monkeypatch.setattr(entrance, "SIGN_IN", replace(entrance.SIGN_IN, network=network))
    answers = [guess(stranger, f"p{n}@example.com") for n in range(3)]
    assert answers == [422, 422, 429]
    assert guess(Client(REMOTE_ADDR=OFFICE), "p1@example.com") == 422


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/accounts/login/code/", entrance.CODE.own.limit),
        ("/accounts/password/reset/", entrance.RESET.own.limit),
    ],
)
def test_nobody_is_flooded_with_mails_nor_kept_from_one(
    cast: Cast, path: str, limit: int
) -> None:
    answer = {"email": INES}
    for _ in range(limit):
        stranger = Client(REMOTE_ADDR=STRANGER)
        assert stranger.post(path, answer).status_code == 302
    stranger = Client(REMOTE_ADDR=STRANGER)
    assert stranger.post(path, {"email": INES.upper()}).status_code == 429
    assert len(mail.outbox) == limit
    assert Client(REMOTE_ADDR=OFFICE).post(path, answer).status_code == 302
    assert len(mail.outbox) == limit + 1


def test_many_networks_send_few_mails(cast: Cast) -> None:
    crowd, answer = entrance.CODE.crowd, {"email": INES}
    for _ in range(crowd.limit):
        doors.pass_or_refuse(crowd, INES)
    statuses = [
        Client(REMOTE_ADDR="198.51.100.9").post("/accounts/login/code/", answer)
        for _ in range(2)
    ]
    assert [one.status_code for one in statuses] == [302, 429]
    assert len(mail.outbox) == 1


CONFIRM, TOUCH = "/accounts/login/code/confirm/", "/accounts/2fa/webauthn/login/"


@pytest.fixture
def few_proofs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entrance, "PROOF", few(entrance.PROOF, 2))


@pytest.mark.parametrize(("path", "said"), [(CONFIRM, "code"), (TOUCH, "credential")])
def test_proofs_cannot_be_tried_without_end(
    cast: Cast, few_proofs: None, path: str, said: str
) -> None:
    client = Client(REMOTE_ADDR=STRANGER)
    answers = [client.post(path, {said: "{}"}).status_code for _ in range(3)]
    assert (answers[0] == 429, answers[2]) == (False, 429)


def test_whoever_proves_who_they_are_takes_nothing_from_their_network(
    cast: Cast, few_proofs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A company of thousands comes in through one address, by mailed codes."""
    network = few(entrance.CODE.network, 2)
    monkeypatch.setattr(entrance, "CODE", replace(entrance.CODE, network=network))
    monkeypatch.setitem(
        entrance.WITH_ADDRESS, "account_request_login_code", entrance.CODE
    )
    for name in ("ines", "devon", "mai", "lars"):
        client = Client(REMOTE_ADDR=OFFICE)
        email = getattr(cast, name).user.email
        assert client.post("/accounts/login/code/", {"email": email}).status_code == 302
        assert location(client.post(CONFIRM, {"code": code_in_mail()})) == "/"


def test_a_known_browser_proves_beside_a_network_that_is_full(
    cast: Cast, few_proofs: None
) -> None:
    owner, stranger = Client(REMOTE_ADDR=OFFICE), Client(REMOTE_ADDR=OFFICE)
    sign_in(owner, INES)
    owner.post("/accounts/logout/")
    while stranger.post(TOUCH, {"credential": "{}"}).status_code != 429:
        pass
    owner.post("/accounts/login/code/", {"email": INES})
    assert location(owner.post(CONFIRM, {"code": code_in_mail()})) == "/"


def test_passkeys_of_a_company_are_not_counted_by_the_library(cast: Cast) -> None:
    """By default ten a minute and address."""
    client = Client(REMOTE_ADDR=OFFICE)
    asked = {"X-Requested-With": "XMLHttpRequest"}
    for _ in range(25):
        assert client.get(TOUCH, headers=asked).status_code == 200


def test_who_comes_through_a_provider_takes_nothing_from_their_network(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entrance, "THROUGH", few(entrance.THROUGH, 2))
    way = Knock(entrance.THROUGH, OFFICE)
    request = RequestFactory(REMOTE_ADDR=OFFICE).get("/")
    doors.take([way])
    doors.take([way])
    assert doors.is_full(way)
    entrance.proved(request=request, user=cast.ines.user, method="socialaccount")
    doors.take([way])
    doors.take([way])


def test_the_second_step_is_counted_by_account(cast: Cast, as_: As) -> None:
    """From wherever: who is asked for it has shown the password."""
    ines, limit = as_(cast.ines), entrance.SECOND_STEP.limit
    for n in range(limit):
        page = ines.post(
            "/accounts/2fa/reauthenticate/",
            {"code": "000000"},
            REMOTE_ADDR=f"198.51.100.{n}",
        )
        assert page.status_code != 429
    page = ines.post("/accounts/2fa/reauthenticate/", {"code": "000000"})
    assert page.status_code == 429


def test_a_stranger_with_the_password_locks_no_known_browser_out(cast: Cast) -> None:
    """They try codes; the browser that the account is known by has its own."""
    secret = "JBSWY3DPEHPK3PXP"
    owner, stranger = Client(REMOTE_ADDR=OFFICE), Client(REMOTE_ADDR=STRANGER)
    sign_in(owner, INES)
    owner.post("/accounts/logout/")
    TOTP.activate(cast.ines.user, secret)
    path = "/accounts/2fa/authenticate/"
    for client in (owner, stranger):
        assert sign_in(client, INES) == path
    while stranger.post(path, {"code": "000000"}).status_code != 429:
        pass
    other = Client(REMOTE_ADDR="198.51.100.77")
    sign_in(other, INES)
    assert other.post(path, {"code": "000000"}).status_code == 429
    assert location(owner.post(path, {"code": current_code(secret)})) == "/"


def test_an_invitation_may_be_tried_so_often(cast: Cast, by_mail: ByMail) -> None:
    """Each by itself: many are accepted from one network on a first day."""
    links = [invited(cast, by_mail, f"p{n}@example.com") for n in range(2)]
    first = links[0].split("/")[3]
    client = Client(REMOTE_ADDR=OFFICE)
    for _ in range(entrance.INVITATION.limit):
        doors.pass_or_refuse(entrance.INVITATION, first)
    assert client.post(links[0]).status_code == 429
    assert client.get(links[0]).status_code == 200
    assert client.post(links[1], {"full_name": ""}).status_code == 422


def test_an_address_that_is_added_is_counted_by_itself(cast: Cast, as_: As) -> None:
    """So that nobody is flooded from within either, nor kept from their own."""
    answer = {"email": "victim@example.org", "action_add": ""}
    statuses = [
        as_(one).post("/accounts/email/", answer).status_code
        for one in (cast.ines, cast.devon, cast.mai, cast.lars)
    ]
    assert statuses == [302, 302, 302, 429]
    own = {"email": INES, "action_primary": ""}
    assert as_(cast.ines).post("/accounts/email/", own).status_code == 302


def test_sign_in_leads_where_it_did(cast: Cast) -> None:
    client = Client()
    answer = {"login": INES, "password": PASSWORD}
    path = "/accounts/login/?next=/o/tidewater/sessions/"
    assert location(client.post(path, answer)) == "/o/tidewater/sessions/"
