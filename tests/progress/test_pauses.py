"""A pause moves what is open of the junior's year, once, and shows from where."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from pairings.actions.pairings import end, pair
from pairings.actions.pauses import begin_all_due, pause, resume, resume_all_due
from pairings.models import Enrolment, Pairing, Pause
from preceptor.accounts.actions import add_holidays
from preceptor.accounts.rights import Relation
from preceptor.http import Conflict
from progress.actions import add_milestone, move_milestone
from progress.milestone_pages import milestone_page
from progress.models import GrowthPlan, Milestone
from progress.schedule import is_working_day, later
from tests.cast import Cast

SIX_WEEKS = 42


def today() -> date:
    return timezone.localdate()


def in_days(days: int) -> datetime:
    return timezone.now() + timedelta(days=days)


def stop(cast: Cast, days: int | None, after: int = 0) -> Pause:
    """A pause of so many days, which begins some days on."""
    starts_on = today() + timedelta(days=after)
    return pause(
        actor=cast.ruth,
        pairing=cast.pairing,
        starts_on=starts_on,
        back_on=None if days is None else starts_on + timedelta(days=days),
        reason="Parental leave",
        now=timezone.now(),
    )


def dates(plan: GrowthPlan) -> dict[int, date]:
    return dict(plan.milestones.values_list("pk", "due_on"))


def later_by(before: dict[int, date], days: int, after: int = 0) -> dict[int, date]:
    """What is due from the first day of a pause on is later by its days."""
    first = today() + timedelta(days=after)
    return {pk: later(day, days) if day >= first else day for pk, day in before.items()}


def sign(milestone: Milestone, cast: Cast) -> None:
    milestone.junior_signed_at = milestone.mentor_signed_at = timezone.now()
    milestone.signed_at, milestone.mentor_signed_by = timezone.now(), cast.tomasz
    milestone.save()


def test_a_pause_with_a_return_moves_what_is_open_at_once(
    cast: Cast, plan: GrowthPlan
) -> None:
    signed, *still_open = plan.milestones.filter(due_on__gte=today())
    sign(signed, cast)
    before = dates(plan)
    ended = Enrolment.objects.get(pk=cast.ines_enrolled.pk).ends_on
    made = stop(cast, SIX_WEEKS)
    moved = later_by(before, SIX_WEEKS) | {signed.pk: signed.due_on}
    assert dates(plan) == moved
    assert (made.moved_days, made.moves.count()) == (SIX_WEEKS, len(still_open))
    pairing = Pairing.objects.with_people().get(pk=cast.pairing.pk)
    assert pairing.state == Pairing.State.PAUSED
    shifted = ended + timedelta(days=SIX_WEEKS)
    assert (pairing.ends_on, pairing.junior.ends_on) == (shifted, shifted)
    assert pairing.mentor.ends_on == shifted


def test_a_pause_without_a_return_moves_on_resume(cast: Cast, plan: GrowthPlan) -> None:
    before = dates(plan)
    made = stop(cast, None)
    assert (dates(plan), made.moved_days) == (before, 0)
    resume(pairing=cast.pairing, on=today() + timedelta(days=10))
    assert dates(plan) == later_by(before, 10)
    assert Pairing.objects.get(pk=cast.pairing.pk).state == Pairing.State.ACTIVE


def test_back_early_moves_by_as_long_as_it_was(cast: Cast, plan: GrowthPlan) -> None:
    before, ended = dates(plan), cast.ines_enrolled.ends_on
    stop(cast, SIX_WEEKS)
    resume(pairing=cast.pairing, on=today() + timedelta(days=9))
    assert dates(plan) == later_by(before, 9)
    nine_more = ended + timedelta(days=9)
    assert Enrolment.objects.get(pk=cast.ines_enrolled.pk).ends_on == nine_more
    assert Pairing.objects.get(pk=cast.pairing.pk).ends_on == nine_more


def test_back_on_the_same_day_leaves_everything_as_it_was(
    cast: Cast, plan: GrowthPlan
) -> None:
    before = dates(plan)
    stop(cast, SIX_WEEKS)
    resume(pairing=cast.pairing, on=today())
    assert dates(plan) == before


def test_a_date_given_by_hand_in_a_pause_stays(cast: Cast, plan: GrowthPlan) -> None:
    stop(cast, SIX_WEEKS)
    milestone = plan.milestones.last()
    assert milestone is not None
    chosen = milestone.due_on - timedelta(days=5)
    move_milestone(
        milestone=milestone,
        due_on=chosen,
        actor=cast.ruth,
        reason="The room is taken",
        now=timezone.now(),
    )
    resume(pairing=cast.pairing, on=today() + timedelta(days=9))
    assert dates(plan)[milestone.pk] == chosen


def test_history_goes_on_where_a_holiday_fell_into_a_pause(
    cast: Cast, plan: GrowthPlan
) -> None:
    """Each step begins where the one before ended, up to the day that stands."""
    milestone = plan.milestones.last()
    assert milestone is not None
    stop(cast, SIX_WEEKS)
    in_pause = later(milestone.due_on, SIX_WEEKS)
    feast: dict[str, Any] = {"days": [in_pause], "name": "Feast", "now": in_days(0)}
    add_holidays(actor=cast.olga, **feast)
    after_feast = dates(plan)[milestone.pk]
    resume(pairing=cast.pairing, on=today() + timedelta(days=9))
    stands = dates(plan)[milestone.pk]
    assert stands == later(milestone.due_on, 9)
    found = milestone_page(
        cast.ines, plan.milestones.get(pk=milestone.pk), {Relation.JUNIOR}, today()
    )
    assert [(one.was, one.then) for one in found.moves] == [
        (milestone.due_on, in_pause),
        (in_pause, after_feast),
        (after_feast, stands),
    ]


def test_a_day_given_by_hand_comes_back_though_it_is_a_holiday(
    cast: Cast, plan: GrowthPlan
) -> None:
    """History would say that the date never moved, so it must not have."""
    feast = later(today() + timedelta(days=60), 1)
    keys: dict[str, Any] = {"actor": cast.olga, "name": "Feast", "now": in_days(0)}
    add_holidays(days=[feast], **keys)
    values = {"name": "On call", "about": "", "due_on": feast}
    own = add_milestone(actor=cast.ines, plan=plan, values=values)
    moved = plan.milestones.filter(due_on__gt=today()).exclude(pk=own.pk)[0]
    move_milestone(
        actor=cast.ruth,
        milestone=moved,
        due_on=feast,
        reason="The room is free",
        now=in_days(0),
    )
    before = dates(plan)
    assert [before[own.pk], before[moved.pk]] == [feast, feast]
    for days in (SIX_WEEKS, 9):
        stop(cast, days)
        resume(pairing=cast.pairing, on=today())
        assert dates(plan) == before


def test_what_is_signed_in_a_pause_stays(cast: Cast, plan: GrowthPlan) -> None:
    stop(cast, SIX_WEEKS)
    milestone = plan.milestones.get(kind=Milestone.Kind.COMPLETION)
    sign(milestone, cast)
    resume(pairing=cast.pairing, on=today())
    assert dates(plan)[milestone.pk] == milestone.due_on


def test_what_one_of_them_signed_stays(cast: Cast, plan: GrowthPlan) -> None:
    milestone = plan.milestones.get(kind=Milestone.Kind.COMPLETION)
    milestone.junior_signed_at = timezone.now()
    milestone.save()
    stop(cast, SIX_WEEKS)
    assert dates(plan)[milestone.pk] == milestone.due_on


def test_what_was_due_before_a_pause_stays(cast: Cast, plan: GrowthPlan) -> None:
    before = dates(plan)
    lapsed = {pk: day for pk, day in before.items() if day < today()}
    assert lapsed
    stop(cast, SIX_WEEKS)
    after = dates(plan)
    assert {pk: after[pk] for pk in lapsed} == lapsed
    resume(pairing=cast.pairing, on=today() + timedelta(days=9))
    assert dates(plan) == later_by(before, 9)


def test_a_pause_ahead_moves_what_falls_due_in_it_or_later(
    cast: Cast, plan: GrowthPlan
) -> None:
    milestones = [day for day in dates(plan).values() if day >= today()]
    after = (milestones[1] - today()).days
    before, ended = dates(plan), cast.pairing.ends_on
    stop(cast, SIX_WEEKS, after)
    moved = dates(plan)
    assert moved == later_by(before, SIX_WEEKS, after)
    assert sum(moved[pk] != day for pk, day in before.items()) == len(milestones) - 1
    pairing = Pairing.objects.get(pk=cast.pairing.pk)
    assert pairing.state == Pairing.State.ACTIVE
    assert pairing.ends_on == ended + timedelta(days=SIX_WEEKS)

    begin_all_due(in_days(after - 2))
    assert Pairing.objects.get(pk=pairing.pk).state == Pairing.State.ACTIVE
    begin_all_due(in_days(after + 1))
    assert Pairing.objects.get(pk=pairing.pk).state == Pairing.State.PAUSED
    assert dates(plan) == moved
    resume(pairing=cast.pairing, on=today() + timedelta(days=after + 20))
    assert dates(plan) == later_by(before, 20, after)
    assert Pairing.objects.get(pk=pairing.pk).ends_on == ended + timedelta(days=20)


def test_a_pause_ahead_without_a_return_moves_on_resume(
    cast: Cast, plan: GrowthPlan
) -> None:
    before = dates(plan)
    stop(cast, None, 5)
    begin_all_due(in_days(6))
    assert dates(plan) == before
    resume(pairing=cast.pairing, on=today() + timedelta(days=15))
    assert dates(plan) == later_by(before, 10, 5)


def test_a_pause_ahead_is_called_off(cast: Cast, plan: GrowthPlan) -> None:
    before, ended = dates(plan), cast.pairing.ends_on
    made = stop(cast, SIX_WEEKS, 5)
    resume(pairing=cast.pairing, on=today())
    assert dates(plan) == before
    made.refresh_from_db()
    assert (made.resumed_on, made.moved_days) == (made.starts_on, 0)
    begin_all_due(in_days(6))
    pairing = Pairing.objects.get(pk=cast.pairing.pk)
    assert (pairing.state, pairing.ends_on) == (Pairing.State.ACTIVE, ended)
    assert not Pause.objects.taken().exists()
    stop(cast, SIX_WEEKS, 9)


def test_ending_before_a_pause_calls_it_off(cast: Cast, plan: GrowthPlan) -> None:
    before = dates(plan)
    stop(cast, SIX_WEEKS, 5)
    end(actor=cast.ruth, pairing=cast.pairing, reason="Left", now=timezone.now())
    assert dates(plan) == before
    assert not Pause.objects.open().exists()


@pytest.mark.parametrize("after", [-1, 2000])
def test_pause_refuses_a_first_day_outside(cast: Cast, after: int) -> None:
    with pytest.raises(ValidationError) as refused:
        stop(cast, None, after)
    assert list(refused.value.message_dict) == ["starts_on"]
    assert Pause.objects.count() == 0


def test_one_pause_at_a_time(cast: Cast) -> None:
    stop(cast, 3, 5)
    with pytest.raises(Conflict):
        stop(cast, None)
    assert Pause.objects.count() == 1


def test_a_gap_between_mentors_moves_nothing(cast: Cast, plan: GrowthPlan) -> None:
    before = dates(plan)
    end(actor=cast.ruth, pairing=cast.pairing, reason="Moved", now=timezone.now())
    pair(
        actor=cast.ruth,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        starts_on=today() + timedelta(days=30),
        ends_on=cast.ines_enrolled.ends_on,
        now=timezone.now(),
    )
    assert dates(plan) == before


def test_ending_in_an_open_pause_counts_the_days_so_far(
    cast: Cast, plan: GrowthPlan
) -> None:
    before = dates(plan)
    stop(cast, None)
    end(actor=cast.ruth, pairing=cast.pairing, reason="Left", now=in_days(8))
    assert dates(plan) == later_by(before, 8)
    assert Pause.objects.get().resumed_on == today() + timedelta(days=8)


def test_ending_in_a_pause_with_a_return_keeps_what_moved(
    cast: Cast, plan: GrowthPlan
) -> None:
    stop(cast, SIX_WEEKS)
    moved = dates(plan)
    end(actor=cast.ruth, pairing=cast.pairing, reason="Left", now=in_days(8))
    assert dates(plan) == moved


def test_the_next_pairing_counts_no_day_of_a_pause_again(
    cast: Cast, plan: GrowthPlan
) -> None:
    stop(cast, SIX_WEEKS)
    end(actor=cast.ruth, pairing=cast.pairing, reason="Left", now=timezone.now())
    cast.ines_enrolled.refresh_from_db()
    moved, ends_on = dates(plan), cast.ines_enrolled.ends_on
    following = pair(
        actor=cast.ruth,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        starts_on=today(),
        ends_on=cast.anjali_enrolled.ends_on,
        now=timezone.now(),
    )
    made = pause(
        actor=cast.ruth,
        pairing=following,
        back_on=today() + timedelta(days=SIX_WEEKS + 7),
        reason="",
        now=timezone.now(),
    )
    assert made.moved_days == 7
    assert dates(plan) == later_by(moved, 7)
    cast.ines_enrolled.refresh_from_db()
    assert cast.ines_enrolled.ends_on == ends_on + timedelta(days=7)


def test_the_day_of_return_brings_the_pair_back(cast: Cast, plan: GrowthPlan) -> None:
    stop(cast, SIX_WEEKS)
    moved = dates(plan)
    resume_all_due(in_days(SIX_WEEKS - 2))
    assert Pause.objects.open().count() == 1
    resume_all_due(in_days(SIX_WEEKS + 1))
    assert Pause.objects.get().resumed_on == today() + timedelta(days=SIX_WEEKS)
    assert Pairing.objects.get(pk=cast.pairing.pk).state == Pairing.State.ACTIVE
    assert dates(plan) == moved


def test_the_pairing_ends_where_the_mentor_has_no_room(cast: Cast) -> None:
    Enrolment.objects.filter(pk=cast.tomasz_enrolled.pk).update(
        ends_on=cast.pairing.ends_on - timedelta(days=7)
    )
    ended = cast.pairing.ends_on
    stop(cast, SIX_WEEKS)
    pairing = Pairing.objects.with_people().get(pk=cast.pairing.pk)
    assert pairing.ends_on == ended
    assert pairing.junior.ends_on == ended + timedelta(days=SIX_WEEKS)


def test_pause_refuses_a_return_that_is_not_ahead(cast: Cast) -> None:
    with pytest.raises(ValidationError) as refused:
        stop(cast, 0)
    assert "back_on" in refused.value.message_dict
    assert Pause.objects.count() == 0


def test_only_an_active_pairing_is_paused_and_a_paused_one_resumed(cast: Cast) -> None:
    with pytest.raises(Conflict):
        resume(pairing=cast.pairing, on=today())
    stop(cast, None)
    with pytest.raises(Conflict):
        stop(cast, None)
    assert Pause.objects.count() == 1


@given(st.dates(date(2024, 1, 1), date(2040, 1, 1)), st.integers(0, 400))
def test_later_falls_on_a_working_day_at_most_two_off(day: date, days: int) -> None:
    on = later(day, days)
    off = day + timedelta(days=days) - on
    assert timedelta(0) <= off <= timedelta(days=2) or on.weekday() == 0
    assert is_working_day(on) or not days
    assert on >= day


def test_later_over_the_leap_day() -> None:
    assert later(date(2028, 2, 28), 1) == date(2028, 2, 29)
    assert datetime(2028, 2, 29, tzinfo=UTC).weekday() == 1
