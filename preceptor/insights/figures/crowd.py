"""When a number of the room may leave it: enough people behind it that it is of none.

What juniors caught, how sure they said they were and how their explanations were marked
is the pair's. A sum of it is shown where at least five juniors stand behind it, and
where whoever knows the part of their own juniors, being their mentor, still looks at
the sum of two others at least.

A table of such sums is safe against subtraction: what is too few goes into a rest,
which takes along the smallest rows until it is a crowd itself. So no row is the
difference of the total and the others.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

FEWEST = 5
FEWEST_OTHERS = 2


class OfPair(Protocol):
    """A part of a sum, and the two whose room it is from."""

    @property
    def junior(self) -> int: ...

    @property
    def mentor(self) -> int: ...


Part = TypeVar("Part", bound=OfPair)
Key = TypeVar("Key", bound=Hashable)


def is_crowd(parts: Iterable[OfPair]) -> bool:
    pairs = {(part.junior, part.mentor) for part in parts}
    juniors = len({junior for junior, _mentor in pairs})
    known = max(Counter(mentor for _junior, mentor in pairs).values(), default=0)
    return juniors >= FEWEST and juniors - known >= FEWEST_OTHERS


@dataclass(frozen=True, slots=True)
class Cells(Generic[Key, Part]):
    """The parts of each row that is shown, and those of the rest, which may be none."""

    shown: Mapping[Key, Sequence[Part]]
    rest: Sequence[Part]


def cells(groups: Mapping[Key, Sequence[Part]]) -> Cells[Key, Part]:
    """Rows that may be shown, the largest first; nothing at all where none may."""
    by_size = sorted(groups.items(), key=lambda one: (-_people(one[1]), str(one[0])))
    shown = {key: parts for key, parts in by_size if is_crowd(parts)}
    rest = [part for key, parts in by_size if key not in shown for part in parts]
    while shown and rest and not is_crowd(rest):
        _key, parts = shown.popitem()
        rest.extend(parts)
    return Cells(shown, rest) if shown else Cells({}, [])


def _people(parts: Iterable[OfPair]) -> int:
    return len({part.junior for part in parts})
