"""Real PostgreSQL and Valkey for one machine, from wheels.

`servers(folder)` runs both for as long as its block, on sockets that only this user
can open, and keeps their data in the folder. It holds a lock on the folder, so what a
killed parent left running there is an orphan: it is ended and a fresh server started.
A second process that asks for the same folder gets the addresses of the first.
"""

import contextlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from preceptor.embedded import postgres, valkey
from preceptor.embedded.process import (
    NO_ROOM,
    READY_SECONDS,
    CannotStart,
    disk_is_full,
    end_leftover,
    is_alive,
    lock,
    tied,
)
from preceptor.embedded.sockets import socket_folder

__all__ = [
    "NAMES",
    "NO_ROOM",
    "CannotStart",
    "disk_is_full",
    "end_leftover",
    "is_alive",
    "lock",
    "running",
    "servers",
    "tied",
]

NAMES: Final = ("DATABASE_URL", "REDIS_URL")
WEB: Final = "PRECEPTOR_BASE_URL"
FRESH_BYTES: Final = 200 * 1024 * 1024
AGAIN_BYTES: Final = 64 * 1024 * 1024


@contextlib.contextmanager
def servers(
    folder: Path, *, throwaway: bool = False, web: str = ""
) -> Iterator[dict[str, str]]:
    """Run what the environment does not name, and give both addresses by name.

    `throwaway` trades the safety of the data for speed: for tests alone.
    `web` is the address that `running` tells of beside them.
    Raises CannotStart.
    """
    given = {name: os.environ[name] for name in NAMES if os.environ.get(name)}
    if len(given) == len(NAMES):
        yield given
        return
    folder = _made(folder)
    with contextlib.ExitStack() as stack:
        others = _held_by_another(folder, stack)
        if others is not None:
            yield others | given
            return
        urls = dict(given)
        sockets = socket_folder(folder)
        if "REDIS_URL" not in urls:
            server = valkey.server(folder / "valkey", sockets, throwaway=throwaway)
            urls["REDIS_URL"] = stack.enter_context(server)
        if "DATABASE_URL" not in urls:
            server = postgres.server(folder / "postgres", sockets, throwaway=throwaway)
            urls["DATABASE_URL"] = stack.enter_context(server)
        note = folder / "servers.json"
        note.write_text(json.dumps({**urls, **({WEB: web} if web else {})}))
        stack.callback(note.unlink, missing_ok=True)
        yield urls


def running(folder: Path) -> dict[str, str]:
    """What another process runs there, as environment variables, or nothing."""
    try:
        with lock(folder / "servers.lock") as is_free:
            if is_free:
                return {}
        urls: dict[str, str] = json.loads((folder / "servers.json").read_text())
    except (OSError, ValueError):
        return {}
    return urls


def _made(folder: Path) -> Path:
    """The folder, which can be written and has room."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder = folder.resolve()
        (folder / "servers.lock").touch()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        if error.errno in NO_ROOM:
            raise disk_is_full(folder) from error
        raise CannotStart(
            f"{folder} can't be written ({error.strerror}): start as the user that"
            " owns it, or name another folder in PRECEPTOR_DATA."
        ) from error
    if free < (AGAIN_BYTES if (folder / "postgres").exists() else FRESH_BYTES):
        raise disk_is_full(folder)
    return folder


def _held_by_another(
    folder: Path, stack: contextlib.ExitStack
) -> dict[str, str] | None:
    """None once this process holds the folder, else its servers' addresses.

    Waits for the other process where that one is still starting, or stopping.
    """
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        with contextlib.ExitStack() as attempt:
            if attempt.enter_context(lock(folder / "servers.lock")):
                stack.enter_context(attempt.pop_all())
                return None
        if urls := running(folder):
            return urls
        time.sleep(0.1)
    raise CannotStart(
        f"Another process is starting the servers in {folder} and does not get on:"
        " end it and start again."
    )
