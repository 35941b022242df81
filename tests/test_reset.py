"""`make reset`, on data folders of its own and on Python's standard library alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from preceptor.embedded import lock

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "letter").write_text("Dear Ines")
    (tmp_path / "up.lock").touch()
    return tmp_path


def reset(folder: Path, answer: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-S", "-m", "preceptor.reset"],
        cwd=ROOT,
        env={**os.environ, "PRECEPTOR_DATA": str(folder)},
        input=answer,
        capture_output=True,
        text=True,
        check=False,
    )


def test_yes_empties_the_folder(folder: Path) -> None:
    done = reset(folder, "yes\n")
    assert done.returncode == 0
    assert done.stdout.startswith(f"This deletes everything under {folder}: ")
    assert list(folder.iterdir()) == []
    assert reset(folder, "").stdout == f"{folder} is empty already.\n"


@pytest.mark.parametrize("answer", ["", "\n", "y\n", "no\n"])
def test_anything_else_keeps_all(folder: Path, answer: str) -> None:
    done = reset(folder, answer)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.endswith("Nothing was deleted.\n")
    assert (folder / "mail" / "letter").read_text() == "Dear Ines"


@pytest.mark.parametrize("name", ["up.lock", "test/1/servers.lock"])
def test_data_in_use_are_kept(folder: Path, name: str) -> None:
    held = folder / name
    held.parent.mkdir(parents=True, exist_ok=True)
    with lock(held):
        done = reset(folder, "yes\n")
    assert done.returncode == 1
    assert done.stderr == f"{held.parent} is in use: stop what runs there first.\n"
    assert (folder / "mail" / "letter").exists()


def test_environment_is_made_without_a_package() -> None:
    command = [sys.executable, "-S", "-c", "import preceptor.environment"]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0
