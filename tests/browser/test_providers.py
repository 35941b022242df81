"""Coming in through an organisation's own provider, and with a second step."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from preceptor.accounts.signing_in import actions
from preceptor.accounts.signing_in.models import Domain, Provider
from tests.accounts.federation import Federation, federation
from tests.accounts.identities import Identities, identities
from tests.accounts.test_signing_in import current_code
from tests.browser.steps import problems
from tests.browser.test_passkeys import sign_out
from tests.cast import Cast
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/o/tidewater/members/sign-in/"


@pytest.fixture(scope="module")
def idp() -> Iterator[Identities]:
    with identities() as running:
        yield running


@pytest.fixture(scope="module")
def saml() -> Iterator[Federation]:
    with federation() as running:
        yield running


@pytest.fixture
def site(live_server: LiveServer, settings: Settings) -> str:
    """By a name, as passkeys refuse a bare address; providers send back to it."""
    here: str = live_server.url.replace("127.0.0.1", "localhost")
    settings.BASE_URL = here
    settings.PROVIDERS_MAY_BE_LOCAL = True
    return here


def own_domain(people: Cast) -> None:
    Domain.objects.create(
        organisation=people.tidewater, name="example.com", verified_at=timezone.now()
    )


def by_password(page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def by_address(page: Page, site: str, email: str) -> None:
    """As the sign-in page is left when the password is left empty."""
    page.goto(f"{site}/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Sign in", exact=True).click()


def authorize(page: Page, subject: str) -> None:
    """On the provider's own page."""
    page.get_by_placeholder("sub").fill(subject)
    page.get_by_role("button", name="Authorize").click()


def test_an_owner_sets_openid_up_and_ines_comes_in(
    people: Cast, site: str, idp: Identities, page: Page, browser: Browser
) -> None:
    own_domain(people)
    idp.knows("ada", email="ada@example.com", email_verified=True)
    idp.knows("ines", email="ines.carvalho@example.com", email_verified=True)
    by_password(page, site, "olga.petersen@example.com")
    page.goto(f"{site}{PAGE}")
    assert problems(page) == []
    page.get_by_role("link", name="Add OpenID Connect").click()
    page.get_by_label("Name").fill("Tidewater ID")
    page.get_by_label("Issuer").fill(idp.issuer)
    page.get_by_label("Client ID").fill("preceptor")
    page.get_by_label("Client secret").fill("hushed")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Test").click()
    authorize(page, "ada")
    expect(page.get_by_role("heading", name="The test worked")).to_be_visible()
    assert problems(page) == []
    page.get_by_role("link", name="Back").click()
    page.get_by_role("button", name="Turn Tidewater ID on").click()
    page.get_by_label("Only through our provider").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It holds from now on")).to_be_visible()

    other = browser.new_page()
    by_password(other, site, "ines.carvalho@example.com")
    expect(other.get_by_role("main")).to_contain_text(
        "is entered through Tidewater ID alone"
    )
    assert problems(other) == []
    by_address(other, site, "ines.carvalho@example.com")
    authorize(other, "ines")
    other.wait_for_url(f"{site}/o/tidewater/")
    other.context.close()


def test_ines_comes_in_by_saml(
    people: Cast, site: str, saml: Federation, page: Page
) -> None:
    own_domain(people)
    saml.people["Ines"] = {"email": "ines.carvalho@example.com"}
    saml.people["Stranger"] = {"email": "stranger@elsewhere.example"}
    Provider.objects.create(
        organisation=people.tidewater,
        kind="saml",
        name="Tidewater ID",
        issuer=saml.entity,
        metadata=saml.metadata(),
        vouches=True,
        tested_at=timezone.now(),
        is_on=True,
    )
    by_address(page, site, "ines.carvalho@example.com")
    page.get_by_role("button", name="Stranger").click()
    expect(
        page.get_by_role("alert").filter(has_text="no address of the")
    ).to_be_visible()
    assert problems(page) == []
    page.get_by_role("link", name="Try Tidewater ID again").click()
    page.get_by_role("button", name="Ines").click()
    page.wait_for_url(f"{site}/o/tidewater/")


def ask_staff(people: Cast) -> None:
    rules = dict.fromkeys(("only_provider", "takes_in", "invites_through"), False)
    actions.set_rules(actor=people.olga, said={**rules, "staff_factor": True}, seen={})


def test_ruth_sets_an_app_up_at_the_door_and_is_asked_for_it(
    people: Cast, site: str, page: Page
) -> None:
    ask_staff(people)
    by_password(page, site, "ruth.adeyemi@example.com")
    expect(page.get_by_role("heading", level=1)).to_have_text("A second step")
    assert problems(page) == []
    page.get_by_role("link", name="Set up an app").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    secret = page.locator("code").first.inner_text()
    page.get_by_label("Authenticator code").fill(current_code(secret))
    page.get_by_role("button", name="Switch on").click()
    page.get_by_role("link", name="Go on").click()
    page.wait_for_url(f"{site}/o/tidewater/")
    sign_out(page, site)
    by_password(page, site, "ruth.adeyemi@example.com")
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    page.goto(f"{site}/o/tidewater/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    page.get_by_label("Code").fill(current_code(secret))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{site}/o/tidewater/")


def test_a_passkey_is_a_second_step_in_itself(
    people: Cast, site: str, page: Page, authenticator: object
) -> None:
    ask_staff(people)
    by_password(page, site, "ruth.adeyemi@example.com")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Its name").fill("Laptop")
    page.get_by_label("It lets me in alone").check()
    page.get_by_role("button", name="Add the passkey").click()
    page.get_by_role("link", name="Go on").click()
    page.wait_for_url(f"{site}/o/tidewater/")
    sign_out(page, site)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{site}/o/tidewater/")


def test_signed_out_everywhere_is_signed_out_here(
    people: Cast, site: str, page: Page, browser: Browser
) -> None:
    by_password(page, site, "ines.carvalho@example.com")
    page.wait_for_url(f"{site}/o/tidewater/")
    other = browser.new_page()
    by_password(other, site, "ines.carvalho@example.com")
    other.wait_for_url(f"{site}/o/tidewater/")
    other.goto(f"{site}/accounts/sessions/")
    expect(other.get_by_role("row")).to_have_count(3)
    assert problems(other) == []
    other.get_by_role("button", name="Sign out everywhere").click()
    other.wait_for_url(f"{site}/accounts/login/")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    other.context.close()
