"""Today and the pairing page in a browser: light and dark, on a desk and a phone."""

import hashlib
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from preceptor.accounts.models import Membership
from progress.actions import begin_plan
from reviews.models import BlindPass, Blob, ReviewSession, Revision
from tests.browser.steps import problems
from tests.cast import Cast, make_cast
from tests.factories import PairingFactory

pytestmark = pytest.mark.django_db(transaction=True)

CHANGE = b"""--- a/rates.py
+++ b/rates.py
@@ -1 +1,2 @@
-rates = load()
+cache = {}
+rates = cache.setdefault("all", load())
"""
PEOPLE = ("ines", "tomasz", "ruth", "mark", "lars", "mei", "otto")


@pytest.fixture
def story() -> Cast:
    """Tomasz has two juniors, and an open session with Ines that he has locked."""
    cast = make_cast()
    with_mai = PairingFactory.create(
        program=cast.program, mentor=cast.tomasz_enrolled, junior=cast.mai_enrolled
    )
    for pairing in (cast.pairing, with_mai):
        begin_plan(pairing)
    now = timezone.now()
    common = {
        "organisation": cast.tidewater,
        "pairing": cast.pairing,
        "mentor": cast.tomasz,
        "junior": cast.ines,
    }
    ReviewSession.objects.create(
        **common,
        title="Retry webhook deliveries",
        state=ReviewSession.State.CLOSED,
        is_logged=True,
        closed_at=now,
        held_on=timezone.localdate() - timedelta(days=7),
        next_on=timezone.localdate(),
    )
    session = ReviewSession.objects.create(**common, title="Cache the rate table")
    Revision.objects.create(
        organisation=cast.tidewater,
        session=session,
        blob=Blob.objects.create(
            organisation=cast.tidewater,
            sha256=hashlib.sha256(CHANGE).digest(),
            body=CHANGE,
        ),
        added=2,
        removed=1,
        file_count=1,
    )
    for side, member in (("mentor", cast.tomasz), ("junior", cast.ines)):
        is_locked = side == "mentor"
        BlindPass.objects.create(
            organisation=cast.tidewater,
            session=session,
            reviewer=member,
            side=side,
            verdict=BlindPass.Verdict.FIX if is_locked else "",
            confidence=0.4 if is_locked else None,
            locked_at=now if is_locked else None,
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


@pytest.mark.parametrize("width", [1440, 360])
def test_today_is_clean_for_everybody(
    page: Page, live_server: LiveServer, story: Cast, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for name in PEOPLE:
        member: Membership = getattr(story, name)
        sign_in(page, live_server, member)
        page.goto(f"{live_server.url}/o/{member.organisation.slug}/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Today")
        assert problems(page) == []
    for member in (story.ines, story.ruth):
        sign_in(page, live_server, member)
        page.goto(f"{live_server.url}/o/tidewater/pairings/{story.pairing.pk}/")
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text("Ines Carvalho with Tomasz Wieczorek")
        assert problems(page) == []


def test_every_link_of_today_leads_to_a_page(
    page: Page, live_server: LiveServer, story: Cast
) -> None:
    for name in PEOPLE:
        member: Membership = getattr(story, name)
        sign_in(page, live_server, member)
        page.goto(f"{live_server.url}/o/{member.organisation.slug}/")
        links = page.locator("main a").evaluate_all("all => all.map(one => one.href)")
        for link in sorted(set(links)):
            answer = page.request.get(link)
            assert (link, answer.status) == (link, 200)


def test_a_junior_goes_on_and_a_mentor_changes_the_year(
    page: Page, live_server: LiveServer, story: Cast
) -> None:
    sign_in(page, live_server, story.ines)
    page.goto(f"{live_server.url}/o/tidewater/")
    expect(page.locator(".next .facts")).to_contain_text("+2 −1 in 1 file")
    expect(page.locator(".next .facts")).to_contain_text("open, 0 findings")
    page.get_by_role("link", name="Continue your blind pass").click()
    page.wait_for_url("**/read/")

    sign_in(page, live_server, story.tomasz)
    page.goto(f"{live_server.url}/o/tidewater/")
    page.get_by_role("link", name="Mai Tran", exact=True).first.click()
    expect(page.locator("#year")).to_have_text("The year of Mai Tran")
