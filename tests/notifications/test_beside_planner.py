"""What people change about their chats and messages while the planner runs."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Thread

import pytest
from django.db import DatabaseError, connection, transaction

from pairings.actions.messages import remove_channel
from preceptor.notifications import actions
from preceptor.notifications.delivering import claims
from preceptor.notifications.models import Delivery, Webhook
from preceptor.notifications.outbox import wait_for_planner
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


class Beside(Thread):
    """Does something on another connection."""

    def __init__(self, action: Callable[[], object]) -> None:
        super().__init__()
        self.action = action
        self.error: DatabaseError | None = None

    def run(self) -> None:
        try:
            self.action()
        except DatabaseError as error:
            self.error = error
        finally:
            connection.close()

    def reached(self) -> None:
        """Until it waits for the planner, or is done."""
        with connection.cursor() as cursor:
            while self.is_alive():
                cursor.execute(
                    "SELECT FROM pg_locks WHERE NOT granted"
                    " AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
                )
                if cursor.fetchall():
                    return
                time.sleep(0.01)


def channel(cast: Cast, program_id: int | None = None) -> Webhook:
    return Webhook.objects.create(
        organisation=cast.tidewater,
        member=cast.ruth,
        program_id=program_id,
        service="slack",
        sealed=b"",
        host="hooks.example",
        made_at=NOW,
    )


def planned_for(hook: Webhook) -> None:
    """A row as the planner's run writes it, which refers to the chat."""
    Delivery.objects.create(
        organisation=hook.organisation,
        recipient=hook.member,
        program_id=hook.program_id,
        channel="program" if hook.program_id else "chat",
        webhook=hook,
        kind="milestone",
        subject=1,
        occurrence="milestone:1:lead",
        not_before=NOW,
    )


@pytest.mark.parametrize("whose", ["own", "program"])
def test_nobody_and_the_planner_wait_for_each_other(cast: Cast, whose: str) -> None:
    """The planner refers to a chat that its owner is about to change or to remove."""

    def change() -> None:
        if whose == "program":
            remove_channel(program=cast.program, now=NOW)
        else:
            actions.connect_chat(
                actor=cast.ruth, service="teams", address="https://new.example", now=NOW
            )

    hook = channel(cast, cast.program.pk if whose == "program" else None)
    beside = Beside(change)
    with transaction.atomic():
        wait_for_planner()
        beside.start()
        beside.reached()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '1s'")
        planned_for(hook)
    beside.join()
    assert beside.error is None
    row = Delivery.objects.get()
    expected = (None, []) if whose == "program" else (hook.pk, ["new.example"])
    hosts = list(Webhook.objects.values_list("host", flat=True))
    assert (row.state, row.webhook_id, hosts) == ("withdrawn", *expected)


def standing(cast: Cast, occurrence: str, *channels: str) -> list[Delivery]:
    """Ruth's, as the planner wrote them."""
    return [
        Delivery.objects.create(
            organisation=cast.tidewater,
            recipient=cast.ruth,
            channel=channel,
            kind="milestone",
            subject=1,
            matter="milestone:1",
            occurrence=occurrence,
            not_before=NOW,
            planned_at=NOW,
            state="sent" if channel == "inbox" else "held",
            sent_at=NOW if channel == "inbox" else None,
        )
        for channel in channels
    ]


@pytest.mark.parametrize("is_turned", [False, True], ids=["as-written", "turned"])
@pytest.mark.parametrize("done", ["put off", "read"])
def test_nobody_waits_for_messages_that_the_planner_withdraws(
    cast: Cast, done: str, is_turned: bool
) -> None:
    """In whatever order the planner takes what Ruth puts off, or marks as read."""

    def change() -> None:
        if done == "read":
            actions.mark_all_read(actor=cast.ruth, until=NOW, now=NOW)
        else:
            actions.put_off(actor=cast.ruth, reminder=rows[0], until=None, now=NOW)

    channels = ("inbox",) if done == "read" else ("inbox", "email")
    rows = standing(cast, "milestone:1:day", *channels)
    rows += standing(cast, "milestone:1:week", *channels)
    withdrawn = [row.pk for row in rows][:: -1 if is_turned else 1]
    beside = Beside(change)
    with transaction.atomic():
        Delivery.objects.filter(pk=withdrawn[0]).update(state="withdrawn")
        beside.start()
        beside.reached()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '1s'")
        for pk in withdrawn[1:]:
            Delivery.objects.filter(pk=pk).update(state="withdrawn")
    beside.join()
    assert beside.error is None
    assert set(Delivery.objects.values_list("state", flat=True)) == {"withdrawn"}


@pytest.mark.parametrize("is_turned", [False, True], ids=["as-written", "turned"])
@pytest.mark.parametrize("done", ["fallen", "sent", "given up"])
def test_no_digest_waits_for_messages_that_the_planner_withdraws(
    cast: Cast, done: str, is_turned: bool
) -> None:
    """In whatever order the planner takes what the digest was to take along."""
    rows = standing(cast, "milestone:1:day", "inbox", "email")
    rows += standing(cast, "milestone:1:week", "inbox", "email")
    digest = Delivery.objects.create(
        organisation=cast.tidewater,
        recipient=cast.ruth,
        kind=Delivery.DIGEST,
        subject=cast.ruth.pk,
        occurrence="digest:1",
        not_before=NOW,
        state="claimed",
        leased_until=NOW,
    )
    items = [row for row in rows if row.channel == "email"]
    Delivery.objects.filter(pk__in=[row.pk for row in items]).update(digest=digest)

    def change() -> None:
        if done == "sent":
            claims.sent(digest, items, NOW)
        elif done == "given up":
            claims.give_up(digest, "550 no such mailbox")
        else:
            claims.withdraw_items(digest, items, NOW)

    withdrawn = [row.pk for row in rows][:: -1 if is_turned else 1]
    beside = Beside(change)
    with transaction.atomic():
        Delivery.objects.filter(pk=withdrawn[0]).update(state="withdrawn")
        beside.start()
        beside.reached()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '1s'")
        for pk in withdrawn[1:]:
            Delivery.objects.filter(pk=pk).update(state="withdrawn")
    beside.join()
    assert beside.error is None
    left = Delivery.objects.exclude(pk=digest.pk)
    assert set(left.values_list("state", flat=True)) == {"withdrawn"}
