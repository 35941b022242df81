"""Tracks as SVG: the level that self and mentor see, and the steps of autonomy."""

from progress.levels import Autonomy, Level

STEPS = "".join(
    f'<circle class="step" cx="{12 + 38 * n}" cy="12" r="3"/>'
    for n in range(len(Level))
)


def track(own: int | None, mentors: int | None, label: str) -> str:
    """A triangle for self, a square for the mentor; side by side where they agree.

    Levels from 1 to 5, None for who can't say. `label` is escaped already.
    """
    return (
        '<svg class="track" viewBox="0 0 176 24" role="img"'
        f' aria-label="{label}"><path class="grid" d="M12 12H164"/>{STEPS}'
        f"{_marks(own, mentors)}</svg>"
    )


def _marks(own: int | None, mentors: int | None) -> str:
    if own is not None and own == mentors:
        return _triangle(_x(own) - 7) + _square(_x(own) + 7)
    drawn = _triangle(_x(own)) if own is not None else ""
    drawn += _square(_x(mentors)) if mentors is not None else ""
    if own is None or mentors is None:
        return drawn
    low, high = sorted((_x(own), _x(mentors)))
    return f'<path class="gap" d="M{low} 12H{high}"/>{drawn}'


def _x(level: int) -> int:
    return 12 + 38 * (level - 1)


def _triangle(x: int) -> str:
    return f'<path class="is-junior" d="M{x} 5.5L{x + 7} 18H{x - 7}Z"/>'


def _square(x: int) -> str:
    return f'<rect class="is-mentor" x="{x - 5.5}" y="6.5" width="11" height="11"/>'


def steps_track(
    level: int,
    label: str,
    *,
    is_lapsed: bool = False,
    proposed: int | None = None,
    asked: int | None = None,
) -> str:
    """What is granted as a line that ends in a dot, hollow where it has lapsed.

    A diamond is proposed, a triangle asked for by the junior; the triangle stands above
    where both are the same step. `label` is escaped already.
    """
    last = _x(len(Autonomy))
    dots = "".join(
        f'<circle class="step" cx="{_x(n)}" cy="12" r="3"/>' for n in Autonomy.values
    )
    gone = " is-lapsed" if is_lapsed else ""
    marks = f'<path class="is-granted{gone}" d="M12 12H{_x(level)}"/>'
    marks += f'<circle class="is-granted{gone}" cx="{_x(level)}" cy="12" r="6"/>'
    if proposed is not None:
        at = _x(proposed)
        marks += f'<path class="is-proposed" d="M{at} 5l7 7-7 7-7-7z"/>'
    if asked is not None:
        marks += _triangle(_x(asked))
    return (
        f'<svg class="track short" viewBox="0 0 {last + 12} 24" role="img"'
        f' aria-label="{label}"><path class="grid" d="M12 12H{last}"/>{dots}'
        f"{marks}</svg>"
    )
