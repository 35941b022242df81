"""A mail server that takes everything: `python -m bench.sink` prints its port.

It counts by Message-ID. A line on standard input is answered with how many mails it
took and how many different ones since the last, and has it forget both.
"""

import asyncio
import re
import sys
from typing import cast

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
END = b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    """One connection; what it took goes into the list of all."""

    def __init__(self, taken: list[bytes]) -> None:
        self._taken = taken
        self._buffer = b""
        self._is_data = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while self._step():
            """Until nothing whole is left."""

    def _step(self) -> bool:
        mark = END if self._is_data else b"\r\n"
        part, found, rest = self._buffer.partition(mark)
        if not found:
            return False
        self._buffer = rest
        if self._is_data:
            self._is_data = False
            self._taken.append(MESSAGE_ID.findall(part)[0])
            self._transport.write(b"250 taken\r\n")
        else:
            self._answer(part[:4].upper())
        return True

    def _answer(self, word: bytes) -> None:
        if word == b"DATA":
            self._is_data = True
            self._transport.write(b"354 go on\r\n")
        elif word == b"QUIT":
            self._transport.write(b"221 bye\r\n")
            self._transport.close()
        elif word == b"EHLO":
            self._transport.write(b"250-sink\r\n250 PIPELINING\r\n")
        else:
            self._transport.write(b"250 sink\r\n")


async def serve() -> None:
    taken: list[bytes] = []
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Sink(taken), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    while await asyncio.to_thread(sys.stdin.readline):
        sys.stdout.write(f"{len(taken)} {len(set(taken))}\n")
        sys.stdout.flush()
        taken.clear()


if __name__ == "__main__":
    asyncio.run(serve())
