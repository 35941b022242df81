"""Which files of a change a page holds at once, and which follow in few requests."""

from collections.abc import Iterator, Sequence
from itertools import accumulate

FIRST_FILES, FIRST_ROWS = 8, 400  # that a page draws at once, if not one file is larger
BATCH_ROWS = 12_000  # that one request may bring before there are two
MOST_REQUESTS = 3


def drawn_first(rows: Sequence[int], at: int = 0) -> range:
    """The file at `at`, whatever its size, and the small ones that follow it.

    `rows` counts the rows of each file's table; files are counted from 0.
    """
    end, total = at + 1, rows[at]
    most = min(len(rows), at + FIRST_FILES)
    while end < most and total + rows[end] <= FIRST_ROWS:
        total += rows[end]
        end += 1
    return range(at, end)


def batches(rows: Sequence[int], drawn: range) -> list[range]:
    """The files beside the drawn ones, in at most `MOST_REQUESTS` ranges of them."""
    before, after = range(drawn.start), range(drawn.stop, len(rows))
    most = MOST_REQUESTS - bool(before)
    wanted = -(-sum(rows[at] for at in after) // BATCH_ROWS)
    return [*([before] if before else []), *_parted(rows, after, min(wanted, most))]


def _parted(rows: Sequence[int], files: range, count: int) -> Iterator[range]:
    """Files in about `count` ranges of about as many rows; none of them is empty."""
    if not files:
        return
    sums = list(accumulate(rows[at] for at in files))
    start = files.start
    for part in range(1, count):
        reached = next(
            n for n, total in enumerate(sums) if total * count >= sums[-1] * part
        )
        end = files.start + reached + 1
        if start < end < files.stop:
            yield range(start, end)
            start = end
    yield range(start, files.stop)
