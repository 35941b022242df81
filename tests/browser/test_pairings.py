"""A lead's way from an empty program to a pair and its end, and axe on each page."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from pairings.models import Enrolment, Pairing, Program
from preceptor.accounts.models import Membership
from tests.browser.steps import problems
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)

ROSTER = b"""name;e-mail;side;team;shoe size
Noor Haddad;noor@example.com;mentor;Routing;38
Mai Tran;mai.tran@example.com;junior;Routing;39
Broken;broken@example.com;boss;Routing;40
"""


@pytest.fixture
def people(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_bytes(ROSTER)
    return path


def enter(page: Page, live_server: LiveServer, member: Membership) -> None:
    """As the sign-in page would leave the browser: with a session's cookie."""
    client = Client()
    client.force_login(member.user)
    name = settings.SESSION_COOKIE_NAME
    value = client.cookies[name].value
    page.context.add_cookies([{"name": name, "value": value, "url": live_server.url}])


def three_weeks_more(program: Program) -> str:
    """What the form of the settings asks the preview of new dates."""
    last_on = program.last_on + timedelta(weeks=3)
    return urlencode(
        {
            "starts_on": program.starts_on.isoformat(),
            "last_on": last_on.isoformat(),
            "template": program.template,
        }
    )


def addresses(cast: Cast) -> list[str]:
    program = f"programs/{cast.program.pk}/"
    staff = cast.program.staff.all()[0]
    return [
        "programs/",
        "programs/new/",
        program,
        f"{program}people/",
        f"{program}settings/",
        f"{program}dates/",
        f"{program}dates/?{three_weeks_more(cast.program)}",
        f"{program}duplicate/",
        f"{program}start/",
        f"{program}close/",
        f"{program}reopen/",
        f"{program}archive/",
        f"{program}bring-back/",
        f"{program}enrol/",
        f"{program}roster/",
        f"{program}pair/",
        f"{program}pair/?junior={cast.mai_enrolled.pk}",
        f"enrolments/{cast.mai_enrolled.pk}/",
        f"enrolments/{cast.mai_enrolled.pk}/remove/",
        f"pairings/{cast.pairing.pk}/end/",
        f"staff/{staff.pk}/remove/",
    ]


@pytest.mark.parametrize("width", [1440, 360])
def test_pages_of_a_program_are_read_and_fit(
    page: Page, live_server: LiveServer, people: Cast, roster: Path, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    enter(page, live_server, people.mark)
    at = f"{live_server.url}/o/tidewater/"
    found = {}
    for path in addresses(people):
        page.goto(f"{at}{path}")
        found[path] = problems(page)
    page.goto(f"{at}programs/{people.program.pk}/roster/")
    page.get_by_label("Roster file").set_input_files(roster)
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "What the roster would do"
    )
    found["preview"] = problems(page)
    page.goto(f"{at}pairings/{people.pairing.pk}/end/")
    page.get_by_role("button", name="End the pairing").click()
    expect(page.locator(".notice.alert[data-focus]")).to_be_focused()
    found["errors"] = problems(page)
    assert {path: said for path, said in found.items() if said} == {}


def test_the_bar_that_confirms_leaves_a_phone_its_page(
    page: Page, live_server: LiveServer, people: Cast, roster: Path
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    enter(page, live_server, people.ruth)
    at = f"{live_server.url}/o/tidewater/programs/{people.program.pk}/roster/"
    page.goto(at)
    page.get_by_label("Roster file").set_input_files(roster)
    page.get_by_role("button", name="Show what it would do").click()
    bar = page.locator(".savebar").bounding_box()
    assert bar
    assert bar["height"] < 740 / 10
    expect(page.get_by_text("Nobody is removed")).to_be_visible()


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Goes to the target with the Tab key alone, and presses a key there."""
    expect(target).to_be_visible()
    for _ in range(80):
        if target.evaluate("e => e === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(target).to_be_focused()
    target.press(key)


def test_a_program_by_keyboard_alone(
    page: Page, live_server: LiveServer, people: Cast, roster: Path
) -> None:
    enter(page, live_server, people.mark)
    page.goto(f"{live_server.url}/o/tidewater/programs/")
    press(page, page.get_by_role("link", name="Set up a program"))
    press(page, page.get_by_label("Name", exact=True), "A")
    press(page, page.get_by_role("button", name="Set up the program"))
    program_is_set_up(page)
    enrols_ines(page)
    uploads_roster(page, roster)
    starts_it(page)
    pairs_mai_and_ends(page)


def program_is_set_up(page: Page) -> None:
    expect(page.get_by_text("The program is set up.")).to_be_visible()
    assert Program.objects.get(name="A").juniors_per_mentor == 3


def starts_it(page: Page) -> None:
    press(page, page.get_by_role("link", name="Start the program"))
    press(page, page.get_by_role("button", name="Start the program"))
    expect(page.get_by_text("The program runs.")).to_be_visible()


def enrols_ines(page: Page) -> None:
    press(page, page.get_by_role("link", name="Enrol somebody"))
    press(page, page.get_by_label("E-mail", exact=True), "Tab")
    press(page, page.get_by_role("button", name="Enrol", exact=True))
    expect(page.locator(".notice.alert[data-focus]")).to_be_focused()
    press(page, page.get_by_role("link", name="E-mail: This field is required."))
    expect(page.get_by_label("E-mail", exact=True)).to_be_focused()
    page.keyboard.type("ines.carvalho@example.com")
    press(page, page.get_by_label("Mentor", exact=True), "ArrowRight")
    expect(page.get_by_label("Junior", exact=True)).to_be_checked()
    press(page, page.get_by_role("button", name="Enrol", exact=True))
    expect(page.get_by_text("Ines Carvalho is enrolled.")).to_be_visible()


def uploads_roster(page: Page, roster: Path) -> None:
    press(page, page.get_by_role("link", name="Upload a roster"))
    page.get_by_label("Roster file").set_input_files(roster)
    press(page, page.get_by_role("button", name="Show what it would do"))
    expect(page.get_by_text("side is “boss”: write mentor or junior")).to_be_visible()
    expect(page.get_by_text("were ignored: shoe size")).to_be_visible()
    assert Enrolment.objects.filter(program__name="A").count() == 1
    press(page, page.get_by_role("button", name="Enrol 2 people, leave out 1 row"))
    expect(page.get_by_text("2 people enrolled, 1 row left out.")).to_be_visible()


def pairs_mai_and_ends(page: Page) -> None:
    press(page, page.get_by_role("link", name="Pair Mai Tran"))
    press(page, page.get_by_role("button", name="Pair Mai Tran"))
    expect(page.locator(".notice.alert[data-focus]")).to_be_focused()
    press(page, page.get_by_role("radio", name="Noor Haddad"), "Space")
    press(page, page.get_by_role("button", name="Pair Mai Tran"))
    expect(page.get_by_text("Mai Tran and Noor Haddad are a pair")).to_be_visible()
    press(page, page.get_by_role("link", name="Programs", exact=True).first)
    press(page, page.get_by_role("link", name="A", exact=True))
    press(page, page.get_by_role("link", name="Mai Tran", exact=True))
    press(page, page.get_by_role("link", name="End this pairing"))
    press(page, page.get_by_label("Why does it end?"), "N")
    press(page, page.get_by_role("button", name="End the pairing"))
    expect(page.get_by_text("The pairing has ended; its record stays.")).to_be_visible()
    ended = Pairing.objects.get(program__name="A")
    assert (ended.state, ended.end_reason) == (Pairing.State.ENDED, "N")
