from random import Random
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pairings.matching import (
    Aim,
    Inputs,
    JuniorIn,
    MentorIn,
    Outcome,
    Rules,
    Weights,
    levels,
    optimum,
    prepare,
    run,
)
from pairings.matching.network import solve
from pairings.matching.optimum import LARGEST, optimise
from pairings.matching.problem import NOBODY
from tests.pairings.matching.cohorts import (
    Cohort,
    cohorts,
    every_way,
    forbidden,
    score,
    worth,
)


def paired(outcome: Outcome) -> dict[int, int]:
    return {pair.junior: pair.mentor for pair in outcome.pairs}


def ran(cohort: Cohort, aim: Aim) -> Outcome:
    return run(
        cohort.juniors,
        cohort.mentors,
        cohort.rules,
        cohort.weights,
        aim,
        pins=cohort.pins,
    )


@pytest.mark.parametrize("aim", list(Aim))
@pytest.mark.parametrize("largest", [0, 1 << 25, LARGEST])
@settings(max_examples=80, deadline=None)
@given(cohort=cohorts())
def test_nothing_that_the_rules_allow_is_better(
    aim: Aim, largest: int, cohort: Cohort
) -> None:
    """Level by level, a few levels in one flow, and all of them in one."""
    with mock.patch.object(optimum, "LARGEST", largest):
        outcome = ran(cohort, aim)
    assert outcome == ran(cohort, aim)
    ways = list(every_way(cohort))
    assert paired(outcome) in ways
    best = min(worth(cohort, way, aim) for way in ways)
    assert worth(cohort, paired(outcome), aim) == best
    assert outcome.gap == 0


def drawn_lots(cohort: Cohort, again: int) -> dict[tuple[int, int], int]:
    """The lot of every two by their ids."""
    given_ = Inputs(
        tuple(cohort.juniors),
        tuple(cohort.mentors),
        cohort.rules,
        cohort.weights,
        Aim.TOTAL,
    )
    people = prepare(given_).people
    size = len(people.juniors), len(people.mentors)
    rows, columns = (one.ravel() for one in np.indices(size))
    lots = levels.draws(people, rows, columns, again).tolist()
    js, ms = people.junior_ids[rows].tolist(), people.mentor_ids[columns].tolist()
    return dict(zip(zip(js, ms, strict=True), lots, strict=True))


def left_by_lot(cohort: Cohort, aim: Aim) -> list[dict[int, int]]:
    """The best of all ways, and of those, draw by draw, the lowest sums of lots."""
    ways = list(every_way(cohort))
    best = min(worth(cohort, way, aim) for way in ways)
    left = [way for way in ways if worth(cohort, way, aim) == best]
    for again in range(100):
        if len(left) == 1:
            break
        lots = drawn_lots(cohort, again)
        sums = [sum(lots[pair] for pair in way.items()) for way in left]
        left = [one for one, lot in zip(left, sums, strict=True) if lot == min(sums)]
    return left


@settings(max_examples=100, deadline=None)
@given(cohorts(), st.sampled_from(list(Aim)), st.sampled_from([1, 2, 22]))
def test_lots_are_drawn_until_one_way_is_left(
    cohort: Cohort, aim: Aim, bits: int
) -> None:
    with mock.patch.object(levels, "DRAW_BITS", bits):
        assert left_by_lot(cohort, aim) == [paired(ran(cohort, aim))]


@pytest.mark.parametrize("aim", list(Aim))
def test_who_are_all_alike_are_paired_by_lot_alone(aim: Aim) -> None:
    """With lots of one bit, most of these ways have the same sum at first."""
    alike = Cohort(
        [JuniorIn(n, 100 + n) for n in range(1, 6)],
        [MentorIn(n, n, heads=2, weekly_minutes=600) for n in (11, 12)],
        Rules(),
        Weights(),
    )
    with (
        mock.patch.object(levels, "DRAW_BITS", 1),
        mock.patch.object(optimum, "drawn", wraps=levels.drawn) as again,
    ):
        assert left_by_lot(alike, aim) == [paired(ran(alike, aim))]
    assert again.called


@settings(max_examples=80, deadline=None)
@given(cohorts(), st.sampled_from(list(Aim)), st.randoms(use_true_random=False))
def test_the_order_of_the_input_never_matters(
    cohort: Cohort, aim: Aim, random: Random
) -> None:
    juniors, mentors = list(cohort.juniors), list(cohort.mentors)
    random.shuffle(juniors)
    random.shuffle(mentors)
    again = Cohort(juniors, mentors, cohort.rules, cohort.weights)
    assert ran(again, aim) == ran(cohort, aim)


@settings(max_examples=80, deadline=None)
@given(cohorts(), st.sampled_from(list(Aim)))
def test_an_outcome_says_of_itself_what_is_so(cohort: Cohort, aim: Aim) -> None:
    outcome = ran(cohort, aim)
    by_junior = {one.id: one for one in cohort.juniors}
    by_mentor = {one.id: one for one in cohort.mentors}
    for pair in outcome.pairs:
        one, other = by_junior[pair.junior], by_mentor[pair.mentor]
        assert pair.score == score(cohort, one, other)
        assert set(pair.broken) >= forbidden(cohort.rules, one, other)
        assert pair.broken in {(), (cohort.rules.relax_last,)}
    left = worth(cohort, paired(outcome), aim)
    figures = outcome.figures
    assert figures.relaxed == sum(pair.relaxed is not None for pair in outcome.pairs)
    assert (figures.relaxed - figures.placed, -figures.placed) == left[:2]
    assert figures.total == sum(pair.score for pair in outcome.pairs)
    assert figures.lowest == min((pair.score for pair in outcome.pairs), default=None)
    assert figures.counts == tuple(
        sum(pair.score == value for pair in outcome.pairs) for value in range(101)
    )
    alone = {one.junior for one in outcome.unplaced}
    assert alone | paired(outcome).keys() == by_junior.keys()
    assert outcome.best_total == ran(cohort, Aim.TOTAL).figures.total
    assert worth(cohort, paired(outcome), aim)[:2] <= (
        outcome.greedy.relaxed - outcome.greedy.placed,
        -outcome.greedy.placed,
    )


@pytest.mark.parametrize("size", [3_000, 10_000])
def test_a_large_cohort_stays_within_the_range_of_the_solver(size: int) -> None:
    """It multiplies costs by its nodes, and its prices go as far as that many of them.

    Most nodes here have no pair, which makes the cohort as large and yet quick.
    """
    mentors = [
        MentorIn(n, n, {1: 1 + n % 3}, team="a", tenure_months=n, heads=n % 3 + 1)
        for n in range(1, 31)
    ]
    juniors = [
        JuniorIn(n, 10**6 + n, {1: 1, 2: n % 4 + 1} if n % 4 < 3 else {1: 2}, team="a")
        for n in range(1, 41)
    ]
    juniors += [JuniorIn(n, 10**6 + n) for n in range(41, size + 1)]
    given_ = Inputs(
        tuple(juniors), tuple(mentors), Rules(same_team=True), Weights(), Aim.FAIR
    )
    few = replace(given_, juniors=given_.juniors[:40])
    with mock.patch.object(optimum, "solve", wraps=solve) as asked:
        best = optimise(prepare(given_))
    alone = optimise(prepare(few))
    nodes = size + len(mentors) + 1
    for call in asked.call_args_list:
        costs = call.args[1]
        dearest = max(int(costs.pairs.max()), costs.alone)
        assert dearest * nodes**2 < 1 << 62
    assert best.mentors[:40].tolist() == alone.mentors.tolist()
    assert set(best.mentors[40:].tolist()) == {NOBODY}
    assert all(one.cost == one.bound for one in best.proved)
