"""A junior and a mentor in two browsers take one change through its session."""

from playwright.sync_api import Page, expect

from reviews.models import ReviewSession
from tests.browser.steps import Enter, clean
from tests.cast import Cast
from tests.samples import diff_sample


def bring_change(page: Page) -> str:
    """Opens a session with a real change; gives the address of its reading page."""
    page.goto("/o/tidewater/sessions/")
    clean(page)
    page.get_by_role("link", name="Open a session").first.click()
    page.get_by_label("What does the change do?").fill("Watch files instead of polling")
    page.get_by_label("Or files").set_input_files(
        {
            "name": "watch.diff",
            "mimeType": "text/plain",
            "buffer": diff_sample("07-typical-go-concurrency.diff"),
        }
    )
    page.get_by_role("button", name="See the preview").click()
    expect(page.get_by_text("watch.diff")).to_be_visible()
    page.get_by_label("Written by which tool?").fill("agent in the editor")
    page.get_by_label("Who drove?").select_option("nobody")
    clean(page)
    page.get_by_role("button", name="Open the session").click()
    page.wait_for_url("**/read/")
    clean(page)
    return page.url


def note_finding(page: Page, title: str) -> None:
    """By the keys: to the first change, two lines, a finding."""
    page.keyboard.press("n")
    page.keyboard.press("Shift+J")
    page.keyboard.press("c")
    form = page.locator("#finding-form")
    expect(form.get_by_label("What is wrong?")).to_be_focused()
    page.keyboard.type(title)
    page.keyboard.press("Escape")
    expect(form.get_by_label("What is wrong?")).to_have_value(title)
    form.get_by_role("button", name="Add finding").click()
    expect(form.get_by_text("This field is required").first).to_be_visible()
    expect(form.get_by_role("combobox", name="Category")).to_be_focused()
    page.keyboard.type("race sleep")
    page.keyboard.press("Enter")
    expect(form.get_by_role("combobox", name="Category")).to_have_value("Concurrency")
    form.get_by_text("Major", exact=True).click()
    form.get_by_role("button", name="Add finding").click()
    expect(page.locator(".says.small").get_by_text(title)).to_be_visible()
    expect(page.locator("#own").get_by_text(title)).to_be_visible()
    expect(page.locator("td.sel > a").last).to_be_focused()


def lock(page: Page) -> None:
    pass_form = page.locator("#pass-form")
    pass_form.get_by_text("With changes", exact=True).click()
    expect(pass_form.locator(".saved")).to_contain_text("Saved")
    pass_form.get_by_text("25", exact=True).click()
    page.get_by_role("link", name="Lock your pass").click()
    page.get_by_role("button", name="Lock my pass").click()
    expect(page.locator("#pass-form .tag")).to_have_text("locked")


def test_a_session_from_change_to_close(people: Cast, enter: Enter) -> None:
    ines, tomasz = enter(people.ines), enter(people.tomasz)
    reading = bring_change(ines)
    tomasz.goto(reading)
    note_finding(ines, "The watcher leaks")
    note_finding(tomasz, "Nobody closes the watcher")
    lock(ines)
    clean(ines)
    expect(tomasz.locator("#standing")).to_contain_text("Ines has locked")
    assert "The watcher leaks" not in tomasz.content()
    lock(tomasz)
    ines.get_by_role("button", name="Reveal both passes").click()
    for page in (ines, tomasz):
        page.wait_for_url("**/board/")
        expect(page.locator("#all .finding")).to_have_count(2)
    clean(ines)
    ines.get_by_role("button", name="They are the same flaw").click()
    for page in (ines, tomasz):
        expect(page.locator("#all .finding.both")).to_have_count(1)
    expect(tomasz.locator("#detail-head .kind")).to_have_text("Both saw it")
    expect(tomasz.locator("#same")).to_contain_text("Not the same flaw: part them")
    tomasz.get_by_label("A lesson").fill("Half a sent")
    ines.locator("#decide").get_by_text("A real flaw", exact=True).click()
    expect(tomasz.locator("#saw .key")).to_contain_text("Both saw it, 1")
    expect(tomasz.get_by_label("A lesson")).to_have_value("Half a sent")
    expect(tomasz.locator("#decide")).to_contain_text("set by Ines")
    clean(tomasz)
    tomasz.get_by_role("button", name="Add lesson").click()
    expect(tomasz.locator("#lesson-list")).to_contain_text("Half a sent")
    ines.get_by_role("link", name="Close the session").click()
    ines.get_by_label("Minutes").fill("55")
    ines.get_by_text("With changes", exact=True).click()
    ines.get_by_label("How did it go, in one word?").fill("lively")
    unexplained = ines.get_by_label("Why do they stay unexplained?")
    unexplained.fill("We ran out of time.")
    clean(ines)
    ines.get_by_role("button", name="Close the session").click()
    expect(ines.get_by_text("The session is closed")).to_be_visible()
    clean(ines)
    expect(tomasz.locator("#poll")).to_contain_text("The session is closed now")
    assert ReviewSession.objects.get().state == ReviewSession.State.CLOSED


def test_log_by_keyboard_alone(people: Cast, enter: Enter) -> None:
    page = enter(people.tomasz)
    page.goto("/o/tidewater/sessions/log/")
    clean(page)
    expect(page.get_by_label("With")).to_be_focused()
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.locator("#id_change").evaluate("e => e === document.activeElement"):
            break
    page.keyboard.type("Cache the rate table per tenant")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The session is in the record.")).to_be_visible()
    assert ReviewSession.objects.get().title == "Cache the rate table per tenant"


def test_a_revision_comes_in_between(people: Cast, enter: Enter) -> None:
    """Two people through every stage, with another version while they still read."""
    ines, tomasz = enter(people.ines), enter(people.tomasz)
    reading = bring_change(ines)
    tomasz.goto(reading)
    note_finding(ines, "The watcher leaks")
    expect(ines.locator("#own")).to_contain_text("watcher.go:6–7")
    bring_revision(tomasz)
    note_finding(tomasz, "Nobody closes the watcher")
    ines.reload()
    expect(ines.get_by_role("link", name="Revision 2")).to_be_visible()
    expect(ines.locator("#own")).to_contain_text("The watcher leaks")
    expect(ines.locator("#own")).to_contain_text("watcher.go:7–8")
    expect(ines.locator(".says.small")).to_contain_text("The watcher leaks")
    clean(ines)
    for page in (ines, tomasz):
        lock(page)
    tomasz.get_by_role("button", name="Reveal both passes").click()
    ines.wait_for_url("**/board/")
    ines.get_by_role("button", name="They are the same flaw").click()
    expect(ines.locator("#all .finding.both")).to_have_count(1)
    ines.locator("#decide").get_by_text("A real flaw", exact=True).click()
    expect(tomasz.locator("#decide")).to_contain_text("set by Ines")
    explain(ines, "Commit", "The goroutine outlives the watcher.")
    explain(tomasz, "Rule", "Who starts a goroutine says who ends it.")
    tomasz.locator("#card").get_by_text("sound", exact=True).click()
    expect(ines.locator("#card")).to_contain_text("Who starts a goroutine")
    expect(ines.locator("#card-mark")).to_contain_text("marked the explanation 2 of 3")
    ines.get_by_role("link", name="Close the session").click()
    ines.get_by_label("Minutes").fill("50")
    ines.get_by_text("With changes", exact=True).click()
    ines.get_by_label("How did it go, in one word?").fill("lively")
    expect(ines.get_by_label("Why do they stay unexplained?")).to_have_count(0)
    ines.get_by_role("button", name="Close the session").click()
    expect(ines.get_by_text("The session is closed")).to_be_visible()
    session = ReviewSession.objects.get()
    assert (session.state, session.verdict) == ("closed", "fix")
    assert session.revisions.count() == 2
    assert session.was_safe is False


def bring_revision(page: Page) -> None:
    """The same change with two more lines on top, so that every line moves."""
    page.get_by_role("link", name="Add a revision").click()
    page.get_by_label("Or files").set_input_files(
        {"name": "again.diff", "mimeType": "text/plain", "buffer": revised()}
    )
    page.get_by_role("button", name="See the preview").click()
    clean(page)
    page.get_by_role("button", name="Add the revision").click()
    page.wait_for_url("**/read/")


def revised() -> bytes:
    """One more import above everything that the change adds."""
    diff = diff_sample("07-typical-go-concurrency.diff")
    diff = diff.replace(b"@@ -3,14 +3,16 @@", b"@@ -3,14 +3,17 @@")
    diff = diff.replace(b"@@ -20,26 +22,153 @@", b"@@ -20,26 +23,153 @@")
    return diff.replace(b'+\t"io/fs"\n', b'+\t"errors"\n+\t"io/fs"\n')


def explain(page: Page, step: str, words: str) -> None:
    page.locator("#card").get_by_label(step).fill(words)
    page.get_by_role("button", name="Save the card").click()
    expect(page.locator("#card-kept")).to_contain_text("Saved")
