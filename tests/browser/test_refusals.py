"""What the server would refuse, or refused, is said where the person is."""

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from progress.actions import begin_plan
from progress.models import Goal, GrowthPlan
from tests.browser.steps import clean
from tests.browser.test_growth import sign_in
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)
PASTE = """
const line = 'a line of a change, '.repeat(5) + '\\n';
document.getElementById('id_why').value = line.repeat(22e3)
"""


@pytest.fixture
def story() -> Cast:
    cast = make_cast()
    begin_plan(cast.pairing)
    return cast


@pytest.fixture
def address(story: Cast, live_server: LiveServer) -> str:
    """Where Ines adds a goal."""
    plan = GrowthPlan.objects.get()
    return f"{live_server.url}/o/tidewater/growth/{plan.pk}/goals/add/"


def test_a_paste_that_is_too_large_stays_where_it_is(
    page: Page, live_server: LiveServer, story: Cast, address: str
) -> None:
    sign_in(page, live_server, story.ines)
    page.goto(address)
    page.get_by_label("Goal").fill("Read a diff aloud")
    page.evaluate(PASTE)
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "Not sent: this holds more than 2 MB of text"
    )
    assert page.url == address
    assert page.get_by_label("Why?").input_value().count("\n") == 22_000
    page.get_by_label("Why?").fill("Races")
    clean(page)
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/growth/goals/*/")
    assert Goal.objects.get().why == "Races"


def test_without_script_the_answer_says_why(
    browser: Browser, live_server: LiveServer, story: Cast, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server, story.ines)
    page.goto(address)
    page.get_by_label("Goal").fill("Read a diff aloud")
    page.evaluate(PASTE)
    page.get_by_role("button", name="Add").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Too much text for a form")
    expect(page.get_by_text("Send it as a file instead")).to_be_visible()
    context.close()


def test_a_refused_fragment_says_why_on_the_page(
    page: Page, live_server: LiveServer, story: Cast, address: str
) -> None:
    sign_in(page, live_server, story.ines)
    page.goto(address)
    title = page.title()
    send = "values => htmx.ajax('POST', location.href, {values, target: '#main'})"
    page.evaluate(send, {f"field{n}": "x" for n in range(1001)})
    problem = page.get_by_role("alert")
    expect(problem).to_have_text(
        "The form came with more than 1000 fields; send less at once. Nothing was "
        "saved."
    )
    assert page.title() == title
    clean(page)
