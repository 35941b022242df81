"""Charts of shares as SVG in two widths: by month, and of confidence against outcome.

The y axis is the whole range from 0 to 100 %, always. Words come from the caller.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

TICKS = (0, 25, 50, 75, 100)
NAME_LETTER = 7.7  # how wide a letter of a strong label is reckoned, at 12 px


@dataclass(frozen=True, slots=True)
class Point:
    """A share with its interval at `x`, a fraction of the chart's width.

    `name` and `short` stand under it (the first where there is room), `note` below;
    `value` is None where there is no point.
    """

    x: float
    name: str
    short: str
    note: str
    value: float | None = None
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, slots=True)
class Chart:
    """`title` is the message in words, `last` two lines beside the last point."""

    title: str
    points: Sequence[Point]
    last: tuple[str, str] = ("", "")
    is_line: bool = True


@dataclass(frozen=True, slots=True)
class _Frame:
    css: str
    width: int
    height: int
    left: float
    right: float
    bottom: float
    names: bool

    top = 14

    def x(self, fraction: float) -> float:
        return self.left + fraction * (self.right - self.left)

    def y(self, share: float) -> float:
        return self.bottom - share * (self.bottom - self.top)


WIDE = _Frame("wide-only", 760, 380, 50, 642, 336, names=True)
NARROW = _Frame("narrow", 326, 260, 42, 320, 216, names=False)


def drawn(chart: Chart, name: str) -> str:
    """Both widths; `name` starts the ids. Nothing where no point has a value."""
    if not any(point.value is not None for point in chart.points):
        return ""
    return "\n".join(
        line for frame in (WIDE, NARROW) for line in _drawing(chart, frame, name)
    )


def middles(n: int) -> list[float]:
    """Where `n` columns of equal width have their middle."""
    return [(at + 0.5) / n for at in range(n)]


def _drawing(chart: Chart, frame: _Frame, name: str) -> Iterator[str]:
    key = f"{name}-{frame.css}"
    yield (
        f'<svg class="chart {frame.css}" viewBox="0 0 {frame.width} {frame.height}"'
        f' role="img" aria-labelledby="{key}">'
    )
    yield f'<title id="{key}">{escape(chart.title)}</title>'
    yield from (_tick(tick, frame) for tick in TICKS)
    if chart.is_line:
        for run in _runs(chart.points):
            yield from _line(run, frame)
    else:
        yield _path("gap", _through([(0, 0), (1, 1)], frame))
    yield from _whiskers(chart.points, frame)
    yield from _marks(chart, frame)
    yield "</svg>"


def _tick(tick: int, frame: _Frame) -> str:
    y = frame.y(tick / 100)
    words = "100 %" if tick == TICKS[-1] else str(tick)
    line = _path("grid" if tick else "axis", f"M{frame.left:g} {y:g}H{frame.right:g}")
    return line + _text(frame.left - 8, y + 4, words, "end")


def _runs(points: Sequence[Point]) -> Iterator[list[Point]]:
    """Points that stand next to each other; a month without one parts the line."""
    run: list[Point] = []
    for point in points:
        if point.value is not None:
            run.append(point)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _line(run: list[Point], frame: _Frame) -> Iterator[str]:
    upper = [(point.x, point.high) for point in run]
    lower = [(point.x, point.low) for point in reversed(run)]
    yield _path("band", f"{_through([*upper, *lower], frame)}Z")
    yield _path("curve", _through([(p.x, p.value or 0) for p in run], frame))


def _whiskers(points: Sequence[Point], frame: _Frame) -> Iterator[str]:
    ranges = (
        f"M{frame.x(p.x):.1f} {frame.y(p.high):.1f}V{frame.y(p.low):.1f}"
        for p in points
        if p.value is not None
    )
    yield _path("range", "".join(ranges))


def _marks(chart: Chart, frame: _Frame) -> Iterator[str]:
    """Dots, what stands under them, and the words beside the last."""
    end = max(n for n, point in enumerate(chart.points) if point.value is not None)
    for number, point in enumerate(chart.points):
        x = frame.x(point.x)
        if point.value is not None:
            y = frame.y(point.value)
            yield f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
            if number == end and frame.names:
                yield from _last(chart, x, y)
        name = point.name if frame.names else point.short
        yield _text(x, frame.bottom + 20, name, "middle", "strong")
        if frame.names:
            yield _text(x, frame.bottom + 36, point.note, "middle")


def _last(chart: Chart, x: float, y: float) -> Iterator[str]:
    """Beside the last point where that fits, else over it and to the left."""
    first, second = chart.last
    fits = x + 14 + len(first) * NAME_LETTER <= WIDE.width
    place, anchor = (x + 14, "start") if fits else (WIDE.width - 4, "end")
    base = y + 4 if fits else max(y - 30, WIDE.top)
    yield _text(place, base, first, anchor, "strong label")
    yield _text(place, base + 17, second, anchor, "label")


def _through(places: Sequence[tuple[float, float]], frame: _Frame) -> str:
    pairs = [f"{frame.x(x):.1f} {frame.y(y):.1f}" for x, y in places]
    return f"M{'L'.join(pairs)}"


def _path(css: str, d: str) -> str:
    return f'<path class="{css}" d="{d}"/>'


def _text(x: float, y: float, words: str, anchor: str = "start", css: str = "") -> str:
    if not words:
        return ""
    kind = f' class="{css}"' if css else ""
    anchored = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text{kind} x="{x:.1f}" y="{y:.1f}"{anchored}>{escape(words)}</text>'
