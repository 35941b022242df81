"""The way in and the pages of an organisation, read by axe, on a desk and a phone."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from preceptor.accounts.actions import deactivate
from preceptor.accounts.invitations import hash_of
from preceptor.accounts.models import Invitation
from tests.browser.steps import problems
from tests.cast import make_cast
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
OUTSIDE = ["accounts/login/", "accounts/login/code/", "account/invitation/token/"]
INSIDE = [
    "account/",
    "accounts/email/",
    "accounts/2fa/",
    "accounts/sessions/",
    "o/tidewater/members/",
    "o/tidewater/members/invitations/",
    "o/tidewater/members/invite/",
    "o/tidewater/members/settings/",
    "o/tidewater/members/leave/",
]


@pytest.mark.parametrize("width", [1440, 360])
def test_account_pages_are_read_and_fit(
    page: Page, live_server: LiveServer, width: int
) -> None:
    cast = make_cast()
    Invitation.objects.create(
        organisation=cast.tidewater,
        email="nadia@example.com",
        invited_by=cast.olga,
        sent_at=timezone.now(),
        token_hash=hash_of("token"),
    )
    page.set_viewport_size({"width": width, "height": 900})
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text))

    def problems_of(path: str) -> list[str]:
        page.goto(f"{live_server.url}/{path}")
        return problems(page)

    found = {path: problems_of(path) for path in OUTSIDE}
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("Email").fill("olga.petersen@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/o/tidewater/")
    member = f"o/tidewater/members/{cast.mai.pk}/"
    inside = [*INSIDE, member, f"{member}deactivate/"]
    found |= {path: problems_of(path) for path in inside}
    assert found == {path: [] for path in [*OUTSIDE, *inside]}
    assert [text for text in refused if "Content Security Policy" in text] == []


def test_a_page_that_stood_open_says_that_the_access_ended(
    page: Page, live_server: LiveServer
) -> None:
    cast = make_cast()
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("Email").fill("ines.carvalho@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/o/tidewater/")
    deactivate(actor=cast.olga, member=cast.ines)
    page.evaluate("htmx.ajax('GET', location.pathname, '#main')")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is here")
