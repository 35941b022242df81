"""Make the environment: venv, uv, the locked packages of the groups that are named.

Runs on the machine's own Python with its standard library alone:
`python3 -m preceptor.environment embedded dev`.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
ROOM_BYTES = 16 * 1024 * 1024


class NoEnvironment(Exception):
    """Its text is one sentence: what is in the way, and what to do about it."""


def main(groups: list[str]) -> int:
    try:
        # Two starts at once make one environment.
        with (ROOT / "uv.lock").open() as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            make(groups)
    except NoEnvironment as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{VENV} can't be made: {error.strerror}.\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def make(groups: list[str]) -> None:
    """At once where the packages are those of the lock file already."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "uv.lock"):
        digest.update((ROOT / name).read_bytes())
    stamp = VENV / f"stamp-{'-'.join(groups)}"
    is_alive = run(PYTHON, "-c", "", quiet=True)
    if is_alive and stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    if not is_alive:
        make_venv()
    if not (VENV / "bin" / "uv").exists():
        install_uv()
    say("Installing the packages")
    wanted = [word for group in groups for word in ("--group", group)]
    if not run(VENV / "bin" / "uv", "sync", "--frozen", "--inexact", *wanted):
        raise failed("The packages could not be installed")
    stamp.write_text(digest.hexdigest())


def make_venv() -> None:
    say(f"Making the environment in {VENV}")
    if run(sys.executable, "-m", "venv", "--clear", VENV, quiet=True):
        return
    # Debian keeps pip apart from Python; the machine's own pip can stand in.
    if not run(sys.executable, "-m", "venv", "--clear", "--without-pip", VENV):
        raise failed("Python's venv does not work (on Debian: install python3-venv)")


def install_uv() -> None:
    say("Installing uv")
    own: list[str | Path] = [PYTHON, "-m", "pip"]
    if not run(*own, "--version", quiet=True):
        own = [sys.executable, "-m", "pip", "--python", PYTHON]
    if not run(*own, "install", "--quiet", "--disable-pip-version-check", "uv"):
        raise failed("uv could not be installed (on Debian: install python3-venv)")


def failed(what: str) -> NoEnvironment:
    if shutil.disk_usage(ROOT).free < ROOM_BYTES:
        return NoEnvironment(
            f"The disk that holds {ROOT} is full: free some space and start again."
        )
    return NoEnvironment(f"{what}: read the lines above, then start again.")


def run(*words: str | Path, quiet: bool = False) -> bool:
    """Whether the program did its work."""
    environment = {
        **os.environ,
        "UV_COMPILE_BYTECODE": "1",
        "UV_PROJECT_ENVIRONMENT": str(VENV),
        "UV_PYTHON_DOWNLOADS": "never",
    }
    environment.pop("VIRTUAL_ENV", None)
    if not os.access(os.environ.get("HOME", ""), os.W_OK):
        # uv keeps its downloads at home, and not every user has one.
        environment.setdefault("UV_NO_CACHE", "1")
    output = subprocess.DEVNULL if quiet else None
    try:
        done = subprocess.run(
            words,
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            check=False,
        )
    except FileNotFoundError:
        return False
    return done.returncode == 0


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
