"""What of a report is printed: four sheets, whatever an organisation has.

A page on the screen and the files hold every line. On paper each sheet is one page, so
the parts that grow with the organisation end where it is full, and say so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from preceptor.insights.quarterly.document import Curve, Line, Part

ROOM = 48
"""How many lines of text a sheet holds, of A4 as of Letter."""
HEAD = 10
"""How many of them the head of the report takes on the first sheet."""
IN_LABEL, IN_NOTE, IN_TEXT = 52, 46, 110
"""How many letters a line of each holds; few, for they may be wide."""
ABOVE, CURVES, SIDE_BY_SIDE = 4, 13, 2
"""What a part takes for itself, and what two curves beside each other take."""
MOST_CURVES = 4


@dataclass(frozen=True, slots=True)
class Printed:
    """How many lines and curves of a part are printed."""

    lines: int
    curves: int


def printed(parts: Sequence[Part], room: int) -> list[Printed]:
    """Of each part of a sheet: from the longest the last ones are left off."""
    curves = [min(len(with_points(part)), MOST_CURVES) for part in parts]
    lines = [len(part.lines) for part in parts]
    used = [
        _fixed(part, n) + _taken(part.lines)
        for part, n in zip(parts, curves, strict=True)
    ]
    while sum(used) > room:
        longest = max(
            (n for n, part in enumerate(parts) if part.of and lines[n]),
            key=lambda n: used[n],
            default=None,
        )
        if longest is None:
            break
        each = parts[longest].each
        gone = parts[longest].lines[lines[longest] - each : lines[longest]]
        lines[longest] -= each
        used[longest] -= _taken(gone)
    return [Printed(*both) for both in zip(lines, curves, strict=True)]


def with_points(part: Part) -> list[Curve]:
    """Those that have a point: one past its beginning."""
    return [curve for curve in part.curves if curve.points]


def _fixed(part: Part, curves: int) -> int:
    texts = (part.lead, part.foot)
    words = sum(_lines(text, IN_TEXT) for text in texts if text)
    return ABOVE + words + -(-curves // SIDE_BY_SIDE) * CURVES


def _taken(lines: Sequence[Line]) -> int:
    return sum(
        max(_lines(line.label, IN_LABEL), _lines(line.note, IN_NOTE)) for line in lines
    )


def _lines(text: str, width: int) -> int:
    return max(-(-len(text) // width), 1)
