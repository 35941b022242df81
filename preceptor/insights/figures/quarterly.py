"""The figures of a program over one quarter, made of its closed months alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pairings.models import Program
from preceptor.insights.figures.estimates import (
    Estimate,
    Figure,
    Reason,
    Withheld,
    ratio,
    share,
)
from preceptor.insights.figures.months import Averages, Month
from preceptor.insights.figures.quarters import Quarter
from preceptor.insights.figures.rooms import Room, caught_of, of_crowd, room_of
from preceptor.insights.models import ClosedMonth
from progress.questions import ANSWERS, OF_MENTOR

DAYS_A_MONTH = 365.25 / 12
FEWEST_MENTORS = 3


@dataclass(frozen=True, slots=True)
class Record:
    """What everybody who oversees the program may read of each pair as well.

    `kept`, `milestones`, `told`, `seats` and `trained` are shares; `sessions` and
    `minutes` are a pair and month, `length` is minutes a session, `had` hours a week
    that was told of, `of_planned` a ratio of what was planned for those, and `load`
    juniors a mentor on the last day of each month.
    """

    pairs: int
    juniors: int
    mentors: int
    kept: Figure
    sessions: Figure
    minutes: Figure
    length: Figure
    milestones: Figure
    planned: float
    had: Figure
    of_planned: Figure
    told: Figure
    load: Figure
    seats: Figure
    trained: Figure


@dataclass(frozen=True, slots=True)
class Answer:
    """The average of a question on its scale from 1 to 5."""

    question: str
    mean: Figure


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """The month's own figures, by which a quarter is followed over time."""

    month: date
    kept: Figure
    sessions: Figure
    had: Figure
    milestones: Figure
    caught: Figure


@dataclass(frozen=True, slots=True)
class QuarterFigures:
    """`months` are those closed so far; `record` is None where none is."""

    program: int
    quarter: Quarter
    months: tuple[MonthFigures, ...]
    record: Record | None
    room: Room | Withheld
    evaluations: tuple[Answer, ...] | Withheld

    @property
    def is_over(self) -> bool:
        return len(self.months) == len(self.quarter.months)


Months = Mapping[date, Month]


def quarter(program: Program, of: Quarter) -> QuarterFigures:
    """One query, at any size of the program."""
    return figures_of(program.pk, of, ClosedMonth.objects.read(program, of.months))


def figures_of(program: int, of: Quarter, months: Months) -> QuarterFigures:
    is_over = len(months) == len(of.months)
    return QuarterFigures(
        program=program,
        quarter=of,
        months=tuple(month_figures(on, month) for on, month in months.items()),
        record=record_of(list(months.values())) if months else None,
        room=room_of(months) if is_over else Withheld(Reason.OPEN),
        evaluations=_evaluations(months) if is_over else Withheld(Reason.OPEN),
    )


def month_figures(on: date, month: Month) -> MonthFigures:
    record = record_of([month])
    return MonthFigures(
        month=on,
        kept=record.kept,
        sessions=record.sessions,
        had=record.had,
        milestones=record.milestones,
        caught=of_crowd(month.flaws, caught_of),
    )


def record_of(months: Sequence[Month]) -> Record:
    pairs = [row for month in months for row in month.pairs]
    stones = [row for month in months for row in month.milestones]
    hours = [row for month in months for row in month.hours]
    loads = [row for month in months for row in month.mentors]
    plans = [(month.planned, row) for month in months for row in month.hours]
    spans = [(row, row.days / DAYS_A_MONTH) for row in pairs]
    return Record(
        pairs=len({row.pairing for row in pairs}),
        juniors=len({row.junior for row in pairs}),
        mentors=len({row.mentor for row in loads}),
        kept=share((row.pairing, row.kept, row.due) for row in pairs),
        sessions=ratio((row.pairing, row.sessions, n) for row, n in spans),
        minutes=ratio((row.pairing, row.minutes, n) for row, n in spans),
        length=ratio((row.pairing, row.minutes, row.timed) for row in pairs),
        milestones=share((row.junior, row.on_time, row.due) for row in stones),
        planned=months[-1].planned,
        had=ratio((row.junior, row.had, row.told) for row in hours),
        of_planned=ratio(
            ((row.junior, row.had, planned * row.told) for planned, row in plans),
            count=sum(row.told for row in hours),
        ),
        told=share((row.junior, row.told, row.weeks) for row in hours),
        load=ratio((row.mentor, row.juniors, 1) for row in loads),
        seats=share(
            (row.mentor, min(row.juniors, row.seats), row.seats) for row in loads
        ),
        trained=share((row.mentor, row.is_trained, 1) for row in months[-1].mentors),
    )


def _evaluations(months: Months) -> tuple[Answer, ...] | Withheld:
    """Over all mentors of whom averages were released in the quarter.

    A mean on the scale is taken as a share of it, with mentors as clusters.
    """
    rows = [row for month in months.values() for row in month.evaluations]
    if len({row.mentor for row in rows}) < FEWEST_MENTORS:
        return Withheld(Reason.MENTORS)
    low, high = min(ANSWERS), max(ANSWERS)
    found = [
        Answer(key, _on_scale(own, low, high))
        for key in OF_MENTOR
        if (own := [row for row in rows if row.question == key])
    ]
    return tuple(found)


def _on_scale(rows: Iterable[Averages], low: int, high: int) -> Figure:
    span = high - low
    parts = ((row.mentor, (row.mean - low) / span * row.n, row.n) for row in rows)
    found = share(parts)
    if isinstance(found, Withheld):
        return found
    return Estimate(
        value=low + span * found.value,
        low=low + span * found.low,
        high=low + span * found.high,
        n=found.n,
        clusters=found.clusters,
    )
