"""The link in a mail that turns its kind off."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.signing import BadSignature
from django.test import Client
from django.utils import timezone

from preceptor.accounts.models import Membership
from preceptor.notifications import kinds
from preceptor.notifications.kinds import Kind
from preceptor.notifications.models import Delivery, KindPreference, Preferences
from preceptor.notifications.planner import plan
from preceptor.notifications.unsubscribing import read, token_for
from progress.models import Milestone
from tests.cast import Cast
from tests.notifications.conftest import KIND


def test_a_token_says_whose_and_which_kind() -> None:
    delivery = Delivery(recipient_id=7, kind="milestone")
    assert read(token_for(delivery)) == (7, "milestone")
    assert token_for(delivery) == token_for(Delivery(recipient_id=7, kind="milestone"))


@pytest.mark.parametrize("change", [str.upper, lambda token: token[:-1], lambda _: ""])
def test_a_token_that_was_altered_says_nothing(
    change: Callable[[str], str],
) -> None:
    token = token_for(Delivery(recipient_id=7, kind="milestone"))
    with pytest.raises(BadSignature):
        read(change(token))


def page_of(member: Membership, kind: str = "step") -> str:
    delivery = Delivery(recipient=member, kind=kind)
    return f"/unsubscribe/{token_for(delivery)}/"


@pytest.fixture
def strict() -> Client:
    """Nobody's browser, or a mail program: neither has a cookie of ours."""
    return Client(enforce_csrf_checks=True)


def test_one_click_turns_a_kind_off(
    cast: Cast, kind: Kind[Milestone], strict: Client
) -> None:
    page = page_of(cast.ines)
    shown = strict.get(page)
    assert shown.status_code == 200
    assert "A step, from Tidewater Freight." in shown.content.decode()
    assert not KindPreference.objects.exists()
    body = "List-Unsubscribe=One-Click"
    form = "application/x-www-form-urlencoded"
    answer = strict.post(page, body, content_type=form)
    assert answer.status_code == 200
    row = KindPreference.objects.get()
    assert (row.member, row.kind, row.timing) == (cast.ines, "step", "off")
    assert "/o/tidewater/messages/preferences/" in answer.content.decode()
    assert strict.post(page).status_code == 200
    assert "It is turned off" in strict.get(page).content.decode()
    assert KindPreference.objects.count() == 1


def test_what_waits_goes_and_the_rest_stays(
    cast: Cast, kind: Kind[Milestone], milestone: Milestone, strict: Client
) -> None:
    Milestone.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    plan(timezone.now())
    strict.post(page_of(cast.ines))
    plan(timezone.now())
    states = Delivery.objects.order_by("channel").values_list("channel", "state")
    assert list(states) == [("email", "withdrawn"), ("inbox", "suppressed")]


def test_a_digest_turns_mail_off(
    cast: Cast, kind: Kind[Milestone], strict: Client
) -> None:
    page = page_of(cast.ines, Delivery.DIGEST)
    assert "No more of these messages?" in strict.get(page).content.decode()
    strict.post(page)
    assert not Preferences.objects.get().by_email
    assert not KindPreference.objects.exists()
    assert "It is turned off" in strict.get(page).content.decode()


def test_what_nobody_can_turn_off_says_why(
    cast: Cast, kind: Kind[Milestone], strict: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    required = replace(KIND, required="Somebody waits for you.")
    monkeypatch.setattr(kinds, "_kinds", {KIND.name: required})
    answer = strict.post(page_of(cast.ines))
    assert "Somebody waits for you." in answer.content.decode()
    assert not KindPreference.objects.exists()


def test_links_that_lead_nowhere(
    cast: Cast, kind: Kind[Milestone], strict: Client
) -> None:
    page = page_of(cast.ines)
    assert strict.post(f"{page[:-2]}/").status_code == 404
    assert strict.get(page_of(cast.ines, "gone")).status_code == 404
    Membership.objects.filter(pk=cast.ines.pk).update(is_active=False)
    assert strict.post(page).status_code == 404
    assert not KindPreference.objects.exists()
