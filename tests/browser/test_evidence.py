"""Evidence by one click: on the board, from the plan, by keyboard, without script."""

import pytest
from playwright.sync_api import Locator, Page, expect

from progress.actions import begin_plan
from progress.models import Competency, Evidence, GrowthPlan
from reviews.models import Explanation, Finding, Lesson, ReviewSession
from tests.browser.steps import ContextOf, Enter, problems
from tests.browser.test_board import session
from tests.cast import Cast
from tests.reviews.conftest import BASE, finding_of

__all__ = ["session"]
pytestmark = pytest.mark.django_db(transaction=True)
GROWTH = "/o/tidewater/growth/"
WANTED = "Finding what is missing"


@pytest.fixture
def flaw(people: Cast, session: ReviewSession) -> Finding:
    """Called real, with a lesson; nobody has marked its card."""
    begin_plan(people.pairing)
    found = finding_of(session, people.ines)
    Finding.objects.filter(pk=found.pk).update(adjudication="real")
    Lesson.objects.create(
        organisation=people.tidewater,
        session=session,
        author=people.ines,
        finding=found,
        text="Say for how long",
    )
    return found


def wanted() -> Competency:
    plan = GrowthPlan.objects.get()
    return Competency.objects.get(version=plan.version_id, name=WANTED)


def of_thing(page: Page, key: str) -> Locator:
    return page.locator(f"#tags-{key}")


def test_a_flaw_is_tagged_from_the_board_by_keyboard(
    people: Cast, flaw: Finding, enter: Enter
) -> None:
    page = enter(people.ines)
    page.goto(f"{BASE}{flaw.session_id}/board/?finding={flaw.pk}")
    block = of_thing(page, f"finding-{flaw.pk}")
    button = block.get_by_role("button", name=f"Tag as evidence of {WANTED}")
    expect(button).to_be_visible()
    assert problems(page) == []
    button.focus()
    page.keyboard.press("Enter")
    done = block.get_by_role("link", name=f"Tagged: {WANTED}")
    expect(done).to_be_focused()
    expect(button).to_have_count(0)
    assert problems(page) == []
    of_lesson = page.locator("[id^=tags-lesson-]")
    of_lesson.get_by_role("button", name=f"Tag as evidence of {WANTED}").click()
    expect(of_lesson.get_by_role("link", name=f"Tagged: {WANTED}")).to_be_visible()
    assert {(row.kind, row.competency) for row in Evidence.objects.all()} == {
        ("finding", wanted()),
        ("lesson", wanted()),
    }
    done.click()
    expect(page.get_by_role("heading", name=WANTED)).to_be_visible()
    expect(page.get_by_text("2 pieces of evidence")).to_be_visible()
    assert problems(page) == []
    page.get_by_role("link", name="delivery.py:4").first.click()
    page.wait_for_url("**/read/?revision=1&from=1#f1-n4-n5")


def test_what_becomes_real_while_the_board_is_open_can_be_tagged(
    people: Cast, flaw: Finding, enter: Enter
) -> None:
    Finding.objects.update(adjudication="undecided")
    page = enter(people.tomasz)
    page.goto(f"{BASE}{flaw.session_id}/board/?finding={flaw.pk}")
    block = of_thing(page, f"finding-{flaw.pk}")
    expect(block).to_have_count(0)
    page.locator("#decide").get_by_text("A real flaw", exact=True).click()
    block.get_by_text("Another competency").click()
    block.get_by_label("Competency").select_option(label="Framing the task")
    block.get_by_role("button", name="Tag", exact=True).click()
    expect(block.get_by_role("link", name="Tagged: Framing the task")).to_be_focused()
    assert Evidence.objects.get().tagged_by == people.tomasz


def test_evidence_is_tagged_from_the_plan_on_a_phone(
    people: Cast, flaw: Finding, enter: Enter
) -> None:
    Explanation.objects.create(organisation=people.tidewater, finding=flaw, mark=3)
    page = enter(people.tomasz, viewport={"width": 360, "height": 740})
    plan = GrowthPlan.objects.get()
    page.goto(f"{GROWTH}{plan.pk}/")
    page.get_by_role("link", name="All evidence: 0 pieces").click()
    assert problems(page) == []
    page.get_by_role("button", name=f"Tag as evidence of {WANTED}").click()
    expect(page.get_by_role("link", name=f"Tagged: {WANTED}")).to_be_focused()
    page.get_by_role("link", name=WANTED, exact=True).click()
    page.get_by_role("link", name="Tag evidence").click()
    assert problems(page) == []
    card = page.locator(f"#explanation-{flaw.pk}")
    card.get_by_role("button", name="Tag").focus()
    page.keyboard.press("Enter")
    expect(card.get_by_role("link", name=f"Tagged: {WANTED}")).to_be_focused()
    page.get_by_label("Address").fill("http://talks.example/")
    page.get_by_label("What it is").fill("A talk on retries")
    page.get_by_role("button", name="Add the link").click()
    expect(page.get_by_label("Address")).to_have_value("http://talks.example/")
    assert problems(page) == []
    page.get_by_label("Address").fill("https://talks.example/")
    page.get_by_role("button", name="Add the link").click()
    expect(page.get_by_text("3 pieces of evidence")).to_be_visible()
    page.get_by_role("button", name="Take back A talk on retries").click()
    expect(page.get_by_text("2 pieces of evidence")).to_be_visible()


def test_evidence_is_tagged_without_a_script(
    people: Cast, flaw: Finding, context_of: ContextOf
) -> None:
    page = context_of(people.ines, java_script_enabled=False).new_page()
    page.goto(f"{BASE}{flaw.session_id}/board/?finding={flaw.pk}")
    page.get_by_role("link", name="Tag the flaw as evidence").click()
    block = of_thing(page, f"finding-{flaw.pk}")
    block.get_by_role("button", name=f"Tag as evidence of {WANTED}").click()
    page.wait_for_url(f"**#finding-{flaw.pk}")
    expect(block.get_by_role("link", name=f"Tagged: {WANTED}")).to_be_visible()
    assert Evidence.objects.get().competency == wanted()
