"""Curves of who stays as SVG in two widths, with the numbers at risk beneath."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

TICKS = (0, 25, 50, 75, 100)
EVERY = 6
"""Months between two names under the axis."""


@dataclass(frozen=True, slots=True)
class Place:
    """After so many months: who is at risk, and the share with its ends."""

    month: int
    at_risk: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class _Frame:
    css: str
    width: int
    height: int
    left: float
    right: float
    bottom: float

    top = 14


WIDE = _Frame("wide-only", 760, 330, 50, 742, 250)
NARROW = _Frame("narrow", 326, 270, 42, 316, 190)


@dataclass(frozen=True, slots=True)
class Picture:
    """`title` is the message in words; `at_risk` heads the numbers beneath."""

    places: Sequence[Place]
    title: str
    months: int
    at_risk: str


def curve(picture: Picture, name: str) -> str:
    """Both widths; `name` starts the ids.

    A share holds until the next place: nothing is drawn between what was counted.
    """
    return "\n".join(
        line for frame in (WIDE, NARROW) for line in _drawing(picture, frame, name)
    )


def _drawing(picture: Picture, frame: _Frame, name: str) -> Iterator[str]:
    places, key = picture.places, f"{name}-{frame.css}"

    def x(month: int) -> float:
        return frame.left + month / picture.months * (frame.right - frame.left)

    def y(share: float) -> float:
        return frame.bottom - share * (frame.bottom - frame.top)

    yield (
        f'<svg class="chart {frame.css}" viewBox="0 0 {frame.width} {frame.height}"'
        f' role="img" aria-labelledby="{key}">'
    )
    yield f'<title id="{key}">{escape(picture.title)}</title>'
    for tick in TICKS:
        css, words = ("grid" if tick else "axis"), f"{tick} %" if tick == 100 else tick
        at = y(tick / 100)
        yield f'<path class="{css}" d="M{frame.left:g} {at:g}H{frame.right:g}"/>'
        yield _text(frame.left - 8, at + 4, str(words), "end")
    upper = [(x(one.month), y(one.high)) for one in places]
    lower = [(x(one.month), y(one.low)) for one in places]
    yield _path("band", f"{_steps(upper)}{_back(lower)}Z")
    yield _path("curve", _steps([(x(one.month), y(one.value)) for one in places]))
    yield from _end(places[-1], x, y)
    yield _text(frame.left, frame.bottom + 42, picture.at_risk)
    for month in range(0, picture.months + 1, EVERY):
        yield _text(x(month), frame.bottom + 20, str(month), "middle", "strong")
    for one in places:
        if one.month % EVERY == 0:
            yield _text(x(one.month), frame.bottom + 60, str(one.at_risk), "middle")
    yield "</svg>"


def _end(
    last: Place, x: Callable[[int], float], y: Callable[[float], float]
) -> Iterator[str]:
    """Nothing follows the last place, so that its band would have no width."""
    at = x(last.month)
    yield _path("range", f"M{at:.1f} {y(last.high):.1f}V{y(last.low):.1f}")
    yield f'<circle class="dot" cx="{at:.1f}" cy="{y(last.value):.1f}" r="4.5"/>'


def _steps(points: Sequence[tuple[float, float]]) -> str:
    """Level up to the next place, then up or down to it."""
    (first_x, first_y), *rest = points
    lines = (f"H{x:.1f}V{y:.1f}" for x, y in rest)
    return f"M{first_x:.1f} {first_y:.1f}{''.join(lines)}"


def _back(points: Sequence[tuple[float, float]]) -> str:
    """The same steps from the last place to the first."""
    last_x, last_y = points[-1]
    lines = (f"V{y:.1f}H{x:.1f}" for x, y in reversed(points[:-1]))
    return f"L{last_x:.1f} {last_y:.1f}{''.join(lines)}"


def _path(css: str, d: str) -> str:
    return f'<path class="{css}" d="{d}"/>'


def _text(x: float, y: float, words: str, anchor: str = "start", css: str = "") -> str:
    kind = f' class="{css}"' if css else ""
    anchored = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text{kind} x="{x:.1f}" y="{y:.1f}"{anchored}>{escape(words)}</text>'
