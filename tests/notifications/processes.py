"""The real beat and worker, on the test's database, mailing to a real SMTP server."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import time
from email.message import EmailMessage
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.db import connection

from preceptor.accounts.models import Membership
from preceptor.embedded import tied
from preceptor.notifications.models import Preferences
from tests.notifications.postbox import Postbox, postbox

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 120
LEASE_SECONDS = 3


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
        deadline = monotonic() + PATIENCE_SECONDS
        while not until():
            if monotonic() > deadline:
                pytest.fail(f"Never came: {what}\n{self.log.read_text()[-4_000:]}")
            sleep(0.05)

    def wait_for_runs(self, number: int) -> None:
        """Until the worker has planned and then delivered so many times more."""
        done = self.runs() + number
        self.wait(lambda: self.runs() >= done, "another run")

    def runs(self, task: str = "deliver") -> int:
        ended = rf"tasks\.{task}\[[^]]+\] succeeded"
        return len(re.findall(ended, self.log.read_text()))


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture
def post() -> Iterator[Postbox]:
    """An SMTP server for the processes."""
    with postbox() as box:
        yield box


def reach_at_any_hour() -> None:
    """For processes, which know no fixture: whoever stands reads mail at night too."""
    everybody = [
        Preferences(
            organisation_id=member.organisation_id,
            member=member,
            working_days=[1, 2, 3, 4, 5, 6, 7],
            quiet_from=time.min,
            quiet_until=time.min,
        )
        for member in Membership.objects.all()
    ]
    Preferences.objects.bulk_create(everybody, ignore_conflicts=True)


@pytest.fixture
def celery(post: Postbox, tmp_path: Path) -> Iterator[Celery]:
    database = urlsplit(os.environ["DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    environment = {
        **os.environ,
        "DATABASE_URL": database._replace(path=f"/{name}").geturl(),
        "PRECEPTOR_BASE_URL": "https://preceptor.example",
        "PRECEPTOR_DATA": str(tmp_path),
        "PRECEPTOR_EMAIL_URL": f"smtp://127.0.0.1:{post.port}",
        "PRECEPTOR_LEASE_SECONDS": str(LEASE_SECONDS),
        "PRECEPTOR_QUEUE": f"test-{uuid4().hex}",
        "PRECEPTOR_REMINDER_INTERVAL": "1",
    }
    with ExitStack() as stack:
        yield Celery(environment, tmp_path / "celery.log", stack)


def text(mail: EmailMessage, subtype: str) -> str:
    part = mail.get_body((subtype,))
    assert part is not None
    return str(part.get_content()).replace("\r", "")
