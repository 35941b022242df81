"""A pair's first week: three people, three browsers, one real change, one real mail."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from pairings.models import Pairing, Program
from preceptor.accounts.models import Membership
from progress.models import GrowthPlan
from reviews.models import Finding, ReviewSession
from tests.browser.steps import clean
from tests.factories import (
    PASSWORD,
    MembershipFactory,
    OrganisationFactory,
    UserFactory,
)
from tests.notifications.postbox import Postbox
from tests.notifications.processes import Celery, reach_at_any_hour, text
from tests.samples import diff_sample

pytestmark = pytest.mark.django_db(transaction=True)

CHANGE = "03-typical-python.diff"
"""A real change of 225 lines in three Python files."""
TITLE = "Let the linter run in parallel"

Opens = Callable[[Membership], Page]


@pytest.fixture
def opens(browser: Browser, live_server: LiveServer) -> Iterator[Opens]:
    """A browser of their own for a member, signed in by e-mail and password."""
    contexts = []

    def sign_in(member: Membership) -> Page:
        context = browser.new_context(base_url=live_server.url)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto("/accounts/login/")
        page.locator("[name=login]").fill(member.user.email)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main button.primary").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Today")
        return page

    yield sign_in
    for context in contexts:
        context.close()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("link", name=name).first.click()


def yesterday() -> str:
    """A first day whose morning has passed everywhere, at whatever hour this runs."""
    return (timezone.localdate() - timedelta(days=1)).isoformat()


def set_up_a_program(page: Page) -> None:
    page.get_by_role("navigation", name="Main").get_by_text("Programs").click()
    follow(page, re.compile("[Ss]et up a program"))
    page.get_by_label("Name").fill("Preceptorship, winter")
    page.get_by_label("First day").fill(yesterday())
    clean(page)
    press(page, "Set up the program")
    expect(page.get_by_role("heading", level=1)).to_have_text("Preceptorship, winter")


def enrol(page: Page, member: Membership, side: str) -> None:
    page.goto(f"/o/tidewater/programs/{Program.objects.get().pk}/enrol/")
    page.locator("[name=email]").fill(member.user.email)
    side_field = page.locator("[name=side]")
    if side_field.first.get_attribute("type") == "radio":
        page.locator(f"[name=side][value={side}]").check(force=True)
    else:
        side_field.select_option(side)
    page.locator("[name=team]").fill("Integrations")
    clean(page)
    press(page, "Enrol")
    expect(page.get_by_text(str(member)).first).to_be_visible()


def start(page: Page) -> None:
    page.goto(f"/o/tidewater/programs/{Program.objects.get().pk}/")
    follow(page, "Start the program")
    clean(page)
    press(page, "Start the program")
    expect(page.get_by_text("The program runs.")).to_be_visible()


def pair(page: Page, junior: Membership, mentor: Membership) -> None:
    page.goto(f"/o/tidewater/programs/{Program.objects.get().pk}/")
    follow(page, f"Pair {junior}")
    page.get_by_label(str(mentor)).check()
    page.locator("[name=starts_on]").fill(yesterday())
    clean(page)
    press(page, f"Pair {junior}")
    expect(page.get_by_text(f"with {mentor}").first).to_be_visible()


def open_a_session(page: Page) -> None:
    page.goto("/o/tidewater/")
    clean(page)
    page.goto(f"/o/tidewater/pairings/{Pairing.objects.get().pk}/")
    follow(page, "Start a session")
    page.locator("[name=title]").fill(TITLE)
    page.locator("[name=patch]").set_input_files(
        {
            "name": CHANGE,
            "mimeType": "text/x-diff",
            "buffer": diff_sample(CHANGE),
        }
    )
    page.locator("[name=tool]").fill("command-line agent")
    page.locator("[name=driver]").select_option("mentor")
    clean(page)
    press(page, "See the preview")
    expect(page.get_by_role("heading", name="3 files")).to_be_visible()
    clean(page)
    press(page, "Open the session")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)


def find(page: Page, title: str, severity: str) -> None:
    """Records a finding, by keyboard, on a line that the change adds."""
    page.locator(".file td.new.add > a").nth(1).click()
    expect(page.locator("td.sel").first).to_be_visible()
    page.keyboard.press("c")
    form = page.locator("form.findingform")
    form.locator("[name=title]").fill(title)
    form.get_by_role("combobox", name="Category").fill("Logic")
    page.keyboard.press("Enter")
    form.get_by_text(severity, exact=True).click()
    form.get_by_role("button", name="Add finding").click()
    expect(page.locator("#pass-form").get_by_text(title)).to_be_visible()


def judge_and_lock(page: Page) -> None:
    own = page.locator("#pass-form")
    own.get_by_text("With changes", exact=True).click()
    expect(own.locator(".saved")).to_contain_text("Saved")
    own.get_by_text("10", exact=True).click()
    follow(page, "Lock your pass")
    press(page, "Lock my pass")
    expect(own.get_by_text("locked", exact=True)).to_be_visible()


def test_the_first_week_of_a_pair(
    opens: Opens, celery: Celery, post: Postbox, db: None
) -> None:
    tidewater = OrganisationFactory.create(name="Tidewater Freight", slug="tidewater")

    def member(full_name: str, role: str = Membership.Role.MEMBER) -> Membership:
        user = UserFactory.create(full_name=full_name)
        return MembershipFactory.create(organisation=tidewater, user=user, role=role)

    mark = member("Mark Osei", Membership.Role.MANAGER)
    tomasz, ines = member("Tomasz Wieczorek"), member("Ines Carvalho")

    # A manager sets up a program and pairs two people; the junior has a plan.
    marks = opens(mark)
    set_up_a_program(marks)
    enrol(marks, tomasz, "mentor")
    enrol(marks, ines, "junior")
    start(marks)
    pair(marks, ines, tomasz)
    plan = GrowthPlan.objects.get()
    assert plan.junior.membership == ines
    pairing = Pairing.objects.get()

    # The mentor brings a change, and both read it alone.
    tomaszs, iness = opens(tomasz), opens(ines)
    open_a_session(tomaszs)
    session = ReviewSession.objects.get()
    find(tomaszs, "The lock is taken too late", "Critical")
    follow_today(iness, "Continue your blind pass")
    expect(iness.get_by_role("heading", level=1)).to_have_text(TITLE)
    clean(iness)
    find(iness, "Nothing waits for the pool", "Major")
    judge_and_lock(tomaszs)
    assert "The lock is taken too late" not in iness.content()
    judge_and_lock(iness)

    # The other's browser hears of it by itself; one reveals, for both.
    press(tomaszs, "Reveal both passes")
    for page in (tomaszs, iness):
        expect(page.locator("#all")).to_contain_text("2 findings")
        expect(page.locator("#all")).to_contain_text("The lock is taken too late")
        expect(page.locator("#all")).to_contain_text("Nothing waits for the pool")
        clean(page)

    # They see each other's decisions without a reload, and join what is the same.
    press(iness, "They are the same flaw")
    expect(tomaszs.locator("#all")).to_contain_text("1 finding")
    iness.get_by_text("A real flaw", exact=True).click()
    expect(tomaszs.locator("#all")).to_contain_text("real")
    iness.get_by_label("A lesson").fill("Take the lock before you look.")
    press(iness, "Add lesson")
    expect(tomaszs.locator("#lesson-list")).to_contain_text("Take the lock before")

    # They close with the date of the next session.
    follow(tomaszs, "Close the session")
    tomaszs.locator("[name=minutes]").fill("55")
    tomaszs.get_by_text("With changes", exact=True).click()
    tomaszs.locator("[name=word]").fill("lively")
    tomaszs.locator("[name=unexplained_because]").fill("We talked it through.")
    next_on = timezone.localdate() + timedelta(days=7)
    tomaszs.locator("[name=next_on]").fill(next_on.isoformat())
    clean(tomaszs)
    press(tomaszs, "Close the session")
    expect(tomaszs.locator("main")).to_contain_text("Take the lock before you look.")
    clean(tomaszs)
    session.refresh_from_db()
    assert (session.state, session.next_on) == ("closed", next_on)
    findings = Finding.objects.filter(session=session)
    assert {finding.adjudication for finding in findings} == {"real"}

    # The manager sees that they met, and nothing of what they wrote.
    marks.goto(f"/o/tidewater/pairings/{pairing.pk}/")
    expect(marks.locator("main")).to_contain_text("55")
    assert TITLE not in marks.content()
    clean(marks)
    marks.goto("/o/tidewater/")
    clean(marks)

    # A mail says who the other is, and one that the first meeting is near: to both,
    # once, and its link leads there.
    reach_at_any_hour()
    celery.beat()
    celery.worker()
    celery.wait(lambda: len(post.mails) >= 4, "four mails")
    celery.wait_for_runs(2)
    both = [ines.user.email, tomasz.user.email]
    assert sorted(post.addresses) == sorted(both * 2)
    path = f"/o/tidewater/growth/{plan.pk}/"
    link = f"https://preceptor.example{path}"
    reminded = [mail["To"] for mail in post.mails if link in text(mail, "plain")]
    assert sorted(reminded) == both
    iness.goto(path)
    expect(iness.locator("main")).to_contain_text("First meeting")
    clean(iness)


def follow_today(page: Page, name: str) -> None:
    page.goto("/o/tidewater/")
    clean(page)
    follow(page, name)
