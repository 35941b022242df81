"""A backup and its way back, beside bare programs.

One round of each, since each may read or write gigabytes.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from django.utils import timezone

from bench.databases import point_at
from bench.results import Result
from preceptor.backups import Manifest, back_up, restore
from preceptor.backups.programs import programs

TARGET = "bench_restored"
AIM = 2.0


def measure_backup(folder: Path) -> list[Result]:
    """Of the database that is connected."""
    with _dumps(folder) as (path, bare, own):
        told = Manifest.read(path)
        return [
            Result("backup: rows", told.rows, "rows"),
            Result("backup: the dump", told.size / 1024**2, "MB"),
            Result("backup: bare pg_dump", told.rows / bare, "rows/s"),
            Result("backup: manage.py backup", told.rows / own, "rows/s"),
            _ratio("backup: to pg_dump", own / bare, AIM),
        ]


def measure_way_back(folder: Path) -> list[Result]:
    """Of the same; takes as much disk as the database has."""
    with _dumps(folder) as (path, _bare, _own):
        rows = Manifest.read(path).rows
        with _empty_database():
            bare = _timed(lambda: _pg_restore(folder / "bare"))
        with _empty_database():
            own = _timed(lambda: _restore(path))
    return [
        Result("restore: rows", rows, "rows"),
        Result("restore: bare pg_restore", rows / bare, "rows/s"),
        Result("restore: manage.py restore", rows / own, "rows/s"),
        _ratio("restore: to pg_restore", own / bare, AIM),
    ]


@contextmanager
def _dumps(folder: Path) -> Iterator[tuple[Path, float, float]]:
    """The backup beside what bare pg_dump wrote, and the seconds of both."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    bare = _timed(lambda: _pg_dump(folder / "bare"))
    own = _timed(lambda: back_up(folder, now=timezone.now()))
    (path,) = folder.glob("preceptor-*")
    yield path, bare, own
    shutil.rmtree(folder)


def _ratio(name: str, value: float, aim: float) -> Result:
    return Result(name, value, "times as long", f"under {aim:g}", value < aim)


def _timed(work: Callable[[], object]) -> float:
    """Seconds."""
    started = time.monotonic()
    work()
    took = time.monotonic() - started
    sys.stderr.write(f"{took:.0f} s\n")
    return took


def _pg_dump(path: Path) -> None:
    tools = programs()
    words = [tools.pg_dump, "--format=custom", "--compress=1", f"--file={path}"]
    subprocess.run(words, env=tools.environment, check=True)


def _pg_restore(path: Path) -> None:
    tools = programs()
    words = ["--single-transaction", "--no-owner", f"--dbname={TARGET}", str(path)]
    subprocess.run([tools.pg_restore, *words], env=tools.environment, check=True)


def _restore(path: Path) -> None:
    if differences := restore(path):
        raise AssertionError(differences)


@contextmanager
def _empty_database() -> Iterator[None]:
    """A database that is there for the block, and is then connected."""
    before = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {TARGET}")
        cursor.execute(f"CREATE DATABASE {TARGET} TEMPLATE template0")
    point_at(TARGET)
    try:
        yield
    finally:
        point_at(before)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {TARGET}")
