"""The year line's SVG, built in Python for speed: one for each of its three widths.

`parts/yearline.html` puts the same figures in tables beneath. Lines end where the
parts of the picture do, so that a page's source can be read.
"""

from collections.abc import Iterator

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from progress.yearline import Band, Bracket, Diamond, Drawing, Picture, Text, Today


def svg(picture: Picture) -> SafeString:
    """Every drawing of the picture; each is titled by what the picture says."""
    lines = []
    for number, drawing in enumerate(picture.drawings, 1):
        title = f'<title id="yl-{number}">{escape(picture.year.message)}</title>'
        lines += [_opening(drawing, number), title, *_parts(drawing), "</svg>"]
    return mark_safe("\n".join(lines))  # noqa: S308 # every text is escaped


def _opening(drawing: Drawing, number: int) -> str:
    return (
        f'<svg class="{drawing.kind}" viewBox="{drawing.view_box}" role="img"'
        f' aria-labelledby="yl-{number}">'
    )


def _parts(drawing: Drawing) -> Iterator[str]:
    """From the back to the front: what comes later is drawn over what came before."""
    yield from map(_bracket, drawing.brackets)
    yield from map(_band, drawing.bands)
    yield _path("tick", drawing.held) + _path("tick planned", drawing.planned)
    yield _path("axis", f"M0 98H{drawing.width}") + _path("grid", drawing.grid)
    yield from map(_text, drawing.months)
    today = drawing.today
    if today:
        yield _path("today", today.path)
    for stone in drawing.stones:
        yield _path(f"stone {stone.state}", stone.path) + _path("check", stone.check)
    yield from map(_names, drawing.stones)
    if today:
        yield _today(today)


def _bracket(bracket: Bracket) -> str:
    return _path("axis", bracket.path) + _text(bracket.label)


def _band(band: Band) -> str:
    label = _text(band.label, "strong" if band.state == "now" else "")
    return (
        f'<rect class="phase {band.state}" x="{band.x}" y="32" width="{band.width}"'
        f' height="26" rx="4"/>{label}'
    )


def _names(stone: Diamond) -> str:
    return _anchored(stone.name, "label strong") + _anchored(stone.note, "label")


def _today(today: Today) -> str:
    return _anchored(today.label, "today-label") + _path("today", today.pointer)


def _path(kind: str, path: str) -> str:
    return f'<path class="{kind}" d="{path}"/>' if path else ""


def _text(text: Text | None, kind: str = "") -> str:
    if text is None:
        return ""
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{text.x}" y="{text.y}">{escape(text.words)}</text>'


def _anchored(text: Text | None, kind: str) -> str:
    if text is None:
        return ""
    return (
        f'<text class="{kind}" x="{text.x}" y="{text.y}" text-anchor="{text.anchor}">'
        f"{escape(text.words)}</text>"
    )
