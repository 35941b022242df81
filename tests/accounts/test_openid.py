"""Sign-in through an organisation's own provider of OpenID Connect."""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth import get_user
from django.core import mail
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from preceptor.accounts import actions
from preceptor.accounts.models import Membership, User
from preceptor.accounts.personal import clean
from preceptor.accounts.signing_in import arriving, connect
from preceptor.accounts.signing_in.models import Domain, Provider, Rules
from preceptor.accounts.spelling import Spelled
from tests.accounts.identities import Identities, identities, through
from tests.accounts.test_signing_in import sign_in_twice
from tests.cast import Cast
from tests.factories import PASSWORD, UserFactory

As = Callable[[Membership], Client]
PAGE = "/o/tidewater/members/sign-in/"
HOME = "/o/tidewater/"


@pytest.fixture(scope="module")
def idp() -> Iterator[Identities]:
    with identities() as running:
        yield running


@pytest.fixture(autouse=True)
def near(settings: Settings) -> None:
    settings.PROVIDERS_MAY_BE_LOCAL = True
    settings.BASE_URL = "http://testserver"


@pytest.fixture
def provider(cast: Cast, idp: Identities) -> Provider:
    """On, for the addresses of example.com."""
    return set_up(cast, idp)


def set_up(cast: Cast, idp: Identities, **more: Any) -> Provider:
    now = timezone.now()
    Domain.objects.create(
        organisation=cast.tidewater, name="example.com", verified_at=now
    )
    said = {"client_id": "preceptor", "sealed_secret": connect.seal("s"), **more}
    return Provider.objects.create(
        organisation=cast.tidewater,
        kind="oidc",
        name="Tidewater ID",
        issuer=idp.issuer,
        tested_at=now,
        is_on=True,
        **said,
    )


def link(provider: Provider) -> str:
    return f"/account/through/{provider.code}/"


def reason(response: HttpResponse) -> str:
    """Why somebody was not let in."""
    found = re.search(
        r'class="problem">(.*?)</p>', response.content.decode(), re.DOTALL
    )
    assert found is not None, response.content.decode()
    return found[1].replace("&#x27;", "'")


def who(client: Client) -> str:
    return str(getattr(get_user(client), "email", ""))


def rules(cast: Cast, **said: bool) -> None:
    Rules.objects.update_or_create(organisation=cast.tidewater, defaults=said)


def test_a_member_comes_in_and_is_told_once(
    cast: Cast, provider: Provider, idp: Identities, client: Client
) -> None:
    idp.knows("ines", email="Ines.Carvalho@example.com", email_verified=True)

    assert through(client, idp, link(provider), "ines").headers["Location"] == HOME

    assert who(client) == cast.ines.user.email
    assert client.get(HOME).status_code == 200
    (told,) = mail.outbox
    assert told.to == [cast.ines.user.email]
    assert told.subject == "Your organisation’s sign-in opens your account now"
    account = SocialAccount.objects.get()
    assert (account.user, account.uid, account.extra_data) == (
        cast.ines.user,
        "ines",
        {},
    )
    through(Client(), idp, link(provider), "ines")
    assert len(mail.outbox) == 1


def renamed(idp: Identities, provider: Provider, email: str) -> HttpResponse:
    """Ines came in, and her provider says another address of her from then on."""
    idp.knows("ines", email="ines.carvalho@example.com", email_verified=True)
    through(Client(), idp, link(provider), "ines")
    idp.knows("ines", email=email, email_verified=True)
    return through(Client(), idp, link(provider), "ines")


@pytest.mark.parametrize("email", ["ines.duarte@example.com", "mai.tran@example.com"])
def test_who_has_another_address_by_now_may_be_another_person(
    cast: Cast, provider: Provider, idp: Identities, email: str
) -> None:
    """Also where somebody else here has it: nobody comes in as either of them."""
    response = renamed(idp, provider, email)
    assert response.status_code == 403
    assert f"your address is {email}, which your account does not" in reason(response)
    assert [row.user for row in SocialAccount.objects.all()] == [cast.ines.user]


def test_an_owner_says_that_it_is_the_same_person(
    cast: Cast, provider: Provider, idp: Identities, as_: As
) -> None:
    renamed(idp, provider, "ines.duarte@example.com")
    olga, row = as_(cast.olga), SocialAccount.objects.get()
    path = f"/o/tidewater/members/{cast.ines.pk}/"
    assert "take ines.duarte@example.com on" in olga.get(path).text
    mail.outbox.clear()

    answer = olga.post(f"{path}identities/address/", {"identity": row.pk})

    assert answer.status_code == 303
    client = Client()
    through(client, idp, link(provider), "ines")
    assert who(client) == "ines.duarte@example.com"
    assert User.objects.get(pk=cast.ines.user_id).email == "ines.duarte@example.com"
    assert [one.to for one in mail.outbox] == [["ines.duarte@example.com"]]
    again = olga.post(f"{path}identities/address/", {"identity": row.pk})
    assert again.status_code == 409


def test_an_address_that_another_account_holds_is_not_taken_on(
    cast: Cast, provider: Provider, idp: Identities, as_: As
) -> None:
    renamed(idp, provider, "mai.tran@example.com")
    path = f"/o/tidewater/members/{cast.ines.pk}/identities/address/"
    answer = as_(cast.olga).post(path, {"identity": SocialAccount.objects.get().pk})
    assert answer.status_code == 409
    assert "Another account holds mai.tran@example.com" in answer.text
    assert EmailAddress.objects.filter(user=cast.ines.user).count() == 1


@pytest.mark.parametrize("how", ["deactivated", "left", "erased"])
def test_what_somebody_was_there_ends_with_their_access(
    cast: Cast, provider: Provider, idp: Identities, client: Client, how: str
) -> None:
    """A subject of the provider that is somebody else's by then opens nothing."""
    idp.knows("ines", email="ines.carvalho@example.com", email_verified=True)
    through(client, idp, link(provider), "ines")
    elsewhere = SocialAccount.objects.create(
        user=cast.ines.user, provider="0000000000000000", uid="ines", extra_data={}
    )
    if how == "deactivated":
        actions.deactivate(actor=cast.olga, member=cast.ines)
    elif how == "left":
        actions.leave(actor=cast.ines)
    else:
        clean(cast.ines, Spelled())
    assert list(SocialAccount.objects.all()) == [elsewhere]


def test_one_sees_and_removes_what_opens_ones_account(
    cast: Cast, provider: Provider, idp: Identities, client: Client
) -> None:
    page, password = "/account/identities/", {"password": PASSWORD}
    idp.knows("ines", email="ines.carvalho@example.com", email_verified=True)
    through(client, idp, link(provider), "ines")
    assert "Remove Tidewater ID" in client.get(page).text
    mine = {"identity": SocialAccount.objects.get().pk}
    asked = client.post(page, mine)
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", password)
    devon = Client()
    sign_in_twice(devon, "devon.marsh@example.com")
    assert devon.post(page, mine).status_code == 409
    mail.outbox.clear()

    assert client.post(page, mine).status_code == 303

    assert not SocialAccount.objects.exists()
    assert "None so far" in client.get(page).text
    assert mail.outbox[0].subject == "A provider no longer opens your account"


def test_whom_an_organisation_binds_to_its_provider_asks_an_owner(
    cast: Cast, provider: Provider, idp: Identities, client: Client, as_: As
) -> None:
    idp.knows("ines", email="ines.carvalho@example.com", email_verified=True)
    through(client, idp, link(provider), "ines")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    rules(cast, only_provider=True)
    mine = {"identity": SocialAccount.objects.get().pk}
    answer = client.post("/account/identities/", mine)
    assert answer.status_code == 409
    assert "through Tidewater ID alone. Ask its owners." in answer.text

    path = f"/o/tidewater/members/{cast.ines.pk}/identities/remove/"
    assert as_(cast.olga).post(path, mine).status_code == 303
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"email_verified": True}, "did not say which e-mail address"),
        (
            {"email": "ines.carvalho@example.com", "email_verified": False},
            "is not verified",
        ),
        (
            {"email": "ines.carvalho@example.com", "email_verified": "perhaps"},
            "is not verified",
        ),
        ({"email": "ines.carvalho@example.com"}, "does not say whether"),
        (
            {"email": "otto@harbour.example", "email_verified": True},
            "no address of the domains",
        ),
        (
            {"email": "nobody@example.com", "email_verified": True},
            "no member of Tidewater Freight yet",
        ),
    ],
)
def test_whom_the_provider_can_not_bring_in(
    provider: Provider,
    idp: Identities,
    client: Client,
    claims: dict[str, Any],
    why: str,
) -> None:
    before = User.objects.count()
    idp.knows("somebody", **claims)

    response = through(client, idp, link(provider), "somebody")

    assert response.status_code == 403
    assert why in reason(response)
    assert who(client) == ""
    assert (User.objects.count(), SocialAccount.objects.count()) == (before, 0)


def test_a_provider_that_is_vouched_for_may_say_nothing_of_an_address(
    cast: Cast, idp: Identities, client: Client
) -> None:
    provider = set_up(cast, idp, vouches=True)
    idp.knows("ines", email="ines.carvalho@example.com")
    through(client, idp, link(provider), "ines")
    assert who(client) == "ines.carvalho@example.com"

    idp.knows("devon", email="devon.marsh@example.com", email_verified=False)
    response = through(Client(), idp, link(provider), "devon")
    assert response.status_code == 403


def test_an_address_of_another_organisations_domain_is_out_of_reach(
    cast: Cast, provider: Provider, idp: Identities, client: Client
) -> None:
    """Whoever a provider names: it speaks for the domains of its organisation."""
    Domain.objects.create(
        organisation=cast.otto.organisation,
        name="harbour.example",
        verified_at=timezone.now(),
    )
    rules(cast, takes_in=True)
    boss = UserFactory.create(email="boss@harbour.example")
    idp.knows("boss", email=boss.email, email_verified=True)

    response = through(client, idp, link(provider), "boss")

    assert "no address of the domains" in reason(response)
    assert who(client) == ""
    assert not boss.memberships.exists()


def test_a_domain_is_one_organisations(cast: Cast, provider: Provider) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Domain.objects.create(
            organisation=cast.otto.organisation,
            name="example.com",
            verified_at=timezone.now(),
        )


def test_takes_in_somebody_new_of_the_domain(
    cast: Cast, provider: Provider, idp: Identities, client: Client
) -> None:
    rules(cast, takes_in=True)
    idp.knows(
        "nadia", email="nadia@example.com", email_verified=True, name="Nadia Haddad"
    )

    through(client, idp, link(provider), "nadia")

    member = Membership.objects.get(user__email="nadia@example.com")
    assert (member.organisation, member.role) == (cast.tidewater, "member")
    assert member.user.full_name == "Nadia Haddad"
    assert not member.user.has_usable_password()
    assert client.get(HOME).status_code == 200
    assert mail.outbox == []


def test_who_was_deactivated_stays_out(
    cast: Cast, provider: Provider, idp: Identities, client: Client
) -> None:
    rules(cast, takes_in=True)
    Membership.objects.filter(pk=cast.ines.pk).update(is_active=False)
    idp.knows("ines", email="ines.carvalho@example.com", email_verified=True)

    response = through(client, idp, link(provider), "ines")

    assert "has ended" in reason(response)
    assert not SocialAccount.objects.exists()


def test_an_account_that_a_stranger_began_is_emptied_first(
    cast: Cast, provider: Provider, idp: Identities, client: Client
) -> None:
    rules(cast, takes_in=True)
    squatted = UserFactory.create(email="nadia@example.com", verified=False)
    Authenticator.objects.create(user=squatted, type="totp", data={"secret": "x"})
    assert squatted.has_usable_password()
    idp.knows("nadia", email="nadia@example.com", email_verified=True)

    through(client, idp, link(provider), "nadia")

    squatted.refresh_from_db()
    assert who(client) == "nadia@example.com"
    assert not squatted.has_usable_password()
    assert not Authenticator.objects.exists()
    assert EmailAddress.objects.get(user=squatted).verified


def test_a_state_works_once_and_in_its_browser(
    cast: Cast, provider: Provider, idp: Identities, client: Client
) -> None:
    idp.knows("ines", email="ines.carvalho@example.com", email_verified=True)
    there = client.get(link(provider)).headers["Location"]
    back = idp.passes(there, "ines")

    stranger = Client()
    assert "not begun in this browser" in reason(stranger.get(back))  # type: ignore[arg-type]
    assert who(stranger) == ""
    wrong = back.replace("state=", "state=x")
    assert "not begun in this browser" in reason(client.get(wrong))  # type: ignore[arg-type]
    assert client.get(back).headers["Location"] == HOME
    assert "not begun in this browser" in reason(client.get(back))  # type: ignore[arg-type]


def test_what_is_begun_with_one_provider_does_not_end_with_another(
    cast: Cast, provider: Provider, idp: Identities, client: Client
) -> None:
    other = Provider.objects.create(
        organisation=cast.otto.organisation,
        kind="oidc",
        name="Other",
        issuer=idp.issuer,
    )
    idp.knows("ines", email="ines.carvalho@example.com", email_verified=True)
    there = client.get(link(provider)).headers["Location"]
    back = idp.passes(there, "ines").replace(provider.code, other.code)
    assert client.get(back).status_code == 403
    assert who(client) == ""


def test_the_way_there_carries_a_nonce_and_a_challenge(
    cast: Cast, provider: Provider, client: Client
) -> None:
    path = f"{link(provider)}?address=ines.carvalho%40example.com"
    asked = parse_qs(urlsplit(client.get(path).headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["nonce"][0]) >= 32
    assert asked["login_hint"] == ["ines.carvalho@example.com"]
    assert asked["redirect_uri"] == [f"http://testserver{link(provider)}callback/"]
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}


def test_what_the_provider_says_when_it_lets_nobody_in(
    cast: Cast, provider: Provider, client: Client
) -> None:
    there = client.get(link(provider)).headers["Location"]
    (state,) = parse_qs(urlsplit(there).query)["state"]
    back = {"error": "access_denied", "state": state}
    response = client.get(f"{link(provider)}callback/?{urlencode(back)}")
    assert "did not let you in, or you called it off" in reason(response)  # type: ignore[arg-type]


@dataclass
class Forger:
    """A provider that signs whatever it is told to, with a key of its own."""

    issuer: str
    key: rsa.RSAPrivateKey
    nonce: str = ""
    made: str = ""

    def token(self, **more: Any) -> str:
        now = int(time.time())
        said = {
            "iss": self.issuer,
            "aud": "preceptor",
            "sub": "ines",
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            "email": "ines.carvalho@example.com",
            "email_verified": True,
            **more,
        }
        return jwt.encode(said, self.key, algorithm="RS256", headers={"kid": "one"})

    def document(self, path: str) -> dict[str, Any]:
        if path.endswith("/jwks"):
            public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key())
            return {"keys": [{**json.loads(public), "kid": "one", "alg": "RS256"}]}
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
        }


KEYS = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in "ab"]


def _unsigned(forger: Forger) -> str:
    said = jwt.decode(forger.token(), options={"verify_signature": False})
    return jwt.encode(said, "", algorithm="none", headers={"kid": "one"})


def _by_another_key(forger: Forger) -> str:
    said = jwt.decode(forger.token(), options={"verify_signature": False})
    return jwt.encode(said, KEYS[1], algorithm="RS256", headers={"kid": "one"})


def _by_the_public_key(forger: Forger) -> str:
    said = jwt.decode(forger.token(), options={"verify_signature": False})
    public = forger.document("/jwks")["keys"][0]["n"]
    return jwt.encode(said, public, algorithm="HS256", headers={"kid": "one"})


FORGED: dict[str, Callable[[Forger], str]] = {
    "another audience": lambda one: one.token(aud="somebody else"),
    "a party besides": lambda one: one.token(aud=["preceptor", "other"], azp="other"),
    "another issuer": lambda one: one.token(iss="https://evil.example"),
    "another nonce": lambda one: one.token(nonce="of another sign-in"),
    "no nonce": lambda one: one.token(nonce=None),
    "an old one": lambda one: one.token(exp=int(time.time()) - 3600),
    "no subject": lambda one: one.token(sub=None),
    "no signature": _unsigned,
    "another key": _by_another_key,
    "the public key as a secret": _by_the_public_key,
    "no token": lambda _one: "",
}


@pytest.fixture
def forger(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Forger:
    """In place of the network: what a token says is all that is at stake here."""
    forger = Forger("https://id.example", KEYS[0])
    Provider.objects.update(issuer=forger.issuer)

    def send(_self: object, asked: Any, *_: Any, **__: Any) -> Any:
        path = urlsplit(asked.url).path
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = 200, asked.url, asked
        answer.headers["content-type"] = "application/json"
        document = forger.document(path)
        if path == "/token":
            document = {"access_token": "a", "id_token": forger.made}
        answer.raw = BytesIO(json.dumps(document).encode())
        return answer

    monkeypatch.setattr("preceptor.accounts.signing_in.adapter.Guarded.send", send)
    return forger


def come_back(client: Client, provider: Provider, forger: Forger, kind: str) -> Any:
    there = client.get(link(provider)).headers["Location"]
    asked = parse_qs(urlsplit(there).query)
    forger.nonce = asked["nonce"][0]
    forge: Callable[[Forger], str] = FORGED.get(kind, Forger.token)
    forger.made = forge(forger)
    back = {"code": "c", "state": asked["state"][0]}
    return client.get(f"{link(provider)}callback/?{urlencode(back)}")


@pytest.mark.parametrize("kind", FORGED)
def test_a_token_that_is_not_for_this_sign_in_opens_nothing(
    cast: Cast, provider: Provider, forger: Forger, client: Client, kind: str
) -> None:
    response = come_back(client, provider, forger, kind)
    assert response.status_code == 403
    assert who(client) == ""
    assert not SocialAccount.objects.exists()


def test_the_same_token_in_order_opens_the_account(
    cast: Cast, provider: Provider, forger: Forger, client: Client
) -> None:
    assert come_back(client, provider, forger, "in order").status_code == 302
    assert who(client) == "ines.carvalho@example.com"


def test_a_provider_that_is_another_than_was_set_up_is_not_asked(
    cast: Cast, provider: Provider, forger: Forger, client: Client
) -> None:
    Provider.objects.update(issuer="https://id.example/")
    assert "says that it is https://id.example" in reason(client.get(link(provider)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "issuer",
    ["https://127.0.0.1:9/", "https://169.254.169.254/", "http://id.example"],
)
def test_no_provider_is_asked_in_our_own_house(
    cast: Cast, provider: Provider, client: Client, settings: Settings, issuer: str
) -> None:
    settings.PROVIDERS_MAY_BE_LOCAL = False
    Provider.objects.update(issuer=issuer)
    response = client.get(link(provider))
    assert response.status_code == 403
    assert "private network" in reason(response) or "https" in reason(response)  # type: ignore[arg-type]


def test_an_address_alone_leads_where_its_domain_signs_in(
    cast: Cast, provider: Provider, client: Client
) -> None:
    """Whether anybody has it or not."""
    pages = [
        client.post("/accounts/login/", {"login": address, "password": ""})
        for address in ("ines.carvalho@example.com", "nobody.at.all@example.com")
    ]
    texts = [re.sub(r"address=[^&]*&", "", page.content.decode()) for page in pages]
    tokens = r'(name="csrfmiddlewaretoken" value|X-CSRFToken": )"[^"]*"'
    assert pages[0].status_code == 200
    assert re.sub(tokens, "", texts[0]) == re.sub(tokens, "", texts[1])
    assert f'content="0;url={link(provider)}?address=' in pages[0].content.decode()
    other = client.post("/accounts/login/", {"login": "x@other.example"})
    assert other.status_code == 422


def test_a_password_goes_on_working_until_the_provider_alone_counts(
    cast: Cast, provider: Provider, client: Client
) -> None:
    said = {"login": cast.ines.user.email, "password": PASSWORD}
    assert client.post("/accounts/login/", said).headers["Location"] == "/"
    assert client.get(HOME).status_code == 200


def test_somebody_else_who_is_signed_in_makes_room(
    cast: Cast, provider: Provider, idp: Identities, as_: As
) -> None:
    client = as_(cast.otto)
    idp.knows("ines", email="ines.carvalho@example.com", email_verified=True)
    through(client, idp, link(provider), "ines")
    assert who(client) == cast.ines.user.email


def test_the_own_second_step_is_asked_after_the_provider(
    cast: Cast, provider: Provider, idp: Identities, client: Client
) -> None:
    Authenticator.objects.create(
        user=cast.ines.user, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"}
    )
    idp.knows("ines", email="ines.carvalho@example.com", email_verified=True)
    response = through(client, idp, link(provider), "ines")
    assert response.headers["Location"] == "/accounts/2fa/authenticate/"
    assert who(client) == ""


def test_no_provider_leads_us_on(
    cast: Cast, provider: Provider, client: Client
) -> None:
    """A redirect would be to an address that nobody set up."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/latest")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        Provider.objects.update(issuer=f"http://127.0.0.1:{server.server_port}")
        response = client.get(link(provider))
        server.shutdown()
    assert "TooManyRedirects" in reason(response)  # type: ignore[arg-type]


def test_of_two_tabs_at_once_the_later_is_told(
    cast: Cast,
    provider: Provider,
    idp: Identities,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first came in after this one had looked for its identity."""
    idp.knows("ines", email="ines.carvalho@example.com", email_verified=True)
    other = SocialAccount(user=cast.devon.user, provider=provider.code, uid="ines")
    really = arriving._link

    def late(*words: Any) -> None:
        other.save()
        really(*words)

    monkeypatch.setattr(arriving, "_link", late)
    response = through(client, idp, link(provider), "ines")
    assert "in another tab in between" in reason(response)
    assert who(client) == ""
