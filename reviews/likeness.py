"""Which findings of the two may point at the same flaw, by place and by category.

A proposal that the pair confirms or refuses; nothing is joined by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from reviews.flaws import Flaw
from reviews.models import Finding, Placement
from reviews.taxonomy import group_of


class Meeting(StrEnum):
    """Where two findings meet, the most telling first."""

    LINES = "lines"
    TURN = "turn"
    FILE = "file"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two flaws that may be one: `one` is the junior's, unless only one is known."""

    one: Flaw
    other: Flaw
    meeting: Meeting
    is_same_category: bool


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place on one revision (None where none is known); lines are inclusive."""

    revision: int | None
    path: str
    side: str
    first: int | None
    last: int | None


def proposed(
    flaws: Iterable[Flaw], distinct: set[tuple[int, int]] | None = None
) -> list[Proposal]:
    """Pairs of flaws that one of the two alone saw, each flaw at most once.

    `distinct` holds pairs of findings, the lower number first, that were called two.
    The likeliest pair is taken first: by where they meet, then by category.
    """
    flaws = list(flaws)
    alone = [[f for f in flaws if f.sides == {side}] for side in ("junior", "mentor")]
    likely = [
        pair
        for one, other in product(*alone)
        if not _is_distinct(one, other, distinct or set())
        and (pair := _proposal(one, other)) is not None
    ]
    likely.sort(key=_rank)
    taken: set[int] = set()
    chosen = []
    for pair in likely:
        if not taken & {pair.one.pk, pair.other.pk}:
            taken |= {pair.one.pk, pair.other.pk}
            chosen.append(pair)
    return chosen


def _rank(pair: Proposal) -> tuple[int, bool, int, int]:
    where = list(Meeting).index(pair.meeting)
    return where, not pair.is_same_category, pair.one.pk, pair.other.pk


def _is_distinct(one: Flaw, other: Flaw, distinct: set[tuple[int, int]]) -> bool:
    pairs = product(one.findings, other.findings)
    return any((min(a.pk, b.pk), max(a.pk, b.pk)) in distinct for a, b in pairs)


def _proposal(one: Flaw, other: Flaw) -> Proposal | None:
    found = [
        (list(Meeting).index(meeting), a.category != b.category)
        for a, b in product(one.findings, other.findings)
        if (meeting := meet(a, b)) is not None
    ]
    if not found:
        return None
    where, differs = min(found)
    return Proposal(one, other, list(Meeting)[where], not differs)


def meet(a: Finding, b: Finding) -> Meeting | None:
    """Where two findings meet, if their categories allow that they are one.

    On common lines or a common turn the categories need but share their group, since
    two people name one flaw differently; otherwise only the same category tells.
    """
    if group_of(a.category) != group_of(b.category):
        return None
    pairs = list(product(_spots(a), _spots(b)))
    if any(_overlap(one, other) for one, other in pairs):
        return Meeting.LINES
    if a.turn is not None or b.turn is not None:
        is_one = (a.transcript_id, a.turn) == (b.transcript_id, b.turn)
        return Meeting.TURN if is_one else None
    if a.category != b.category:
        return None
    if any(_same_file(one, other) for one, other in pairs):
        return Meeting.FILE
    return Meeting.CHANGE if not a.path and not b.path else None


def _spots(finding: Finding) -> list[_Spot]:
    """Its own place, and where `stand` found it on later revisions."""
    later = (p for p in finding.placed if not p.is_outdated)
    own = finding.stands_on or finding.revision_id
    rows: list[tuple[int | None, Finding | Placement]] = [
        (own, finding),
        *((row.revision_id, row) for row in later),
    ]
    return [
        _Spot(revision, row.path, row.file_side, row.line_from, row.line_to)
        for revision, row in rows
        if row.path
    ]


def _overlap(a: _Spot, b: _Spot) -> bool:
    if not (a.first and a.last and b.first and b.last):
        return False
    return (
        (a.revision, a.path, a.side) == (b.revision, b.path, b.side)
        and a.first <= b.last
        and b.first <= a.last
    )


def _same_file(a: _Spot, b: _Spot) -> bool:
    """At least one of them is about the file as a whole."""
    is_whole = a.first is None or b.first is None
    return is_whole and (a.revision, a.path) == (b.revision, b.path)
