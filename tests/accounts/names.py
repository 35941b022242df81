"""A name server on this machine that says what a test wants."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


@dataclass
class Names:
    port: int
    texts: dict[str, list[str]] = field(default_factory=dict)
    is_silent: bool = False

    def answer(self, wire: bytes) -> bytes | None:
        if self.is_silent:
            return None
        asked = dns.message.from_wire(wire)
        answer = dns.message.make_response(asked)
        answer.flags |= dns.flags.RA
        name = asked.question[0].name
        if (texts := self.texts.get(name.to_text(omit_final_dot=True))) is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif texts:
            quoted = [f'"{text}"' for text in texts]
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *quoted))
        return answer.to_wire()


@contextmanager
def name_server() -> Iterator[Names]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        names = Names(sock.getsockname()[1])

        def serve() -> None:
            while True:
                wire, sender = sock.recvfrom(4096)
                if not wire:
                    return
                if (answer := names.answer(wire)) is not None:
                    sock.sendto(answer, sender)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield names
        sock.sendto(b"", ("127.0.0.1", names.port))
        thread.join(5)
