"""Reports and figures over a real standby, which streams, falls behind, and goes."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from pairings.models import Program
from preceptor import replica
from preceptor.accounts.models import Organisation
from preceptor.embedded import postgres
from preceptor.embedded.process import binary, environment
from preceptor.embedded.sockets import socket_folder
from preceptor.replica import NAME, read
from tests.cast import Cast
from tests.clients import signed_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "replica"])
PATIENCE_SECONDS = 120
PAGES = (
    "insights/stays/",
    "insights/stays.csv",
    "programs/{}/insights/",
    "programs/{}/board.csv",
    "programs/{}/people.csv",
    "programs/{}/quarters/2026-Q3/",
    "programs/{}/quarters/2026-Q3/report.xlsx",
    "delivery/weeks.csv",
)


def wait(until: Any, what: str) -> None:
    deadline = monotonic() + PATIENCE_SECONDS
    while not until():
        assert monotonic() < deadline, f"waited in vain for {what}"
        sleep(0.02)


@dataclass
class Copy:
    """A standby of the test's server, and how to end it."""

    sockets: Path
    running: ExitStack

    def say(self, query: str) -> Any:
        with psycopg.connect(
            host=str(self.sockets), user=postgres.ROLE, dbname="postgres"
        ) as admin:
            return admin.execute(query.encode()).fetchone()


@pytest.fixture(autouse=True, scope="module")
def alias(django_db_setup: None) -> Iterator[None]:
    """Its name is there before a test says which databases it uses."""
    own = {**connections.settings["default"], "TEST": {"MIRROR": "default"}}
    connections.settings[NAME] = own
    yield
    del connections[NAME]
    del connections.settings[NAME]


@pytest.fixture
def slot(transactional_db: None) -> Iterator[str]:
    """The server keeps for it what a standby has yet to read, whoever else writes."""
    name = f"of_{uuid4().hex}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_create_physical_replication_slot(%s, true)", [name])
    yield name

    def is_dropped() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                " WHERE slot_name = %s AND NOT active",
                [name],
            )
            return bool(cursor.rowcount == 1)

    wait(is_dropped, "the end of what read it")


@pytest.fixture
def copy(slot: str, tmp_path: Path) -> Iterator[Copy]:
    own = connection.settings_dict
    folder, sockets = tmp_path / "standby", socket_folder(tmp_path)
    folder.mkdir(mode=0o700)
    words = {
        "--pgdata": str(folder / "data"),
        "--host": str(own["OPTIONS"].get("host") or own["HOST"]),
        "--port": "5432",
        "--username": postgres.ROLE,
        "--checkpoint": "fast",
        "--wal-method": "stream",
        "--slot": slot,
    }
    command = [str(binary(postgres.PACKAGE, "pginstall/bin/pg_basebackup"))]
    command += [word for pair in words.items() for word in pair]
    subprocess.run(
        [*command, "--write-recovery-conf", "--no-sync"],
        env=dict(environment()),
        check=True,
        capture_output=True,
    )
    with ExitStack() as running:
        running.enter_context(postgres.server(folder, sockets, throwaway=True))
        with named(sockets):
            yield Copy(sockets, running)


@contextmanager
def named(sockets: Path) -> Iterator[None]:
    """The product knows it, as PRECEPTOR_REPLICA_URL tells it to."""
    own = {**connections.settings["default"], "TEST": {"MIRROR": "default"}}
    options = {**own["OPTIONS"], "host": str(sockets), "connect_timeout": 2}
    connections.settings[NAME].update({**own, "OPTIONS": options})
    try:
        yield
    finally:
        connections[NAME].close()


@pytest.fixture(autouse=True)
def anew(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked each time, and by nobody before."""
    settings.DATABASE_ROUTERS = ["preceptor.replica.Router"]
    monkeypatch.setattr(replica, "standby", replica.Standby())
    monkeypatch.setattr(replica, "KEPT_SECONDS", 0.0)


def asked(client: Client, path: str) -> int:
    """How many queries went to the standby, of a page that answers."""
    with CaptureQueriesContext(connections[NAME]) as queries:
        answer = client.get(f"/o/tidewater/{path}")
        if answer.streaming:
            b"".join(answer)
    assert answer.status_code == 200, path
    return sum("replay" not in one["sql"] for one in queries)


def test_what_is_read_goes_to_a_standby_that_keeps_up_and_else_to_the_primary(
    copy: Copy, cast: Cast, settings: Settings
) -> None:
    Program.objects.filter(pk=cast.program.pk).update(state="running")
    client = signed_in(cast.olga)
    settings.REPLICA_LAG = 60.0
    pages = [path.format(cast.program.pk) for path in PAGES] + ["history.csv"]
    wait(replica.standby.keeps_up, "the standby")
    for path in pages:
        wait(replica.standby.keeps_up, "the standby")
        assert asked(client, path) > 0, path
    assert asked(client, "") == 0

    # It stands still while the primary goes on: what it would say is too old.
    settings.REPLICA_LAG = 0.2
    copy.say("SELECT pg_wal_replay_pause()")
    home = Organisation.objects.filter(pk=cast.tidewater.pk)
    home.update(name="Renamed")
    wait(lambda: not replica.standby.keeps_up(), "a standby that is behind")
    assert (
        read(lambda: Organisation.objects.get(pk=cast.tidewater.pk).name) == "Renamed"
    )
    assert [asked(client, path) for path in pages] == [0] * len(pages)
    copy.say("SELECT pg_wal_replay_resume()")
    settings.REPLICA_LAG = 60.0
    wait(replica.standby.keeps_up, "the standby")
    assert asked(client, pages[0]) > 0

    # It goes in the middle of a page, which the primary then answers.
    copy.running.close()
    replica.standby._asked_at = monotonic() + 1000
    assert replica.standby.keeps_up()
    assert client.get(f"/o/tidewater/{pages[0]}").status_code == 200
    assert not replica.standby.keeps_up()


def test_what_the_standby_does_not_hold_yet_comes_from_the_primary(
    copy: Copy, request: pytest.FixtureRequest, settings: Settings
) -> None:
    settings.REPLICA_LAG = 60.0
    wait(replica.standby.keeps_up, "the standby")
    copy.say("SELECT pg_wal_replay_pause()")
    cast: Cast = request.getfixturevalue("cast")
    Program.objects.filter(pk=cast.program.pk).update(state="running")
    client = signed_in(cast.olga)
    assert replica.standby.keeps_up()
    found = read(lambda: Organisation.objects.get(pk=cast.tidewater.pk))
    assert found == cast.tidewater
    for path in PAGES:
        page = client.get(f"/o/tidewater/{path.format(cast.program.pk)}")
        assert page.status_code == 200, path
    assert replica.standby.keeps_up()
    copy.say("SELECT pg_wal_replay_resume()")
