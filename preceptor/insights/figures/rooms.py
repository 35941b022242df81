"""What the sessions of a program found over a quarter, of its closed months alone.

What is the room's (flaws, verdicts, confidences, marks) is counted over *open* months
only: those in which a crowd of juniors had a flaw to catch. The share that they caught
alone is shown for each such month, and for the quarter as the sum of them. All else of
the room is shown for a whole quarter that is over. So no two figures differ by a few
people: months and quarters do not overlap, and what is added up was shown before.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TypeVar

import msgspec

from preceptor.insights.figures.crowd import OfPair, cells, is_crowd
from preceptor.insights.figures.estimates import (
    Figure,
    Part,
    Reason,
    Withheld,
    share,
)
from preceptor.insights.figures.months import Calls, Flaws, Marks, Month, Said
from reviews.calibration import BANDS
from reviews.tally import SOUND

PRACTISED = 3
"""How many kinds of flaws are named to practise."""
Own = TypeVar("Own", bound=OfPair)
Key = TypeVar("Key", bound=Hashable)


class Sum(msgspec.Struct, frozen=True, gc=False):
    """What a pair has of something: hits of so many."""

    junior: int
    mentor: int
    hits: float
    n: float


@dataclass(frozen=True)
class Row:
    """One kind of flaw or one tool; `key` is empty for all those that are too few.

    `own` are its sums, `whole` of how many real flaws each junior has a part. A tool
    has rows of its models.
    """

    key: str
    own: Sequence[Sum]
    whole: Sequence[Part]
    parts: tuple["Row", ...] = ()

    @cached_property
    def part(self) -> Figure:
        """Its share of all real flaws."""
        return _part(self.whole, self.own)

    @cached_property
    def caught(self) -> Figure:
        """What juniors caught of it alone."""
        return _of_sums(self.own)

    @property
    def missed(self) -> int:
        """How many of them the juniors did not catch."""
        if isinstance(self.caught, Withheld):
            return 0
        return round(self.caught.n * (1 - self.caught.value))


@dataclass(frozen=True, slots=True)
class Band:
    """Confidences from `low` to `high`, `said` on average; None for those too few.

    `safe` is what of these changes was.
    """

    low: float | None
    high: float | None
    said: float
    safe: Figure


@dataclass(frozen=True, slots=True)
class Marked:
    """`mark` is 0 to 3; None for those too few to be told apart."""

    mark: int | None
    part: Figure


@dataclass(frozen=True)
class Room:
    """The open months of a quarter, and what was counted in them.

    Each figure is reckoned when it is asked for: a large program has tens of
    thousands of rows, and a report shows some of the figures only.
    """

    months: tuple[date, ...]
    flaws: Sequence[Flaws]
    calls: Sequence[Calls]
    said: Sequence[Said]
    marked: Sequence[Marks]

    @cached_property
    def caught(self) -> Figure:
        return of_crowd(self.flaws, caught_of)

    @property
    def rejected(self) -> Figure:
        """The share of safe changes that juniors said no to."""
        return of_crowd(self.calls, lambda row: (row.rejected, row.safe))

    @property
    def brier(self) -> Figure:
        """The mean squared distance of their confidences from what came out."""
        return of_crowd(
            self.said, lambda row: ((row.confidence - row.was_safe) ** 2, 1)
        )

    @property
    def sound(self) -> Figure:
        """The share of marked explanations that hold."""
        return of_crowd(self.marked, lambda row: (row.n * (row.mark >= SOUND), row.n))

    @property
    def bands(self) -> tuple[Band, ...]:
        return _bands(self.said)

    @property
    def marks(self) -> tuple[Marked, ...]:
        return _marks(self.marked)

    @cached_property
    def categories(self) -> tuple[Row, ...]:
        return _rows(self.flaws, lambda row: row.category)

    @property
    def severities(self) -> tuple[Row, ...]:
        return _rows(self.flaws, lambda row: row.severity)

    @property
    def tools(self) -> tuple[Row, ...]:
        """Each with its models: what is a rest of tools is no more told apart."""
        of_tool = _grouped(self.flaws, lambda row: row.tool)
        return tuple(
            replace(row, parts=_rows(of_tool[row.key], lambda one: one.model))
            if row.key
            else row
            for row in _rows(self.flaws, lambda row: row.tool)
        )

    @property
    def practise(self) -> tuple[Row, ...]:
        """The kinds of flaws missed most often."""
        known = [row for row in self.categories if row.key and row.missed]
        return tuple(sorted(known, key=lambda row: -row.missed)[:PRACTISED])


def room_of(months: Mapping[date, Month]) -> Room:
    opened = {on: month for on, month in months.items() if is_crowd(month.flaws)}
    every = opened.values()
    return Room(
        months=tuple(opened),
        flaws=[row for month in every for row in month.flaws],
        calls=[row for month in every for row in month.calls],
        said=[row for month in every for row in month.confidences],
        marked=[row for month in every for row in month.marks],
    )


def caught_of(row: Flaws) -> tuple[float, float]:
    return row.caught, row.n


def of_crowd(
    rows: Iterable[Own], counted: Callable[[Own], tuple[float, float]]
) -> Figure:
    """A share over juniors, unless it is of too few."""
    return _of_sums(_summed(rows, lambda _row: "", counted).get("", ()))


def _of_sums(sums: Sequence[Sum]) -> Figure:
    told = [one for one in sums if one.n]
    if told and not is_crowd(told):
        return Withheld(Reason.CROWD)
    return share((one.junior, one.hits, one.n) for one in told)


def _summed(
    rows: Iterable[Own],
    key: Callable[[Own], Key],
    counted: Callable[[Own], tuple[float, float]],
) -> dict[Key, list[Sum]]:
    """What each pair has of each key. One pass over the rows, however many there are.

    The pairs are few beside the rows, so all else is reckoned from these sums.
    """
    all_hits: dict[tuple[Key, int, int], float] = defaultdict(float)
    all_n: dict[tuple[Key, int, int], float] = defaultdict(float)
    for row in rows:
        hits, n = counted(row)
        at = (key(row), row.junior, row.mentor)
        all_hits[at] += hits
        all_n[at] += n
    groups: dict[Key, list[Sum]] = defaultdict(list)
    for at, n in all_n.items():
        name, junior, mentor = at
        groups[name].append(Sum(junior, mentor, all_hits[at], n))
    return groups


def _rows(flaws: Sequence[Flaws], key: Callable[[Flaws], str]) -> tuple[Row, ...]:
    """A row for each that is a crowd, and one of the rest."""
    sums = _summed(flaws, key, caught_of)
    whole = _whole(one for own in sums.values() for one in own)
    found = cells(sums)
    rows = [Row(name, own, whole) for name, own in found.shown.items()]
    rows.sort(key=lambda row: (-_n(row.caught), row.key))
    if rest := found.rest:
        rows.append(Row("", rest, whole))
    return tuple(rows)


def _whole(sums: Iterable[Sum]) -> list[Part]:
    """Of how many each junior has a part."""
    counts: dict[int, float] = defaultdict(float)
    for one in sums:
        counts[one.junior] += one.n
    return [(junior, 0, n) for junior, n in counts.items()]


def _part(whole: Sequence[Part], own: Iterable[Sum]) -> Figure:
    """What share of all they are, over the juniors of all."""
    return share([*((one.junior, one.n, 0) for one in own), *whole])


def _n(figure: Figure) -> int:
    return 0 if isinstance(figure, Withheld) else figure.n


def _bands(said: Sequence[Said]) -> tuple[Band, ...]:
    """From unsafe to safe, then those that are too few."""

    def band(row: Said) -> int:
        value = round(row.confidence, 2)
        return next(n for n, (low, high) in enumerate(BANDS) if low <= value <= high)

    found = cells(_grouped(said, band))
    rows = [
        Band(*BANDS[n], _mean(own), of_crowd(own, _safe))
        for n, own in sorted(found.shown.items())
    ]
    if rest := found.rest:
        rows.append(Band(None, None, _mean(rest), of_crowd(rest, _safe)))
    return tuple(rows)


def _safe(row: Said) -> tuple[float, float]:
    return row.was_safe, 1


def _mean(said: Sequence[Said]) -> float:
    return sum(row.confidence for row in said) / len(said)


def _marks(marks: Sequence[Marks]) -> tuple[Marked, ...]:
    """From "not yet" up, then those that are too few."""
    sums = _summed(marks, lambda row: row.mark, lambda row: (0, row.n))
    whole = _whole(one for own in sums.values() for one in own)
    found = cells(sums)
    groups: list[tuple[int | None, Sequence[Sum]]] = [*sorted(found.shown.items())]
    if found.rest:
        groups.append((None, found.rest))
    return tuple(Marked(mark, _part(whole, own)) for mark, own in groups)


def _grouped(rows: Iterable[Own], key: Callable[[Own], Key]) -> dict[Key, list[Own]]:
    groups: dict[Key, list[Own]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups
