"""A lead tunes a run, tries another mentor, drags, pins, and goes on to propose."""

import re

import pytest
from playwright.sync_api import Page, expect

from pairings.actions.matching import start_match
from pairings.gathering import Wanted
from pairings.matching import Aim, Pin, Rules, Weights
from pairings.models import Enrolment, MatchRun
from tests.browser.steps import Enter, problems, settled
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def at(page: Page, path: str) -> Page:
    page.goto(f"/o/tidewater/{path}")
    return page


def a_run(people: Cast, pin: Pin | None = None, overlap: int = 0) -> MatchRun:
    rules = Rules(min_overlap_minutes=overlap)
    wanted = Wanted(rules, Weights(), Aim.TOTAL)
    program = people.program
    return start_match(actor=people.ruth, program=program, wanted=wanted, pin=pin)


def test_a_lead_tunes_pins_and_proposes(people: Cast, enter: Enter) -> None:
    page = at(enter(people.ruth), f"programs/{people.program.pk}/matching/")
    expect(page.get_by_role("heading", name="No run yet")).to_be_visible()
    slider = page.get_by_role("slider", name="Shared working hours")
    slider.focus()
    slider.press("End")
    output = page.locator(".weight", has=slider).locator("output")
    expect(output).to_have_text("50")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("heading", name="2 proposed pairs")).to_be_visible()
    mai = page.locator("li.proposal", has_text="Mai Tran")
    expect(mai).to_contain_text("with Anjali Mehta")

    mai.get_by_text("Another mentor for Mai Tran").click()
    others = mai.get_by_label("Another mentor", exact=True)
    expect(others).to_be_visible()
    settled(page)
    others.select_option("Tomasz Wieczorek")
    expect(mai.get_by_role("status")).to_contain_text("Mai Tran with Tomasz Wieczorek:")
    mai.get_by_role("button", name="Pin the two and run again").click()
    expect(page.get_by_text("Run 2, ")).to_be_visible()
    expect(mai).to_contain_text("with Tomasz Wieczorek pinned")

    chosen = page.locator("input[name=pair]:checked")
    ticks = chosen.count()
    box = mai.get_by_role("checkbox")
    box.set_checked(not box.is_checked())
    now = ticks + (1 if box.is_checked() else -1)
    expect(page.get_by_text(f"{now} of 2 chosen.")).to_be_visible()
    box.set_checked(True)
    page.get_by_role("button", name="Propose").click()
    expect(page).to_have_url(re.compile(r"/runs/\d+/propose/$"))


def test_dragging_a_junior_shows_what_would_change(people: Cast, enter: Enter) -> None:
    run = a_run(people, Pin(people.devon_enrolled.pk, people.tomasz_enrolled.pk))
    page = at(enter(people.ruth), f"runs/{run.pk}/")
    mai = page.locator("li.proposal", has_text="Mai Tran")
    devon = page.locator("li.proposal", has_text="Devon Marsh")
    # Nothing sticks over what is dragged.
    page.set_viewport_size({"width": 1440, "height": 2000})
    mai.locator("h3").drag_to(devon.locator(".score"))
    said = mai.get_by_role("status")
    expect(said).to_contain_text("Mai Tran with Tomasz Wieczorek:")
    expect(said).to_contain_text("Nobody else changes.")


def test_the_pages_of_matching_have_no_fault_and_fit_a_phone(
    people: Cast, enter: Enter
) -> None:
    Enrolment.objects.filter(pk=people.devon_enrolled.pk).update(
        works_from="14:00", works_until="22:00"
    )
    run = a_run(people, overlap=240)
    page = at(enter(people.ruth), f"runs/{run.pk}/")
    page.set_viewport_size({"width": 360, "height": 800})
    expect(page.get_by_role("button", name="Allow 3 shared hours")).to_be_visible()
    _open_all(page)
    assert problems(page) == []
    organisation = page.url.split("/runs/")[0]
    for path in (
        f"/programs/{people.program.pk}/matching/",
        f"/runs/{run.pk}/juniors/{people.devon_enrolled.pk}/",
        f"/runs/{run.pk}/juniors/{people.mai_enrolled.pk}/?mentor="
        f"{people.tomasz_enrolled.pk}",
    ):
        page.goto(organisation + path)
        assert problems(page) == [], path


def _open_all(page: Page) -> None:
    everything = page.locator("#result details")
    everything.evaluate_all("all => all.forEach((one) => (one.open = true))")
    expect(page.locator("#result [hx-trigger]")).to_have_count(0)
