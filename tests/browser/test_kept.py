"""What a tab keeps of a form, and until when."""

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from preceptor.accounts.models import Membership
from preceptor.accounts.signing_in.gate import ask_anew
from preceptor.accounts.signing_in.models import Rules
from progress.models import GrowthPlan
from tests.browser.test_growth import sign_in, story
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["story"]
# The browser's own page in place of one that did not come.
NOT_THERE = "chrome-error://"


def test_words_that_arrived_do_not_come_back_over_what_stands_since(
    story: Cast, live_server: LiveServer, page: Page
) -> None:
    sign_in(page, live_server, story.ines)
    plan = GrowthPlan.objects.get()
    path = f"{live_server.url}/o/tidewater/growth/{plan.pk}/check-ins/prepare/"
    hardest = page.get_by_label("The hardest moment")

    page.goto(path)
    hardest.fill("Written here")
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_text("Kept as a draft")).to_be_visible()
    plan.checkins.update(hardest="Written elsewhere since", version=5)
    page.goto(path)
    expect(hardest).to_have_value("Written elsewhere since")

    hardest.fill("Typed and not sent")
    page.reload()
    expect(hardest).to_have_value("Typed and not sent")
    plan.checkins.all().delete()
    page.goto(path)
    expect(hardest).to_have_value("")


def test_words_that_were_refused_come_back(
    story: Cast, live_server: LiveServer, page: Page
) -> None:
    sign_in(page, live_server, story.ines)
    plan = GrowthPlan.objects.get()
    path = f"{live_server.url}/o/tidewater/growth/{plan.pk}/check-ins/prepare/"
    hardest = page.get_by_label("The hardest moment")
    page.goto(path)
    hardest.fill("Long in the making")

    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.get_by_role("button", name="Keep as a draft").click()
    page.wait_for_url("**/accounts/login/**")
    sign_in(page, live_server, story.ines)
    page.goto(path)
    expect(hardest).to_have_value("Long in the making")

    page.route("**/prepare/", lambda route: route.abort())
    with page.expect_event("load", lambda shown: shown.url.startswith(NOT_THERE)):
        page.get_by_role("button", name="Keep as a draft").click()
    page.unroute("**/prepare/")
    page.goto(f"{live_server.url}/o/tidewater/")
    page.goto(path)
    expect(hardest).to_have_value("Long in the making")


def test_words_that_met_a_stricter_door_come_back(
    story: Cast, live_server: LiveServer, page: Page
) -> None:
    """Another tab was open when the organisation began to ask for a second step."""
    sign_in(page, live_server, story.ines)
    plan = GrowthPlan.objects.get()
    path = f"{live_server.url}/o/tidewater/growth/{plan.pk}/check-ins/prepare/"
    hardest = page.get_by_label("The hardest moment")
    page.goto(path)
    hardest.fill("Long in the making")

    home = story.tidewater.pk
    Membership.objects.filter(pk=story.ines.pk).update(role=Membership.Role.MANAGER)
    rules = Rules.objects.create(organisation_id=home, staff_factor=True)
    ask_anew(home)
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_role("heading", name="second step")).to_be_visible()

    rules.delete()
    ask_anew(home)
    page.goto(path)
    expect(hardest).to_have_value("Long in the making")
