"""Empty the data folder, after asking.

Runs on the machine's own Python with its standard library alone:
`python3 -m preceptor.reset`.
"""

import contextlib
import fcntl
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    folder = Path(os.environ.get("PRECEPTOR_DATA") or ROOT / "var").resolve()
    try:
        return reset(folder)
    except OSError as error:
        sys.stderr.write(f"{error.filename} can't be deleted: {error.strerror}.\n")
        return 1
    except KeyboardInterrupt:
        sys.stdout.write("\nStopped.\n")
        return 130


def reset(folder: Path) -> int:
    if not folder.is_dir() or not any(folder.iterdir()):
        sys.stdout.write(f"{folder} is empty already.\n")
        return 0
    if holder := held(folder):
        sys.stderr.write(f"{holder.parent} is in use: stop what runs there first.\n")
        return 1
    sys.stdout.write(
        f"This deletes everything under {folder}: the database with all people and"
        " sessions, mail, logs, test and benchmark data. Type yes to delete it: "
    )
    sys.stdout.flush()
    if sys.stdin.readline().strip().lower() != "yes":
        sys.stdout.write("\nNothing was deleted.\n")
        return 1
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    sys.stdout.write("Deleted. `make up` starts anew.\n")
    return 0


def held(folder: Path) -> Path | None:
    """A lock under the folder that a living process holds."""
    for path in (*folder.glob("*.lock"), *folder.glob("*/**/servers.lock")):
        with contextlib.suppress(OSError), path.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return path
    return None


if __name__ == "__main__":
    sys.exit(main())
