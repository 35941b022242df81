"""Statements that are put together once for many days."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection

from preceptor.notifications import kinds
from preceptor.notifications.kinds import Kind
from preceptor.notifications.moving import Moving, Statement, Written
from preceptor.notifications.standing import COLUMNS, standing
from progress.models import Milestone

FIRST = datetime(2026, 11, 23, 8, tzinfo=UTC)


class Asked:
    """Counts how often it is asked."""

    def __init__(self, written: Written) -> None:
        self.written, self.times = written, 0

    def __call__(self, now: datetime) -> tuple[str, Sequence[Any]]:
        self.times += 1
        return self.written(now)


def test_what_moves_with_the_clock_is_put_together_twice() -> None:
    asked = Asked(lambda now: ("?", ["x", now, now.date(), 7]))
    moving = Moving(asked, FIRST)
    later = FIRST + timedelta(days=9)
    assert moving.at(later) == ("?", ["x", later, date(2026, 12, 2), 7])
    assert moving.at(FIRST) == ("?", ["x", FIRST, date(2026, 11, 23), 7])
    assert asked.times == 2


@pytest.mark.parametrize(
    "of",
    [
        lambda now: ("?", [now.date() - timedelta(days=now.weekday())]),
        lambda now: ("?", [now.date().replace(day=1)]),
        lambda now: ("?", [f"{now:%d}"]),
        lambda now: ("? AND ?" if now.day % 2 else "?", [now]),
    ],
)
def test_what_moves_otherwise_is_put_together_anew(of: Written) -> None:
    moving = Moving(of, FIRST)
    for days in (0, 1, 6, 7, 8, 9, 30):
        now = FIRST + timedelta(days=days)
        assert moving.at(now) == of(now)


def test_part_of_a_day_is_put_together_anew() -> None:
    moving = Moving(lambda now: ("?", [now.date()]), FIRST)
    assert moving.at(FIRST + timedelta(hours=20)).params == [date(2026, 11, 24)]


@pytest.mark.parametrize("days", [1, 5, 7, 13, 29])
def test_each_kind_of_the_product_moves_as_it_is_written(db: None, days: int) -> None:
    now = FIRST + timedelta(days=days)
    for kind in kinds.registered():
        moving = Moving(partial(standing, kind), FIRST)
        sql, params = standing(kind, now)
        assert moving.at(now) == (sql, params), kind.name


def test_several_moments_are_asked_for_in_one_query(
    kind: Kind[Milestone], milestone: Milestone
) -> None:
    moving = Moving(partial(standing, kind), FIRST)
    moments = [FIRST + timedelta(days=days) for days in (0, 13, 14, 17, 30)]

    def rows(statement: Statement, number: str) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {number}, occurrence, not_before"  # noqa: S608 # from the ORM
                f" FROM ({statement.sql}) AS one",
                statement.params,
            )
            return list(cursor.fetchall())

    found = sorted(rows(moving.over(moments), "number"))
    assert [(number, step) for number, step, _at in found] == [
        (number, f"step:{milestone.pk}:2026-12-10:{step}")
        for number, step in [(3, "ahead"), (4, "day"), (5, "day")]
    ]
    assert found == [
        row
        for number, moment in enumerate(moments, 1)
        for row in rows(moving.at(moment), str(number))
    ]
    assert rows(moving.over(moments[2:3]), "number") == [(1, *found[0][1:])]


def test_what_is_prepared_gives_the_rows_of_each_moment(
    kind: Kind[Milestone], milestone: Milestone
) -> None:
    """Over the end of summer time, when a day has 25 hours there."""
    milestone.plan.junior.membership.user.time_zone = "America/New_York"
    milestone.plan.junior.membership.user.save()
    Milestone.objects.filter(pk=milestone.pk).update(due_on=date(2026, 11, 2))
    first = datetime(2026, 10, 20, 12, 30, tzinfo=UTC)
    moving = Moving(partial(standing, kind), first)
    found = []
    with connection.cursor() as cursor:
        cursor.execute(*moving.prepared("prepared_here"))
        for days in range(20):
            moment = first + timedelta(days=days)
            cursor.execute("EXECUTE prepared_here (%s)", [moving.days_to(moment)])
            found.append(cursor.fetchall())
            cursor.execute(*moving.at(moment))
            assert found[-1] == cursor.fetchall(), days
        cursor.execute("DEALLOCATE prepared_here")
    assert [len(rows) for rows in found] == [0] * 10 + [1] * 10


def test_each_kind_of_the_product_is_asked_for_several_days(db: None) -> None:
    moments = [FIRST + timedelta(days=days) for days in (0, 1, 8)]
    for kind in kinds.registered():
        moving = Moving(partial(standing, kind), FIRST)
        assert moving.is_moved(moments[-1]), kind.name
        with connection.cursor() as cursor:
            cursor.execute(*moving.over(moments))
            assert cursor.fetchall() == []
            cursor.execute(*moving.prepared("prepared_here"))
            cursor.execute("EXECUTE prepared_here (8)")
            names = [column.name for column in cursor.description]
            assert (cursor.fetchall(), names) == ([], list(COLUMNS))
            cursor.execute("DEALLOCATE prepared_here")
