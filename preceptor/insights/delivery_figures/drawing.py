"""Small charts that share one axis of weeks: one figure of one team each, as SVG."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

WIDTH, HEIGHT = 260, 96
LEFT, RIGHT, TOP, BOTTOM = 4, 256, 20, 76
Label = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Small:
    """`title` is the message in words; `begins` the words at the program's first day.

    `points` are days with values, drawn through where they are at most `apart` days
    from each other; the y axis goes from zero to `most`.
    """

    title: str
    points: Sequence[tuple[date, float]]
    first: date
    last: date
    start: date
    begins: str
    most: float
    apart: int


def small(of: Small, label: Label, name: str) -> str:
    """Nothing where there is no point."""
    if not of.points:
        return ""
    return "\n".join(_drawn(of, label, name))


def _drawn(of: Small, label: Label, name: str) -> Iterator[str]:
    yield (
        f'<svg class="mini" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' aria-labelledby="{name}"><title id="{name}">{escape(of.title)}</title>'
    )
    yield f'<path class="axis" d="M{LEFT} {BOTTOM}H{RIGHT}"/>'
    if of.first < of.start <= of.last:
        x = _x(of, of.start)
        yield f'<path class="today" d="M{x:.1f} {TOP - 12}V{BOTTOM}"/>'
        anchor = "end" if x > WIDTH / 2 else "start"
        at = x - 4 if anchor == "end" else x + 4
        yield _text(at, BOTTOM + 14, of.begins, anchor, "today-label")
    for run in _runs(of):
        places = [f"{_x(of, day):.1f} {_y(of, value):.1f}" for day, value in run]
        if len(places) == 1:
            left, top = places[0].split()
            yield f'<circle class="dot" cx="{left}" cy="{top}" r="2"/>'
        else:
            yield f'<path class="curve" d="M{"L".join(places)}"/>'
    yield _text(LEFT, TOP - 8, label(of.most), "start")
    yield f'<path class="grid" d="M{LEFT} {TOP}h8"/>'
    yield "</svg>"


def _runs(of: Small) -> Iterator[list[tuple[date, float]]]:
    """Points that follow each other; a week that nobody told parts the line."""
    run: list[tuple[date, float]] = []
    for point in of.points:
        if run and (point[0] - run[-1][0]).days > of.apart:
            yield run
            run = []
        run.append(point)
    yield run


def _x(of: Small, day: date) -> float:
    days = max((of.last - of.first).days, 1)
    return LEFT + (RIGHT - LEFT) * (day - of.first).days / days


def _y(of: Small, value: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * value / (of.most or 1.0)


def _text(x: float, y: float, words: str, anchor: str, css: str = "") -> str:
    kind = f' class="{css}"' if css else ""
    anchored = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text{kind} x="{x:.1f}" y="{y:.1f}"{anchored}>{escape(words)}</text>'
