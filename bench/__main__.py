"""Measures the pages on a small and on a large organisation, in one process.

    python -m bench [--pairings 10000] [--only diff|matching|reminders]

The databases are built once and kept under `var/bench/`, as are the results.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from bench.matching import measure_matching
from bench.results import Result, as_table
from preceptor.embedded import CannotStart, servers

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "bench"


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--pairings", type=int, default=10_000)
    parser.add_argument(
        "--only", choices=["diff", "matching", "reminders"], help="measure this alone"
    )
    asked = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    if asked.only == "matching":  # needs no database
        return _written(measure_matching())
    try:
        with servers(FOLDER) as urls:
            os.environ.update(
                urls,
                DJANGO_SETTINGS_MODULE="bench.settings",
                PRECEPTOR_DATA=str(FOLDER),
            )
            return _measure(asked.pairings, asked.only)
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _measure(pairings: int, only: str | None) -> int:
    """Builds what misses, then measures."""
    import django  # noqa: PLC0415 # the addresses of the servers come first

    django.setup()
    from bench.board import measure_board  # noqa: PLC0415
    from bench.databases import build, using  # noqa: PLC0415
    from bench.diff import measure_diff  # noqa: PLC0415
    from bench.estimate import measure_estimate  # noqa: PLC0415
    from bench.figures import measure_figures  # noqa: PLC0415
    from bench.pages import compare, measure_pages  # noqa: PLC0415
    from bench.reminders import measure_reminders  # noqa: PLC0415
    from bench.year import measure_year  # noqa: PLC0415

    if only == "reminders":
        return _written(measure_reminders())
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run(collect, cwd=ROOT, check=True)
    build("small", None)
    with using("small"):
        results = measure_diff()
    if only is None:
        build("large", pairings)
        with using("small"):
            small = measure_pages()
        with using("large"):
            large = measure_pages()
            of_board = measure_board()
            of_figures = measure_figures()
            of_year = measure_year()
        results += compare(small, large)
        results += of_board
        results += of_figures
        results += of_year
        results += measure_reminders()
        results += measure_estimate()
        results += measure_matching()
    return _written(results)


def _written(results: list[Result]) -> int:
    """Keeps the results and prints them."""
    rows = [result.as_json() for result in results]
    (FOLDER / "results.json").write_text(json.dumps(rows, indent=2) + "\n")
    sys.stdout.write(as_table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
