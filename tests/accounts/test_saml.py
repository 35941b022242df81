"""Sign-in through an organisation's own SAML identity provider."""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from preceptor.accounts.models import Membership
from preceptor.accounts.signing_in.models import Domain, Provider, Rules
from preceptor.accounts.signing_in.views.federation import COOKIE
from tests.accounts.federation import Asked, Federation, Keys, federation
from tests.accounts.test_openid import reason
from tests.cast import Cast

As = Callable[[Membership], Client]
PAGE = "/o/tidewater/members/sign-in/"
HOME = "/o/tidewater/"
INES = {"email": "ines.carvalho@example.com"}


@pytest.fixture(scope="module")
def idp() -> Iterator[Federation]:
    with federation() as running:
        yield running


@pytest.fixture(autouse=True)
def near(settings: Settings) -> None:
    settings.PROVIDERS_MAY_BE_LOCAL = True


@pytest.fixture
def provider(cast: Cast, idp: Federation) -> Provider:
    now = timezone.now()
    Domain.objects.create(
        organisation=cast.tidewater, name="example.com", verified_at=now
    )
    return Provider.objects.create(
        organisation=cast.tidewater,
        kind="saml",
        name="Tidewater ID",
        issuer=idp.entity,
        metadata=idp.metadata(),
        vouches=True,
        tested_at=now,
        is_on=True,
    )


def link(provider: Provider) -> str:
    return f"/account/through/{provider.code}/"


def asked(client: Client, provider: Provider) -> Asked:
    there = client.get(link(provider))
    assert there.status_code == 302, there.content.decode()
    return Asked.read(there.headers["Location"])


def post(client: Client, provider: Provider, answer: str) -> HttpResponse:
    """As the provider's page posts it, whose request comes without our session."""
    response = client.post(f"{link(provider)}acs/", {"SAMLResponse": answer})
    assert response.status_code == 302
    cookie = response.cookies[COOKIE]
    assert (cookie["path"], cookie["domain"], cookie["httponly"]) == ("/", "", True)
    return client.get(response.headers["Location"])  # type: ignore[return-value]


def who(client: Client) -> str:
    return str(getattr(get_user(client), "email", ""))


def test_a_member_comes_in(provider: Provider, idp: Federation, client: Client) -> None:
    request = asked(client, provider)
    answer = idp.answer(request, "u-17", attributes=INES)
    assert post(client, provider, answer).headers["Location"] == HOME
    assert who(client) == INES["email"]
    account = SocialAccount.objects.get()
    assert (account.uid, account.provider) == ("u-17", provider.code)


def test_a_signature_over_the_whole_answer_does_too(
    provider: Provider, idp: Federation, client: Client
) -> None:
    request = asked(client, provider)
    xml = idp.response(request, idp.assertion(request, "u-17", attributes=INES))
    answer = b64encode(idp.keys.sign(xml).encode()).decode()
    assert post(client, provider, answer).headers["Location"] == HOME


def test_a_passing_name_is_no_identity(
    provider: Provider, idp: Federation, client: Client
) -> None:
    request = asked(client, provider)
    passing = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
    answer = idp.answer(
        request,
        "u-17",
        attributes=INES,
        unsigned=lambda xml: xml.replace(
            "<saml:NameID>", f'<saml:NameID Format="{passing}">'
        ),
    )
    post(client, provider, answer)
    assert SocialAccount.objects.get().uid == INES["email"]


def test_names_of_other_providers_are_read(
    cast: Cast, provider: Provider, idp: Federation, client: Client
) -> None:
    Rules.objects.create(organisation=cast.tidewater, takes_in=True)
    claim = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
    said = {
        f"{claim}/emailaddress": "Nadia@example.com",
        f"{claim}/givenname": "Nadia",
        f"{claim}/surname": "Haddad",
    }
    request = asked(client, provider)
    post(client, provider, idp.answer(request, "u-18", attributes=said))
    member = Membership.objects.get(user__email="nadia@example.com")
    assert member.user.full_name == "Nadia Haddad"


def test_its_word_on_a_second_step_counts(
    cast: Cast, provider: Provider, idp: Federation, client: Client
) -> None:
    Rules.objects.create(organisation=cast.tidewater, staff_factor=True)
    Provider.objects.update(asks_factor=True)
    cast.tidewater.door = 1
    cast.tidewater.save()
    said = {"email": cast.ruth.user.email}
    post(client, provider, idp.answer(asked(client, provider), "r", attributes=said))
    assert client.get(HOME).status_code == 302
    again = idp.answer(
        asked(client, provider),
        "r",
        attributes=said,
        context="https://refeds.org/profile/mfa",
    )
    post(client, provider, again)
    assert client.get(HOME).status_code == 200


def _around(idp: Federation, request: Asked) -> str:
    """A signed assertion of one's own hidden away, and a forged one in its place."""
    real = idp.keys.sign(idp.assertion(request, "devon", attributes=INES))
    forged = idp.assertion(request, "ines", attributes=INES).replace(
        ' ID="a', ' ID="forged'
    )
    hidden = f"<samlp:Extensions>{real}</samlp:Extensions>"
    xml = idp.response(request, forged)
    xml = xml.replace("<samlp:Status>", f"{hidden}<samlp:Status>")
    return b64encode(xml.encode()).decode()


def _within(idp: Federation, request: Asked) -> str:
    """The forged assertion carries the signature of the one that it holds."""
    real = idp.keys.sign(idp.assertion(request, "devon", attributes=INES))
    signature = re.search(r"<ds:Signature.*?</ds:Signature>", real, re.DOTALL)
    assert signature is not None
    inner = real.replace(signature[0], "")
    moved = signature[0].replace(
        "</ds:Signature>", f"<ds:Object>{inner}</ds:Object></ds:Signature>"
    )
    forged = idp.assertion(request, "ines", attributes=INES)
    forged = forged.replace(' ID="a', ' ID="forged')
    forged = forged.replace("</saml:Issuer>", f"</saml:Issuer>{moved}", 1)
    return b64encode(idp.response(request, forged).encode()).decode()


def _bomb(idp: Federation, request: Asked) -> str:
    kinds = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    xml = b64decode(idp.answer(request, "ines", attributes=INES)).decode()
    return b64encode(f"{kinds}{xml.replace('u-17', '&b;')}".encode()).decode()


OTHER = Keys.made()


def edited(**edits: Any) -> Callable[[Federation, Asked], str]:
    return lambda idp, request: idp.answer(request, "ines", attributes=INES, **edits)


FORGED: dict[str, Callable[[Federation, Asked], str]] = {
    "another audience": edited(
        unsigned=lambda xml: re.sub(
            "<saml:Audience>[^<]*", "<saml:Audience>https://other.example", xml
        )
    ),
    "no audience": edited(
        unsigned=lambda xml: re.sub(
            "<saml:AudienceRestriction>.*</saml:AudienceRestriction>", "", xml
        )
    ),
    "another recipient": edited(
        unsigned=lambda xml: re.sub(
            'Recipient="[^"]*"', 'Recipient="https://other.example/"', xml
        )
    ),
    "another destination": edited(
        whole=lambda xml: re.sub(
            'Destination="[^"]*"', 'Destination="https://other.example/"', xml
        )
    ),
    "another issuer": edited(issuer="https://other.example"),
    "no signature": lambda idp, request: b64encode(
        idp.response(request, idp.assertion(request, "ines", attributes=INES)).encode()
    ).decode(),
    "another key": edited(keys=OTHER),
    "changed after it was signed": edited(
        signed=lambda xml: xml.replace("ines.carvalho@", "olga.brandt@")
    ),
    "run out": edited(
        unsigned=lambda xml: re.sub(
            'NotOnOrAfter="[^"]*"', 'NotOnOrAfter="2020-01-01T00:00:00Z"', xml
        )
    ),
    "an answer to another request": edited(
        unsigned=lambda xml: re.sub(
            'InResponseTo="[^"]*"', 'InResponseTo="ONELOGIN_other"', xml
        )
    ),
    "an answer to none where it is signed": edited(
        unsigned=lambda xml: re.sub(' InResponseTo="[^"]*"', "", xml)
    ),
    "a failure": edited(
        whole=lambda xml: xml.replace("status:Success", "status:Responder")
    ),
    "wrapped around": _around,
    "wrapped within": _within,
    "a bomb": _bomb,
    "no XML": lambda _idp, _request: b64encode(b"hello").decode(),
    "no base64": lambda _idp, _request: "!!!",
}


@pytest.mark.parametrize("kind", FORGED)
def test_an_answer_that_is_not_in_order_opens_nothing(
    provider: Provider, idp: Federation, client: Client, kind: str
) -> None:
    request = asked(client, provider)
    response = post(client, provider, FORGED[kind](idp, request))
    assert response.status_code == 403
    assert "trusted" in reason(response)
    assert who(client) == ""
    assert not SocialAccount.objects.exists()


def test_an_answer_counts_once_and_in_its_browser(
    provider: Provider, idp: Federation, client: Client
) -> None:
    request = asked(client, provider)
    answer = idp.answer(request, "ines", attributes=INES)
    stranger = Client()
    assert "not begun in this browser" in reason(post(stranger, provider, answer))
    assert post(client, provider, answer).headers["Location"] == HOME
    assert "not begun in this browser" in reason(post(client, provider, answer))


def test_an_assertion_counts_once_in_whatever_answer_it_comes(
    provider: Provider, idp: Federation, client: Client
) -> None:
    """Even if what it was an answer to came up again."""
    request = asked(client, provider)
    answer = idp.answer(request, "ines", attributes=INES)
    session = client.session
    states = session["socialaccount_states"]
    post(client, provider, answer)
    later = Client()
    later.get(link(provider))
    session = later.session
    session["socialaccount_states"] = states
    session.save()
    assert "was taken before" in reason(post(later, provider, answer))
    assert who(later) == ""


def test_what_the_provider_begins_is_not_taken(
    provider: Provider, idp: Federation, client: Client
) -> None:
    request = asked(client, provider)
    answer = idp.answer(
        request,
        "ines",
        attributes=INES,
        unsigned=lambda xml: re.sub(' InResponseTo="[^"]*"', "", xml),
        whole=lambda xml: re.sub(' InResponseTo="[^"]*"', "", xml),
    )
    assert "begins at Tidewater ID is not taken" in reason(
        post(client, provider, answer)
    )
    assert who(client) == ""


@pytest.mark.parametrize("attributes", [{}, {"email": "otto@harbour.example"}])
def test_an_address_that_it_can_not_speak_for(
    provider: Provider, idp: Federation, client: Client, attributes: dict[str, str]
) -> None:
    request = asked(client, provider)
    answer = idp.answer(request, "ines", attributes=attributes)
    assert post(client, provider, answer).status_code == 403
    assert who(client) == ""


def test_an_address_that_it_says_is_not_verified(
    provider: Provider, idp: Federation, client: Client
) -> None:
    said = {**INES, "email_verified": "false"}
    answer = idp.answer(asked(client, provider), "ines", attributes=said)
    assert "is not verified" in reason(post(client, provider, answer))


def test_what_is_too_long_or_nothing_is_not_kept(
    provider: Provider, client: Client
) -> None:
    path = f"{link(provider)}acs/"
    assert client.post(path, {"SAMLResponse": "a" * 250_001}).status_code == 400
    assert client.post(path).status_code == 400
    other = Provider.objects.create(
        organisation=provider.organisation, kind="oidc", name="Other"
    )
    assert client.get(f"{link(other)}metadata/").status_code == 404


def test_it_is_set_up_by_its_address_tested_and_turned_on(
    cast: Cast, idp: Federation, as_: As
) -> None:
    owner = as_(cast.olga)
    Domain.objects.create(
        organisation=cast.tidewater, name="example.com", verified_at=timezone.now()
    )
    said = {"name": "Tidewater ID", "metadata_url": f"{idp.address}/metadata"}
    assert owner.post(f"{PAGE}add/saml/", said).status_code == 303
    row = Provider.objects.get()
    assert (row.issuer, row.metadata) == (idp.entity, idp.metadata())
    page = owner.get(f"{PAGE}{row.pk}/").content.decode()
    for path in ("acs", "metadata"):
        assert f"http://localhost:8000{link(row)}{path}/" in page
    ours = Client().get(f"{link(row)}metadata/").content.decode()
    assert f'entityID="http://localhost:8000{link(row)}metadata/"' in ours
    for keys, expected in (
        (OTHER, "The test did not work"),
        (idp.keys, "The test worked"),
    ):
        there = str(owner.post(f"{PAGE}{row.pk}/test/").context["there"])
        answer = idp.answer(
            Asked.read(there), "ada", attributes={"email": "ada@example.com"}, keys=keys
        )
        assert post(owner, row, answer).headers["Location"] == f"{PAGE}{row.pk}/"
        assert expected in owner.get(f"{PAGE}{row.pk}/").content.decode()
    assert get_user(owner) == cast.olga.user
    assert owner.post(f"{PAGE}{row.pk}/on/").status_code == 303
    Provider.objects.update(metadata=idp.metadata().replace("MII", "MIJ", 1))
    assert owner.post(f"{PAGE}{row.pk}/", said).status_code == 303
    row.refresh_from_db()
    assert row.metadata == idp.metadata()
    pasted = {"name": "Tidewater ID", "metadata": idp.metadata().replace("sso", "s")}
    assert owner.post(f"{PAGE}{row.pk}/", pasted).status_code == 422


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
OUTSIDE = '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'


@pytest.mark.parametrize(
    ("xml", "why"),
    [
        ("", "paste the metadata"),
        ("hello", "no XML"),
        ("<x/>", "describes no provider"),
        (BOMB, "defines types of its own"),
        (OUTSIDE, "defines types of its own"),
        (f"<x>{'a' * 400_000}</x>", "longer than"),
    ],
)
def test_metadata_that_is_none(cast: Cast, as_: As, xml: str, why: str) -> None:
    said = {"name": "Tidewater ID", "metadata": xml}
    response = as_(cast.olga).post(f"{PAGE}add/saml/", said)
    assert response.status_code == 422
    assert why in response.content.decode()


def test_metadata_without_a_certificate(cast: Cast, idp: Federation, as_: As) -> None:
    xml = re.sub("<md:KeyDescriptor.*</md:KeyDescriptor>", "", idp.metadata())
    response = as_(cast.olga).post(f"{PAGE}add/saml/", {"name": "A", "metadata": xml})
    assert "no certificate" in response.content.decode()


def test_metadata_comes_from_no_private_network(
    cast: Cast, as_: As, settings: Settings
) -> None:
    settings.PROVIDERS_MAY_BE_LOCAL = False
    said = {"name": "A", "metadata_url": "https://169.254.169.254/latest"}
    response = as_(cast.olga).post(f"{PAGE}add/saml/", said)
    assert response.status_code == 422
    assert "private network" in response.content.decode()


def test_the_provider_answers_over_http(idp: Federation) -> None:
    assert requests.get(idp.entity, timeout=10).text == idp.metadata()
