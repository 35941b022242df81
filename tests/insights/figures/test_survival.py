"""Curves against scipy, and against what they are where nothing is censored."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from preceptor.insights.figures.survival import (
    Life,
    aalen_johansen,
    at_risk,
    kaplan_meier,
    logrank,
    no_event,
    value_on,
)

LIVES = st.lists(
    st.tuples(st.integers(1, 60), st.sampled_from([0, 0, 1, 2])),
    min_size=2,
    max_size=40,
)


def censored(lives: list[Life]) -> stats.CensoredData:
    ends = [float(day) for day, cause in lives if cause]
    return stats.CensoredData(ends, right=[float(d) for d, cause in lives if not cause])


@given(LIVES)
def test_the_curve_and_its_interval_are_those_of_scipy(lives: list[Life]) -> None:
    """With Greenwood's variance on the log-log scale, wherever that says something."""
    found: Any = stats.ecdf(censored(lives)).sf
    ends = found.confidence_interval(0.95, method="log-log")
    for step in kaplan_meier(lives):
        at = float(step.day)
        assert step.value == pytest.approx(float(found.evaluate(at)), abs=1e-12)
        low, high = (float(end.evaluate(at)) for end in (ends.low, ends.high))
        if math.isfinite(low) and 0 < step.value < 1:
            assert (step.low, step.high) == pytest.approx((low, high), abs=1e-9)


@given(LIVES, LIVES)
def test_two_groups_are_compared_as_scipy_does(
    one: list[Life], other: list[Life]
) -> None:
    found = logrank([one, other])
    if found is None:
        return
    expected = stats.logrank(censored(one), censored(other))
    assert found.statistic == pytest.approx(float(expected.statistic) ** 2, abs=1e-9)
    assert found.p == pytest.approx(float(expected.pvalue), abs=1e-9)


@given(LIVES)
def test_those_who_stay_and_both_ends_add_up_to_all(lives: list[Life]) -> None:
    stays = kaplan_meier(lives)
    for step, one, other in zip(
        stays, aalen_johansen(lives, 1), aalen_johansen(lives, 2), strict=True
    ):
        assert step.value + one.value + other.value == pytest.approx(1)


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 2)), min_size=2))
def test_without_censoring_an_end_is_a_share_of_all(lives: list[Life]) -> None:
    """And its variance that of a binomial, as its interval on that scale shows."""
    n, met = len(lives), sum(cause == 1 for _day, cause in lives)
    last = aalen_johansen(lives, 1)[-1]
    assert last.value == pytest.approx(met / n)
    if 0 < met < n:
        p = met / n
        width = 1.959963984540054 * math.sqrt(p * (1 - p) / n) / abs(p * math.log(p))
        ends = sorted((p ** math.exp(width), p ** math.exp(-width)))
        assert (last.low, last.high) == pytest.approx(tuple(ends))


@given(LIVES)
def test_with_one_cause_alone_the_end_is_what_does_not_stay(lives: list[Life]) -> None:
    only = [(day, min(cause, 1)) for day, cause in lives]
    for step, end in zip(kaplan_meier(only), aalen_johansen(only, 1), strict=True):
        assert end.value == pytest.approx(1 - step.value)


def test_an_end_that_all_met_with_has_an_interval_whatever_its_rounding() -> None:
    """These shares add up to 0.9999999999999999."""
    days = [1, 1, 1, 1, 2, 2, 3, 3, 4]
    last = aalen_johansen([*((day, 1) for day in days), (2, 0), (2, 0)], 1)[-1]
    assert last.value == pytest.approx(1)
    assert last.low == 0


def test_taking_the_other_end_as_censored_would_say_too_much() -> None:
    """Of ten, five leave the company first: who left it can't leave the program."""
    lives = [(n, 1 + n % 2) for n in range(1, 11)]
    alone = [(day, cause if cause == 1 else 0) for day, cause in lives]
    [*_before, last] = aalen_johansen(lives, 1)
    assert last.value == pytest.approx(0.5)
    assert 1 - kaplan_meier(alone)[-1].value > 0.7


def test_nobody_left_still_has_a_lower_end() -> None:
    low = no_event(12)
    assert low == pytest.approx(stats.beta.ppf(0.025, 12, 1))


def test_steps_hold_until_the_next() -> None:
    lives = [(10, 1), (20, 0), (30, 2), (40, 0)]
    steps = kaplan_meier(lives)
    assert value_on(steps, 9) is None
    found = value_on(steps, 29)
    assert found is not None
    assert (found.day, found.at_risk, found.value) == (10, 4, 0.75)
    assert [at_risk(lives, day) for day in (0, 10, 11, 41)] == [4, 4, 3, 0]


def test_groups_of_three_are_compared_at_once() -> None:
    rng = np.random.default_rng(7)
    alike = [[(int(d), 1) for d in rng.exponential(50, 30) + 1] for _ in range(3)]
    found = logrank(alike)
    assert found is not None
    assert found.p > 0.05
    apart = [*alike[:2], [(day * 4, 1) for day, _cause in alike[2]]]
    differs = logrank(apart)
    assert differs is not None
    assert differs.p < 0.001
    assert logrank([alike[0]]) is None
