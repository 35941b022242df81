"""When a junior is assessed over a year. Plain dates in, dates out."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Name = Literal["needs", "midpoint", "completion"]

WEEK_FOUR = timedelta(days=27)
BEFORE_END = timedelta(days=14)
APART = timedelta(days=28)
BEFORE = timedelta(days=14)
"""So long before its day an assessment is offered."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    name: Name
    due_on: date


def snapshots(
    starts_on: date, ends_on: date, set_on: Mapping[str, date]
) -> list[Snapshot]:
    """In week 4, half-way and two weeks before `ends_on`, as far as there is room.

    `set_on` has the days of those that the plan's milestones set otherwise, by name.
    """
    wished = ((name, set_on.get(name, on)) for name, on in _wished(starts_on, ends_on))
    return [Snapshot(name, on) for name, on in wished]


def _wished(starts_on: date, ends_on: date) -> Iterator[tuple[Name, date]]:
    completes_on = max(ends_on - BEFORE_END, starts_on)
    needs_on = starts_on + WEEK_FOUR
    if needs_on < completes_on:
        yield "needs", needs_on
    middle_on = starts_on + (completes_on - starts_on) // 2
    if middle_on >= needs_on + APART:
        yield "midpoint", middle_on
    yield "completion", completes_on


def due(wanted: list[Snapshot], held: Container[str], today: date) -> Snapshot | None:
    """The latest whose time has come, unless it was held; what it overtook is past."""
    come = [one for one in wanted if one.due_on - BEFORE <= today]
    return come[-1] if come and come[-1].name not in held else None


def following(
    wanted: list[Snapshot], held: Container[str], today: date
) -> Snapshot | None:
    """The next that is to come."""
    ahead = (one for one in wanted if one.due_on >= today and one.name not in held)
    return next(ahead, None)
