"""The best outcome level by level, several levels in one flow where they fit."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from pairings.matching.columns import Ints
from pairings.matching.levels import Level, drawn, levels
from pairings.matching.network import Costs, Network, Solved, narrowed, network, solve
from pairings.matching.outcome import Proved
from pairings.matching.problem import NOBODY, Problem

LARGEST = 1 << 61


@dataclass(frozen=True, slots=True)
class Optimum:
    """The mentor of each junior by index, or NOBODY; pins are among them."""

    mentors: Ints
    proved: tuple[Proved, ...]


def optimise(problem: Problem, step: Callable[[int], None] | None = None) -> Optimum:
    """Solves all levels. Calls `step` with the number of levels that are done.

    Raises NotProved when an answer of the solver fails its check.
    """
    net = network(problem)
    proved: list[Proved] = []
    still, waiting = levels(problem), list[Level]()
    while waiting := waiting or list(islice(still, 1)):
        together, waiting = _stretch(net, waiting, still)
        costs = _joined(net, together)
        solved = solve(net, costs)
        proved += _by_level(together, solved.cost, solved.bound)
        placed = _placed(net, solved)
        net = narrowed(net, costs, solved.prices)
        if step:
            step(len(proved))
    again = 0
    while _has_another(net, placed):
        costs = _joined(net, [drawn(problem, again := again + 1)])
        solved = solve(net, costs)
        placed = _placed(net, solved)
        net = narrowed(net, costs, solved.prices)
    mentors = np.where(problem.pinned == NOBODY, placed, problem.pinned)
    return Optimum(mentors, tuple(proved))


def _placed(net: Network, solved: Solved) -> Ints:
    """The mentor of each junior who is not pinned, or NOBODY."""
    return np.append(net.mentors, NOBODY)[solved.chosen]


def _has_another(net: Network, placed: Ints) -> bool:
    """Whether the network leaves another choice, which would place as many."""
    same = net.mentors == placed[net.juniors]
    costs = Costs(same.astype(np.int64), 0, (0, 0))
    return solve(net, costs).cost < int((placed != NOBODY).sum())


def _stretch(
    net: Network, first: list[Level], others: Iterator[Level]
) -> tuple[list[Level], list[Level]]:
    """As many levels as fit into whole numbers of 64 bits, and the one after them."""
    nodes = len(net.free) + net.caps.shape[1] + 2
    together = list(first)
    for level in others:
        dearest = sum(
            weight * max(int(one.pairs[net.pairs].max(initial=0)), one.alone, one.extra)
            for weight, one in _weighted([*together, level])
        )
        if dearest * nodes * nodes >= LARGEST:  # as far as the solver's prices go
            return together, [level]
        together.append(level)
    return together, []


def _weighted(together: list[Level]) -> list[tuple[int, Level]]:
    """Each level with what one unit of it is worth in units of the last."""
    weighted, weight = [], 1
    for level in reversed(together):
        weighted.append((weight, level))
        weight *= level.most + 1
    return weighted[::-1]


def _joined(net: Network, together: list[Level]) -> Costs:
    pairs = np.zeros(len(net.pairs), np.int64)
    alone = extra = 0
    for weight, level in _weighted(together):
        pairs += weight * level.pairs[net.pairs]
        alone += weight * level.alone
        extra += weight * level.extra
    return Costs(pairs, alone, (0, extra))


def _by_level(together: list[Level], cost: int, bound: int) -> Iterator[Proved]:
    for weight, level in _weighted(together):
        one, cost = divmod(cost, weight)
        least, bound = divmod(bound, weight)
        yield Proved(level.name, one, least)
