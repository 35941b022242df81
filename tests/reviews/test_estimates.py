"""The estimate against published figures, and its interval by simulation.

The published totals, errors and intervals are the example output of the R package CARE1
1.1.0 (T. C. Hsieh and A. Chao), https://rdrr.io/cran/CARE1/man/Diabetes.html, over four
lists of diabetics in an Italian town (1754, 452, 1135 and 173 cases; Bruno and others
1994, Diabetes Care 17: 548). It uses this estimator, variance and interval at z = 1.96
(`R/estN.pair4.R` there). How many are in two lists follows from its Petersen column,
which only one whole number fits.
"""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bench.estimate import FLOOR, simulate
from reviews.estimates import chapman, unseen_by_both, variance, wilson


@pytest.mark.parametrize(
    ("lists", "petersen", "total", "error", "interval"),
    [
        ((1754, 452, 337), 2353, 2351, 58, (2250, 2478)),
        ((1754, 1135, 911), 2185, 2185, 22, (2146, 2233)),
        ((1754, 173, 134), 2264, 2261, 88, (2117, 2468)),
        ((452, 1135, 249), 2060, 2057, 77, (1922, 2224)),
        ((452, 173, 97), 806, 803, 47, (725, 913)),
        ((1135, 173, 126), 1558, 1555, 67, (1445, 1712)),
    ],
)
def test_chapman_as_published(
    lists: tuple[int, int, int],
    petersen: int,
    total: int,
    error: int,
    interval: tuple[int, int],
) -> None:
    n1, n2, shared = lists
    fitting = [m for m in range(1, min(n1, n2)) if round(n1 * n2 / m) == petersen]
    assert fitting == [shared]
    found = chapman(*lists, z=1.96)
    assert round(found.seen + found.unseen) == total
    assert round(math.sqrt(variance(*lists))) == error
    bounds = round(found.seen + found.low), round(found.seen + found.high)
    assert bounds == interval


def test_unseen_of_four_and_five_with_two_shared() -> None:
    found = unseen_by_both(2, 3, 2)
    assert found is not None
    assert (found.seen, found.about, found.least, found.most) == (7, 2, 0, 9)


@pytest.mark.parametrize("counts", [(3, 4, 0), (1, 1, 2), (0, 0, 4), (0, 0, 0)])
def test_unseen_has_no_basis(counts: tuple[int, int, int]) -> None:
    assert unseen_by_both(*counts) is None


def test_unseen_where_one_saw_all_that_the_other_did() -> None:
    found = unseen_by_both(0, 3, 2)
    assert found is not None
    assert (found.seen, found.about, found.least, found.most) == (5, 0, 0, 0)


@pytest.mark.parametrize("counts", [(2, 5, 3), (2, 5, -1)])
def test_chapman_refuses_counts_that_cannot_be(counts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="shared of 2 and 5"):
        chapman(*counts)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 40))
def test_the_interval_holds_the_estimate(one: int, other: int, both: int) -> None:
    found = unseen_by_both(one, other, both)
    assume(found is not None)
    assert found is not None
    assert 0 <= found.least <= found.low <= found.unseen <= found.high <= found.most
    assert found.unseen == pytest.approx(one * other / (both + 1))


@given(st.integers(0, 60), st.integers(1, 60))
def test_wilson_stays_within_bounds(hits: int, n: int) -> None:
    assume(hits <= n)
    share = wilson(hits, n)
    assert share is not None
    assert 0 <= share.low <= share.value <= share.high <= 1


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(hits: int, n: int, low: float, high: float) -> None:
    """Newcombe 1998, Statistics in Medicine 17: 857-872, table I, method 3.

    The 95 % score intervals of its four examples; programs quote them as a check.
    """
    share = wilson(hits, n)
    assert share is not None
    assert (round(share.low, 4), round(share.high, 4)) == (low, high)


@pytest.mark.parametrize("n", [3, 8, 20, 79])
def test_wilsons_interval_covers_the_truth_nineteen_times_in_twenty(n: int) -> None:
    """Over 20,000 shares from 0 to 1, each drawn from once."""
    rng = np.random.default_rng(11)
    truths = rng.random(20_000)
    held = 0
    for truth, hits in zip(truths, rng.binomial(n, truths), strict=True):
        share = wilson(int(hits), n)
        assert share is not None
        held += share.low <= truth <= share.high
    assert 0.94 <= held / 20_000 <= 0.96


def test_wilson_of_nothing() -> None:
    assert wilson(0, 0) is None


@pytest.mark.parametrize("chance", [0.5, 0.7, 0.9])
def test_the_interval_of_twenty_flaws_holds_the_truth(chance: float) -> None:
    assert simulate(20, chance, sessions=4000).holds >= FLOOR


def test_two_readers_underestimate_where_flaws_differ() -> None:
    even = simulate(20, 0.5, sessions=2000)
    uneven = simulate(20, 0.5, spread=0.3, sessions=2000)
    assert uneven.bias < even.bias - 3
    assert uneven.holds < even.holds
