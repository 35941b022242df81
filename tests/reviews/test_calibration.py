import pytest

from reviews.calibration import Judged, bands, brier


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
