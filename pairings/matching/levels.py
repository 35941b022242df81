"""What is wanted first, second and so on, as costs of whole numbers.

An earlier level is worth more than all later ones together:

1. the most juniors placed under every rule (where a rule gives way last),
2. the most juniors placed,
3. by the aim: the highest total; or, score by score from the lowest, the fewest pairs,
4. the lowest sum of draws. A draw is a fixed number of 22 bits made from the two ids
   of a pair alone: ties are drawn by lot, the same lot on every day and machine. Where
   two sums are equal, lots of another kind decide between them, and so on.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pairings.matching.columns import Columns, Ints
from pairings.matching.problem import Problem
from pairings.matching.rules import Aim

DRAW_BITS = 22
TOP = 100


@dataclass(frozen=True, slots=True)
class Level:
    """A cost for each pair, for each junior who stays without, for each extra seat.

    `most` is more than no outcome can cost at this level.
    """

    name: str
    pairs: Ints
    alone: int
    extra: int
    most: int


def levels(problem: Problem) -> Iterator[Level]:
    """The levels of a run, the first one first; made one at a time to save memory."""
    yield from aims(problem)
    yield drawn(problem)


def aims(problem: Problem) -> Iterator[Level]:
    """The levels before the draw: pairs of one score that relax alike cost the same."""
    count = len(problem.people.juniors)
    none = np.zeros(len(problem.scores), np.int64)
    if problem.inputs.rules.relax_last is not None:
        yield Level("rules", problem.relaxed.astype(np.int64), 1, 1, count)
    yield Level("placed", none, 1, 0, count)
    if problem.inputs.aim is Aim.TOTAL:
        yield Level("total", TOP - problem.scores, 0, 0, TOP * count)
    else:
        for score in np.unique(problem.scores):
            at = (problem.scores == score).astype(np.int64)
            yield Level(f"score {score}", at, 0, 0, int(at.sum()))


def drawn(problem: Problem, again: int = 0) -> Level:
    """The last level. `again` counts how often sums of lots were equal before."""
    lots = draws(problem.people, problem.juniors, problem.mentors, again)
    return Level("draw", lots, 0, 0, len(problem.people.juniors) << DRAW_BITS)


def how_many(problem: Problem) -> int:
    """The number of levels."""
    aims = 1 if problem.inputs.aim is Aim.TOTAL else len(np.unique(problem.scores))
    return 2 + aims + (problem.inputs.rules.relax_last is not None)


def draws(people: Columns, juniors: Ints, mentors: Ints, again: int = 0) -> Ints:
    """The lot of each pair, in [0, 2^22), by the finaliser of splitmix64.

    The constants are those of S. Vigna's public-domain splitmix64.
    """
    first = people.junior_ids.astype(np.uint64) ^ np.uint64(again << 32)
    second = people.mentor_ids.astype(np.uint64)
    mixed = _mix(_mix(first)[juniors] ^ second[mentors])
    return (mixed >> np.uint64(64 - DRAW_BITS)).astype(np.int64)


def _mix(x: np.typing.NDArray[np.uint64]) -> np.typing.NDArray[np.uint64]:
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
