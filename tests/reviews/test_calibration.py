import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss

from reviews.calibration import Judged, bands, brier

JUDGED = st.lists(
    st.builds(Judged, st.integers(0, 100).map(lambda one: one / 100), st.booleans()),
    min_size=5,
    max_size=80,
)


def test_bands_count_what_was_safe_of_what_was_said() -> None:
    said = [(0.9, True), (0.8, True), (1.0, False), (0.1, False), (0.5, True)]
    found = bands(Judged(*one) for one in said)
    counted = [(b.low, b.high, b.safe.hits, b.safe.n) for b in found]
    assert counted == [(0.0, 0.2, 0, 1), (0.5, 0.5, 1, 1), (0.8, 1.0, 2, 3)]
    assert found[2].safe.low < 2 / 3 < found[2].safe.high


@pytest.mark.parametrize("per_cent", range(101))
def test_every_confidence_has_one_band(per_cent: int) -> None:
    assert len(bands([Judged(per_cent / 100, True)])) == 1


@pytest.mark.parametrize(
    ("confidence", "was_safe", "was_right"),
    [(0.9, True, True), (0.9, False, False), (0.1, False, True), (0.5, True, None)],
)
def test_was_right_says_which_way_it_leaned(
    confidence: float, was_safe: bool, was_right: bool | None
) -> None:
    assert Judged(confidence, was_safe).was_right is was_right


def test_brier_takes_five() -> None:
    always = [Judged(0.5, n % 2 == 0) for n in range(6)]
    found = brier(always)
    assert found is not None
    assert (found.value, found.n) == (0.25, 6)
    perfect = brier([Judged(1.0, True)] * 5)
    assert perfect is not None
    assert perfect.value == 0
    assert brier(always[:4]) is None


@given(JUDGED)
def test_brier_is_that_of_scikit_learn(judged: list[Judged]) -> None:
    found = brier(judged)
    assert found is not None
    other = brier_score_loss(
        [one.was_safe for one in judged], [one.confidence for one in judged]
    )
    assert found.value == pytest.approx(other, abs=1e-9)


@pytest.mark.parametrize("sure", [0.0, 0.15, 0.3])
@pytest.mark.parametrize("n", [5, 12, 40])
def test_the_interval_of_brier_holds_the_truth(n: int, sure: float) -> None:
    """Over 2,000 draws of somebody who is `sure` by that much too sure."""
    rng = np.random.default_rng(7)
    said = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    safe = said + sure * np.sign(0.5 - said)
    truth = float((safe * (1 - said) ** 2 + (1 - safe) * said**2).mean())
    held = 0
    for draw in rng.integers(0, 5, size=(2_000, n)):
        found = brier(
            [Judged(float(said[at]), bool(rng.random() < safe[at])) for at in draw]
        )
        assert found is not None
        held += found.low <= truth <= found.high
    assert held / 2_000 >= 0.95
