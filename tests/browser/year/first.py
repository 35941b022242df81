"""The first four months, with the first mentor."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.test_week import TITLE
from tests.browser.year import (
    ADDENDUM,
    ANSWER,
    COMPETENCY,
    GOAL,
    GROWTH,
    HARDEST,
    LESSON,
    MENTORS_FLAW,
    MENTORS_NOTE,
    NAMES,
    OTHER,
    OWN_FLAW,
    OWN_NOTE,
    Year,
)
from tests.browser.year.steps import (
    agree_and_sign,
    assess_apart,
    card,
    conditions,
    follow,
    headed,
    milestones,
    open_a_session,
    open_milestone,
    press,
    read_apart,
    rows,
    sign,
    status,
    take_apart,
    texts,
    without,
)


def a_pair_begins(year: Year) -> None:
    """The lead pairs two people, and from then on the junior has a plan."""
    devon, ruth = year.devon, year.ruth
    devon.goto(GROWTH)
    expect(devon.get_by_role("heading", name="No growth plan yet")).to_be_visible()
    ruth.goto("/o/tidewater/")
    follow(ruth, "Pair Devon")
    ruth.get_by_label("Tomasz Wieczorek").check()
    press(ruth, "Pair Devon Marsh")
    headed(ruth, "Devon Marsh with Tomasz Wieczorek")
    year.pairing = urlsplit(ruth.url).path
    devon.goto(GROWTH)
    headed(devon, "Devon Marsh’s year")
    year.plan = urlsplit(devon.url).path
    expect(card(devon, "Framework")).to_contain_text("Engineering with AI, version 1")
    assert milestones(devon, year.plan) == {
        NAMES[0]: "next",
        **dict.fromkeys(NAMES[1:], "to come"),
    }
    assert status(year.anjali, year.plan) == 404


def a_goal_is_agreed(year: Year) -> None:
    devon, tomasz, ruth = year.devon, year.tomasz, year.ruth
    devon.goto(year.plan)
    follow(devon, "Add a goal")
    devon.get_by_label("Goal").fill(GOAL)
    devon.get_by_label("Competency").select_option(COMPETENCY)
    devon.get_by_label("Level to reach").select_option("Competent")
    press(devon, "Add the goal")
    expect(devon.get_by_role("heading", name="Waits for Tomasz")).to_be_visible()
    tomasz.goto(year.plan)
    follow(tomasz, GOAL)
    press(tomasz, "I agree to this")
    expect(card(tomasz, "Agreed by both")).to_be_visible()
    devon.reload()
    devon.get_by_label("Another step").fill("Draw who holds the lock")
    press(devon, "Add the step")
    press(devon, "Done Draw who holds the lock")
    expect(devon.get_by_text("1 of 1 step")).to_be_visible()
    ruth.goto(year.plan)
    expect(card(ruth, "Goals")).to_contain_text("You read the record")
    without(ruth, GOAL, "Draw who holds the lock")


def the_first_meeting_is_signed(year: Year) -> None:
    """What it asks for is ticked, so that both can sign; the lead can't."""
    devon, tomasz, ruth = year.devon, year.tomasz, year.ruth
    open_milestone(tomasz, year.plan, "First meeting")
    asked = "The weekly slot and the protected hours are agreed"
    assert conditions(tomasz) == [f"not yet {asked}"]
    press(tomasz, f"Tick {asked}")
    expect(card(tomasz, "What it asks for").locator("li")).to_contain_text("met")
    ticked = f"met {asked} ticked by Tomasz Wieczorek on 15 January"
    assert conditions(tomasz) == [ticked]
    sign(tomasz, "First meeting")
    assert milestones(ruth, year.plan)["First meeting"] == "half signed"
    assert ruth.get_by_role("link", name="Sign First meeting").count() == 0
    devon.goto(year.plan)
    sign(devon, "First meeting")
    assert milestones(ruth, year.plan) == {
        "First meeting": "signed off",
        "Needs assessment": "next",
        **dict.fromkeys(NAMES[2:], "to come"),
    }


def a_check_in_is_answered(year: Year) -> None:
    """A draft is the junior's alone, what is handed over the pair's."""
    devon, tomasz, ruth = year.devon, year.tomasz, year.ruth
    devon.goto("/o/tidewater/")
    tap = devon.get_by_role("button", name="3 h").first
    tap.click()
    expect(tap).to_have_attribute("aria-pressed", "true")
    devon.goto(f"{year.plan}check-ins/prepare/")
    devon.get_by_label("The hardest moment").fill(HARDEST)
    press(devon, "Keep as a draft")
    expect(devon.get_by_text("Kept as a draft")).to_be_visible()
    for page in (tomasz, ruth):
        page.goto(year.plan)
        expect(card(page, "Check-ins")).to_contain_text("No check-in yet.")
        without(page, HARDEST)
    press(devon, "Hand it over")
    expect(devon.get_by_role("heading", name="Not answered yet")).to_be_visible()
    tomasz.goto(year.plan)
    follow(card(tomasz, "Check-ins"), "Answer")
    expect(card(tomasz, "What Devon says")).to_contain_text(HARDEST)
    had = card(tomasz, "Protected hours since the last one").locator("dl dd").first
    expect(had).to_have_text("3 h")
    tomasz.get_by_label("Your answer").fill(ANSWER)
    press(tomasz, "Give the answer")
    expect(card(tomasz, "Tomasz Wieczorek answered on 29 January")).to_be_visible()
    devon.reload()
    answered = card(devon, "Tomasz Wieczorek answered on 29 January")
    expect(answered).to_contain_text(ANSWER)
    ruth.goto(year.plan)
    line = card(ruth, "Check-ins").locator("li")
    assert texts(line) == ["29 Jan Check-in of 29 January answered"]
    without(ruth, HARDEST, ANSWER)


def needs_are_assessed(year: Year) -> None:
    """Apart, then side by side with what differs on top; only the two see how far."""
    devon, tomasz, ruth = year.devon, year.tomasz, year.ruth
    said = {devon: (3, OWN_NOTE), tomasz: (3, MENTORS_NOTE)}
    begins, looking = "Begin the needs assessment", ("plan", "agree/", "")
    path = assess_apart(devon, tomasz, year.plan, begins, said, looking=looking)
    tomasz.goto(path)
    for page in (devon, tomasz):
        sides = rows(page, "Side by side")
        assert [(line[2], line[3]) for line in sides[:3]] == [
            (f"expert {OWN_NOTE}", f"competent {MENTORS_NOTE}"),
            ("competent", "proficient"),
            ("competent", "competent"),
        ]
        assert sides[0][0].startswith(COMPETENCY)
        assert sides[1][0].startswith(OTHER)
        assert len(sides) == 24
        expect(page.get_by_text("Weighted kappa")).to_be_visible()
    agree_and_sign(devon, tomasz, path, level="competent", state="improving")
    for end in ("agree/", "unsign/"):
        assert status(devon, f"{path}{end}") == 409
    assert status(ruth, path) == 403
    ruth.goto(year.plan)
    expect(card(ruth, "Competencies")).to_contain_text("signed by both on 29 January")
    without(ruth, OWN_NOTE, MENTORS_NOTE)


def a_session_gives_evidence(year: Year) -> None:
    """A real change, read apart and taken apart, shows something by one click."""
    devon, tomasz, ruth = year.devon, year.tomasz, year.ruth
    open_a_session(tomasz, year.pairing)
    devon.goto("/o/tidewater/")
    follow(devon, "Continue your blind pass")
    headed(devon, TITLE)
    read_apart(devon, tomasz, OWN_FLAW, MENTORS_FLAW)
    take_apart(devon, tomasz, LESSON)
    year.session = urlsplit(tomasz.url).path
    devon.goto(year.session)
    tags = devon.locator("[id^=tags-finding-]")
    press(tags, re.compile(f"^Tag as evidence of {COMPETENCY}"))
    tagged = tags.get_by_role("link", name=f"Tagged: {COMPETENCY}")
    expect(tagged).to_be_visible()
    tagged.click()
    expect(card(devon, "1 piece of evidence")).to_contain_text("Tagged by Devon Marsh")
    year.evidence = urlsplit(devon.url).path
    ruth.goto(year.plan)
    expect(card(ruth, "Competencies")).to_contain_text("1 piece of evidence")
    ruth.goto(year.pairing)
    assert [line[1:3] for line in rows(ruth, "Sessions")] == [["4 March", "90"]]
    without(ruth, TITLE, OWN_FLAW, MENTORS_FLAW, LESSON)
    assert status(ruth, year.session) == 200
    without(ruth, TITLE, OWN_FLAW, MENTORS_FLAW, LESSON)


def a_step_is_granted(year: Year) -> None:
    """The evidence proposes it, the mentor grants it, the pair reads it."""
    devon, tomasz, ruth = year.devon, year.tomasz, year.ruth
    autonomy = f"{year.plan}autonomy/"
    tomasz.goto(autonomy)
    press(tomasz, re.compile(f"^Grant “review together”.*{COMPETENCY}$"))
    expect(tomasz.get_by_text(f"{COMPETENCY}: review together.")).to_be_visible()
    devon.goto(autonomy)
    line = devon.get_by_role("row", name=re.compile(f"^{COMPETENCY}"))
    expect(line).to_contain_text("since 4 March")
    expect(line.get_by_role("img", name="Review together")).to_be_visible()
    expect(devon.get_by_role("button", name=re.compile("^Grant"))).to_have_count(0)
    assert status(ruth, autonomy) == 403


def what_was_signed_stays(year: Year) -> None:
    """The session counts; both sign; then nothing but an addendum is written."""
    devon, tomasz, ruth = year.devon, year.tomasz, year.ruth
    open_milestone(tomasz, year.plan, "Month 2")
    assert conditions(tomasz) == ["met Sessions held 1 of 1"]
    sign(tomasz, "Month 2")
    # The lead and the mentor have a form open while the junior signs.
    follow(tomasz, "Take back my signature")
    back = tomasz.get_by_role("button", name="Take the signature back")
    expect(back).to_be_visible()
    open_milestone(ruth, year.plan, "Month 2")
    stone = urlsplit(ruth.url).path
    assert conditions(ruth) == ["met Sessions held 1 of 1"]
    follow(card(ruth, "Due"), "Move")
    ruth.get_by_label("New date").fill("2027-04-01")
    ruth.get_by_label("Why does it move?").fill("Too early")
    devon.goto(year.plan)
    sign(devon, "Month 2")
    back.click()
    expect(tomasz.locator(".problem")).to_contain_text("no signature of yours to take")
    press(ruth, "Move the milestone")
    refused = ruth.get_by_role("alert").filter(has_text="was signed off")
    expect(refused).to_be_visible()
    devon.get_by_label("Addendum").fill(ADDENDUM)
    press(devon, "Add it for good")
    expect(card(devon, "Addenda").locator("article")).to_be_visible()
    for page in (tomasz, ruth):
        page.goto(stone)
        addenda = texts(card(page, "Addenda").locator("article p"))
        assert addenda == ["Devon Marsh, 4 March", ADDENDUM]
        signed = texts(card(page, "Signatures").locator("li"))
        assert signed == [
            "signed Devon Marsh 4 March",
            "signed Tomasz Wieczorek 4 March",
        ]
        assert page.get_by_role("link", name=re.compile("Move|Sign|back")).count() == 0
