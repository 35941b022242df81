"""The overlap row: who saw what, as SVG in two widths."""

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Seen:
    """Real flaws by who saw them, and the words of the picture."""

    junior: int
    both: int
    mentor: int
    title: str
    junior_saw: str
    mentor_saw: str
    unseen: int = 0
    perhaps: str = ""

    @property
    def total(self) -> int:
        return self.junior + self.both + self.mentor

    @property
    def slots(self) -> float:
        """Shapes beside each other; a gap sets the unseen ones apart."""
        return self.total + (self.unseen + GAP if self.unseen else 0)


@dataclass(frozen=True, slots=True)
class _Frame:
    css: str
    width: float
    height: float
    step: float
    radius: float
    middle: float
    font: float


GAP = 0.25
WIDE = _Frame("wide-only", 440, 94, 44, 12, 48, 7.2)
NARROW = _Frame("narrow", 290, 86, 29, 9, 44, 6.6)


def overlap_row(seen: Seen, name: str) -> str:
    """Both widths; `name` starts the ids. Nothing where no flaw is real."""
    if not seen.total:
        return ""
    return _drawn(seen, WIDE, f"{name}-w") + _drawn(seen, NARROW, f"{name}-n")


def _drawn(seen: Seen, frame: _Frame, name: str) -> str:
    """Shapes shrink together where they would leave the frame."""
    step = min(frame.step, frame.width / seen.slots)
    scale = step / frame.step
    shapes = "".join(
        _shape(kind, (at + 0.5) * step, frame.middle, frame.radius * scale)
        for at, kind in enumerate(_kinds(seen))
    )
    shapes += _ghosts(seen, step, frame)
    above = _brace((0, seen.junior + seen.both), step, seen.junior_saw, frame, -1)
    below = _brace((seen.junior, seen.total), step, seen.mentor_saw, frame, 1)
    return (
        f'<svg class="overlap {frame.css}" role="img" aria-labelledby="{name}"'
        f' viewBox="0 0 {frame.width:g} {frame.height:g}">'
        f'<title id="{name}">{escape(seen.title)}</title>{shapes}{above}{below}</svg>'
    )


def _kinds(seen: Seen) -> list[str]:
    return ["junior"] * seen.junior + ["both"] * seen.both + ["mentor"] * seen.mentor


def _ghosts(seen: Seen, step: float, frame: _Frame) -> str:
    """Outlines of what perhaps nobody saw, with their words where these fit.

    Below, or above the row where the mentor's name reaches that far.
    """
    first = (seen.total + GAP) * step
    radius = frame.radius * 11 / 12 * step / frame.step
    circles = "".join(
        f'<circle class="ghost" cx="{first + (n + 0.5) * step:g}"'
        f' cy="{frame.middle:g}" r="{radius:g}"/>'
        for n in range(seen.unseen)
    )
    if not seen.unseen or first + len(seen.perhaps) * frame.font > frame.width:
        return circles
    mentors = (seen.junior + 0.2) * step + (len(seen.mentor_saw) + 1) * frame.font
    below, above = frame.height - 4, frame.middle - frame.radius - 8
    return (
        f'{circles}<text x="{first:g}" y="{below if mentors < first else above:g}">'
        f"{escape(seen.perhaps)}</text>"
    )


def _shape(kind: str, x: float, y: float, radius: float) -> str:
    if kind == "both":
        return f'<circle class="is-both" cx="{x:g}" cy="{y:g}" r="{radius:g}"/>'
    if kind == "junior":
        half = radius * 13 / 12
        path = f"M{x:g} {y - radius:g}l{half:g} {radius * 23 / 12:g}h{-2 * half:g}z"
        return f'<path class="is-junior" d="{path}"/>'
    side = radius * 11 / 6
    return (
        f'<rect class="is-mentor" x="{x - side / 2:g}" y="{y - side / 2:g}"'
        f' width="{side:g}" height="{side:g}"/>'
    )


def _brace(
    span: tuple[int, int], step: float, words: str, frame: _Frame, down: int
) -> str:
    """A brace over shapes `first` up to `last`, with its words where they fit."""
    first, last = span
    if first == last:
        return ""
    left, right = first * step + step * 0.2, last * step - step * 0.2
    y = frame.middle + down * 20
    fits = left + len(words) * frame.font <= frame.width
    place, anchor = (left, "start") if fits else (max(right, 0), "end")
    baseline = 14 if down < 0 else frame.height - 4
    return (
        f'<path class="brace" d="M{left:g} {y:g}v{down * 7}H{right:g}v{-down * 7}"/>'
        f'<text class="strong" x="{place:g}" y="{baseline:g}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )
