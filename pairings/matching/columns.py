"""The people of a run as columns, in the order of their ids."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from math import gcd
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pairings.matching.errors import BadNumber, TwiceIn
from pairings.matching.people import DAY, JuniorIn, MentorIn, Span

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class _Named(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def work(self) -> tuple[Span, ...]: ...


@dataclass(frozen=True, slots=True)
class Wishes:
    """Lists of the juniors against a table of the mentors.

    Row j of `keys` holds columns of `table` (0 is an empty one), of `degrees` how much
    each counts; `table[m, key]` is what mentor m has of it.
    """

    keys: Ints
    degrees: Ints
    table: npt.NDArray[np.uint8]

    def met(self, juniors: Ints, mentors: Ints) -> Ints:
        """Per pair, the sum of degree times what the mentor has."""
        total = np.zeros(len(juniors), np.int64)
        for place in range(self.keys.shape[1]):
            has = self.table[mentors, self.keys[juniors, place]]
            total += self.degrees[juniors, place] * has
        return total

    def most(self, juniors: Ints, mentors: Ints) -> Ints:
        """Per pair, the most that the mentor has of one thing on the list."""
        most = np.zeros(len(juniors), np.int64)
        for place in range(self.keys.shape[1]):
            has = self.table[mentors, self.keys[juniors, place]]
            np.maximum(most, has, out=most)
        return most


@dataclass(frozen=True, slots=True)
class Columns:
    """Both sides by index; index order is id order."""

    juniors: tuple[JuniorIn, ...]
    mentors: tuple[MentorIn, ...]
    junior_ids: Ints
    mentor_ids: Ints
    junior_teams: Ints  # -1 for none
    mentor_teams: Ints
    junior_days: Ints  # rows of `shared`
    mentor_days: Ints  # columns of `shared`
    shared: Ints  # minutes that two working days share
    skills: Wishes
    completed: Wishes
    areas: Wishes
    languages: Wishes
    choices: Ints  # (juniors, places), indexes of mentors or -1
    tenures: Ints
    trained: Bools
    available: Bools


def columns(juniors: Iterable[JuniorIn], mentors: Iterable[MentorIn]) -> Columns:
    """Sorts and checks both sides. Raises TwiceIn or BadNumber."""
    js = tuple(sorted(juniors, key=lambda one: one.id))
    ms = tuple(sorted(mentors, key=lambda one: one.id))
    _check(js)
    _check(ms)
    for junior in js:
        _check_numbers(junior.id, "wants", junior.wants.values(), 1, 3)
    for mentor in ms:
        _check_numbers(mentor.id, "offers", mentor.offers.values(), 1, 3)
        _check_numbers(mentor.id, "completed", mentor.completed.values(), 0, None)
        for name in ("heads", "weekly_minutes", "taken", "tenure_months"):
            _check_numbers(mentor.id, name, [getattr(mentor, name)], 0, None)
    teams = {team: n for n, team in enumerate(sorted({m.team for m in ms} - {""}))}
    works = [*(j.work for j in js), *(m.work for m in ms)]
    days = sorted({tuple(sorted(set(work))) for work in works})
    place = {day: n for n, day in enumerate(days)}
    wants = [junior.wants for junior in js]
    return Columns(
        juniors=js,
        mentors=ms,
        junior_ids=_ints(j.id for j in js),
        mentor_ids=_ints(m.id for m in ms),
        junior_teams=_ints(teams.get(j.team, -1) for j in js),
        mentor_teams=_ints(teams.get(m.team, -1) for m in ms),
        junior_days=_ints(place[tuple(sorted(set(j.work)))] for j in js),
        mentor_days=_ints(place[tuple(sorted(set(m.work)))] for m in ms),
        shared=_shared(days),
        skills=_wishes(wants, [m.offers for m in ms]),
        completed=_wishes(wants, [m.completed for m in ms]),
        areas=_named_wishes([j.areas for j in js], [m.areas for m in ms]),
        languages=_named_wishes([j.languages for j in js], [m.languages for m in ms]),
        choices=_choices(js, ms),
        tenures=_ints(m.tenure_months for m in ms),
        trained=np.array([m.is_trained for m in ms], np.bool_),
        available=np.array([m.is_available for m in ms], np.bool_),
    )


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int64)


def _check(people: Sequence[_Named]) -> None:
    for one, following in pairwise(people):
        if one.id == following.id:
            raise TwiceIn(one.id)
    for one in people:
        for start, end in one.work:
            if not 0 <= start < end <= DAY:
                raise BadNumber(one.id, "work")


def _check_numbers(
    owner: int, field: str, values: Iterable[int], least: int, most: int | None
) -> None:
    for value in values:
        if value < least or (most is not None and value > most):
            raise BadNumber(owner, field)


def _shared(days: Sequence[tuple[Span, ...]]) -> Ints:
    """Minutes that any two of the days share, exactly, in the largest common step."""
    edges = [edge for day in days for span in day for edge in span]
    step = reduce(gcd, edges, DAY)
    slots = np.zeros((len(days), DAY // step), np.float32)
    for row, day in enumerate(days):
        for start, end in day:
            slots[row, start // step : end // step] = 1
    return (slots @ slots.T).astype(np.int64) * step


def _wishes(
    wants: Sequence[Mapping[int, int]], haves: Sequence[Mapping[int, int]]
) -> Wishes:
    wanted = sorted({key for want in wants for key in want})
    column = {key: n for n, key in enumerate(wanted, start=1)}
    width = max(map(len, wants), default=0)
    keys = np.zeros((len(wants), width), np.int64)
    degrees = np.zeros((len(wants), width), np.int64)
    for row, want in enumerate(wants):
        for place, (key, degree) in enumerate(sorted(want.items())):
            keys[row, place], degrees[row, place] = column[key], degree
    table = np.zeros((len(haves), len(wanted) + 1), np.uint8)
    for row, have in enumerate(haves):
        for key, degree in have.items():
            if key in column:
                table[row, column[key]] = min(degree, 255)
    return Wishes(keys, degrees, table)


def _named_wishes(
    wants: Sequence[Iterable[str]], haves: Sequence[Iterable[str]]
) -> Wishes:
    names = sorted({name for want in wants for name in want})
    number = {name: n for n, name in enumerate(names)}
    return _wishes(
        [{number[name]: 1 for name in want} for want in wants],
        [{number[name]: 1 for name in have if name in number} for have in haves],
    )


def _choices(juniors: Sequence[JuniorIn], mentors: Sequence[MentorIn]) -> Ints:
    place = {mentor.id: n for n, mentor in enumerate(mentors)}
    width = max((len(junior.choices) for junior in juniors), default=0)
    chosen = np.full((len(juniors), width), -1, np.int64)
    for row, junior in enumerate(juniors):
        if len(junior.choices) > 5:
            raise BadNumber(junior.id, "choices")
        for rank, mentor in enumerate(junior.choices):
            chosen[row, rank] = place.get(mentor, -1)
    return chosen
