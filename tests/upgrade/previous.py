"""The version before this one: its code, and how far its migrations went.

PREVIOUS names the tree of its commit, and the last migration of each app there. Whoever
releases a version writes it anew: `python -m tests.upgrade.previous COMMIT`. A tree has
the same name where a history was written anew, its commits have others.
"""

import io
import subprocess
import sys
import tarfile
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent.parent
NOTE: Final = Path(__file__).with_name("PREVIOUS")
FOLDER: Final = ROOT / "var" / "upgrade"
NO_HISTORY: Final = (
    "The version before this one, {tree}, is not in this clone: bring its history by"
    " `git fetch --unshallow`, or clone the repository as a whole."
)


def tree() -> str:
    return NOTE.read_text().split()[0]


def leaves() -> list[tuple[str, str]]:
    """The last migration of each app of ours, as that version left a database."""
    _tree, *lines = NOTE.read_text().splitlines()
    return [(app, name) for app, name in map(str.split, lines)]


def checkout() -> Path:
    """A folder with that version's files, which are unpacked where they are not yet."""
    wanted = tree()
    folder = FOLDER / wanted[:12]
    if folder.is_dir():
        return folder
    packed = _git("archive", "--format=tar", wanted)
    if packed is None:
        pytest.fail(NO_HISTORY.format(tree=wanted[:12]))
    FOLDER.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=FOLDER) as fresh:
        unpacked = Path(fresh) / "unpacked"
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(unpacked, filter="data")
        try:
            unpacked.rename(folder)
        except OSError:  # Tests beside these unpacked it in between.
            if not folder.is_dir():
                raise
    return folder


def _git(*words: str) -> bytes | None:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None


def migrations(files: Iterable[str]) -> set[tuple[str, str]]:
    """Those among the names of files, by app and name."""
    parts = [Path(name).parts for name in files if name.endswith(".py")]
    named = {(one[-3], one[-1][:-3]) for one in parts if one[-2:-1] == ("migrations",)}
    return {one for one in named if one[1] != "__init__"}


def main(asked: str) -> None:
    """Makes that commit the version before this one."""
    whole = (_git("rev-parse", "--verify", f"{asked}^{{tree}}") or b"").decode()
    files = (_git("ls-tree", "-r", "--name-only", whole.strip()) or b"").decode()
    last = dict(sorted(migrations(files.splitlines())))
    lines = [whole.strip(), *(f"{app} {name}" for app, name in last.items())]
    NOTE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
