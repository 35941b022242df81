"""The diff: milliseconds per 1,000 changed lines, and its bytes."""

import gzip
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from bench.pages import ROUNDS
from bench.results import Result
from reviews.diffs import parse
from reviews.drawing import draw, outlines
from reviews.models import Blob, DrawnFile

SAMPLES = Path(__file__).resolve().parent.parent.parent / "shared" / "samples" / "diffs"
SAMPLE = "10-big-i18n-utf8-content.diff"


def measure_diff() -> list[Result]:
    """A real change of 5,764 changed lines in 56 files, parsed and drawn whole."""
    path = SAMPLES / SAMPLE
    if not path.is_file():
        raise SystemExit(f"The sample changes are missing: {path} is not there.")
    data = path.read_bytes()
    change = parse(data)
    thousands = (change.added + change.removed) / 1000

    def drawn() -> list[DrawnFile]:
        files = outlines(change, Blob())
        draw(change, files)
        return files

    html = "".join(file.html for file in drawn()).encode()
    return [
        Result("diff: parse", _median(lambda: parse(data)) / thousands, PER_THOUSAND),
        Result("diff: draw, with colours", _median(drawn) / thousands, PER_THOUSAND),
        Result("diff: bytes", len(html) / thousands / 1000, "kB per 1,000 lines"),
        Result(
            "diff: bytes, compressed",
            len(gzip.compress(html)) / thousands / 1000,
            "kB per 1,000 lines",
        ),
    ]


PER_THOUSAND = "ms per 1,000 changed lines"


def _median(run: Callable[[], object]) -> float:
    """Milliseconds, the median of seven runs."""
    taken = []
    for _round in range(ROUNDS):
        started = time.perf_counter()
        run()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)
