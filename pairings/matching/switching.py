"""What it costs to give a junior another mentor, and who else would move."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from pairings.matching.columns import Ints
from pairings.matching.errors import SelfPin, UnknownPin
from pairings.matching.outcome import Figures, Outcome
from pairings.matching.people import Pin
from pairings.matching.problem import NOBODY, Problem
from pairings.matching.reasons import broken_rules, figures
from pairings.matching.residual import Guide, Residual, guide_of, island
from pairings.matching.rules import Rule


@dataclass(frozen=True, slots=True)
class Moved:
    """Another junior who would change: mentors by id, None for without."""

    junior: int
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Switch:
    """The best outcome in which the junior has this mentor, as if it were pinned.

    `lost` is how many points the total falls (below 0 where it rises), `moves` who else
    changes, and `broken` the hard rules that the new pair breaks.
    """

    junior: int
    mentor: int
    lost: int
    figures: Figures
    moves: tuple[Moved, ...]
    broken: tuple[Rule, ...]


def guide(problem: Problem, outcome: Outcome) -> Guide:
    """What makes later questions about the outcome quick, see `residual.guide`.

    Those that take a guide answer the same with any that is as long, and with none.
    """
    return guide_of(problem, placement(problem, outcome))


def switch(
    problem: Problem,
    outcome: Outcome,
    junior: int,
    mentor: int,
    guide: Guide | None = None,
) -> Switch | None:
    """Moves the junior to the mentor, and solves again for all others.

    None where every seat of the mentor is pinned, or there is none. Raises
    UnknownPin or SelfPin.
    """
    row, column = _index(problem, junior, mentor)
    people = problem.people
    if people.juniors[row].person == people.mentors[column].person:
        raise SelfPin(Pin(junior, mentor))
    asked = _Asked(problem, outcome, guide)
    return asked.switched(asked.around([row], [column]), row, column)


def next_best(
    problem: Problem, outcome: Outcome, junior: int, guide: Guide | None = None
) -> Switch | None:
    """The switch of the junior to another allowed mentor that leaves the best outcome.

    Best by the aim of the run. None where no other mentor is allowed and has a seat
    that isn't pinned, and for a pinned junior, whose mentor was chosen by hand.
    """
    return next_bests(problem, outcome, [junior], guide)[junior]


def next_bests(
    problem: Problem,
    outcome: Outcome,
    juniors: Iterable[int],
    guide: Guide | None = None,
) -> dict[int, Switch | None]:
    """The next best mentor of each of the juniors, cheaper than one by one."""
    rows = {junior: _index(problem, junior, None)[0] for junior in juniors}
    asked = _Asked(problem, outcome, guide)
    residual = asked.around(rows.values())
    return {junior: asked.next_best(residual, row) for junior, row in rows.items()}


def placement(problem: Problem, outcome: Outcome) -> Ints:
    """The mentor of each junior by index, as the outcome has it."""
    placed = np.full(problem.size[0], NOBODY, np.int64)
    js = np.array([pair.junior for pair in outcome.pairs], np.int64)
    ms = np.array([pair.mentor for pair in outcome.pairs], np.int64)
    rows = np.searchsorted(problem.people.junior_ids, js)
    placed[rows] = np.searchsorted(problem.people.mentor_ids, ms)
    return placed


def _index(problem: Problem, junior: int, mentor: int | None) -> tuple[int, int]:
    people = problem.people
    row = int(np.searchsorted(people.junior_ids, junior))
    if row == len(people.juniors) or people.juniors[row].id != junior:
        raise UnknownPin(Pin(junior, mentor if mentor is not None else NOBODY))
    if mentor is None:
        return row, NOBODY
    column = int(np.searchsorted(people.mentor_ids, mentor))
    if column == len(people.mentors) or people.mentors[column].id != mentor:
        raise UnknownPin(Pin(junior, mentor))
    return row, column


class _Asked:
    """An outcome that is asked what switches in it would cost."""

    def __init__(self, problem: Problem, outcome: Outcome, guide: Guide | None) -> None:
        self.problem, self.outcome, self.guide = problem, outcome, guide
        self.placed = placement(problem, outcome)

    def around(self, rows: Iterable[int], columns: Iterable[int] = ()) -> Residual:
        """What bears on these juniors and on mentors whom they may not be allowed."""
        rows = list(rows)
        own = {int(self.placed[row]) for row in rows} - {NOBODY}
        part = island(self.problem, self.placed, rows, own | set(columns))
        return Residual(*part, self.guide)

    def next_best(self, residual: Residual, row: int) -> Switch | None:
        mine = residual.problem.between(row)
        options, far = residual.problem.mentors[mine], residual.prices.far
        cost = residual.of(row).cost[options]
        is_open = (options != self.placed[row]) & (cost < far)
        places = np.flatnonzero(is_open)
        if not len(places):
            return None
        costs = residual.pairs(mine)[places] + cost[places]
        return self.switched(residual, row, int(options[places[np.argmin(costs)]]))

    def switched(self, residual: Residual, row: int, column: int) -> Switch | None:
        chains = residual.of(row)
        if not chains.cost[column] < residual.prices.far:
            return None
        moves, after = chains.moves(column), self.placed.copy()
        after[row] = column
        for move in moves:
            after[move.junior] = move.after
        counted = figures(self.problem, after)
        mentors, juniors = self.problem.people.mentors, self.problem.people.juniors

        def named(m: int) -> int | None:
            return None if m == NOBODY else mentors[m].id

        return Switch(
            junior=juniors[row].id,
            mentor=mentors[column].id,
            lost=self.outcome.figures.total - counted.total,
            figures=counted,
            moves=tuple(
                Moved(juniors[one.junior].id, named(one.before), named(one.after))
                for one in moves
            ),
            broken=broken_rules(self.problem, row, column),
        )
