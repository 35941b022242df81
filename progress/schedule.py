"""When the milestones of a program's template fall due. Plain dates in, dates out."""

from calendar import monthrange
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Kind = Literal[
    "first_meeting", "needs_assessment", "check_in", "midpoint", "completion"
]

ONE_DAY = timedelta(days=1)
TWO_WEEKS = timedelta(days=13)
FOUR_WEEKS = timedelta(days=27)
MONTHS_BETWEEN_MEETINGS = 2
QUIET_BEFORE_COMPLETION = timedelta(days=28)
FRIDAY = 4


Between = Callable[[date, date], Iterator["Point"]]
"""What lies between the needs assessment and the completion, given start and that."""


@dataclass(frozen=True, slots=True)
class Point:
    """A milestone to be: `month` counts from the start, for meetings alone."""

    kind: Kind
    due_on: date
    month: int = 0


def points(template: str, starts_on: date, ends_on: date) -> list[Point]:
    """The milestones of a built-in template, from `starts_on` to before `ends_on`.

    Both templates have a first meeting within two weeks, a needs assessment in week 4
    and a completion review two weeks before the end. Between them "preceptorship-year"
    has a meeting every two months, "half-year" one midpoint. In a shorter stretch what
    has no room is left out. Each falls on a working day, pulled back from a weekend; a
    stretch without a working day has no milestones.
    """
    last_on = ends_on - timedelta(days=1)
    if last_on < starts_on:
        return []
    wished = _wished(starts_on, last_on, BETWEEN[template])
    moved = ((point, working_day(point.due_on, starts_on)) for point in wished)
    return [Point(p.kind, on, p.month) for p, on in moved if on <= last_on]


def add_months(day: date, months: int) -> date:
    """The same day some months on, or the last of a month that is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def later(day: date, days: int) -> date:
    """A day some days on, or the Friday before a weekend, but never an earlier day."""
    return working_day(day + timedelta(days=days), day) if days else day


def is_working_day(day: date) -> bool:
    return day.weekday() <= FRIDAY


def working_day(day: date, starts_on: date) -> date:
    """The day itself or the Friday before; the Monday after if that is too early."""
    if is_working_day(day):
        return day
    friday = day - timedelta(days=day.weekday() - FRIDAY)
    return friday if friday >= starts_on else friday + timedelta(days=3)


def lands_on(day: date, holidays: Container[date], starts_on: date, end: date) -> date:
    """The day itself, or where it is a holiday the next working day that is none.

    Where that is not before the `end` of the year, it is the one before the holiday,
    and where the year has none at all, the holiday. A weekend that somebody chose
    stays, and so does what lies past the end already.
    """
    if day not in holidays:
        return day
    for step in (ONE_DAY, -ONE_DAY):
        on = day + step
        while starts_on <= on < end:
            if is_working_day(on) and on not in holidays:
                return on
            on += step
    return day


def _wished(starts_on: date, last_on: date, between: Between) -> Iterator[Point]:
    """In order, before weekends are looked at."""
    length = last_on - starts_on
    completion_on = last_on - min(TWO_WEEKS, length // 4)
    yield Point("first_meeting", starts_on + min(TWO_WEEKS, length // 2))
    if starts_on + FOUR_WEEKS < completion_on:
        yield Point("needs_assessment", starts_on + FOUR_WEEKS)
    yield from between(starts_on, completion_on)
    yield Point("completion", completion_on)


def _meetings(starts_on: date, completion_on: date) -> Iterator[Point]:
    month = MONTHS_BETWEEN_MEETINGS
    last_on = completion_on - QUIET_BEFORE_COMPLETION
    while (on := add_months(starts_on, month)) <= last_on:
        yield Point("check_in", on, month)
        month += MONTHS_BETWEEN_MEETINGS


def _midpoint(starts_on: date, completion_on: date) -> Iterator[Point]:
    """Half-way, where that is some weeks from the milestones around it."""
    on = starts_on + (completion_on - starts_on) // 2
    if on - (starts_on + FOUR_WEEKS) >= QUIET_BEFORE_COMPLETION:
        yield Point("midpoint", on)


BETWEEN: dict[str, Between] = {
    "preceptorship-year": _meetings,
    "half-year": _midpoint,
}
