"""What is measured, in which order, on which of the databases.

Imported once Django knows the servers.
"""

import subprocess
import sys
from pathlib import Path

from bench.backup import measure_backup, measure_way_back
from bench.board import measure_board
from bench.databases import build, using
from bench.diff import measure_diff
from bench.estimate import measure_estimate
from bench.figures import measure_figures
from bench.load import measure_load
from bench.matching import measure_matching
from bench.pages import compare, measure_pages
from bench.quarter import measure_quarter
from bench.reminders import measure_reminders
from bench.results import Result
from bench.year import measure_year

ROOT = Path(__file__).resolve().parent.parent
MIDDLE = 1_000
"""So many pairings are written back in a minute; the large one takes ten."""


def measure(
    only: str | None, pairings: int, minutes: float, folder: Path
) -> list[Result]:
    """All of it, or one part of it alone. Builds what misses."""
    if only == "reminders":
        return measure_reminders()
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run(collect, cwd=ROOT, check=True)
    if only == "diff":
        return _diff()
    build("large", pairings)
    if only == "load":
        return measure_load(minutes)
    if only == "backup":
        with using("large"):
            return [*measure_backup(folder), *measure_way_back(folder)]
    if only == "quarter":
        return _quarter()
    return [
        *_diff(),
        *_on_large(folder),
        *_way_back(folder),
        *measure_reminders(),
        *measure_estimate(),
        *measure_matching(),
        *measure_load(minutes),
    ]


def _diff() -> list[Result]:
    build("small", None)
    with using("small"):
        return measure_diff()


def _on_large(folder: Path) -> list[Result]:
    with using("small"):
        small = measure_pages()
    with using("large"):
        large = measure_pages()
        return [
            *compare(small, large),
            *measure_board(),
            *measure_figures(),
            *measure_year(),
            *measure_quarter(large["one trivial query"]),
            *measure_backup(folder),
        ]


def _quarter() -> list[Result]:
    with using("large"):
        return measure_quarter(measure_pages()["one trivial query"])


def _way_back(folder: Path) -> list[Result]:
    build("middle", MIDDLE)
    with using("middle"):
        return measure_way_back(folder)
