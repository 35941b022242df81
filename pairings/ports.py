"""What other apps do when a pairing changes: attached in `preceptor.wiring` alone.

Each callable runs inside the caller's transaction; an exception rolls all back.
"""

from collections.abc import Callable

from pairings.models import Pairing

started: list[Callable[[Pairing], None]] = []
paused: list[Callable[[Pairing], None]] = []
resumed: list[Callable[[Pairing], None]] = []
ended: list[Callable[[Pairing], None]] = []


def announce(port: list[Callable[[Pairing], None]], pairing: Pairing) -> None:
    for action in port:
        action(pairing)
