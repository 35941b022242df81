"""What a junior's closed sessions add up to: rows in, shares by month out."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from reviews.calibration import Judged
from reviews.estimates import Share, wilson

FEWEST = 3
"""Below so many flaws a month, or a category on either side, has no point."""

SOUND = 2
"""From this mark on, an explanation holds."""


class Found(NamedTuple):
    """One finding of a session; `root` is the finding that stands for its flaw."""

    pk: int
    root: int
    on: date
    category: str
    verdict: str
    side: str | None


@dataclass(frozen=True, slots=True)
class Sitting:
    """A closed session; `call` and `confidence` are the junior's own."""

    on: date
    driver: str
    is_blind: bool
    call: str | None = None
    confidence: float | None = None
    was_safe: bool | None = None


@dataclass(frozen=True, slots=True)
class Marked:
    """A flaw that the junior explained, and how well: 0 to 3."""

    on: date
    mark: int
    category: str = ""


class Hit(NamedTuple):
    """One thing that counts, and whether it is of those that are asked for."""

    on: date
    is_hit: bool
    category: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """`on` is its first day; `share` is None where there was nothing to count."""

    on: date
    share: Share | None

    @property
    def has_point(self) -> bool:
        return self.share is not None and self.share.n >= FEWEST


@dataclass(frozen=True, slots=True)
class Span:
    """Months from that of `first` to that of `last`, both counted."""

    first: date
    last: date

    def has(self, day: date) -> bool:
        return self.first <= month_of(day) <= self.last


@dataclass(frozen=True, slots=True)
class Compared:
    """A category then and now, as shares of its real flaws."""

    category: str
    then: Share
    now: Share

    @property
    def is_caught_now(self) -> bool:
        """At least one in two, and the interval lies above the share of then."""
        return self.now.value >= 0.5 and self.now.low > self.then.value

    @property
    def is_still_missed(self) -> bool:
        """Fewer than one in four, then and now."""
        return max(self.then.value, self.now.value) < 0.25


def caught(findings: Sequence[Found]) -> list[Hit]:
    """Each real flaw once: whether the junior's blind pass has it."""
    own = _of_junior(findings)
    return [
        Hit(one.on, one.pk in own, one.category)
        for one in findings
        if one.pk == one.root and one.verdict == "real"
    ]


def false_alarms(findings: Sequence[Found]) -> list[Hit]:
    """Each decided flaw of the junior's own pass: whether it is none."""
    own = _of_junior(findings)
    return [
        Hit(one.on, one.verdict == "moot", one.category)
        for one in findings
        if one.pk == one.root and one.pk in own and one.verdict != "undecided"
    ]


def _of_junior(findings: Sequence[Found]) -> set[int]:
    """The flaws that the junior's passes have, by the finding that stands for each."""
    return {one.root for one in findings if one.side == "junior"}


def rejections(sittings: Iterable[Sitting]) -> list[Hit]:
    """Each change that proved safe: whether the junior said no to it."""
    safe = (one for one in sittings if one.was_safe and one.is_blind)
    return [Hit(one.on, one.call == "reject") for one in safe]


def judged(sittings: Iterable[Sitting]) -> list[Judged]:
    """The junior's confidences that can be held against what came out."""
    return [
        Judged(one.confidence, one.was_safe)
        for one in sittings
        if one.is_blind and one.confidence is not None and one.was_safe is not None
    ]


def explained(marks: Iterable[Marked]) -> list[Hit]:
    return [Hit(one.on, one.mark >= SOUND, one.category) for one in marks]


def share(hits: Iterable[Hit]) -> Share | None:
    counted = [hit.is_hit for hit in hits]
    return wilson(sum(counted), len(counted))


def by_month(hits: Iterable[Hit]) -> list[Month]:
    """Every month from the first that has something to the last, empty ones too."""
    months = defaultdict(list)
    for hit in hits:
        months[month_of(hit.on)].append(hit)
    if not months:
        return []
    span = Span(min(months), max(months))
    return [Month(on, share(months[on])) for on in _months(span)]


def marks_by_month(marks: Sequence[Marked]) -> list[tuple[date, Counter[int]]]:
    months: dict[date, Counter[int]] = defaultdict(Counter)
    for one in marks:
        months[month_of(one.on)][one.mark] += 1
    return sorted(months.items())


def then_and_now(starts_on: date, today: date) -> tuple[Span, Span] | None:
    """The first and the last months of a year so far, three each once it is half over.

    None in the first two months, of which none can be compared with another.
    """
    first, last = month_of(starts_on), month_of(today)
    width = min(3, (_number(last) - _number(first) + 1) // 2)
    if width < 1:
        return None
    return Span(first, _shifted(first, width - 1)), Span(
        _shifted(last, 1 - width), last
    )


def compared(hits: Sequence[Hit], then: Span, now: Span) -> list[Compared]:
    """Categories with at least `FEWEST` flaws on both sides, the most gained first."""
    before = dict(by_category([hit for hit in hits if then.has(hit.on)]))
    after = dict(by_category([hit for hit in hits if now.has(hit.on)]))
    rows = [
        Compared(name, before[name], after[name])
        for name in sorted(before.keys() & after.keys())
        if min(before[name].n, after[name].n) >= FEWEST
    ]
    return sorted(rows, key=lambda row: row.then.value - row.now.value)


def by_category(hits: Sequence[Hit]) -> list[tuple[str, Share]]:
    """Every category that was met, the most often met first."""
    met = Counter(hit.category for hit in hits)
    caught_of = Counter(hit.category for hit in hits if hit.is_hit)
    shares = ((name, wilson(caught_of[name], n)) for name, n in met.most_common())
    return [(name, own) for name, own in shares if own]


def month_of(day: date) -> date:
    return day.replace(day=1)


def _months(span: Span) -> Iterator[date]:
    on = span.first
    while on <= span.last:
        yield on
        on = _shifted(on, 1)


def _number(month: date) -> int:
    return month.year * 12 + month.month - 1


def _shifted(month: date, by: int) -> date:
    year, at = divmod(_number(month) + by, 12)
    return date(year, at + 1, 1)
