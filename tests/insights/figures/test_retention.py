"""Who of a cohort stays: what an end is, and that no curve names one."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pytest_django import DjangoAssertNumQueries

from pairings.models import Enrolment, Program
from preceptor.accounts.models import Membership
from preceptor.insights.figures.estimates import Reason, Withheld
from preceptor.insights.figures.retention import (
    COMPANY,
    PROGRAM,
    Curve,
    Stay,
    company_life,
    last_counted,
    program_life,
    retention,
)
from preceptor.insights.figures.survival import STAYED
from progress.models import GrowthPlan, Milestone
from tests.cast import Cast
from tests.factories import EnrolmentFactory, PairingFactory, ProgramFactory
from tests.insights.figures.conftest import moment

BEGAN, ENDS = date(2025, 1, 6), date(2026, 1, 5)
AS_OF = date(2026, 10, 31)


def stay(
    left: date | None = None, ends: date = ENDS, completed: date | None = None
) -> Stay:
    return Stay(BEGAN, left, ends, ENDS, completed)


def after(days: int) -> date:
    return BEGAN + timedelta(days=days)


@pytest.mark.parametrize(
    ("one", "company", "program"),
    [
        (stay(), (663, STAYED), (364, STAYED)),
        (stay(completed=after(350)), (663, STAYED), (350, STAYED)),
        (stay(ends=after(400)), (663, STAYED), (400, STAYED)),
        (stay(left=after(500)), (500, COMPANY), (364, STAYED)),
        (stay(left=after(100)), (100, COMPANY), (100, COMPANY)),
        (stay(ends=after(200)), (663, STAYED), (200, PROGRAM)),
        (stay(left=after(300), ends=after(200)), (300, COMPANY), (200, PROGRAM)),
        # The enrolment was ended first, a few days before the account.
        (stay(left=after(205), ends=after(200)), (205, COMPANY), (200, COMPANY)),
        (stay(ends=after(200), completed=after(199)), (663, STAYED), (199, STAYED)),
        (stay(left=AS_OF + timedelta(days=1)), (663, STAYED), (364, STAYED)),
        (stay(left=BEGAN - timedelta(days=3)), (0, COMPANY), (0, COMPANY)),
    ],
)
def test_what_ends_a_stay(
    one: Stay, company: tuple[int, int], program: tuple[int, int]
) -> None:
    assert company_life(one, AS_OF) == company
    assert program_life(one, AS_OF) == program


def cohort(cast: Cast, people: int, starts_on: date = BEGAN) -> Program:
    program = ProgramFactory.create(
        organisation=cast.tidewater,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=364),
    )
    mentor = EnrolmentFactory.create(program=program, side=Enrolment.Side.MENTOR)
    for junior in EnrolmentFactory.create_batch(people, program=program):
        PairingFactory.create(program=program, mentor=mentor, junior=junior)
    return program


def leave(program: Program, n: int, on: date) -> None:
    """The junior of that number leaves the company."""
    member = program.enrolments.juniors().order_by("pk")[n].membership
    Membership.objects.filter(pk=member.pk).update(is_active=False, left_at=moment(on))


def curve(program: Program, as_of: date = AS_OF) -> Curve:
    [found] = retention([program], as_of).curves
    return found


def test_nine_people_have_no_curve(cast: Cast) -> None:
    found = curve(cohort(cast, 9))
    assert found.people == 9
    assert found.company == found.course == Withheld(Reason.COHORT)


def test_a_cohort_that_just_began_has_no_curve_yet(cast: Cast) -> None:
    found = curve(cohort(cast, 10), BEGAN + timedelta(days=100))
    assert found.company == found.course == Withheld(Reason.YOUNG)


def test_fewer_than_twenty_have_a_point_every_half_year(cast: Cast) -> None:
    """Between two points several may have left: no step is one person's day."""
    program = cohort(cast, 12)
    leave(program, 0, after(40))
    leave(program, 1, after(170))
    found = curve(program)
    assert isinstance(found.company, tuple)
    assert [point.month for point in found.company] == [0, 6, 12, 18]
    assert [point.at_risk for point in found.company] == [12, 10, 10, 10]
    assert [round(point.share.value, 3) for point in found.company] == [
        *(1.0, 0.833),
        *(0.833, 0.833),
    ]
    assert found.company[1].share.low < 0.833 < found.company[1].share.high < 1


def test_leaving_the_program_is_not_leaving_the_company(cast: Cast) -> None:
    program = cohort(cast, 20)
    gone = program.enrolments.juniors().order_by("pk")
    Enrolment.objects.filter(pk=gone[0].pk).update(ends_on=after(90))
    leave(program, 1, after(100))
    found = curve(program)
    assert isinstance(found.company, tuple)
    assert isinstance(found.course, tuple)
    assert found.company[-1].share.value == pytest.approx(0.95)
    at_eleven = found.course[11]
    assert at_eleven.left_program.value == pytest.approx(0.05)
    assert at_eleven.left_company.value == pytest.approx(0.05)
    assert at_eleven.stays.value == pytest.approx(0.9)
    # Nobody is at risk of leaving a program that is over.
    assert found.course[-1].month == 11


def test_a_curve_ends_where_fewer_than_five_are_looked_at(cast: Cast) -> None:
    program = cohort(cast, 20)
    for n in range(16):
        leave(program, n, after(50 + n))
    found = curve(program)
    assert isinstance(found.company, tuple)
    assert [point.month for point in found.company] == [0, 1, 2]


def test_whoever_has_not_begun_is_no_cohort(cast: Cast) -> None:
    program = cohort(cast, 10)
    EnrolmentFactory.create_batch(3, program=program)
    assert curve(program).people == 10
    assert curve(program, BEGAN - timedelta(days=1)).people == 0


def test_nobody_left_says_how_little_that_may_mean(cast: Cast) -> None:
    found = curve(cohort(cast, 10))
    assert isinstance(found.company, tuple)
    last = found.company[-1].share
    assert (last.value, last.high) == (1, 1)
    assert last.low == pytest.approx(0.025**0.1)


def test_completion_takes_nobody_out_of_the_program(cast: Cast) -> None:
    program = cohort(cast, 10)
    junior = program.enrolments.juniors().order_by("pk")[0]
    home = junior.organisation
    year = GrowthPlan.objects.create(organisation=home, junior=junior, starts_on=BEGAN)
    signed = moment(after(200))
    Milestone.objects.create(
        organisation=home,
        plan=year,
        kind=Milestone.Kind.COMPLETION,
        name="Completion review",
        due_on=after(200),
        junior_signed_at=signed,
        mentor_signed_at=signed,
        mentor_signed_by=cast.tomasz,
        signed_at=signed,
    )
    Enrolment.objects.filter(pk=junior.pk).update(ends_on=after(201))
    found = curve(program)
    assert isinstance(found.course, tuple)
    assert {one.left_program.value for one in found.course} == {0}


def test_cohorts_are_compared_where_each_has_a_curve(cast: Cast) -> None:
    stays, leaves, small = (cohort(cast, n) for n in (20, 20, 9))
    for n in range(9):
        leave(leaves, n, after(30 * (n + 1)))
        leave(small, n, after(10))
    found = retention([stays, leaves, small], AS_OF)
    assert found.compared is not None
    assert found.compared.groups == 2
    assert found.compared.p < 0.01


def test_the_last_day_counted_is_that_of_a_closed_month() -> None:
    zone = ZoneInfo("Europe/London")
    assert last_counted(datetime(2026, 11, 7, 23, tzinfo=UTC), zone) == date(
        2026, 9, 30
    )
    assert last_counted(datetime(2026, 11, 8, 1, tzinfo=UTC), zone) == AS_OF


def test_any_number_of_cohorts_is_one_query(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    programs = [cohort(cast, 1) for _ in range(3)]
    for n in (1, 3):
        with django_assert_num_queries(1):
            retention(programs[:n], AS_OF)


def test_who_comes_back_has_not_left(cast: Cast) -> None:
    program = cohort(cast, 10)
    leave(program, 0, after(40))
    Membership.objects.filter(is_active=False).update(is_active=True)
    assert not Membership.objects.filter(left_at__isnull=False).exists()
    Membership.objects.filter(pk=cast.mei.pk).update(is_active=False)
    assert Membership.objects.get(pk=cast.mei.pk).left_at is not None
