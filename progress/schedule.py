"""When the milestones of a program's template fall due. Plain dates in, dates out."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Kind = Literal["first_meeting", "needs_assessment", "check_in", "completion"]

TWO_WEEKS = timedelta(days=13)
FOUR_WEEKS = timedelta(days=27)
MONTHS_BETWEEN_MEETINGS = 2
QUIET_BEFORE_COMPLETION = timedelta(days=28)
FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Point:
    """A milestone to be: `month` counts from the start, for meetings alone."""

    kind: Kind
    due_on: date
    month: int = 0


def preceptorship_year(starts_on: date, ends_on: date) -> list[Point]:
    """The built-in template, over the days from `starts_on` to before `ends_on`.

    A first meeting within two weeks, a needs assessment in week 4, a meeting every
    two months, a completion review two weeks before the end. In a shorter stretch
    what has no room is left out. Each falls on a working day, pulled back from a
    weekend; a stretch without a working day has no milestones.
    """
    last_on = ends_on - timedelta(days=1)
    if last_on < starts_on:
        return []
    points = _wished(starts_on, last_on)
    moved = ((point, _working_day(point.due_on, starts_on)) for point in points)
    return [Point(p.kind, on, p.month) for p, on in moved if on <= last_on]


def add_months(day: date, months: int) -> date:
    """The same day some months on, or the last of a month that is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def later(day: date, days: int) -> date:
    """A day some days on, pulled back from a weekend to the Friday before."""
    if not days:
        return day
    on = day + timedelta(days=days)
    return on - timedelta(days=max(on.weekday() - FRIDAY, 0))


def is_working_day(day: date) -> bool:
    return day.weekday() <= FRIDAY


def _wished(starts_on: date, last_on: date) -> Iterator[Point]:
    """In order, before weekends are looked at."""
    length = last_on - starts_on
    completion_on = last_on - min(TWO_WEEKS, length // 4)
    yield Point("first_meeting", starts_on + min(TWO_WEEKS, length // 2))
    if starts_on + FOUR_WEEKS < completion_on:
        yield Point("needs_assessment", starts_on + FOUR_WEEKS)
    month = MONTHS_BETWEEN_MEETINGS
    while (on := add_months(starts_on, month)) <= completion_on - (
        QUIET_BEFORE_COMPLETION
    ):
        yield Point("check_in", on, month)
        month += MONTHS_BETWEEN_MEETINGS
    yield Point("completion", completion_on)


def _working_day(day: date, starts_on: date) -> date:
    """The day itself or the Friday before; the Monday after if that is too early."""
    if is_working_day(day):
        return day
    friday = day - timedelta(days=day.weekday() - FRIDAY)
    return friday if friday >= starts_on else friday + timedelta(days=3)
