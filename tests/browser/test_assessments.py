"""Two who rate apart, with the keyboard and on a phone, and see both at once."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from progress.actions import (
    Said,
    begin_plan,
    hand_in,
    keep_ratings,
    open_assessment,
)
from progress.models import Assessment, GrowthPlan, Rating
from tests.browser.steps import ContextOf, Enter, problems
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def needs(people: Cast) -> Assessment:
    begin_plan(people.pairing)
    return open_assessment(
        actor=people.ines,
        plan=GrowthPlan.objects.get(),
        occasion="needs",
        now=timezone.now(),
    )


def rate(assessment: Assessment, cast: Cast, level: int) -> None:
    """Tomasz gives one level to everything and is in."""
    said = {
        one.pk: Said(is_said=True, level=level, method="observed", note="Apart")
        for one in assessment.version.competencies.all()
    }
    keep_ratings(actor=cast.tomasz, assessment=assessment, said=said, edits=0)
    hand_in(actor=cast.tomasz, assessment=assessment, now=timezone.now())


def path(assessment: Assessment, end: str = "") -> str:
    return f"/o/tidewater/growth/assessments/{assessment.pk}/{end}"


def levels(page: Page) -> list[str]:
    names = page.locator("section.rated h3").all_text_contents()
    assert len(names) == 24
    return names


def test_a_junior_rates_by_keyboard_and_then_sees_both(
    people: Cast, needs: Assessment, enter: Enter
) -> None:
    rate(needs, people, 4)
    page = enter(people.ines)
    page.goto("/o/tidewater/growth/")
    page.get_by_role("link", name="Assess yourself").click()
    names = levels(page)
    for name in names:
        of_it = page.get_by_role("region", name=name, exact=True)
        of_it.get_by_label("Novice").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("status")).to_contain_text("Saved at")
    assert problems(page) == []
    page.get_by_role("button", name="Hand in my ratings").press("Enter")
    page.wait_for_url(f"**{path(needs)}")
    expect(page.get_by_text("You differ in 24 competencies")).to_be_visible()
    assert problems(page) == []
    assert set(Rating.objects.values_list("side", "level")) == {
        ("self", 3),
        ("mentor", 4),
    }

    page.get_by_role("link", name="Write down what you agree on").click()
    assert problems(page) == []
    page.get_by_role("button", name="Save what you agree on").click()
    page.get_by_role("link", name="Sign", exact=True).click()
    page.get_by_role("button", name="Sign the assessment").click()
    expect(page.get_by_role("link", name="Take back my signature")).to_be_visible()


def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    people: Cast, needs: Assessment, context_of: ContextOf
) -> None:
    """On a phone, through a page that was left, and with a second tab."""
    phone = context_of(people.ines, viewport={"width": 360, "height": 760})
    page = phone.new_page()
    page.goto(path(needs, "rate/"))
    first, second, *_ = levels(page)
    page.get_by_label(f"Note, {first}").fill("Still guesses")
    expect(page.get_by_role("status")).to_contain_text("Saved at")
    page.get_by_role("button", name="Hand in my ratings").click()
    alert = page.get_by_role("alert").filter(has_text="24 competencies are not rated")
    expect(alert).to_be_visible()
    expect(page.get_by_label(f"Note, {first}")).to_have_value("Still guesses")
    assert problems(page) == []

    other = phone.new_page()
    other.goto(path(needs, "rate/"))
    other.get_by_label(f"Note, {second}").fill("From the other tab")
    expect(other.get_by_role("status")).to_contain_text("Saved at")
    page.get_by_label(f"Note, {first}").fill("Rather: asks early")
    page.get_by_role("button", name="Save for later").click()
    expect(page.get_by_role("alert").filter(has_text="another tab")).to_be_visible()
    expect(page.get_by_text("From the other tab")).to_be_visible()
    expect(page.get_by_label(f"Note, {first}")).to_have_value("Rather: asks early")


def test_rating_goes_without_script(
    people: Cast, needs: Assessment, context_of: ContextOf
) -> None:
    page = context_of(people.ines, java_script_enabled=False).new_page()
    page.goto(path(needs, "rate/"))
    for name in levels(page):
        of_it = page.get_by_role("region", name=name, exact=True)
        of_it.get_by_label("Can’t say").check(force=True)
    page.get_by_role("button", name="Hand in my ratings").click()
    page.wait_for_url(f"**{path(needs)}")
    expect(page.get_by_text("You are in.")).to_be_visible()
