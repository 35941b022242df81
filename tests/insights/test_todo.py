"""What somebody took on in a session: on Today and on the page of the pair."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from preceptor.accounts.models import Membership
from reviews.models import Action, ReviewSession
from tests.cast import Cast

As = Callable[[Membership], Client]
TODAY = "/o/tidewater/"


def take_on(cast: Cast, owner: Membership, days: int, text: str) -> Action:
    session = ReviewSession.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        mentor=cast.tomasz,
        junior=cast.ines,
        title="Retry the webhooks",
        state=ReviewSession.State.CLOSED,
        is_logged=True,
        closed_at=timezone.now(),
        held_on=timezone.localdate(),
    )
    return Action.objects.create(
        organisation=cast.tidewater,
        session=session,
        added_by=cast.tomasz,
        owner=owner,
        text=text,
        due_on=timezone.localdate() + timedelta(days=days),
    )


@pytest.mark.parametrize(("days", "is_step"), [(-2, True), (0, True), (3, False)])
def test_today_shows_its_owner_what_is_due(
    days: int, is_step: bool, cast: Cast, as_: As
) -> None:
    take_on(cast, cast.ines, days, "Add the lock")
    page = as_(cast.ines).get(TODAY).content.decode()
    assert "What you took on" in page
    assert ("Do what you took on: Add the lock" in page) is is_step
    assert ("2 days over" in page) is (days == -2)
    for member in (cast.tomasz, cast.ruth, cast.olga):
        assert "Add the lock" not in as_(member).get(TODAY).content.decode()


def test_today_leaves_out_what_is_far_off_or_done(cast: Cast, as_: As) -> None:
    take_on(cast, cast.ines, 8, "Far off")
    done = take_on(cast, cast.ines, 0, "Add the lock")
    path = f"/o/tidewater/sessions/{done.session_id}/actions/{done.pk}/done/"
    answer = as_(cast.ines).post(path, {"from": "today"})
    assert answer["Location"] == TODAY
    page = as_(cast.ines).get(TODAY).content.decode()
    assert "Far off" not in page
    assert "Add the lock" not in page


def test_the_pairing_page_lists_actions_to_the_two_alone(cast: Cast, as_: As) -> None:
    take_on(cast, cast.ines, 3, "Add the lock")
    done = take_on(cast, cast.tomasz, 1, "Rotate the secret")
    Action.objects.filter(pk=done.pk).update(done_at=timezone.now())
    path = f"/o/tidewater/pairings/{cast.pairing.pk}/"
    for member in (cast.ines, cast.tomasz):
        page = as_(member).get(path).content.decode()
        assert page.index("Add the lock") < page.index("<s>Rotate the secret</s>")
    for member in (cast.ruth, cast.lars, cast.olga, cast.otis):
        page = as_(member).get(path).content.decode()
        assert "Add the lock" not in page
        assert "Rotate" not in page
