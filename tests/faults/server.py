"""A real SMTP server that misbehaves for a while, and notes what it accepted when."""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from enum import Enum
from random import Random

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.notifications.postbox import Postbox, postbox

PACE_SECONDS, SLOW_SECONDS = 0.05, 0.3
"""What one mail takes, so that there is a while in which something can fail."""


_MILESTONE = r"/milestones/(\d+)/"


class Manner(Enum):
    WELL = "well"
    SLOW = "slow"
    DROP = "drops the line before it accepts"
    DROP_AFTER = "accepts, and drops the line before it says so"
    LATER = "says 451"
    NEVER = "says 554"
    BUSY = "says 421"


REPLIES = {Manner.LATER: "451 later", Manner.NEVER: "554 no", Manner.BUSY: "421 busy"}


@dataclass(frozen=True, slots=True)
class Arrival:
    """One milestone in what a server took, whether or not its sender heard so.

    A chat's messages have no Message-ID, and so an empty one.
    """

    message_id: str
    milestone: int
    at: datetime


@dataclass
class Server(Postbox):
    """Misbehaves at every other mail, by chance."""

    manner: Manner = Manner.WELL
    chance: Random = field(default_factory=Random)
    arrivals: list[Arrival] = field(default_factory=list)
    unheard: int = 0
    """How many it accepted without saying so."""
    on_accepting: Callable[[], None] | None = None
    """Called once, between taking a mail and saying so."""

    async def handle_DATA(  # noqa: N802 # the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        manner = self.manner
        if manner is not Manner.SLOW and self.chance.random() < 0.5:
            manner = Manner.WELL
        is_slow = manner is Manner.SLOW
        await asyncio.sleep(SLOW_SECONDS if is_slow else PACE_SECONDS)
        if manner in REPLIES:
            return REPLIES[manner]
        if manner is not Manner.DROP:
            self._accept(envelope)
        if manner in (Manner.DROP, Manner.DROP_AFTER):
            self.unheard += manner is Manner.DROP_AFTER
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "421 gone"
        if called := self.on_accepting:
            self.on_accepting = None
            called()
        return "250 OK"

    def _accept(self, envelope: Envelope) -> None:
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content)
        now, found = datetime.now(UTC), set(re.findall(_MILESTONE, body(mail)))
        assert found
        message_id = str(mail["Message-ID"])
        self.arrivals += [Arrival(message_id, int(one), now) for one in found]


def body(mail: Message) -> str:
    """Its text part."""
    (text,) = (p for p in mail.walk() if p.get_content_type() == "text/plain")
    return str(text.get_payload())


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """At the same port whenever it serves again."""
    with postbox(server.port, server):
        yield server
