"""The smallest change that would place a junior, found by solving again.

Smallest is what comes first in this order, and within a step by what is raised least,
then by the mentor's id:

1. more seats at one mentor, as few as possible, by heads or by time before both;
2. the overlap lowered, by as little as possible; else the months of tenure;
3. one rule dropped for everybody: same team, training, line manager, avoided people;
4. one mentor for this junior: the rules dropped or lowered that keep the two apart,
   first those who are kept apart by the fewest, with as few more seats as possible.

So whoever has an allowed mentor is told of seats, and of rules only who has none.

Those who don't take part (`UNAVAILABLE`) and the juniors themselves are never offered.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from pairings.matching.columns import Columns, Ints
from pairings.matching.optimum import optimise
from pairings.matching.outcome import Outcome
from pairings.matching.people import MentorIn
from pairings.matching.problem import NOBODY, Inputs, Problem, prepare, reseated
from pairings.matching.rules import BITS, FIXED, Rule, Rules

Relaxed = tuple[tuple[Rule, int], ...]

DROPPED = (Rule.TEAM, Rule.TRAINING, Rule.MANAGER, Rule.AVOIDED)


@dataclass(frozen=True, slots=True)
class Change:
    """What to alter, all of it together.

    `add_heads` and `add_minutes` are for `mentor`. `relaxed` gives rules with their new
    number in minutes or months, 0 for a rule that is switched off.
    """

    mentor: int | None = None
    add_heads: int = 0
    add_minutes: int = 0
    relaxed: Relaxed = ()

    def apply(self, inputs: Inputs) -> Inputs:
        """The inputs with the change made."""
        rules = inputs.rules
        for rule, value in self.relaxed:
            rules = _lowered(rules, rule, value)
        mentors = tuple(
            self._raised(one) if one.id == self.mentor else one
            for one in inputs.mentors
        )
        return replace(inputs, rules=rules, mentors=mentors)

    def _raised(self, mentor: MentorIn) -> MentorIn:
        return replace(
            mentor,
            heads=mentor.heads + self.add_heads,
            weekly_minutes=mentor.weekly_minutes + self.add_minutes,
        )


def smallest_changes(
    problem: Problem, outcome: Outcome, juniors: Iterable[int] | None = None
) -> dict[int, Change | None]:
    """Per junior without a mentor (all, or those named) the smallest change.

    After it the same run places this junior; who is placed otherwise may change. None
    where no change of the kinds above does.
    """
    asked = None if juniors is None else set(juniors)
    alone = [one.junior for one in outcome.unplaced]
    found: dict[int, Change | None] = {}
    islands: dict[int, _Search] = {}
    for junior in alone:
        if asked is None or junior in asked:
            island = _Island.around(problem, junior)
            if island.first not in islands:
                islands[island.first] = _Search(problem, outcome, island)
            found[junior] = islands[island.first].smallest(junior)
    return found


@dataclass(frozen=True, slots=True)
class _Island:
    """The juniors and mentors whom allowed pairs join to a junior, by index.

    Nothing outside of it bears on it: the optimum of the whole is that of each island.
    """

    juniors: Ints
    mentors: Ints

    @property
    def first(self) -> int:
        return int(self.juniors[0])

    @classmethod
    def around(cls, problem: Problem, junior: int) -> "_Island":
        js, ms = (np.zeros(size, np.bool_) for size in problem.size)
        js[np.searchsorted(problem.people.junior_ids, junior)] = True
        known = 0
        while known < js.sum():
            known = int(js.sum())
            ms[problem.mentors[js[problem.juniors]]] = True
            js[problem.juniors[ms[problem.mentors]]] = True
        pinned = problem.pinned
        held = pinned != NOBODY
        js[held] |= ms[pinned[held]]
        return cls(np.flatnonzero(js), np.flatnonzero(ms))

    def inputs(self, whole: Inputs, people: Columns) -> Inputs:
        juniors = tuple(people.juniors[j] for j in self.juniors.tolist())
        mentors = tuple(people.mentors[m] for m in self.mentors.tolist())
        ids = {one.id for one in juniors}
        pins = tuple(pin for pin in whole.pins if pin.junior in ids)
        return replace(whole, juniors=juniors, mentors=mentors, pins=pins)


class _Search:
    """Tries changes in their order and remembers whom each of them places."""

    def __init__(self, whole: Problem, outcome: Outcome, island: _Island) -> None:
        self.whole = whole
        self.local = prepare(island.inputs(whole.inputs, whole.people))
        self.bases: dict[Relaxed, Problem] = {(): self.local}
        self.places: dict[Change, frozenset[int]] = {}
        self.outside = len(outcome.unplaced)
        ids = {one.id for one in self.local.people.juniors}
        self.inside = sum(one.junior in ids for one in outcome.unplaced)
        self.reached = _Reached(self.local, outcome)

    def smallest(self, junior: int) -> Change | None:
        tries = self._in_order(junior)
        return next((one for one in tries if junior in self._placed_by(one)), None)

    def _placed_by(self, change: Change) -> frozenset[int]:
        if change not in self.places:
            base = self._under(change.relaxed)
            seats = replace(change, relaxed=())
            again = reseated(base, seats.apply(base.inputs)) if change.mentor else base
            placed = np.flatnonzero(optimise(again).mentors != NOBODY)
            self.places[change] = frozenset(again.people.junior_ids[placed].tolist())
        return self.places[change]

    def _under(self, relaxed: Relaxed) -> Problem:
        """Under other rules nothing is an island any more."""
        if relaxed not in self.bases:
            inputs = Change(relaxed=relaxed).apply(self.whole.inputs)
            self.bases[relaxed] = prepare(inputs)
        return self.bases[relaxed]

    def _in_order(self, junior: int) -> Iterator[Change]:
        near = self.reached.by(junior)
        for more in range(1, self.inside + 1) if near else ():
            yield from self._seats(near, more)
        row = int(np.searchsorted(self.whole.people.junior_ids, junior))
        marks = self.whole.barriers.marks(row, row + 1)[0].astype(np.int64)
        yield from self._lowered(row, marks)
        for rule in DROPPED:
            if (marks == BITS[rule]).any():
                yield Change(relaxed=((rule, 0),))
        yield from self._for_one(row, marks)

    def _seats(self, mentors: Iterable[int], more: int) -> list[Change]:
        found = [self._seat(self.local, m, more) for m in mentors]
        return sorted(
            (one for one in found if one.add_heads or one.add_minutes),
            key=lambda one: (bool(one.add_heads) + bool(one.add_minutes), one.mentor),
        )

    def _seat(self, problem: Problem, m: int, more: int) -> Change:
        """What gives the mentor some more seats than they have free now."""
        rules, mentor = problem.inputs.rules, problem.people.mentors[m]
        seats = rules.seats(mentor.heads, mentor.weekly_minutes)
        if seats is None or not more:
            return Change(mentor.id)
        held = int(np.count_nonzero(problem.pinned == m))
        target = max(seats, mentor.taken + held) + more
        minutes = target * rules.minutes_per_junior - mentor.weekly_minutes
        return Change(
            mentor=mentor.id,
            add_heads=max(0, target - mentor.heads) if rules.heads else 0,
            add_minutes=max(0, minutes) if rules.hours else 0,
        )

    def _lowered(self, row: int, marks: Ints) -> Iterator[Change]:
        for rule in (Rule.OVERLAP, Rule.TENURE):
            kept = np.flatnonzero(marks == BITS[rule])
            for value in sorted(
                {self._value(row, m, rule) for m in kept.tolist()}, reverse=True
            ):
                yield Change(relaxed=((rule, value),))

    def _value(self, row: int, m: int, rule: Rule) -> int:
        """What the rule would have to ask to let the two together; 0 for off."""
        people = self.whole.people
        if rule is Rule.OVERLAP:
            return int(people.shared[people.junior_days[row], people.mentor_days[m]])
        return int(people.tenures[m]) if rule is Rule.TENURE else 0

    def _for_one(self, row: int, marks: Ints) -> Iterator[Change]:
        barred = sum(BITS[rule] for rule in FIXED)
        kept = [
            (len(rules), m, rules)
            for m in np.flatnonzero((marks & barred) == 0).tolist()
            if (rules := [rule for rule in Rule if marks[m] & BITS[rule]])
        ]
        for count in sorted({one[0] for one in kept}):
            for more in range(self.outside + 1):
                for number, m, rules in kept:
                    if number == count and (more or number > 1):
                        values = [(rule, self._value(row, m, rule)) for rule in rules]
                        seat = self._seat(self.whole, m, more)
                        mentor = seat.mentor if more else None
                        yield replace(seat, mentor=mentor, relaxed=tuple(values))


class _Reached:
    """Mentors whose next seat could come to a junior over a chain of moves."""

    def __init__(self, problem: Problem, outcome: Outcome) -> None:
        self.problem = problem
        self.of: list[list[int]] = [[] for _one in problem.people.mentors]
        row = {junior.id: n for n, junior in enumerate(problem.people.juniors)}
        column = {mentor.id: n for n, mentor in enumerate(problem.people.mentors)}
        for pair in outcome.pairs:
            if pair.junior in row and not pair.is_pinned:
                self.of[column[pair.mentor]].append(row[pair.junior])

    def by(self, junior: int) -> list[int]:
        seen: set[int] = set()
        asked = [int(np.searchsorted(self.problem.people.junior_ids, junior))]
        while asked:
            around = self.problem.mentors[self.problem.between(asked.pop())]
            for m in around.tolist():
                if m not in seen:
                    seen.add(m)
                    asked += self.of[m]
        return sorted(seen)


def _lowered(rules: Rules, rule: Rule, value: int) -> Rules:
    match rule:
        case Rule.OVERLAP:
            return replace(rules, min_overlap_minutes=value)
        case Rule.TENURE:
            return replace(rules, min_tenure_months=value)
        case _:
            return rules.without(rule)
