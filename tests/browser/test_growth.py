from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import (
    Browser,
    Locator,
    Page,
    Route,
    ViewportSize,
    expect,
)
from pytest_django.live_server_helper import LiveServer

from preceptor.accounts.models import Membership
from progress.actions import add_goal, add_step, begin_plan, edit_goal, sign_milestone
from progress.actions.frameworks import begin_draft
from progress.models import Goal, GrowthPlan
from reviews.models import ReviewSession
from tests.browser.steps import clean
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def story() -> Cast:
    """Ten weeks into the year of Ines: sessions, a signed milestone, three goals."""
    cast = make_cast()
    begin_plan(cast.pairing)
    plan = GrowthPlan.objects.get()
    first = plan.milestones.all()[0]
    now, today = timezone.now(), timezone.localdate()
    for member in (cast.ines, cast.tomasz):
        sign_milestone(
            actor=member,
            milestone=first,
            now=now - timedelta(days=56),
            although="They met late",
        )
    for text in ("Read aloud", "Name the rule", "Run the failing case"):
        add_goal(actor=cast.ines, plan=plan, goal=Goal(text=text))
    for week in range(10):
        ReviewSession.objects.create(
            organisation=cast.tidewater,
            pairing=cast.pairing,
            mentor=cast.tomasz,
            junior=cast.ines,
            title="Retry webhook deliveries",
            state=ReviewSession.State.CLOSED,
            is_logged=True,
            closed_at=now,
            held_on=today - timedelta(weeks=week, days=1),
            next_on=today - timedelta(weeks=week, days=-6),
        )
    return cast


def sign_in(page: Page, live_server: LiveServer, member: Membership) -> None:
    """As the sign-in page would leave the browser: with a session's cookie."""
    client = Client()
    client.force_login(member.user)
    name = settings.SESSION_COOKIE_NAME
    value = client.cookies[name].value
    page.context.clear_cookies()
    page.context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    page.set_default_timeout(30_000)


def test_a_junior_sees_the_year_and_orders_goals_by_keyboard(
    page: Page, live_server: LiveServer, story: Cast
) -> None:
    sign_in(page, live_server, story.ines)
    page.goto(f"{live_server.url}/o/tidewater/growth/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ines Carvalho’s year")
    line = page.get_by_role("img", name="10 sessions held, 1 of 8 milestones signed")
    expect(line).to_be_visible()
    page.get_by_text("The same as a table").click()
    clean(page)

    goals = page.locator("section:has(#goals) h3")
    expect(goals).to_have_text(["Read aloud", "Name the rule", "Run the failing case"])
    page.get_by_role("button", name="Down Read aloud").press("Enter")
    page.wait_for_url("**/growth/*/#goal-*")
    expect(goals).to_have_text(["Name the rule", "Read aloud", "Run the failing case"])
    # The address names the goal, so the keyboard goes on at it.
    page.keyboard.press("Tab")
    read = page.get_by_role("link", name="Read aloud")
    expect(read).to_be_focused()
    read.press("Enter")
    page.get_by_role("button", name="Drop").press("Enter")
    expect(page.get_by_role("button", name="Open again")).to_be_visible()
    clean(page)
    page.get_by_role("link", name="Ines Carvalho’s year").click()
    expect(goals).to_have_text(["Name the rule", "Run the failing case", "Read aloud"])


def test_a_pair_agrees_on_a_goal_and_takes_its_steps(
    page: Page, live_server: LiveServer, story: Cast
) -> None:
    sign_in(page, live_server, story.tomasz)
    plan = GrowthPlan.objects.get()
    page.goto(f"{live_server.url}/o/tidewater/growth/{plan.pk}/")
    page.get_by_role("link", name="Propose a goal").click()
    page.get_by_label("Goal").fill("Find the race")
    page.get_by_label("Competency").select_option("Finding the cause")
    words = page.locator("form dl dd")
    expect(words).to_have_count(5)
    page.get_by_label("Level to reach").select_option("Competent")
    expect(words).to_have_count(1)
    clean(page)
    page.get_by_role("button", name="Propose the goal").click()
    expect(page.get_by_role("heading", name="Waits for Ines")).to_be_visible()
    mine = page.url

    sign_in(page, live_server, story.ines)
    page.goto(f"{live_server.url}/o/tidewater/growth/")
    expect(page.get_by_text("waits for your word")).to_be_visible()
    page.get_by_role("link", name="Find the race").click()
    clean(page)
    page.get_by_role("button", name="I agree to this").click()
    expect(page.get_by_role("heading", name="Agreed by both")).to_be_visible()
    page.get_by_label("Another step").fill("Draw who writes the row")
    page.get_by_role("button", name="Add the step").click()
    page.get_by_role("button", name="Done Draw who writes the row").click()
    expect(page.get_by_text("1 of 1 step")).to_be_visible()
    clean(page)
    page.get_by_role("button", name="Reached").click()
    expect(page.get_by_role("button", name="Open again")).to_be_visible()
    assert page.url.startswith(mine)


TWICE = """(button) => new Promise((isStopped) => {
  button.click();
  setTimeout(() => {
    addEventListener("submit", (event) => isStopped(event.defaultPrevented));
    button.click();
  }, 100);
})"""


def test_a_step_is_added_once_where_the_button_is_clicked_twice(
    page: Page, live_server: LiveServer, story: Cast
) -> None:
    goal = Goal.objects.get(text="Read aloud")
    sign_in(page, live_server, story.ines)
    page.goto(f"{live_server.url}/o/tidewater/growth/goals/{goal.pk}/")
    sent: list[Route] = []

    def hold(route: Route) -> None:
        sent.append(route)

    page.route("**/steps/", hold)
    page.get_by_label("Another step").fill("Draw it")
    button = page.get_by_role("button", name="Add the step")
    with page.expect_request("**/steps/"):
        assert button.evaluate(TWICE)
    while not sent:
        page.wait_for_timeout(50)
    assert len(sent) == 1
    sent[0].continue_()
    expect(page.get_by_text("0 of 1 step")).to_be_visible()
    # What is meant a second time is sent a second time.
    page.unroute("**/steps/")
    page.get_by_label("Another step").fill("Draw it")
    page.get_by_role("button", name="Add the step").click()
    expect(page.get_by_text("0 of 2 steps")).to_be_visible()


def test_two_who_edit_one_goal_both_keep_their_words(
    page: Page, live_server: LiveServer, story: Cast
) -> None:
    goal = Goal.objects.get(text="Read aloud")
    sign_in(page, live_server, story.ines)
    page.goto(f"{live_server.url}/o/tidewater/growth/goals/{goal.pk}/edit/")
    page.get_by_label("Why?").fill("I skip lines")
    edit_goal(
        actor=story.tomasz,
        goal=goal,
        values={"text": "Read every change aloud"},
        version=1,
        now=timezone.now(),
    )
    page.get_by_role("button", name="Save the goal").click()
    said = page.get_by_role("alert").filter(has_text="changed while you wrote")
    expect(said).to_be_visible()
    stands = page.get_by_role("heading", name="Read every change aloud")
    expect(stands).to_be_visible()
    expect(page.get_by_label("Why?")).to_have_value("I skip lines")
    clean(page)
    page.get_by_role("button", name="Save the goal").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Read aloud")
    expect(page.get_by_text("The mentor has not agreed yet.")).to_be_visible()


def test_a_junior_drags_a_goal_to_another_place(
    page: Page, live_server: LiveServer, story: Cast
) -> None:
    sign_in(page, live_server, story.ines)
    page.goto(f"{live_server.url}/o/tidewater/growth/")
    goals = page.locator("section:has(#goals) h3")
    grip = page.locator("li", has_text="Run the failing case").locator(".grip")
    drag(page, grip, goals.first)
    expect(goals).to_have_text(["Run the failing case", "Read aloud", "Name the rule"])
    status = page.get_by_role("status").filter(has_text="now number")
    expect(status).to_have_text("Run the failing case: now number 1 of 3")
    clean(page)
    # The section is another now; its grips work, and Escape puts a goal back.
    grip = page.locator("li", has_text="Read aloud").locator(".grip")
    drag(page, grip, page.locator("li", has_text="Name the rule"), end="Escape")
    expect(goals).to_have_text(["Run the failing case", "Read aloud", "Name the rule"])
    page.reload()
    expect(goals).to_have_text(["Run the failing case", "Read aloud", "Name the rule"])


def test_a_goal_that_was_settled_meanwhile_goes_back(
    page: Page, live_server: LiveServer, story: Cast
) -> None:
    sign_in(page, live_server, story.ines)
    page.goto(f"{live_server.url}/o/tidewater/growth/")
    Goal.objects.filter(text="Read aloud").update(state=Goal.State.DROPPED)
    goals = page.locator("section:has(#goals) h3")
    grip = page.locator("li", has_text="Read aloud").locator(".grip")
    drag(page, grip, goals.last)
    expect(page.get_by_role("alert")).to_contain_text("The goal is no longer open")
    expect(goals).to_have_text(["Read aloud", "Name the rule", "Run the failing case"])


def drag(page: Page, grip: Locator, to: Locator, end: str = "") -> None:
    """By the mouse, in steps; `end` is a key that is pressed before it lets go."""
    grip.scroll_into_view_if_needed()
    grip.hover()
    page.mouse.down()
    box = to.bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2 - 2, steps=8)
    if end:
        page.keyboard.press(end)
    page.mouse.up()


def test_a_finger_drags_a_goal_on_a_phone(
    browser: Browser, live_server: LiveServer, story: Cast
) -> None:
    size: ViewportSize = {"width": 360, "height": 740}
    context = browser.new_context(viewport=size, has_touch=True, is_mobile=True)
    page = context.new_page()
    sign_in(page, live_server, story.ines)
    page.goto(f"{live_server.url}/o/tidewater/growth/")
    goals = page.locator("section:has(#goals) h3")
    grip = page.locator("li", has_text="Read aloud").locator(".grip")
    grip.evaluate("e => e.scrollIntoView({behavior: 'instant', block: 'center'})")
    box = grip.bounding_box()
    assert box
    assert box["width"] >= 44 <= box["height"]
    finger = page.context.new_cdp_session(page)
    x, y = box["x"] + 22, box["y"] + 22
    for kind, by in [("Start", 0), *(("Move", n * 20) for n in range(1, 12))]:
        at = [{"x": x, "y": y + by}]
        finger.send(
            "Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": at}
        )
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(goals.first).to_have_text("Name the rule")
    status = page.get_by_role("status").filter(has_text="now number")
    expect(status).to_contain_text("Read aloud: now number")
    context.close()


def test_a_pair_signs_the_next_milestone_off(
    page: Page, live_server: LiveServer, story: Cast
) -> None:
    for person in (story.tomasz, story.ines):
        sign_in(page, live_server, person)
        page.goto(f"{live_server.url}/o/tidewater/growth/")
        if person == story.tomasz:
            clean(page)
            page.get_by_role("link", name="Ines Carvalho").click()
        page.get_by_role("link", name="Sign Needs assessment").first.click()
        clean(page)
        button = page.get_by_role("button", name="Sign Needs assessment")
        if person == story.tomasz:
            button.click()
            expect(page.get_by_text("Say why you sign").first).to_be_visible()
            clean(page)
            page.get_by_label("I sign although this is not met").check()
            page.get_by_label("Why nevertheless?").fill("The goals follow next week")
        button.click()
        expect(page.get_by_text("The goals follow next week")).to_be_visible()
        clean(page)
    page.get_by_role("link", name="Ines Carvalho’s year").click()
    expect(page.locator("section.next h2")).to_have_text("Month 2")
    line = page.get_by_role("img", name="2 of 8 milestones signed off")
    expect(line).to_be_visible()


def test_a_phone_shows_the_narrow_line_and_nothing_scrolls_sideways(
    page: Page, live_server: LiveServer, story: Cast
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page, live_server, story.ines)
    page.goto(f"{live_server.url}/o/tidewater/growth/")
    expect(page.locator("svg.narrow")).to_be_visible()
    expect(page.locator("svg.wide-only")).to_be_hidden()
    assert width(page) == 360
    clean(page)


def test_words_without_end_stay_on_a_phone(
    page: Page, live_server: LiveServer, story: Cast
) -> None:
    plan, goal = GrowthPlan.objects.get(), Goal(text="x" * 200, why="y" * 500)
    add_goal(actor=story.ines, plan=plan, goal=goal)
    add_step(goal=goal, text="x" * 200)
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page, live_server, story.ines)
    for path in ("", f"goals/{goal.pk}/", f"goals/{goal.pk}/edit/"):
        page.goto(f"{live_server.url}/o/tidewater/growth/{path}")
        assert width(page) == 360

    assert plan.version
    framework, now = plan.version.framework, timezone.now()
    draft = begin_draft(actor=story.mark, framework=framework, now=now)
    draft.areas.filter(position=0).update(name="x" * 120, about="y" * 500)
    sign_in(page, live_server, story.mark)
    page.goto(f"{live_server.url}/o/tidewater/growth/frameworks/versions/{draft.pk}/")
    assert width(page) == 360


def width(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def test_what_is_typed_of_a_check_in_comes_back_until_it_is_handed_over(
    story: Cast, live_server: LiveServer, page: Page
) -> None:
    sign_in(page, live_server, story.ines)
    path = f"/o/tidewater/growth/{GrowthPlan.objects.get().pk}/check-ins/prepare/"
    page.goto(live_server.url + path)
    page.get_by_label("The hardest moment").fill("Races feel like luck")
    page.goto(live_server.url + "/o/tidewater/")
    tap = page.get_by_role("button", name="3 h").first
    tap.click()
    expect(tap).to_have_attribute("aria-pressed", "true")

    page.goto(live_server.url + path)
    hardest = page.get_by_label("The hardest moment")
    expect(hardest).to_have_value("Races feel like luck")
    clean(page)
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_text("Kept as a draft")).to_be_visible()
    expect(hardest).to_have_value("Races feel like luck")
    page.get_by_label("How it goes, in a word").fill("stuck")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("Kept as a draft")).to_be_visible()
    page.get_by_role("button", name="Hand it over").click()
    expect(page.get_by_role("heading", name="Not answered yet")).to_be_visible()
    clean(page)
    page.goto(live_server.url + path)
    expect(hardest).to_have_value("")
