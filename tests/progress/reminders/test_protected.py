"""Three weeks with fewer protected hours than planned, told to who can change it."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from pairings.models import Enrolment, Pairing, Pause, Program, ProgramStaff
from preceptor.accounts.models import Membership
from progress.actions import tell_hours
from progress.models import GrowthPlan, ProtectedWeek
from progress.reminders import PROTECTED_HOURS
from progress.reminders.protected import told
from tests.cast import Cast
from tests.progress.reminders.clock import (
    ZONES,
    at,
    html,
    inbox,
    live_in,
    round_at,
    told_at,
)

MONDAY = date(2027, 6, 14)
"""The one after the weeks that tests tell of."""
WEEK = timedelta(weeks=1)
UNDER, ENOUGH, UNTOLD = 2, 4, None
"""Hours of a week; four are planned."""


def tell(plan: GrowthPlan, *hours: float | None, before: date = MONDAY) -> None:
    """Of weeks in a row, the last of them the one before a Monday."""
    first = before - len(hours) * WEEK
    for number, some in enumerate(hours):
        if some is not None:
            tell_hours(plan=plan, monday=first + number * WEEK, hours=Decimal(some))


def key(plan: GrowthPlan, first: date, weeks: int) -> str:
    return f"protected-hours:{plan.pk}:{first}:{weeks}"


def hears(now: datetime) -> dict[int, str]:
    return dict(told_at(PROTECTED_HOURS, now))


@pytest.mark.parametrize(
    ("hours", "first", "weeks"),
    [
        ([UNDER, UNDER, UNDER], 3, 3),
        ([ENOUGH, UNDER, 0, 3.5], 3, 3),
        ([UNDER] * 4, 4, 3),
        ([UNDER] * 5, 5, 3),
        ([UNDER] * 6, 6, 6),
        ([UNDER] * 11, 11, 9),
        ([UNDER, ENOUGH, *[UNDER] * 4], 4, 3),
        ([UNDER, UNTOLD, *[UNDER] * 3], 3, 3),
        ([UNDER, UNDER, UNDER, UNTOLD], 4, 3),
    ],
)
def test_three_weeks_in_a_row_are_told_to_the_line_manager(
    hours: list[float | None], first: int, weeks: int, cast: Cast, plan: GrowthPlan
) -> None:
    tell(plan, *hours)
    now = at(MONDAY, 8)
    assert hears(now) == {cast.lars.pk: key(plan, MONDAY - first * WEEK, weeks)}


@pytest.mark.parametrize(
    "hours",
    [
        [],
        [UNDER, UNDER],
        [UNDER, UNDER, ENOUGH],
        [UNDER, UNDER, UNDER, ENOUGH],
        [UNDER, ENOUGH, UNDER, UNDER],
        [UNDER, UNTOLD, UNDER, UNDER],
        [UNDER, UNDER, UNDER, UNTOLD, UNTOLD],
        [5, 6, 4],
    ],
)
def test_fewer_are_not(hours: list[float | None], cast: Cast, plan: GrowthPlan) -> None:
    tell(plan, *hours)
    assert hears(at(MONDAY, 8)) == {}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    hours=st.lists(st.sampled_from([UNDER, UNDER, ENOUGH, UNTOLD]), max_size=12),
)
def test_the_rule_as_python_reads_it(
    hours: list[float | None], cast: Cast, plan: GrowthPlan
) -> None:
    ProtectedWeek.objects.all().delete()
    tell(plan, *hours)
    known = hours[:-1] if hours and hours[-1] is UNTOLD else hours
    run = 0
    for some in reversed(known):
        if some != UNDER:
            break
        run += 1
    first = MONDAY - (run + len(hours) - len(known)) * WEEK
    expected = {cast.lars.pk: key(plan, first, run // 3 * 3)} if run >= 3 else {}
    assert hears(at(MONDAY, 8)) == expected


@pytest.mark.parametrize("zone", [*ZONES, "Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize(
    "monday", [date(2027, 3, 15), date(2027, 3, 29), date(2027, 3, 1)]
)
def test_on_the_managers_own_monday_morning(
    zone: str, monday: date, cast: Cast, plan: GrowthPlan
) -> None:
    """The day after clocks change in Los Angeles or London, or a month began."""
    live_in(cast.lars, zone)
    tell(plan, UNDER, UNDER, UNDER, before=monday)
    morning = at(monday, 8, zone=zone)
    assert hears(morning - timedelta(seconds=1)) == {}
    assert hears(morning) == {cast.lars.pk: key(plan, monday - 3 * WEEK, 3)}
    sunday = at(monday + timedelta(days=6), 22, zone=zone)
    assert hears(sunday) == hears(morning)


def test_a_long_run_is_told_every_three_weeks(cast: Cast, plan: GrowthPlan) -> None:
    sent = []
    for number in range(1, 11):
        monday = MONDAY + (number - 1) * WEEK
        tell(plan, UNDER, before=monday)
        before = inbox(cast.lars)
        assert round_at(at(monday, 7)) == []
        assert inbox(cast.lars) == before
        sent += [number for _ in round_at(at(monday, 9))]
        assert len(inbox(cast.lars)) == (number >= 3)
        assert round_at(at(monday + timedelta(days=3), 9)) == []
    assert sent == [3, 6, 9]
    assert inbox(cast.lars) == [key(plan, MONDAY - WEEK, 9)]


def test_a_week_told_anew_takes_it_back(cast: Cast, plan: GrowthPlan) -> None:
    tell(plan, UNDER, UNDER, UNDER)
    assert len(round_at(at(MONDAY, 9))) == 1
    assert len(inbox(cast.lars)) == 1
    tell(plan, ENOUGH)
    assert round_at(at(MONDAY, 10)) == []
    assert inbox(cast.lars) == []


def test_a_plan_with_fewer_hours_takes_it_back(cast: Cast, plan: GrowthPlan) -> None:
    tell(plan, UNDER, UNDER, UNDER)
    Program.objects.update(junior_hours=2)
    assert hears(at(MONDAY, 9)) == {}


def rest(cast: Cast, first: date, back_on: date | None) -> None:
    Pause.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        starts_on=first,
        back_on=back_on,
        resumed_on=back_on,
        created_by=cast.ruth,
    )


def test_weeks_of_a_pause_do_not_count(cast: Cast, plan: GrowthPlan) -> None:
    tell(plan, *[UNDER] * 6)
    friday = MONDAY - 3 * WEEK - timedelta(days=3)
    rest(cast, friday, friday + timedelta(days=1))
    now = at(MONDAY, 9)
    assert hears(now) == {cast.lars.pk: key(plan, MONDAY - 3 * WEEK, 3)}
    Pause.objects.update(
        starts_on=friday + WEEK,
        back_on=friday + 2 * WEEK,
        resumed_on=friday + 2 * WEEK,
    )
    assert hears(now) == {}
    Pause.objects.update(resumed_on=friday + WEEK)
    assert hears(now) == {cast.lars.pk: key(plan, MONDAY - 6 * WEEK, 6)}


def test_nobody_hears_while_the_pairing_rests(cast: Cast, plan: GrowthPlan) -> None:
    tell(plan, UNDER, UNDER, UNDER)
    Pairing.objects.update(state=Pairing.State.PAUSED)
    assert hears(at(MONDAY, 9)) == {}


def test_weeks_that_are_not_whole_do_not_count(cast: Cast, plan: GrowthPlan) -> None:
    tell(plan, UNDER, UNDER, UNDER)
    GrowthPlan.objects.update(starts_on=MONDAY - 3 * WEEK + timedelta(days=1))
    assert hears(at(MONDAY, 9)) == {}
    GrowthPlan.objects.update(starts_on=MONDAY - 3 * WEEK)
    assert set(hears(at(MONDAY, 9))) == {cast.lars.pk}


def managed_by(member: Membership | None) -> None:
    Enrolment.objects.filter(side=Enrolment.Side.JUNIOR).update(line_manager=member)


def test_without_a_line_manager_the_leads_hear_of_it(
    cast: Cast, plan: GrowthPlan
) -> None:
    tell(plan, UNDER, UNDER, UNDER)
    now, first = at(MONDAY, 9), key(plan, MONDAY - 3 * WEEK, 3)
    to_leads = {cast.ruth.pk: first}
    managed_by(None)
    assert hears(now) == to_leads
    managed_by(cast.lars)
    assert hears(now) == {cast.lars.pk: first}
    Membership.objects.filter(pk=cast.lars.pk).update(is_active=False)
    assert hears(now) == to_leads


def test_the_pair_never_gets_it(cast: Cast, plan: GrowthPlan) -> None:
    """Neither as line manager nor as lead; where nobody else leads, managers do."""
    tell(plan, UNDER, UNDER, UNDER)
    for lead in (cast.tomasz, cast.ines):
        ProgramStaff.objects.create(
            organisation=cast.tidewater,
            program=cast.program,
            membership=lead,
            role=ProgramStaff.Role.LEAD,
        )
    managed_by(cast.tomasz)
    assert set(hears(at(MONDAY, 9))) == {cast.ruth.pk}
    managed_by(cast.ines)
    assert set(hears(at(MONDAY, 9))) == {cast.ruth.pk}
    ProgramStaff.objects.filter(membership=cast.ruth).delete()
    assert set(hears(at(MONDAY, 9))) == {cast.olga.pk, cast.mark.pk}


@pytest.mark.parametrize("is_manager", [True, False])
def test_the_mail_tells_week_by_week(
    is_manager: bool, cast: Cast, plan: GrowthPlan
) -> None:
    tell(plan, ENOUGH, UNDER, 0, 3.5)
    if not is_manager:
        managed_by(None)
    (message,) = round_at(at(MONDAY, 9))
    assert (
        message.subject == "Protected hours of Ines Carvalho under the plan for 3 weeks"
    )
    why = "You get this because you lead the program"
    if is_manager:
        why = "You get this because you are the line manager of Ines Carvalho."
    for body in (str(message.body), html(message)):
        assert "5.5 of 12 hours since 24 May, as Ines Carvalho told them." in body
        for line in (
            "24 May to 30 May: 2 of 4 hours",
            "31 May to 6 June: 0 of 4 hours",
            "7 June to 13 June: 3.5 of 4 hours",
        ):
            assert line in body
        assert "17 May" not in body
        assert why in body
        assert f"/o/tidewater/growth/{plan.pk}/#hours" in body


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_do_not_grow(
    count: int,
    cast: Cast,
    plan: GrowthPlan,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    juniors = (cast.devon_enrolled, cast.mai_enrolled)[: count - 1]
    plans = [
        plan,
        *(
            GrowthPlan.objects.create(
                organisation=cast.tidewater, junior=one, starts_on=plan.starts_on
            )
            for one in juniors
        ),
    ]
    for one in plans:
        tell(one, UNDER, UNDER, UNDER)
    with django_assert_num_queries(1):
        assert len(PROTECTED_HOURS.due(at(MONDAY, 9))) == count
    with django_assert_num_queries(2):
        found = told([one.pk for one in plans])
        assert [len(one.run(MONDAY)) for one in found.values()] == [3] * count
