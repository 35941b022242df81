"""Preceptor on one machine: the parent that `make up` runs.

It starts PostgreSQL and Valkey where the environment names none, brings the database
and the static files up to date, and runs web server, worker and beat until Ctrl-C.
"""

import contextlib
import errno
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg

from preceptor.embedded import (
    CannotStart,
    disk_is_full,
    end_leftover,
    is_alive,
    lock,
    servers,
    tied,
)

ROOT: Final = Path(__file__).resolve().parent.parent
HOST: Final = "127.0.0.1"
NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)
WAL_SEGMENT_BYTES: Final = 16 * 1024 * 1024
READY_SECONDS: Final = 60
CELERY: Final = ("celery", "--app", "preceptor.celery:app", "--quiet")
# One worker has nobody to gossip with.
ALONE: Final = ("--without-gossip", "--without-mingle", "--concurrency", "2")
WORKER: Final = (*CELERY, "worker", "--loglevel", "info", *ALONE)
BEAT: Final = (*CELERY, "beat", "--loglevel", "info")
# Seconds from the request to stop until a process is killed.
GRACE: Final = {"web": 10.0, "beat": 10.0, "worker": 30.0}
COLOURS: Final = {"web": 36, "worker": 33, "beat": 35}


def main() -> int:
    folder = Path(os.environ.get("PRECEPTOR_DATA") or ROOT / "var").resolve()
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, _interrupt)
    try:
        _run(folder)
    except CannotStart as reason:
        sys.stderr.write(f"\n{reason}\n")
        return 1
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        sys.stderr.write(f"\n{disk_is_full(folder)}\n")
        return 1
    except KeyboardInterrupt:
        say("Stopped. Everything is kept in", folder)
    return 0


def say(*words: object) -> None:
    # The terminal may be gone; stopping in order must go on.
    with contextlib.suppress(OSError):
        sys.stdout.write(" ".join(map(str, words)) + "\n")
        sys.stdout.flush()


def _run(folder: Path) -> None:
    """Start everything, then wait; KeyboardInterrupt ends it in order."""
    port = _port()
    address = os.environ.setdefault("PRECEPTOR_BASE_URL", f"http://localhost:{port}")
    os.environ.update(PRECEPTOR_DATA=str(folder), PYTHONUNBUFFERED="1")
    # Celery warns root of messages that carry code; these carry JSON alone.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:You're running the worker")
    web = ("granian", "--interface", "wsgi", "--host", HOST, "--port", str(port))
    commands = {
        "worker": WORKER,
        "beat": BEAT,
        "web": (*web, "--blocking-threads", "4", "preceptor.wsgi:application"),
    }
    with contextlib.ExitStack() as stack:
        try:
            logs = _claim(folder, address, stack)
            for name, command in commands.items():
                end_leftover(logs / f"{name}.pid", _mark(command), signal.SIGTERM)
            _refuse_taken(port)
            static = ("collectstatic", "--no-input")
            with _managed("Collecting static files", logs, *static):
                say("Starting PostgreSQL and Valkey")
                os.environ.update(stack.enter_context(servers(folder, web=address)))
                _prepare(logs)
            running = {
                name: stack.enter_context(_process(name, command, logs))
                for name, command in commands.items()
            }
            _wait_for_answer(port, running)
            _welcome(address, logs)
            _wait_for_end(running)
        finally:
            # A second Ctrl-C must not tear the stopping apart.
            for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(sign, signal.SIG_IGN)


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotStart(f"PORT is {text}: give a number from 1 to 65535.")
    return int(text)


def _claim(folder: Path, address: str, stack: contextlib.ExitStack) -> Path:
    """The folder for logs, once this is the only parent on the data."""
    logs = folder / "log"
    try:
        logs.mkdir(parents=True, exist_ok=True)
        is_ours = stack.enter_context(lock(folder / "up.lock"))
    except OSError as error:
        if error.errno in NO_ROOM:
            raise disk_is_full(folder) from error
        raise CannotStart(
            f"{error.filename} can't be written ({error.strerror}): start as the user"
            f" that owns {folder}, or name another folder in PRECEPTOR_DATA."
        ) from error
    note = folder / "up.lock"
    if not is_ours:
        raise _already_runs(folder, note)
    note.write_text(f"{os.getpid()} {address}")
    return logs


def _already_runs(folder: Path, note: Path) -> CannotStart:
    """Who does, once it wrote its note over that of an earlier run."""
    for _ in range(20):
        pid, _, address = note.read_text().partition(" ")
        if pid.isdecimal() and is_alive(int(pid), "preceptor.up"):
            return CannotStart(
                f"Preceptor already runs from {folder} (process {pid}): open {address},"
                f" or stop it with Ctrl-C where it was started or with `kill {pid}`."
            )
        time.sleep(0.1)
    return CannotStart(f"Another process holds {note}: end it and start again.")


def _refuse_taken(port: int) -> None:
    """Browsers may try either address of localhost: both must be free or absent."""
    for family, host in ((socket.AF_INET, HOST), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotStart(
                    f"Port {port} is taken by another program: end that, or start with"
                    f" another port, `PORT={port % 65535 + 1} make up`."
                ) from error
            if error.errno == errno.EACCES:
                raise CannotStart(
                    f"Port {port} is for root alone: start with `PORT=8000 make up`."
                ) from error


def _prepare(logs: Path) -> None:
    """Bring the database up to date, and fill it where it is empty."""
    with _managed("Migrating the database", logs, "migrate", "--no-input"):
        pass
    if _is_empty():
        with _managed("Loading the demonstration organisation", logs, "demo"):
            pass


def _is_empty() -> bool:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        query = "SELECT NOT EXISTS (SELECT FROM accounts_organisation)"
        row = connection.execute(query).fetchone()
    return bool(row and row[0])


@contextlib.contextmanager
def _managed(title: str, logs: Path, *arguments: str) -> Iterator[None]:
    """Run a management command beside the block, and wait for it at the block's end.

    Shows that it moves, and keeps its output.
    """
    log = logs / f"{arguments[0]}.log"
    began = shown = time.monotonic()
    say(title)
    with log.open("wb") as output:
        command = [*tied("TERM"), sys.executable, str(ROOT / "manage.py"), *arguments]
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield
        while process.poll() is None:
            time.sleep(0.02)
            if time.monotonic() - shown > 3:
                shown = time.monotonic()
                say(f"  {shown - began:.0f} s", _last_line(log))
    finally:
        process.terminate()
        process.wait()
    if process.returncode:
        # A database without room may end before it can say why.
        text, free = log.read_text(errors="replace"), shutil.disk_usage(logs).free
        if os.strerror(errno.ENOSPC) in text or free < WAL_SEGMENT_BYTES:
            raise disk_is_full(logs.parent)
        raise CannotStart(f"{title} failed ({_last_words(text)}): see {log}.")


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _last_words(text: str) -> str:
    """The last line that is not indented, and what is indented under it."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    heads = [number for number, line in enumerate(lines) if not line[0].isspace()]
    return "\n".join(lines[heads[-1] if heads else 0 :])


def _mark(command: tuple[str, ...]) -> str:
    """What such a process of this checkout has on its command line."""
    return f"{sys.executable} -m {command[0]} "


@contextlib.contextmanager
def _process(
    name: str, command: tuple[str, ...], logs: Path
) -> Iterator[subprocess.Popen[str]]:
    """Run one of the processes, its lines prefixed, and stop it in order."""
    process = subprocess.Popen(
        [*tied("TERM"), sys.executable, "-m", *command],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    pid_file = logs / f"{name}.pid"
    pid_file.write_text(str(process.pid))
    reader = threading.Thread(target=_relay, args=(name, process), daemon=True)
    reader.start()
    try:
        yield process
    finally:
        say(f"Stopping {name}")
        process.terminate()
        try:
            process.wait(GRACE[name])
        except subprocess.TimeoutExpired:
            say(f"The {name} does not stop: it is killed.")
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        reader.join(1)
        pid_file.unlink(missing_ok=True)


def _relay(name: str, process: subprocess.Popen[str]) -> None:
    prefix = f"{name:<6} |"
    if sys.stdout.isatty():
        prefix = f"\033[{COLOURS[name]}m{prefix}\033[0m"
    for line in process.stdout or ():
        say(prefix, line.rstrip())


def _wait_for_answer(port: int, running: dict[str, subprocess.Popen[str]]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        _raise_if_ended(running)
        try:
            connection = http.client.HTTPConnection(HOST, port, timeout=5)
            connection.request("GET", "/healthz")
            status = connection.getresponse().status
        except OSError:
            time.sleep(0.1)
            continue
        if status == 200:
            return
        raise CannotStart(f"The web server answers {status}: read its lines above.")
    raise CannotStart("The web server does not answer: read its lines above.")


def _wait_for_end(running: dict[str, subprocess.Popen[str]]) -> None:
    while True:
        _raise_if_ended(running)
        time.sleep(0.2)


def _raise_if_ended(running: dict[str, subprocess.Popen[str]]) -> None:
    for name, process in running.items():
        if process.poll() is not None:
            raise CannotStart(
                f"The {name} ended by itself ({process.returncode}): read its lines"
                " above, then start again."
            )


def _welcome(address: str, logs: Path) -> None:
    people = logs / "demo.log"
    say("\nPreceptor runs at", address)
    if people.exists():
        say("\n" + people.read_text().strip())
    if not os.environ.get("PRECEPTOR_EMAIL_URL"):
        say("\nMail is not sent but written to", logs.parent / "mail")
    say("Ctrl-C stops it; your data stays.\n")


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
