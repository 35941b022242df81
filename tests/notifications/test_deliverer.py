from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from django.db import connections
from django.db.models import Q
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from preceptor.accounts.models import Membership
from preceptor.notifications import kinds
from preceptor.notifications.deliverer import deliver
from preceptor.notifications.delivering import claims, lanes
from preceptor.notifications.delivering.claims import MAX_ATTEMPTS
from preceptor.notifications.kinds import Message
from preceptor.notifications.models import Delivery, Host
from preceptor.notifications.planner import plan
from progress.models import GrowthPlan, Milestone
from tests.cast import Cast
from tests.factories import EnrolmentFactory, MembershipFactory, UserFactory
from tests.notifications.conftest import KIND, message
from tests.notifications.postbox import DROP, DROP_AFTER, HANG, Postbox

NOW = datetime(2026, 12, 7, 8, tzinfo=UTC)
INES = "ines.carvalho@example.com"
LEASE = timedelta(seconds=300)
MINUTE = timedelta(minutes=1)
QUERIES = 25

pytestmark = pytest.mark.usefixtures("kind")


def at(now: datetime) -> int:
    return deliver(clock=lambda: now)


def text(mail: EmailMessage, subtype: str) -> str:
    part = mail.get_body((subtype,))
    assert part is not None
    return str(part.get_content())


def milestone_of(member: Membership, cast: Cast) -> Milestone:
    """A milestone on the same day as Ines's."""
    junior = EnrolmentFactory.create(program=cast.program, membership=member)
    growth_plan = GrowthPlan.objects.create(
        organisation=cast.tidewater, junior=junior, starts_on=cast.program.starts_on
    )
    return Milestone.objects.create(
        organisation=cast.tidewater,
        plan=growth_plan,
        kind=Milestone.Kind.CHECK_IN,
        name="Second meeting",
        due_on=datetime(2026, 12, 10, tzinfo=UTC).date(),
    )


@pytest.fixture
def delivery(milestone: Milestone) -> Delivery:
    """To Ines, planned and due."""
    plan(NOW)
    return Delivery.objects.carriers().get()


@pytest.fixture
def two(milestone: Milestone, cast: Cast) -> tuple[Delivery, Delivery]:
    """To Ines, and after hers one to somebody else."""
    user = UserFactory.create(full_name="Zoe Last")
    milestone_of(MembershipFactory.create(organisation=cast.tidewater, user=user), cast)
    plan(NOW)
    ines, zoe = Delivery.objects.carriers().order_by("subject")
    return ines, zoe


def state_of(delivery: Delivery) -> tuple[str, int]:
    delivery.refresh_from_db()
    return delivery.state, delivery.attempts


def test_deliver_sends_text_and_html_and_marks_sent(
    delivery: Delivery, box: Postbox, settings: Settings
) -> None:
    settings.BASE_URL = "https://preceptor.example:8443"
    assert at(NOW) == 1
    assert at(NOW) == 0
    (mail,) = box.mails
    assert mail["To"] == INES
    assert mail["Subject"] == "Second meeting is due"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == (
        f"<delivery-{delivery.pk}.{delivery.organisation_id}@preceptor.example>"
    )
    link = f"https://preceptor.example/milestones/{delivery.subject}"
    assert f"Look:\n{link}" in text(mail, "plain").replace("\r", "")
    assert f'href="{link}"' in text(mail, "html")
    assert "Tidewater Freight" in text(mail, "html")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.sent_at) == ("sent", NOW)
    assert (delivery.leased_until, delivery.error) == (None, "")


def test_deliver_waits_for_its_time(delivery: Delivery, box: Postbox) -> None:
    assert at(NOW - timedelta(seconds=1)) == 0
    assert box.tried == []


def test_deliver_uses_one_connection_for_a_batch(
    two: tuple[Delivery, Delivery], box: Postbox
) -> None:
    assert at(NOW) == 2
    assert box.connections == 1


def test_deliver_drains_more_than_a_batch(
    two: tuple[Delivery, Delivery], box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "BATCH", 1)
    assert at(NOW) == 2


def test_deliver_sends_nothing_once_the_milestone_is_signed(
    delivery: Delivery, box: Postbox, cast: Cast
) -> None:
    Milestone.objects.update(
        junior_signed_at=NOW,
        mentor_signed_at=NOW,
        mentor_signed_by=cast.tomasz,
        signed_at=NOW,
    )
    assert at(NOW) == 0
    assert box.tried == []
    assert state_of(delivery)[0] == "withdrawn"


@pytest.mark.parametrize("what", ["member", "user"])
def test_deliver_sends_nothing_to_who_was_deactivated(
    delivery: Delivery, box: Postbox, cast: Cast, what: str
) -> None:
    row = cast.ines if what == "member" else cast.ines.user
    row.is_active = False
    row.save()
    assert at(NOW) == 0
    assert box.tried == []
    assert state_of(delivery)[0] == "withdrawn"


def test_deliver_withdraws_a_kind_that_is_no_more(
    delivery: Delivery, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    assert at(NOW) == 0
    assert state_of(delivery)[0] == "withdrawn"


def test_deliver_writes_in_the_recipients_language_and_time(
    delivery: Delivery, box: Postbox, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.ines.user.time_zone = "America/New_York"
    cast.ines.user.save()

    def dated(row: Delivery, about: Milestone) -> Message:
        told = message(row, about)
        return Message(
            subject=told.subject,
            template=told.template,
            link=told.link,
            button=told.button,
            context={"expires_at": row.planned_at},
        )

    monkeypatch.setattr(kinds, "_kinds", {"step": replace(KIND, message=dated)})
    assert at(NOW + timedelta(hours=5)) == 1
    assert "until Dec. 7, 2026, 3 a.m." in text(box.mails[0], "plain")


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ("451 try again", "SMTPDataError: (451, b'try again')"),
        ("554 no", "SMTPDataError: (554, b'no')"),
        (DROP, "SMTPServerDisconnected"),
        (HANG, "SMTPServerDisconnected"),
    ],
)
def test_deliver_backs_off_and_keeps_the_error(
    delivery: Delivery, box: Postbox, settings: Settings, reply: str, error: str
) -> None:
    settings.EMAIL_TIMEOUT = 0.5
    box.reply_to_all = reply
    assert at(NOW) == 0
    assert state_of(delivery) == ("pending", 1)
    assert delivery.error.startswith(error)
    assert NOW + MINUTE <= delivery.not_before <= NOW + MINUTE * 1.25
    assert delivery.leased_until is None
    assert (at(NOW), box.tried) == (0, [INES])
    box.reply_to_all = ""
    assert at(NOW + 2 * MINUTE) == 1
    assert state_of(delivery) == ("sent", 2)
    assert delivery.error == ""


def test_deliver_waits_longer_each_time_and_then_gives_up(
    delivery: Delivery, box: Postbox, caplog: pytest.LogCaptureFixture
) -> None:
    box.reply_to_all = "554 no such person"
    now, waits = NOW, []
    for _ in range(MAX_ATTEMPTS - 1):
        assert at(now) == 0
        delivery.refresh_from_db()
        waits.append((delivery.not_before - now) / MINUTE)
        now = delivery.not_before
    assert at(now) == 0
    assert state_of(delivery) == ("failed", MAX_ATTEMPTS)
    assert delivery.error == "SMTPDataError: (554, b'no such person')"
    doubled = [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
    for wait, base in zip(waits, doubled, strict=True):
        assert base <= wait <= base * 1.25
    assert f"Delivery {delivery.pk} failed after 12 attempts" in caplog.text
    assert (at(now + timedelta(days=1)), len(box.tried)) == (0, MAX_ATTEMPTS)


def test_deliver_repeats_the_message_id_where_the_answer_was_lost(
    delivery: Delivery, box: Postbox
) -> None:
    box.reply_to_all = DROP_AFTER
    assert at(NOW) == 0
    box.reply_to_all = ""
    assert at(NOW + 2 * MINUTE) == 1
    first, second = box.mails
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.parametrize("reply", ["554 no", DROP])
def test_deliver_sends_the_others_beside_a_row_at_fault(
    two: tuple[Delivery, Delivery], box: Postbox, reply: str
) -> None:
    box.replies[INES] = reply
    assert at(NOW) == 1
    assert box.addresses == ["zoe.last@example.com"]
    assert [state_of(row) for row in two] == [("pending", 1), ("sent", 1)]


def test_deliver_sends_the_others_beside_a_row_that_does_not_render(
    two: tuple[Delivery, Delivery], box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def poisoned(row: Delivery, about: Milestone) -> Message:
        if row == two[0]:
            raise Milestone.DoesNotExist
        return message(row, about)

    monkeypatch.setattr(kinds, "_kinds", {"step": replace(KIND, message=poisoned)})
    assert at(NOW) == 1
    assert [state_of(row) for row in two] == [("pending", 1), ("sent", 1)]
    assert two[0].error.startswith("DoesNotExist")


def test_deliver_knocks_once_where_the_server_is_away(
    two: tuple[Delivery, Delivery], settings: Settings, unused_port: int
) -> None:
    settings.EMAIL_BACKEND = "preceptor.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", unused_port
    assert at(NOW) == 0
    assert [state_of(row) for row in two] == [("pending", 0), ("pending", 0)]
    assert two[1].error.startswith("ServerIsAway")
    assert two[1].not_before == two[0].not_before
    assert Host.objects.get().failures == 1


def test_deliver_goes_on_once_the_server_is_back(
    two: tuple[Delivery, Delivery], box: Postbox, settings: Settings, unused_port: int
) -> None:
    settings.EMAIL_PORT = unused_port
    assert at(NOW) == 0
    settings.EMAIL_PORT = box.port
    assert at(NOW + 2 * MINUTE) == 2
    assert [state_of(row) for row in two] == [("sent", 1), ("sent", 1)]


def test_deliver_leaves_a_leased_row_until_the_lease_runs_out(
    delivery: Delivery, box: Postbox
) -> None:
    assert [row.pk for row in claims.claim(NOW, Q(), 9)] == [delivery.pk]
    assert at(NOW + LEASE - timedelta(seconds=1)) == 0
    assert at(NOW + LEASE) == 1
    assert state_of(delivery) == ("sent", 2)


@pytest.mark.parametrize("other_is_done", [True, False])
def test_deliver_by_a_worker_that_overslept_its_lease_sends_nothing(
    delivery: Delivery,
    box: Postbox,
    monkeypatch: pytest.MonkeyPatch,
    other_is_done: bool,
) -> None:
    """Another worker takes the row between this one's claim and its turn."""
    late, kept = NOW + LEASE, claims.kept
    clock = [NOW]

    def oversleep(rows: list[Delivery], now: datetime) -> list[Delivery]:
        monkeypatch.setattr(claims, "kept", kept)
        clock[0] = late
        if other_is_done:
            assert at(late) == 1
        else:
            assert len(claims.claim_left(late, Q())) == 1
        return kept(rows, late)

    monkeypatch.setattr(claims, "kept", oversleep)
    assert deliver(clock=lambda: clock[0]) == 0
    assert box.addresses == ([INES] if other_is_done else [])
    assert state_of(delivery) == (("sent", 2) if other_is_done else ("claimed", 2))


def test_deliver_keeps_its_lease_while_the_server_takes_long(
    two: tuple[Delivery, Delivery], box: Postbox
) -> None:
    """Nobody takes the second of a batch whose first took most of the lease."""
    clock = iter([NOW, NOW, NOW, NOW])
    late = NOW + LEASE * 0.9
    assert deliver(clock=lambda: next(clock, late)) == 2
    assert claims.claim_left(NOW + LEASE, Q()) == []
    assert [state_of(row) for row in two] == [("sent", 1), ("sent", 1)]


def test_deliver_gives_up_on_a_row_that_ends_its_workers(
    two: tuple[Delivery, Delivery], box: Postbox, caplog: pytest.LogCaptureFixture
) -> None:
    Delivery.objects.filter(pk=two[0].pk).update(
        state="claimed", leased_until=NOW, attempts=MAX_ATTEMPTS
    )
    assert at(NOW) == 1
    assert [state_of(row)[0] for row in two] == ["failed", "sent"]
    assert f"Delivery {two[0].pk} failed after 13 attempts: It ended" in caplog.text


def test_claim_takes_what_was_left_behind_one_by_one(
    two: tuple[Delivery, Delivery],
) -> None:
    """A row that ends its workers takes an attempt from itself alone."""
    Delivery.objects.carriers().update(state="claimed", leased_until=NOW, attempts=1)
    Delivery.objects.filter(pk=two[0].pk).update(attempts=2)
    assert claims.claim(NOW, Q(), 9) == []
    assert [row.pk for row in claims.claim_left(NOW, Q())] == [two[1].pk]
    assert [row.pk for row in claims.claim_left(NOW, Q())] == [two[0].pk]
    assert claims.claim_left(NOW, Q()) == []


def test_deliver_asks_as_often_for_three_as_for_one(
    milestone: Milestone,
    cast: Cast,
    box: Postbox,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """Beside a row's own: to mark it sent."""
    plan(NOW)
    with django_assert_num_queries(QUERIES + 1):
        assert at(NOW) == 1
    for _ in range(3):
        milestone_of(MembershipFactory.create(organisation=cast.tidewater), cast)
    plan(NOW)
    with django_assert_num_queries(QUERIES + 3):
        assert at(NOW) == 3


@pytest.mark.django_db(transaction=True)
def test_deliver_by_four_workers_at_once_sends_each_mail_once(
    box: Postbox, milestone: Milestone, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(30):
        member = MembershipFactory.create(organisation=cast.tidewater)
        milestone_of(member, cast)
    plan(NOW)
    monkeypatch.setattr(lanes, "BATCH", 3)

    def worker(_: int) -> int:
        try:
            return at(NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(worker, range(4))) == 31
    assert len(box.mails) == len(set(box.addresses)) == 31
    mails = Delivery.objects.carriers()
    assert set(mails.values_list("state", "attempts")) == {("sent", 1)}
