"""What falls due on a holiday falls due later, and comes back when it is none."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from time import thread_time
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pytest_django import DjangoAssertNumQueries

from pairings.actions.pauses import pause, resume
from pairings.models import Program
from preceptor.accounts import actions
from preceptor.accounts.holidays import HolidayChange, told
from preceptor.accounts.models import Holiday, Membership, Organisation, time_zones
from preceptor.http import Conflict
from progress.actions import begin_plan, move_milestone
from progress.models import GrowthPlan, Milestone, MilestoneMove
from progress.schedule import is_working_day, lands_on, later, points, working_day
from tests.cast import Cast, make_cast

ONE_DAY = timedelta(days=1)
EVER = date.min, date.max
DAYS = st.dates(min_value=date(2023, 12, 1), max_value=date(2029, 12, 31))
HOLIDAYS = st.frozensets(DAYS, max_size=60)


def now() -> datetime:
    return timezone.now()


def add(cast: Cast, *days: date, name: str = "Feast") -> list[str]:
    return actions.add_holidays(actor=cast.olga, days=days, name=name, now=now())


def remove(cast: Cast, day: date) -> list[str]:
    holiday = Holiday.objects.get(day=day, organisation=cast.tidewater)
    return actions.remove_holiday(actor=cast.olga, holiday=holiday, now=now())


def dates(plan: GrowthPlan) -> dict[int, date]:
    return dict(plan.milestones.values_list("pk", "due_on"))


def ahead(plan: GrowthPlan) -> Milestone:
    """The second that lies ahead."""
    return plan.milestones.filter(due_on__gt=timezone.localdate())[1]


@given(DAYS, HOLIDAYS)
def test_a_working_day_lands_on_the_first_that_is_free(
    day: date, holidays: frozenset[date]
) -> None:
    nominal = later(day, 1)
    landed = lands_on(nominal, holidays, *EVER)
    assert landed >= nominal
    assert is_working_day(landed)
    assert landed not in holidays
    between = [nominal + n * ONE_DAY for n in range((landed - nominal).days)]
    assert all(on in holidays or not is_working_day(on) for on in between)
    assert lands_on(landed, holidays, *EVER) == landed


@given(DAYS, DAYS, HOLIDAYS)
def test_what_was_due_earlier_is_not_due_later(
    one: date, other: date, holidays: frozenset[date]
) -> None:
    first, last = sorted((later(one, 1), later(other, 1)))
    assert lands_on(first, holidays, *EVER) <= lands_on(last, holidays, *EVER)


def test_the_leap_day_may_be_a_holiday() -> None:
    leap = date(2028, 2, 29)
    assert lands_on(leap, {leap}, *EVER) == date(2028, 3, 1)
    assert lands_on(leap - ONE_DAY, {leap - ONE_DAY}, *EVER) == leap


def test_a_day_that_is_no_holiday_stays_a_weekend_too() -> None:
    saturday = date(2026, 11, 21)
    assert lands_on(saturday, {saturday - ONE_DAY}, *EVER) == saturday


@given(DAYS, st.integers(1, 40), st.integers(0, 39), HOLIDAYS)
def test_where_it_lands_is_inside_the_year(
    starts_on: date, days: int, nth: int, holidays: frozenset[date]
) -> None:
    end = starts_on + days * ONE_DAY
    nominal = starts_on + min(nth, days - 1) * ONE_DAY
    landed = lands_on(nominal, holidays, starts_on, end)
    assert starts_on <= landed < end
    free = [
        on
        for n in range(days)
        if is_working_day(on := starts_on + n * ONE_DAY) and on not in holidays
    ]
    if nominal in holidays and free:
        assert landed in free
    if landed < nominal:
        assert not [on for on in free if on > landed]


def test_at_the_end_of_the_year_a_holiday_brings_forward(
    cast: Cast, plan: GrowthPlan
) -> None:
    """The next working day would be outside; when the holiday goes it comes back."""
    last_on = working_day(plan.junior.ends_on - ONE_DAY, plan.starts_on)
    milestone = ahead(plan)
    Milestone.objects.filter(pk=milestone.pk).update(due_on=last_on)
    rest = (plan.junior.ends_on - last_on).days
    add(cast, *(last_on + n * ONE_DAY for n in range(rest)))
    brought = dates(plan)[milestone.pk]
    assert brought < last_on
    assert is_working_day(brought)
    milestone.refresh_from_db()
    assert milestone.nominal_on == last_on
    remove(cast, last_on)
    assert dates(plan)[milestone.pk] == last_on
    *_earlier, back = milestone.moves.order_by("pk")
    assert "no holiday any more" in back.reason


class TestAnyHolidays(TestCase):
    """Over any sets of days: the year lies where the rule puts it, and comes back."""

    cast: Cast
    plan: GrowthPlan

    @classmethod
    def setUpTestData(cls) -> None:
        cls.cast = make_cast()
        begin_plan(cls.cast.pairing)
        cls.plan = GrowthPlan.objects.get(junior=cls.cast.ines_enrolled)

    @given(st.lists(st.integers(0, 320), min_size=1, max_size=40, unique=True))
    def test_adding_and_removing_restores(self, after: list[int]) -> None:
        before, today = dates(self.plan), timezone.localdate()
        holidays = {today + n * ONE_DAY for n in after}
        add(self.cast, *holidays)
        assert dates(self.plan) == {
            pk: lands_on(day, holidays, *EVER) if day >= today else day
            for pk, day in before.items()
        }
        for n in after:
            remove(self.cast, today + n * ONE_DAY)
        assert dates(self.plan) == before

    @given(
        st.lists(st.tuples(st.booleans(), st.integers(0, 200)), min_size=1, max_size=30)
    )
    def test_any_order_leads_to_the_same_year(
        self, steps: list[tuple[bool, int]]
    ) -> None:
        before, today = dates(self.plan), timezone.localdate()
        holidays: set[date] = set()
        for is_added, n in steps:
            day = today + n * ONE_DAY
            if is_added and day not in holidays:
                add(self.cast, day)
                holidays.add(day)
            elif not is_added and day in holidays:
                remove(self.cast, day)
                holidays.remove(day)
        assert dates(self.plan) == {
            pk: lands_on(day, holidays, *EVER) if day >= today else day
            for pk, day in before.items()
        }

    @given(
        st.lists(st.integers(0, 320), max_size=30, unique=True),
        st.integers(1, 120),
        st.integers(0, 119),
    )
    def test_a_pause_reckons_as_if_there_were_no_holidays(
        self, after: list[int], days: int, back_after: int
    ) -> None:
        before, today = dates(self.plan), timezone.localdate()
        holidays = {today + n * ONE_DAY for n in after}
        if holidays:
            add(self.cast, *holidays)
        pause(
            actor=self.cast.ruth,
            pairing=self.cast.pairing,
            back_on=today + days * ONE_DAY,
            reason="",
            now=now(),
        )
        assert dates(self.plan) == _moved(before, days, holidays)
        back = min(back_after, days)
        resume(pairing=self.cast.pairing, on=today + back * ONE_DAY)
        assert dates(self.plan) == _moved(before, back, holidays)


def _moved(
    before: dict[int, date], days: int, holidays: Iterable[date]
) -> dict[int, date]:
    today, closed = timezone.localdate(), set(holidays)
    return {
        pk: lands_on(later(day, days), closed, *EVER) if day >= today else day
        for pk, day in before.items()
    }


def test_a_year_begins_without_a_holiday(cast: Cast) -> None:
    wanted = points(
        cast.program.template, cast.pairing.starts_on, cast.ines_enrolled.ends_on
    )
    third = wanted[2].due_on
    add(cast, third)
    begin_plan(cast.pairing)
    milestone = Milestone.objects.get(nominal_on=third)
    assert milestone.due_on == lands_on(third, {third}, *EVER)
    assert Milestone.objects.filter(nominal_on=None).count() == len(wanted) - 1


def test_a_holiday_says_why_it_moves_and_what(cast: Cast, plan: GrowthPlan) -> None:
    milestone = ahead(plan)
    was = milestone.due_on
    assert add(cast, was, name="Harbour Day") == [
        "1 milestone of 1 junior moves to the next working day."
    ]
    move = MilestoneMove.objects.get()
    milestone.refresh_from_db()
    assert (move.milestone_id, move.from_on, move.to_on, move.reason) == (
        milestone.pk,
        was,
        milestone.due_on,
        "Harbour Day is a holiday",
    )
    assert (move.moved_by, milestone.nominal_on) == (cast.olga, was)
    remove(cast, was)
    milestone.refresh_from_db()
    assert (milestone.due_on, milestone.nominal_on) == (was, None)
    assert MilestoneMove.objects.last().reason == (  # type: ignore[union-attr]
        "Harbour Day is no holiday any more"
    )
    assert (milestone.sequence, MilestoneMove.objects.count()) == (2, 2)


def test_what_is_signed_past_or_archived_stays(cast: Cast, plan: GrowthPlan) -> None:
    one, other = ahead(plan), plan.milestones.all()[0]
    assert other.due_on < timezone.localdate()
    Milestone.objects.filter(pk=one.pk).update(junior_signed_at=now())
    assert add(cast, one.due_on, other.due_on) == []
    third = plan.milestones.exclude(pk=one.pk).filter(due_on__gt=one.due_on)[0]
    Program.objects.update(state=Program.State.ARCHIVED)
    before = dates(plan)
    assert add(cast, third.due_on) == []
    assert dates(plan) == before


def test_a_day_given_by_hand_stays_on_a_holiday(cast: Cast, plan: GrowthPlan) -> None:
    milestone = ahead(plan)
    was = milestone.due_on
    add(cast, was)
    move_milestone(
        milestone=milestone,
        due_on=was,
        actor=cast.ruth,
        reason="The room is taken",
        now=timezone.now(),
    )
    add(cast, was + ONE_DAY)
    remove(cast, was + ONE_DAY)
    remove(cast, was)
    assert dates(plan)[milestone.pk] == was
    assert Milestone.objects.filter(nominal_on__isnull=False).count() == 0


def test_nothing_moves_back_into_the_past(cast: Cast, plan: GrowthPlan) -> None:
    today = timezone.localdate()
    milestone = ahead(plan)
    landed = lands_on(today, {today}, *EVER)
    Milestone.objects.filter(pk=milestone.pk).update(
        nominal_on=today - ONE_DAY, due_on=landed
    )
    closed = [today - ONE_DAY + n * ONE_DAY for n in range((landed - today).days + 1)]
    Holiday.objects.bulk_create(
        Holiday(organisation=cast.tidewater, day=day, name="Feast") for day in closed
    )
    remove(cast, today - ONE_DAY)
    assert dates(plan)[milestone.pk] == landed


def test_other_organisations_keep_their_days(cast: Cast, plan: GrowthPlan) -> None:
    before = dates(plan)
    days = plan.milestones.values_list("due_on", flat=True)
    actions.add_holidays(actor=cast.otto, days=list(days), name="Feast", now=now())
    assert dates(plan) == before


def test_a_pause_says_that_it_met_a_holiday(cast: Cast, plan: GrowthPlan) -> None:
    milestone = ahead(plan)
    there = later(milestone.due_on, 7)
    add(cast, there, name="Harbour Day")
    back_on = timezone.localdate() + timedelta(days=7)
    pause(actor=cast.ruth, pairing=cast.pairing, back_on=back_on, reason="", now=now())
    move = MilestoneMove.objects.get(milestone=milestone, pause__isnull=False)
    assert (move.to_on, move.reason) == (there, "Harbour Day is a holiday")
    assert dates(plan)[milestone.pk] == lands_on(there, {there}, *EVER)


def test_the_same_day_twice_is_refused(cast: Cast) -> None:
    day = timezone.localdate() + timedelta(days=40)
    add(cast, day)
    with pytest.raises(Conflict):
        add(cast, day)
    holiday = Holiday.objects.get()
    actions.remove_holiday(actor=cast.olga, holiday=holiday, now=now())
    with pytest.raises(Conflict):
        actions.remove_holiday(actor=cast.olga, holiday=holiday, now=now())
    with pytest.raises(Conflict):
        actions.rename_holiday(actor=cast.olga, holiday=holiday, name="Other")


def test_holidays_move_four_thousand_years_in_a_moment(
    cast: Cast, plan: GrowthPlan, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """The same few queries as for one."""
    count = 4000
    day = ahead(plan).due_on
    Milestone.objects.bulk_create(
        Milestone(
            organisation=cast.tidewater,
            plan=plan,
            kind="check_in",
            name="M",
            due_on=day,
        )
        for _ in range(count)
    )
    change = change_of(cast.olga, day)
    began = thread_time()
    with django_assert_num_queries(1):
        said = told(change)
    assert said == ["4001 milestones of 1 junior move to the next working day."]
    with django_assert_num_queries(10):
        assert add(cast, day) == said
    assert thread_time() - began < 5


def change_of(actor: Membership, day: date) -> HolidayChange:
    return HolidayChange(actor, {}, {day: "Feast"}, now())


@given(
    st.sampled_from(sorted(time_zones())),
    st.datetimes(timezones=st.just(UTC), min_value=datetime(2020, 1, 1)),  # noqa: DTZ001 # in UTC
)
def test_today_is_where_the_organisation_is(zone: str, at: datetime) -> None:
    """So no day that is over there takes or gives a milestone."""
    actor = Membership(organisation=Organisation(time_zone=zone))
    change = HolidayChange(actor, {}, {at.date(): "Feast"}, at)
    assert change.today == at.astimezone(ZoneInfo(zone)).date()
    assert abs(change.today - at.date()) <= ONE_DAY
