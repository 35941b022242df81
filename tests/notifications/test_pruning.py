"""What of the outbox goes at night, and that planning takes nothing for new by it."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from preceptor.accounts import pruning as ground
from preceptor.notifications.models import Delivery
from preceptor.notifications.planner import plan
from preceptor.notifications.pruning import prune_outbox
from tests.cast import Cast

DAYS = 400


def a_delivery(cast: Cast, now: datetime, days: int, **changes: Any) -> Delivery:
    """Mail that went out so many days ago, but for the changes."""
    at = now - timedelta(days=days)
    values: dict[str, Any] = {
        "organisation": cast.tidewater,
        "recipient": cast.ines,
        "channel": "email",
        "kind": "kind",
        "subject": 1,
        "matter": "matter",
        "occurrence": f"{Delivery.objects.count()}",
        "not_before": at,
        "state": "sent",
        "planned_at": at,
        "sent_at": at,
    }
    return Delivery.objects.create(**values | changes)


@pytest.mark.parametrize(
    ("days", "changes", "goes"),
    [
        (DAYS + 1, {}, True),
        (DAYS - 1, {}, False),
        *((DAYS + 1, {"state": one}, True) for one in ("digested", "failed")),
        (DAYS + 1, {"state": "suppressed", "sent_at": None}, True),
        *(
            (DAYS + 1, {"state": one, "sent_at": None}, False)
            for one in ("pending", "claimed", "held")
        ),
        # While its reason stands, so does the reminder.
        (DAYS + 1, {"channel": "inbox"}, False),
        (DAYS + 1, {"channel": "inbox", "state": "suppressed"}, False),
        (DAYS + 1, {"channel": "inbox", "state": "withdrawn"}, True),
    ],
)
def test_what_goes(cast: Cast, days: int, changes: dict[str, Any], goes: bool) -> None:
    now = timezone.now()
    if changes.get("state") == "withdrawn":
        changes = {**changes, "withdrawn_at": now - timedelta(days=days)}
    a_delivery(cast, now, days, **changes)
    assert prune_outbox(now) == goes
    assert Delivery.objects.exists() != goes


def test_what_was_withdrawn_or_sent_since_stays(cast: Cast) -> None:
    now = timezone.now()
    lately = now - timedelta(days=3)
    gone = {"channel": "inbox", "state": "withdrawn", "withdrawn_at": lately}
    a_delivery(cast, now, DAYS + 9, **gone)
    a_delivery(cast, now, DAYS + 9, sent_at=lately)
    assert prune_outbox(now) == 0


def test_it_goes_in_batches_and_a_digest_after_what_it_took_along(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    digest = a_delivery(cast, now, DAYS + 1, kind=Delivery.DIGEST)
    kept = a_delivery(cast, now, DAYS + 1, kind=Delivery.DIGEST)
    for days in (DAYS + 1, DAYS + 2, DAYS + 3):
        a_delivery(cast, now, days, state="digested", digest=digest)
    young = a_delivery(cast, now, 2, state="digested", digest=kept)
    by_twos = partial(ground.prune, at_once=2)
    monkeypatch.setattr("preceptor.notifications.pruning.prune", by_twos)
    assert prune_outbox(now) == 4
    assert set(Delivery.objects.all()) == {kept, young}


def test_a_reminder_that_stands_is_not_told_again(cast: Cast) -> None:
    cast.program.state = "running"
    cast.program.save()
    assert plan(timezone.now()).written > 0
    ages = timezone.now() - timedelta(days=DAYS + 1)
    sent = Delivery.objects.carriers()
    sent.update(state="sent", sent_at=ages, planned_at=ages, not_before=ages)
    Delivery.objects.inbox().update(planned_at=ages, sent_at=ages, not_before=ages)
    # Others hear of what somebody knows for so long, by messages of today.
    plan(timezone.now())
    old = sent.filter(planned_at=ages)
    went = old.count()
    assert went > 0
    assert prune_outbox(timezone.now()) == went
    assert plan(timezone.now()).written == 0
    assert not old.exists()


def test_nothing_goes_where_all_is_kept(cast: Cast, settings: Settings) -> None:
    settings.OUTBOX_DAYS = 0
    now = timezone.now()
    a_delivery(cast, now, 4000)
    assert prune_outbox(now) == 0
