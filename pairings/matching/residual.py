"""What one more move would cost, over all chains of moves, from an optimum.

An optimum leaves a graph: a mentor hands one of their juniors on to another mentor,
takes in who is without, or frees a seat. A shortest path in it is the cheapest chain
of moves, and the optimum with that chain is the optimum of the changed problem (Ahuja,
Magnanti, Orlin, *Network Flows*, 1993, section 9.6). Costs are whole numbers that hold
every level at once, so the ranking is exact; Python's own integers where 64 bits are
too few. A round of a search looks at nothing but what the round before made cheaper.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from pairings.matching.columns import Bools, Ints
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
    weight, weights = 1, list[int]()
    for most in reversed([level.most for level in levels(problem)]):
        weights.append(weight)
        weight *= 2 * most + 2
    fits = weight < 1 << 60
    pairs: Exact = np.zeros(len(problem.scores), np.int64 if fits else object)
    alone = extra = 0
    for level in levels(problem):
        each = weights.pop()
        at = np.flatnonzero(level.pairs)
        pairs[at] += level.pairs[at].astype(pairs.dtype) * each
        alone += each * level.alone
        extra += each * level.extra
    return Prices(pairs, alone, extra, (1 << 62) if fits else weight << 64)


@dataclass(frozen=True, slots=True)
class Move:
    """A junior goes from one mentor to another, by index; NOBODY for none."""

    junior: int
    before: int
    after: int


def island(
    problem: Problem, placed: Ints, juniors: Iterable[int], mentors: Iterable[int]
) -> tuple[Problem, Ints]:
    """The part of a problem and its placement that bears on these, all indexes kept.

    It is what allowed pairs join to them. A chain from or to one of them enters no
    other part but over the sink, from where it would have to come back the same way.
    """
    js, ms = (np.zeros(size, np.bool_) for size in problem.size)
    js[list(juniors)] = ms[list(mentors)] = True
    known = -1
    while known < js.sum():
        known = int(js.sum())
        ms[problem.mentors[js[problem.juniors]]] = True
        js[problem.juniors[ms[problem.mentors]]] = True
    inside = js[problem.juniors]
    part = replace(
        problem,
        juniors=problem.juniors[inside],
        mentors=problem.mentors[inside],
        scores=problem.scores[inside],
        relaxed=problem.relaxed[inside],
        seats=np.where(ms, problem.seats, 0),
        extra=np.where(ms, problem.extra, 0),
    )
    return part, np.where(js | (problem.pinned != NOBODY), placed, NOBODY)


def ways_out(problem: Problem, placed: Ints) -> Bools:
    """Mentors who can give a seat to somebody without anybody losing theirs."""
    mine = placed[(problem.pinned == NOBODY) & (placed != NOBODY)]
    used = np.bincount(mine, minlength=len(problem.seats))
    out: Bools = np.asarray(used < problem.seats + problem.extra)
    known = -1
    while known < out.sum():
        known = int(out.sum())
        places = placed[problem.juniors[out[problem.mentors]]]
        out[places[places != NOBODY]] = True
    return out


class Residual:
    """The graph that a placement leaves, for all questions about it.

    Its places are the mentors by index and `sink`, where those are who have none.
    """

    def __init__(self, problem: Problem, placed: Ints) -> None:
        self.problem, self.placed = problem, placed
        self.prices = exact_prices(problem)
        self.sink = problem.size[1]
        self.at = np.where(placed == NOBODY, self.sink, placed)
        self.free = np.flatnonzero(problem.pinned == NOBODY)
        self.now = self._now()
        self.caps = np.stack([problem.seats, problem.extra])
        mine = self.at[self.free]
        count = np.bincount(mine, minlength=self.sink + 1)[: self.sink]
        first = np.minimum(count, self.caps[0])
        self.used = np.stack([first, count - first])
        self._found: dict[tuple[int, bool], Chains] = {}

    def _now(self) -> Exact:
        """What each junior's place costs at present."""
        problem, pairs = self.problem, self.prices.pairs
        now = np.full(len(self.placed), self.prices.alone, pairs.dtype)
        here = np.flatnonzero(self.placed[problem.juniors] == problem.mentors)
        now[problem.juniors[here]] = pairs[here]
        return now

    def of(self, junior: int) -> "Chains":
        """The chains that end where the junior is: the same for all who are there."""
        is_pinned = bool(self.problem.pinned[junior] != NOBODY)
        key = int(self.at[junior]), is_pinned
        if key not in self._found:
            self._found[key] = Chains(self, *key)
        return self._found[key]

    def entrants(self) -> tuple[Exact, Ints]:
        """What one more seat costs all others, at each mentor, and whom it places.

        The junior by index; NOBODY where the seat would only let others move, or no
        chain leads there. The last entries are for the sink.
        """
        cost = np.full(self.sink + 1, self.prices.far, self.now.dtype)
        root = np.full(self.sink + 1, NOBODY, np.int64)
        changed = np.zeros(self.sink + 1, np.bool_)
        cost[self.sink], changed[self.sink] = 0, True
        for tier, toll in enumerate((0, self.prices.extra)):
            busy = np.flatnonzero(self.used[tier] > 0)
            cost[busy], changed[busy] = -toll, True
        for _turn in range(self.sink + 3):
            if not changed.any():
                return cost, root
            changed = self._spread(cost, root, changed)
        raise NotProved("the placement is no optimum")

    def _spread(self, cost: Exact, root: Ints, changed: Bools) -> Bools:
        """One round outwards from the places that changed, in place."""
        js, ms = self.problem.juniors, self.problem.mentors
        arcs = np.flatnonzero(changed[self.at[js]])
        arcs = arcs[np.argsort(ms[arcs], kind="stable")]
        starts, heads = _groups(ms[arcs])
        leaving = cost[self.at] - self.now
        offers = leaving[js[arcs]] + self.prices.pairs[arcs]
        least = np.minimum.reduceat(offers, starts) if len(starts) else cost[:0]
        lengths = np.diff(np.r_[starts, len(arcs)])
        first = np.flatnonzero(offers == np.repeat(least, lengths))
        first = first[np.searchsorted(first, starts)]
        better = least < cost[heads]
        movers, heads = js[arcs[first[better]]], heads[better]
        from_alone = self.at[movers] == self.sink
        # Read before written: a place may stand on both sides of the assignment.
        roots = np.where(from_alone, movers, root[self.at[movers]])
        cost[heads], root[heads] = least[better], roots
        now_changed = np.zeros_like(changed)
        now_changed[heads] = True
        return now_changed


class Chains:
    """The cheapest chain of moves that makes room, from each place, for a junior.

    `cost[m]` is what the others pay when a junior leaves the place `own` and takes a
    seat of mentor m; the last entry is for staying alone, and `prices.far` says that
    there is no way. No chain comes back to where it ends, so whoever else is at `own`
    doesn't matter. Raises NotProved where the placement is no optimum.
    """

    def __init__(self, residual: Residual, own: int, is_pinned: bool) -> None:
        self.residual, self.own = residual, own
        self.prices, self.sink = residual.prices, residual.sink
        self.busy = residual.used > 0
        if is_pinned:  # the pinned seat is none of the network's, and empties
            self.busy[0, own] = True
        self.room = residual.used < residual.caps
        self.cost, self.settled = self._search()

    def _search(self) -> tuple[Exact, Ints]:
        """Bellman and Ford, backwards from the place that is left."""
        cost = np.full(self.sink + 1, self.prices.far, self.prices.pairs.dtype)
        cost[self.own] = 0
        changed = cost == 0
        settled = np.zeros(self.sink + 1, np.int64)
        for turn in range(1, self.sink + 4):
            better = self._round(cost, changed)
            changed = better < cost
            if not changed.any():
                return cost, settled
            settled[changed] = turn
            cost = better
        raise NotProved("the placement is no optimum")

    def _round(self, cost: Exact, changed: Bools) -> Exact:
        better, of = cost.copy(), self.residual
        js, ms = of.problem.juniors, of.problem.mentors
        arcs = np.flatnonzero(changed[ms])
        starts, movers = _groups(js[arcs])
        if len(starts):
            reach = of.prices.pairs[arcs] + cost[ms[arcs]]
            _lower(
                better,
                of.at[movers],
                np.minimum.reduceat(reach, starts) - of.now[movers],
            )
        if changed[-1]:
            alone = self.prices.alone + cost[-1] - of.now[of.free]
            _lower(better, of.at[of.free], alone)
        for tier, toll in enumerate((0, self.prices.extra)):
            if changed[-1]:
                room = np.flatnonzero(self.room[tier])
                better[room] = np.minimum(better[room], cost[-1] + toll)
            emptied = cost[:-1][self.busy[tier] & changed[:-1]]
            if len(emptied):
                better[-1] = min(better[-1], emptied.min() - toll)
        return better

    def moves(self, mentor: int) -> list[Move]:
        """What the others do when the junior goes to the mentor (or the sink)."""
        found, here = [], mentor
        while here != self.own:
            mover, after = self._step(here)
            if mover != NOBODY:
                ends = (NOBODY if x == self.sink else x for x in (here, after))
                found.append(Move(mover, *ends))
            here = after
        return found

    def _step(self, here: int) -> tuple[int, int]:
        """The next move of the cheapest chain: the junior or NOBODY, and where to."""
        of, before = self.residual, self.settled < self.settled[here]
        before &= self.cost < self.prices.far
        js, ms = of.problem.juniors, of.problem.mentors
        arcs = np.flatnonzero((of.at[js] == here) & before[ms])
        cost = of.prices.pairs[arcs] - of.now[js[arcs]] + self.cost[ms[arcs]]
        fits = np.flatnonzero(cost == self.cost[here])
        if len(fits):
            return int(js[arcs[fits[0]]]), int(ms[arcs[fits[0]]])
        if here != self.sink:
            mine = of.free[of.at[of.free] == here]
            alone = self.prices.alone - of.now[mine] + self.cost[-1]
            fits = np.flatnonzero(alone == self.cost[here])
            return (int(mine[fits[0]]) if len(fits) else NOBODY), self.sink
        for tier, toll in enumerate((0, self.prices.extra)):
            fits = np.flatnonzero(
                self.busy[tier]
                & before[:-1]
                & (self.cost[:-1] - toll == self.cost[here])
            )
            if len(fits):
                return NOBODY, int(fits[0])
        raise NotProved("the chain is broken")


def _groups(keys: Ints) -> tuple[Ints, Ints]:
    """Where each run of equal keys starts, and its key; the keys are in order."""
    starts = np.flatnonzero(np.r_[True, np.diff(keys) > 0][: len(keys)])
    return starts, keys[starts]


def _lower(costs: Exact, places: Ints, offers: Exact) -> None:
    """Lowers the cost of each place to the least that is offered there."""
    order = np.argsort(places, kind="stable")
    starts, keys = _groups(places[order])
    if len(starts):
        least = np.minimum.reduceat(offers[order], starts)
        costs[keys] = np.minimum(costs[keys], least)
