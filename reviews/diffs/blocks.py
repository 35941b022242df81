"""Which old line stands beside which new one."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, zip_longest

from reviews.diffs.change import Hunk, LineKind


@dataclass(frozen=True, slots=True)
class Block:
    """A run of context, or of changes; rows hold indices into the hunk's lines.

    A context row holds the same index twice. In a change the first removed line
    stands beside the first added one, and so on; the shorter side ends in None.
    """

    is_change: bool
    rows: tuple[tuple[int | None, int | None], ...]


def blocks(hunk: Hunk) -> Iterator[Block]:
    kinds = [line.kind for line in hunk.lines]
    runs = groupby(range(len(kinds)), key=lambda at: kinds[at] is not LineKind.CONTEXT)
    for is_change, run in runs:
        places = list(run)
        if not is_change:
            yield Block(False, tuple((at, at) for at in places))
            continue
        old = [at for at in places if kinds[at] is LineKind.REMOVED]
        new = [at for at in places if kinds[at] is LineKind.ADDED]
        yield Block(True, tuple(zip_longest(old, new)))
