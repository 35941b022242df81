"""A passkey in real Chromium, whose virtual authenticator stands in for a finger."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import CDPSession, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.cast import make_cast
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(live_server: LiveServer) -> str:
    """Passkeys refuse a bare IP address as host."""
    return live_server.url.replace("127.0.0.1", "localhost")


def sign_in_by_password(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.get_by_label("Email").fill("ines.carvalho@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{site}/o/tidewater/")


def add_passkey(page: Page, site: str, *, lets_in_alone: bool) -> None:
    page.goto(f"{site}/accounts/2fa/webauthn/add/")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Its name").fill("Laptop")
    page.get_by_label("It lets me in alone").set_checked(lets_in_alone)
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")


def sign_out(page: Page, site: str) -> None:
    page.goto(f"{site}/account/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{site}/accounts/login/")


def test_a_passkey_lets_ines_in_alone(
    page: Page, site: str, authenticator: CDPSession
) -> None:
    make_cast()
    sign_in_by_password(page, site)
    add_passkey(page, site, lets_in_alone=True)
    sign_out(page, site)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{site}/o/tidewater/")
    page.goto(f"{site}/accounts/2fa/webauthn/")
    expect(page.get_by_role("main")).to_contain_text("Laptop Lets you in alone")
    page.get_by_role("link", name="Remove Laptop").click()
    page.get_by_role("link", name="security key").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.get_by_role("main")).to_contain_text("You have none yet.")
    assert not Authenticator.objects.filter(type="webauthn").exists()


def test_a_security_key_is_the_second_step(
    page: Page, site: str, authenticator: CDPSession
) -> None:
    make_cast()
    sign_in_by_password(page, site)
    add_passkey(page, site, lets_in_alone=False)
    sign_out(page, site)
    page.get_by_label("Email").fill("ines.carvalho@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{site}/o/tidewater/")


def test_a_device_without_the_passkey_says_so(
    page: Page, site: str, authenticator: CDPSession
) -> None:
    make_cast()
    page.goto(f"{site}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_have_text(
        "No passkey was used. Try again, or choose another way."
    )


def test_without_a_script_no_passkey_is_offered(page: Page, site: str) -> None:
    make_cast()
    page.route("**/passkeys.js", lambda route: route.abort())
    page.goto(f"{site}/accounts/login/")
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
