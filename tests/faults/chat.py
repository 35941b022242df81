"""A real chat that misbehaves for a while, and notes what it took when."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from threading import Thread
from typing import Any

from tests.faults.server import PACE_SECONDS, SLOW_SECONDS, Arrival, Manner

STATUSES = {Manner.LATER: 503, Manner.NEVER: 404, Manner.BUSY: 429}


@dataclass
class Chat:
    """Misbehaves at every other message, by chance; each junior has an address."""

    port: int = 0
    manner: Manner = Manner.WELL
    chance: Random = field(default_factory=Random)
    arrivals: list[Arrival] = field(default_factory=list)
    unheard: int = 0
    """How many it took without saying so."""

    def address(self, number: int) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/{number}"

    def take(self, body: str) -> int | None:
        """The status of the answer; None where the line is dropped instead."""
        manner = self.manner
        if manner is not Manner.SLOW and self.chance.random() < 0.5:
            manner = Manner.WELL
        time.sleep(SLOW_SECONDS if manner is Manner.SLOW else PACE_SECONDS)
        if manner in STATUSES:
            return STATUSES[manner]
        if manner is Manner.DROP:
            return None
        now = datetime.now(UTC)
        found = set(re.findall(r"/milestones/(\d+)/", body))
        self.arrivals += [Arrival("", int(one), now) for one in found]
        self.unheard += manner is Manner.DROP_AFTER
        return None if manner is Manner.DROP_AFTER else 200


@contextmanager
def chatting(chat: Chat) -> Iterator[None]:
    """At the same port until the end."""

    class Handler(_Handler):
        room = chat

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    chat.port = server.server_address[1]
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    room: Chat

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if status := self.room.take(body):
            self.send_response(status)
            self.end_headers()
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 # its name
        """What arrived is noted, and nothing else."""
