"""The estimate against published figures, and its interval by simulation.

The published lists are those of an outbreak of hepatitis A in Taiwan (P 135, Q 122 and
E 126 cases; 49, 45 and 46 in two lists at a time), in Chao, Tsay, Lin, Shau and Chao
2001, Statistics in Medicine 20: 3123-3157, and the R package CARE1, whose pairwise
estimates use the same estimator, variance and interval at 95 %.
"""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bench.estimate import FLOOR, simulate
from reviews.estimates import Z95, chapman, unseen_by_both, variance, wilson


@pytest.mark.parametrize(
    ("lists", "total", "error", "interval"),
    [
        ((135, 122, 49), 334, 29, (289, 403)),
        ((135, 126, 45), 374, 36, (319, 461)),
        ((122, 126, 46), 331, 30, (285, 404)),
    ],
)
def test_chapman_as_published(
    lists: tuple[int, int, int], total: int, error: int, interval: tuple[int, int]
) -> None:
    found = chapman(*lists, z=Z95)
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


def test_wilson_as_published() -> None:
    """Newcombe 1998, Statistics in Medicine 17: 857-872, table I: 81 of 263."""
    share = wilson(81, 263)
    assert share is not None
    assert (round(share.low, 4), round(share.high, 4)) == (0.2553, 0.3662)
    assert wilson(0, 0) is None


@pytest.mark.parametrize("chance", [0.5, 0.7, 0.9])
def test_the_interval_of_twenty_flaws_holds_the_truth(chance: float) -> None:
    assert simulate(20, chance, sessions=4000).holds >= FLOOR


def test_two_readers_underestimate_where_flaws_differ() -> None:
    even = simulate(20, 0.5, sessions=2000)
    uneven = simulate(20, 0.5, spread=0.3, sessions=2000)
    assert uneven.bias < even.bias - 3
    assert uneven.holds < even.holds
