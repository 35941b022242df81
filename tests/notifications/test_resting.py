"""What was on its way, or had failed, when somebody no longer wanted it to go."""

from datetime import UTC, datetime

import pytest

from preceptor.notifications import outbox
from preceptor.notifications.actions.preferences import turn_off
from preceptor.notifications.deliverer import deliver
from preceptor.notifications.models import Delivery
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
