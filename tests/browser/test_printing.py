import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from progress.actions import begin_plan
from progress.models import Goal, GrowthPlan, Milestone, MilestoneCondition
from reviews.models import ReviewSession
from tests.browser.steps import Enter
from tests.cast import Cast
from tests.progress.years import assess

LONG = "explain to somebody who was not there why the change that looked simplest "
PAGES = re.compile(
    rb"/Type\s*/Pages\b[^>]*/Count (\d+)|/Count (\d+)[^>]*/Type\s*/Pages"
)


@pytest.fixture
def half(people: Cast) -> Milestone:
    """The half of a year that has all that it can have, in many words."""
    begin_plan(people.pairing)
    plan = GrowthPlan.objects.get()
    half = plan.milestones.get(name="Half year")
    now = timezone.now()
    MilestoneCondition.objects.bulk_create(
        MilestoneCondition(
            organisation=people.tidewater,
            milestone=half,
            kind="ticked",
            text=f"{n}: {LONG}was wrong",
            position=n + 3,
        )
        for n in range(MilestoneCondition.MOST - half.conditions.count())
    )
    Goal.objects.bulk_create(
        Goal(
            organisation=people.tidewater,
            plan=plan,
            text=f"Goal {n}: {LONG * 2}",
            position=n,
            state=Goal.State.REACHED if n % 2 else Goal.State.OPEN,
            state_changed_at=now,
            proposed_by=people.ines,
            junior_agreed_at=now,
            mentor_agreed_at=now,
        )
        for n in range(30)
    )
    GrowthPlan.objects.update(starts_on=timezone.localdate() - timedelta(days=182))
    for week in range(26):
        ReviewSession.objects.create(
            organisation=people.tidewater,
            pairing=people.pairing,
            mentor=people.tomasz,
            junior=people.ines,
            title="Retry webhook deliveries",
            state=ReviewSession.State.CLOSED,
            is_logged=True,
            closed_at=now,
            minutes=50,
            held_on=timezone.localdate() - timedelta(weeks=week),
        )
    assess(plan, "needs", 2)
    assess(plan, "midpoint", 3)
    return half


@pytest.mark.django_db(transaction=True)
def test_half_a_year_is_printed_on_one_page(
    half: Milestone, people: Cast, enter: Enter
) -> None:
    page = enter(people.ines)
    page.goto(f"/o/tidewater/growth/milestones/{half.pk}/so-far/")
    expect(page.get_by_text("Goal 29")).to_be_visible()
    expect(page.get_by_text("and 11 more").first).to_be_hidden()
    found = PAGES.search(page.pdf(format="A4"))
    assert found
    assert [n for n in found.groups() if n] == [b"1"]
    page.emulate_media(media="print")
    expect(page.get_by_text("Goal 29")).to_be_hidden()
    expect(page.get_by_text("and 11 more").first).to_be_visible()
