"""Whether a pair kept the pace that its program set. Plain dates in, counts out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

Days = tuple[date, date]
"""From the first day to the day before the second."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How many stretches of the cadence had a session, of how many."""

    kept: int
    due: int


def kept(held: Sequence[date], days: Days, rests: Sequence[Days], every: int) -> Kept:
    """Of a pair that stood over `days` and was to meet once in `every` days.

    The stretches are counted from its first day. One that touches a rest does not
    count, nor one that is not over yet, unless the pair has met in it.
    """
    first, after = days
    met_in = {(day - first).days // every for day in held}
    counted = met = number = 0
    start = first
    while start < after:
        end = start + timedelta(days=every)
        is_kept = number in met_in
        rested = any(start < until and since < end for since, until in rests)
        if not rested and (is_kept or end <= after):
            counted += 1
            met += is_kept
        start, number = end, number + 1
    return Kept(met, counted)
