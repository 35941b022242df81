"""Readiness, figures and an end that cuts nothing, of the real server."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import psutil
import psycopg
import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django.fixtures import Settings

from preceptor import readiness
from preceptor.embedded import tied
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "a-token-of-the-tests-0123456789"
LATEST = ("pairings", "0001_initial")


@pytest.fixture(autouse=True)
def asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "KEPT_SECONDS", 0.0)


def test_readyz_is_well_where_all_is_there(db: None) -> None:
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_readyz_names_a_migration_that_misses(db: None) -> None:
    MigrationRecorder(connection).record_unapplied(*LATEST)
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.content == b"migrations (1: pairings.0001_initial)"


def test_readyz_names_broker_and_database_without_their_addresses(
    db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: MigrationRecorder) -> None:
        raise DatabaseError("connection to server at 10.0.0.7 as preceptor failed")

    settings.QUEUE_URL = "redis://:secret@127.0.0.1:1/0"
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", away)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"database; broker")


def test_readyz_asks_once_a_second(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "KEPT_SECONDS", 60.0)
    own = readiness.Readiness()
    assert own.misses() == []
    MigrationRecorder(connection).record_unapplied(*LATEST)
    assert own.misses() == []


def test_readyz_believes_no_old_answer(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = readiness.Readiness()
    assert own.misses() == []
    monkeypatch.setattr(readiness, "LATE_SECONDS", 0.0)
    with own._asking:
        assert own.misses() == ["an answer within 0 seconds"]


def test_figures_are_for_who_has_the_token(db: None, settings: Settings) -> None:
    assert Client().get("/metrics").status_code == 404
    settings.METRICS_TOKEN = TOKEN
    for given in ("", "Bearer", "Bearer x", TOKEN):
        answer = Client().get("/metrics", headers={"Authorization": given})
        assert (answer.status_code, answer.content) == (401, b"")


def test_figures_tell_routes_and_the_machinery(db: None, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    Client().get("/ines-carvalho/")
    Client().generic("BREW", "/healthz")
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    text = answer.content.decode()
    for line in (
        'preceptor_requests_total{method="GET",route="none",status="404"} ',
        'preceptor_requests_total{method="other",route="healthz",status="405"} ',
        'preceptor_request_seconds_bucket{le="0.25",route="none"} ',
        'preceptor_request_queries_count{route="none"} ',
        "preceptor_requests_running 1.0",
        "preceptor_database_up 1.0",
        "preceptor_broker_up 1.0",
        "preceptor_queue_tasks ",
        "preceptor_oldest_due_delivery_seconds 0.0",
        'preceptor_workers{state="alive"} 0.0',
        'preceptor_database_connections{state="',
    ):
        assert f"\n{line}" in text
    assert "carvalho" not in text


@dataclass
class Web:
    """The server of production, over the test's database."""

    process: subprocess.Popen[str]
    address: str

    def ask(self, path: str) -> tuple[int, str]:
        request = Request(self.address + path)
        request.add_header("Authorization", f"Bearer {TOKEN}")
        try:
            with urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()
        except (URLError, ConnectionError):
            return 0, ""

    def wait(self, path: str, status: int, says: str = "") -> None:
        deadline = monotonic() + 60
        found = (-1, "")
        while not (found[0] == status and says in found[1]):
            assert self.process.poll() is None
            assert monotonic() < deadline, found
            found = self.ask(path)
            sleep(0.02)


@pytest.fixture
def database(db: None) -> str:
    address = urlsplit(os.environ["DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    return address._replace(path=f"/{name}").geturl()


@pytest.fixture
def web(database: str) -> Iterator[Web]:
    port = free_port()
    words = ("--port", str(port), "--workers", "2", "--threads", "2", "--drain", "1")
    process = subprocess.Popen(
        [*tied("KILL"), sys.executable, "-m", "preceptor.serve", *words],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": database,
            "PRECEPTOR_METRICS_TOKEN": TOKEN,
        },
        stdout=subprocess.DEVNULL,
        text=True,
    )
    yield Web(process, f"http://127.0.0.1:{port}")
    if process.poll() is None:
        workers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        for worker in workers:
            with suppress(psutil.NoSuchProcess):
                worker.kill()
    process.wait()


def waits_for_a_lock(database: str) -> bool:
    with psycopg.connect(database) as other:
        row = other.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchone()
    return row is not None and row[0] == 1


def test_a_request_on_its_way_is_answered_while_the_server_ends(
    web: Web, database: str
) -> None:
    """It says first that it stops; what came before that is answered after all."""
    web.wait("/readyz", 200)
    for _ in range(8):
        assert web.ask("/healthz") == (200, "ok")
    web.wait("/metrics", 200, 'route="healthz",status="200"} 8.0')
    with psycopg.connect(database) as other, ThreadPoolExecutor() as pool:
        other.execute("LOCK TABLE notifications_pulse IN ACCESS EXCLUSIVE MODE")
        slow = pool.submit(web.ask, "/health/reminders/")
        while not waits_for_a_lock(database):
            sleep(0.02)
        web.process.send_signal(signal.SIGTERM)
        web.wait("/readyz", 503, "stopping")
        while web.ask("/healthz")[0]:  # for the rest of a second
            sleep(0.05)
        assert web.process.poll() is None
        assert not slow.done()
        other.rollback()
        status, text = slow.result(timeout=30)
    assert (status, '"database": "ok"' in text) == (503, True)
    assert web.process.wait(30) == 0


HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
UNCLEAR = (
    b"Content-Length: 5\r\nContent-Length: 6\r\n\r\na=bcde",
    b"Content-Length: -5\r\n\r\n",
    b"Content-Length: +5\r\n\r\na=bcd",
    b"Content-Length: 5x\r\n\r\na=bcd",
    b"Content-Length : 5\r\n\r\na=bcd",
    b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    b"X-Folded: a\r\n b\r\nContent-Length: 0\r\n\r\n",
)
HIDDEN = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def test_a_message_ends_where_its_head_says(web: Web) -> None:
    """What could end in two places is refused, and nothing behind it is a request."""
    web.wait("/readyz", 200)
    port = urlsplit(web.address).port
    assert port
    for rest in UNCLEAR:
        answer = exchanged(port, HEAD + rest + HIDDEN)
        assert answer.startswith(b"HTTP/1.1 400"), rest
        assert answer.count(b"HTTP/1.1 ") == 1, rest
    # Of two lengths that of the pieces counts; what follows is left unread.
    both = b"Content-Length: 500\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    answer = exchanged(port, HEAD + both + HIDDEN)
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.count(b"HTTP/1.1 ") == 1


def exchanged(port: int, sent: bytes) -> bytes:
    """All that comes back until the server falls silent or hangs up."""
    found = b""
    with socket.create_connection(("127.0.0.1", port)) as other:
        other.settimeout(2)
        other.sendall(sent)
        with suppress(TimeoutError, ConnectionError):
            while piece := other.recv(65_536):
                found += piece
    return found
