"""Whether reminders go out: the endpoint, the owners' page, Today, the real parts."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from unittest.mock import Mock

import pytest
from celery.signals import beat_init, worker_ready
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from preceptor.accounts.models import Membership
from preceptor.http import url
from preceptor.notifications import health, heartbeat, pulses
from preceptor.notifications.models import Delivery, Host, Pulse, Webhook
from preceptor.notifications.planner import plan
from tests.cast import Cast
from tests.notifications.processes import Celery

As = Callable[[Membership], Client]
ENDPOINT = "/health/reminders/"
WORKER = "worker celery@quay"
INES_NAME = "Carvalho"


@pytest.fixture
def running(db: None) -> None:
    """A planner and a worker that gave a sign of life just now."""
    for name in (pulses.PLANNER, WORKER):
        pulses.beat(name, timezone.now())


def stopped(name: str, minutes: int = 4) -> None:
    at = timezone.now() - timedelta(minutes=minutes)
    Pulse.objects.update_or_create(name=name, defaults={"beaten_at": at})


def failed(cast: Cast, number: int) -> Delivery:
    return Delivery.objects.create(
        organisation=cast.tidewater,
        recipient=cast.ines,
        kind="milestone",
        subject=number,
        occurrence=f"milestone:{number}:day",
        not_before=timezone.now(),
        state=Delivery.State.FAILED,
        attempts=12,
        error="SMTPRecipientsRefused: no such mailbox",
    )


def webhook_of(member: Membership, host: str) -> Webhook:
    return Webhook.objects.create(
        organisation=member.organisation,
        member=member,
        service=Webhook.Service.MATTERMOST,
        sealed=b"",
        host=host,
        made_at=timezone.now(),
    )


def test_reminders_report_that_all_is_well(
    running: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):
        response = Client().get(ENDPOINT)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    found = response.json()
    assert found.pop("planner")["is_ok"] is True
    assert found == {
        "status": "ok",
        "database": "ok",
        "workers": {"alive": 1, "silent": 0},
        "oldest_due_seconds": None,
        "queue": 0,
        "broker": "ok",
        "closed_hosts": 0,
    }


def test_reminders_that_were_never_planned_are_not_well(db: None) -> None:
    response = Client().get(ENDPOINT)
    assert response.status_code == 503
    assert response.json()["planner"] == {"is_ok": False, "seconds_ago": None}
    assert response.json()["workers"] == {"alive": 0, "silent": 0}


@pytest.mark.parametrize("name", [pulses.PLANNER, WORKER])
def test_reminders_report_a_part_that_fell_silent(running: None, name: str) -> None:
    stopped(name)
    assert Client().get(ENDPOINT).status_code == 503


def test_reminders_report_what_is_late(running: None, cast: Cast) -> None:
    row = failed(cast, 1)
    due_at = timezone.now() - timedelta(minutes=20)
    Delivery.objects.filter(pk=row.pk).update(state="pending", not_before=due_at)
    response = Client().get(ENDPOINT)
    assert response.status_code == 503
    assert response.json()["oldest_due_seconds"] // 60 == 20
    assert INES_NAME not in response.content.decode()


@pytest.mark.parametrize(
    ("channel", "host"),
    [("email", "email mail.example"), ("chat", "chat hooks.example")],
)
def test_reminders_are_well_while_mails_wait_for_a_host_that_refuses(
    running: None, cast: Cast, settings: Settings, channel: str, host: str
) -> None:
    """Unless nobody tried it for as long as that, or another mail waits as well."""
    settings.EMAIL_HOST = "mail.example"
    hook = webhook_of(cast.ines, "hooks.example")
    due_at = timezone.now() - timedelta(minutes=20)
    rows = Delivery.objects.filter(pk=failed(cast, 1).pk)
    rows.update(state="pending", not_before=due_at, channel=channel, webhook=hook)
    closed = timezone.now() + timedelta(minutes=3)
    Host.objects.create(name=host, failures=3, open_until=closed)
    response = Client().get(ENDPOINT)
    assert (response.status_code, response.json()["closed_hosts"]) == (200, 1)
    assert response.json()["oldest_due_seconds"] // 60 == 20
    Host.objects.update(open_until=due_at)
    assert Client().get(ENDPOINT).status_code == 503
    Host.objects.update(open_until=closed)
    other = Delivery.objects.filter(pk=failed(cast, 2).pk)
    elsewhere = "chat" if channel == "email" else "email"
    other.update(state="pending", not_before=due_at, channel=elsewhere, webhook=None)
    assert Client().get(ENDPOINT).status_code == 503


def test_reminders_answer_while_the_broker_is_away(
    running: None, settings: Settings, unused_port: int
) -> None:
    settings.QUEUE_URL = f"redis://127.0.0.1:{unused_port}/0"
    response = Client().get(ENDPOINT)
    assert response.status_code == 503
    assert response.json()["broker"] == "away"
    assert response.json()["queue"] is None


def test_reminders_answer_while_the_database_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(_now: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(health, "health", away)
    response = Client().get(ENDPOINT)
    assert response.status_code == 503
    assert response.json() == {"status": "failing", "database": "away"}


def test_the_planner_gives_a_sign_and_forgets_who_was_replaced(db: None) -> None:
    stopped("worker celery@old", minutes=90)
    stopped("worker celery@late", minutes=10)
    now = timezone.now()
    plan(now)
    assert Pulse.objects.get(name=pulses.PLANNER).beaten_at == now
    workers = Pulse.objects.exclude(name=pulses.PLANNER)
    assert [one.name for one in workers] == ["worker celery@late"]


def test_an_owner_reads_on_today_what_stands_still(
    running: None, cast: Cast, as_: As
) -> None:
    path, link = (
        url("tidewater", "insights:today"),
        url("tidewater", "health:machinery"),
    )
    sentence = "the planner did not run lately"
    assert link not in as_(cast.olga).get(path).content.decode()
    stopped(pulses.PLANNER)
    page = as_(cast.olga).get(path).content.decode()
    assert sentence in page
    assert link in page
    for member in (cast.mark, cast.ruth, cast.ines):
        assert sentence not in as_(member).get(path).content.decode()


def test_an_owner_reads_of_a_worker_among_others(
    running: None, cast: Cast, as_: As
) -> None:
    stopped("worker celery@crane")
    page = as_(cast.olga).get(url("tidewater", "insights:today")).content.decode()
    assert "One worker fell silent" in page
    stopped("worker celery@crane", minutes=70)
    page = as_(cast.olga).get(url("tidewater", "insights:today")).content.decode()
    assert "fell silent" not in page


@pytest.mark.parametrize("number", [1, 3])
def test_machinery_lists_what_failed(
    running: None,
    cast: Cast,
    as_: As,
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for one in range(number):
        failed(cast, one)
    until = timezone.now() + timedelta(minutes=5)
    Host.objects.create(name="email smtp.example", failures=4, open_until=until)
    client = as_(cast.olga)
    with django_assert_num_queries(11):
        page = client.get(url("tidewater", "health:machinery")).content.decode()
    assert "less than a minute ago" in page
    assert page.count("SMTPRecipientsRefused") == number
    assert page.count("Send again") == number
    assert "email smtp.example: refused 4 times in a row" in page


def test_an_owner_reads_of_no_chat_of_another_organisation(
    running: None, cast: Cast, as_: As
) -> None:
    until = timezone.now() + timedelta(minutes=5)
    for host in ("chat.tidewater.example", "chat.others.example"):
        Host.objects.create(name=f"chat {host}", failures=3, open_until=until)
    webhook_of(cast.ines, "chat.tidewater.example")
    page = as_(cast.olga).get(url("tidewater", "health:machinery")).content.decode()
    assert "chat chat.tidewater.example: refused 3 times" in page
    assert "chat.others.example" not in page
    assert Client().get(ENDPOINT).json()["closed_hosts"] == 2


def test_send_again_tries_once_more_and_only_what_failed(cast: Cast, as_: As) -> None:
    row = failed(cast, 1)
    path = url("tidewater", "health:send_again", row.pk)
    assert as_(cast.olga).post(path).status_code == 303
    row.refresh_from_db()
    assert (row.state, row.attempts, row.error) == ("pending", 0, "")
    assert row.not_before <= timezone.now()
    assert as_(cast.olga).post(path).status_code == 409


def test_a_heart_beats_rarely_and_survives_a_database_that_is_away(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    told: list[str] = []

    def away(name: str, _now: object) -> None:
        told.append(name)
        raise DatabaseError

    monkeypatch.setattr(pulses, "beat", away)
    heart = heartbeat.Heart()
    heart.beat(WORKER)
    heart.beat(WORKER)
    assert heart._writing.acquire(timeout=5)
    heart._writing.release()
    assert told == [WORKER]
    settings.PULSE_SECONDS = 0
    heart.beat(WORKER)
    assert heart._writing.acquire(timeout=5)
    assert told == [WORKER, WORKER]


def test_who_starts_says_so_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the signals that Celery sends when a worker is ready, and when beat begins."""
    heart, beat = Mock(), Mock()
    monkeypatch.setattr(heartbeat, "_heart", heart)
    worker_ready.send(sender=Mock(hostname="celery@quay"))
    heart.beat.assert_called_once_with(WORKER)
    beat_init.send(sender=beat)
    beat.app.send_task.assert_called_once_with(
        "preceptor.notifications.tasks.plan", expires=60.0
    )


@pytest.mark.django_db(transaction=True)
def test_a_stopped_beat_and_a_killed_worker_show_on_today(
    celery: Celery, cast: Cast, as_: As, settings: Settings
) -> None:
    celery.environment["PRECEPTOR_PULSE_SECONDS"] = "0.5"
    settings.PULSE_SILENT_SECONDS = 15
    client, path = as_(cast.olga), url("tidewater", "insights:today")
    page = url("tidewater", "health:machinery")

    def shown(words: str) -> bool:
        return words in client.get(path).content.decode()

    def is_well() -> bool:
        return not shown(page)

    assert shown("No worker gives a sign of life")
    beat, worker = celery.beat(), celery.worker()
    celery.wait(is_well, "a day on which all is well")
    beat.send_signal(signal.SIGTERM)
    celery.wait(lambda: shown("the planner did not run lately"), "the end of beat")
    assert Client().get(ENDPOINT).status_code == 503
    celery.beat()
    celery.wait(is_well, "beat again")
    os.kill(worker.pid, signal.SIGKILL)
    celery.wait(lambda: shown("No worker gives a sign of life"), "a killed worker")
    assert Pulse.objects.filter(name__startswith="worker ").count() == 1
    another = celery.worker()
    celery.wait(lambda: not shown("No worker gives"), "another worker")
    another.terminate()
    another.wait()
    assert shown("No worker gives a sign of life")
