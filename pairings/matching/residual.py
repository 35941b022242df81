"""What one more move would cost, over all chains of moves, from an optimum.

An optimum leaves a graph: a mentor hands one of their juniors on to another mentor,
takes in who is without, or frees a seat. A shortest path in it is the cheapest chain
of moves, and the optimum with that chain is the optimum of the changed problem (Ahuja,
Magnanti, Orlin, *Network Flows*, 1993, section 9.6). Costs are whole numbers that hold
every level at once, so the ranking is exact; Python's own integers where 64 bits are
too few.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pairings.matching.columns import Ints
from pairings.matching.errors import NotProved
from pairings.matching.levels import levels
from pairings.matching.problem import NOBODY, Problem

Exact = npt.NDArray[Any]  # of int64, or of Python's integers


@dataclass(frozen=True, slots=True)
class Prices:
    """All levels as one number: per pair, to stay alone, for an extra seat."""

    pairs: Exact
    alone: int
    extra: int
    far: int  # more than any path


def exact_prices(problem: Problem) -> Prices:
    """Levels added up with weights that keep an earlier one above all later ones."""
    weight, weighted = 1, []
    for level in reversed(list(levels(problem))):
        weighted.append((weight, level))
        weight *= 2 * level.most + 2
    fits = weight < 1 << 60
    pairs: Exact = np.zeros(len(problem.scores), np.int64 if fits else object)
    alone = extra = 0
    for weight, level in weighted:
        pairs = pairs + level.pairs.astype(pairs.dtype) * weight
        alone += weight * level.alone
        extra += weight * level.extra
    return Prices(pairs, alone, extra, (1 << 62) if fits else weight << 64)


@dataclass(frozen=True, slots=True)
class Move:
    """A junior goes from one mentor to another, by index; NOBODY for none."""

    junior: int
    before: int
    after: int


class Chains:
    """The cheapest chain of moves that makes room, from each mentor, for one junior.

    `cost[m]` is what the others pay when the junior leaves their place and takes a seat
    of mentor m; the last entry is for staying alone, and `prices.far` says that there
    is no way. Raises NotProved where the placement is no optimum.
    """

    def __init__(self, problem: Problem, placed: Ints, junior: int) -> None:
        self.problem, self.prices = problem, exact_prices(problem)
        self.sink = problem.size[1]
        self.placed = placed
        self.own = int(placed[junior]) if placed[junior] != NOBODY else self.sink
        keep = problem.juniors != junior
        self.pairs = self.prices.pairs[keep]
        self.juniors, self.mentors = problem.juniors[keep], problem.mentors[keep]
        starts = np.r_[True, np.diff(self.juniors) > 0][: len(self.juniors)]
        self.starts = np.flatnonzero(starts)
        self.movers = (problem.pinned == NOBODY).copy()
        self.movers[junior] = False
        self.at = np.where(placed == NOBODY, self.sink, placed)
        self.now = self._now()
        self.used, self.caps = self._seats(junior)
        self.cost, self.settled = self._search()

    def _now(self) -> Exact:
        """What each junior's place costs at present."""
        now = np.full(len(self.placed), self.prices.alone, self.pairs.dtype)
        here = self.placed[self.juniors] == self.mentors
        now[self.juniors[here]] = self.pairs[here]
        return now

    def _seats(self, junior: int) -> tuple[Ints, Ints]:
        problem = self.problem
        counted = problem.pinned == NOBODY
        caps = np.stack([problem.seats, problem.extra])
        if not counted[junior]:
            caps[0, self.own] += 1
            counted[junior] = True
        counted &= self.placed != NOBODY
        count = np.bincount(self.placed[counted], minlength=self.sink)
        first = np.minimum(count, caps[0])
        return np.stack([first, count - first]), caps

    def _search(self) -> tuple[Exact, Ints]:
        """Bellman and Ford, backwards from the junior's own place."""
        cost = np.full(self.sink + 1, self.prices.far, self.pairs.dtype)
        cost[self.own] = 0
        settled = np.zeros(self.sink + 1, np.int64)
        for turn in range(1, self.sink + 4):
            better = self._round(cost)
            changed = better < cost
            if not changed.any():
                return cost, settled
            settled[changed] = turn
            cost = better
        raise NotProved("the placement is no optimum")

    def _round(self, cost: Exact) -> Exact:
        offers = np.full(len(self.placed), self.prices.alone, self.pairs.dtype)
        offers += cost[-1]
        if len(self.starts):
            best = np.minimum.reduceat(self.pairs + cost[self.mentors], self.starts)
            movers = self.juniors[self.starts]
            offers[movers] = np.minimum(offers[movers], best)
        offers -= self.now
        better = cost.copy()
        np.minimum.at(better, self.at[self.movers], offers[self.movers])
        for tier, toll in enumerate((0, self.prices.extra)):
            room = np.flatnonzero(self.used[tier] < self.caps[tier])
            better[room] = np.minimum(better[room], cost[-1] + toll)
            busy = cost[:-1][self.used[tier] > 0]
            if len(busy):
                better[-1] = min(better[-1], busy.min() - toll)
        better[better > self.prices.far // 2] = self.prices.far
        return better

    def moves(self, mentor: int) -> list[Move]:
        """What the others do when the junior goes to the mentor (or the sink)."""
        found, here = [], mentor
        while here != self.own or self.settled[here]:
            mover, after = self._step(here)
            if mover != NOBODY:
                ends = (NOBODY if x == self.sink else x for x in (here, after))
                found.append(Move(mover, *ends))
            here = after
        return found

    def _step(self, here: int) -> tuple[int, int]:
        """The next move of the cheapest chain: the junior or NOBODY, and where to."""
        before = self.settled < self.settled[here]
        mine = self.movers & (self.at == here)
        asked = np.flatnonzero(mine[self.juniors] & before[self.mentors])
        js = self.juniors[asked]
        cost = self.pairs[asked] - self.now[js] + self.cost[self.mentors[asked]]
        fits = np.flatnonzero(cost == self.cost[here])
        if len(fits):
            return int(js[fits[0]]), int(self.mentors[asked[fits[0]]])
        if here != self.sink:
            alone = self.prices.alone - self.now + self.cost[-1]
            fits = np.flatnonzero(mine & (alone == self.cost[here]))
            return (int(fits[0]) if len(fits) else NOBODY), self.sink
        for tier, toll in enumerate((0, self.prices.extra)):
            fits = np.flatnonzero(
                (self.used[tier] > 0)
                & before[:-1]
                & (self.cost[:-1] - toll == self.cost[here])
            )
            if len(fits):
                return NOBODY, int(fits[0])
        raise NotProved("the chain is broken")
