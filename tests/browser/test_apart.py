"""Two people take a flaw apart in two browsers, and neither disturbs the other."""

import pytest
from django.conf import settings
from django.db.models import F
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from reviews.models import Comment, Explanation, Finding, Lesson, ReviewSession
from tests.access.world import make_world
from tests.browser.steps import Enter, clean
from tests.cast import Cast


@pytest.fixture
def board(people: Cast) -> str:
    """The board of a session whose one flaw, a critical one, both call real."""
    world = make_world(people)
    rows = Finding.objects.filter(pk=world.finding.pk)
    rows.update(adjudication="real", severity="critical")
    Comment.objects.all().delete()
    return f"/o/tidewater/sessions/{world.revealed.pk}/board/?finding={rows.get().pk}"


def test_a_card_is_written_by_two_at_once(
    people: Cast, board: str, enter: Enter
) -> None:
    ines, tomasz = enter(people.ines), enter(people.tomasz)
    for page in (ines, tomasz):
        page.goto(board)
        clean(page)
    rule = tomasz.get_by_label("Rule")
    rule.fill("Whoever prints in production")
    ines.get_by_label("Commit").fill("The print was for debugging.")
    expect(ines.locator("#card-kept")).to_have_text("Saved")
    expect(tomasz.locator("#step-commit")).to_contain_text("The print was for debug")
    expect(ines.locator("#step-rule")).to_contain_text("Whoever prints in production")
    rule.press_sequentially(" tells everybody.", delay=60)
    ines.get_by_label("Evidence").press_sequentially("Line 3 has no reader.", delay=60)
    expect(rule).to_have_value("Whoever prints in production tells everybody.")
    expect(tomasz.locator("#step-evidence")).to_contain_text("Line 3 has no reader.")
    expect(ines.locator("#step-rule")).to_contain_text("production tells everybody.")
    expect(ines.get_by_label("Commit")).to_have_value("The print was for debugging.")
    tomasz.get_by_text("sound", exact=True).click()
    expect(ines.locator("#card-mark")).to_contain_text("marked the explanation 2 of 3")
    row = Explanation.objects.get()
    assert (row.evidence, row.mark) == ("Line 3 has no reader.", 2)
    assert row.rule == "Whoever prints in production tells everybody."
    ines.get_by_role("button", name="Make the rule a lesson").dblclick()
    expect(tomasz.locator("#lesson-list")).to_contain_text("tells everybody.")
    expect(ines.locator("#card-lesson")).to_contain_text("It is among the lessons.")
    assert Lesson.objects.filter(finding__isnull=False).count() == 1
    clean(ines)


def test_what_was_typed_just_now_goes_along_when_the_page_is_left(
    people: Cast, board: str, enter: Enter
) -> None:
    ines = enter(people.ines)
    ines.goto(board)
    ines.get_by_label("Commit").fill("Typed and gone")
    ines.goto("/o/tidewater/sessions/")
    ines.goto(board)
    expect(ines.get_by_label("Commit")).to_have_value("Typed and gone")


TYPES_AT_ONCE = """() => new MutationObserver((_, observer) => {
  const commit = document.querySelector("#card-form [name=commit]");
  if (!commit) return;
  observer.disconnect();
  commit.value = "As soon as it was there";
  commit.dispatchEvent(new Event("input", { bubbles: true }));
  document.body.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
}).observe(document.body, { childList: true, subtree: true })"""


def test_what_is_typed_into_a_card_as_it_arrives_is_saved(
    people: Cast, board: str, enter: Enter
) -> None:
    """Also where htmx takes up another answer before the card's."""
    Finding.objects.update(adjudication="undecided")
    ines = enter(people.ines)
    ines.goto(board)
    ines.evaluate(TYPES_AT_ONCE)
    ines.locator("#decide").get_by_text("A real flaw", exact=True).click()
    expect(ines.locator("#card-kept")).to_have_text("Saved")
    expect(ines.get_by_label("Commit")).to_have_value("As soon as it was there")
    assert Explanation.objects.get().commit == "As soon as it was there"


LEAVES = "/o/tidewater/sessions/"
HELD = """navigator.sendBeacon = (to, form) => {
  if (form) localStorage.late = JSON.stringify([to, [...form]]);
  return true;
};"""
ARRIVES = """async () => {
  const [to, form] = JSON.parse(localStorage.late);
  const answer = await fetch(to, { method: "POST", body: new URLSearchParams(form) });
  return answer.status;
}"""


def kept_in(page: Page) -> list[str]:
    names: list[str] = page.evaluate("Object.keys(sessionStorage)")
    return [name for name in names if name.startswith("typed")]


def typed_and_lost(page: Page, board: str) -> None:
    """The page is left before its words are on their way, and its last cry is held."""
    page.add_init_script(HELD)
    page.route("**/card/", lambda route: route.abort())
    page.goto(board)
    page.get_by_label("Commit").fill("Typed and gone")
    page.goto(LEAVES)
    page.unroute("**/card/")
    assert not Explanation.objects.exists()


def test_what_did_not_arrive_is_back_and_saved(
    people: Cast, board: str, enter: Enter
) -> None:
    ines = enter(people.ines)
    typed_and_lost(ines, board)
    ines.goto(board)
    commit = ines.get_by_label("Commit")
    expect(commit).to_have_value("Typed and gone")
    expect(ines.locator("#card-kept")).to_have_text("Saved")
    with ines.expect_response("**/card/"):
        commit.fill("Typed and gone, and on")
    assert Explanation.objects.get().commit == "Typed and gone, and on"
    assert ines.evaluate(ARRIVES) == 409
    assert Explanation.objects.get().commit == "Typed and gone, and on"
    ines.reload()
    expect(commit).to_have_value("Typed and gone, and on")
    assert not kept_in(ines)


def test_what_came_back_is_not_saved_over_another_tab(
    people: Cast, board: str, enter: Enter
) -> None:
    here = enter(people.ines)
    there = here.context.new_page()
    typed_and_lost(here, board)
    there.goto(board)
    there.get_by_label("Commit").fill("From there")
    expect(there.locator("#card-kept")).to_have_text("Saved")
    here.goto(board)
    expect(here.locator("#card-kept")).to_contain_text("“From there”")
    expect(here.get_by_label("Commit")).to_have_value("Typed and gone")
    here.get_by_role("link", name="Take what stands").click()
    expect(here.get_by_label("Commit")).to_have_value("From there")
    assert Explanation.objects.get().commit == "From there"


def test_a_lost_connection_loses_no_word_of_a_card(
    people: Cast, board: str, enter: Enter
) -> None:
    ines = enter(people.ines)
    ines.goto(board)
    ines.context.set_offline(True)
    ines.get_by_label("Commit").fill("Typed in a tunnel")
    expect(ines.locator("#card-kept")).to_contain_text("there is no connection")
    ines.context.set_offline(False)
    expect(ines.locator("#card-kept")).to_have_text("Saved")
    assert Explanation.objects.get().commit == "Typed in a tunnel"


def test_a_half_typed_reply_is_there_again(
    people: Cast, board: str, enter: Enter
) -> None:
    ines = enter(people.ines)
    ines.goto(board)
    reply = ines.get_by_label("Reply")
    reply.fill("Half a *reply*")
    ines.reload()
    expect(reply).to_have_value("Half a *reply*")
    ines.get_by_role("button", name="Preview").click()
    expect(ines.locator("#reply .preview em")).to_have_text("reply")
    ines.goto(LEAVES)
    ines.goto(board)
    expect(reply).to_have_value("Half a *reply*")
    ines.get_by_role("button", name="Reply").click()
    expect(ines.locator("#thread em")).to_have_text("reply")
    ines.get_by_role("link", name="Edit or remove what you said").click()
    edit = ines.locator("#comment-edit").get_by_role("textbox")
    edit.fill("Half an edit")
    ines.reload()
    expect(reply).to_have_value("")
    ines.get_by_role("link", name="Edit or remove what you said").click()
    expect(edit).to_have_value("Half an edit")
    ines.get_by_role("link", name="Leave it as it was").click()
    ines.get_by_role("link", name="Edit or remove what you said").click()
    expect(edit).to_have_value("Half a *reply*")
    assert Comment.objects.count() == 1


def test_signing_out_leaves_no_half_typed_word(
    people: Cast, board: str, enter: Enter
) -> None:
    ines = enter(people.ines)
    ines.goto(board)
    ines.get_by_label("Reply").fill("Half a reply")
    assert len(kept_in(ines)) == 1
    ines.goto("/account/")
    ines.get_by_role("button", name="Sign out").click()
    expect(ines.get_by_role("heading", name="Sign in")).to_be_visible()
    assert not kept_in(ines)


def test_a_second_tab_is_told_and_keeps_its_words(
    people: Cast, board: str, enter: Enter
) -> None:
    here = enter(people.ines)
    here.goto(board)
    there = here.context.new_page()
    there.goto(board)
    here.get_by_label("Commit").fill("From here")
    expect(here.locator("#card-kept")).to_have_text("Saved")
    there.get_by_label("Commit").fill("From there")
    told = there.locator("#card-kept")
    expect(told).to_contain_text("You wrote on this card elsewhere in between.")
    expect(told).to_contain_text("“From here”")
    expect(there.get_by_label("Commit")).to_have_value("From there")
    clean(there)
    assert Explanation.objects.get().commit == "From here"
    told.get_by_role("button", name="Save mine over it").click()
    expect(told).to_have_text("Saved")
    assert Explanation.objects.get().commit == "From there"
    with there.expect_response("**/card/"):
        there.get_by_label("Commit").fill("From there, and on")
    assert Explanation.objects.get().commit == "From there, and on"


@pytest.mark.timed
def test_a_thread_grows_under_what_the_other_types(
    people: Cast, board: str, enter: Enter
) -> None:
    ines, tomasz = enter(people.ines), enter(people.tomasz)
    for page in (ines, tomasz):
        page.goto(board)
    tomasz.get_by_label("Reply").fill("Half a")
    ines.get_by_label("Reply").fill("I believed *it*.")
    ines.get_by_role("button", name="Preview").click()
    expect(ines.locator("#reply .preview em")).to_have_text("it")
    clean(ines)
    ines.get_by_role("button", name="Reply").dblclick()
    expect(ines.get_by_label("Reply")).to_have_value("")
    expect(tomasz.locator("#thread em")).to_have_text("it", timeout=3_500)
    expect(tomasz.get_by_label("Reply")).to_have_value("Half a")
    assert Comment.objects.count() == 1
    ines.get_by_label("Reply").fill("Not lost while editing")
    ines.get_by_role("link", name="Edit or remove what you said").click()
    edit = ines.locator("#comment-edit")
    edit.get_by_role("textbox").fill("I believed *that*.")
    clean(ines)
    edit.get_by_role("button", name="Save").click()
    expect(edit).to_be_empty()
    expect(tomasz.locator("#thread em")).to_have_text("that")
    expect(ines.get_by_label("Reply")).to_have_value("Not lost while editing")
    ines.get_by_role("link", name="Edit or remove what you said").click()
    edit.get_by_role("button", name="Remove it").click()
    edit.get_by_role("button", name="Remove it for good").click()
    expect(tomasz.locator("#thread")).to_contain_text("Removed.")
    expect(edit).to_be_empty()
    clean(tomasz)


def test_a_finding_without_a_card_polls_in_silence(
    people: Cast, board: str, enter: Enter
) -> None:
    Finding.objects.update(severity="nit")
    tomasz = enter(people.tomasz)
    said: list[str] = []
    tomasz.on("console", lambda message: said.append(message.text))
    tomasz.goto(board)
    with tomasz.expect_response("**/changes/**"):
        expect(tomasz.locator("#card")).to_be_hidden()
    assert said == []
    Finding.objects.update(severity="critical")
    ReviewSession.objects.update(version=F("version") + 1)
    expect(tomasz.get_by_label("Rule")).to_be_visible()
    assert said == []


def test_it_works_without_a_script(
    people: Cast, board: str, browser: Browser, live_server: LiveServer
) -> None:
    client = Client()
    client.force_login(people.ines.user)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    name = settings.SESSION_COOKIE_NAME
    value = client.cookies[name].value
    context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(board)
    page.get_by_label("Commit").fill("Written without a script")
    page.get_by_role("button", name="Save the card").click()
    expect(page.get_by_label("Commit")).to_have_value("Written without a script")
    page.get_by_label("Reply").fill("Said **without** a script")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview strong")).to_have_text("without")
    page.get_by_role("button", name="Reply").click()
    expect(page.locator("#thread strong")).to_have_text("without")
    context.close()
