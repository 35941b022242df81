"""A junior changes mentor: looked at and released by the one, read by the other."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from pairings.actions.pairings import replace
from pairings.models import Handover
from progress.actions import begin_plan
from reviews.models import ReviewSession
from tests.browser.steps import Enter, problems
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def logged(cast: Cast, title: str) -> ReviewSession:
    return ReviewSession.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        mentor=cast.tomasz,
        junior=cast.ines,
        title=title,
        state=ReviewSession.State.CLOSED,
        is_logged=True,
        closed_at=timezone.now(),
        held_on=timezone.localdate() - timedelta(days=9),
        account=f"What went wrong in {title}",
    )


def test_a_handover_is_released_and_acknowledged(people: Cast, enter: Enter) -> None:
    begin_plan(people.pairing)
    for title in ("Retry the webhooks", "Print the labels"):
        logged(people, title)
    after = replace(
        actor=people.ruth,
        pairing=people.pairing,
        mentor=people.anjali_enrolled,
        starts_on=timezone.localdate(),
        ends_on=people.program.ends_on,
        reason="Tomasz moves to Lisbon",
        now=timezone.now(),
    )
    tomasz = enter(people.tomasz)
    tomasz.goto(f"/o/tidewater/pairings/{people.pairing.pk}/")
    tomasz.get_by_role("link", name="For the next mentor").click()
    tomasz.get_by_label("For the next mentor").fill("Give her a minute")
    assert problems(tomasz) == []
    tomasz.get_by_role("button", name="Save").click()
    expect(tomasz.get_by_text("Saved.")).to_be_visible()

    ines = enter(people.ines, viewport={"width": 360, "height": 780})
    ines.goto("/o/tidewater/")
    ines.get_by_role("link", name="Open the handover").click()
    expect(ines.get_by_text("Give her a minute")).to_be_visible()
    ines.get_by_label("Retry the webhooks").check()
    assert problems(ines) == []
    ines.get_by_role("button", name="Release the handover").click()
    expect(ines.get_by_text("Anjali Mehta can read it now.")).to_be_visible()

    anjali = enter(people.anjali)
    anjali.goto(f"/o/tidewater/pairings/{after.pk}/")
    assert problems(anjali) == []
    anjali.get_by_role("link", name="Open the handover").click()
    expect(anjali.get_by_text("Give her a minute")).to_be_visible()
    expect(anjali.get_by_text("Print the labels")).to_have_count(0)
    anjali.get_by_role("link", name="Retry the webhooks").click()
    expect(anjali.get_by_text("What went wrong in Retry")).to_be_visible()
    assert problems(anjali) == []
    anjali.go_back()
    anjali.get_by_role("button", name="I have read it").click()
    expect(anjali.get_by_text("Anjali Mehta acknowledged it")).to_be_visible()
    assert Handover.objects.get().acknowledged_at is not None


def test_two_write_one_agreement(people: Cast, enter: Enter) -> None:
    path = f"/o/tidewater/pairings/{people.pairing.pk}/agreement/"
    ines, tomasz = enter(people.ines), enter(people.tomasz)
    for page in (ines, tomasz):
        page.goto(path)
    ines.get_by_label("How you meet").fill("Tuesdays at ten")
    ines.get_by_role("button", name="Save").click()
    expect(ines.get_by_text("Tomasz has not agreed yet.")).to_be_visible()

    tomasz.get_by_label("How you meet").fill("Fridays at four")
    tomasz.get_by_role("button", name="Save").click()
    expect(tomasz.get_by_text("was changed while you wrote")).to_be_visible()
    expect(tomasz.get_by_label("How you meet")).to_have_value("Fridays at four")
    expect(tomasz.get_by_text("Tuesdays at ten")).to_be_visible()
    assert problems(tomasz) == []
    tomasz.get_by_role("button", name="I agree to this").click()
    expect(tomasz.get_by_role("heading", name="Agreed", exact=True)).to_be_visible()
