"""The outcome of a scenario as SVG in two widths: how it spreads, and what moves it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor

Label = Callable[[float], str]
"""An amount in few letters, for an axis."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """Draws in steps `step` wide from `first` on; `middle` is their median.

    `title` is the message in words, `zero` and `half` what the two lines are.
    """

    title: str
    bins: Sequence[int]
    first: float
    step: float
    middle: float
    zero: str
    half: str


@dataclass(frozen=True, slots=True)
class Bar:
    """What the outcome is with one input at its low and its high end."""

    name: str
    at_low: float
    at_high: float
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class _Frame:
    css: str
    width: int
    height: int
    left: float
    right: float
    ticks: int

    top = 34


WIDE = _Frame("wide-only", 760, 260, 16, 744, 8)
NARROW = _Frame("narrow", 326, 220, 10, 316, 4)
ROW = 44
AXIS = 30


def histogram(of: Histogram, label: Label, name: str) -> str:
    """Both widths; `name` starts the ids. Nothing where nothing spreads."""
    if not of.bins:
        return ""
    return "\n".join(
        line for frame in (WIDE, NARROW) for line in _histogram(of, label, frame, name)
    )


def _histogram(of: Histogram, label: Label, frame: _Frame, name: str) -> Iterator[str]:
    last = of.first + of.step * len(of.bins)
    scale = _Scale(min(of.first, 0.0), max(last, 0.0), frame)
    bottom, most = frame.height - AXIS, max(of.bins)
    yield from _opened(frame.css, (frame.width, frame.height), of.title, name)
    for number, count in enumerate(of.bins):
        if count:
            start = of.first + number * of.step
            x, right = scale(start), scale(start + of.step)
            y = bottom - (bottom - frame.top) * count / most
            css = "loss" if start < 0 else "gain"
            yield _rect(css, x, y, max(right - x - 1, 0.5), bottom - y)
    yield from _axis(scale, frame, bottom, label)
    yield _upright("today", scale(0), frame.top - 14, bottom)
    yield _upright("axis", scale(of.middle), frame.top - 4, bottom)
    yield from _named(scale, frame, of)
    yield "</svg>"


def _named(scale: "_Scale", frame: _Frame, of: Histogram) -> Iterator[str]:
    """What the two lines are, each on the side where there is room."""
    for x, y, words, css in (
        (scale(0), 12, of.zero, "today-label"),
        (scale(of.middle), 26, of.half, "strong label"),
    ):
        anchor = "start" if x < (frame.left + frame.right) / 2 else "end"
        yield _text(x + (4 if anchor == "start" else -4), y, words, anchor, css)


def tornado(bars: Sequence[Bar], title: str, label: Label, name: str) -> str:
    """A row an input, the widest first: a hollow mark at its low end, a full one high.

    Nothing where no input moves anything.
    """
    if not bars:
        return ""
    return "\n".join(
        line
        for frame in (WIDE, NARROW)
        for line in _tornado(bars, title, label, frame, name)
    )


def _tornado(
    bars: Sequence[Bar], title: str, label: Label, frame: _Frame, name: str
) -> Iterator[str]:
    ends = [value for bar in bars for value in (bar.at_low, bar.at_high)]
    scale = _Scale(min(*ends, 0.0), max(*ends, 0.0), frame)
    bottom = ROW * len(bars) + 4
    yield from _opened(frame.css, (frame.width, bottom + AXIS), title, name)
    yield _upright("today", scale(0), 4, bottom)
    for number, bar in enumerate(bars):
        yield from _row(bar, scale, frame, ROW * number)
    yield from _axis(scale, frame, bottom, label)
    yield "</svg>"


def _row(bar: Bar, scale: "_Scale", frame: _Frame, top: float) -> Iterator[str]:
    y = top + 32
    low, high = scale(bar.at_low), scale(bar.at_high)
    yield _text(frame.left, top + 16, bar.name, "start", "strong label")
    yield _text(frame.right, top + 16, f"{bar.low} – {bar.high}", "end", "label")
    yield f'<path class="swing" d="M{low:.1f} {y:g}H{high:.1f}"/>'
    yield f'<circle class="end" cx="{low:.1f}" cy="{y:g}" r="5"/>'
    yield f'<circle class="end full" cx="{high:.1f}" cy="{y:g}" r="5"/>'


@dataclass(frozen=True, slots=True)
class _Scale:
    """Amounts to places, with a little air at both ends."""

    low: float
    high: float
    frame: _Frame

    def __call__(self, value: float) -> float:
        width = (self.high - self.low) or 1.0
        room = self.frame.right - self.frame.left - 16
        return self.frame.left + 8 + room * (value - self.low) / width

    @property
    def ticks(self) -> Iterator[float]:
        step = round_step((self.high - self.low) / self.frame.ticks or 1.0)
        for number in range(ceil(self.low / step), floor(self.high / step) + 1):
            yield number * step


def round_step(raw: float) -> float:
    """1, 2 or 5 times a power of ten, not below what was asked."""
    power = 1.0
    while power * 10 <= raw:
        power *= 10
    while power > raw:
        power /= 10
    return next(n * power for n in (1, 2, 5, 10) if n * power >= raw)


def _axis(scale: _Scale, frame: _Frame, bottom: float, label: Label) -> Iterator[str]:
    yield f'<path class="axis" d="M{frame.left:g} {bottom:g}H{frame.right:g}"/>'
    for tick in scale.ticks:
        x = scale(tick)
        yield f'<path class="axis" d="M{x:.1f} {bottom:g}v5"/>'
        yield _text(x, bottom + 19, label(tick), "middle")


def _opened(css: str, size: tuple[int, float], title: str, name: str) -> Iterator[str]:
    key = f"{name}-{css}"
    yield (
        f'<svg class="chart {css}" viewBox="0 0 {size[0]} {size[1]:g}" role="img"'
        f' aria-labelledby="{key}"><title id="{key}">{escape(title)}</title>'
    )


def _upright(css: str, x: float, top: float, bottom: float) -> str:
    return f'<path class="{css}" d="M{x:.1f} {top:g}V{bottom:g}"/>'


def _rect(css: str, x: float, y: float, width: float, height: float) -> str:
    return (
        f'<rect class="{css}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}"'
        f' height="{height:.1f}"/>'
    )


def _text(x: float, y: float, words: str, anchor: str, css: str = "") -> str:
    kind = f' class="{css}"' if css else ""
    anchored = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text{kind} x="{x:.1f}" y="{y:.1f}"{anchored}>{escape(words)}</text>'
