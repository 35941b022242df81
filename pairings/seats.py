"""How many juniors a mentor has at once."""

from collections.abc import Iterable
from datetime import date


def peak(spans: Iterable[tuple[date, date]], start: date, end: date) -> int:
    """The most spans that hold on one day of `[start, end)`; each is half-open too."""
    edges = sorted(
        edge
        for first, after in spans
        if max(first, start) < min(after, end)
        for edge in ((max(first, start), 1), (min(after, end), -1))
    )
    now = most = 0
    for _day, step in edges:
        now += step
        most = max(most, now)
    return most
