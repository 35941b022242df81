import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import namedtuple
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from preceptor.embedded import NAMES, CannotStart, postgres, running, servers
from preceptor.embedded.process import end_leftover, is_alive, reason
from preceptor.embedded.sockets import FOLDER_BYTES, socket_folder

ROOT = Path(__file__).resolve().parent.parent
HOLD = """
import sys, time
from pathlib import Path
from preceptor.embedded import postgres, servers, valkey
if sys.argv[2] == "untied":
    postgres.tied = valkey.tied = lambda name: []
with servers(Path(sys.argv[1])) as urls:
    print(urls["DATABASE_URL"], flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def no_servers_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def hold(
    folder: Path, how: str, prefix: Sequence[str] = ()
) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
    """A process that runs the servers on this folder, and the servers."""
    holder = subprocess.Popen(
        [*prefix, sys.executable, "-c", HOLD, str(folder), how],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout
    assert holder.stdout.readline().startswith("postgres://")
    return holder, psutil.Process(holder.pid).children(recursive=True)


def kill(holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()
    assert holder.stdout
    holder.stdout.close()


def test_servers_bring_what_the_migrations_need(tmp_path: Path) -> None:
    with servers(tmp_path, throwaway=True) as urls:
        with psycopg.connect(urls["DATABASE_URL"]) as connection:
            for name in ("btree_gist", "citext", "pg_trgm"):
                connection.execute(f"CREATE EXTENSION {name}")
            row = connection.execute(
                "SELECT upper('äß'), current_setting('TimeZone'), rolsuper"
                " FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
        assert row == ("Äß", "UTC", True)
        with redis.Redis.from_url(urls["REDIS_URL"]) as client:
            assert client.ping()


def test_data_survives_a_stop(tmp_path: Path) -> None:
    with servers(tmp_path) as urls:
        with psycopg.connect(urls["DATABASE_URL"]) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        with redis.Redis.from_url(urls["REDIS_URL"]) as client:
            client.set("kept", "7")
    with servers(tmp_path) as again:
        assert again == urls
        with psycopg.connect(again["DATABASE_URL"]) as connection:
            kept = connection.execute("SELECT number FROM kept").fetchone()
        assert kept == (7,)
        with redis.Redis.from_url(again["REDIS_URL"]) as client:
            assert client.get("kept") == b"7"


def test_named_servers_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = {"DATABASE_URL": "postgres://elsewhere/x", "REDIS_URL": "redis://elsewhere"}
    for name, address in named.items():
        monkeypatch.setenv(name, address)
    with servers(tmp_path / "unused") as urls:
        assert urls == named
    assert not (tmp_path / "unused").exists()


def test_only_what_is_not_named_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/x")
    with servers(tmp_path) as urls:
        assert urls["DATABASE_URL"] == "postgres://elsewhere/x"
        with redis.Redis.from_url(urls["REDIS_URL"]) as client:
            assert client.ping()
    assert not (tmp_path / "postgres").exists()


def test_second_process_shares_the_servers(tmp_path: Path) -> None:
    assert running(tmp_path) == {}
    holder, _ = hold(tmp_path, "tied")
    with servers(tmp_path) as urls:
        assert urls == running(tmp_path)
        with psycopg.connect(urls["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    with psycopg.connect(urls["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    kill(holder)
    assert running(tmp_path) == {}


def test_killed_parent_leaves_no_server(tmp_path: Path) -> None:
    holder, ours = hold(tmp_path, "tied")
    assert len(ours) >= 2
    kill(holder)
    if sys.platform == "linux":
        assert psutil.wait_procs(ours, timeout=20)[1] == []
    with servers(tmp_path) as urls, psycopg.connect(urls["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_orphans_are_ended(tmp_path: Path) -> None:
    """Where nothing ties a server to its parent, the next start finds it."""
    holder, ours = hold(tmp_path, "untied")
    parents = psutil.Process(holder.pid).children()
    kill(holder)
    time.sleep(0.5)
    assert [process.is_running() for process in parents] == [True, True]
    with servers(tmp_path) as urls:
        assert psutil.wait_procs(ours, timeout=20)[1] == []
        with psycopg.connect(urls["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_stale_pid_files_are_dropped(tmp_path: Path) -> None:
    """Their number now belongs to a process that is none of ours."""
    with servers(tmp_path, throwaway=True) as urls:
        pass
    sockets = socket_folder(tmp_path)
    lines = f"{os.getpid()}\n{tmp_path}/postgres/data\n1\n5432\n{sockets}\n\n1 1\n"
    (tmp_path / "postgres" / "data" / "postmaster.pid").write_text(lines)
    (sockets / ".s.PGSQL.5432.lock").write_text(lines)
    (tmp_path / "valkey" / "valkey.pid").write_text(f"{os.getpid()}\n")
    with servers(tmp_path, throwaway=True) as again:
        assert again == urls


def test_stranger_is_not_signalled(tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    while not is_alive(stranger.pid, "sleep 60"):
        time.sleep(0.01)  # it has not become `sleep` yet
    pid_file = tmp_path / "pid"
    pid_file.write_text(str(stranger.pid))
    end_leftover(pid_file, "a word it has not", signal.SIGKILL)
    assert stranger.poll() is None
    assert not pid_file.exists()
    pid_file.write_text(str(stranger.pid))
    end_leftover(pid_file, "sleep 60", signal.SIGTERM)
    assert stranger.wait() == -signal.SIGTERM


def test_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(9, 9, 0))
    with pytest.raises(CannotStart, match="The disk that holds"), servers(tmp_path):
        pass


def test_disk_that_fills_while_a_server_starts(tmp_path: Path) -> None:
    log = tmp_path / "initdb.log"
    log.write_text("creating\ncould not write: No space left on device\nremoving\n")
    assert "is full" in str(reason("PostgreSQL", log))
    log.write_text("starting\nFATAL:  data directory has wrong version\nbye\n")
    assert str(reason("PostgreSQL", log)) == (
        "PostgreSQL does not start (FATAL:  data directory has wrong version):"
        f" see {log}."
    )


def test_folder_that_is_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "postgres").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 4321)
    server = postgres.server(tmp_path / "postgres", tmp_path, throwaway=True)
    with pytest.raises(CannotStart, match=r"postgres belongs to \w+: start"), server:
        pass


def test_folder_that_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    server = servers(tmp_path / "file" / "var")
    with pytest.raises(CannotStart, match=r"written \(Not a directory\)"), server:
        pass


def names(processes: list[psutil.Process]) -> Iterator[str]:
    """Of those that still run: PostgreSQL starts some that soon end."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            yield process.name()


@pytest.mark.parametrize("uid", [0, 54321])
def test_user_whom_postgresql_refuses_becomes_another(tmp_path: Path, uid: int) -> None:
    """Root, and somebody without a name; where user namespaces are open."""
    become = ("unshare", "--user", f"--map-user={uid}", f"--map-group={uid}", "--")
    if shutil.which("unshare") and not subprocess.call([*become, "true"]):
        holder, ours = hold(tmp_path, "tied", become)
        assert "postgres" in set(names(ours))
        kill(holder)


@pytest.fixture
def no_namespaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unshare = tmp_path / "bin" / "unshare"
    unshare.parent.mkdir()
    unshare.write_text("#!/bin/sh\nexit 1\n")
    unshare.chmod(0o755)
    monkeypatch.setenv("PATH", str(unshare.parent), prepend=os.pathsep)


def become(uid: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process takes itself, and whom every file belongs to, for somebody else."""
    real = Path.stat

    def as_owner(path: Path, **words: bool) -> os.stat_result:
        fields = list(real(path, **words))
        fields[4] = uid
        return os.stat_result(fields)

    monkeypatch.setattr(Path, "stat", as_owner)
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    monkeypatch.setattr(os, "chown", lambda *_, **__: None)


@pytest.mark.usefixtures("no_namespaces")
def test_root_that_no_way_leads_around(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that the unprivileged user can't enter."""
    tmp_path.chmod(0o700)
    (tmp_path / "postgres").mkdir()
    become(0, monkeypatch)
    server = postgres.server(tmp_path / "postgres", tmp_path, throwaway=True)
    with pytest.raises(CannotStart, match=r"nobody, .* can't enter /"), server:
        pass


@pytest.mark.usefixtures("no_namespaces")
def test_user_without_a_name_that_no_way_leads_around(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "postgres").mkdir()
    become(54321, monkeypatch)
    server = postgres.server(tmp_path / "postgres", tmp_path, throwaway=True)
    with (
        pytest.raises(CannotStart, match="the name of the user 54321, and"),
        server,
    ):
        pass


def test_sockets_lie_in_a_short_private_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("d" * 120)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(deep))
    folder = socket_folder(tmp_path)
    assert len(str(folder)) <= FOLDER_BYTES
    assert folder.stat().st_mode & 0o777 == 0o700
    assert folder == socket_folder(tmp_path)
    assert folder != socket_folder(deep)
    for made in (folder, socket_folder(deep)):
        made.rmdir()


def test_folder_of_a_stranger_under_tmp_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory() as base:
        monkeypatch.setattr(tempfile, "gettempdir", lambda: base)
        ours = socket_folder(tmp_path)
        assert ours.parent == Path(base)
        ours.rmdir()
        ours.symlink_to(tmp_path)
        elsewhere = socket_folder(tmp_path)
        assert elsewhere.parent == Path("/tmp")
        elsewhere.rmdir()
