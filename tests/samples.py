"""Real diffs and transcripts, which lie beside the repository."""

from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"


def diff_sample(name: str) -> bytes:
    return _sample("diffs", name)


def transcript_sample(name: str) -> bytes:
    return _sample("transcripts", name)


def _sample(kind: str, name: str) -> bytes:
    file = SAMPLES / kind / name
    if not file.exists():
        pytest.fail(f"{file} is missing: these tests need the samples at {SAMPLES}.")
    return file.read_bytes()
