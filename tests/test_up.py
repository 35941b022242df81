"""`make up`, as a real process on a data folder of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.request import urlopen

import psutil
import psycopg
import pytest

from preceptor.embedded import NAMES, running
from preceptor.insights.demo.alumni import NO_PASSWORD
from preceptor.production import REQUIRED_IN_PRODUCTION
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
# Migrating alone takes half a minute of a core that may be shared with many.
PATIENCE_SECONDS = 600


def environment(folder: Path) -> dict[str, str]:
    """This environment without what the test run set in it."""
    kept = {
        name: text
        for name, text in os.environ.items()
        if name not in NAMES and not name.startswith("PRECEPTOR_")
    }
    return {**kept, "PRECEPTOR_DATA": str(folder)}


class Up:
    """One run of it, and the lines that it wrote so far."""

    def __init__(self, folder: Path, port: int) -> None:
        self.text = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "preceptor.up"],
            cwd=ROOT,
            env={**environment(folder), "PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.text += line

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while words not in self.text:
            assert self.process.poll() is None, self.text
            assert time.monotonic() < deadline, self.text
            time.sleep(0.05)

    def end(self) -> int:
        """Wait for its own end; gives its exit code."""
        code = self.process.wait(PATIENCE_SECONDS)
        self.reader.join(10)
        if self.process.stdout:
            self.process.stdout.close()
        return code


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("up")


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


def manage(folder: Path, *words: str) -> int:
    """Run a management command beside it; gives the exit code."""
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(
        command, cwd=ROOT, env=environment(folder), check=False
    ).returncode


def count_people(folder: Path) -> int:
    """Those who can sign in; who left before has no password."""
    query = "SELECT count(*) FROM accounts_user WHERE password <> %s"
    with psycopg.connect(running(folder)["DATABASE_URL"]) as connection:
        row = connection.execute(query, [NO_PASSWORD]).fetchone()
    assert row
    number: int = row[0]
    return number


def test_two_starts_at_once_make_one_that_serves(folder: Path, port: int) -> None:
    both = [Up(folder, port), Up(folder, port)]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while all(one.process.poll() is None for one in both):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    (loser,) = [one for one in both if one.process.poll() is not None]
    (winner,) = [one for one in both if one is not loser]
    pid, address = winner.process.pid, f"http://localhost:{port}"
    assert loser.end() == 1
    assert loser.text.strip() == (
        f"Preceptor already runs from {folder} (process {pid}): open {address},"
        f" or stop it with Ctrl-C where it was started or with `kill {pid}`."
    )

    winner.wait_for("Preceptor runs at")
    with urlopen(f"{address}/healthz") as answer:
        assert answer.read() == b"ok"
    with urlopen(f"{address}/accounts/login/") as page:
        assert b"<form" in page.read()
    winner.wait_for("ready.")
    assert manage(folder, "migrate", "--check") == 0
    assert running(folder)["PRECEPTOR_BASE_URL"] == address
    assert f"Preceptor runs at {address}\n" in winner.text
    assert f"written to {folder / 'mail'}" in winner.text
    assert "Loading the demonstration organisation" in winner.text
    table = winner.text.partition("Preceptor runs at")[2]
    assert table.count("@") >= count_people(folder) > 0
    winner.process.terminate()
    assert winner.end() == 0


def test_killed_parent_leaves_nothing_and_ctrl_c_stops_in_order(
    folder: Path, port: int
) -> None:
    first = Up(folder, port)
    first.wait_for("Preceptor runs at")
    people = count_people(folder)
    processes = psutil.Process(first.process.pid).children(recursive=True)
    assert len(processes) > 5
    first.process.kill()
    first.end()
    if sys.platform == "linux":
        assert psutil.wait_procs(processes, timeout=PATIENCE_SECONDS)[1] == []

    again = Up(folder, port)
    again.wait_for("Preceptor runs at")
    assert count_people(folder) == people > 0
    assert "Loading the demonstration" not in again.text
    processes = psutil.Process(again.process.pid).children(recursive=True)
    again.process.send_signal(signal.SIGINT)
    again.process.send_signal(signal.SIGINT)
    assert again.end() == 0
    assert psutil.wait_procs(processes, timeout=PATIENCE_SECONDS)[1] == []
    stops = [line for line in again.text.splitlines() if line.startswith("Stop")]
    assert stops == [
        "Stopping web",
        "Stopping beat",
        "Stopping worker",
        f"Stopped. Everything is kept in {folder}",
    ]


def test_process_that_ends_by_itself_stops_the_rest(folder: Path, port: int) -> None:
    one = Up(folder, port)
    one.wait_for("Preceptor runs at")
    beat = psutil.Process(int((folder / "log" / "beat.pid").read_text()))
    beat.kill()
    assert one.end() == 1
    assert one.text.strip().endswith(
        "The beat ended by itself (-9): read its lines above, then start again."
    )
    assert running(folder) == {}


def test_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        one = Up(tmp_path, number)
        assert one.end() == 1
    assert one.text.strip() == (
        f"Port {number} is taken by another program: end that, or start with another"
        f" port, `PORT={number + 1} make up`."
    )


@pytest.mark.parametrize("text", ["eighty", "0", "70000", "-1"])
def test_port_that_is_none(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "preceptor.up"],
        cwd=ROOT,
        env={**os.environ, "PORT": text, "PRECEPTOR_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.strip() == f"PORT is {text}: give a number from 1 to 65535."


def test_step_that_fails_says_all_that_is_missing(tmp_path: Path) -> None:
    its_own = {*NAMES, "PRECEPTOR_BASE_URL"}
    missing = [name for name in REQUIRED_IN_PRODUCTION if name not in its_own]
    done = subprocess.run(
        [sys.executable, "-m", "preceptor.up"],
        cwd=ROOT,
        env={
            **environment(tmp_path),
            "PORT": str(free_port()),
            "PRECEPTOR_ENV": "production",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Production needs these environment variables:\n" in done.stderr
    assert re.findall(r"^  (\w+): ", done.stderr, re.MULTILINE) == missing
