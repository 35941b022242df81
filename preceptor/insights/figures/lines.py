"""Figures in words: what a page shows of each and what a file has of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _

from preceptor.days import written
from preceptor.insights.figures.estimates import Estimate, Figure, Withheld
from preceptor.insights.figures.quarterly import (
    MonthFigures,
    QuarterFigures,
    Record,
)
from preceptor.insights.figures.rooms import Band, Room, Row
from progress.questions import OF_MENTOR
from reviews.models import Explanation, Finding
from reviews.taxonomy import label


class Unit(Enum):
    """How a number is written; a share is a fraction until then."""

    SHARE = "share"
    COUNT = "count"
    SCORE = "score"
    MINUTES = "minutes"

    def written(self, value: float) -> str:
        if self is Unit.SHARE:
            return f"{value * 100:.0f} %"
        if self is Unit.MINUTES:
            return f"{value:.0f}"
        return f"{value:.1f}" if self is Unit.COUNT else f"{value:.2f}"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure. `of` is what its n counts, `who` the clusters of its interval."""

    group: str
    name: str
    figure: Figure
    unit: Unit
    of: str
    who: str
    note: str = ""

    @property
    def withheld(self) -> str:
        return self.figure.sentence if isinstance(self.figure, Withheld) else ""

    @property
    def estimate(self) -> Estimate | None:
        return None if isinstance(self.figure, Withheld) else self.figure

    @property
    def value(self) -> str:
        return self.unit.written(self.estimate.value) if self.estimate else ""

    @property
    def between(self) -> str:
        """The interval, low to high."""
        if not (one := self.estimate):
            return ""
        ends = {name: self.unit.written(getattr(one, name)) for name in ("low", "high")}
        return _("%(low)s to %(high)s") % ends

    @property
    def basis(self) -> str:
        """`n = 96 weeks of 8 pairs`."""
        if not (one := self.estimate):
            return ""
        words = {"n": one.n, "of": self.of, "clusters": one.clusters, "who": self.who}
        if self.of == self.who:
            return _("n = %(n)s %(of)s") % words
        return _("n = %(n)s %(of)s of %(clusters)s %(who)s") % words


def all_lines(found: QuarterFigures, months: Iterable[MonthFigures]) -> Iterator[Line]:
    """Everything that the page of a quarter shows, in its order.

    `months` are those of its table. What is withheld as a whole says why in one line.
    """
    if found.record:
        yield from of_record(found.record)
    for month in months:
        yield from of_month(month)
    if isinstance(found.room, Room):
        yield from of_room(found.room)
        yield from of_tables(found.room)
    else:
        yield _withheld(_("The sessions"), found.room)
    if isinstance(found.evaluations, Withheld):
        yield _withheld(_("What juniors say"), found.evaluations)
    yield from of_evaluations(found)


def _withheld(group: str, why: Withheld) -> Line:
    return Line(group, _("all of it"), why, Unit.COUNT, "", "")


def of_record(record: Record) -> Iterator[Line]:
    share, count, minutes = Unit.SHARE, Unit.COUNT, Unit.MINUTES
    pairs, juniors, mentors = _("pairs"), _("juniors"), _("mentors")
    weeks, told = _("weeks"), _("weeks told")
    months, sessions = _("months of pairs"), _("sessions that say it")
    planned = _("planned: %(hours)s a week") % {"hours": f"{record.planned:g}"}
    rows = (
        (_("weeks kept"), record.kept, share, weeks, pairs, ""),
        (_("sessions a pair and month"), record.sessions, count, months, pairs, ""),
        (_("minutes a pair and month"), record.minutes, minutes, months, pairs, ""),
        (_("minutes a session"), record.length, minutes, sessions, pairs, ""),
        (_("milestones on time"), record.milestones, share, _("due"), juniors, ""),
        (_("protected hours had a week"), record.had, count, told, juniors, planned),
        (_("of the hours planned"), record.of_planned, share, told, juniors, ""),
        (_("weeks told of"), record.told, share, weeks, juniors, ""),
        (_("juniors a mentor"), record.load, count, _("month ends"), mentors, ""),
        (_("seats taken"), record.seats, share, _("seats"), mentors, ""),
        (_("mentors trained"), record.trained, share, mentors, mentors, ""),
    )
    group = _("The record")
    for name, figure, unit, of, who, note in rows:
        yield Line(group, name, figure, unit, of, who, note)


def of_month(month: MonthFigures) -> Iterator[Line]:
    group = written(month.month, "F Y")
    pairs, juniors = _("pairs"), _("juniors")
    share, count = Unit.SHARE, Unit.COUNT
    rows = (
        (_("weeks kept"), month.kept, share, _("weeks"), pairs),
        (_("sessions a pair"), month.sessions, count, _("months of pairs"), pairs),
        (_("hours had a week"), month.had, count, _("weeks told"), juniors),
        (_("milestones on time"), month.milestones, share, _("due"), juniors),
        (_("caught alone"), month.caught, share, _("real flaws"), juniors),
    )
    for name, figure, unit, of, who in rows:
        yield Line(group, name, figure, unit, of, who)


def of_room(room: Room) -> Iterator[Line]:
    juniors, group = _("juniors"), _("The sessions")
    safe, said, marked = _("safe changes"), _("confidences"), _("explanations")
    yield Line(
        group, _("caught alone"), room.caught, Unit.SHARE, _("real flaws"), juniors
    )
    yield Line(
        *(group, _("safe changes rejected"), room.rejected, Unit.SHARE, safe, juniors)
    )
    yield Line(
        *(group, _("Brier score of confidences"), room.brier, Unit.SCORE),
        *(said, juniors, _("0 is perfect; 50 % every time earns 0.25")),
    )
    yield Line(
        *(group, _("explained soundly"), room.sound, Unit.SHARE, marked, juniors)
    )


def of_tables(room: Room) -> Iterator[Line]:
    """The tables of the page, two lines a row."""
    tables = (
        (_("By category"), room.categories, category_called),
        (_("By severity"), room.severities, severity_called),
        (_("By tool and model"), room.tools, tool_called),
    )
    for group, rows, called in tables:
        for row in rows:
            yield from _of_row(group, called(row.key), row)
            for part in row.parts:
                name = f"{called(row.key)}, {model_called(part.key)}"
                yield from _of_row(group, name, part)
    yield from of_bands(room)
    yield from of_marks(room)


def _of_row(group: str, name: str, row: Row) -> Iterator[Line]:
    part, caught = _("of all real flaws"), _("caught alone")
    flaws, juniors = _("real flaws"), _("juniors")
    yield Line(group, f"{name}: {part}", row.part, Unit.SHARE, flaws, juniors)
    yield Line(group, f"{name}: {caught}", row.caught, Unit.SHARE, flaws, juniors)


def of_bands(room: Room) -> Iterator[Line]:
    group, changes, juniors = _("Calibration"), _("changes"), _("juniors")
    for band in room.bands:
        note = _("said to be safe on average: %(said)s") % {
            "said": Unit.SHARE.written(band.said)
        }
        name = band_called(band)
        yield Line(group, name, band.safe, Unit.SHARE, changes, juniors, note)


def of_marks(room: Room) -> Iterator[Line]:
    names = {int(mark): str(mark.label) for mark in Explanation.Mark}
    group, marked, juniors = _("Explanation marks"), _("explanations"), _("juniors")
    for one in room.marks:
        name = (
            _("other marks") if one.mark is None else names[Explanation.Mark(one.mark)]
        )
        yield Line(group, name, one.part, Unit.SHARE, marked, juniors)


def of_evaluations(found: QuarterFigures) -> Iterator[Line]:
    """Of each question on its scale from 1 to 5."""
    if isinstance(found.evaluations, Withheld):
        return
    group, answers, mentors = _("What juniors say"), _("answers"), _("mentors")
    for one in found.evaluations:
        name = str(OF_MENTOR[one.question])
        yield Line(group, name, one.mean, Unit.COUNT, answers, mentors)


def category_called(key: str) -> str:
    return label(key) if key else _("Other categories")


def severity_called(key: str) -> str:
    if not key:
        return _("Other severities")
    return str(dict(Finding.Severity.choices).get(key, key))


def tool_called(key: str) -> str:
    return key or _("Other tools, or none named")


def model_called(key: str) -> str:
    return key or _("other models, or none named")


def band_called(band: Band) -> str:
    if band.low is None or band.high is None:
        return _("other confidences")
    ends = {"low": f"{band.low * 100:.0f}", "high": f"{band.high * 100:.0f}"}
    return _("%(low)s to %(high)s %%") % ends
