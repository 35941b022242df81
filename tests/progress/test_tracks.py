import pytest

from progress.tracks import track

REFERENCE = {
    (3, 3): '<path class="is-junior" d="M81 5.5L88 18H74Z"/>'
    '<rect class="is-mentor" x="89.5" y="6.5" width="11" height="11"/>',
    (3, 2): '<path class="gap" d="M50 12H88"/>'
    '<path class="is-junior" d="M88 5.5L95 18H81Z"/>'
    '<rect class="is-mentor" x="44.5" y="6.5" width="11" height="11"/>',
    (None, 5): '<rect class="is-mentor" x="158.5" y="6.5" width="11" height="11"/>',
    (1, None): '<path class="is-junior" d="M12 5.5L19 18H5Z"/>',
    (None, None): "",
}


@pytest.mark.parametrize("levels", REFERENCE)
def test_track_draws_both_and_the_gap(levels: tuple[int | None, int | None]) -> None:
    drawn = track(*levels, "Self competent")
    assert drawn.startswith('<svg class="track" viewBox="0 0 176 24" role="img"')
    assert drawn.count('<circle class="step"') == 5
    assert drawn.endswith(f"{REFERENCE[levels]}</svg>")
