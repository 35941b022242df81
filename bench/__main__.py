"""Measures the pages on a small and on a large organisation, in one process.

    python -m bench [--pairings 10000] [--only PART]

The databases are built once and kept under `var/bench/`, as are the results.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from bench.matching import measure_matching
from bench.results import Result, as_table
from preceptor.embedded import CannotStart, servers

FOLDER = Path(__file__).resolve().parent.parent / "var" / "bench"


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--pairings", type=int, default=10_000)
    parser.add_argument(
        "--only",
        choices=["backup", "diff", "load", "matching", "quarter", "reminders"],
        help="measure this alone",
    )
    parser.add_argument(
        "--minutes", type=float, default=10.0, help="of 200 people at work at once"
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
            return _measure(asked)
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _measure(asked: argparse.Namespace) -> int:
    import django  # noqa: PLC0415 # the addresses of the servers come first

    django.setup()
    from bench.everything import measure  # noqa: PLC0415

    folder = FOLDER / "backup"
    return _written(measure(asked.only, asked.pairings, asked.minutes, folder))


def _written(results: list[Result]) -> int:
    """Keeps the results and prints them."""
    rows = [result.as_json() for result in results]
    (FOLDER / "results.json").write_text(json.dumps(rows, indent=2) + "\n")
    sys.stdout.write(as_table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
