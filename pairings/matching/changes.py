"""The smallest change that would place a junior, found by solving again.

Smallest is what comes first in this order, and within a step by what is raised least,
then by the mentor's id:

1. one more seat at one mentor: more heads or more time, else both;
2. the overlap lowered, by as little as possible; else the months of tenure;
3. one rule dropped for everybody: same team, training, line manager, avoided people;
4. more seats at one mentor, as few as possible;
5. one mentor for this junior: the rules dropped or lowered that keep the two apart,
   first those who are kept apart by the fewest, with as few more seats as possible.

Those who don't take part (`UNAVAILABLE`) and the juniors themselves are never offered.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from pairings.matching.columns import Ints
from pairings.matching.optimum import optimise
from pairings.matching.outcome import Outcome
from pairings.matching.people import MentorIn
from pairings.matching.problem import NOBODY, Inputs, Problem, prepare, reseated
from pairings.matching.rules import BITS, FIXED, Rule, Rules

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
    relaxed: tuple[tuple[Rule, int], ...] = ()

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
    search = _Search(problem, outcome)
    return {
        one.junior: search.smallest(one.junior)
        for one in outcome.unplaced
        if asked is None or one.junior in asked
    }


class _Search:
    """Tries changes in their order and remembers whom each of them places."""

    def __init__(self, problem: Problem, outcome: Outcome) -> None:
        self.problem = problem
        self.places: dict[Change, frozenset[int]] = {}
        self.enough = len(outcome.unplaced)
        self.reached = _Reached(problem, outcome)

    def smallest(self, junior: int) -> Change | None:
        row = int(np.searchsorted(self.problem.people.junior_ids, junior))
        tries = (one for one in self._in_order(row) if junior in self._placed_by(one))
        return next(tries, None)

    def _placed_by(self, change: Change) -> frozenset[int]:
        if change not in self.places:
            inputs = change.apply(self.problem.inputs)
            only_seats = not change.relaxed
            again = reseated(self.problem, inputs) if only_seats else prepare(inputs)
            placed = np.flatnonzero(optimise(again).mentors != NOBODY)
            self.places[change] = frozenset(again.people.junior_ids[placed].tolist())
        return self.places[change]

    def _in_order(self, row: int) -> Iterator[Change]:
        marks = self.problem.barriers.marks(row, row + 1)[0].astype(np.int64)
        near = self.reached.by(row)
        yield from self._seats(near, 1)
        yield from self._lowered(row, marks)
        for rule in DROPPED:
            if (marks == BITS[rule]).any():
                yield Change(relaxed=((rule, 0),))
        for more in range(2, self.enough + 1):
            yield from self._seats(near, more)
        yield from self._for_one(row, marks)

    def _seats(self, mentors: Iterable[int], more: int) -> list[Change]:
        found = [self._seat(m, more) for m in mentors]
        return sorted(
            (one for one in found if one.add_heads or one.add_minutes),
            key=lambda one: (bool(one.add_heads) + bool(one.add_minutes), one.mentor),
        )

    def _seat(self, m: int, more: int) -> Change:
        """What gives the mentor some more seats than they have free now."""
        rules, mentor = self.problem.inputs.rules, self.problem.people.mentors[m]
        seats = rules.seats(mentor.heads, mentor.weekly_minutes)
        if seats is None or not more:
            return Change(mentor.id)
        held = int(np.count_nonzero(self.problem.pinned == m))
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
        people = self.problem.people
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
            for more in range(self.enough + 1):
                for number, m, rules in kept:
                    if number == count and (more or number > 1):
                        values = [(rule, self._value(row, m, rule)) for rule in rules]
                        seat = self._seat(m, more)
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
            if not pair.is_pinned:
                self.of[column[pair.mentor]].append(row[pair.junior])

    def by(self, row: int) -> list[int]:
        seen: set[int] = set()
        asked = [row]
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
