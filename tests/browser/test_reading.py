"""A change read alone in a real browser: nothing typed is lost, nothing is doubled."""

import re

import pytest
from django.test import Client
from playwright.sync_api import (
    BrowserContext,
    Page,
    Route,
    ViewportSize,
    expect,
)

from reviews.demo_changes.catalog import changes
from reviews.models import Draft, Finding, ReviewSession
from tests.browser.steps import ContextOf, clean, copied
from tests.cast import Cast
from tests.reviews.conftest import DIFF, PROVENANCE
from tests.samples import diff_sample


def opened(people: Cast, diff: str = DIFF) -> str:
    """The address of the reading page of a new session."""
    client = Client()
    client.force_login(people.ines.user)
    fields = {"pairing": people.pairing.pk, "title": "Retry", "diff": diff}
    staged = client.post("/o/tidewater/sessions/new/", {**fields, **PROVENANCE})
    client.post(staged["Location"])
    return f"/o/tidewater/sessions/{ReviewSession.objects.get().pk}/read/"


def reading(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    assert errors == []
    return page


def begin(page: Page) -> None:
    """Opens the form on lines 4 and 5 by keys alone."""
    page.locator("#f1-n4 > a").click()
    page.keyboard.press("Shift+J")
    page.keyboard.press("c")
    expect(page.get_by_label("What is wrong?")).to_be_focused()


def judge(page: Page, category: str = "edge") -> None:
    """Fills in what a finding needs beside its title."""
    form = page.locator("#finding-form")
    form.get_by_role("combobox", name="Category").fill(category)
    page.keyboard.press("Enter")
    form.get_by_text("Major", exact=True).click()


def test_a_lost_connection_loses_nothing(people: Cast, context_of: ContextOf) -> None:
    address = opened(people)
    context = context_of(people.ines)
    page = reading(context, address)
    begin(page)
    page.keyboard.type("The timeout is 0")
    saved = page.locator("#finding-form .saved")
    expect(saved).to_contain_text("Saved ")
    context.set_offline(True)
    page.keyboard.type(", so it never connects")
    expect(saved).to_contain_text("Not saved: there is no connection.")
    judge(page)
    page.get_by_role("button", name="Add finding").click()
    expect(page.get_by_label("What is wrong?")).to_have_value(
        "The timeout is 0, so it never connects"
    )
    assert Draft.objects.get().words["title"] == "The timeout is 0"
    context.set_offline(False)
    expect(saved).to_contain_text("Saved ")
    assert Draft.objects.get().words["category"] == "edge_case"
    page.get_by_role("button", name="Add finding").click()
    expect(page.locator("#own")).to_contain_text("so it never connects")
    assert Finding.objects.get().title == "The timeout is 0, so it never connects"
    assert not Draft.objects.exists()


def test_who_leaves_with_unsaved_words_is_asked_and_finds_them_again(
    people: Cast, context_of: ContextOf
) -> None:
    address = opened(people)
    context = context_of(people.ines)
    page = reading(context, address)
    begin(page)
    page.keyboard.type("Half a sent")
    expect(page.locator("#finding-form .saved")).to_contain_text("Saved ")
    context.set_offline(True)
    page.keyboard.type("ence")
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    with page.expect_event("close"):
        asked.value.accept()
    context.set_offline(False)
    page = reading(context, address)
    draft = page.locator("#own .draft")
    expect(draft).to_contain_text("Half a sent")
    draft.get_by_role("link", name="Go on").click()
    # Where the line is back in time, the last words are saved as the page goes.
    kept = re.compile("^Half a sent(ence)?$")
    expect(page.get_by_label("What is wrong?")).to_have_value(kept)
    expect(page.get_by_label("From line")).to_have_value("4")
    clean(page)


def test_two_tabs_and_a_double_click_make_one_finding(
    people: Cast, context_of: ContextOf
) -> None:
    address = opened(people)
    context = context_of(people.ines)
    page = reading(context, address)
    begin(page)
    page.keyboard.type("The timeout is 0")
    judge(page)
    expect(page.locator("#finding-form .saved")).to_contain_text("Saved ")
    other = reading(context, address)
    other.get_by_role("link", name="Go on").click()
    other.get_by_label("What happens because of it?").fill("It never connects.")
    expect(other.locator("#finding-form .saved")).to_contain_text("Saved ")
    page.get_by_label("What is wrong?").fill("The timeout is nothing")
    saved = page.locator("#finding-form .saved")
    expect(saved).to_contain_text("Another tab has changed this in between.")
    assert Draft.objects.get().words["text"] == "It never connects."
    page.get_by_role("button", name="Save mine instead").click()
    expect(saved).to_contain_text("Saved ")
    assert Draft.objects.get().words["title"] == "The timeout is nothing"
    page.get_by_role("button", name="Add finding").dblclick()
    expect(page.locator("#own .finding")).to_have_count(1)
    other.get_by_role("button", name="Add finding").click()
    expect(other.get_by_role("alert").first).to_contain_text("was added already")
    expect(other.get_by_label("What happens because of it?")).to_have_value(
        "It never connects."
    )
    other.get_by_role("button", name="Save finding").click()
    other.wait_for_url("**/read/**")
    finding = Finding.objects.get()
    assert (finding.title, finding.text) == ("The timeout is 0", "It never connects.")


def test_on_a_phone_the_form_begins_below_the_name_of_its_file(
    people: Cast, context_of: ContextOf
) -> None:
    size: ViewportSize = {"width": 360, "height": 740}
    diff = next(iter(changes())).diff.decode()
    # Without motion it stands where it scrolls to.
    still = context_of(people.ines, viewport=size, reduced_motion="reduce")
    page = reading(still, opened(people, diff))
    begin(page)
    head = page.locator("#f1 > header").bounding_box()
    heading = page.locator("#finding-form h4").bounding_box()
    title = page.get_by_label("What is wrong?").bounding_box()
    assert head
    assert heading
    assert title
    assert head["y"] + head["height"] <= heading["y"] < title["y"]
    assert title["y"] + title["height"] < 740


def test_another_tab_shows_what_was_recorded_in_the_first(
    people: Cast, context_of: ContextOf
) -> None:
    address = opened(people)
    context = context_of(people.ines)
    page, other = reading(context, address), reading(context, address)
    other.locator("#f1-n2 > a").click()
    other.keyboard.press("c")
    other.get_by_label("What is wrong?").fill("Half typed here")
    begin(page)
    page.keyboard.type("The timeout is 0")
    judge(page)
    page.get_by_role("button", name="Add finding").click()
    own = other.locator("#own")
    expect(own).to_contain_text("1. The timeout is 0")
    expect(other.get_by_label("What is wrong?")).to_have_value("Half typed here")
    other.get_by_role("link", name="Cancel").click()
    other.get_by_role("button", name="Throw it away").click()
    page.locator("#own").get_by_role("link", name="Edit finding 1").click()
    page.get_by_label("What is wrong?").fill("The timeout is nothing")
    page.get_by_role("button", name="Save finding").click()
    expect(own).to_contain_text("1. The timeout is nothing")
    expect(other.locator("#final")).to_contain_text("You found 1 flaw.")
    clean(other)


def test_a_late_answer_does_not_take_back_what_was_added_meanwhile(
    people: Cast, context_of: ContextOf
) -> None:
    page = reading(context_of(people.ines), opened(people))
    begin(page)
    page.keyboard.type("The timeout is 0")
    expect(page.locator("#finding-form .saved")).to_contain_text("Saved")
    judge(page)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/findings/own/**", hold, times=1)
    with page.expect_request("**/findings/own/**") as asked:
        page.evaluate("dispatchEvent(new Event('focus'))")
    answer = page.request.get(asked.value.url, headers=asked.value.headers)
    page.get_by_role("button", name="Add finding").click()
    own = page.locator("#own")
    expect(own).to_contain_text("1. The timeout is 0")
    (route,) = held
    assert "Not finished" in answer.text()
    # It may know less than is shown by now, so the page asks once more.
    with page.expect_response(
        lambda one: "/findings/own/" in one.url and one.request != asked.value
    ):
        route.fulfill(response=answer)
    expect(own).to_contain_text("1. The timeout is 0")
    expect(own).not_to_contain_text("Not finished")


def test_cancel_asks_before_words_are_thrown_away(
    people: Cast, context_of: ContextOf
) -> None:
    page = reading(context_of(people.ines), opened(people))
    begin(page)
    page.get_by_role("link", name="Cancel").click()
    expect(page.locator("#finding-form")).to_have_count(0)
    begin(page)
    page.keyboard.type("The timeout is 0")
    page.get_by_role("link", name="Cancel").click()
    clean(page)
    page.keyboard.press("Escape")
    expect(page.get_by_label("What is wrong?")).to_have_value("The timeout is 0")
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("button", name="Keep it for later").click()
    expect(page.locator("#own .draft")).to_contain_text("The timeout is 0")
    expect(page.locator("#finding-form")).to_have_count(0)
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_label("What is wrong?")).to_have_value("The timeout is 0")
    page.get_by_role("link", name="Cancel").click()
    assert Draft.objects.get().words["title"] == "The timeout is 0"
    page.get_by_role("button", name="Throw it away").click()
    page.wait_for_url("**/read/**")
    assert not Draft.objects.exists()


def test_a_typed_per_cent_takes_the_place_of_a_step(
    people: Cast, context_of: ContextOf
) -> None:
    page = reading(context_of(people.ines), opened(people))
    form = page.locator("#verdict")
    form.get_by_text("50", exact=True).click()
    form.get_by_label("Or exactly, in per cent").fill("37")
    saved = form.locator(".saved")
    expect(saved).to_contain_text("Saved ")
    expect(form.get_by_role("radio", name="50")).not_to_be_checked()
    form.get_by_label("Or exactly, in per cent").fill("370")
    expect(saved).to_contain_text("Not saved: ")
    clean(page)
    form.get_by_text("75", exact=True).click()
    expect(form.get_by_label("Or exactly, in per cent")).to_have_value("")
    expect(saved).to_contain_text("Saved ")
    page.reload()
    expect(form.get_by_role("radio", name="75")).to_be_checked()


def test_what_was_refused_is_not_dropped_with_a_key(
    people: Cast, context_of: ContextOf
) -> None:
    page = reading(context_of(people.ines), opened(people))
    begin(page)
    page.keyboard.type("The timeout is 0")
    page.get_by_role("button", name="Add finding").click()
    expect(page.locator("#finding-form .error").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("What is wrong?")).to_have_value("The timeout is 0")


def test_an_answer_that_is_lost_makes_no_second_finding(
    people: Cast, context_of: ContextOf
) -> None:
    page = reading(context_of(people.ines), opened(people))
    begin(page)
    page.keyboard.type("The timeout is 0")
    judge(page)
    arrived: list[int] = []

    def lose(route: Route) -> None:
        arrived.append(route.fetch().status)
        route.abort()

    page.route("**/findings/new/", lose, times=1)
    page.get_by_role("button", name="Add finding").click()
    expect(page.locator("#finding-form .saved")).to_contain_text("Not saved")
    assert arrived == [200]
    page.get_by_label("What is wrong?").fill("The timeout is nothing")
    page.get_by_role("button", name="Add finding").click()
    form = page.locator("#finding-form")
    expect(form.get_by_role("alert")).to_contain_text("was added already")
    expect(form.get_by_label("What is wrong?")).to_have_value("The timeout is nothing")
    form.get_by_role("button", name="Save finding").click()
    expect(page.locator("#own")).to_contain_text("1. The timeout is nothing")
    assert Finding.objects.get().title == "The timeout is nothing"
    assert not Draft.objects.exists()


def test_categories_are_searched_by_keys_and_pointer(
    people: Cast, context_of: ContextOf
) -> None:
    page = reading(context_of(people.ines), opened(people))
    begin(page)
    field = page.get_by_role("combobox", name="Category")
    field.fill("somebody reaches")
    expect(page.get_by_role("option")).to_have_count(1)
    clean(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(page.locator("#finding-form")).to_be_visible()
    field.fill("no such words")
    expect(page.locator("#category-says")).to_have_text("No category has these words.")
    page.wait_for_timeout(1_000)
    assert not Draft.objects.exists()
    page.keyboard.press("Tab")
    expect(field).to_have_value("")
    field.click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(field).to_have_value("Logic")
    field.click()
    page.get_by_role("option", name="Injection").click()
    expect(field).to_have_value("Injection")
    expect(page.locator("#category-says")).to_contain_text("CWE-74.")
    assert page.locator("select[name=category]").input_value() == "injection"


def test_a_file_and_the_whole_change_have_findings_too(
    people: Cast, context_of: ContextOf
) -> None:
    address = opened(people)
    page = reading(context_of(people.ines), address)
    page.get_by_role("link", name="Finding on the whole of delivery.py").click()
    form = page.locator("#finding-form")
    expect(form).to_contain_text("on the whole file")
    page.keyboard.type("It belongs elsewhere")
    judge(page, "right thing")
    form.get_by_role("button", name="Add finding").click()
    expect(page.locator("#f1 .about")).to_contain_text("1. It belongs elsewhere")
    expect(page.locator("[data-leaf='1'] .found")).to_contain_text("1")
    page.keyboard.press("Escape")
    more = page.locator("#pass-form").get_by_role("link", name="Add a finding")
    more.click()
    expect(form).to_contain_text("on the change as a whole")
    form.get_by_role("link", name="Cancel").click()
    expect(more).to_be_focused()
    more.press("Enter")
    expect(form).to_contain_text("on the change as a whole")
    page.keyboard.type("Too much at once")
    judge(page, "needless")
    form.get_by_role("button", name="Add finding").click()
    expect(page.locator("#own")).to_contain_text("2. Too much at once")
    expect(page.get_by_role("link", name="Edit finding 2")).to_be_focused()
    rows = Finding.objects.order_by("pk")
    assert [(one.path, one.line_to) for one in rows] == [
        ("src/delivery.py", None),
        ("", None),
    ]
    page.goto(address.replace("/read/", "/lock/"))
    expect(page.locator("#own")).to_contain_text("2. Too much at once")
    clean(page)


def test_a_suggested_replacement_is_previewed_beside_its_lines(
    people: Cast, context_of: ContextOf
) -> None:
    page = reading(context_of(people.ines), opened(people))
    begin(page)
    form = page.locator("#finding-form")
    form.get_by_text("A replacement, a CWE id").click()
    judge(page)
    expect(form.get_by_label("CWE id")).to_have_attribute("placeholder", "754")
    form.get_by_label("What happens because of it?").fill("It **never** connects.")
    form.get_by_label("What should stand there instead?").fill("    return 1")
    form.get_by_role("button", name="Preview").click()
    expect(form.locator("#preview strong")).to_have_text("never")
    expect(form.locator("#preview ins")).to_have_text("    return 1")
    clean(page)


def test_marks_of_viewed_files_by_key_and_pointer(
    people: Cast, context_of: ContextOf
) -> None:
    second = DIFF.replace("delivery", "retry")
    page = reading(context_of(people.ines), opened(people, DIFF + second))
    page.keyboard.press("v")
    expect(page.locator("#viewed")).to_contain_text("1 of 2 files viewed")
    expect(page.locator("#f1 table")).to_be_hidden()
    expect(page.locator("#f2-n1 > a")).to_be_focused()
    page.get_by_role("checkbox", name="Viewed").nth(1).check()
    expect(page.locator("#viewed")).to_contain_text("2 of 2 files viewed")
    page.reload()
    expect(page.locator("#f1 table")).to_be_hidden()
    clean(page)
    page.get_by_role("checkbox", name="Viewed").first.uncheck()
    expect(page.locator("#viewed")).to_contain_text("1 of 2 files viewed")
    expect(page.locator("#f1 table")).to_be_visible()


def test_a_link_to_lines_of_a_file_that_is_not_here_yet(
    people: Cast, context_of: ContextOf
) -> None:
    text = diff_sample("09-big-go.diff").decode()
    context = context_of(people.ines)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = reading(context, opened(people, text))
    expect(page.locator(".waiting")).to_have_count(0)
    line = page.locator("#f18 td.new[id]").nth(2)
    line.locator("> a").click()
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+J")
    chosen = page.locator("td.sel").evaluate_all("cells => cells.map(one => one.id)")
    assert len(chosen) == 3
    page.get_by_role("button", name="Copy the link").click()
    expect(page.locator("#picked")).to_contain_text("Copied")
    address = copied(page)
    assert address.endswith(f"/read/#{chosen[0]}-{chosen[-1].split('-')[1]}")
    other = reading(context, address)
    expect(other.locator("td.sel")).to_have_count(3)
    expect(other.locator(f"#{chosen[-1]}")).to_be_in_viewport()


def test_what_happened_to_a_line_is_said_to_who_hears_the_page(
    people: Cast, context_of: ContextOf
) -> None:
    page = reading(context_of(people.ines), opened(people))
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="2, added: import time")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("Shift+J")
    says = page.locator("#picked [role=status]")
    expect(says).to_have_text("Lines 3 to 4 of delivery.py are selected")
    expect(says).to_have_attribute("aria-live", "polite")
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 800})
        snapshot = page.locator("#f1 table").aria_snapshot()
        assert 'cell "added 5 return post(event, timeout=0)"' in snapshot
        assert 'cell "removed 3 return post(event)"' in snapshot
        assert "rowgroup" in snapshot


@pytest.mark.parametrize("has_script", [True, False])
def test_a_fold_opens_and_a_moved_block_leads_to_its_other_end(
    has_script: bool, people: Cast, context_of: ContextOf
) -> None:
    change = next(one for one in changes() if one.slug == "cache-rate-table")
    context = context_of(people.ines, java_script_enabled=has_script)
    page = reading(context, opened(people, change.diff.decode()))
    fold = page.locator("#f6").get_by_role("checkbox", name="Show 10 unchanged lines")
    expect(page.locator("#f6-n12")).to_be_hidden()
    fold.check()
    expect(page.locator("#f6-n12")).to_be_visible()
    expect(page.locator("#f6")).to_contain_text("only whitespace changed")
    before = page.url
    page.get_by_role("link", name="4 lines moved to rates/weights.py, line 30").click()
    expect(page.locator("#f6-n30")).to_be_in_viewport()
    expect(page).to_have_url(before + ("#f6-n30" if has_script else "?from=6#f6-n30"))
    back = "4 lines moved from rates/services.py, line 19"
    assert f'link "{back}"' in page.locator("#f6 table").aria_snapshot()


def test_without_script_a_finding_names_its_lines_in_two_fields(
    people: Cast, context_of: ContextOf
) -> None:
    page = reading(context_of(people.ines, java_script_enabled=False), opened(people))
    expect(page.locator("#f1-n2")).to_contain_text("import time")
    page.get_by_role("checkbox", name="Viewed").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#viewed")).to_contain_text("1 of 1 file viewed")
    page.locator("#pass-form").get_by_role("link", name="Add a finding").click()
    page.get_by_label("File").select_option("src/delivery.py")
    page.get_by_label("From line").fill("4")
    page.get_by_label("To line").fill("9")
    page.get_by_label("What is wrong?").fill("The timeout is 0")
    page.get_by_label("Category").select_option("edge_case")
    page.get_by_text("Major", exact=True).click()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).to_contain_text("Nothing is written yet.")
    page.get_by_role("button", name="Add finding").click()
    expect(page.locator("#id_line_to-e")).to_contain_text(
        "The diff does not show line 9. It shows 1–5."
    )
    page.get_by_label("To line").fill("5")
    page.get_by_role("button", name="Add finding").click()
    expect(page.locator("#own")).to_contain_text("1. The timeout is 0")
    page.get_by_role("link", name="Lock your pass").click()
    expect(page.locator("#final")).to_contain_text("You found 1 flaw.")
    page.get_by_text("No", exact=True).click()
    page.get_by_text("25", exact=True).click()
    page.get_by_role("button", name="Lock my pass").click()
    expect(page.locator("#pass-form .tag")).to_have_text("locked")


def test_the_lock_is_confirmed_in_a_dialog_and_is_final(
    people: Cast, context_of: ContextOf
) -> None:
    page = reading(context_of(people.ines), opened(people))
    page.locator("#pass-form").get_by_text("No", exact=True).click()
    expect(page.locator("#verdict .saved")).to_contain_text("Saved ")
    page.get_by_text("25", exact=True).click()
    page.get_by_role("link", name="Lock your pass").click()
    dialog = page.get_by_role("dialog", name="Lock your pass?")
    expect(dialog).to_contain_text("You found nothing: that is a valid pass.")
    clean(page)
    dialog.get_by_role("button", name="Keep reading").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("link", name="Lock your pass").click()
    dialog.get_by_role("button", name="Lock my pass").click()
    expect(page.locator("#pass-form")).to_contain_text("It stays as it is.")
    expect(page.locator("#own")).to_contain_text("You found nothing")
    clean(page)
