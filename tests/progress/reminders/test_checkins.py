"""A check-in that was handed over waits for the mentor's answer."""

from datetime import date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from pairings.models import Pairing
from progress.actions import answer_checkin
from progress.models import CheckIn, GrowthPlan
from progress.reminders import CHECKIN
from progress.reminders.checkins import checkins
from tests.cast import Cast
from tests.factories import PairingFactory
from tests.progress.reminders.clock import (
    ZONES,
    at,
    html,
    inbox,
    live_in,
    round_at,
    told_at,
)

HANDED_ON = date(2027, 6, 10)
SECRET = "Races feel like luck"


def hand(plan: GrowthPlan, moment: datetime) -> CheckIn:
    return CheckIn.objects.create(
        organisation=plan.organisation,
        plan=plan,
        hardest=SECRET,
        mood="tired of it",
        handed_at=moment,
    )


@pytest.fixture
def checkin(plan: GrowthPlan) -> CheckIn:
    return hand(plan, at(HANDED_ON, 22, 30))


@pytest.mark.parametrize(
    ("days", "hour", "step"),
    [
        (0, 23, None),
        (1, 7, None),
        (1, 8, "handed"),
        (7, 7, "handed"),
        (7, 8, "week"),
        (90, 8, "week"),
    ],
)
def test_the_morning_after_and_after_a_week(
    days: int, hour: int, step: str | None, cast: Cast, checkin: CheckIn
) -> None:
    told = told_at(CHECKIN, at(HANDED_ON + timedelta(days=days), hour))
    key = f"check-in:{checkin.pk}:{step}"
    assert told == ({cast.tomasz.pk: key} if step else {})


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "day", [date(2027, 3, 13), date(2027, 3, 27), date(2027, 1, 31), date(2027, 2, 28)]
)
def test_the_morning_is_the_mentors_own(
    zone: str, day: date, cast: Cast, plan: GrowthPlan
) -> None:
    """Over both changes of clocks and the ends of months, handed over at their noon."""
    live_in(cast.tomasz, zone)
    checkin = hand(plan, at(day, 12, zone=zone))
    for days, step in ((1, "handed"), (7, "week")):
        morning = at(day + timedelta(days=days), 8, zone=zone)
        key = f"check-in:{checkin.pk}:{step}"
        assert told_at(CHECKIN, morning) == {cast.tomasz.pk: key}
        before = told_at(CHECKIN, morning - timedelta(seconds=1))
        assert before.get(cast.tomasz.pk) != key


def test_a_draft_waits_for_nobody(cast: Cast, checkin: CheckIn) -> None:
    CheckIn.objects.update(handed_at=None)
    assert told_at(CHECKIN, at(HANDED_ON + timedelta(days=9), 9)) == {}


def test_the_answer_takes_it_back(cast: Cast, checkin: CheckIn) -> None:
    now = at(HANDED_ON + timedelta(days=1), 9)
    (mail,) = round_at(now)
    assert mail.to == [cast.tomasz.user.email]
    assert inbox(cast.tomasz) == [f"check-in:{checkin.pk}:handed"]
    answer_checkin(
        actor=cast.tomasz, checkin=checkin, answer="Slow down", version=1, now=now
    )
    assert round_at(now + timedelta(minutes=1)) == []
    assert inbox(cast.tomasz) == []


def test_the_next_mentor_answers_what_the_last_left(
    cast: Cast, checkin: CheckIn
) -> None:
    day = HANDED_ON + timedelta(days=3)
    Pairing.objects.filter(pk=cast.pairing.pk).update(ends_on=day)
    assert told_at(CHECKIN, at(day, 9)) == {}
    PairingFactory.create(
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        starts_on=day,
    )
    told = told_at(CHECKIN, at(day, 9))
    assert told == {cast.anjali.pk: f"check-in:{checkin.pk}:handed"}


def test_nobody_is_asked_while_the_pairing_rests(cast: Cast, checkin: CheckIn) -> None:
    Pairing.objects.update(state=Pairing.State.PAUSED)
    assert told_at(CHECKIN, at(HANDED_ON + timedelta(days=2), 9)) == {}


def test_the_mail_says_whose_and_since_when_and_no_word_of_it(
    cast: Cast, checkin: CheckIn
) -> None:
    (message,) = round_at(at(HANDED_ON + timedelta(days=8), 9))
    assert message.subject == "Ines Carvalho’s check-in waits for your answer"
    for body in (str(message.body), html(message)):
        assert "Handed over on Thursday, 10 June, 8 days ago. No answer yet." in body
        assert f"/o/tidewater/growth/check-ins/{checkin.pk}/answer/" in body
        assert SECRET not in body
        assert "tired" not in body


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_do_not_grow(
    count: int,
    cast: Cast,
    plan: GrowthPlan,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for days in range(count):
        hand(plan, at(HANDED_ON - timedelta(days=days), 12))
    ids = list(CheckIn.objects.values_list("pk", flat=True))
    with django_assert_num_queries(1) as queries:
        for row in checkins(ids).values():
            str(row.plan.junior.membership.full_name + row.plan.junior.program.name)
    assert '"hardest"' not in queries[0]["sql"]
    with django_assert_num_queries(1):
        assert len(CHECKIN.due(at(HANDED_ON + timedelta(days=2), 9))) == count
