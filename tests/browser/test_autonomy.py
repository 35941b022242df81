"""Autonomy as its two come by it: by keyboard, on a phone, and without script."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from progress.actions import begin_plan
from progress.models import AutonomyGrant, Competency, GrowthPlan
from tests.browser.steps import ContextOf, Enter, problems
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 360, "height": 760}
WORD = "I led the last two on my own"


@pytest.fixture
def first(people: Cast) -> Competency:
    """Of the year of Ines the first competency, granted and long not confirmed."""
    begin_plan(people.pairing)
    plan = GrowthPlan.objects.get()
    rows = Competency.objects.filter(version=plan.version_id)
    one = rows.order_by("area__position", "position")[0]
    AutonomyGrant.objects.create(
        organisation=people.tidewater,
        plan=plan,
        competency=one,
        level=2,
        granted_by=people.tomasz,
        granted_at=timezone.now() - timedelta(weeks=13),
    )
    return one


def test_a_junior_asks_on_a_phone_and_the_mentor_grants_by_keyboard(
    people: Cast, first: Competency, enter: Enter
) -> None:
    phone = enter(people.ines, viewport=PHONE)
    phone.goto("/o/tidewater/growth/")
    phone.get_by_role("link", name="Each competency, and why").click()
    competency = phone.get_by_role("link", name=first.name, exact=True)
    expect(competency).to_be_visible()
    assert problems(phone) == []
    competency.click()
    phone.get_by_label("Your word on it").fill(WORD)
    phone.get_by_role("button", name="Ask my mentor").click()
    expect(phone.get_by_text("asks for “junior leads”")).to_be_visible()
    assert problems(phone) == []

    page = enter(people.tomasz)
    page.goto("/o/tidewater/")
    page.get_by_role("link", name=f"in “{first.name}”").click()
    expect(page.get_by_text(WORD).first).to_be_visible()
    grant = page.get_by_role("button", name="Grant this step")
    grant.press("Enter")
    error = "The evidence does not speak for this step yet"
    refused = page.get_by_role("alert", name="One answer needs another look")
    expect(refused).to_contain_text(error)
    assert problems(page) == []
    page.get_by_label("Reason").fill("She did, and I had nothing to add")
    grant.press("Enter")
    expect(page.get_by_role("heading", name="Junior leads")).to_be_visible()
    assert AutonomyGrant.objects.get(level=3).granted_by == people.tomasz


def test_a_step_is_confirmed_again_without_script(
    people: Cast, first: Competency, context_of: ContextOf
) -> None:
    context = context_of(people.tomasz, java_script_enabled=False)
    page = context.new_page()
    page.goto("/o/tidewater/growth/")
    page.get_by_role("link", name="Ines Carvalho").first.click()
    expect(page.get_by_text("1 to confirm again")).to_be_visible()
    page.get_by_role("link", name="Each competency, and why").click()
    page.get_by_role("button", name="Confirm again").click()
    expect(page.get_by_text(f"{first.name}: review together.")).to_be_visible()
    assert AutonomyGrant.objects.count() == 2
