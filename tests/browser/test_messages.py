"""The inbox and what somebody chooses of it: read by axe, by keyboard, unscripted."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from preceptor.notifications.actions import connect_chat
from preceptor.notifications.models import Delivery, KindPreference, Snooze
from preceptor.notifications.planner import plan
from preceptor.notifications.unsubscribing import token_for
from progress.actions import begin_plan
from progress.models import Milestone
from tests.browser.steps import ContextOf, problems
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
MESSAGES = "/o/tidewater/messages/"


@pytest.fixture
def reminder(people: Cast) -> Delivery:
    """Two of Ines's milestones lapsed yesterday; this is of one."""
    begin_plan(people.pairing)
    first, second = Milestone.objects.order_by("due_on")[:2]
    yesterday = timezone.localdate() - timedelta(days=1)
    Milestone.objects.exclude(pk__in=[first.pk, second.pk]).delete()
    Milestone.objects.update(due_on=yesterday)
    plan(timezone.now())
    rows = Delivery.objects.inbox().filter(recipient=people.ines, kind="milestone")
    return rows.get(subject=first.pk)


@pytest.mark.parametrize("width", [1440, 360])
def test_messages_are_read_and_fit(
    people: Cast,
    reminder: Delivery,
    live_server: LiveServer,
    context_of: ContextOf,
    width: int,
) -> None:
    now = timezone.now()
    viewport = {"width": width, "height": 900}
    page = context_of(people.ines, viewport=viewport).new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text))
    found = {}

    def look(path: str) -> None:
        page.goto(f"{live_server.url}{path}")
        found[path] = problems(page)

    look(f"{MESSAGES}preferences/")
    look(f"{MESSAGES}chat/")
    connect_chat(
        actor=people.ines, service="slack", address="https://chat.example/x", now=now
    )
    for rest in ("chat/?now", "chat/remove/", "resting/", "settled/"):
        look(f"{MESSAGES}{rest}")
    look(f"{MESSAGES}{reminder.pk}/")
    look(f"/unsubscribe/{token_for(reminder)}/")
    page.goto(f"{live_server.url}{MESSAGES}")
    page.get_by_text("Later, or done").first.click()
    found["open"] = problems(page)
    page.get_by_role("button", name="Tomorrow").first.click()
    expect(page.get_by_text("Put off. If it still matters then")).to_be_visible()
    found["put off"] = problems(page)
    look(f"{MESSAGES}resting/?now")
    assert {path: said for path, said in found.items() if said} == {}
    assert refused == []


def test_a_message_is_opened_by_keyboard_and_counted_no_more(
    people: Cast, reminder: Delivery, live_server: LiveServer, context_of: ContextOf
) -> None:
    unread = Delivery.objects.unread().filter(recipient=people.ines).count()
    page = context_of(people.ines).new_page()
    page.goto(f"{live_server.url}/o/tidewater/")
    name = f"Messages, {unread} unread"
    bell = page.get_by_role("link", name=name, exact=True)
    bell.press("Enter")
    expect(page.get_by_role("heading", name="Messages", exact=True)).to_be_visible()
    headline = page.locator(f".inbox [formaction$='/{reminder.pk}/open/']")
    headline.press("Enter")
    page.wait_for_url("**/growth/milestones/**")
    name = f"Messages, {unread - 1} unread"
    bell = page.get_by_role("link", name=name, exact=True)
    expect(bell).to_be_visible()


def test_putting_off_and_choosing_need_no_script(
    people: Cast, reminder: Delivery, live_server: LiveServer, context_of: ContextOf
) -> None:
    page = context_of(people.ines, java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}{MESSAGES}{reminder.pk}/")
    day = timezone.localdate() + timedelta(days=5)
    page.get_by_label("Another day").fill(day.isoformat())
    page.get_by_role("button", name="Put it off until that day").click()
    until = Snooze.objects.get().until
    assert until is not None
    assert timezone.localdate(until) == day
    page.get_by_role("button", name="Undo").click()
    headline = page.locator(f".inbox [formaction$='/{reminder.pk}/open/']")
    expect(headline).to_be_visible()
    assert not Snooze.objects.exists()
    page.goto(f"{live_server.url}{MESSAGES}preferences/")
    kind = page.get_by_label("Milestone ahead, due or lapsed")
    kind.select_option("weekly")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. What waits")).to_be_visible()
    assert KindPreference.objects.get().timing == "weekly"


def test_a_link_of_a_mail_turns_a_kind_off_without_signing_in(
    page: Page, reminder: Delivery, live_server: LiveServer
) -> None:
    page.goto(f"{live_server.url}/unsubscribe/{token_for(reminder)}/")
    page.get_by_role("button", name="Turn this kind off").click()
    expect(page.get_by_role("heading", name="It is turned off")).to_be_visible()
    assert KindPreference.objects.get().timing == "off"
    page.get_by_role("link", name="when and where messages come").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))
