"""Cohorts too large for brute force, against a solver that shares no code."""

from collections import Counter

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from bench.cohorts import large
from pairings.matching import (
    Aim,
    Inputs,
    Problem,
    Rule,
    Rules,
    Weights,
    prepare,
    solved,
)
from pairings.matching.reference import deferred_acceptance, greedy

RULES = Rules(min_overlap_minutes=240, min_tenure_months=6, training=True)


def given(aim: Aim, size: int, seed: int, rules: Rules = RULES) -> Inputs:
    juniors, mentors = large(size, seed=seed)
    return Inputs(juniors, mentors, rules, Weights(), aim)


def best(problem: Problem, gain: np.ndarray) -> int:
    """The highest sum of whole gains over all placements, by integer programming."""
    count, (juniors, mentors) = len(gain), problem.size
    places = np.arange(count)
    once = coo_array((np.ones(count), (problem.juniors, places)), (juniors, count))
    seats = coo_array((np.ones(count), (problem.mentors, places)), (mentors, count))
    found = milp(
        -gain.astype(float),
        constraints=[
            LinearConstraint(once, ub=np.ones(juniors)),
            LinearConstraint(seats, ub=problem.seats.astype(float)),
        ],
        integrality=np.ones(count, np.int64),
        bounds=Bounds(0, 1),
    )
    assert found.fun is not None
    return -round(found.fun)


@pytest.mark.parametrize("seed", [1, 2])
def test_another_solver_finds_nothing_better(seed: int) -> None:
    outcome, problem = solved(given(Aim.TOTAL, 150, seed))
    most = best(problem, np.ones(len(problem.scores)))
    assert outcome.figures.placed == most
    assert (
        outcome.figures.total == best(problem, 10_000 + problem.scores) - 10_000 * most
    )
    assert outcome.figures.total > outcome.greedy.total
    assert outcome.best_total == outcome.figures.total
    assert outcome.gap == 0


def test_another_solver_finds_nothing_fairer() -> None:
    """Score by score from below, each count held while the next is made small."""
    outcome, problem = solved(given(Aim.FAIR, 90, 3))
    placed = outcome.figures.placed
    worth = np.zeros(len(problem.scores))
    held = 0
    for score in range(40):
        worth[problem.scores == score] = -1
        # A pair counts far more than all scores so far, and those up to here are few.
        cumulated = best(problem, 1000 + worth)
        held = 1000 * placed - cumulated
        if held:
            assert sum(outcome.figures.counts[:score]) == 0
            assert outcome.figures.counts[score] == held
            return
    assert outcome.figures.lowest is not None
    assert outcome.figures.lowest >= 40


def test_deferred_acceptance_leaves_no_two_who_would_rather() -> None:
    problem = prepare(given(Aim.TOTAL, 150, 4))
    placed = deferred_acceptance(problem)
    score = dict(
        zip(
            zip(problem.juniors.tolist(), problem.mentors.tolist(), strict=True),
            problem.scores.tolist(),
            strict=True,
        )
    )
    load = Counter(placed.tolist())
    for (j, m), value in score.items():
        own = score.get((j, int(placed[j])), -1)
        mine = [score[i, m] for i in np.flatnonzero(placed == m).tolist()]
        has_room = load[m] < problem.seats[m]
        assert not (value > own and (has_room or value > min(mine, default=101)))


def test_greedy_goes_down_the_list() -> None:
    problem = prepare(
        given(Aim.TOTAL, 60, 5, Rules(same_team=True, relax_last=Rule.TEAM))
    )
    placed = greedy(problem)
    seats = problem.seats.tolist()
    for j in range(len(placed)):
        mine = problem.between(j)
        options = [
            (-int(score), int(m))
            for score, m, gave_way in zip(
                problem.scores[mine],
                problem.mentors[mine],
                problem.relaxed[mine],
                strict=True,
            )
            if seats[m] > 0 and not gave_way
        ]
        if options:
            assert placed[j] == min(options)[1]
            seats[placed[j]] -= 1
