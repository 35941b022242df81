"""Two browsers over one revealed session: each sees the other's work, none is lost."""

import pytest
from playwright.sync_api import Page, expect

from reviews.models import Finding, ReviewSession
from tests.browser.steps import Enter, clean, settled
from tests.cast import Cast
from tests.clients import signed_in
from tests.reviews.conftest import BASE, FINDING, VERDICT, finding_of, open_as
from tests.reviews.test_deciding import act

pytestmark = pytest.mark.timed

WITHIN = 3_000
"""In which time the other sees what was decided, in milliseconds."""


@pytest.fixture
def session(people: Cast) -> ReviewSession:
    """Both found the timeout, Tomasz a sleep too; revealed."""
    found = open_as(people.ines, signed_in, people)
    page = f"{BASE}{found.pk}/"
    sleep = {**FINDING, "title": "A sleep hides a race", "line_from": "2"}
    words = {
        people.ines: [FINDING],
        people.tomasz: [
            {**FINDING, "title": "It never connects"},
            {**sleep, "line_to": "2", "category": "concurrency"},
        ],
    }
    for member, texts in words.items():
        for text in texts:
            signed_in(member).post(f"{page}findings/new/", text)
        signed_in(member).post(f"{page}lock/", VERDICT)
    signed_in(people.ines).post(f"{page}reveal/")
    found.refresh_from_db()
    return found


@pytest.fixture
def two(enter: Enter, people: Cast, session: ReviewSession) -> tuple[Page, Page]:
    """Ines and Tomasz, each with the board open at the timeout."""
    timeout = finding_of(session, people.ines).pk
    pages = enter(people.ines), enter(people.tomasz)
    for page in pages:
        page.goto(f"{BASE}{session.pk}/board/?finding={timeout}")
    return pages


def seen_within(page: Page, part: str, words: str) -> None:
    """Without a reload, in the time that is allowed."""
    expect(page.locator(part)).to_contain_text(words, timeout=WITHIN)


def test_each_sees_what_the_other_decides(two: tuple[Page, Page]) -> None:
    ines, tomasz = two
    tomasz.evaluate("window.isSamePage = true")
    clean(ines)
    ines.get_by_role("button", name="They are the same flaw").click()
    seen_within(tomasz, "#detail-head", "Both saw it")
    expect(tomasz.locator("#proposals")).to_be_empty()
    ines.locator("#decide").get_by_text("A real flaw", exact=True).click()
    seen_within(tomasz, "#decide", "set by Ines")
    seen_within(tomasz, "#saw .key", "Both saw it, 1")
    tomasz.get_by_label("Ask Ines to check the fix").check()
    tomasz.get_by_role("button", name="It is fixed").click()
    seen_within(ines, "#status", "fixed, to be checked")
    ines.get_by_role("button", name="I checked: it is fixed").click()
    seen_within(tomasz, "#status", "fixed and checked")
    tomasz.locator("#history summary").click()
    expect(tomasz.locator("#history")).to_contain_text("Ines checked the fix")
    ines.get_by_role("button", name="Open it again").click()
    seen_within(tomasz, "#history", "Ines opened it again")
    assert tomasz.evaluate("window.isSamePage")
    clean(tomasz)


def test_what_one_uses_stays_while_the_other_decides(
    two: tuple[Page, Page], people: Cast, session: ReviewSession
) -> None:
    ines, tomasz = two
    tomasz.get_by_text("The same as another finding?").click()
    select = tomasz.get_by_label("The same as", exact=True)
    select.select_option(label="A sleep hides a race")
    select.focus()
    mine = finding_of(session, people.ines)
    act(signed_in(people.ines), mine, "adjudicate", adjudication="real")
    seen_within(tomasz, "#decide", "set by Ines")
    expect(select).to_be_focused()
    expect(select).to_be_visible()
    selected = "select => select.selectedOptions[0].textContent"
    assert select.evaluate(selected) == "A sleep hides a race"
    tomasz.locator("h1").click()
    expect(select).to_be_visible()
    tomasz.get_by_role("button", name="Join them").click()
    expect(tomasz.locator("#same")).to_contain_text("part them")
    seen_within(ines, "#same", "part them")


def test_a_stale_decision_is_refused_in_place(
    two: tuple[Page, Page], people: Cast, session: ReviewSession
) -> None:
    _ines, tomasz = two
    mine = finding_of(session, people.ines)
    act(signed_in(people.ines), mine, "adjudicate", adjudication="real")
    seen_within(tomasz, "#status", "It is fixed")
    tomasz.route("**/changes/**", lambda route: route.abort())
    settled(tomasz)
    act(signed_in(people.ines), mine, "status", status="dropped")
    tomasz.get_by_role("button", name="It is fixed").click()
    alert = tomasz.locator("#status [role=alert]")
    expect(alert).to_contain_text("In between, Ines Carvalho dropped it.")
    expect(alert).to_contain_text("You chose “fixed”")
    expect(alert).to_be_focused()
    mine.refresh_from_db()
    assert mine.status == Finding.Status.DROPPED
    clean(tomasz)


def test_findings_by_keys_and_without_a_script(
    two: tuple[Page, Page], session: ReviewSession
) -> None:
    ines, _tomasz = two
    ines.goto(f"{BASE}{session.pk}/findings/")
    clean(ines)
    rows = ines.locator("[data-rows] tbody th a")
    ines.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    ines.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    ines.keyboard.press("k")
    title = rows.nth(0).text_content() or ""
    ines.keyboard.press("Enter")
    expect(ines.locator("#detail-h")).to_have_text(title)
    ines.goto(f"{BASE}{session.pk}/findings/?category=concurrency")
    expect(ines.locator("[data-rows] tbody tr")).to_have_count(1)
