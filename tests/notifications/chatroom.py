"""A real web server that takes a chat's messages and can be told to misbehave."""

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

DRIP = "a byte now and then"
HANG = "say nothing"
DROP = "drop the line"


@dataclass
class Chatroom:
    """What was posted, in order; `reply` is a status, or a way to misbehave."""

    port: int = 0
    posts: list[dict[str, Any]] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    reply: int | str = 200
    replies: dict[str, int | str] = field(default_factory=dict)
    location: str = ""
    ended: Event = field(default_factory=Event)

    def address(self, path: str = "/hooks/secret") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def chatroom(tls: ssl.SSLContext | None = None) -> Iterator[Chatroom]:
    room = Chatroom()

    class Handler(_Handler):
        chatroom = room

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        tls.sni_callback = lambda _sock, name, _context: room.names.append(name)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    room.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield room
    finally:
        room.ended.set()
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    chatroom: Chatroom

    def do_POST(self) -> None:
        room = self.chatroom
        body = self.rfile.read(int(self.headers["Content-Length"]))
        room.paths.append(self.path)
        room.heads.append({name.lower(): one for name, one in self.headers.items()})
        reply = room.replies.get(self.path, room.reply)
        if reply == HANG:
            room.ended.wait(30)
        elif reply == DRIP:
            while not room.ended.wait(0.05):
                self.wfile.write(b"H")
        elif isinstance(reply, int):
            if reply < 300:
                room.posts.append(json.loads(body))
            self._say(reply)
        self.close_connection = True

    def _say(self, status: int) -> None:
        self.send_response(status)
        if self.chatroom.location:
            self.send_header("Location", self.chatroom.location)
        self.end_headers()
        self.wfile.write(b"ok" if status < 300 else b"no_service\n" * 10_000)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 # its name
        """Tests read what was posted, not the log."""
