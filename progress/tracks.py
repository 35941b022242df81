"""Level tracks as SVG: where self and mentor see a junior, from novice to expert."""

from progress.levels import Level

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
