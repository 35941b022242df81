"""The strip of weeks as SVG: a bar met, an empty one missed, a low one off, a dot."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from html import escape

from preceptor.insights.board.weeks import Week

STEP, SHOWN = 5, 52
WIDTH, HEIGHT = STEP * SHOWN, 20
SHAPES = {
    Week.MET: (0, "5h4v12h-4z"),
    Week.TWICE: (0, "0h4v17h-4z"),
    Week.MISSED: (0.5, "5.5h3v11h-3z"),
    Week.OFF: (0, "14h4v3h-4z"),
    Week.AHEAD: (1, "15h2v2h-2z"),
}
"""How far right of its place each begins, and its outline from there."""

PIECES = {
    state: [f"M{STEP * n + shift:g} {outline}" for n in range(SHOWN)]
    for state, (shift, outline) in SHAPES.items()
}
VIEW_BOX = f'viewBox="0 0 {WIDTH} {HEIGHT}"'


def first_shown(count: int, this: int) -> int:
    """Where a strip begins that is too short for all weeks of a long program.

    It shows today with a quarter of it to come.
    """
    return max(0, min(this - SHOWN * 3 // 4, count - SHOWN))


def strip(states: Sequence[Week], first: int, this: int, label: str) -> str:
    """The weeks from the one numbered `first`; today's line stands behind `this`."""
    paths: dict[Week, list[str]] = defaultdict(list)
    for place, state in enumerate(states[first : first + SHOWN]):
        paths[state].append(PIECES[state][place])
    drawn = [
        f'<path class="{state.value}" d="{"".join(pieces)}"/>'
        for state, pieces in paths.items()
    ]
    if 0 <= this - first < SHOWN:
        at = STEP * (this - first) + 4.5
        drawn.append(f'<path class="now" d="M{at:g} 0h1.5v20h-1.5z"/>')
    return (
        f'<svg class="weeks" {VIEW_BOX} role="img" aria-label="{escape(label)}">'
        f"{''.join(drawn)}</svg>"
    )


def months(initials: Iterable[tuple[int, str]]) -> str:
    """The head of the column: each initial over the week in which its month begins."""
    texts = "".join(
        f'<text x="{STEP * place}" y="15">{escape(initial)}</text>'
        for place, initial in initials
        if 0 <= place < SHOWN - 1
    )
    return f'<svg class="weeks" {VIEW_BOX} aria-hidden="true">{texts}</svg>'
