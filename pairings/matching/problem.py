"""A cohort under its rules as numbers: who can go where, at which score."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from msgspec import Struct

from pairings.matching.columns import Bools, Columns, Ints, columns
from pairings.matching.eligibility import Barriers, barriers, relaxable
from pairings.matching.errors import (
    BadNumber,
    Cancelled,
    CannotRelax,
    NoWeights,
    PinnedOver,
    PinnedTwice,
    SelfPin,
    UnknownPin,
)
from pairings.matching.people import JuniorIn, MentorIn, Pin
from pairings.matching.rules import (
    CAPACITY,
    FIXED,
    Aim,
    Criterion,
    Rules,
    Weights,
)
from pairings.matching.scoring import Scorer, scorer

Progress = Callable[[int, int], bool | None]
"""Told the steps done and all steps; answers False to stop the run."""

NOBODY = -1


class Inputs(Struct, frozen=True, array_like=True):
    """All that a run depends on; the same inputs give the same outcome."""

    juniors: tuple[JuniorIn, ...]
    mentors: tuple[MentorIn, ...]
    rules: Rules
    weights: Weights
    aim: Aim
    pins: tuple[Pin, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """The pairs that may be made, by index, in the order of junior and then mentor.

    `seats` are what is free for the run under every rule, after the pins; `extra` what
    comes on top when capacity gives way last. `pinned` is the mentor whom a junior is
    held to, or NOBODY.
    """

    inputs: Inputs
    people: Columns
    barriers: Barriers
    scorer: Scorer
    juniors: Ints
    mentors: Ints
    scores: Ints
    relaxed: Bools  # only with the rule that gives way
    seats: Ints
    extra: Ints
    pinned: Ints

    @property
    def size(self) -> tuple[int, int]:
        return len(self.people.juniors), len(self.people.mentors)

    def between(self, junior: int) -> slice:
        """Where the pairs of a junior stand."""
        low, high = np.searchsorted(self.juniors, [junior, junior + 1])
        return slice(int(low), int(high))


def check(inputs: Inputs) -> None:
    """Raises a CannotMatch where `prepare` would, without looking at the pairs."""
    _check(inputs.rules, inputs.weights)
    people = columns(inputs.juniors, inputs.mentors)
    _seats(people, inputs.rules, _pinned(people, inputs.pins))


def prepare(inputs: Inputs, progress: Callable[[int], None] | None = None) -> Problem:
    """Checks the inputs and finds every pair that may be made, with its score.

    Calls `progress` after each block of juniors with the number of blocks done.
    Raises a CannotMatch that says what contradicts what.
    """
    _check(inputs.rules, inputs.weights)
    people = columns(inputs.juniors, inputs.mentors)
    pinned = _pinned(people, inputs.pins)
    seats, extra = _seats(people, inputs.rules, pinned)
    walls = barriers(people, inputs.rules)
    gives_way = relaxable(inputs.rules)
    found: list[tuple[Ints, Ints, Bools]] = []
    for done, (first, marks) in enumerate(walls.blocks(), start=1):
        rows, cells = np.nonzero((marks & ~np.uint16(gives_way)) == 0)
        found.append((rows + first, cells, marks[rows, cells] > 0))
        if progress:
            progress(done)
    empty = np.zeros(0, np.int64)
    js = np.concatenate([empty, *(one[0] for one in found)])
    ms = np.concatenate([empty, *(one[1] for one in found)])
    relaxed = np.concatenate([empty > 0, *(one[2] for one in found)])
    free = pinned[js] == NOBODY
    js, ms, relaxed = js[free], ms[free], relaxed[free]
    judge = scorer(people, inputs.rules, inputs.weights)
    score = judge.scores(js, ms)
    return Problem(
        inputs, people, walls, judge, js, ms, score, relaxed, seats, extra, pinned
    )


def _check(rules: Rules, weights: Weights) -> None:
    all_weights = [weights.of(criterion) for criterion in Criterion]
    if min(all_weights) < 0 or not any(all_weights):
        raise NoWeights
    if rules.minutes_per_junior <= 0:
        raise BadNumber(None, "minutes_per_junior")
    for name in ("min_overlap_minutes", "min_tenure_months"):
        if getattr(rules, name) < 0:
            raise BadNumber(None, name)
    if rules.relax_last in FIXED:
        raise CannotRelax(rules.relax_last)


def _pinned(people: Columns, pins: Iterable[Pin]) -> Ints:
    """The mentor of each pinned junior. Raises on pins that contradict each other."""
    row = {junior.id: n for n, junior in enumerate(people.juniors)}
    column = {mentor.id: n for n, mentor in enumerate(people.mentors)}
    pinned = np.full(len(row), NOBODY, np.int64)
    for pin in sorted(set(pins)):
        if pin.junior not in row or pin.mentor not in column:
            raise UnknownPin(pin)
        j, m = row[pin.junior], column[pin.mentor]
        if people.juniors[j].person == people.mentors[m].person:
            raise SelfPin(pin)
        if pinned[j] != NOBODY:
            first = people.mentors[pinned[j]].id
            raise PinnedTwice(pin.junior, (first, pin.mentor))
        pinned[j] = m
    return pinned


def seats_left(
    mentor: MentorIn, rules: Rules, held: int, enough: int
) -> tuple[int, int]:
    """Free seats under every rule, and what comes on top where capacity gives way.

    `held` are pinned, `enough` stands for no limit. Below 0 where pins hold too many.
    """
    seats = most = _free_seats(mentor, rules, enough)
    if rules.relax_last in CAPACITY:
        most = _free_seats(mentor, rules.without(rules.relax_last), enough)
    left = max(seats - held, 0)
    return left, most - held - left


def _free_seats(mentor: MentorIn, rules: Rules, enough: int) -> int:
    seats = rules.seats(mentor.heads, mentor.weekly_minutes)
    return enough if seats is None else min(enough, max(0, seats - mentor.taken))


def _seats(people: Columns, rules: Rules, pinned: Ints) -> tuple[Ints, Ints]:
    """Free seats and what gives way, after the pins. Raises PinnedOver."""
    enough = len(people.juniors)
    held = Counter(pinned[pinned != NOBODY].tolist())
    found = np.zeros((2, len(people.mentors)), np.int64)
    for m, mentor in enumerate(people.mentors):
        found[:, m] = seats, extra = seats_left(mentor, rules, held[m], enough)
        if seats + extra < 0:
            raise PinnedOver(mentor.id, held[m], held[m] + seats + extra)
    return found[0], found[1]


def stepper(progress: Progress | None, steps: int) -> Callable[[int], None]:
    """Passes steps on to the caller, and raises Cancelled when they answer False."""

    def step(done: int) -> None:
        if progress is not None and progress(min(done, steps), steps) is False:
            raise Cancelled

    return step
