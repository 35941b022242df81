"""What an organisation asks of a session before it opens."""

from collections.abc import Callable, Iterator

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from pairings.models import ProgramStaff
from preceptor.accounts import actions
from preceptor.accounts.invitations import Invitee
from preceptor.accounts.models import Invitation, Membership, User
from preceptor.accounts.signing_in import actions as doors
from preceptor.accounts.signing_in import connect
from preceptor.accounts.signing_in.devices import device
from preceptor.accounts.signing_in.models import Domain, Provider, Rules
from tests.accounts.identities import Identities, identities, through
from tests.accounts.test_signing_in import current_code
from tests.cast import Cast
from tests.factories import PASSWORD, MembershipFactory

As = Callable[[Membership], Client]
ByMail = Callable[[Callable[[], object]], list[str]]
HOME = "/o/tidewater/"
DOOR = "/account/enter/tidewater/?next=%2Fo%2Ftidewater%2F"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture(scope="module")
def idp() -> Iterator[Identities]:
    with identities() as running:
        yield running


@pytest.fixture
def provider(cast: Cast, idp: Identities, settings: Settings) -> Provider:
    settings.PROVIDERS_MAY_BE_LOCAL = True
    now = timezone.now()
    Domain.objects.create(
        organisation=cast.tidewater, name="example.com", verified_at=now
    )
    return Provider.objects.create(
        organisation=cast.tidewater,
        kind="oidc",
        name="Tidewater ID",
        issuer=idp.issuer,
        client_id="preceptor",
        sealed_secret=connect.seal("s"),
        asks_factor=True,
        tested_at=now,
        is_on=True,
    )


def ask(cast: Cast, **said: bool) -> None:
    rules = dict.fromkeys(("only_provider", "staff_factor", "takes_in"), False)
    chosen = {**rules, "invites_through": True, **said}
    doors.set_rules(actor=cast.olga, said=chosen, seen={})


def by_password(member: Membership) -> Client:
    client = Client()
    said = {"login": member.user.email, "password": PASSWORD}
    assert client.post("/accounts/login/", said).status_code == 302
    return client


def by_provider(
    idp: Identities, provider: Provider, member: Membership, **more: object
) -> Client:
    client, name = Client(), str(member.pk)
    idp.knows(name, email=member.user.email, email_verified=True, **more)
    through(client, idp, f"/account/through/{provider.code}/", name)
    return client


def opens(client: Client) -> str:
    """What an organisation answers: its page, or where it sends instead."""
    response = client.get(HOME)
    return response.headers.get("Location", str(response.status_code))


def test_only_through_the_provider_ends_what_came_otherwise(
    cast: Cast, idp: Identities, provider: Provider
) -> None:
    before, rightly = by_password(cast.ines), by_provider(idp, provider, cast.devon)
    assert (opens(before), opens(rightly)) == ("200", "200")

    ask(cast, only_provider=True)

    assert (opens(before), opens(rightly)) == (DOOR, "200")
    page = before.get(DOOR)
    assert page.status_code == 403
    assert "is entered through Tidewater ID alone" in page.content.decode()
    assert not get_user(before).is_authenticated
    assert opens(before).startswith("/accounts/login/")
    later = by_password(cast.ines)
    assert later.post(f"{HOME}members/leave/").headers["Location"] == DOOR
    assert Membership.objects.get(pk=cast.ines.pk).is_active


def test_a_fragment_goes_to_the_door_as_a_whole_page(
    cast: Cast, provider: Provider
) -> None:
    ask(cast, only_provider=True)
    response = by_password(cast.ines).get(HOME, headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"] == DOOR


def test_owners_keep_a_way_back_and_addresses_outside_their_own(
    cast: Cast, provider: Provider
) -> None:
    ask(cast, only_provider=True)
    guest = MembershipFactory.create(
        organisation=cast.tidewater, user__email="guest@elsewhere.example"
    )
    assert opens(by_password(cast.olga)) == "200"
    assert opens(by_password(guest)) == "200"
    assert opens(by_password(cast.mark)) == DOOR


def test_who_is_no_owner_any_more_is_asked_at_once(
    cast: Cast, provider: Provider
) -> None:
    ask(cast, only_provider=True)
    client = by_password(cast.olga)
    assert opens(client) == "200"
    Membership.objects.filter(pk=cast.olga.pk).update(role="manager")
    assert opens(client) == DOOR


def test_another_organisation_stays_open(cast: Cast, provider: Provider) -> None:
    ask(cast, only_provider=True)
    MembershipFactory.create(organisation=cast.otto.organisation, user=cast.ines.user)
    client = by_password(cast.ines)
    assert opens(client) == DOOR
    assert client.get(DOOR).status_code == 403
    assert get_user(client).is_authenticated
    assert client.get("/o/harbour/").status_code == 200


def test_an_address_that_binds_stays_on_the_account(
    cast: Cast, provider: Provider, as_: As
) -> None:
    user = cast.ines.user
    EmailAddress.objects.create(
        user=user, email="ines@elsewhere.example", verified=True
    )
    EmailAddress.objects.filter(email="ines@elsewhere.example").update(primary=False)
    ask(cast, only_provider=True)
    client, old = as_(cast.ines), user.email
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post(
        "/accounts/email/", {"action_primary": "", "email": "ines@elsewhere.example"}
    )
    client.post("/accounts/email/", {"action_remove": "", "email": old})
    assert EmailAddress.objects.filter(user=user, email=old).exists()
    assert opens(client) == DOOR


def test_who_came_through_it_once_has_to_ever_after(
    cast: Cast, idp: Identities, provider: Provider
) -> None:
    ask(cast, only_provider=True)
    assert opens(by_provider(idp, provider, cast.ines)) == "200"
    EmailAddress.objects.filter(user=cast.ines.user).update(
        email="ines@elsewhere.example"
    )
    User.objects.filter(pk=cast.ines.user_id).update(email="ines@elsewhere.example")
    cast.ines.user.refresh_from_db()
    assert opens(by_password(cast.ines)) == DOOR


def test_a_provider_that_is_turned_off_opens_the_other_ways(
    cast: Cast, provider: Provider
) -> None:
    ask(cast, only_provider=True)
    client = by_password(cast.ines)
    assert opens(client) == DOOR
    doors.turn_off(actor=cast.olga, provider=provider)
    assert opens(client) == "200"


def test_what_was_decided_costs_no_query(
    cast: Cast,
    provider: Provider,
    as_: As,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = as_(cast.mei)
    path = "/o/tidewater/members/"
    client.get(path)
    with django_assert_num_queries(2):
        client.get(path)
    ask(cast, staff_factor=True)
    client.get(path)
    with django_assert_num_queries(2):
        client.get(path)


def totp(member: Membership) -> None:
    TOTP.activate(member.user, SECRET)


@pytest.mark.parametrize("name", ["olga", "mark", "ruth", "otis"])
def test_staff_set_a_second_step_up_on_the_spot(
    cast: Cast,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ask(cast, staff_factor=True)
    member = getattr(cast, name)
    client = by_password(member)
    assert opens(client) == DOOR
    page = client.get(DOOR).content.decode()
    assert "You have none yet." in page
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    shown = client.get("/accounts/2fa/totp/activate/")
    secret = shown.context["form"].secret
    # What follows a commit comes within the request, and no test commits.
    monkeypatch.setattr(transaction, "on_commit", lambda run, **_: run())
    client.post("/accounts/2fa/totp/activate/", {"code": current_code(secret)})
    assert Authenticator.objects.filter(user=member.user, type="totp").exists()
    assert opens(client) == "200"


@pytest.mark.parametrize("name", ["ines", "tomasz", "lars", "mei"])
def test_nobody_else_is_asked(cast: Cast, name: str) -> None:
    ask(cast, staff_factor=True)
    assert opens(by_password(getattr(cast, name))) == "200"


def test_who_has_a_second_step_proves_it_where_they_are(cast: Cast, as_: As) -> None:
    """A session from before they set it up, say."""
    ask(cast, staff_factor=True)
    totp(cast.ruth)
    client = as_(cast.ruth)
    assert opens(client) == DOOR
    assert "did not use it in this browser yet" in client.get(DOOR).content.decode()
    path = "/accounts/2fa/reauthenticate/?next=%2Fo%2Ftidewater%2F"
    wrong = client.post(path, {"code": "000000"})
    assert wrong.status_code == 422
    assert opens(client) == DOOR
    response = client.post(path, {"code": current_code(SECRET)})
    assert response.headers["Location"] == HOME
    assert opens(client) == "200"


def test_a_second_step_at_sign_in_counts(cast: Cast) -> None:
    ask(cast, staff_factor=True)
    totp(cast.ruth)
    client = by_password(cast.ruth)
    assert not get_user(client).is_authenticated
    client.post("/accounts/2fa/authenticate/", {"code": current_code(SECRET)})
    assert opens(client) == "200"


def test_who_becomes_staff_while_signed_in_is_asked_at_the_next_request(
    cast: Cast,
) -> None:
    """However they became it: the row says so by a trigger."""
    ask(cast, staff_factor=True)
    client = by_password(cast.mei)
    assert opens(client) == "200"
    staff = ProgramStaff.objects.create(
        organisation=cast.tidewater,
        program=cast.program,
        membership=cast.mei,
        role="observer",
    )
    assert opens(client) == DOOR
    ProgramStaff.objects.filter(pk=staff.pk).update(membership=cast.lars)
    assert opens(client) == "200"
    assert opens(by_password(cast.lars)) == DOOR
    staff.delete()
    assert not Membership.objects.filter(pk=cast.lars.pk, oversees=True).exists()
    Membership.objects.filter(pk=cast.mei.pk).update(role="manager")
    assert opens(client) == DOOR


@pytest.mark.parametrize(
    ("amr", "counts", "expected"),
    [
        (["pwd", "otp"], True, "200"),
        (["mfa"], True, "200"),
        (["pwd"], True, DOOR),
        (["mfa"], False, DOOR),
    ],
)
def test_the_providers_second_step_counts_where_it_shall(  # noqa: PLR0917 # a case
    cast: Cast,
    idp: Identities,
    provider: Provider,
    amr: list[str],
    counts: bool,
    expected: str,
) -> None:
    ask(cast, staff_factor=True)
    Provider.objects.update(asks_factor=counts)
    assert opens(by_provider(idp, provider, cast.ruth, amr=amr)) == expected


def test_an_invitation_leads_to_the_provider_and_stays_bound(
    cast: Cast, idp: Identities, provider: Provider, by_mail: ByMail
) -> None:
    (link,) = by_mail(
        lambda: actions.invite(
            actor=cast.olga,
            invitees=[Invitee("nadia@example.com", "Nadia Haddad")],
            role="manager",
            now=timezone.now(),
        )
    )
    client = Client()
    page = client.get(link)
    assert "Join through Tidewater ID" in page.content.decode()
    new = {"full_name": "N", "password": "tide tables and lanterns", "time_zone": "UTC"}
    client.post(link, new)
    assert not User.objects.filter(email="nadia@example.com").exists()
    token = link.strip("/").rsplit("/", 1)[-1]
    begin = f"/account/through/{provider.code}/?join=1"
    assert begin in page.content.decode()
    assert token not in page.content.decode().replace(link, "")
    idp.knows("ada", email="ada@example.com", email_verified=True)
    refused = through(client, idp, begin, "ada")
    assert "The invitation is for nadia@example.com" in refused.content.decode()
    assert Invitation.objects.get().accepted_at is None
    idp.knows("nadia", email="nadia@example.com", email_verified=True)

    through(client, idp, begin, "nadia")

    member = Membership.objects.get(user__email="nadia@example.com")
    assert (member.role, member.user.full_name) == ("manager", "Nadia Haddad")
    assert Invitation.objects.get().accepted_at is not None
    assert opens(client) == "200"
    again = through(client, idp, begin, "nadia")
    assert "used, withdrawn or sent anew" in again.content.decode()


def test_an_invitation_elsewhere_goes_its_usual_way(
    cast: Cast, provider: Provider, by_mail: ByMail, client: Client
) -> None:
    (link,) = by_mail(
        lambda: actions.invite(
            actor=cast.olga,
            invitees=[Invitee("nadia@elsewhere.example")],
            role="member",
            now=timezone.now(),
        )
    )
    assert "Join through" not in client.get(link).content.decode()
    assert 'name="password"' in client.get(link).content.decode()


PATH = "/accounts/sessions/"


def test_sessions_are_listed_and_end_at_once(cast: Cast) -> None:
    here, there, third = (by_password(cast.ines) for _ in range(3))
    page = here.get(PATH).content.decode()
    assert page.count("<tr>") == 4
    assert page.count("This one") == 1
    others = UserSession.objects.exclude(session_key=here.session.session_key)
    first = others.get(session_key=there.session.session_key)
    here.post(PATH, {"end": first.pk})
    assert (opens(here), opens(third)) == ("200", "200")
    assert opens(there).startswith("/accounts/login/")
    here.post(PATH, {"end": "others"})
    assert opens(third).startswith("/accounts/login/")
    assert opens(here) == "200"
    here.post(PATH, {"end": "everywhere"})
    assert opens(here).startswith("/accounts/login/")


def test_nobody_ends_the_session_of_somebody_else(cast: Cast) -> None:
    ines, devon = by_password(cast.ines), by_password(cast.devon)
    row = UserSession.objects.get(user=cast.devon.user)
    ines.post(PATH, {"end": row.pk})
    assert opens(devon) == "200"


def test_deactivation_ends_the_sessions_of_who_belongs_nowhere_else(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    MembershipFactory.create(organisation=cast.otto.organisation, user=cast.devon.user)
    ines, devon = by_password(cast.ines), by_password(cast.devon)
    with django_capture_on_commit_callbacks(execute=True):
        for member in (cast.ines, cast.devon):
            actions.deactivate(actor=cast.olga, member=member)
    assert not get_user(ines).is_authenticated
    assert devon.get("/o/harbour/").status_code == 200


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101"
            " Firefox/128.0",
            "Firefox on Windows",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15"
            " (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
            "Safari on macOS",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML,"
            " like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML,"
            " like Gecko) Chrome/126.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)"
            " AppleWebKit/605.1.15 CriOS/126.0 Mobile/15E148 Safari/604.1",
            "Chrome on iPhone",
        ),
        ("curl/8.5", "Another browser"),
        ("", "Another browser"),
    ],
)
def test_a_browser_is_told_in_words(said: str, words: str) -> None:
    assert device(said) == words


def test_a_rule_of_another_organisation_asks_nobody_here(cast: Cast, as_: As) -> None:
    Rules.objects.create(organisation=cast.otto.organisation, staff_factor=True)
    assert opens(as_(cast.olga)) == "200"
