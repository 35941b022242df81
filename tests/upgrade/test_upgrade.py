"""The version before this one keeps working while this one's migrations run."""

import http.client
import json
import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep
from typing import IO, Any
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest
from psycopg import sql

from preceptor.embedded import tied
from tests.ports import free_port
from tests.template import template_before
from tests.upgrade import cast, previous

TOKEN = "a" * 32
PATIENCE_SECONDS = 300
THINKS_SECONDS = 0.2
# A server of its own finds the styles where they are: nothing is collected for it.
SETTINGS = """
from preceptor.settings import *
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
"""
CHANGE = "UPDATE accounts_organisation SET slug = slug WHERE slug = 'harbour'"


def wait(until: Callable[[], object], what: str) -> None:
    deadline = monotonic() + PATIENCE_SECONDS
    while not until():
        assert monotonic() < deadline, f"waited in vain for {what}"
        sleep(0.05)


@contextmanager
def running(*words: str, log: IO[bytes], **popen: Any) -> Iterator[None]:
    process = subprocess.Popen(
        [*tied("KILL"), sys.executable, *words],
        stdout=log,
        stderr=subprocess.STDOUT,
        **popen,
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)


@dataclass
class Before:
    """The version before, at work: where it answers, and what its log says."""

    url: str
    port: int
    log: Path
    sessions: dict[str, str]
    numbers: dict[str, int]
    environment: dict[str, str]
    answers: dict[str, list[int]] = field(default_factory=dict)

    def ask(self, who: str, method: str, path: str, **form: str) -> int:
        """The status; 0 where nobody answered."""
        body = urlencode({**form, "csrfmiddlewaretoken": TOKEN})
        cookies = f"sessionid={self.sessions[who]}; csrftoken={TOKEN}"
        head = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        web = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            web.request(method, path, body if method == "POST" else None, head)
            return web.getresponse().status
        except OSError:
            return 0
        finally:
            web.close()

    def read(self, number: int) -> None:
        plan = self.numbers["plan"]
        for page in ("", "sessions/", f"growth/{plan}/", "messages/"):
            self._note(page, self.ask("ines", "GET", f"/o/tidewater/{page}"))
        self._note("members/", self.ask("olga", "GET", "/o/tidewater/members/"))

    def write(self, number: int) -> None:
        goal = {"text": f"Goal {number}", "version": "0"}
        place = f"growth/{self.numbers['plan']}/goals/add/"
        self._note("goal", self.ask("ines", "POST", f"/o/tidewater/{place}", **goal))
        names = {"name": f"Tidewater {number}", "time_zone": "Europe/London"}
        place = "/o/tidewater/members/settings/"
        self._note("name", self.ask("olga", "POST", place, **names))
        mei = f"/o/tidewater/members/{self.numbers['mei']}/"
        for verb in ("deactivate", "reactivate"):
            self._note(verb, self.ask("olga", "POST", f"{mei}{verb}/"))

    def _note(self, what: str, status: int) -> None:
        self.answers.setdefault(what, []).append(status)

    def planned_since(self, moment: object) -> bool:
        query = (
            "SELECT FROM notifications_pulse WHERE name = 'planner' AND beaten_at > %s"
        )
        with psycopg.connect(self.url) as reader:
            return reader.execute(query, [moment]).fetchone() is not None


@pytest.fixture
def before(django_db_modify_db_settings: None, tmp_path: Path) -> Iterator[Before]:
    """The settings of test databases come first: they are made from a template."""
    folder, name = previous.checkout(), f"upgrade_{os.getpid()}"
    with ExitStack() as stack:
        url = stack.enter_context(database(name))
        (tmp_path / "of_upgrade.py").write_text(SETTINGS)
        port = free_port()
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "of_upgrade",
            "PYTHONPATH": str(tmp_path),
            "PRECEPTOR_DATA": str(tmp_path),
            "PRECEPTOR_QUEUE": name,
            "PRECEPTOR_REMINDER_INTERVAL": "15",
        }
        filled = subprocess.run(
            [sys.executable, str(cast.__file__)],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert filled.returncode == 0, filled.stderr
        told = json.loads(filled.stdout)
        log = stack.enter_context((tmp_path / "log").open("wb"))
        popen: dict[str, Any] = {"cwd": folder, "env": environment, "log": log}
        web = ("granian", "--interface", "wsgi", "--blocking-threads", "4")
        stack.enter_context(
            running(
                "-m", *web, "--port", str(port), "preceptor.wsgi:application", **popen
            )
        )
        celery = ("celery", "--app", "preceptor.celery:app")
        alone = ("--pool", "solo", "--without-mingle", "--beat", "--loglevel", "INFO")
        stack.enter_context(running("-m", *celery, "worker", *alone, **popen))
        yield Before(url, port, tmp_path / "log", told, told, environment)


@contextmanager
def database(name: str) -> Iterator[str]:
    """As the version before left one."""
    words = {"name": sql.Identifier(name), "like": sql.Identifier(template_before())}
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {like}").format(**words))
        try:
            address = urlsplit(os.environ["DATABASE_URL"])
            yield address._replace(path=f"/{name}").geturl()
        finally:
            admin.execute(sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**words))


@contextmanager
def at_work(before: Before) -> Iterator[None]:
    """Somebody reads and somebody writes, one request after the other."""
    ends = Event()

    def go_on(each: Callable[[int], None]) -> None:
        number = 0
        while not ends.is_set():
            number += 1
            each(number)
            ends.wait(THINKS_SECONDS)

    threads = [Thread(target=go_on, args=[one]) for one in (before.read, before.write)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ends.set()
        for thread in threads:
            thread.join()


def migrate_against_a_lock(before: Before) -> str:
    """What `migrate` says, while somebody else is in the middle of a change."""
    words = [sys.executable, "manage.py", "migrate", "--no-input"]
    with psycopg.connect(before.url) as other:
        other.execute(CHANGE)
        process = subprocess.Popen(
            words,
            cwd=previous.ROOT,
            env={**before.environment, "DJANGO_SETTINGS_MODULE": "preceptor.settings"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout
        said = ""
        while "trying again" not in said:
            assert select.select([process.stdout], [], [], PATIENCE_SECONDS)[0]
            line = process.stdout.readline()
            assert line, said
            said += line
        done = sum(map(len, before.answers.values()))
        wait(lambda: sum(map(len, before.answers.values())) > done + 9, "answers")
        other.rollback()
    rest, _none = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, said + rest
    return said + rest


def test_the_version_before_keeps_working_while_this_one_migrates(
    before: Before,
) -> None:
    """No request of a reader or a writer fails, and reminders are planned on.

    That somebody is in the middle of a change keeps the migration waiting, and nobody.
    """
    wait(lambda: before.ask("ines", "GET", "/health/reminders/"), "the web server")
    with at_work(before):
        wait(lambda: len(before.answers.get("members/", [])) > 1, "a reader")
        wait(lambda: len(before.answers.get("reactivate", [])) > 1, "a writer")
        said = migrate_against_a_lock(before)
        with psycopg.connect(before.url) as reader:
            (now,) = reader.execute("SELECT now()").fetchone() or (None,)
        so_far = {name: len(found) for name, found in before.answers.items()}
        wait(
            lambda: all(len(before.answers[one]) > so_far[one] + 1 for one in so_far),
            "more of each",
        )
        wait(lambda: before.planned_since(now), "the planner")
    assert "Applying accounts.0006_history... OK" in said
    statuses = {name: set(found) for name, found in before.answers.items()}
    reads = ("", "sessions/", f"growth/{before.numbers['plan']}/")
    assert statuses == {
        **{name: {200} for name in (*reads, "messages/", "members/")},
        **{name: {303} for name in ("goal", "name", "deactivate", "reactivate")},
    }
    assert re.findall(r"^.*(?:Traceback|could not be).*$", before.log.read_text()) == []
    with psycopg.connect(before.url) as reader:
        goals = reader.execute("SELECT count(*) FROM progress_goal").fetchone()
        told = reader.execute(
            "SELECT count(*) FROM accounts_historyentry WHERE what = %s",
            ["accounts.membership"],
        ).fetchone()
    assert goals == (len(before.answers["goal"]),)
    # What the version before writes is told of by the triggers of this one.
    assert told
    assert told[0] > 1
