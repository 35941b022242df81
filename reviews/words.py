"""Which words differ between an old and a new version of one line."""

import re
from enum import StrEnum

# Beyond this many words on either side, between what both lines share at their ends,
# the middle is marked as a whole: the comparison is quadratic.
MOST_WORDS = 40
LONGEST = 1_000

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")

Marks = list[tuple[int, int]]


class Blank(StrEnum):
    """What a change of a line amounts to where no word of it changed."""

    SPACE = "space"
    LINE_END = "line end"


def blank_change(old: str, new: str) -> Blank | None:
    """None where more than whitespace differs, or nothing does."""
    if old == new:
        return None
    if old.rstrip("\r") == new.rstrip("\r"):
        return Blank.LINE_END
    return Blank.SPACE if "".join(old.split()) == "".join(new.split()) else None


def changed_words(old: str, new: str) -> tuple[Marks, Marks]:
    """Spans (start, end) of the words that differ, for each of the two lines.

    Both are empty when the lines are equal, too long, or share less than half of
    their characters, blanks not counted.
    """
    if old == new or max(len(old), len(new)) > LONGEST:
        return [], []
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    kept = _kept(before, after)
    shared = sum(len(before[at].strip()) for at, _ in kept)
    if shared * 2 < max(len("".join(line.split())) for line in (old, new)):
        return [], []
    return _spans(before, {at for at, _ in kept}), _spans(after, {at for _, at in kept})


def _kept(before: list[str], after: list[str]) -> list[tuple[int, int]]:
    """Places of the words that stay: both ends, and the longest way through between."""
    most = min(len(before), len(after))
    head = 0
    while head < most and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < most - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    ends = len(before) - tail, len(after) - tail
    middle: list[tuple[int, int]] = []
    if max(ends[0] - head, ends[1] - head) <= MOST_WORDS:
        middle = _subsequence(before[head : ends[0]], after[head : ends[1]])
    return [
        *((at, at) for at in range(head)),
        *((head + left, head + right) for left, right in middle),
        *((ends[0] + at, ends[1] + at) for at in range(tail)),
    ]


def _subsequence(before: list[str], after: list[str]) -> list[tuple[int, int]]:
    """Longest common subsequence, by the table of Wagner and Fischer."""
    best = [[0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for left in range(len(before) - 1, -1, -1):
        row, below, word = best[left], best[left + 1], before[left]
        for right in range(len(after) - 1, -1, -1):
            if word == after[right]:
                row[right] = below[right + 1] + 1
            else:
                row[right] = max(below[right], row[right + 1])
    pairs = []
    left = right = 0
    while left < len(before) and right < len(after):
        if before[left] == after[right]:
            pairs.append((left, right))
            left, right = left + 1, right + 1
        elif best[left + 1][right] >= best[left][right + 1]:
            left += 1
        else:
            right += 1
    return pairs


def _spans(words: list[str], kept: set[int]) -> Marks:
    spans: Marks = []
    position = 0
    for at, word in enumerate(words):
        end = position + len(word)
        if at not in kept:
            if spans and spans[-1][1] == position:
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((position, end))
        position = end
    return spans
