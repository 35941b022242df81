"""The report of a quarter on paper, and in light and dark."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from pairings.models import Enrolment, Pairing, Program
from preceptor.accounts.models import Membership, User
from preceptor.insights.figures import closing
from preceptor.insights.figures.quarters import Quarter
from preceptor.insights.models import Scenario, TeamWeek
from preceptor.insights.returns.beginning import beginning
from preceptor.insights.returns.facts import facts_of
from reviews.models import ReviewSession
from tests.browser.steps import Enter, problems
from tests.cast import Cast

PAGES = re.compile(
    rb"/Type\s*/Pages\b[^>]*/Count (\d+)|/Count (\d+)[^>]*/Type\s*/Pages"
)
TEAMS, JUNIORS, OTHERS = 8, 32, 30
TEAM = "Customs and border documents, north-west {}"


@pytest.fixture
def full(people: Cast) -> tuple[Program, Quarter]:
    """A program of which a report has all that it can have, under long names."""
    quarter = Quarter.of(timezone.localdate()).previous.previous
    program = people.program
    Program.objects.filter(pk=program.pk).update(
        name="Preceptorship of the customs and the border teams, spring and summer",
        starts_on=quarter.first - timedelta(days=200),
        ends_on=quarter.after + timedelta(days=200),
        created_at=timezone.now() - timedelta(days=500),
    )
    program.refresh_from_db()
    _pairs(people, program, quarter.first)
    Scenario.objects.create(
        organisation=people.tidewater,
        program=program,
        name="What is published, and what we plan for the next two years of it",
        currency="USD",
        inputs=beginning(facts_of([program]), "USD"),
    )
    closing.close(program, timezone.now())
    return program, quarter


def _pairs(people: Cast, program: Program, first: date) -> None:
    users = User.objects.bulk_create(
        User(email=f"j{n}@example.com", full_name=f"Junior {n}") for n in range(JUNIORS)
    )
    members = Membership.objects.bulk_create(
        Membership(organisation=people.tidewater, user=user) for user in users
    )
    juniors = Enrolment.objects.bulk_create(
        Enrolment(
            organisation=people.tidewater,
            program=program,
            membership=member,
            side="junior",
            team=TEAM.format(n % TEAMS),
            ends_on=program.ends_on,
        )
        for n, member in enumerate(members)
    )
    pairs = Pairing.objects.bulk_create(
        Pairing(
            organisation=people.tidewater,
            program=program,
            mentor=people.anjali_enrolled,
            junior=junior,
            starts_on=program.starts_on,
            ends_on=program.ends_on,
        )
        for junior in juniors
    )
    ReviewSession.objects.bulk_create(
        ReviewSession(
            organisation=people.tidewater,
            pairing=pair,
            mentor=people.anjali,
            junior=junior.membership,
            state=ReviewSession.State.CLOSED,
            is_logged=True,
            title="Print the rate",
            closed_at=timezone.now(),
            held_on=first + timedelta(days=3),
            minutes=50,
        )
        for pair, junior in zip(pairs, juniors, strict=True)
    )
    monday = program.starts_on - timedelta(days=program.starts_on.weekday())
    TeamWeek.objects.bulk_create(
        TeamWeek(
            organisation=people.tidewater,
            team=TEAM.format(n),
            monday=monday + timedelta(weeks=week),
            lead_time_hours=50,
            deployments=5,
            failures=1,
            throughput=9,
        )
        for n in range(TEAMS)
        for week in range(-4, 4)
    )


def sheets(page: Page) -> list[int]:
    """How many it takes of A4 and of Letter."""
    found = [PAGES.search(page.pdf(format=paper)) for paper in ("A4", "Letter")]
    return [int(n) for one in found if one for n in one.groups() if n]


@pytest.mark.django_db(transaction=True)
def test_a_quarter_is_printed_on_four_sheets(
    full: tuple[Program, Quarter], people: Cast, enter: Enter
) -> None:
    program, quarter = full
    page = enter(people.ruth)
    page.goto(f"/o/tidewater/programs/{program.pk}/quarters/{quarter}/")
    expect(page.get_by_text("Pairs that are alive")).to_be_visible()
    expect(page.get_by_text(f"{TEAM.format(TEAMS - 1)}: lead")).to_have_count(2)
    assert sheets(page) == [4, 4]
    page.emulate_media(media="print")
    expect(page.get_by_text("teams are left off on paper")).to_be_visible()
    page.emulate_media(media="screen")
    expect(page.get_by_text("are left off on paper").first).to_be_hidden()
    assert problems(page) == []
    page.goto(f"/o/tidewater/programs/{program.pk}/delivery/")
    assert problems(page) == []
    page.goto(f"/o/tidewater/returns/{Scenario.objects.get().pk}/")
    page.get_by_text("The same as a table").click()
    assert problems(page) == []
    page.set_viewport_size({"width": 360, "height": 760})
    for path in ("returns/", "quarters/", "delivery/", "delivery/upload/"):
        page.goto(f"/o/tidewater/{path}")
        assert problems(page) == [], path


@pytest.mark.django_db(transaction=True)
def test_a_quarter_of_many_programs_is_printed_on_four_sheets(
    full: tuple[Program, Quarter], people: Cast, enter: Enter
) -> None:
    """Each name takes two lines; the screen has all of them."""
    program, quarter = full
    Program.objects.bulk_create(
        Program(
            organisation=people.tidewater,
            name=f"{program.name}, as held in the harbour office number {n}",
            state=Program.State.RUNNING,
            starts_on=program.starts_on,
            ends_on=program.ends_on,
        )
        for n in range(OTHERS)
    )
    page = enter(people.olga)
    page.goto(f"/o/tidewater/quarters/{quarter}/")
    last = page.get_by_role(
        "rowheader", name=f"office number {OTHERS - 1}", exact=False
    )
    expect(last).to_have_count(5)
    assert sheets(page) == [4, 4]
    page.emulate_media(media="print")
    expect(page.get_by_text("programs are left off on paper").first).to_be_visible()
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 360, "height": 760})
    assert problems(page) == []
