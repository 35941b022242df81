import dataclasses
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bench.cohorts import large
from pairings.matching import (
    Aim,
    Guide,
    Inputs,
    JuniorIn,
    MentorIn,
    NotProved,
    Outcome,
    Pin,
    PinnedOver,
    Problem,
    Rule,
    Rules,
    SelfPin,
    UnknownPin,
    Weights,
    guide,
    next_best,
    next_bests,
    prepare,
    run,
    smallest_changes,
    solved,
    switch,
)
from pairings.matching.residual import Residual, exact_prices
from pairings.matching.switching import placement
from tests.pairings.matching.cohorts import (
    Cohort,
    cohorts,
    every_way,
    forbidden,
    worth,
)
from tests.pairings.matching.test_optimum import paired, ran


def inputs(cohort: Cohort, aim: Aim) -> Inputs:
    return Inputs(
        tuple(cohort.juniors),
        tuple(cohort.mentors),
        cohort.rules,
        cohort.weights,
        aim,
        cohort.pins,
    )


def pinned_too(cohort: Cohort, junior: int, mentor: int) -> Cohort:
    others = [pin for pin in cohort.pins if pin.junior != junior]
    return dataclasses.replace(cohort, pins=(*others, Pin(junior, mentor)))


@settings(max_examples=100, deadline=None)
@given(cohorts(), st.sampled_from(list(Aim)), st.data())
def test_a_switch_is_the_run_with_that_pair_pinned(
    cohort: Cohort, aim: Aim, data: st.DataObject
) -> None:
    outcome, problem = solved(inputs(cohort, aim))
    is_held = data.draw(st.booleans())
    if outcome.pairs and is_held:  # a pinned junior moves as well
        held = outcome.pairs[0]
        cohort = pinned_too(cohort, held.junior, held.mentor)
        outcome, problem = solved(inputs(cohort, aim))
    for one in cohort.juniors:
        for other in cohort.mentors:
            if one.person == other.person:
                with pytest.raises(SelfPin):
                    switch(problem, outcome, one.id, other.id)
                continue
            found = switch(problem, outcome, one.id, other.id)
            after = pinned_too(cohort, one.id, other.id)
            if found is None:
                with pytest.raises(PinnedOver):
                    ran(after, aim)
                continue
            expected = ran(after, aim)
            assert found.figures.counts == expected.figures.counts
            assert found.lost == outcome.figures.total - expected.figures.total
            before, now = paired(outcome), paired(expected)
            assert {(move.junior, move.before, move.after) for move in found.moves} == {
                (j.id, before.get(j.id), now.get(j.id))
                for j in cohort.juniors
                if j.id != one.id and before.get(j.id) != now.get(j.id)
            }
            assert set(found.broken) == forbidden(cohort.rules, one, other)


@settings(max_examples=100, deadline=None)
@given(cohorts(), st.sampled_from(list(Aim)))
def test_the_next_best_mentor_leaves_the_best_outcome(cohort: Cohort, aim: Aim) -> None:
    outcome, problem = solved(inputs(cohort, aim))
    before = paired(outcome)
    ways = list(every_way(cohort))
    for one in cohort.juniors:
        found = next_best(problem, outcome, one.id)
        others = [
            way for way in ways if way.get(one.id) not in (None, before.get(one.id))
        ]
        if not others:
            assert found is None
            continue
        assert found
        best = min(worth(cohort, way, aim) for way in others)
        moved = {move.junior: move.after for move in found.moves}
        after = {**before, **moved, found.junior: found.mentor}
        placed = {j: m for j, m in after.items() if m}
        assert worth(cohort, placed, aim) == best


def small(heads: int) -> tuple[Outcome, Inputs]:
    juniors = tuple(JuniorIn(n, 100 + n, {1: 1}) for n in (1, 2))
    mentors = (
        MentorIn(11, 211, {1: 3}, heads=1, weekly_minutes=600),
        MentorIn(12, 212, {1: 1}, heads=heads, weekly_minutes=600),
    )
    given_ = Inputs(juniors, mentors, Rules(), Weights(), Aim.TOTAL)
    return run(juniors, mentors, Rules(), Weights(), Aim.TOTAL), given_


def test_switching_to_a_full_mentor_swaps_two() -> None:
    outcome, given_ = small(heads=1)
    _same, problem = solved(given_)
    first, second = outcome.pairs
    found = switch(problem, outcome, first.junior, second.mentor)
    assert found
    assert found.lost == 0
    assert [(one.junior, one.before, one.after) for one in found.moves] == [
        (second.junior, second.mentor, first.mentor)
    ]


@pytest.mark.parametrize(
    ("rules", "breaking"),
    [
        (Rules(same_team=True, relax_last=Rule.TEAM), {"team": "b"}),
        (Rules(relax_last=Rule.HEADS), {"taken": 1}),
    ],
)
def test_the_next_best_breaks_no_rule_for_a_better_score(
    rules: Rules, breaking: dict[str, Any]
) -> None:
    one = JuniorIn(1, 101, {1: 1}, team="a")
    ana = MentorIn(11, 111, {1: 3}, team="a", weekly_minutes=600)
    ben = replace(ana, id=12, person=112, **breaking)
    worse = replace(ana, id=13, person=113, offers={1: 1})
    weights = Weights(team=0, spare=0)
    for mentors, best in (((ana, ben, worse), 13), ((ana, ben), 12)):
        given_ = Inputs((one,), mentors, rules, weights, Aim.TOTAL)
        outcome, problem = solved(given_)
        assert paired(outcome) == {1: 11}
        found = next_best(problem, outcome, 1)
        assert found
        assert (found.mentor, found.figures.relaxed) == (best, int(best == 12))


def test_a_seat_over_the_rule_is_given_back_by_who_leaves_it() -> None:
    """Another seat over it costs no more; an exchange would only lose points."""
    juniors = (JuniorIn(1, 101, {1: 1}), JuniorIn(2, 102, {2: 1}))
    ana = MentorIn(11, 111, {1: 3}, heads=0, weekly_minutes=600)
    ben = replace(ana, id=12, person=112, offers={1: 2})
    eva = replace(ana, id=13, person=113, offers={1: 1, 2: 3}, heads=1)
    rules, weights = Rules(relax_last=Rule.HEADS), Weights(spare=0)
    given_ = Inputs(juniors, (ana, ben, eva), rules, weights, Aim.TOTAL)
    outcome, problem = solved(given_)
    assert paired(outcome) == {1: 11, 2: 13}
    found = next_best(problem, outcome, 1)
    assert found
    assert (found.mentor, found.moves, found.figures.relaxed) == (12, (), 1)


def test_a_pinned_junior_has_no_next_best_and_strangers_are_named() -> None:
    outcome, given_ = small(heads=1)
    pinned = replace(given_, pins=(Pin(1, 12),))
    outcome, problem = solved(pinned)
    assert next_best(problem, outcome, 1) is None
    for junior, mentor in ((9, 11), (1, 99)):
        with pytest.raises(UnknownPin):
            switch(problem, outcome, junior, mentor)


@pytest.mark.parametrize("aim", list(Aim))
def test_a_switch_is_exact_where_64_bits_are_too_few(aim: Aim) -> None:
    juniors, mentors = large(90, seed=2)
    rules = Rules(min_overlap_minutes=120, min_tenure_months=6)
    given_ = Inputs(juniors, mentors, rules, Weights(), aim)
    outcome, problem = solved(given_)
    assert (exact_prices(problem).table.dtype == object) == (aim is Aim.FAIR)
    cohort = Cohort(list(juniors), list(mentors), rules, Weights())
    before = paired(outcome)
    for junior in sorted(before)[::13]:
        for mentor in (juniors[junior - 1].choices or (1,))[:2]:
            found = switch(problem, outcome, junior, mentor)
            expected = ran(pinned_too(cohort, junior, mentor), aim)
            assert found
            assert found.figures == replace(
                expected.figures, relaxed=found.figures.relaxed
            )
            after: dict[int, int | None] = {**before, junior: mentor}
            after |= {move.junior: move.after for move in found.moves}
            assert {j: m for j, m in after.items() if m is not None} == paired(expected)
    led, alone = (
        looks(problem, outcome, one) for one in (guide(problem, outcome), None)
    )
    assert max(led) <= len(mentors) + 1
    assert sum(led) < sum(alone)


def looks(problem: Problem, outcome: Outcome, led: Guide | None) -> list[int]:
    """How many places each search looks at."""
    residual = Residual(problem, placement(problem, outcome), led)
    found = []
    for row in range(problem.size[0]):
        with mock.patch.object(residual, "weights", wraps=residual.weights) as asked:
            residual.of(row)
        found.append(asked.call_count)
    return found


@settings(max_examples=100, deadline=None)
@given(cohorts(), st.sampled_from(list(Aim)), st.data())
def test_a_guide_alters_nothing_and_a_true_one_asks_each_place_once(
    cohort: Cohort, aim: Aim, data: st.DataObject
) -> None:
    outcome, problem = solved(inputs(cohort, aim))
    juniors = [one.id for one in cohort.juniors]
    plain = next_bests(problem, outcome, juniors)
    changes = smallest_changes(problem, outcome)
    true = guide(problem, outcome)
    rows = st.integers(-1, len(juniors) - 1)
    wrong = [data.draw(rows) for _one in cohort.mentors]
    for one in (true, np.array(wrong, np.int64)):
        assert next_bests(problem, outcome, juniors, one) == plain
        assert smallest_changes(problem, outcome, None, one) == changes
    assert max(looks(problem, outcome, true), default=0) <= len(cohort.mentors) + 1


def test_a_placement_that_is_no_optimum_is_not_searched() -> None:
    _outcome, given_ = small(heads=1)
    better = replace(given_.juniors[1], wants={2: 1})
    problem = prepare(replace(given_, juniors=(given_.juniors[0], better)))
    residual = Residual(problem, np.array([1, 0]))
    with pytest.raises(NotProved):
        residual.search([0], inward=True)
