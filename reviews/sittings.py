"""A large change in several sittings: a proposal by folders and size, and coverage.

Reviewers of 2,500 reviews at Cisco found most where they read no more than 200 to 400
lines at once, and fewest where they went faster than about 450 lines an hour (J. Cohen
and others, Best Kept Secrets of Peer Code Review, SmartBear 2006, chapter 5).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

MOST_LINES = 400
"""Changed lines up to which a change is read at once."""


class Sized(NamedTuple):
    path: str
    lines: int


def proposed(files: Sequence[Sized], most: int = MOST_LINES) -> dict[str, int]:
    """For each path a sitting from 1, in the order in which folders first come.

    A folder stays together where it fits into a sitting; none has more than `most`
    lines, unless one file alone has. As few as that allows, and about equally long.
    """
    sittings: dict[str, int] = {}
    whole = sum(file.lines for file in files)
    fair = whole / max(ceil(whole / most), 1)
    number, taken = 1, 0
    for folder in _folders(files):
        total = sum(file.lines for file in folder)
        is_full = total <= most < taken + total
        if taken and (is_full or taken + total / 2 > fair):
            number, taken = number + 1, 0
        for file in folder:
            if taken and taken + file.lines > most:
                number, taken = number + 1, 0
            sittings[file.path] = number
            taken += file.lines
    return sittings


def _folders(files: Sequence[Sized]) -> Iterable[list[Sized]]:
    """The files by folder; a path that comes in several mails is one."""
    lines: dict[str, int] = {}
    for file in files:
        lines[file.path] = lines.get(file.path, 0) + file.lines
    folders: dict[str, list[Sized]] = {}
    for path, count in lines.items():
        folders.setdefault(path.rpartition("/")[0], []).append(Sized(path, count))
    return folders.values()


class Read(NamedTuple):
    """A file of the change as one reader has it."""

    number: int
    path: str
    lines: int
    is_viewed: bool


@dataclass(frozen=True, slots=True)
class Sitting:
    """`number` is None for files that nobody has assigned yet."""

    number: int | None
    files: tuple[Read, ...]

    @property
    def key(self) -> int:
        """What an address calls it."""
        return self.number or 0

    @property
    def numbers(self) -> frozenset[int]:
        return frozenset(file.number for file in self.files)

    @property
    def lines(self) -> int:
        return sum(file.lines for file in self.files)

    @property
    def viewed(self) -> int:
        return sum(file.is_viewed for file in self.files)

    @property
    def is_whole(self) -> bool:
        return self.viewed == len(self.files)

    @property
    def next(self) -> Read:
        """The first file that is not viewed yet, else the first."""
        return next((one for one in self.files if not one.is_viewed), self.files[0])


def sitting_called(key: int | None, sittings: Iterable[Sitting]) -> Sitting | None:
    return next((one for one in sittings if one.key == key), None)


def sittings_of(files: Iterable[Read], assigned: Mapping[str, int]) -> list[Sitting]:
    """In the order of their numbers; what came in later than the split is last."""
    by_number: dict[int | None, list[Read]] = {}
    for file in files:
        by_number.setdefault(assigned.get(file.path), []).append(file)
    order = sorted(by_number, key=lambda number: (number is None, number or 0))
    return [Sitting(number, tuple(by_number[number])) for number in order]
