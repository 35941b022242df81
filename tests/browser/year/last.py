"""The months with the next mentor, and what the year came to."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.test_week import TITLE
from tests.browser.year import (
    ADDENDUM,
    COMPETENCY,
    FIGURES,
    GOAL,
    HARDEST,
    LESSON,
    MENTORS,
    MENTORS_FLAW,
    MENTORS_NOTE,
    NAMES,
    OTHER,
    OWN_FLAW,
    OWN_NOTE,
    REASON,
    SESSIONS,
    WORD,
    Year,
)
from tests.browser.year.steps import (
    agree_and_sign,
    assess_apart,
    card,
    conditions,
    figures,
    follow,
    headed,
    milestones,
    open_milestone,
    press,
    rows,
    sign,
    status,
    texts,
    without,
)


def the_mentor_changes(year: Year) -> None:
    """The plan passes to the next, the room only as far as the junior releases it."""
    devon, tomasz, anjali, ruth = year.devon, year.tomasz, year.anjali, year.ruth
    tomasz.goto(year.pairing)
    follow(tomasz, "For the next mentor")
    tomasz.get_by_label("For the next mentor").fill(WORD)
    press(tomasz, "Save")
    expect(tomasz.get_by_text("Saved.")).to_be_visible()
    assert status(anjali, year.plan) == 404
    ruth.goto(year.pairing)
    without(ruth, WORD)
    follow(ruth, "Change the mentor")
    ruth.get_by_label("Anjali Mehta").check()
    press(ruth, "Pair Devon Marsh")
    headed(ruth, "Devon Marsh with Anjali Mehta")
    between = f"{urlsplit(ruth.url).path}handover/"

    anjali.goto(between)
    looks = anjali.get_by_text("Devon Marsh looks at the handover first")
    expect(looks).to_be_visible()
    without(anjali, WORD, TITLE)
    assert status(anjali, year.session) == 404
    anjali.goto(year.evidence)
    expect(anjali.get_by_text("is read by those who took part")).to_be_visible()
    without(anjali, OWN_FLAW, MENTORS_FLAW)
    devon.goto("/o/tidewater/")
    follow(devon, "Open the handover")
    expect(devon.get_by_text(WORD)).to_be_visible()
    devon.get_by_label(TITLE).check()
    press(devon, "Release the handover")
    expect(devon.get_by_text("Anjali Mehta can read it now.")).to_be_visible()
    anjali.goto(between)
    expect(anjali.get_by_text(WORD)).to_be_visible()
    press(anjali, "I have read it")
    expect(anjali.get_by_text("Anjali Mehta acknowledged it on 4 May")).to_be_visible()
    follow(anjali, TITLE)
    headed(anjali, TITLE)
    expect(anjali.locator("main")).to_contain_text(OWN_FLAW)
    expect(anjali.locator("main")).to_contain_text(LESSON)
    # Who mentored before keeps the record and the sessions, not the plan's text.
    tomasz.goto(year.plan)
    expect(card(tomasz, "Goals")).to_contain_text("You read the record")
    without(tomasz, GOAL, HARDEST, OWN_NOTE, MENTORS_NOTE)
    assert status(tomasz, year.session) == 200


def the_next_mentor_goes_on(year: Year) -> None:
    """With all that the year holds so far, and with the next milestone."""
    anjali, devon = year.anjali, year.devon
    assert milestones(anjali, year.plan) == {
        "First meeting": "signed off",
        "Needs assessment": "lapsed",
        "Month 2": "signed off",
        **dict.fromkeys(NAMES[3:], "to come"),
    }
    expect(card(anjali, "Goals")).to_contain_text(GOAL)
    expect(card(anjali, "Check-ins")).to_contain_text(HARDEST)
    assert len(rows(anjali, "Competencies")) == 24
    open_milestone(anjali, year.plan, "Month 4")
    assert conditions(anjali) == ["not yet Sessions held 1 of 2"]
    sign(anjali, "Month 4", although=REASON)
    devon.goto(year.plan)
    sign(devon, "Month 4")
    assert conditions(devon) == ["not met Sessions held 1 of 2"]
    assert texts(card(devon, "Signatures").locator(".said")) == [REASON]
    signed = texts(card(devon, "Signatures").locator("li"))
    assert signed == ["signed Devon Marsh 4 May", "signed Anjali Mehta 4 May"]


def the_last_assessment(year: Year) -> None:
    """The next mentor rates apart too; then and now lie beside each other."""
    devon, anjali, tomasz = year.devon, year.anjali, year.tomasz
    anjali.goto(year.plan)
    expect(card(anjali, "Autonomy")).to_contain_text("1 to confirm again")
    devon.goto(year.plan)
    follow(devon, GOAL)
    press(devon, "Reached")
    expect(devon.get_by_role("button", name="Open again")).to_be_visible()
    said = {devon: (4, "I find them alone by now"), anjali: (4, "Finds what I miss")}
    path = assess_apart(devon, anjali, year.plan, "Begin the last assessment", said)
    assert status(tomasz, path) == 403
    agree_and_sign(devon, anjali, path, level="expert", state="independent")
    devon.goto(f"{year.plan}assessments/")
    changes = {line[0]: line[1:] for line in rows(devon, "Then and now")}
    then, now = "competent, improving", "expert, independent"
    assert changes.pop(COMPETENCY) == [then, now, "2 levels up"]
    assert changes.pop(OTHER) == [then, now, "2 levels up"]
    others = [then, "proficient, independent", "one level up"]
    assert list(changes.values()) == [others] * 22


def the_year_is_completed(year: Year) -> None:
    """No certificate before both have signed; then one, for whoever reads the year."""
    devon, anjali, ruth = year.devon, year.anjali, year.ruth
    assert status(devon, f"{year.plan}certificate/") == 409
    expect(devon.locator(".problem")).to_contain_text("no certificate yet")
    for page in (anjali, devon):
        page.goto(year.plan)
    sign(anjali, "Completion review", although=REASON)
    assert status(ruth, f"{year.plan}certificate/") == 409
    sign(devon, "Completion review")
    devon.goto(f"{year.plan}completion/")
    headed(devon, "What Devon Marsh’s year came to")
    on = "Completed: both signed the completion review, the second on 20 December 2027."
    expect(devon.get_by_text(on)).to_be_visible()
    assert figures(devon) == FIGURES
    assert rows(devon, "Mentors") == MENTORS
    expect(card(devon, "Goals and how they ended")).to_contain_text(GOAL)
    expect(card(devon, "Lessons")).to_contain_text(LESSON)
    assert len(rows(devon, "Levels then and now")) == 24
    follow(devon, "Certificate")
    headed(devon, "Certificate of completion")
    assert texts(devon.locator(".signed p")) == [
        "Devon Marsh signed on 20 December 2027",
        "Anjali Mehta signed on 20 December 2027",
    ]
    assert status(ruth, f"{year.plan}certificate/") == 200
    ruth.goto(f"{year.plan}completion/")
    assert rows(ruth, "Mentors") == MENTORS
    without(ruth, GOAL, LESSON, "2 levels up")


def a_stranger_reads_what_is_shared(year: Year) -> None:
    """Without signing in, what was ticked and no more, until it is revoked."""
    devon, stranger = year.devon, year.stranger
    devon.goto(f"{year.plan}links/add/")
    devon.get_by_label("For whom?").fill("My next team")
    for part in ("Levels then and now", "Sessions: how many", LESSON):
        devon.get_by_label(part).check()
    press(devon, "Make the link")
    address = card(devon, "Your link").get_by_role("link").inner_text()
    link = urlsplit(address).path
    assert status(stranger, link) == 200
    headed(stranger, "What Devon Marsh’s year came to")
    assert figures(stranger) == SESSIONS
    shown = {line[0]: line[-1] for line in rows(stranger, "Levels then and now")}
    assert shown[COMPETENCY] == "2 levels up"
    assert texts(card(stranger, "Lessons").locator("li")) == [f"{LESSON} 4 March 2027"]
    hidden = (GOAL, HARDEST, OWN_NOTE, OWN_FLAW, MENTORS_FLAW, TITLE, WORD, ADDENDUM)
    without(stranger, *hidden, "Tomasz", "Anjali", "Month 2", "My next team")
    assert stranger.context.cookies() == []
    stranger.goto(f"{year.plan}completion/")
    expect(stranger).to_have_url(re.compile("/accounts/login/"))
    devon.reload()
    expect(card(devon, "Links that you made")).to_contain_text("Last opened on")
    follow(devon, "Revoke My next team")
    press(devon, "Revoke the link")
    expect(devon.get_by_text("Revoked on 20 December.")).to_be_visible()
    assert status(stranger, link) == 404
    without(stranger, "Devon", LESSON)
