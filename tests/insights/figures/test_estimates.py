"""Shares and ratios over clusters: against scipy, and by how often they hold."""

import numpy as np
import pytest
from scipy import stats

from preceptor.insights.figures.estimates import (
    Estimate,
    Part,
    Reason,
    Withheld,
    ratio,
    share,
)
from reviews.estimates import wilson


def test_share_of_clusters_of_one_is_wilson_with_t() -> None:
    found = share((n, n % 3 == 0, 1) for n in range(30))
    assert isinstance(found, Estimate)
    assert (found.value, found.n, found.clusters) == (10 / 30, 30, 30)
    # Clusters of one: the design effect is m / (m - 1), and z is t with 29 degrees.
    t = stats.t.ppf(0.975, 29)
    expected = wilson(29 / 3, 29, t)
    assert expected is not None
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_share_of_whole_clusters_counts_people_not_flaws() -> None:
    """Five juniors who each catch all or nothing are five observations, not fifty."""
    alike = share((n, 10 * (n < 2), 10) for n in range(5))
    apart = share((n, 4, 10) for n in range(5))
    assert isinstance(alike, Estimate)
    assert isinstance(apart, Estimate)
    assert alike.value == apart.value == 0.4
    assert alike.high - alike.low > 2 * (apart.high - apart.low)


def test_share_that_all_hit_takes_as_many_as_there_are_people() -> None:
    found = share((n, 20, 20) for n in range(5))
    t = stats.t.ppf(0.975, 4)
    assert isinstance(found, Estimate)
    assert found.high == 1.0
    assert found.low == pytest.approx(5 / (5 + t * t))


def test_ratio_of_clusters_of_one_is_the_mean_with_students_interval() -> None:
    values = [31.0, 45.0, 52.0, 38.0, 61.0]
    found = ratio((n, value, 1) for n, value in enumerate(values))
    expected = stats.t.interval(0.95, 4, loc=np.mean(values), scale=stats.sem(values))
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(np.mean(values))
    assert (found.low, found.high) == pytest.approx(expected)


def test_parts_of_a_cluster_are_added_before_anything_else() -> None:
    split = ratio([("a", 3, 1), ("a", 5, 1), ("b", 4, 2), ("c", 9, 3)])
    assert split == ratio([("a", 8, 2), ("b", 4, 2), ("c", 9, 3)])


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([], Reason.NOTHING),
        ([("a", 0, 0)], Reason.NOTHING),
        ([("a", 1, 3), ("b", 2, 3), ("c", 0, 0)], Reason.FEW),
    ],
)
def test_too_little_is_withheld_with_a_sentence(
    parts: list[Part], reason: Reason
) -> None:
    assert share(parts) == ratio(parts) == Withheld(reason)
    assert Withheld(reason).sentence.endswith(".")


@pytest.mark.parametrize("people", [5, 12, 40])
def test_interval_holds_the_truth_about_as_often_as_it_says(people: int) -> None:
    """Juniors differ (beta), each meets a few flaws: 95 % intervals, 1,000 times."""
    rng = np.random.default_rng(20261123)
    held = 0
    for _ in range(1000):
        skill = rng.beta(4, 6, people)
        met = rng.integers(3, 12, people)
        caught = rng.binomial(met, skill)
        found = share(zip(range(people), map(float, caught), met, strict=True))
        assert isinstance(found, Estimate)
        held += found.low <= 0.4 <= found.high
    assert 0.93 <= held / 1000 <= 0.99
