from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from pairings.models import Enrolment, Pairing
from preceptor.accounts.models import Membership
from preceptor.notifications.deliverer import deliver
from preceptor.notifications.kinds import registered
from preceptor.notifications.models import Delivery
from preceptor.notifications.planner import plan as plan_deliveries
from progress.actions import move_milestone, sign_milestone
from progress.models import Milestone
from progress.reminders import MILESTONE
from progress.reminders.milestones import due
from tests.cast import Cast
from tests.progress.reminders.clock import ZONES, at, live_in
from tests.progress.reminders.conftest import DUE_ON


def steps_at(now: datetime) -> Mapping[int, str]:
    """Who is due which step at a moment."""
    rows = list(due(now))
    found = {row["recipient_id"]: row["occurrence"].rsplit(":", 1)[1] for row in rows}
    assert len(found) == len(rows)
    return found


def test_milestone_is_a_registered_kind() -> None:
    assert MILESTONE in list(registered())


@pytest.mark.parametrize(
    ("day", "step"),
    [
        (date(2027, 2, 28), None),
        (date(2027, 3, 1), "two-weeks"),
        (date(2027, 3, 11), "two-weeks"),
        (date(2027, 3, 12), "three-days"),
        (date(2027, 3, 14), "three-days"),
        (date(2027, 3, 15), "day"),
        (date(2027, 3, 16), "lapsed"),
        (date(2027, 3, 21), "lapsed"),
        (date(2027, 3, 22), "week"),
        (date(2027, 5, 14), "week"),
        (date(2027, 5, 15), None),
    ],
)
def test_the_step_follows_the_day(day: date, step: str | None, cast: Cast) -> None:
    both = {cast.ines.pk: step, cast.tomasz.pk: step} if step else {}
    assert steps_at(at(day, 8)) == both


def test_a_row_says_all_that_the_outbox_asks(cast: Cast, milestone: Milestone) -> None:
    rows = {row["recipient_id"]: row for row in due(at(DUE_ON, 9))}
    assert rows[cast.ines.pk] == {
        "organisation_id": cast.tidewater.pk,
        "program_id": cast.program.pk,
        "recipient_id": cast.ines.pk,
        "subject": milestone.pk,
        "occurrence": f"milestone:{milestone.pk}:2027-03-15:day",
        "not_before": at(DUE_ON, 8),
    }


@pytest.mark.parametrize("zone", ZONES)
def test_the_morning_is_the_recipients_own(zone: str, cast: Cast) -> None:
    """Clocks change in Los Angeles on 14 March 2027: two steps lie on either side."""
    live_in(cast.ines, zone)
    for day, step in [(date(2027, 3, 12), "three-days"), (DUE_ON, "day")]:
        morning = at(day, 8, zone=zone)
        assert steps_at(morning)[cast.ines.pk] == step
        before = steps_at(morning - timedelta(seconds=1))
        assert before[cast.ines.pk] != step
        rows = {row["recipient_id"]: row for row in due(morning)}
        assert rows[cast.ines.pk]["not_before"] == morning


def test_the_morning_moves_with_the_clocks() -> None:
    los_angeles = "America/Los_Angeles"
    assert at(date(2027, 3, 12), 8, zone=los_angeles).astimezone(UTC).hour == 16
    assert at(DUE_ON, 8, zone=los_angeles).astimezone(UTC).hour == 15


@pytest.mark.parametrize("moved_at", [0, 9, 12])
@pytest.mark.parametrize(
    ("zone", "other"),
    [
        ("Pacific/Kiritimati", "Pacific/Pago_Pago"),
        ("Pacific/Pago_Pago", "Pacific/Kiritimati"),
    ],
)
def test_a_time_zone_changed_on_the_day_repeats_and_loses_no_mail(
    zone: str, other: str, moved_at: int, cast: Cast
) -> None:
    """A mail is written once for its occurrence: so what counts is each one's first."""
    live_in(cast.ines, zone)
    moment = at(date(2027, 3, 11), 0, zone="UTC")
    told: dict[str, datetime] = {}
    while moment < at(date(2027, 3, 18), 0, zone="UTC"):
        if moment == at(DUE_ON, moved_at, zone="UTC"):
            live_in(cast.ines, other)
        for row in due(moment):
            if row["recipient_id"] == cast.ines.pk:
                told.setdefault(row["occurrence"], moment)
        moment += timedelta(hours=3)
    steps = [occurrence.partition(":2027-03-15:")[2] for occurrence in told]
    assert steps == ["two-weeks", "three-days", "day", "lapsed"]


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    zone=st.sampled_from([*ZONES, "Pacific/Kiritimati", "Pacific/Pago_Pago"]),
    due_on=st.dates(min_value=date(2027, 1, 20), max_value=date(2027, 8, 25)),
    minutes=st.integers(min_value=-16 * 24 * 60, max_value=62 * 24 * 60),
)
def test_what_is_due_agrees_with_the_clock_on_the_wall(
    zone: str, due_on: date, minutes: int, cast: Cast
) -> None:
    live_in(cast.ines, zone)
    Milestone.objects.update(due_on=due_on)
    now = at(due_on, 8, zone=zone).astimezone(UTC) + timedelta(minutes=minutes)
    mornings = {
        "two-weeks": at(due_on - timedelta(days=14), 8, zone=zone),
        "three-days": at(due_on - timedelta(days=3), 8, zone=zone),
        "day": at(due_on, 8, zone=zone),
        "lapsed": at(due_on + timedelta(days=1), 8, zone=zone),
        "week": at(due_on + timedelta(days=7), 8, zone=zone),
    }
    come = [name for name, morning in mornings.items() if morning <= now]
    is_stale = now >= at(due_on + timedelta(days=61), 8, zone=zone)
    expected = come[-1] if come and not is_stale else None
    assert steps_at(now).get(cast.ines.pk) == expected


def test_who_has_signed_hears_no_more(cast: Cast, milestone: Milestone) -> None:
    now = at(DUE_ON, 9)
    sign_milestone(
        actor=cast.ines, milestone=milestone, now=now, although="They met late"
    )
    assert steps_at(now) == {cast.tomasz.pk: "day"}
    sign_milestone(
        actor=cast.tomasz, milestone=milestone, now=now, although="They met late"
    )
    assert steps_at(now) == {}


def test_a_pairing_that_rests_reminds_nobody(cast: Cast) -> None:
    now = at(DUE_ON, 9)
    rows = Pairing.objects.filter(pk=cast.pairing.pk)
    rows.update(state=Pairing.State.PAUSED)
    assert steps_at(now) == {}
    rows.update(state=Pairing.State.ACTIVE)
    assert set(steps_at(now)) == {cast.ines.pk, cast.tomasz.pk}


def test_a_junior_between_two_mentors_is_reminded_alone(cast: Cast) -> None:
    now = at(DUE_ON, 9)
    Pairing.objects.filter(pk=cast.pairing.pk).update(
        state=Pairing.State.ENDED,
        ends_on=DUE_ON - timedelta(days=5),
        ended_at=now - timedelta(days=5),
        end_reason="Tomasz changes teams",
    )
    following = Pairing.objects.create(
        organisation=cast.tidewater,
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        starts_on=DUE_ON + timedelta(days=1),
        ends_on=cast.program.ends_on,
    )
    assert steps_at(now) == {cast.ines.pk: "day"}
    assert steps_at(at(following.starts_on, 9)) == {
        cast.ines.pk: "lapsed",
        cast.anjali.pk: "lapsed",
    }
    with time_machine.travel(now, tick=False):
        plan_deliveries(now)
        deliver(lambda: now)
    (sent,) = [one for one in mail.outbox if one.to == [cast.ines.user.email]]
    assert "Nobody is your mentor today. Sign your side" in sent.body


def test_who_left_the_program_is_not_reminded(cast: Cast) -> None:
    Pairing.objects.filter(pk=cast.pairing.pk).update(ends_on=DUE_ON)
    junior = Enrolment.objects.filter(pk=cast.ines_enrolled.pk)
    junior.update(ends_on=DUE_ON + timedelta(days=1))
    assert steps_at(at(DUE_ON, 9)) == {cast.ines.pk: "day"}
    junior.update(ends_on=DUE_ON)
    assert steps_at(at(DUE_ON, 9)) == {}


def test_a_secondary_mentor_is_not_reminded(cast: Cast) -> None:
    Pairing.objects.create(
        organisation=cast.tidewater,
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        kind=Pairing.Kind.SECONDARY,
        starts_on=cast.program.starts_on,
        ends_on=cast.program.ends_on,
    )
    assert set(steps_at(at(DUE_ON, 9))) == {cast.ines.pk, cast.tomasz.pk}


def test_a_year_of_reminders_is_five_mails_each(cast: Cast) -> None:
    for days in range(-20, 20):
        now = at(DUE_ON + timedelta(days=days), 9)
        with time_machine.travel(now, tick=False):
            plan_deliveries(now)
            plan_deliveries(now)
            deliver(timezone.now)
    sent = Delivery.objects.carriers().filter(state=Delivery.State.SENT)
    for member in (cast.ines, cast.tomasz):
        steps = sent.filter(recipient=member).order_by("not_before")
        assert [row.occurrence.rsplit(":", 1)[1] for row in steps] == [
            "two-weeks",
            "three-days",
            "day",
            "lapsed",
            "week",
        ]
    assert _subjects_to(cast.ines) == [
        "Your milestone Month 2 is due on Monday, 15 March",
        "Your milestone Month 2 is due on Monday, 15 March",
        "Your milestone Month 2 is due today, Monday, 15 March",
        "Your milestone Month 2 lapsed on Monday, 15 March",
        "Your milestone Month 2 lapsed on Monday, 15 March",
    ]
    assert _subjects_to(cast.tomasz) == [
        "Month 2 of Ines Carvalho is due on Monday, 15 March",
        "Month 2 of Ines Carvalho is due on Monday, 15 March",
        "Month 2 of Ines Carvalho is due today, Monday, 15 March",
        "Month 2 of Ines Carvalho lapsed on Monday, 15 March",
        "Month 2 of Ines Carvalho lapsed on Monday, 15 March",
    ]


def _subjects_to(member: Membership) -> list[str]:
    return [str(m.subject) for m in mail.outbox if m.to == [member.user.email]]


def test_after_an_outage_only_the_latest_step_goes_out(cast: Cast) -> None:
    plan_deliveries(at(date(2027, 3, 2), 9))
    now = at(DUE_ON, 9)
    with time_machine.travel(now, tick=False):
        plan_deliveries(now)
        deliver(lambda: now)
    sent = Delivery.objects.carriers().filter(state=Delivery.State.SENT)
    assert [row.occurrence.rsplit(":", 1)[1] for row in sent] == ["day", "day"]
    assert len(mail.outbox) == 2


def test_a_milestone_signed_off_in_between_sends_nothing(
    cast: Cast, milestone: Milestone
) -> None:
    now = at(DUE_ON, 9)
    plan_deliveries(now)
    for member in (cast.ines, cast.tomasz):
        sign_milestone(
            actor=member, milestone=milestone, now=now, although="They met late"
        )
    assert deliver(lambda: now) == 0
    assert mail.outbox == []
    plan_deliveries(now + timedelta(minutes=1))
    assert {row.state for row in Delivery.objects.all()} == {Delivery.State.WITHDRAWN}


def test_a_moved_date_is_a_new_occurrence(cast: Cast, milestone: Milestone) -> None:
    now = at(DUE_ON, 9)
    with time_machine.travel(now, tick=False):
        plan_deliveries(now)
        deliver(lambda: now)
        move_milestone(
            milestone=milestone,
            due_on=DUE_ON + timedelta(days=10),
            actor=cast.ruth,
            reason="The room is taken",
            now=timezone.now(),
        )
        plan_deliveries(now)
        assert deliver(lambda: now) == 2
    assert "is due on Thursday, 25 March" in mail.outbox[-1].subject


def test_the_mail_says_who_has_signed_and_what_comes_next(
    cast: Cast, milestone: Milestone
) -> None:
    now = at(date(2027, 3, 12), 9)
    sign_milestone(
        actor=cast.tomasz, milestone=milestone, now=now, although="They met late"
    )
    with time_machine.travel(now, tick=False):
        plan_deliveries(now)
        deliver(lambda: now)
    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    html = str(message.alternatives[0][0])
    for body in (str(message.body), html):
        assert "Your mentor has signed it" in body
        assert "The next message about it comes on 15 March" in body
        assert f"/o/tidewater/growth/milestones/{milestone.pk}/\n" in body or (
            f'/o/tidewater/growth/milestones/{milestone.pk}/"' in body
        )
        assert "Your whole year:" in body
        assert "Ines" not in body
    assert message.to == [cast.ines.user.email]


@pytest.mark.parametrize("count", [1, 3])
def test_planning_is_one_query_however_many(
    count: int,
    cast: Cast,
    milestone: Milestone,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(count - 1):
        milestone.pk = None
        milestone.save()
    with django_assert_num_queries(1):
        assert len(due(at(DUE_ON, 9))) == 2 * count
