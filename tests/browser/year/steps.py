"""The steps of a year, as its people take them in their browsers."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.test_week import CHANGE, TITLE, find, judge_and_lock
from tests.browser.year import COMPETENCY, OTHER
from tests.samples import diff_sample

EACH_LEVEL = """level => document
  .querySelectorAll(`.rated input[type=radio][value="${level}"]`)
  .forEach(one => one.click())"""
CELLS = """rows => rows.map(row => [...row.cells]
  .map(cell => cell.innerText.trim().replaceAll(/\\s+/g, " ")))"""
EACH_STATE = """state => document
  .querySelectorAll(".rated select[name^=state-]")
  .forEach(one => { one.value = state })"""


def press(page: Page | Locator, name: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page | Locator, name: str | re.Pattern[str]) -> None:
    page.get_by_role("link", name=name).first.click()


def headed(page: Page, text: str) -> None:
    """Waits until the page has come that is called so."""
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def status(page: Page, path: str) -> int:
    """What the server answers there."""
    response = page.goto(path)
    assert response
    return response.status


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title, exact=True)


def texts(found: Locator) -> list[str]:
    """What one reads of each, in one line."""
    return [" ".join(text.split()) for text in found.all_inner_texts()]


def rows(page: Page, title: str) -> list[list[str]]:
    """The cells of the table in a card, each in one line."""
    found: list[list[str]] = card(page, title).locator("tbody tr").evaluate_all(CELLS)
    return found


def figures(page: Page) -> dict[str, str]:
    """What the year adds up to, without what each number is of."""
    each = card(page, "In figures").locator(".figures > div")
    numbers = texts(each.locator("dd:not(.why)"))
    return dict(zip(texts(each.locator("dt")), numbers, strict=True))


def without(page: Page, *words: str) -> None:
    """The answer has none of these, not even where nobody sees it."""
    content = page.content()
    assert [word for word in words if word in content] == []


def milestones(page: Page, plan: str) -> dict[str, str]:
    """Each with where it stands, in the order of the year."""
    page.goto(plan)
    lines = card(page, "Milestones").locator("li")
    names = texts(lines.locator("strong"))
    return dict(zip(names, texts(lines.locator(".tag")), strict=True))


def conditions(page: Page) -> list[str]:
    """What the milestone that is open asks for, and how far that is."""
    return texts(card(page, "What it asks for").locator("li > span:first-child"))


def open_milestone(page: Page, plan: str, name: str) -> None:
    page.goto(plan)
    follow(card(page, "Milestones"), name)
    headed(page, name)


def sign(page: Page, name: str, although: str = "") -> None:
    """From the plan or its milestone; over what is not met with a reason."""
    follow(page, re.compile(f"^Sign (it|{name})$"))
    if although:
        press(page, f"Sign {name}")
        expect(page.get_by_text("Say why you sign").first).to_be_visible()
        page.get_by_label("I sign although this is not met").check()
        page.get_by_label("Why nevertheless?").fill(although)
    press(page, f"Sign {name}")
    headed(page, name)


def rate(page: Page, level: int, *, but: dict[str, str], note: str) -> None:
    """One level throughout but for some, and a word on the competency of the story."""
    page.evaluate(EACH_LEVEL, level)
    for name, other in but.items():
        card(page, name).get_by_label(other, exact=True).check(force=True)
    page.get_by_label(f"Note, {COMPETENCY}").fill(note)


def assess_apart(
    junior: Page,
    mentor: Page,
    plan: str,
    begins: str,
    said: dict[Page, tuple[int, str]],
    *,
    looking: Iterable[str] = ("",),
) -> str:
    """Both rate; neither finds a word of the other until both are in. Its address.

    They look for it at the ends `looking` of that address, or at the plan.
    """
    of_junior, of_mentor = said[junior][1], said[mentor][1]
    junior.goto(plan)
    follow(junior, begins)
    press(junior, "Begin and rate")
    headed(junior, "Assess yourself")
    path = urlsplit(junior.url).path.removesuffix("rate/")
    rate(junior, said[junior][0], but={COMPETENCY: "Expert"}, note=of_junior)
    press(junior, "Save for later")
    expect(junior.get_by_text("Saved. You can go on later.")).to_be_visible()

    mentor.goto(plan)
    follow(mentor, "Assess Devon")
    headed(mentor, "Assess Devon Marsh")
    without(mentor, of_junior)
    rate(mentor, said[mentor][0], but={OTHER: "Proficient"}, note=of_mentor)
    press(mentor, "Hand in my ratings")
    expect(mentor.get_by_text("You are in.")).to_be_visible()
    for page, others in ((mentor, of_junior), (junior, of_mentor)):
        for end in looking:
            page.goto(plan if end == "plan" else f"{path}{end}")
            sees_one_side(page, others)
        tags = card(page, "Where it stands").locator("li .tag")
        assert texts(tags) == ["not in yet", "in"]
    junior.goto(f"{path}rate/")
    without(junior, of_mentor)
    press(junior, "Hand in my ratings")
    expect(card(junior, "Side by side")).to_be_visible()
    return path


def sees_one_side(page: Page, others: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(card(page, "Side by side")).to_have_count(0)
    without(page, others)


def agree_and_sign(
    junior: Page, mentor: Page, path: str, *, level: str, state: str
) -> None:
    """The mentor writes down what they agreed on, and both sign it."""
    mentor.goto(f"{path}agree/")
    mentor.evaluate(EACH_STATE, state)
    card(mentor, COMPETENCY).get_by_label("Agreed level").select_option(level)
    card(mentor, OTHER).get_by_label("Agreed level").select_option(level)
    press(mentor, "Save what you agree on")
    expect(mentor.get_by_text("It holds once both of you have signed.")).to_be_visible()
    for page in (mentor, junior):
        page.goto(f"{path}sign/")
        press(page, "Sign the assessment")
        expect(card(page, "Side by side")).to_be_visible()
    expect(junior.get_by_text("Both have signed: it stays as it is")).to_be_visible()


def open_a_session(page: Page, pairing: str) -> None:
    page.goto(pairing)
    follow(page, "Start a session")
    page.locator("[name=title]").fill(TITLE)
    change = diff_sample(CHANGE)
    file = FilePayload(name=CHANGE, mimeType="text/x-diff", buffer=change)
    page.locator("[name=patch]").set_input_files(file)
    page.locator("[name=tool]").fill("command-line agent")
    page.locator("[name=driver]").select_option("mentor")
    press(page, "See the preview")
    expect(page.get_by_role("heading", name="3 files")).to_be_visible()
    press(page, "Open the session")
    headed(page, TITLE)


def read_apart(junior: Page, mentor: Page, own: str, others: str) -> None:
    """Each finds the flaw in words of their own, and locks; one reveals both."""
    for page, words in ((mentor, others), (junior, own)):
        find(page, words, "Critical")
    without(junior, others)
    without(mentor, own)
    judge_and_lock(mentor)
    judge_and_lock(junior)
    without(junior, others)
    press(mentor, "Reveal both passes")
    for page in (junior, mentor):
        expect(page.locator("#all")).to_contain_text("2 findings")
        expect(page.locator("#all")).to_contain_text(own)
        expect(page.locator("#all")).to_contain_text(others)


def take_apart(junior: Page, mentor: Page, lesson: str) -> None:
    """One flaw, real, explained soundly, and a lesson of it; the session is closed."""
    press(junior, "They are the same flaw")
    expect(junior.locator("#all")).to_contain_text("1 finding")
    junior.locator("#decide").get_by_text("A real flaw", exact=True).click()
    junior.get_by_label("Commit").fill("Two workers wait for one lock.")
    expect(junior.locator("#card-kept")).to_have_text("Saved")
    junior.get_by_label("A lesson").fill(lesson)
    press(junior, "Add lesson")
    expect(junior.locator("#lesson-list")).to_contain_text(lesson)
    mentor.reload()
    expect(mentor.locator("#step-commit")).to_contain_text("Two workers wait")
    mentor.locator("#card").get_by_text("sound", exact=True).click()
    expect(mentor.locator("#card-kept")).to_have_text("Saved")
    follow(mentor, "Close the session")
    mentor.locator("[name=minutes]").fill("90")
    mentor.get_by_text("With changes", exact=True).click()
    mentor.locator("[name=word]").fill("lively")
    press(mentor, "Close the session")
    expect(mentor.get_by_text("Held on Thursday 4 March 2027.")).to_be_visible()
