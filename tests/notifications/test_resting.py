"""What was on its way, or had failed, when somebody no longer wanted it to go."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail as django_mail

from preceptor.notifications import kinds, outbox
from preceptor.notifications.actions.preferences import turn_off
from preceptor.notifications.deliverer import deliver
from preceptor.notifications.models import (
    Delivery,
    KindPreference,
    Preferences,
    Timing,
    Webhook,
)
from preceptor.notifications.planner import plan
from progress.models import Milestone
from tests.cast import Cast
from tests.notifications.conftest import KIND
from tests.notifications.postbox import Postbox

NOW = datetime(2026, 12, 7, 8, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("kind")


@pytest.fixture
def delivery(milestone: Milestone) -> Delivery:
    """To Ines, planned and due."""
    plan(NOW)
    return Delivery.objects.carriers().get()


def test_deliver_sends_nothing_of_a_program_that_was_paused_meanwhile(
    delivery: Delivery, box: Postbox, cast: Cast
) -> None:
    """A worker held it when the program was paused, and its try failed."""
    delivery.state, delivery.leased_until = Delivery.State.CLAIMED, NOW
    delivery.save()
    outbox.pause(actor=cast.ruth, program_id=cast.program.pk, now=NOW)
    delivery.refresh_from_db()
    assert delivery.state == "claimed"
    assert deliver(clock=lambda: NOW) == 0
    assert box.tried == []
    plan(NOW)
    rows = Delivery.objects.order_by("pk").values_list("channel", "state", "reason")
    assert set(rows) == {("inbox", "suppressed", "paused"), ("email", "withdrawn", "")}


def test_deliver_sends_nothing_of_a_kind_that_was_turned_off_meanwhile(
    delivery: Delivery, box: Postbox, cast: Cast
) -> None:
    """It had failed by then, and somebody sends it again."""
    Delivery.objects.filter(pk=delivery.pk).update(state="failed")
    turn_off(member=cast.ines, kind=KIND, now=NOW)
    outbox.send_again(delivery, NOW)
    assert deliver(clock=lambda: NOW) == 0
    assert box.tried == []
    delivery.refresh_from_db()
    assert delivery.state == "withdrawn"


def states() -> set[tuple[str, str, str]]:
    rows = Delivery.objects.all()
    return set(rows.values_list("kind", "channel", "state"))


@pytest.mark.parametrize("state", ["claimed", "failed"])
def test_deliver_sends_no_mail_to_who_turned_it_off_meanwhile(
    delivery: Delivery, box: Postbox, cast: Cast, state: str
) -> None:
    """A worker held it, or it had failed and somebody sends it again."""
    Delivery.objects.filter(pk=delivery.pk).update(state=state, leased_until=NOW)
    Delivery.objects.inbox().update(read_at=NOW)
    turn_off(member=cast.ines, kind=None, now=NOW)
    if state == "failed":
        outbox.send_again(delivery, NOW)
    assert deliver(clock=lambda: NOW) == 0
    assert box.tried == []
    plan(NOW)
    assert states() == {("step", "inbox", "sent"), ("step", "email", "withdrawn")}
    assert not Delivery.objects.unread().exists()


@pytest.fixture
def digest(milestone: Milestone, cast: Cast) -> Delivery:
    """Of what Ines is told today, gathered."""
    KindPreference.objects.create(
        organisation=cast.tidewater,
        member=cast.ines,
        kind=KIND.name,
        timing=Timing.DAILY,
    )
    plan(NOW)
    plan(NOW + timedelta(days=1))
    return Delivery.objects.get(kind=Delivery.DIGEST)


@pytest.mark.parametrize("state", ["pending", "claimed", "failed"])
def test_deliver_sends_no_digest_to_who_turned_mail_off_by_the_last_one(
    digest: Delivery, box: Postbox, cast: Cast, state: str
) -> None:
    """It was refused once, or a worker held it, or it had failed for good."""
    now = digest.not_before + timedelta(hours=1)
    Delivery.objects.filter(pk=digest.pk).update(state=state, leased_until=now)
    if state == "failed":
        digest.items.update(state=state)
    turn_off(member=cast.ines, kind=None, now=now)
    if state == "failed":
        outbox.send_again(digest, now)
    plan(now)
    assert deliver(clock=lambda: now) == 0
    assert box.tried == []
    plan(now)
    assert states() == {
        ("digest", "email", "withdrawn"),
        ("step", "email", "withdrawn"),
        ("step", "inbox", "sent"),
    }


def reached(cast: Cast, **ways: Any) -> None:
    own: dict[str, Any] = {"organisation": cast.tidewater, "member": cast.ines}
    Preferences.objects.create(**own, **ways)
    Webhook.objects.create(
        **own, service="slack", sealed=b"", host="127.0.0.1", made_at=NOW
    )


@pytest.mark.parametrize(
    ("fields", "by_chat", "sent"),
    [
        ({}, False, 0),
        ({"required": "Somebody waits."}, False, 1),
        ({"required": "Somebody waits."}, True, 0),
        ({"has_calendar": True}, True, 1),
    ],
)
@pytest.mark.usefixtures("kind", "delivery")
def test_deliver_sends_by_mail_what_has_to_come_by_it(
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
    fields: dict[str, Any],
    by_chat: bool,
    sent: int,
) -> None:
    """Mail was turned off since it was planned, by hand."""
    own = replace(KIND, **fields)
    monkeypatch.setattr(kinds, "_kinds", {KIND.name: own})
    reached(cast, by_email=False, by_chat=by_chat)
    assert deliver(clock=lambda: NOW) == sent
    assert len(django_mail.outbox) == sent


def test_deliver_posts_nothing_to_a_chat_that_was_turned_off_meanwhile(
    milestone: Milestone, box: Postbox, cast: Cast
) -> None:
    """It goes by mail then, which is what is left."""
    reached(cast, by_email=False, by_chat=True)
    plan(NOW)
    Delivery.objects.filter(channel="chat").update(state="claimed", leased_until=NOW)
    Preferences.objects.update(by_email=True, by_chat=False)
    assert deliver(clock=lambda: NOW) == 0
    plan(NOW)
    assert deliver(clock=lambda: NOW) == 1
    assert states() == {
        ("step", "chat", "withdrawn"),
        ("step", "email", "sent"),
        ("step", "inbox", "sent"),
    }
