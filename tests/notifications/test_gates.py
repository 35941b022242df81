from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from pytest_django.fixtures import Settings

from preceptor.notifications.deliverer import deliver
from preceptor.notifications.delivering.gates import Gate, State
from preceptor.notifications.models import Delivery, Host
from preceptor.notifications.planner import plan
from progress.models import Milestone
from tests.cast import Cast
from tests.factories import MembershipFactory
from tests.notifications.postbox import Postbox
from tests.notifications.test_deliverer import milestone_of

NOW = datetime(2026, 12, 7, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

pytestmark = [pytest.mark.usefixtures("kind"), pytest.mark.django_db]


def at(now: datetime) -> int:
    return deliver(clock=lambda: now)


def fail(gate: Gate, now: datetime, times: int) -> None:
    for _ in range(times):
        gate.failed(now, OSError("no route"))


def test_gate_opens_after_failures_in_a_row() -> None:
    gate = Gate("email a")
    fail(gate, NOW, 2)
    assert Gate("email a").look(NOW) is State.CLOSED
    fail(gate, NOW, 1)
    assert gate.state is State.OPEN
    assert Gate("email a").look(NOW) is State.OPEN
    assert Gate("email b").look(NOW) is State.CLOSED
    row = Host.objects.get()
    assert (row.failures, row.error) == (3, "OSError: no route")
    assert row.open_until is not None
    assert NOW + MINUTE <= row.open_until <= NOW + MINUTE * 1.25


def test_gate_forgets_failures_on_a_success() -> None:
    gate = Gate("email a")
    fail(gate, NOW, 2)
    gate.succeeded()
    fail(gate, NOW, 2)
    assert gate.state is State.CLOSED


def test_gate_lets_one_try_when_its_time_has_come() -> None:
    fail(Gate("email a"), NOW, 3)
    late = NOW + MINUTE * 1.3
    one, other = Gate("email a"), Gate("email a")
    assert one.look(late) is State.PROBE
    assert other.look(late) is State.OPEN
    one.succeeded()
    assert other.look(late) is State.CLOSED


def test_gate_rests_longer_after_each_failed_try_and_not_for_ever() -> None:
    gate, now, rests = Gate("email a"), NOW, []
    fail(gate, now, 2)
    for _ in range(7):
        fail(gate, now, 1)
        until = Host.objects.get().open_until
        assert until is not None
        rests.append((until - now) / MINUTE)
        now = until
        assert gate.look(now) is State.PROBE
    for rest, base in zip(rests, [1, 2, 4, 8, 15, 15, 15], strict=True):
        assert base <= rest <= base * 1.25


def test_gate_passes_as_many_as_its_rate() -> None:
    gate = Gate("chat a", 2)
    assert gate.admits(NOW, 5) == 2
    assert gate.admits(NOW, 5) == 0
    assert gate.admits(NOW + timedelta(seconds=0.5), 5) == 1
    assert gate.admits(NOW + timedelta(hours=1), 5) == 2
    assert gate.admits(NOW, 5) == 0, "a clock that is behind gains nothing"


def test_gate_of_a_slow_rate_passes_one_when_it_is_whole() -> None:
    gate = Gate("chat a", 0.5)
    assert gate.admits(NOW, 5) == 1
    assert gate.admits(NOW + timedelta(seconds=1), 5) == 0
    assert gate.admits(NOW + timedelta(seconds=2), 5) == 1


@pytest.mark.django_db(transaction=True)
def test_gate_passes_no_more_to_many_at_once() -> None:
    def ask(_: int) -> tuple[int, State]:
        try:
            gate = Gate("chat a", 5)
            return gate.admits(NOW, 2), Gate("chat b").look(NOW + 2 * MINUTE)
        finally:
            connections.close_all()

    fail(Gate("chat b"), NOW, 3)
    with ThreadPoolExecutor(4) as threads:
        passed, states = zip(*threads.map(ask, range(8)), strict=True)
    assert sum(passed) == 5
    assert states.count(State.PROBE) == 1


@pytest.fixture
def seven(milestone: Milestone, cast: Cast) -> None:
    """Mails that are due, to Ines and to six others."""
    for _ in range(6):
        milestone_of(MembershipFactory.create(organisation=cast.tidewater), cast)
    plan(NOW)


def attempts() -> list[int]:
    rows = Delivery.objects.carriers().order_by("not_before", "pk")
    return list(rows.values_list("attempts", flat=True))


def test_deliver_leaves_a_host_alone_that_fails_on_each_message(
    seven: None, box: Postbox
) -> None:
    """The rest loses no attempt, waits, and goes out after one that tries."""
    box.reply_to_all = "421 too much of it"
    assert at(NOW) == 0
    assert len(box.tried) == 3
    assert sorted(attempts()) == [0, 0, 0, 0, 1, 1, 1]
    assert (at(NOW), len(box.tried)) == (0, 3)
    late = NOW + MINUTE * 1.3
    assert (at(late), len(box.tried)) == (0, 4)
    assert sorted(attempts()) == [0, 0, 0, 1, 1, 1, 1]
    box.reply_to_all = ""
    assert at(late + MINUTE * 2.6) == 7
    assert Host.objects.get().failures == 0


def test_deliver_keeps_the_host_where_one_mail_is_at_fault(
    seven: None, box: Postbox
) -> None:
    first = Delivery.objects.carriers().order_by("not_before", "pk")[0]
    box.replies[first.recipient.user.email] = "421 not you"
    now = NOW
    assert at(now) == 6
    for _ in range(5):
        now += timedelta(hours=1)
        assert at(now) == 0
    first.refresh_from_db()
    assert first.attempts == 6
    assert Host.objects.get().failures == 0


def test_deliver_takes_no_refusal_for_a_fault_of_the_host(
    seven: None, box: Postbox
) -> None:
    box.reply_to_all = "554 no"
    assert at(NOW) == 0
    assert len(box.tried) == 7
    assert not Host.objects.exists()


def test_deliver_keeps_to_the_rate_of_the_mail_server(
    seven: None, box: Postbox, settings: Settings
) -> None:
    settings.MAILS_A_SECOND = 3.0
    assert [at(NOW), at(NOW), at(NOW + timedelta(seconds=1))] == [3, 0, 3]
