import pytest

from progress.tracks import steps_track, track

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


def test_steps_end_in_a_dot_at_what_is_granted() -> None:
    drawn = steps_track(3, "Junior leads")
    assert drawn.startswith('<svg class="track short" viewBox="0 0 138 24" role="img"')
    assert drawn.count('<circle class="step"') == 4
    assert drawn.endswith(
        '<path class="is-granted" d="M12 12H88"/>'
        '<circle class="is-granted" cx="88" cy="12" r="6"/></svg>'
    )


def test_steps_tell_what_lapsed_is_proposed_and_asked_for_by_shape() -> None:
    drawn = steps_track(1, "Observe", is_lapsed=True, proposed=2, asked=4)
    assert drawn.count("is-granted is-lapsed") == 2
    assert '<path class="is-proposed" d="M50 5l7 7-7 7-7-7z"/>' in drawn
    assert '<path class="is-junior" d="M126 5.5L133 18H119Z"/>' in drawn
