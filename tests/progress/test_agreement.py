import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import cohen_kappa_score

from progress.agreement import (
    agreement,
    standard_error,
    student,
    weighted_kappa,
)

PAIRS = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=10, max_size=60
)
SPAN = np.arange(1, 6)
WEIGHTS = 1 - (SPAN[:, None] - SPAN[None, :]) ** 2 / 16
Table = NDArray[np.floating]


def cells(pairs: list[tuple[int, int]]) -> NDArray[np.floating]:
    """What share of all pairs has each of the 25 combinations."""
    table = np.zeros((5, 5))
    for one, other in pairs:
        table[one - 1, other - 1] += 1 / len(pairs)
    return table


def by_table(table: Table) -> float:
    """Kappa by agreement weights over a table of shares."""
    chance = np.outer(table.sum(axis=1), table.sum(axis=0))
    observed, expected = (table * WEIGHTS).sum(), (chance * WEIGHTS).sum()
    result: float = (observed - expected) / (1 - expected)
    return result


@given(PAIRS)
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    value = weighted_kappa(pairs)
    if value is None:
        assert len({level for pair in pairs for level in pair}) == 1
    else:
        sides = zip(*pairs, strict=True)
        other = cohen_kappa_score(*sides, labels=SPAN, weights="quadratic")
        assert value == pytest.approx(other, abs=1e-9)
        assert by_table(cells(pairs)) == pytest.approx(other, abs=1e-9)


@given(PAIRS)
def test_the_error_is_that_of_leaving_out_each(pairs: list[tuple[int, int]]) -> None:
    error = standard_error(pairs)
    if error is None:
        return
    left = [by_table(cells(pairs[:n] + pairs[n + 1 :])) for n in range(len(pairs))]
    expected = np.sqrt((len(left) - 1) * np.var(left))
    assert error == pytest.approx(expected, abs=1e-9)


def test_student_is_the_quantile() -> None:
    for freedom in range(9, 200):
        exact = stats.t.ppf(0.975, freedom)
        assert student(freedom) == pytest.approx(exact, abs=5e-4)


@given(PAIRS)
def test_kappa_does_not_ask_who_is_who(pairs: list[tuple[int, int]]) -> None:
    turned = [(other, one) for one, other in pairs]
    upside_down = [(6 - one, 6 - other) for one, other in pairs]
    assert (
        weighted_kappa(pairs) == weighted_kappa(turned) == weighted_kappa(upside_down)
    )


@pytest.mark.parametrize(
    ("pairs", "value"),
    [
        ([(n, n) for n in (1, 2, 3, 4, 5)] * 2, 1),
        ([(1, 5), (5, 1)] * 5, -1),
        ([(1, 1), (1, 5), (5, 1), (5, 5)] * 3, 0),
    ],
)
def test_kappa_at_its_marks(pairs: list[tuple[int, int]], value: float) -> None:
    assert weighted_kappa(pairs) == value


def test_agreement_takes_ten_and_something_to_agree_in() -> None:
    nine = [(n % 5 + 1, n % 4 + 1) for n in range(9)]
    assert agreement(nine) is None
    assert agreement([*nine, (3, 3)]) is not None
    assert agreement([(3, 3)] * 24) is None
    one_sided = [(n % 5 + 1, 3) for n in range(24)]
    assert weighted_kappa(one_sided) == 0
    assert agreement(one_sided) is None


@given(PAIRS)
def test_agreement_lies_in_its_interval(pairs: list[tuple[int, int]]) -> None:
    found = agreement(pairs)
    if found:
        assert -1 <= found.low < found.value < found.high <= 1
        assert found.n == len(pairs)


@pytest.mark.parametrize("n", [12, 24, 60])
def test_the_interval_covers_the_truth_nineteen_times_in_twenty(n: int) -> None:
    """Over 1,000 draws from a table whose kappa is known; a dozen is a rough one."""
    rng = np.random.default_rng(3)
    table = np.exp(-np.abs(SPAN[:, None] - SPAN[None, :]) * 0.9)
    table /= table.sum()
    truth, hits, draws = by_table(table), 0, 0
    for draw in rng.choice(25, size=(1_000, n), p=table.ravel()):
        found = agreement([(int(at) // 5 + 1, int(at) % 5 + 1) for at in draw])
        if found:
            draws += 1
            hits += found.low <= truth <= found.high
    assert 0.91 <= hits / draws <= 0.98
    assert draws > 950
