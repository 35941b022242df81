"""Months are closed once, a week after they end, and each thing is in one of them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from pairings.models import Pairing, Pause, Program
from preceptor.accounts.models import Organisation
from preceptor.insights.figures.closing import close, close_months, count
from preceptor.insights.figures.months import Hours, Load, Month, Paced, Stones
from preceptor.insights.figures.quarters import counted_in, last_closed, month_of
from preceptor.insights.models import ClosedMonth
from progress.models import GrowthPlan, Milestone, ProtectedWeek
from reviews.models import Finding
from tests.cast import Cast
from tests.factories import ProgramFactory
from tests.insights.figures.conftest import (
    FEBRUARY,
    IN_APRIL,
    JANUARY,
    MARCH,
    Year,
    moment,
    week,
)

LONDON, AUCKLAND = ZoneInfo("Europe/London"), ZoneInfo("Pacific/Auckland")


def month(year: Year, on: date) -> Month:
    return ClosedMonth.objects.read(year.program)[on]


def pair(year: Year, n: int, on: date) -> Paced:
    pk = year.pairs[n].pk
    return next(row for row in month(year, on).pairs if row.pairing == pk)


def test_a_month_closes_a_week_after_its_end_where_the_organisation_is(
    year: Year,
) -> None:
    before = datetime(2026, 2, 7, 23, 59, tzinfo=LONDON)
    assert year.close(before) == 0
    assert year.close(before + timedelta(minutes=1)) == 1
    assert list(ClosedMonth.objects.read(year.program)) == [JANUARY]
    Organisation.objects.update(time_zone="Pacific/Auckland")
    program = Program.objects.select_related("organisation").get(pk=year.program.pk)
    eve = datetime(2026, 3, 7, 11, 0, tzinfo=UTC)
    assert [close(program, eve - timedelta(minutes=1)), close(program, eve)] == [0, 1]


def test_closing_again_writes_nothing(year: Year) -> None:
    assert (year.close(), year.close()) == (3, 0)


def test_every_month_of_the_quarters_that_a_program_touches_is_closed(
    year: Year,
) -> None:
    """From May to June it would lack April, and its quarter would never be over."""
    program = ProgramFactory.create(
        organisation=year.program.organisation,
        starts_on=date(2025, 5, 20),
        ends_on=date(2025, 6, 3),
        created_at=moment(date(2025, 5, 1)),
    )
    assert close(program, IN_APRIL) == 3
    assert [on.month for on in ClosedMonth.objects.read(program)] == [4, 5, 6]


def test_what_was_before_a_program_was_entered_is_not_counted(year: Year) -> None:
    """Nobody could have written of it here: it would read as if nobody had met."""
    program = ProgramFactory.create(
        organisation=year.program.organisation,
        starts_on=date(2025, 2, 3),
        ends_on=date(2026, 2, 2),
        created_at=moment(date(2025, 11, 20)),
    )
    close(program, IN_APRIL)
    first, *_rest, last = ClosedMonth.objects.read(program)
    assert (first, last) == (date(2025, 10, 1), MARCH)


def test_the_day_of_entry_is_that_where_the_organisation_is(year: Year) -> None:
    """In the last hour of March in UTC it is April in Auckland: no March to count."""
    Organisation.objects.update(time_zone="Pacific/Auckland")
    program = ProgramFactory.create(
        organisation=Organisation.objects.get(pk=year.program.organisation_id),
        starts_on=date(2025, 2, 3),
        ends_on=date(2026, 2, 2),
        created_at=datetime(2025, 9, 30, 23, 30, tzinfo=UTC),
    )
    close(program, IN_APRIL)
    assert next(iter(ClosedMonth.objects.read(program))) == date(2025, 10, 1)


@pytest.mark.parametrize("starts_on", [date(2025, 2, 3), date(9999, 11, 1)])
def test_a_program_of_the_last_year_there_is_closes_no_other(
    year: Year, starts_on: date
) -> None:
    ProgramFactory.create(
        organisation=year.program.organisation,
        starts_on=starts_on,
        ends_on=date(9999, 12, 31),
        created_at=moment(date(2026, 2, 1)),
    )
    assert close_months(IN_APRIL) >= 3


def test_drafts_have_no_months_and_archived_programs_do(year: Year) -> None:
    Program.objects.update(state=Program.State.DRAFT)
    rows = Program.objects.filter(pk=year.program.pk)
    assert close_months(IN_APRIL) == 0
    rows.update(state=Program.State.ARCHIVED)
    assert close_months(IN_APRIL) == 3


def test_what_is_closed_can_not_be_written_or_taken_out(year: Year) -> None:
    year.close()
    rows = ClosedMonth.objects.filter(program=year.program)
    with pytest.raises(IntegrityError, match="is closed"), transaction.atomic():
        rows.update(document={})
    rows.delete()
    with pytest.raises(IntegrityError, match="is closed"):
        connection.check_constraints()


def test_months_go_with_their_program(cast: Cast) -> None:
    program = ProgramFactory.create(
        organisation=cast.tidewater,
        starts_on=date(2026, 1, 5),
        ends_on=date(2026, 3, 2),
        created_at=moment(JANUARY),
    )
    close(program, IN_APRIL)
    program.delete()
    connection.check_constraints()
    assert not ClosedMonth.objects.exists()


def test_what_comes_late_is_counted_with_the_month_it_came_in(year: Year) -> None:
    year.hold(0, date(2026, 1, 30), "+", closed_at=moment(date(2026, 2, 7)))
    year.hold(0, date(2026, 1, 29), "-", closed_at=moment(date(2026, 2, 8)))
    year.close()
    told = [month(year, on).flaws for on in (JANUARY, FEBRUARY, MARCH)]
    assert [[(row.n, row.caught) for row in rows] for rows in told] == [
        [(1, 1)],
        [(1, 0)],
        [],
    ]
    assert [pair(year, 0, on).sessions for on in (JANUARY, FEBRUARY)] == [1, 1]


@given(
    held=st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    waits=st.integers(0, 400),
    minutes=st.integers(0, 1439),
    zone=st.sampled_from([LONDON, AUCKLAND, ZoneInfo("UTC")]),
)
def test_each_session_has_one_month_which_was_open_when_it_came(
    held: date, waits: int, minutes: int, zone: ZoneInfo
) -> None:
    at = moment(held, 0) + timedelta(days=waits + 1, minutes=minutes)
    own = counted_in(held, at, zone)
    assert own >= month_of(held)
    assert last_closed(at, zone) < own
    was_open = last_closed(at, zone) < month_of(held)
    assert (own == month_of(held)) == was_open


def test_a_correction_of_a_closed_month_changes_nothing(year: Year) -> None:
    """Else the difference of two days would say who was corrected, and how."""
    year.hold(0, week(2), "+-")
    year.close()
    before = ClosedMonth.objects.read(year.program)
    Finding.objects.update(adjudication=Finding.Adjudication.MOOT)
    year.hold(1, week(2), "+", closed_at=moment(week(2)))
    year.close()
    assert ClosedMonth.objects.read(year.program) == before


def test_weeks_kept_of_all_months_are_those_of_the_whole(year: Year) -> None:
    """One over the turn of a month is of the first if it was kept in it by then."""
    for n in (0, 1, 3, 4, 9):
        year.hold(0, week(n))
    Pause.objects.create(
        organisation_id=year.program.organisation_id,
        pairing=year.pairs[0],
        starts_on=date(2026, 2, 16),
        back_on=date(2026, 2, 23),
        created_by=year.pairs[0].mentor.membership,
    )
    year.close()
    rows = [pair(year, 0, on) for on in (JANUARY, FEBRUARY, MARCH)]
    assert [(row.kept, row.due) for row in rows] == [(3, 4), (1, 2), (1, 5)]
    assert [row.days for row in rows] == [27, 21, 31]
    assert [(row.sessions, row.timed, row.minutes) for row in rows] == [
        (3, 3, 135),
        (1, 1, 45),
        (1, 1, 45),
    ]


def test_a_session_that_comes_late_keeps_no_week_of_a_closed_month(year: Year) -> None:
    year.hold(0, week(1), closed_at=moment(date(2026, 2, 20)))
    year.close()
    rows = [pair(year, 0, on) for on in (JANUARY, FEBRUARY)]
    assert [row.kept for row in rows] == [0, 0]
    assert [row.sessions for row in rows] == [0, 1]


def test_secondary_pairs_and_proposals_keep_no_pace(year: Year) -> None:
    Pairing.objects.filter(pk=year.pairs[0].pk).update(kind=Pairing.Kind.SECONDARY)
    year.hold(0, week(1), "+")
    year.close()
    january = month(year, JANUARY)
    assert year.pairs[0].pk not in {row.pairing for row in january.pairs}
    assert [row.n for row in january.flaws] == [1]


def test_milestones_are_on_time_by_the_second_signature(
    year: Year, plans: list[GrowthPlan]
) -> None:
    due = date(2026, 2, 10)
    signed = [moment(due, 23), moment(due + timedelta(days=1), 1), None]
    for n, at in enumerate(signed):
        Milestone.objects.create(
            organisation_id=plans[0].organisation_id,
            plan=plans[0],
            kind=Milestone.Kind.CHECK_IN,
            month=n,
            name="Meeting",
            due_on=due,
            junior_signed_at=at,
            mentor_signed_at=at,
            mentor_signed_by=year.pairs[0].mentor.membership if at else None,
            signed_at=at,
        )
    Milestone.objects.create(
        organisation_id=plans[0].organisation_id,
        plan=plans[0],
        kind=Milestone.Kind.CHECK_IN,
        month=4,
        name="Meeting",
        due_on=due,
        skipped_at=moment(due),
        skipped_by=year.pairs[0].mentor.membership,
        skip_reason="Nobody was there",
    )
    year.close()
    junior = year.pairs[0].junior_id
    assert month(year, FEBRUARY).milestones == [Stones(junior, due=3, on_time=1)]
    assert month(year, JANUARY).milestones == []


def test_weeks_of_hours_are_of_the_month_of_their_sunday(
    year: Year, plans: list[GrowthPlan]
) -> None:
    told = {date(2026, 1, 12): "3.5", date(2026, 1, 26): "4"}
    for monday, hours in told.items():
        ProtectedWeek.objects.create(
            organisation_id=plans[0].organisation_id,
            plan=plans[0],
            monday=monday,
            hours=hours,
        )
    year.close()
    junior = year.pairs[0].junior_id
    january, february = (month(year, on).hours for on in (JANUARY, FEBRUARY))
    assert january[0] == Hours(junior, weeks=3, told=1, had=3.5)
    assert february[0] == Hours(junior, weeks=4, told=1, had=4.0)


def test_mentors_count_on_the_last_day_of_the_month(year: Year) -> None:
    Pairing.objects.filter(pk=year.pairs[0].pk).update(ends_on=date(2026, 2, 28))
    year.close()
    first = year.pairs[0].mentor_id
    loads = [month(year, on).mentors[0] for on in (JANUARY, FEBRUARY)]
    assert loads == [Load(first, 2, 3, is_trained=False), Load(first, 1, 3, False)]


def test_a_month_is_counted_in_as_many_queries_at_any_size(
    year: Year, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in (0, 1, 2):
        with django_assert_num_queries(11):
            count(year.program, [JANUARY, FEBRUARY], LONDON)
        year.hold(n, week(n), "+-", mark=2)
