from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.models import BigIntegerField, F, QuerySet, Value
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from preceptor.accounts.models import Membership, time_zones
from preceptor.notifications import kinds
from preceptor.notifications.kinds import Kind
from preceptor.notifications.models import Delivery, DeliveryQuerySet
from preceptor.notifications.planner import Planned, plan
from progress.models import GrowthPlan, Milestone
from tests.cast import Cast
from tests.factories import EnrolmentFactory
from tests.notifications.conftest import DUE_ON, KIND

AHEAD = datetime(2026, 12, 7, 8, tzinfo=UTC)
THE_DAY = datetime(2026, 12, 10, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
COUNT = 1_500


Step = Kind[Milestone]


def outbox() -> list[tuple[str, str, str]]:
    """Recipient, last word of the occurrence and state of every mail."""
    return [
        (str(row.recipient), row.occurrence.rpartition(":")[2], row.state)
        for row in mails().order_by("not_before", "id")
    ]


def mails() -> DeliveryQuerySet:
    return Delivery.objects.filter(channel=Delivery.Channel.EMAIL)


def skip(milestone: Milestone, tomasz: Membership, at: datetime | None) -> None:
    Milestone.objects.filter(pk=milestone.pk).update(
        skipped_at=at,
        skipped_by=tomasz if at else None,
        skip_reason="They were away" if at else "",
    )


def test_plan_writes_once(kind: Step, milestone: Milestone, cast: Cast) -> None:
    assert plan(AHEAD) == Planned(written=1)
    assert plan(AHEAD + SECOND) == Planned()
    delivery = mails().get()
    assert (delivery.organisation, delivery.recipient) == (cast.tidewater, cast.ines)
    assert (delivery.kind, delivery.subject) == ("step", milestone.pk)
    assert delivery.occurrence == f"step:{milestone.pk}:2026-12-10:ahead"
    assert (delivery.not_before, delivery.planned_at) == (AHEAD, AHEAD)
    assert (delivery.state, delivery.channel) == ("pending", "email")


@pytest.mark.parametrize(
    ("zone", "morning"),
    [
        ("Europe/London", datetime(2026, 12, 10, 8, tzinfo=UTC)),
        ("Asia/Tokyo", datetime(2026, 12, 9, 23, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 12, 10, 16, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2026, 12, 9, 18, tzinfo=UTC)),
    ],
)
def test_plan_waits_for_the_recipients_morning(
    kind: Step,
    milestone: Milestone,
    cast: Cast,
    zone: str,
    morning: datetime,
) -> None:
    cast.ines.user.time_zone = zone
    cast.ines.user.save()
    plan(morning - SECOND)
    assert outbox() == [("Ines Carvalho", "ahead", "pending")]
    assert plan(morning) == Planned(written=1, withdrawn=1)
    assert mails().get(state="pending").not_before == morning


@pytest.mark.parametrize(
    ("due_on", "hour"), [(date(2026, 3, 29), 7), (date(2026, 10, 25), 8)]
)
def test_plan_follows_the_clock_when_summer_time_begins_and_ends(
    kind: Step, milestone: Milestone, due_on: date, hour: int
) -> None:
    Milestone.objects.update(due_on=due_on)
    morning = datetime(due_on.year, due_on.month, due_on.day, hour, tzinfo=UTC)
    plan(morning - SECOND)
    assert outbox() == [("Ines Carvalho", "ahead", "pending")]
    assert plan(morning) == Planned(written=1, withdrawn=1)


def test_plan_knows_every_time_zone_that_a_person_can_choose(db: None) -> None:
    with connection.cursor() as cursor:
        for name in sorted(time_zones()):
            cursor.execute("SELECT timezone(%s, now())", [name])


def test_plan_sends_only_the_latest_step_after_an_outage(
    kind: Step, milestone: Milestone
) -> None:
    assert plan(THE_DAY) == Planned(written=1)
    assert outbox() == [("Ines Carvalho", "day", "pending")]


def test_plan_withdraws_the_step_that_a_later_one_overtook(
    kind: Step, milestone: Milestone
) -> None:
    plan(AHEAD)
    assert plan(THE_DAY) == Planned(written=1, withdrawn=1)
    assert outbox() == [
        ("Ines Carvalho", "ahead", "withdrawn"),
        ("Ines Carvalho", "day", "pending"),
    ]


def test_plan_takes_a_moved_date_for_a_new_occurrence(
    kind: Step, milestone: Milestone
) -> None:
    plan(AHEAD)
    Milestone.objects.update(due_on=milestone.due_on - timedelta(days=1))
    assert plan(AHEAD) == Planned(written=1, withdrawn=1)
    assert [row.state for row in mails().order_by("id")] == [
        "withdrawn",
        "pending",
    ]


def test_plan_withdraws_what_was_skipped_and_reopens_it_afresh(
    kind: Step, milestone: Milestone, cast: Cast
) -> None:
    plan(AHEAD)
    mails().update(attempts=3, error="421", not_before=AHEAD + timedelta(hours=1))
    skip(milestone, cast.tomasz, AHEAD)
    assert plan(AHEAD) == Planned(withdrawn=1)
    assert plan(AHEAD) == Planned()
    assert outbox() == [("Ines Carvalho", "ahead", "withdrawn")]
    skip(milestone, cast.tomasz, None)
    assert plan(AHEAD + SECOND) == Planned(written=1)
    delivery = mails().get()
    assert (delivery.state, delivery.attempts, delivery.error) == ("pending", 0, "")
    assert (delivery.not_before, delivery.planned_at) == (AHEAD + SECOND,) * 2


@pytest.mark.parametrize("state", ["sent", "failed", "claimed"])
def test_plan_never_touches_what_is_past_waiting(
    kind: Step, milestone: Milestone, cast: Cast, state: str
) -> None:
    plan(AHEAD)
    mails().update(state=state)
    skip(milestone, cast.tomasz, AHEAD)
    assert plan(AHEAD) == Planned(withdrawn=1)
    assert outbox() == [("Ines Carvalho", "ahead", state)]
    skip(milestone, cast.tomasz, None)
    assert plan(AHEAD) == Planned(written=1)
    assert outbox() == [("Ines Carvalho", "ahead", state)]


@pytest.mark.parametrize("what", ["member", "user"])
def test_plan_leaves_out_who_was_deactivated(
    kind: Step, milestone: Milestone, cast: Cast, what: str
) -> None:
    plan(AHEAD)
    row = cast.ines if what == "member" else cast.ines.user
    row.is_active = False
    row.save()
    assert plan(AHEAD) == Planned(withdrawn=1)
    Delivery.objects.all().delete()
    assert plan(AHEAD) == Planned()


def test_plan_serves_every_organisation_and_person(
    kind: Step, milestone: Milestone, cast: Cast
) -> None:
    elsewhere = EnrolmentFactory.create()
    for junior in (cast.devon_enrolled, elsewhere):
        Milestone.objects.create(
            organisation=junior.organisation,
            plan=GrowthPlan.objects.create(
                organisation=junior.organisation,
                junior=junior,
                starts_on=junior.program.starts_on,
            ),
            kind=Milestone.Kind.CHECK_IN,
            name="First meeting",
            due_on=milestone.due_on,
        )
    assert plan(AHEAD) == Planned(written=3)
    assert set(Delivery.objects.values_list("organisation", "recipient")) == {
        (cast.tidewater.pk, cast.ines.pk),
        (cast.tidewater.pk, cast.devon.pk),
        (elsewhere.organisation_id, elsewhere.membership_id),
    }


def test_plan_takes_one_statement_and_a_lock_whatever_the_number(
    kind: Step, milestone: Milestone, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(9):  # the lock, one, digests, pulses; savepoints
        plan(AHEAD)


def compared_in_vain(node: dict[str, Any]) -> int:
    """How many pairs of rows a plan, and all below it, looked at and threw away."""
    removed: int = node.get("Rows Removed by Join Filter", 0)
    loops: int = node["Actual Loops"]
    return int(removed * loops) + sum(map(compared_in_vain, node.get("Plans", [])))


@pytest.mark.parametrize("is_fallen", [False, True])
def test_plan_compares_no_row_with_each_other_before_statistics_know_them(
    kind: Step, milestone: Milestone, *, is_fallen: bool
) -> None:
    beside = {"organisation": milestone.organisation, "plan": milestone.plan}
    rows = [Milestone(due_on=DUE_ON, name=str(n), **beside) for n in range(COUNT - 1)]
    Milestone.objects.bulk_create(rows)
    assert plan(AHEAD) == Planned(written=COUNT)
    if is_fallen:
        Milestone.objects.update(due_on=milestone.due_on + timedelta(days=90))
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        assert plan(AHEAD) == Planned(withdrawn=COUNT if is_fallen else 0)
        transaction.set_rollback(True)
    (sql,) = [q["sql"] for q in queries if "WITH standing" in q["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        found = cursor.fetchone()
    assert found
    assert compared_in_vain(found[0][0]["Plan"]) <= 2 * COUNT


def test_plan_goes_on_after_a_kind_that_fails(
    kind: Step,
    milestone: Milestone,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(now: datetime) -> "QuerySet[Any, Any]":
        return Milestone.objects.extra(where=["1 / 0 = 1"]).values()

    poison = replace(KIND, name="poison", due=broken)
    monkeypatch.setattr(kinds, "_kinds", {"poison": poison, "step": KIND})
    assert plan(AHEAD) == Planned(written=1)
    assert "Reminders of kind poison could not be planned" in caplog.text


def test_plan_takes_a_query_that_is_known_to_be_empty(
    kind: Step, milestone: Milestone, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(AHEAD)
    nobody = Membership.objects.filter(pk__in=[]).values(
        "organisation_id",
        recipient_id=F("pk"),
        subject=F("pk"),
        occurrence=Value("step:0:day"),
        program_id=Value(None, output_field=BigIntegerField()),
        not_before=Now(),
    )

    def nothing(now: datetime) -> "QuerySet[Any, Any]":
        return nobody

    none = replace(KIND, due=nothing)
    monkeypatch.setattr(kinds, "_kinds", {"step": none})
    assert plan(AHEAD) == Planned(withdrawn=1)


@contextmanager
def another_beat() -> Iterator[None]:
    """Another connection that is in the middle of planning."""
    other = connection.copy()
    with closing(other), other.cursor() as cursor:
        other.set_autocommit(False)
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('reminders'))")
        assert cursor.fetchone() == (True,)
        yield
        other.rollback()


def test_plan_leaves_the_run_to_the_beat_that_is_at_it(
    kind: Step, milestone: Milestone
) -> None:
    with another_beat():
        assert plan(AHEAD) == Planned()
    assert plan(AHEAD) == Planned(written=1)


@pytest.mark.django_db(transaction=True)
def test_plan_by_two_beats_at_once_writes_once(
    kind: Step, milestone: Milestone
) -> None:
    def beat(_: int) -> int:
        try:
            return sum(plan(AHEAD).written for _ in range(10))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(beat, range(4))) == 1
    assert outbox() == [("Ines Carvalho", "ahead", "pending")]
