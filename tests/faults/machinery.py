"""Every server and process that reminders need, each of which can be killed."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from preceptor.embedded import CannotStart, postgres, tied, valkey
from preceptor.embedded.sockets import socket_folder
from tests.faults.chat import Chat, chatting
from tests.faults.server import Server, serving

ROOT = Path(__file__).resolve().parent.parent.parent
READY_SECONDS = 60.0
LEASE_SECONDS = 3


@dataclass
class Part:
    """Something that runs, and what starts it again after a kill."""

    name: str
    start: Callable[[], AbstractContextManager[object]]
    kill: Callable[[], None]
    _running: ExitStack = field(default_factory=ExitStack)

    def up(self) -> None:
        """Tries again for a while: what was killed may still be dying."""
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                self._running.enter_context(self.start())
            except CannotStart:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return

    def down(self) -> None:
        self._running.close()


@dataclass
class Machinery:
    """On a folder of its own, with a log for what the processes say."""

    folder: Path
    mail: Server
    chat: Chat
    workers: int = 2
    parts: dict[str, Part] = field(default_factory=dict)
    _processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        data, sockets = self.folder, socket_folder(self.folder)
        self.urls = {
            "DATABASE_URL": f"postgres://preceptor@/preceptor?host={sockets}",
            "REDIS_URL": f"unix://{sockets / 'valkey.sock'}",
        }
        self._add(
            "database",
            lambda: postgres.server(data / "postgres", sockets, throwaway=False),
            lambda: _kill(data / "postgres" / "data" / "postmaster.pid"),
        )
        self._add(
            "broker",
            lambda: valkey.server(data / "valkey", sockets, throwaway=True),
            lambda: _kill(data / "valkey" / "valkey.pid"),
        )
        self._add("mail", lambda: serving(self.mail), lambda: None)
        self._add("chat", lambda: chatting(self.chat), lambda: None)
        solo = ("worker", "--pool", "solo", "--without-mingle", "--without-gossip")
        for number in range(self.workers):
            self._add_process(f"worker {number}", *solo, "-n", f"{number}@faults")
        self._add_process("beat", "beat", "--pidfile=", "-s", str(data / "schedule"))

    def _add(
        self,
        name: str,
        start: Callable[[], AbstractContextManager[object]],
        kill: Callable[[], None],
    ) -> None:
        self.parts[name] = Part(name, start, kill)

    def _add_process(self, name: str, *words: str) -> None:
        def kill() -> None:
            self._processes[name].kill()

        self._add(name, lambda: self._process(name, *words), kill)

    @contextlib.contextmanager
    def _process(self, name: str, *words: str) -> Iterator[None]:
        command = [sys.executable, "-m", "celery", "--app", "tests.faults.app:app"]
        with (self.folder / "celery.log").open("ab") as log:
            process = subprocess.Popen(
                [*tied("KILL"), *command, *words, "--loglevel", "INFO"],
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._processes[name] = process
        try:
            yield
        finally:
            process.kill()
            process.wait()

    first = ("database", "broker", "mail", "chat")
    """What the others need."""

    @property
    def environment(self) -> dict[str, str]:
        return {
            **self.urls,
            "PRECEPTOR_BASE_URL": "https://preceptor.example",
            "PRECEPTOR_DATA": str(self.folder),
            "PRECEPTOR_EMAIL_URL": f"smtp://127.0.0.1:{self.mail.port}",
            "PRECEPTOR_DRAIN_SECONDS": "1",
            "PRECEPTOR_LOCAL_CHATS": "1",
            "PRECEPTOR_LEASE_SECONDS": str(LEASE_SECONDS),
            "PRECEPTOR_REMINDER_INTERVAL": "1",
        }

    def up(self, *names: str) -> None:
        for name in names or self.parts:
            self.parts[name].up()

    def kill(self, name: str) -> None:
        """By SIGKILL; it stays dead until `restart`."""
        self.parts[name].kill()

    def restart(self, name: str) -> None:
        self.parts[name].down()
        self.parts[name].up()

    def down(self) -> None:
        for part in reversed(self.parts.values()):
            part.down()


def _kill(pid_file: Path) -> None:
    os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
