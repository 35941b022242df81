"""Real diffs and transcripts, which lie beside the repository."""

from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"


def diff_sample(name: str) -> bytes:
    file = SAMPLES / "diffs" / name
    if not file.exists():
        pytest.fail(f"{file} is missing: these tests need the samples at {SAMPLES}.")
    return file.read_bytes()
