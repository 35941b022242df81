"""Reminders through the real beat, the real worker and a real SMTP server."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import formats, timezone

from preceptor.embedded import tied
from preceptor.http import url
from preceptor.notifications.models import Delivery
from progress.models import GrowthPlan, Milestone
from tests.cast import Cast
from tests.notifications.postbox import HANG, HOLD, Postbox, postbox

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 45
LEASE_SECONDS = 3
INES = "ines.carvalho@example.com"
TOMASZ = "tomasz.wieczorek@example.com"

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class Celery:
    """Starts processes on the test's database, with a queue and a log of their own."""

    environment: dict[str, str]
    log: Path
    stack: ExitStack

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        celery = [sys.executable, "-m", "celery", "--app", "preceptor.celery:app"]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [*tied("KILL"), *celery, *words, "--loglevel", "INFO"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.stack.callback(end, process)
        return process

    def beat(self) -> subprocess.Popen[bytes]:
        return self.start("beat", "--pidfile=")

    def worker(self) -> subprocess.Popen[bytes]:
        """One process that does the work itself, so that a kill leaves no child."""
        return self.start("worker", "--pool", "solo", "--without-mingle")

    def wait(self, until: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not until():
            if time.monotonic() > deadline:
                pytest.fail(f"Never came: {what}\n{self.log.read_text()[-4_000:]}")
            time.sleep(0.05)

    def wait_for_runs(self, number: int) -> None:
        """Until the worker has planned and then delivered so many times more."""
        done = self.runs() + number
        self.wait(lambda: self.runs() >= done, "another run")

    def runs(self) -> int:
        ended = r"tasks\.deliver\[[^]]+\] succeeded"
        return len(re.findall(ended, self.log.read_text()))


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture
def box() -> Iterator[Postbox]:
    with postbox() as box:
        yield box


@pytest.fixture
def celery(box: Postbox, tmp_path: Path) -> Iterator[Celery]:
    database = urlsplit(os.environ["DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    environment = {
        **os.environ,
        "DATABASE_URL": database._replace(path=f"/{name}").geturl(),
        "PRECEPTOR_BASE_URL": "https://preceptor.example",
        "PRECEPTOR_DATA": str(tmp_path),
        "PRECEPTOR_EMAIL_URL": f"smtp://127.0.0.1:{box.port}",
        "PRECEPTOR_LEASE_SECONDS": str(LEASE_SECONDS),
        "PRECEPTOR_QUEUE": f"test-{uuid4().hex}",
        "PRECEPTOR_REMINDER_INTERVAL": "1",
    }
    with ExitStack() as stack:
        yield Celery(environment, tmp_path / "celery.log", stack)


@pytest.fixture
def milestone(cast: Cast) -> Milestone:
    """Of Ines and Tomasz, in ten days: the first mail is due, the second is not."""
    plan = GrowthPlan.objects.create(
        organisation=cast.tidewater,
        junior=cast.ines_enrolled,
        starts_on=cast.program.starts_on,
    )
    return Milestone.objects.create(
        organisation=cast.tidewater,
        plan=plan,
        kind=Milestone.Kind.CHECK_IN,
        name="Second meeting",
        due_on=timezone.localdate() + timedelta(days=10),
    )


def text(mail: EmailMessage, subtype: str) -> str:
    part = mail.get_body((subtype,))
    assert part is not None
    return str(part.get_content()).replace("\r", "")


def outbox() -> set[tuple[str, str, int]]:
    """Address, state and attempts of every delivery."""
    return set(
        Delivery.objects.values_list("recipient__user__email", "state", "attempts")
    )


def test_a_reminder_arrives_once_by_beat_worker_and_smtp(
    celery: Celery, box: Postbox, milestone: Milestone, cast: Cast
) -> None:
    celery.beat()
    celery.worker()
    celery.wait(lambda: len(box.mails) == 2, "both mails")
    celery.wait_for_runs(2)
    assert sorted(box.addresses) == [INES, TOMASZ]
    assert outbox() == {(INES, "sent", 1), (TOMASZ, "sent", 1)}
    day = formats.date_format(milestone.due_on, "l, j F")
    path = url("tidewater", "progress:sign", milestone.pk)
    for mail in box.mails:
        delivery = Delivery.objects.get(recipient__user__email=mail["To"])
        assert mail["Subject"] == f"Second meeting of Ines Carvalho is due on {day}"
        assert mail["Message-ID"] == (
            f"<delivery-{delivery.pk}.{cast.tidewater.pk}@preceptor.example>"
        )
        assert mail["Auto-Submitted"] == "auto-generated"
        link = f"https://preceptor.example{path}"
        assert f":\n{link}\n" in text(mail, "plain")
        assert f'href="{link}"' in text(mail, "html")


def test_a_worker_killed_while_it_sends_delivers_after_the_lease(
    celery: Celery, box: Postbox, milestone: Milestone
) -> None:
    box.reply_to_all = HANG
    celery.beat()
    killed = celery.worker()
    celery.wait(lambda: box.tried, "a mail, up to its last line")
    killed.kill()
    killed.wait()
    (first,) = box.tried
    (second,) = {INES, TOMASZ} - {first}
    assert outbox() == {(first, "claimed", 1), (second, "claimed", 0)}
    assert box.mails == []
    leases = Delivery.objects.values_list("pk", "leased_until")
    lease_of = {pk: until for pk, until in leases if until}
    box.reply_to_all = ""
    celery.worker()
    celery.wait(lambda: len(box.mails) == 2, "both mails, after the lease")
    celery.wait_for_runs(2)
    assert outbox() == {(first, "sent", 2), (second, "sent", 1)}
    assert sorted(box.addresses) == [INES, TOMASZ]
    assert sorted(box.tried) == sorted([first, first, second])
    for delivery in Delivery.objects.all():
        assert delivery.sent_at is not None
        assert delivery.sent_at >= lease_of[delivery.pk]


def test_a_milestone_signed_between_claim_and_send_sends_nothing(
    celery: Celery, box: Postbox, milestone: Milestone, cast: Cast
) -> None:
    """The first of two claimed mails is in the server's hands while both sign."""
    box.reply_to_all = HOLD
    celery.beat()
    celery.worker()
    celery.wait(lambda: box.tried, "the first of two mails")
    (first,) = box.tried
    (second,) = {INES, TOMASZ} - {first}
    assert outbox() == {(first, "claimed", 1), (second, "claimed", 0)}
    now = timezone.now()
    Milestone.objects.filter(pk=milestone.pk).update(
        junior_signed_at=now,
        mentor_signed_at=now,
        mentor_signed_by=cast.tomasz,
        signed_at=now,
    )
    box.released.set()
    celery.wait_for_runs(2)
    assert box.tried == [first]
    assert outbox() == {(first, "sent", 1), (second, "withdrawn", 1)}
