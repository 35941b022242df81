"""Blocks of lines that a change takes out in one place and puts in at another."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from reviews.diffs.change import Change, LineKind

LEAST = 3  # lines of a block that say something
MOST_PLACES = 8  # of the same three lines that are looked at
_SAYS_SOMETHING = re.compile(r"(?:\W*\w){5}")  # in its first 80 characters


class Span(NamedTuple):
    """Lines of one side of a file; the file is counted from 1."""

    file: int
    first: int
    last: int


class Move(NamedTuple):
    old: Span
    new: Span


@dataclass(slots=True)
class _Run:
    """Lines of one kind in a row, those that say something, with their numbers.

    What is removed and what is added in one change share their `change`.
    """

    file: int
    change: int
    numbers: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    is_taken: list[bool] = field(default_factory=list)

    def add(self, number: int, text: str) -> None:
        self.numbers.append(number)
        self.texts.append(text)
        self.is_taken.append(False)

    def span(self, at: int, count: int) -> Span:
        return Span(self.file, self.numbers[at], self.numbers[at + count - 1])


def moves(change: Change) -> list[Move]:
    """Every moved block, in the order of its new places.

    Indentation may differ, and lines that say little (blank, a bracket) neither count
    nor part a block. A line moves once. What stands again in the change that removed
    it has not moved. The time is linear in the size of the change.
    """
    removed, added = _runs(change)
    index: dict[tuple[str, ...], list[tuple[_Run, int]]] = {}
    for run in removed:
        for at in range(len(run.texts) - LEAST + 1):
            places = index.setdefault(tuple(run.texts[at : at + LEAST]), [])
            if len(places) < MOST_PLACES:
                places.append((run, at))
    return [move for run in added for move in _moved_to(run, index)]


def _moved_to(
    run: _Run, index: dict[tuple[str, ...], list[tuple[_Run, int]]]
) -> Iterator[Move]:
    at = 0
    while at + LEAST <= len(run.texts):
        places = index.get(tuple(run.texts[at : at + LEAST]), [])
        found = [(_shared(run, at, *place), place) for place in places]
        count, (source, start) = max(found, key=lambda f: f[0], default=(0, (run, 0)))
        if count < LEAST:
            at += 1
            continue
        source.is_taken[start : start + count] = [True] * count
        yield Move(source.span(start, count), run.span(at, count))
        at += count


def _shared(run: _Run, at: int, source: _Run, start: int) -> int:
    """How many lines from here on are the same and have not been taken."""
    if source.change == run.change:
        return 0
    most = min(len(run.texts) - at, len(source.texts) - start)
    for count in range(most):
        is_taken = source.is_taken[start + count]
        if is_taken or run.texts[at + count] != source.texts[start + count]:
            return count
    return most


def _runs(change: Change) -> tuple[list[_Run], list[_Run]]:
    removed: list[_Run] = []
    added: list[_Run] = []
    kept = LineKind.CONTEXT
    for number, file in enumerate(change.files, 1):
        for hunk in file.hunks:
            is_open = False
            for line in hunk.lines:
                if line.kind is kept:
                    is_open = False
                    continue
                if not is_open:
                    is_open = True
                    removed.append(_Run(number, len(removed)))
                    added.append(_Run(number, len(added)))
                text = line.text.strip()
                if not _SAYS_SOMETHING.match(text, 0, 80):
                    continue
                if line.old_number is not None:
                    removed[-1].add(line.old_number, text)
                elif line.new_number is not None:
                    added[-1].add(line.new_number, text)
    return removed, added
