"""What simpler ways of pairing would have given, to set beside the optimum."""

from heapq import heappush, heappushpop

import numpy as np

from pairings.matching.columns import Ints
from pairings.matching.levels import draws
from pairings.matching.problem import NOBODY, Problem


def greedy(problem: Problem) -> Ints:
    """Down the list of juniors by id, each takes the best mentor with a free seat.

    Among equals the one with the lower id. Who finds none under all rules is asked
    again, after all others, with the rule that gives way.
    """
    seats, extra = problem.seats.tolist(), problem.extra.tolist()
    chosen = problem.pinned.copy()
    order = np.lexsort((problem.mentors, -problem.scores, problem.juniors))
    strict = order[~problem.relaxed[order]]
    _take(problem, strict, chosen, seats)
    if problem.inputs.rules.relax_last is not None:
        left = [free + more for free, more in zip(seats, extra, strict=True)]
        _take(problem, order, chosen, left)
    return chosen


def _take(problem: Problem, order: Ints, chosen: Ints, seats: list[int]) -> None:
    juniors = problem.juniors[order].tolist()
    mentors = problem.mentors[order].tolist()
    for j, m in zip(juniors, mentors, strict=True):
        if seats[m] > 0 and chosen[j] == NOBODY:
            chosen[j] = m
            seats[m] -= 1


def deferred_acceptance(problem: Problem) -> Ints:
    """Juniors propose down their scores, mentors keep the best (Gale and Shapley 1962).

    Stable: no junior and mentor both score higher with each other than with whom they
    got. Ties fall by the draw. Pairs that break the rule that gives way are left out.
    """
    draw = draws(problem.people, problem.juniors, problem.mentors)
    order = np.lexsort((draw, -problem.scores, problem.juniors))
    order = order[~problem.relaxed[order]]
    wishes: list[list[tuple[int, int, int]]] = [[] for _one in problem.pinned]
    for place in order[::-1].tolist():
        wish = (
            int(problem.scores[place]),
            -int(draw[place]),
            int(problem.mentors[place]),
        )
        wishes[problem.juniors[place]].append(wish)
    chosen, seats = problem.pinned.copy(), problem.seats.tolist()
    held: list[list[tuple[int, int, int]]] = [[] for _one in seats]
    asking = list(np.flatnonzero(problem.pinned == NOBODY)[::-1].tolist())
    while asking:
        j = asking.pop()
        while wishes[j]:
            score, draw_, m = wishes[j].pop()
            mine = (score, draw_, j)
            if len(held[m]) < seats[m]:
                heappush(held[m], mine)
                chosen[j] = m
                break
            if held[m] and held[m][0] < mine:
                loser = heappushpop(held[m], mine)[2]
                chosen[j], chosen[loser] = m, NOBODY
                asking.append(loser)
                break
    return chosen
