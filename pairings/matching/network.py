"""One level of a run solved as a flow of least cost, with the proof that it is least.

A network is a bipartite graph of the pairs that are still open, with up to two tiers
of seats for each mentor. A solution is checked by prices: `price[m]` per seat of mentor
m. By weak duality no flow costs less than

    sum over juniors of min(cost of a pair + price of its mentor, cost to stay alone)
    + sum over tiers of cap * min(0, cost of the tier - price of its mentor)

(for a tier that must be full the second term counts in full), so a flow that costs just
this is least. And by complementary slackness the flows of least cost are exactly those
that use only pairs which reach their junior's minimum, fill the tiers that cost less
than their price and leave empty those that cost more: the network of the next level.
(R. Ahuja, T. Magnanti, J. Orlin, *Network Flows*, 1993, chapter 9.)
"""

from dataclasses import dataclass, replace

import numpy as np
from ortools.graph.python import min_cost_flow

from pairings.matching.columns import Bools, Ints
from pairings.matching.errors import NotProved
from pairings.matching.problem import NOBODY, Problem

FAR = np.int64(1) << 62


@dataclass(frozen=True, slots=True)
class Network:
    """Open pairs in the order of mentor and then junior.

    `pairs` are their places in the problem. `may_stay` marks juniors who can be left
    alone. `caps` and `full` have a row for the seats and one for the extra seats.
    """

    pairs: Ints
    juniors: Ints
    mentors: Ints
    free: Bools  # juniors who are not pinned
    may_stay: Bools
    caps: Ints
    full: Bools


@dataclass(frozen=True, slots=True)
class Costs:
    """Per open pair, per junior left alone and per seat of the two tiers."""

    pairs: Ints
    alone: int
    tiers: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Solved:
    """Who goes where (an index into the open pairs, or NOBODY), and the prices."""

    chosen: Ints
    prices: Ints
    cost: int
    bound: int


def network(problem: Problem) -> Network:
    """Everything open."""
    order = np.lexsort((problem.juniors, problem.mentors))
    free = problem.pinned == NOBODY
    caps = np.stack([problem.seats, problem.extra])
    return Network(
        pairs=order,
        juniors=problem.juniors[order],
        mentors=problem.mentors[order],
        free=free,
        may_stay=free.copy(),
        caps=caps,
        full=np.zeros(caps.shape, np.bool_),
    )


def solve(net: Network, costs: Costs) -> Solved:
    """A flow of least cost, proved. Raises NotProved (also where numbers overflow)."""
    chosen = _flow(net, costs)
    prices = find_prices(net, costs, chosen)
    cost, least = _cost(net, costs, chosen), bound(net, costs, prices)
    if least != cost:
        raise NotProved(f"the flow costs {cost}, the bound is {least}")
    return Solved(chosen, prices, cost, least)


def narrowed(net: Network, costs: Costs, prices: Ints) -> Network:
    """The network whose flows are exactly those of least cost here."""
    reach, least = _least(net, costs, prices)
    keep = reach == least[net.juniors]
    full, caps = net.full.copy(), net.caps.copy()
    for tier in (0, 1):
        gain = prices - costs.tiers[tier]
        caps[tier][(gain < 0) & ~full[tier]] = 0
        full[tier] |= (gain > 0) & (caps[tier] > 0)
    return replace(
        net,
        pairs=net.pairs[keep],
        juniors=net.juniors[keep],
        mentors=net.mentors[keep],
        may_stay=net.may_stay & (least == costs.alone),
        caps=caps,
        full=full,
    )


def bound(net: Network, costs: Costs, prices: Ints) -> int:
    """What no flow can undercut, by weak duality."""
    _reach, least = _least(net, costs, prices)
    total = int(least[net.free].sum())
    for tier in (0, 1):
        gain = costs.tiers[tier] - prices
        counts = np.where(net.full[tier], gain, np.minimum(gain, 0))
        total += int((net.caps[tier] * counts).sum())
    return total


def _least(net: Network, costs: Costs, prices: Ints) -> tuple[Ints, Ints]:
    """Per pair its cost with the seat's price; per junior the least of those."""
    reach = costs.pairs + prices[net.mentors]
    least = np.where(net.may_stay, np.int64(costs.alone), FAR)
    np.minimum.at(least, net.juniors, reach)
    return reach, least


def _flow(net: Network, costs: Costs) -> Ints:
    """The solver's answer: per junior the place of the open pair, or NOBODY."""
    js, ms = len(net.free), net.caps.shape[1]
    sink = js + ms
    solver = min_cost_flow.SimpleMinCostFlow()
    add = solver.add_arcs_with_capacity_and_unit_cost
    arcs = add(net.juniors, js + net.mentors, np.ones_like(net.pairs), costs.pairs)
    stay = np.flatnonzero(net.may_stay)
    if len(stay):
        add(stay, np.full_like(stay, sink), np.ones_like(stay), stay * 0 + costs.alone)
    supplies = np.zeros(sink + 1, np.int64)
    supplies[:js] = net.free
    for tier in (0, 1):
        caps, full = net.caps[tier], net.full[tier]
        supplies[js:sink] -= np.where(full, caps, 0)
        open_ = np.flatnonzero(~full & (caps > 0))
        if len(open_):
            toll = np.full_like(open_, costs.tiers[tier])
            add(js + open_, np.full_like(open_, sink), caps[open_], toll)
    supplies[sink] = -supplies[:sink].sum()
    solver.set_nodes_supplies(np.arange(sink + 1), supplies)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise NotProved(f"the solver answered {status.name}")
    chosen = np.full(js, NOBODY, np.int64)
    if len(net.pairs):
        used = np.flatnonzero(solver.flows(arcs))
        chosen[net.juniors[used]] = used
    return chosen


def used_seats(net: Network, chosen: Ints) -> Ints:
    """Seats in use by tier; the second tier starts where the first is full."""
    taken = chosen[chosen != NOBODY]
    count = np.bincount(net.mentors[taken], minlength=net.caps.shape[1])
    # A tier that must be full is; what is left goes to the cheaper one first.
    first = np.where(net.full[1], count - net.caps[1], np.minimum(count, net.caps[0]))
    return np.stack([first, count - first])


def _cost(net: Network, costs: Costs, chosen: Ints) -> int:
    placed = chosen[chosen != NOBODY]
    alone = int(net.free.sum()) - len(placed)
    tiers = used_seats(net, chosen).sum(axis=1)
    return (
        int(costs.pairs[placed].sum())
        + costs.alone * alone
        + sum(toll * int(used) for toll, used in zip(costs.tiers, tiers, strict=True))
    )


def find_prices(net: Network, costs: Costs, chosen: Ints) -> Ints:
    """Prices of the seats that prove the flow, by shortest paths in what it leaves.

    Bellman and Ford over the mentors, all of them at once in each round. Raises
    NotProved where a cheaper flow exists.
    """
    mentors = net.caps.shape[1]
    far = np.zeros(mentors + 1, np.int64)  # the last is the sink
    used = used_seats(net, chosen)
    placed = np.flatnonzero(net.free & (chosen != NOBODY))
    at = np.full(len(net.free), mentors, np.int64)
    at[placed] = net.mentors[chosen[placed]]
    leaves = np.full(len(net.free), -costs.alone, np.int64)
    leaves[placed] = -costs.pairs[chosen[placed]]
    starts = np.flatnonzero(np.r_[True, np.diff(net.mentors) > 0][: len(net.pairs)])
    heads = net.mentors[starts]
    stays = np.flatnonzero(net.may_stay)
    for _round in range(mentors + 3):
        before = far.copy()
        junior = far[at] + leaves
        if len(starts):
            reach = np.minimum.reduceat(junior[net.juniors] + costs.pairs, starts)
            far[heads] = np.minimum(far[heads], reach)
        if len(stays):
            far[-1] = min(far[-1], (junior[stays] + costs.alone).min())
        for tier in (0, 1):
            toll, open_ = costs.tiers[tier], ~net.full[tier]
            room = far[:-1][open_ & (used[tier] < net.caps[tier])]
            far[-1] = min(far[-1], room.min(initial=FAR) + toll)
            busy = np.flatnonzero(open_ & (used[tier] > 0))
            far[busy] = np.minimum(far[busy], far[-1] - toll)
        if np.array_equal(before, far):
            prices: Ints = far[-1] - far[:-1]
            return prices
    raise NotProved("the flow can be made cheaper")
