"""The web server of production: granian, with an end that cuts nothing.

    python -m preceptor.serve [--host 127.0.0.1] [--port 8000] [--workers 2] …

Told to stop, it first says so under `/readyz` for `--drain` seconds, in which the proxy
sends it no more; then each worker takes no new connection and answers what it has, for
`--grace` seconds at most. The figures of all workers meet in a folder of its own.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from granian import Granian
from granian.constants import Interfaces

STOPPING: Final = "PRECEPTOR_STOPPING"
FIGURES: Final = "PROMETHEUS_MULTIPROC_DIR"


class Server(Granian):  # type: ignore[misc, valid-type] # one of two, by the Python
    """Lets the proxy know before it lets the workers go."""

    drain: float = 0.0

    def shutdown(self, exit_code: int = 0) -> None:
        Path(os.environ[STOPPING]).touch()
        time.sleep(self.drain)
        super().shutdown(exit_code)


def main() -> int:
    asked = _asked()
    folder = Path(tempfile.mkdtemp(prefix="preceptor-web-"))
    os.environ.update({STOPPING: str(folder / "stopping"), FIGURES: str(folder)})
    try:
        server = Server(
            "preceptor.wsgi:application",
            interface=Interfaces.WSGI,
            workers=asked.workers,
            blocking_threads=asked.threads,
            workers_kill_timeout=asked.grace,
            respawn_failed_workers=True,
            log_dictconfig=_log(),
            address=asked.host,
            port=asked.port,
        )
        server.drain = asked.drain
        server.serve()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _log() -> dict[str, Any]:
    """Its own few lines as the product writes its others."""
    is_json = os.environ.get("PRECEPTOR_ENV") == "production"
    if os.environ.get("PRECEPTOR_LOG_FORMAT", "json" if is_json else "text") != "json":
        return {}
    lines = {"()": "preceptor.logs.Json"}
    return {"formatters": {"generic": lines, "access": lines}}


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="preceptor.serve", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--threads", type=int, default=4, help="threads of each")
    parser.add_argument("--drain", type=float, default=5.0, help="seconds")
    parser.add_argument("--grace", type=int, default=30, help="seconds")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
