"""A real SMTP server that can be told to misbehave, for one recipient or all."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

ACCEPT = "250 OK"
DROP = "drop the line before accepting"
DROP_AFTER = "accept, and drop the line before saying so"
HANG = "say nothing"
HOLD = "accept, but only once released"
SLOW_SECONDS = 0.4
SLOW = "accept after a while"


@dataclass
class Postbox:
    """What was accepted, in order; `replies` says how to answer a mail, by address."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=lambda: defaultdict(lambda: ACCEPT))
    reply_to_all: str = ""
    tried: list[str] = field(default_factory=list)
    connections: int = 0
    released: Event = field(default_factory=Event)
    takes_together: bool = True

    async def handle_EHLO(  # noqa: N802 # the name that aiosmtpd calls
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        together = ["250-PIPELINING"] if self.takes_together else []
        return [*responses[:-1], *together, responses[-1]]

    async def handle_DATA(  # noqa: N802 # the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        address = envelope.rcpt_tos[0]
        reply = self.reply_to_all or self.replies[address]
        self.tried.append(address)
        if reply == HANG:
            await asyncio.sleep(3600)
        if reply == HOLD:
            await asyncio.to_thread(self.released.wait, 30)
        if reply == SLOW:
            await asyncio.sleep(SLOW_SECONDS)
        if reply in (ACCEPT, DROP_AFTER, HOLD, SLOW):
            content: Any = envelope.content
            self.mails.append(message_from_bytes(content, policy=policy.default))
        if reply in (DROP, DROP_AFTER):
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "421 gone"
        return ACCEPT if reply in (HOLD, SLOW) else reply

    @property
    def addresses(self) -> list[str]:
        return [str(mail["To"]) for mail in self.mails]


@contextmanager
def postbox(port: int = 0, box: Postbox | None = None) -> Iterator[Postbox]:
    box = box or Postbox()
    # Port 0 lets the system choose, but the controller knocks at the port it was told.
    controller = _Controller(box, hostname="127.0.0.1", port=port, ready_timeout=10)
    controller.start()
    try:
        box.port = controller.port
        yield box
    finally:
        controller.stop()


class _Controller(Controller):
    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call] # untyped library
