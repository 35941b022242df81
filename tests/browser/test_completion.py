"""A year looked back on: shared by a link, read by a stranger, printed, taken back."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from progress.actions import begin_plan
from progress.models import GrowthPlan, PlanLink
from tests.browser.steps import ContextOf, Enter, problems
from tests.cast import Cast
from tests.progress.years import GOAL, MENTORS_LESSON, OWN_LESSON, fill, sign

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = ViewportSize(width=360, height=760)


@pytest.fixture
def plan(people: Cast) -> GrowthPlan:
    """The year of Ines, which both signed."""
    begin_plan(people.pairing)
    plan = fill(GrowthPlan.objects.with_junior().get())
    sign(plan)
    return plan


def test_a_year_is_shared_with_a_stranger_until_it_is_taken_back(
    people: Cast,
    plan: GrowthPlan,
    enter: Enter,
    browser: Browser,
    live_server: LiveServer,
) -> None:
    page = enter(people.ines)
    page.goto(f"/o/tidewater/growth/{plan.pk}/completion/")
    assert problems(page) == []
    page.get_by_role("link", name="Share by link").click()
    page.get_by_role("link", name="Make a link").click()
    page.get_by_label("For whom?").fill("Dana")
    make = page.get_by_role("button", name="Make the link")
    make.press("Enter")
    page.get_by_role("link", name="What it shows: Tick at least one thing").click()
    expect(page.get_by_role("group", name="What it shows")).to_be_focused()
    assert problems(page) == []
    for label in ("What was left to you", OWN_LESSON):
        page.get_by_label(label).focus()
        page.keyboard.press("Space")
    make.dblclick()
    address = page.locator(".address a")
    expect(address).to_be_visible()
    assert problems(page) == []
    assert PlanLink.objects.count() == 1

    stranger = browser.new_context(
        base_url=live_server.url, viewport=PHONE, java_script_enabled=False
    ).new_page()
    path = urlsplit(address.inner_text()).path
    stranger.goto(path)
    expect(
        stranger.get_by_role("heading", name="What was left to Ines")
    ).to_be_visible()
    shown = stranger.locator("body").inner_text()
    seen = [GOAL, OWN_LESSON, MENTORS_LESSON, "Tomasz", "Junior leads"]
    assert [words in shown for words in seen] == [False, True, False, False, True]

    page.get_by_role("link", name="Revoke Dana").click()
    assert problems(page) == []
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("revoked", exact=True)).to_be_visible()
    stranger.reload()
    nothing = stranger.get_by_role("heading", name="Nothing is shared here")
    expect(nothing).to_be_visible()
    stranger.context.close()


def test_a_certificate_is_one_sheet_of_paper(
    people: Cast, plan: GrowthPlan, context_of: ContextOf
) -> None:
    page = context_of(people.tomasz, viewport=PHONE).new_page()
    page.goto(f"/o/tidewater/growth/{plan.pk}/completion/")
    assert problems(page) == []
    page.get_by_role("link", name="Certificate").click()
    name = page.get_by_role("heading", name="Certificate of completion")
    expect(name).to_be_visible()
    assert problems(page) == []
    page.emulate_media(color_scheme="light")
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1
