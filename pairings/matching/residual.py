"""What one more move would cost, over all chains of moves, from an optimum.

An optimum leaves a graph: a mentor hands one of their juniors on to another mentor,
takes in who is without, or frees a seat. A shortest path in it is the cheapest chain
of moves, and the optimum with that chain is the optimum of the changed problem (Ahuja,
Magnanti, Orlin, *Network Flows*, 1993, section 9.6). Costs are whole numbers that hold
every level at once, so the ranking is exact; Python's own integers where 64 bits are
too few.

A search looks at places in the order of their costs and of a guide, which says for
each mentor who comes last on the cheapest chain to them from the sink. A true guide
makes it Dijkstra's algorithm, which looks at each place once; with another, or none,
it takes longer and ends in the same costs. A guide takes a search of its own, so it is
worth keeping with an optimum.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from typing import Any

import numpy as np
import numpy.typing as npt

from pairings.matching.columns import Bools, Ints
from pairings.matching.errors import NotProved
from pairings.matching.levels import aims, drawn
from pairings.matching.problem import NOBODY, Problem

Exact = npt.NDArray[Any]  # of int64, or of Python's integers
Guide = npt.NDArray[np.int64]  # a junior's index, or NOBODY, for each mentor


# What costs as much without a draw, at the end of a table of prices.
ALONE, SEAT, EXTRA, EXTRA_FREED = range(-4, 0)


@dataclass(frozen=True, slots=True)
class Prices:
    """All levels as one number. A pair costs `table[kind]` and its draw."""

    kinds: Ints  # of each pair: alike at every level but the draw
    draws: Ints  # of each pair
    table: Exact
    far: int  # more than any path


def exact_prices(problem: Problem) -> Prices:
    """Levels added up with weights that keep an earlier one above all later ones.

    No outcome costs more than `most` at a level, so two differ there by as much.
    """
    alike = 2 * problem.scores + problem.relaxed
    found, first, kinds = np.unique(alike, return_index=True, return_inverse=True)
    lots = drawn(problem)
    weight, table = lots.most + 1, [0] * len(found)
    alone = extra = 0
    told = [
        (level.most, level.pairs[first].tolist(), level.alone, level.extra)
        for level in aims(problem)
    ]
    for most, costs, by_alone, by_extra in reversed(told):
        table = [
            weight * one + so_far for one, so_far in zip(costs, table, strict=True)
        ]
        alone += weight * by_alone
        extra += weight * by_extra
        weight *= most + 1
    fits = weight * (problem.size[1] + 1) < 1 << 60  # any way to a place does
    return Prices(
        kinds=kinds,
        draws=lots.pairs,
        table=np.array([*table, alone, 0, extra, -extra], np.int64 if fits else object),
        far=(1 << 62) if fits else weight << 64,
    )


@dataclass(frozen=True, slots=True)
class Move:
    """A junior goes from one mentor to another, by index; NOBODY for none."""

    junior: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Reach:
    """What lies between where a search began and each place (`far`: no way).

    `arc` is the one that joins the place to the way, NOBODY where there is none.
    """

    cost: Exact
    arc: Ints


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
    )
    return part, np.where(js | (problem.pinned != NOBODY), placed, NOBODY)


class Residual:
    """The graph that a placement leaves, for all questions about it.

    Its places are the mentors by index and `sink`, where those are who have none. An
    arc is what may change: `movers[arc]` (NOBODY for a mere seat) leaves the place
    `tails[arc]` for `heads[arc]`. The pairs of the problem come first, in its order.
    """

    def __init__(
        self, problem: Problem, placed: Ints, guide: Guide | None = None
    ) -> None:
        self.problem, self.prices = problem, exact_prices(problem)
        self.sink = problem.size[1]
        self.at = np.where(placed == NOBODY, self.sink, placed)
        free = np.flatnonzero(problem.pinned == NOBODY)
        caps = np.stack([problem.seats, problem.extra])
        count = np.bincount(self.at[free], minlength=self.sink + 1)[: self.sink]
        first = np.minimum(count, caps[0])
        self.used = np.stack([first, count - first])
        self.tails, self.heads, self.movers, self._kinds, self._draws = self._arcs(
            free, self.used < caps, self.used > 0
        )
        self._now = self._prices_now()
        self._sorted: dict[bool, tuple[Ints, Ints]] = {}
        self._found: dict[tuple[int, bool], Chains] = {}
        self._guide = self._costs_of(guide)

    def _arcs(self, free: Ints, room: Bools, busy: Bools) -> Iterator[Ints]:
        """By column. `room` and `busy` are the seats that may be taken or freed."""
        problem, prices, sink = self.problem, self.prices, self.sink
        js, ms = problem.juniors, problem.mentors
        blocks: list[tuple[Any, ...]] = [
            (self.at[js], ms, js, prices.kinds, prices.draws),
            (self.at[free], sink, free, ALONE, 0),
            (np.flatnonzero(room[0]), sink, NOBODY, SEAT, 0),
            (np.flatnonzero(room[1]), sink, NOBODY, EXTRA, 0),
            (sink, np.flatnonzero(busy[0]), NOBODY, SEAT, 0),
            (sink, np.flatnonzero(busy[1]), NOBODY, EXTRA_FREED, 0),
        ]
        even = (np.broadcast_arrays(*block) for block in blocks)
        return (np.concatenate(column) for column in zip(*even, strict=True))

    def _prices_now(self) -> Exact:
        """What the place costs of each who is not pinned, and nothing for NOBODY."""
        problem, table = self.problem, self.prices.table
        now = np.zeros(len(self.at) + 1, table.dtype)
        now[:-1] = table[ALONE]
        here = np.flatnonzero(self.at[problem.juniors] == problem.mentors)
        now[problem.juniors[here]] = self.pairs(here)
        return now

    def pairs(self, places: Any) -> Exact:
        """What the pairs at some places of the problem cost."""
        found: Exact = self.prices.table[self._kinds[places]] + self._draws[places]
        return found

    def weights(self, arcs: Ints) -> Exact:
        """What the moves cost beyond the places that they leave."""
        found: Exact = self.pairs(arcs) - self._now[self.movers[arcs]]
        return found

    def _costs_of(self, guide: Guide | None) -> Exact:
        """What it costs to get to each place if the guide is followed; 0 without."""
        step = np.zeros(self.sink + 1, self.prices.table.dtype)
        if guide is None:
            return step
        wide = max(self.sink, 1)
        keys = self.problem.juniors * wide + self.problem.mentors
        asked = guide * wide + np.arange(self.sink)
        arcs = np.searchsorted(keys, asked)
        is_known = (np.append(keys, NOBODY)[arcs] == asked) & (guide != NOBODY)
        known = np.flatnonzero(is_known)
        before = np.full(self.sink + 1, self.sink)
        before[known] = self.tails[arcs[known]]
        step[:-1][self.used[1] > 0] = self.prices.table[EXTRA_FREED]
        step[known] = self.weights(arcs[known])
        for _twice_as_far in range(self.sink.bit_length()):
            step, before = step + step[before], before[before]
        leads_in_circles = bool((before != self.sink).any())
        return np.zeros_like(step) if leads_in_circles else step

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
        reach = self.search([self.sink], inward=False)
        return reach.cost, self._at_sink(reach, self.tails)

    def ways_out(self) -> Bools:
        """Mentors who can give up a seat without anybody losing theirs in a run.

        A run would rather leave somebody alone than relax a rule for two.
        """
        reach = self.search([self.sink], inward=True)
        found: Bools = self._at_sink(reach, self.heads) == NOBODY
        return (found & (reach.cost < self.prices.far))[:-1]

    def _at_sink(self, reach: Reach, beyond: Ints) -> Ints:
        """Who moves on the arc between the sink and the way to each place."""
        arc = np.arange(self.sink + 1)
        inner = np.flatnonzero(reach.arc != NOBODY)
        after = beyond[reach.arc[inner]]
        arc[inner] = np.where(after == self.sink, inner, after)
        for _twice_as_far in range(self.sink.bit_length()):
            arc = arc[arc]
        return self.last_movers(reach)[arc]

    def last_movers(self, reach: Reach) -> Ints:
        """Who moves on the arc that joins each place to the way; NOBODY by index."""
        movers: Ints = np.append(self.movers, NOBODY)[reach.arc]
        return movers

    def search(self, starts: Iterable[int], *, inward: bool) -> Reach:
        """The cheapest ways to every place from the starts, or inward from it to them.

        Places are looked at in turns (Bellman and Ford), in each at most once, by their
        cost and the guide; a true guide leaves one turn. Raises NotProved where a way
        gets cheaper for ever, so that the placement is no optimum.
        """
        order, first = self._by_end(inward)
        ends, guide = (
            (self.tails, self._guide) if inward else (self.heads, -self._guide)
        )
        cost = np.full(self.sink + 1, self.prices.far, self.prices.table.dtype)
        arc = np.full(self.sink + 1, NOBODY)
        turns = np.zeros(self.sink + 1, np.int64)  # of the last look
        cost[list(starts)] = 0
        waiting = [(1, guide[start], start) for start in starts]
        while waiting:
            turn, key, here = heappop(waiting)
            if turns[here] == turn or key != cost[here] + guide[here]:
                continue
            if turn > self.sink + 3:
                raise NotProved("the placement is no optimum")
            turns[here] = turn
            arcs = order[first[here] : first[here + 1]]
            offers, places = cost[here] + self.weights(arcs), ends[arcs]
            for at in np.flatnonzero(offers < cost[places]).tolist():
                offer, place = offers[at], places[at]
                if offer < cost[place]:
                    cost[place], arc[place] = offer, arcs[at]
                    again = turn + (turns[place] == turn)
                    heappush(waiting, (again, offer + guide[place], place))
        return Reach(cost, arc)

    def _by_end(self, inward: bool) -> tuple[Ints, Ints]:
        """The arcs in the order of their heads (or tails), and where each begins."""
        if inward not in self._sorted:
            ends = self.heads if inward else self.tails
            order = np.argsort(ends, kind="stable")
            first = np.searchsorted(ends[order], np.arange(self.sink + 2))
            self._sorted[inward] = order, first
        return self._sorted[inward]


class Chains:
    """The cheapest chain of moves that makes room, from each place, for a junior.

    `cost[m]` is what the others pay when a junior leaves the place `own` and takes a
    seat of mentor m; the last entry is for staying alone, and `prices.far` says that
    there is no way. No chain comes back to where it ends, so whoever else is at `own`
    doesn't matter.
    """

    def __init__(self, residual: Residual, own: int, is_pinned: bool) -> None:
        self.residual = residual
        # A pinned seat is none of the network's, and empties: chains end anywhere.
        starts = {own, residual.sink} if is_pinned else {own}
        self.reach = residual.search(sorted(starts), inward=True)
        self.cost = self.reach.cost

    def moves(self, mentor: int) -> list[Move]:
        """What the others do when the junior goes to the mentor (or the sink)."""
        found, of = list[Move](), self.residual
        while (arc := self.reach.arc[mentor]) != NOBODY:
            ends = (int(x[arc]) for x in (of.tails, of.heads))
            before, after = (NOBODY if x == of.sink else x for x in ends)
            if of.movers[arc] != NOBODY:
                found.append(Move(int(of.movers[arc]), before, after))
            mentor = int(of.heads[arc])
        return found


def guide_of(problem: Problem, placed: Ints) -> Guide:
    """Per mentor who comes last, by index, on the cheapest chain to them."""
    residual = Residual(problem, placed)
    return residual.last_movers(residual.search([residual.sink], inward=False))[:-1]
