"""The way in and the pages of an organisation, read by axe, on a desk and a phone."""

from datetime import date

import pytest
from allauth.socialaccount.models import SocialAccount
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from preceptor.accounts.actions import deactivate
from preceptor.accounts.invitations import hash_of
from preceptor.accounts.models import Holiday, Invitation
from preceptor.accounts.signing_in.models import Provider
from preceptor.notifications.actions import subscribe
from tests.browser.steps import copied, problems
from tests.cast import make_cast
from tests.factories import PASSWORD, MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)
OUTSIDE = [
    "accounts/login/",
    "accounts/login/code/",
    "account/invitation/token/",
    "privacy/",
]
INSIDE = [
    "account/",
    "accounts/email/",
    "accounts/2fa/",
    "accounts/sessions/",
    "account/identities/",
    "o/tidewater/members/sign-in/",
    "o/tidewater/members/",
    "o/tidewater/members/invitations/",
    "o/tidewater/members/invite/",
    "o/tidewater/members/settings/",
    "o/tidewater/members/leave/",
    "o/tidewater/members/holidays/?year=2027",
    "o/tidewater/members/holidays/add/?first_on=2027-05-03&name=Spring+break",
    "o/tidewater/calendar/",
    "o/tidewater/calendar/revoke/",
    "o/tidewater/history/",
    "o/tidewater/history/mine/",
    "o/tidewater/my-data/",
    "o/tidewater/my-data/erase/",
    "o/tidewater/my-data/requests/",
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
    holiday = Holiday.objects.create(
        organisation=cast.tidewater, day=date(2027, 1, 1), name="New Year’s Day"
    )
    subscribe(actor=cast.olga, now=timezone.now())
    provider = Provider.objects.create(
        organisation=cast.tidewater, kind="oidc", name="ID", tested_at=timezone.now()
    )
    for one in (cast.olga, cast.mai):
        SocialAccount.objects.create(
            user=one.user,
            provider=provider.code,
            uid=f"{one.pk}",
            extra_data={"address": "another@example.com"},
        )
    page.set_viewport_size({"width": width, "height": 900})
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text))

    def problems_of(path: str) -> list[str]:
        """With all that is folded open."""
        page.goto(f"{live_server.url}/{path}")
        page.locator("details").evaluate_all("all => all.forEach(d => d.open = true)")
        return problems(page)

    found = {path: problems_of(path) for path in OUTSIDE}
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("Email").fill("olga.petersen@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/o/tidewater/")
    member = f"o/tidewater/members/{cast.mai.pk}/"
    removed = f"o/tidewater/members/holidays/{holiday.pk}/remove/"
    off = f"o/tidewater/members/sign-in/{provider.pk}/off/"
    erased = f"o/tidewater/my-data/members/{cast.mai.pk}/erase/"
    inside = [*INSIDE, member, f"{member}deactivate/", erased, removed, off]
    found |= {path: problems_of(path) for path in inside}
    assert found == {path: [] for path in [*OUTSIDE, *inside]}
    assert [text for text in refused if "Content Security Policy" in text] == []


def test_a_page_that_stood_open_says_that_the_access_ended(
    page: Page, live_server: LiveServer
) -> None:
    """Who belongs elsewhere stays signed in."""
    cast = make_cast()
    harbour = cast.otto.organisation
    MembershipFactory.create(organisation=harbour, user=cast.ines.user)
    page.goto(f"{live_server.url}/accounts/login/?next=/o/tidewater/")
    page.get_by_label("Email").fill("ines.carvalho@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/o/tidewater/")
    deactivate(actor=cast.olga, member=cast.ines)
    page.evaluate("() => { htmx.ajax('GET', location.pathname, '#main'); }")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is here")


def test_the_address_of_a_calendar_is_copied_and_read(
    page: Page, live_server: LiveServer, context: BrowserContext
) -> None:
    make_cast()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("Email").fill("ines.carvalho@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/o/tidewater/")
    page.goto(f"{live_server.url}/account/")
    page.get_by_role("link", name="Subscribe to Tidewater Freight").click()
    page.get_by_role("button", name="Make an address").click()
    expect(page.get_by_role("heading", name="Your address")).to_be_focused()
    assert problems(page) == []
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("status")).to_have_text("Copied.")
    shown = page.get_by_label("Address of the calendar").input_value()
    address = copied(page)
    assert address == shown
    path = address.removeprefix("http://localhost:8000")
    answer = page.request.get(f"{live_server.url}{path}")
    assert answer.text().startswith("BEGIN:VCALENDAR")
