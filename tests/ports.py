"""Ports for the servers that tests start as processes."""

import secrets
import socket

# Lower than what systems hand out by themselves: no connection takes one of these
# between the test's look and the server's start.
NUMBERS = range(20_000, 32_000)


def free_port() -> int:
    """One that nobody has."""
    while True:
        number = secrets.choice(NUMBERS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", number))
            except OSError:
                continue
        return number
