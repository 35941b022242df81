"""Where the servers' sockets lie."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path
from typing import Final

from preceptor.embedded.process import CannotStart, nobody

# What the kernel allows for the path of a socket, less the longest name put there.
FOLDER_BYTES: Final = 103 - len("/.s.PGSQL.5432.lock")


def socket_folder(data: Path) -> Path:
    """A folder for sockets: short, private, the same for the same data."""
    digest = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    name = f"preceptor-{os.geteuid()}-{digest}"
    # The runtime folder comes last: it goes when its user signs out.
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    for base in (tempfile.gettempdir(), "/tmp", runtime):  # noqa: S108
        if not base or not os.access(base, os.W_OK | os.X_OK):
            continue
        path = Path(base) / name
        if len(os.fsencode(path)) > FOLDER_BYTES:
            continue
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
        # Anybody can make a folder or a link under /tmp before us.
        if stat.S_ISDIR(found.st_mode) and found.st_uid in (os.geteuid(), nobody()):
            path.chmod(0o700)
            return path
    raise CannotStart(
        "There is no folder for the servers' sockets: set TMPDIR to a folder that you"
        f" own, with a path of at most {FOLDER_BYTES - len(name) - 1} letters."
    )
