"""The smallest change that would place a junior who has no mentor.

Smallest is what comes first in this order:

1. one more seat at one mentor, by heads or by time before both, then by the mentor's
   id: a run after it places this junior, over a chain of moves. Mentors whose share of
   spare seats the new seat would alter, and with it their scores, are left to 2;
2. the junior fixed to one mentor, where nobody else loses their place over it: those
   first who are kept apart by the fewest rules (none: all that is missing is a seat),
   then with no seat more, then with one; then by what has to give way, in the order of
   `LAST`, by as little as possible; then the best score, then the mentor's id.

So whoever has an allowed mentor is told of a seat, and of rules only who has none.
Those who don't take part (`UNAVAILABLE`) and the juniors themselves are never offered.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from msgspec import structs

from pairings.matching.columns import Bools, Ints
from pairings.matching.eligibility import relaxable
from pairings.matching.outcome import Outcome
from pairings.matching.people import MentorIn, Pin
from pairings.matching.problem import Inputs, Problem
from pairings.matching.residual import Guide, Residual, island
from pairings.matching.rules import CAPACITY, FIXED, Rule, Rules
from pairings.matching.scoring import spare_share
from pairings.matching.switching import placement

LAST = (
    Rule.OVERLAP,
    Rule.TENURE,
    Rule.TEAM,
    Rule.TRAINING,
    Rule.MANAGER,
    Rule.AVOIDED,
)


@dataclass(frozen=True, slots=True)
class Change:
    """What to alter, all of it together, for `mentor`.

    `pin` fixes the junior to the mentor, or is None where the seats alone are enough.
    `relaxed` are the rules which that pair doesn't keep, each with what it would have
    to ask in minutes or months to be kept, 0 for to be switched off. They stay as they
    are for everybody else.
    """

    mentor: int
    add_heads: int = 0
    add_minutes: int = 0
    relaxed: tuple[tuple[Rule, int], ...] = ()
    pin: Pin | None = None

    def apply(self, inputs: Inputs) -> Inputs:
        """The inputs with the change made."""
        mentors = tuple(
            self.raised(one) if one.id == self.mentor else one for one in inputs.mentors
        )
        pins = (*inputs.pins, self.pin) if self.pin else inputs.pins
        return structs.replace(inputs, mentors=mentors, pins=pins)

    def raised(self, mentor: MentorIn) -> MentorIn:
        """The mentor with the seats that the change adds."""
        return structs.replace(
            mentor,
            heads=mentor.heads + self.add_heads,
            weekly_minutes=mentor.weekly_minutes + self.add_minutes,
        )

    @property
    def kinds(self) -> int:
        """By how many numbers the mentor has to give more."""
        return bool(self.add_heads) + bool(self.add_minutes)


def smallest_changes(
    problem: Problem,
    outcome: Outcome,
    juniors: Iterable[int] | None = None,
    guide: Guide | None = None,
) -> dict[int, Change | None]:
    """Per junior without a mentor (all, or those named) the smallest change.

    After it the same run places this junior and one more in all: everybody whom it
    placed before, unless a seat alters what its mentor scores and with it who waits.
    None where nobody can be offered.
    """
    asked = None if juniors is None else set(juniors)
    alone = [one.junior for one in outcome.unplaced]
    named = [one for one in alone if asked is None or one in asked]
    if not named:
        return {}
    placed = placement(problem, outcome)
    rows = np.searchsorted(problem.people.junior_ids, named).tolist()
    by_seat = _by_seat(Residual(*island(problem, placed, rows, ()), guide), rows)
    found: dict[int, Change | None] = dict(by_seat)
    left = {one: row for one, row in zip(named, rows, strict=True) if one not in found}
    if left:
        out = Residual(problem, placed, guide).ways_out()
        found |= {one: _by_pin(problem, out, row) for one, row in left.items()}
    return found


def _by_seat(residual: Residual, rows: list[int]) -> dict[int, Change]:
    """Those of the juniors whom one more seat at a mentor places: the first change."""
    problem = residual.problem
    cost, entrant = residual.entrants()
    found: dict[int, Change] = {}
    for m in np.flatnonzero(np.isin(entrant[:-1], rows)).tolist():
        change = _one_seat(problem.inputs.rules, problem.people.mentors[m])
        # A seat over the capacity that gives way costs less than it gains.
        if cost[m] >= 0 or _alters_scores(problem, m, change):
            continue
        junior = problem.people.juniors[entrant[m]].id
        best = found.setdefault(junior, change)
        if change.kinds < best.kinds:
            found[junior] = change
    return found


def _one_seat(rules: Rules, mentor: MentorIn) -> Change:
    """What gives the mentor one seat more than now, under what never gives way."""
    if rules.relax_last in CAPACITY:
        rules = rules.without(rules.relax_last)
    seats = rules.seats(mentor.heads, mentor.weekly_minutes)
    if seats is None:
        return Change(mentor.id)
    target = max(seats, mentor.taken) + 1
    minutes = target * rules.minutes_per_junior - mentor.weekly_minutes
    return Change(
        mentor=mentor.id,
        add_heads=max(0, target - mentor.heads) if rules.heads else 0,
        add_minutes=max(0, minutes) if rules.hours else 0,
    )


def _alters_scores(problem: Problem, m: int, change: Change) -> bool:
    """Whether the mentor would have another share of spare seats."""
    rules, before = problem.inputs.rules, problem.people.mentors[m]
    if not problem.inputs.weights.spare:
        return False
    return spare_share(before, rules) != spare_share(change.raised(before), rules)


def _by_pin(problem: Problem, out: Bools, row: int) -> Change | None:
    """The mentor to whom the junior is fixed with the least that has to give way."""
    marks = problem.barriers.marks(row, row + 1)[0].astype(np.int64)
    marks &= ~np.int64(relaxable(problem.inputs.rules))
    barred = sum(rule.bit for rule in FIXED)
    ms = np.flatnonzero((marks & barred) == 0)
    if not len(ms):
        return None
    count = sum((marks[ms] & rule.bit > 0).astype(np.int64) for rule in LAST)
    ms = ms[count == np.min(count)]
    score = problem.scorer.scores(np.full(len(ms), row), ms)
    keyed = zip(_offers(problem, out, row, ms, marks), (-score).tolist(), strict=True)
    return min(keyed, key=lambda one: (_size(one[0]), one[1], one[0].mentor))[0]


def _offers(
    problem: Problem, out: Bools, row: int, ms: Ints, marks: Ints
) -> Iterator[Change]:
    """The junior fixed to each of the mentors, with all that this takes."""
    people, rules = problem.people, problem.inputs.rules
    for m in ms.tolist():
        mentor = people.mentors[m]
        seat = Change(mentor.id) if out[m] else _one_seat(rules, mentor)
        broken = [rule for rule in LAST if marks[m] & rule.bit]
        relaxed = tuple((rule, _value(problem, row, m, rule)) for rule in broken)
        pin = Pin(people.juniors[row].id, mentor.id)
        yield replace(seat, relaxed=relaxed, pin=pin)


def _size(change: Change) -> tuple[int, tuple[tuple[int, int], ...]]:
    """What is smaller among changes that break as many rules."""
    return change.kinds, tuple(
        (LAST.index(rule), -value) for rule, value in change.relaxed
    )


def _value(problem: Problem, row: int, m: int, rule: Rule) -> int:
    """What the rule would have to ask to let the two together; 0 for off."""
    people = problem.people
    if rule is Rule.OVERLAP:
        return int(people.shared[people.junior_days[row], people.mentor_days[m]])
    return int(people.tenures[m]) if rule is Rule.TENURE else 0
