"""Carries places in a change over to its next version, by content and never by hope.

A place is a run of lines on one side of a file. It is carried where the same run
stands, character for character, and one of three things says that it is that run and no
double: what is around it, its being the only one of its kind, or its being the only one
between two lines that are. Otherwise nothing is said: `None`.
"""

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from reviews.diffs import Change, File, Kind, Side

AROUND = 40
MOST_CANDIDATES = 100
"""Of a line that stands in a file more often, the nearest ones are looked at."""

LEAST_TELLING = 8
"""Letters and digits that surroundings need to say where one is: a brace has none."""

LONGEST_STRETCH = 400
"""Lines around a run in which one is looked for that tells and stands once."""

LEAST_ALIKE = 0.5
"""Share of equal lines from which a file under a new name is the same file."""


@dataclass(frozen=True, slots=True)
class Place:
    """Lines `first` to `last` of one side of a file; without lines the whole file."""

    path: str
    side: Side = Side.NEW
    first: int | None = None
    last: int | None = None


class Lines:
    """What a change shows of one side of a file, in order.

    `is_whole` where that is every line: of a file that comes, or that goes.
    """

    def __init__(self, files: Sequence[File], side: Side) -> None:
        whole = Kind.DELETED if side is Side.OLD else Kind.ADDED
        self.is_whole = [file.kind for file in files] == [whole]
        self.texts: list[str] = []
        self.numbers: list[int] = []
        for file in files:
            for hunk in file.hunks:
                for line in hunk.lines:
                    is_old = side is Side.OLD
                    number = line.old_number if is_old else line.new_number
                    if number is not None:
                        self.texts.append(line.text)
                        self.numbers.append(number)

    @cached_property
    def at_number(self) -> dict[int, int]:
        """The first index of each number: a path may occur in several mails."""
        found: dict[int, int] = {}
        for at, number in enumerate(self.numbers):
            found.setdefault(number, at)
        return found

    @cached_property
    def at_text(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for at, text in enumerate(self.texts):
            found[text].append(at)
        return found

    def is_run(self, at: int, length: int) -> bool:
        """Whether the lines from `at` on follow each other in the file."""
        end = at + length - 1
        return (
            at >= 0
            and end < len(self.numbers)
            and (self.numbers[end] - self.numbers[at] == length - 1)
        )

    def adjoins(self, at: int) -> bool:
        """Whether the line at `at` follows the one before it in the file."""
        return 0 < at < len(self.numbers) and self.is_run(at - 1, 2)


class Carrier:
    """From one version of a change to another; looks at each file once."""

    def __init__(self, old: Change, new: Change) -> None:
        self.old, self.new = _by_path(old), _by_path(new)
        self.pairs: dict[str, str | None] = {}
        self.lines: dict[tuple[bool, str, Side], Lines] = {}

    def carried(self, place: Place) -> Place | None:
        """Where the place is now, or None where it is not to be found any more."""
        if not place.path:
            return place
        path = self._path(place.path)
        if path is None:
            return None
        if place.first is None or place.last is None:
            return replace(place, path=path)
        before = self._lines(False, place.path, place.side)
        after = self._lines(True, path, place.side)
        at = before.at_number.get(place.first)
        length = place.last - place.first + 1
        if at is None or not before.is_run(at, length):
            return None
        found = _found(before, at, length, after)
        if found is None:
            return None
        first = after.numbers[found]
        return Place(path, place.side, first, first + length - 1)

    def _lines(self, is_new: bool, path: str, side: Side) -> Lines:
        key = is_new, path, side
        if key not in self.lines:
            files = self.new if is_new else self.old
            self.lines[key] = Lines(files.get(path, ()), side)
        return self.lines[key]

    def _path(self, path: str) -> str | None:
        if path not in self.pairs:
            self.pairs[path] = self._same_file(path)
        return self.pairs[path]

    def _same_file(self, path: str) -> str | None:
        """The file of that name, else the one that it was renamed to, else its like."""
        if path in self.new:
            return path
        if path not in self.old:
            return None
        before = {file.old_path for file in self.old[path]} | {path}
        for name, files in self.new.items():
            if any(file.old_path in before for file in files if file.old_path):
                return name
        return self._most_alike(path)

    def _most_alike(self, path: str) -> str | None:
        """Among files that are new in the new version, by the lines that they share."""
        own = Counter(self._lines(False, path, Side.NEW).texts)
        best: tuple[float, str] = (LEAST_ALIKE, "")
        for name in self.new:
            if name in self.old:
                continue
            theirs = Counter(self._lines(True, name, Side.NEW).texts)
            total = max(own.total(), theirs.total())
            alike = (own & theirs).total() / total if total else 0.0
            best = max(best, (alike, name))
        return best[1] or None


def _by_path(change: Change) -> dict[str, list[File]]:
    found: dict[str, list[File]] = defaultdict(list)
    for file in change.files:
        found[file.path].append(file)
    return dict(found)


def _found(before: Lines, at: int, length: int, after: Lines) -> int | None:
    """The index in `after` of the run that stands at `at` in `before`."""
    if before.texts == after.texts:
        return at
    run = before.texts[at : at + length]
    candidates = _candidates(before, at, length, after)
    same = [
        start
        for start in candidates
        if after.is_run(start, length) and after.texts[start : start + length] == run
    ]
    if not same:
        return None
    around = {start: _around(before, at, after, start, length) for start in same}
    expected = at + _drift(before, at, after)
    best = min(same, key=lambda start: (-sum(around[start]), abs(start - expected)))
    above, below = around[best]
    context = before.texts[at - above : at] + before.texts[at + length :][:below]
    if _tells(context) or (_tells(run) and _is_lone(run, before, after)):
        return best
    return _between(before, at, length, after)


def _between(before: Lines, at: int, length: int, after: Lines) -> int | None:
    """The run where a comparison of the two versions says that it stayed as it is.

    A brace says nothing by itself, and the lines beside it may all be new. But between
    two lines that tell and stand once on either side it is the same one, if there is
    no other in between in either.
    """
    above = _mark(before, range(at - 1, at - LONGEST_STRETCH, -1), after)
    below = _mark(before, range(at + length, at + LONGEST_STRETCH), after)
    if above is None or below is None or not 0 < below[1] - above[1] < LONGEST_STRETCH:
        return None
    run = before.texts[at : at + length]
    if _spots(before, above[0], below[0], run) != [at]:
        return None
    found = _spots(after, above[1], below[1], run)
    return found[0] if len(found) == 1 else None


def _mark(before: Lines, spots: range, after: Lines) -> tuple[int, int] | None:
    """The first of the spots that tells and stands once on either side, in both.

    The ends of a file that is shown whole are marks too.
    """
    is_whole = before.is_whole and after.is_whole
    for spot in spots:
        if not 0 <= spot < len(before.texts):
            ends = (-1, -1) if spot < 0 else (spot, len(after.texts))
            return ends if is_whole else None
        text = before.texts[spot]
        if _tells([text]) and _is_lone([text], before, after):
            return spot, after.at_text[text][0]
    return None


def _spots(lines: Lines, above: int, below: int, run: Sequence[str]) -> list[int]:
    """Where the run stands between two lines; nowhere if not all between is shown."""
    first, last = max(above, 0), min(below, len(lines.texts) - 1)
    if not lines.is_run(first, last - first + 1):
        return []
    return [
        at
        for at in range(above + 1, below - len(run) + 1)
        if lines.texts[at : at + len(run)] == run
    ]


def _candidates(before: Lines, at: int, length: int, after: Lines) -> Iterator[int]:
    """Starts at which the run's rarest line would be in its place, those near it."""
    spots: list[int] = []
    rarest = 0
    for step in range(length):
        found = after.at_text.get(before.texts[at + step], [])
        if step == 0 or len(found) < len(spots):
            spots, rarest = found, step
    expected = bisect(spots, at + _drift(before, at, after) + rarest)
    half = MOST_CANDIDATES // 2
    for spot in spots[max(expected - half, 0) : expected + half]:
        yield spot - rarest


def _around(
    before: Lines, at: int, after: Lines, start: int, length: int
) -> tuple[int, int]:
    """How many lines in a row are equal, above the run and below it."""
    above = below = 0
    while (
        above < AROUND
        and before.adjoins(at - above)
        and after.adjoins(start - above)
        and before.texts[at - above - 1] == after.texts[start - above - 1]
    ):
        above += 1
    while (
        below < AROUND
        and before.adjoins(at + length + below)
        and after.adjoins(start + length + below)
        and before.texts[at + length + below] == after.texts[start + length + below]
    ):
        below += 1
    return above, below


def _drift(before: Lines, at: int, after: Lines) -> int:
    """How far lines have moved that there is one of, by the nearest such line."""
    for step in range(AROUND):
        for near in (at - step, at + step):
            if 0 <= near < len(before.texts):
                text = before.texts[near]
                if len(before.at_text[text]) == len(after.at_text.get(text, ())) == 1:
                    return after.at_text[text][0] - near
    return 0


def _tells(texts: Sequence[str]) -> bool:
    return sum(map(str.isalnum, "".join(texts))) >= LEAST_TELLING


def _is_lone(run: Sequence[str], before: Lines, after: Lines) -> bool:
    """Whether one of the lines stands once on either side."""
    return any(
        len(before.at_text[text]) == len(after.at_text.get(text, ())) == 1
        for text in run
    )
