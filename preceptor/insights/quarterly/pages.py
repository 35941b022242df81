"""How the figures of a report read: in words, as a chart, for a page and for paper."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from preceptor.insights.figures import pictures
from preceptor.insights.figures.pictures import EVERY, Picture, Place
from preceptor.insights.quarterly.document import (
    COUNT,
    MONEY,
    SHARE,
    Curve,
    Line,
    Part,
    Report,
)
from preceptor.insights.quarterly.paper import HEAD, ROOM, Printed, printed, with_points
from preceptor.insights.returns.pages import amount


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    value: str
    interval: str
    n: str
    note: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A part with its rows and its curves, of which some may be on the screen alone."""

    part: Part
    rows: Sequence[tuple[Row, bool]]
    charts: Sequence[tuple[Curve, SafeString, bool]]
    left_off: str
    """What paper says of the others."""


@dataclass(frozen=True, slots=True)
class ShownSheet:
    key: str
    title: str
    parts: Sequence[Shown]


def sheets(report: Report) -> Iterator[ShownSheet]:
    room = ROOM - HEAD
    for sheet in report.sheets:
        fits = printed(sheet.parts, room)
        parts = [
            _shown(f"{sheet.key}{number}", part, own)
            for number, (part, own) in enumerate(zip(sheet.parts, fits, strict=True))
        ]
        yield ShownSheet(sheet.key, sheet.title, parts)
        room = ROOM


def _shown(key: str, part: Part, fits: Printed) -> Shown:
    return Shown(
        part,
        [(row_of(line), n < fits.lines) for n, line in enumerate(part.lines)],
        [
            (curve, chart_of(curve, f"{key}-{n}"), n < fits.curves)
            for n, curve in enumerate(with_points(part))
        ],
        _left_off(part, fits),
    )


def _left_off(part: Part, fits: Printed) -> str:
    all_lines, curves = len(part.lines) // part.each, len(with_points(part))
    words = {"n": all_lines - fits.lines // part.each, "all": all_lines, "of": part.of}
    if words["n"]:
        text = _("%(n)s of %(all)s %(of)s are left off on paper. The files have all.")
        return text % words
    if n := curves - fits.curves:
        text = _("%(n)s of %(all)s curves are left off on paper. The files have all.")
        return text % {"n": n, "all": curves}
    return ""


def row_of(line: Line) -> Row:
    if line.value is None:
        return Row(line.label, "–", "", "", line.note)
    interval = ""
    if line.low is not None and line.high is not None:
        ends = {"low": said(line, line.low), "high": said(line, line.high)}
        interval = _("%(low)s to %(high)s") % ends
    return Row(line.label, said(line, line.value), interval, _n_of(line), line.note)


def _n_of(line: Line) -> str:
    if line.n is None:
        return ""
    if line.clusters is None or line.clusters == line.n:
        return str(line.n)
    return _("%(n)s from %(clusters)s") % {"n": line.n, "clusters": line.clusters}


def said(line: Line, value: float) -> str:
    """A number by its unit."""
    if line.unit == SHARE:
        return f"{value * 100:.0f} %"
    if line.unit == COUNT:
        return number_format(round(value), use_l10n=True, force_grouping=True)
    if line.unit == MONEY:
        return f"{line.currency} {amount(value)}"
    places = 0 if abs(value) >= 100 else 2 if abs(value) < 1 else 1
    return number_format(round(value, places), decimal_pos=places, use_l10n=True)


def chart_of(curve: Curve, name: str) -> SafeString:
    """The share that stays, from nothing to all, with its band."""
    last = curve.points[-1]
    title = _("%(name)s: %(share)s (%(low)s to %(high)s) are there after %(n)s months.")
    ends = {key: getattr(last, key) for key in ("low", "high")}
    words = {key: f"{end * 100:.0f} %" for key, end in ends.items()}
    words |= {"name": curve.name, "share": f"{last.value * 100:.0f} %"}
    picture = Picture(
        places=[
            Place(one.month, one.at_risk, one.value, one.low, one.high)
            for one in curve.points
        ],
        title=title % {**words, "n": last.month},
        months=max(last.month, EVERY),
        at_risk=_("still looked at, by months since the first day"),
    )
    return mark_safe(pictures.curve(picture, name))  # noqa: S308 # every text is escaped
