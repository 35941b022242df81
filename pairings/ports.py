"""What other apps do when a pairing changes: attached in `preceptor.wiring` alone.

Each callable runs inside the caller's transaction; an exception rolls all back.
"""

from collections.abc import Callable
from typing import TypeVar

from pairings.models import Pairing, Pause

Change = TypeVar("Change", Pairing, Pause)

started: list[Callable[[Pairing], None]] = []
ended: list[Callable[[Pairing], None]] = []
paused: list[Callable[[Pause], None]] = []
"""A pause began; `moved_days` says by how much the year moves at once."""
resumed: list[Callable[[Pause], None]] = []
"""A pause is over; `moved_days` says by how much the year moved in all."""


def announce(port: list[Callable[[Change], None]], change: Change) -> None:
    for action in port:
        action(change)
