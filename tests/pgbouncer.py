"""Where PgBouncer is, how to get one where there is none, and one that runs.

`python -m tests.pgbouncer` makes sure of one before the tests; the tests only look.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from preceptor.embedded.process import nobody, tied

ROOT: Final = Path(__file__).resolve().parent.parent
UNPACKED: Final = ROOT / "var" / "pgbouncer"
# Of Debian and what descends from it; the libraries' names follow the release.
PACKAGES: Final = ("pgbouncer", "libc-ares2", "libevent-2.1-7")
PLACES: Final = ("/usr/sbin/pgbouncer", "/opt/homebrew/bin/pgbouncer")
NONE: Final = (
    "There is no PgBouncer and none could be had: install it, by the distribution's"
    " package or by Homebrew, or name one in PGBOUNCER."
)


def found() -> Path | None:
    """The first that runs; $PGBOUNCER alone counts where it is set."""
    if named := os.environ.get("PGBOUNCER"):
        return Path(named) if _runs(Path(named)) else None
    places = [shutil.which("pgbouncer"), *PLACES, UNPACKED / "usr/sbin/pgbouncer"]
    return next((Path(one) for one in places if one and _runs(Path(one))), None)


def _runs(path: Path) -> bool:
    words = [str(path), "--version"]
    if not path.exists():
        return False
    done = subprocess.run(words, env=_environment(), capture_output=True, check=False)
    return done.returncode == 0


def _environment() -> dict[str, str]:
    libraries = ":".join(str(one) for one in UNPACKED.glob("usr/lib/*"))
    return {**os.environ, "LD_LIBRARY_PATH": libraries}


def main() -> int:
    if found() is None:
        sys.stdout.write("Getting PgBouncer\n")
        sys.stdout.flush()
        _unpack()
    if found() is None:
        sys.stderr.write(f"{NONE}\n")
        return 1
    return 0


def _unpack() -> None:
    """The distribution's packages in a folder of our own; the system stays as it is."""
    if not shutil.which("apt-get"):
        return
    UNPACKED.mkdir(parents=True, exist_ok=True)
    download = ("apt-get", "download", *PACKAGES)
    if not _done(*download) and os.geteuid() == 0 and _done("apt-get", "update"):
        _done(*download)
    for package in UNPACKED.glob("*.deb"):
        _done("dpkg-deb", "--extract", str(package), str(UNPACKED))


def _done(*words: str) -> bool:
    done = subprocess.run(words, cwd=UNPACKED, capture_output=True, check=False)
    return done.returncode == 0


@contextmanager
def pooling(
    database_url: str, database: str, connections: int, first: str
) -> Iterator[str]:
    """PgBouncer before a database, in transaction mode, with so many connections to it.

    Each of them begins by the SQL of `first`. Gives the folder of its socket, which is
    named as the server's own is.
    """
    path = found()
    if path is None:
        pytest.fail(NONE)
    server = parse_qs(urlsplit(database_url).query)["host"][0]
    user = urlsplit(database_url).username
    with TemporaryDirectory(prefix="pgb") as folder:
        Path(folder, "pgbouncer.ini").write_text(
            f"[databases]\n{database} = host={server} dbname={database} user={user}"
            f" connect_query='{first}'\n"
            f"[pgbouncer]\nlisten_addr =\nlisten_port = 5432\n"
            f"unix_socket_dir = {folder}\nauth_type = any\nadmin_users = {user}\n"
            f"pool_mode = transaction\ndefault_pool_size = {connections}\n"
            "ignore_startup_parameters = extra_float_digits,options\n"
        )
        mapped = ("unshare", "--user", f"--map-user={nobody()}", "--")
        words = [
            *tied("TERM"),
            *(mapped if os.geteuid() == 0 else ()),
            *(str(path), "--quiet", f"{folder}/pgbouncer.ini"),
        ]
        running = subprocess.Popen(words, env=_environment())
        try:
            _wait_for(folder, database, str(user))
            yield folder
        finally:
            running.terminate()
            running.wait(30)


def _wait_for(folder: str, database: str, user: str) -> None:
    words = f"host={folder} dbname={database} user={user}"
    for attempt in range(100):
        try:
            psycopg.connect(words, connect_timeout=1).close()
        except psycopg.OperationalError:
            if attempt == 99:
                raise
            time.sleep(0.05)
        else:
            return


if __name__ == "__main__":
    sys.exit(main())
