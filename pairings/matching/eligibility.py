"""Which mentor may take which junior under the hard rules, and what forbids others."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pairings.matching.columns import Columns, Ints
from pairings.matching.rules import CAPACITY, Rule, Rules

Marks = npt.NDArray[np.uint16]

BLOCK = 512  # juniors at a time: a few megabytes beside 3,000 mentors


@dataclass(frozen=True, slots=True)
class Barriers:
    """What forbids a pair, as bits of `Rule`; capacity is not among them."""

    people: Columns
    rules: Rules
    of_mentors: Marks
    rows: Ints  # single pairs with a mark of their own, sorted by junior
    cells: Ints
    bits: Marks

    def marks(self, first: int, after: int) -> Marks:
        """The marks of the juniors `[first, after)` against every mentor."""
        people, rules = self.people, self.rules
        found = np.repeat(self.of_mentors[None, :], after - first, axis=0)
        if rules.min_overlap_minutes > 0:
            short = people.shared < rules.min_overlap_minutes
            bits = short * np.uint16(Rule.OVERLAP.bit)
            days = bits[people.junior_days[first:after]]
            found |= days.take(people.mentor_days, axis=1)
        if rules.same_team:
            teams = people.junior_teams[first:after, None]
            other = (teams != people.mentor_teams[None, :]) | (teams < 0)
            found |= other * np.uint16(Rule.TEAM.bit)
        low, high = np.searchsorted(self.rows, [first, after])
        cells = (self.rows[low:high] - first, self.cells[low:high])
        np.bitwise_or.at(found, cells, self.bits[low:high])
        return found

    def blocks(self) -> Iterator[tuple[int, Marks]]:
        """All marks, some juniors at a time, each with its first junior."""
        count = len(self.people.juniors)
        for first in range(0, count, BLOCK):
            yield first, self.marks(first, min(first + BLOCK, count))


def barriers(people: Columns, rules: Rules) -> Barriers:
    """What the rules forbid, ready to be asked block by block."""
    of_mentors = np.zeros(len(people.mentors), np.uint16)
    of_mentors[~people.available] |= Rule.UNAVAILABLE.bit
    if rules.min_tenure_months > 0:
        of_mentors[people.tenures < rules.min_tenure_months] |= Rule.TENURE.bit
    if rules.training:
        of_mentors[~people.trained] |= Rule.TRAINING.bit
    single = sorted(_single(people, rules))
    columns = np.array(single, np.int64).reshape(-1, 3).T
    return Barriers(
        people, rules, of_mentors, columns[0], columns[1], columns[2].astype(np.uint16)
    )


def _single(people: Columns, rules: Rules) -> Iterator[tuple[int, int, int]]:
    """Pairs that are forbidden by who the two are: junior, mentor, bit."""
    of_person: dict[int, list[int]] = {}
    for index, mentor in enumerate(people.mentors):
        of_person.setdefault(mentor.person, []).append(index)
    for row, junior in enumerate(people.juniors):
        barred = [(junior.person, Rule.SELF)]
        if rules.manager and junior.manager is not None:
            barred.append((junior.manager, Rule.MANAGER))
        if rules.avoided:
            barred += [(person, Rule.AVOIDED) for person in junior.avoids]
        for person, rule in barred:
            for index in of_person.get(person, ()):
                yield row, index, rule.bit


def relaxable(rules: Rules) -> int:
    """The mark that gives way last, 0 for none (or where capacity does)."""
    rule = rules.relax_last
    return rule.bit if rule and rule not in CAPACITY and rules.holds(rule) else 0
