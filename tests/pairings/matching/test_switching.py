from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pairings.matching import (
    Aim,
    Inputs,
    JuniorIn,
    MentorIn,
    Outcome,
    Pin,
    PinnedOver,
    Rules,
    SelfPin,
    UnknownPin,
    Weights,
    next_best,
    run,
    solved,
    switch,
)
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
    return replace(cohort, pins=(*others, Pin(junior, mentor)))


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


def test_a_pinned_junior_has_no_next_best_and_strangers_are_named() -> None:
    outcome, given_ = small(heads=1)
    pinned = replace(given_, pins=(Pin(1, 12),))
    outcome, problem = solved(pinned)
    assert next_best(problem, outcome, 1) is None
    for junior, mentor in ((9, 11), (1, 99)):
        with pytest.raises(UnknownPin):
            switch(problem, outcome, junior, mentor)
