"""The page on which owners set up how their people come in."""

from collections.abc import Callable, Iterator

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from preceptor.accounts.models import Membership, Organisation
from preceptor.accounts.signing_in import domains
from preceptor.accounts.signing_in.models import Domain, Provider, Rules
from tests.accounts.identities import Identities, identities
from tests.accounts.names import Names, name_server
from tests.cast import Cast

As = Callable[[Membership], Client]
PAGE = "/o/tidewater/members/sign-in/"


@pytest.fixture(scope="module")
def idp() -> Iterator[Identities]:
    with identities() as running:
        yield running


@pytest.fixture
def names(settings: Settings) -> Iterator[Names]:
    with name_server() as running:
        settings.NAME_SERVERS, settings.NAME_SERVER_PORT = ["127.0.0.1"], running.port
        yield running


@pytest.fixture(autouse=True)
def near(settings: Settings) -> None:
    settings.PROVIDERS_MAY_BE_LOCAL = True
    settings.BASE_URL = "http://testserver"


def said(idp: Identities, **more: str) -> dict[str, str]:
    return {
        "name": "Tidewater ID",
        "issuer": idp.issuer,
        "client_id": "preceptor",
        "secret": "hushed",
        **more,
    }


def added(owner: Client, idp: Identities, **more: str) -> Provider:
    response = owner.post(f"{PAGE}add/oidc/", said(idp, **more))
    assert response.status_code == 303, response.content.decode()
    return Provider.objects.latest("pk")


def tried(owner: Client, idp: Identities, row: Provider, subject: str) -> str:
    """The provider's page after the whole round trip of a test."""
    page = owner.post(f"{PAGE}{row.pk}/test/")
    there = str(page.context["there"])
    response = owner.get(idp.passes(there, subject))
    assert response.headers["Location"] == f"{PAGE}{row.pk}/"
    return owner.get(f"{PAGE}{row.pk}/").content.decode()


def own(cast: Cast, name: str = "example.com") -> Domain:
    return Domain.objects.create(
        organisation=cast.tidewater, name=name, verified_at=timezone.now()
    )


def test_two_owners_who_set_rules_keep_what_each_chose(cast: Cast, as_: As) -> None:
    olga = as_(cast.olga)
    seen = olga.get(PAGE).context["seen"]
    for chosen in ({"takes_in": "on", "invites_through": "on"}, {}):
        assert olga.post(PAGE, {"seen": seen, **chosen}).status_code == 303
    rules = Rules.objects.get()
    assert (rules.takes_in, rules.invites_through) == (True, False)


def test_a_provider_is_added_tested_and_turned_on(
    cast: Cast, idp: Identities, as_: As
) -> None:
    owner, _domain = as_(cast.olga), own(cast)
    row = added(owner, idp)
    assert b"hushed" not in bytes(row.sealed_secret or b"")
    page = owner.get(f"{PAGE}{row.pk}/").content.decode()
    assert f"http://testserver/account/through/{row.code}/callback/" in page
    assert "hushed" not in page
    assert owner.post(f"{PAGE}{row.pk}/on/").status_code == 409
    # Somebody there whom nobody here knows: it is the provider that is tried.
    idp.knows(
        "ada", email="ada@example.com", email_verified=True, name="Ada", amr=["mfa"]
    )

    page = tried(owner, idp, row, "ada")

    assert "The test worked" in page
    assert "It says that you are ada@example.com." in page
    assert "It says that this address is verified." in page
    assert "asked for a second step" in page
    assert get_user(owner) == cast.olga.user
    assert not Membership.objects.filter(user__email="ada@example.com").exists()
    assert Client().get(f"/account/through/{row.code}/").status_code == 404
    assert owner.post(f"{PAGE}{row.pk}/on/").status_code == 303
    assert Client().get(f"/account/through/{row.code}/").status_code == 302
    SocialAccount.objects.create(
        user=cast.ines.user, provider=row.code, uid="ines", extra_data={}
    )
    Rules.objects.create(organisation=cast.tidewater, only_provider=True)
    asks = owner.get(f"{PAGE}{row.pk}/off/").text
    assert "One person came in through it so far." in asks
    assert "every other way is open to them" in asks
    assert Provider.objects.get(pk=row.pk).is_on
    assert owner.post(f"{PAGE}{row.pk}/off/").status_code == 303
    assert Client().get(f"/account/through/{row.code}/").status_code == 404


def test_a_test_that_brings_no_use_says_why(
    cast: Cast, idp: Identities, as_: As
) -> None:
    owner = as_(cast.olga)
    row = added(owner, idp)
    idp.knows("ada", email="ada@example.com", email_verified=True)
    assert "no address of the domains" in tried(owner, idp, row, "ada")
    own(cast)
    idp.knows("ada", email="ada@example.com")
    page = tried(owner, idp, row, "ada")
    assert "does not say whether" in page
    assert "It says nothing of whether an address is verified." in page
    there = str(owner.post(f"{PAGE}{row.pk}/test/").context["there"])
    state = there.split("state=")[1].split("&", maxsplit=1)[0]
    owner.get(
        f"/account/through/{row.code}/callback/?error=access_denied&state={state}"
    )
    page = owner.get(f"{PAGE}{row.pk}/").content.decode()
    assert "did not let you in, or you called it off" in page
    row.refresh_from_db()
    assert row.tested_at is None


def test_nobody_else_ends_a_test(cast: Cast, idp: Identities, as_: As) -> None:
    owner, _domain = as_(cast.olga), own(cast)
    row = added(owner, idp)
    there = str(owner.post(f"{PAGE}{row.pk}/test/").context["there"])
    idp.knows("ada", email="ada@example.com", email_verified=True)
    Membership.objects.filter(pk=cast.olga.pk).update(role="member")
    assert owner.get(idp.passes(there, "ada")).status_code == 404
    row.refresh_from_db()
    assert row.tested_at is None


def test_what_changes_how_it_is_reached_wants_another_test(
    cast: Cast, idp: Identities, as_: As
) -> None:
    owner, _domain = as_(cast.olga), own(cast)
    row = added(owner, idp)
    Provider.objects.update(tested_at=timezone.now())
    path = f"{PAGE}{row.pk}/"
    assert owner.post(path, said(idp, name="Blue", secret="")).status_code == 303
    row.refresh_from_db()
    assert (row.name, row.tested_at is None) == ("Blue", False)
    assert owner.post(path, said(idp, client_id="other")).status_code == 303
    row.refresh_from_db()
    assert row.tested_at is None
    Provider.objects.update(tested_at=timezone.now(), is_on=True)
    kept = said(idp, client_id="other", secret="new")
    assert owner.post(path, kept).status_code == 303
    response = owner.post(path, said(idp, client_id="third"))
    assert response.status_code == 422
    assert "shut everybody out" in response.content.decode()


def test_another_provider_takes_the_place_of_the_first(
    cast: Cast, idp: Identities, as_: As
) -> None:
    owner = as_(cast.olga)
    rows = [added(owner, idp, name=name) for name in ("One", "Two")]
    Provider.objects.update(tested_at=timezone.now())
    for row in rows:
        owner.post(f"{PAGE}{row.pk}/on/")
    assert [row.name for row in Provider.objects.on()] == ["Two"]
    assert owner.post(f"{PAGE}{rows[1].pk}/remove/").status_code == 409
    assert owner.post(f"{PAGE}{rows[0].pk}/remove/").status_code == 303


@pytest.mark.parametrize(
    ("issuer", "why"),
    [
        ("id.example", "no web address"),
        ("ftp://id.example", "must begin with https"),
        ("https://id.example/.well-known/openid-configuration", "issuer alone"),
    ],
)
def test_an_issuer_that_is_none(
    cast: Cast, idp: Identities, as_: As, issuer: str, why: str
) -> None:
    response = as_(cast.olga).post(f"{PAGE}add/oidc/", said(idp, issuer=issuer))
    assert response.status_code == 422
    assert why in response.content.decode()
    assert 'value="preceptor"' in response.content.decode()


def test_a_provider_that_is_away_says_so(cast: Cast, idp: Identities, as_: As) -> None:
    owner = as_(cast.olga)
    row = added(owner, idp, issuer="http://127.0.0.1:9")
    assert owner.post(f"{PAGE}{row.pk}/test/").status_code == 303
    page = owner.get(f"{PAGE}{row.pk}/").text
    why = "no connection to 127.0.0.1: ConnectionRefusedError."
    assert f"Tidewater ID did not answer as it should: {why}</p>" in page


def test_metadata_that_does_not_come_says_why(cast: Cast, as_: As) -> None:
    said = {"name": "A", "metadata_url": "http://127.0.0.1:9/metadata"}
    page = as_(cast.olga).post(f"{PAGE}add/saml/", said).text
    why = "no connection to 127.0.0.1: ConnectionRefusedError."
    assert f"No metadata came from there: {why}" in page


def test_a_secret_that_is_another_is_said_until_it_is_changed(
    cast: Cast, idp: Identities, as_: As
) -> None:
    """To an owner, who is told of no other owner to ask."""
    owner, _domain = as_(cast.olga), own(cast)
    idp.knows("ada", email="ada@example.com", email_verified=True)
    row = added(owner, idp)
    theirs = idp.registered(f"http://testserver/account/through/{row.code}/callback/")
    client = {"client_id": theirs["client_id"]}
    owner.post(f"{PAGE}{row.pk}/", said(idp, **client))
    page = tried(owner, idp, row, "ada")
    why = "it gave no token, so compare client ID, secret and redirect address."
    assert f"Tidewater ID did not answer as it should: {why}</p>" in page

    owner.post(f"{PAGE}{row.pk}/", said(idp, **client, secret=theirs["client_secret"]))

    assert "did not work" not in owner.get(f"{PAGE}{row.pk}/").text
    assert "The test worked" in tried(owner, idp, row, "ada")


def test_whoever_comes_in_while_it_is_away_is_told_whom_to_ask(
    cast: Cast, idp: Identities, as_: As
) -> None:
    row = added(as_(cast.olga), idp, issuer="http://127.0.0.1:9")
    Provider.objects.filter(pk=row.pk).update(is_on=True, tested_at=timezone.now())
    page = Client().get(f"/account/through/{row.code}/")
    assert page.status_code == 403
    assert "ConnectionRefusedError. Try again; an owner" in page.text


def test_a_domain_is_shown_by_its_record(cast: Cast, names: Names, as_: As) -> None:
    owner = as_(cast.olga)
    owner.post(f"{PAGE}domains/add/", {"name": " @Tidewater.Example. "})
    row = Domain.objects.get()
    assert (row.name, row.verified_at) == ("tidewater.example", None)
    assert row.record in owner.get(PAGE).content.decode()
    check = f"{PAGE}domains/{row.pk}/check/"
    for texts in ([], ["v=spf1 -all"], [f"{row.record}x"]):
        names.texts = {"tidewater.example": texts}
        page = owner.post(check, follow=True).content.decode()
        assert "No TXT record of tidewater.example says it yet." in page
    names.texts = {"tidewater.example": ["v=spf1 -all", row.record]}
    page = owner.post(check, follow=True).content.decode()
    assert "tidewater.example is yours." in page
    row.refresh_from_db()
    assert row.verified_at is not None


def test_a_domain_is_removed_once_that_was_confirmed(cast: Cast, as_: As) -> None:
    owner, row = as_(cast.olga), own(cast)
    path = f"{PAGE}domains/{row.pk}/remove/"
    assert "Nobody with an address of example.com" in owner.get(path).content.decode()
    assert owner.post(path).status_code == 303
    assert not Domain.objects.exists()


def test_a_rule_that_nothing_meets_is_pointed_out(cast: Cast, as_: As) -> None:
    Rules.objects.create(organisation=cast.tidewater, only_provider=True)
    assert "and none is on" in as_(cast.olga).get(PAGE).content.decode()


@pytest.fixture
def theirs(cast: Cast) -> Domain:
    return Domain.objects.create(
        organisation=cast.otto.organisation,
        name="harbour.example",
        verified_at=timezone.now(),
    )


def test_a_domain_that_changed_hands_goes_along(
    cast: Cast, names: Names, as_: As, theirs: Domain
) -> None:
    """Whoever had it can bring nobody in by it any more, from the next request on."""
    row = Domain.objects.create(organisation=cast.tidewater, name="harbour.example")
    names.texts = {"harbour.example": [row.record]}
    response = as_(cast.olga).post(f"{PAGE}domains/{row.pk}/check/", follow=True)
    assert "harbour.example is yours." in response.text
    verified = Domain.objects.verified().values_list("organisation", flat=True)
    assert list(verified) == [cast.tidewater.pk]
    assert Organisation.objects.get(pk=theirs.organisation_id).door == 1


def test_a_domain_that_another_still_shows_stays_theirs(
    cast: Cast, names: Names, as_: As, theirs: Domain
) -> None:
    row = Domain.objects.create(organisation=cast.tidewater, name="harbour.example")
    names.texts = {"harbour.example": [row.record, theirs.record]}
    response = as_(cast.olga).post(f"{PAGE}domains/{row.pk}/check/")
    assert response.status_code == 409
    assert "Another organisation here" in response.content.decode()
    row.refresh_from_db()
    assert row.verified_at is None


def test_name_servers_that_say_nothing(
    cast: Cast, names: Names, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domains, "SECONDS", 0.2)
    names.is_silent = True
    row = Domain.objects.create(organisation=cast.tidewater, name="slow.example")
    page = as_(cast.olga).post(f"{PAGE}domains/{row.pk}/check/", follow=True)
    assert "did not answer. Try again" in page.content.decode()


@pytest.mark.parametrize(
    "name", ["", "example", "two words.example", "a@b.example", "."]
)
def test_a_domain_that_is_none(cast: Cast, as_: As, name: str) -> None:
    response = as_(cast.olga).post(f"{PAGE}domains/add/", {"name": name})
    assert response.status_code == 422
    assert not Domain.objects.exists()


def test_rules_are_kept_and_ask_every_session_anew(cast: Cast, as_: As) -> None:
    owner = as_(cast.olga)
    response = owner.post(PAGE, {"only_provider": "on"})
    assert response.status_code == 422
    assert "Turn a provider on first" in response.content.decode()
    assert owner.post(PAGE, {"takes_in": "on"}).status_code == 303
    found = Rules.objects.get()
    assert (found.takes_in, found.only_provider, found.invites_through) == (
        True,
        False,
        False,
    )
    assert Organisation.objects.get(pk=cast.tidewater.pk).door == 1


def test_the_page_asks_the_same_for_one_and_for_three(
    cast: Cast, as_: As, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    owner = as_(cast.olga)
    owner.get(PAGE)
    for names in (["a.example"], ["b.example", "c.example"]):
        for name in names:
            own(cast, name)
            Provider.objects.create(organisation=cast.tidewater, kind="oidc", name=name)
        with django_assert_num_queries(5):
            owner.get(PAGE)
