"""Changes of a known size, made of the real ones that lie beside the repository."""

import re
from collections.abc import Iterator
from pathlib import Path

SAMPLES = Path(__file__).resolve().parent.parent.parent / "shared" / "samples" / "diffs"
OF_80_FILES = (
    "02-typical-go-sql-proto-ts.diff",
    "03-typical-python.diff",
    "04-typical-go-ts-git-show.patch",
    "05-typical-go-test-added.diff",
    "06-typical-javascript-renames.diff",
    "08-range-python.diff",
    "09-big-go.diff",
    "13-deletion.diff",
)
_HEAD = re.compile(rb"^diff --git ", re.MULTILINE)
_CHANGED = re.compile(rb"^(?:\+(?!\+\+ )|-(?!-- ))", re.MULTILINE)


def usual() -> bytes:
    """80 files with 5,683 changed lines, most of them Go."""
    return b"".join(piece for name in OF_80_FILES for piece in _files(name))


def largest(changed: int = 20_000) -> bytes:
    """As many changed lines as an upload may have, of i18n files and of Go."""
    pieces: list[bytes] = []
    count = 0
    names = ("10-big-i18n-utf8-content.diff", "09-big-go.diff")
    for piece in (piece for _ in range(9) for name in names for piece in _files(name)):
        lines = len(_CHANGED.findall(piece))
        if count + lines <= changed:
            pieces.append(piece)
            count += lines
    return b"".join(pieces)


def _files(name: str) -> Iterator[bytes]:
    """What the sample says of each of its files."""
    path = SAMPLES / name
    if not path.is_file():
        raise SystemExit(f"The sample changes are missing: {path} is not there.")
    data = path.read_bytes()
    starts = [
        found.start() for found in re.finditer(rb"^diff --git ", data, re.MULTILINE)
    ]
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        yield data[start:end]
