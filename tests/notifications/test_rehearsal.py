"""What would go out: the planner over a copy of the outbox, and nothing of it stays."""

from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from math import inf
from threading import Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DataError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from preceptor.accounts.models import Membership
from preceptor.notifications import hours, kinds, rehearsal
from preceptor.notifications.kinds import Kind
from preceptor.notifications.models import (
    Delivery,
    KindPreference,
    Preferences,
    ProgramMessages,
)
from preceptor.notifications.moving import Moving
from preceptor.notifications.planner import plan
from preceptor.notifications.rehearsal import Rehearsed, Wanted, rehearse, undone
from progress.models import Milestone
from tests.cast import Cast
from tests.factories import PairingFactory

BEGINS = datetime(2026, 12, 1, 6, 30, tzinfo=UTC)
AHEAD, DAY = (datetime(2026, 12, day, 8, tzinfo=UTC) for day in (7, 10))


def ahead(cast: Cast, *, days: int = 30, limit: int = 50) -> Rehearsed:
    wanted = Wanted(
        organisation=cast.tidewater.pk,
        program=cast.program.pk,
        begins=BEGINS,
        until=BEGINS + timedelta(days=days),
        limit=limit,
        patience=inf,
    )
    with undone():
        return rehearse(wanted)


def ways(found: Rehearsed) -> list[tuple[datetime, list[tuple[str, str]]]]:
    return [
        (one.goes_at, [(way.channel, way.timing) for way in one.carriers])
        for one in found.reminders
    ]


@pytest.fixture
def usual_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hours, "usual", Preferences)


def test_rehearse_gives_each_step_at_its_own_moment(
    cast: Cast, kind: Kind[Milestone], milestone: Milestone
) -> None:
    found = ahead(cast)
    mail = [("email", "at-once")]
    assert ways(found) == [(AHEAD, mail), (DAY, mail)]
    assert [one.headline for one in found.reminders] == ["Second meeting is due"] * 2
    assert {one.row.recipient for one in found.reminders} == {cast.ines}
    assert (found.total, found.is_whole) == (2, True)


def test_rehearse_asks_for_many_days_at_once(
    cast: Cast,
    kind: Kind[Milestone],
    milestone: Milestone,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """Of a day without news only what makes it one: what was sent."""
    with django_assert_num_queries(59) as asked:
        ahead(cast)
    questions = [one for one in asked.captured_queries if "AS moment" in one["sql"]]
    assert len(questions) == 3


def test_rehearse_names_no_more_than_asked_and_counts_all(
    cast: Cast, kind: Kind[Milestone], milestone: Milestone
) -> None:
    found = ahead(cast, limit=1)
    assert [one.goes_at for one in found.reminders] == [AHEAD]
    assert found.total == 2


def test_rehearse_keeps_nothing_and_holds_nobody_up(
    cast: Cast, kind: Kind[Milestone], milestone: Milestone
) -> None:
    plan(AHEAD)
    before = list(Delivery.objects.order_by("pk").values())
    assert before
    ahead(cast)
    assert list(Delivery.objects.order_by("pk").values()) == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relpersistence = 't'")
        assert cursor.fetchone() == (0,)


def test_rehearse_goes_by_hours_digest_and_what_is_off(
    cast: Cast, kind: Kind[Milestone], milestone: Milestone, usual_hours: None
) -> None:
    """The third day before is a Monday; Ines reads from half past nine on."""
    own = {"organisation": cast.tidewater, "member": cast.ines}
    Preferences.objects.create(**own, quiet_until=time(9, 30), digest_at=time(16))
    later = AHEAD + timedelta(hours=1, minutes=30)
    assert ways(ahead(cast))[0] == (later, [("email", "at-once")])
    chosen = KindPreference.objects.create(**own, kind=kind.name, timing="daily")
    at_four = AHEAD.replace(hour=16)
    assert ways(ahead(cast))[0] == (at_four, [("email", "daily")])
    chosen.timing = "off"
    chosen.save()
    found = ahead(cast)
    assert ways(found) == [(AHEAD, []), (DAY, [])]
    assert [one.row.reason for one in found.reminders] == ["off", "off"]
    assert all(one.is_suppressed for one in found.reminders)


def test_rehearse_gathers_only_the_step_that_stands_when_the_digest_leaves(
    cast: Cast, kind: Kind[Milestone], milestone: Milestone, usual_hours: None
) -> None:
    """The third day before is a Monday; Ines is next reached on the day itself."""
    own = {"organisation": cast.tidewater, "member": cast.ines}
    Preferences.objects.create(**own, working_days=[4])
    KindPreference.objects.create(**own, kind=kind.name, timing="daily")
    (found,) = ahead(cast).reminders
    assert (found.row.occurrence.rsplit(":", 1)[1], found.goes_at) == ("day", DAY)


def test_rehearse_goes_by_the_weeks_budget_and_what_was_sent(
    cast: Cast, kind: Kind[Milestone], milestone: Milestone
) -> None:
    Preferences.objects.create(
        organisation=cast.tidewater,
        member=cast.ines,
        working_days=[1, 2, 3, 4, 5, 6, 7],
        quiet_from=time(),
        quiet_until=time(),
        weekly_budget=1,
    )
    first, second = ahead(cast).reminders
    assert (first.row.reason, second.row.reason) == ("", "budget")
    assert [way.timing for way in second.carriers] == ["daily"]


def test_rehearse_says_that_a_program_is_paused(
    cast: Cast, kind: Kind[Milestone], milestone: Milestone
) -> None:
    ProgramMessages.objects.create(
        organisation=cast.tidewater,
        program_id=cast.program.pk,
        paused_at=BEGINS,
        paused_by=cast.ruth,
    )
    assert [one.row.reason for one in ahead(cast).reminders] == ["paused", "paused"]


@pytest.fixture
def stands(kind: Kind[Milestone], milestone: Milestone) -> None:
    """The first step since the day before, the second on the 3rd of December."""
    Milestone.objects.filter(pk=milestone.pk).update(due_on=date(2026, 12, 3))
    plan(BEGINS - timedelta(hours=1))


def test_rehearse_leaves_out_what_went(cast: Cast, stands: None) -> None:
    gone = BEGINS - timedelta(minutes=30)
    Delivery.objects.carriers().update(state="sent", sent_at=gone)
    assert [one.goes_at for one in ahead(cast).reminders] == [DAY - timedelta(days=7)]


def test_rehearse_shows_what_waits_already(cast: Cast, stands: None) -> None:
    waits = BEGINS + timedelta(hours=3)
    Delivery.objects.carriers().update(not_before=waits)
    first, second = ahead(cast).reminders
    assert (first.goes_at, first.is_new) == (waits, False)
    assert (second.goes_at, second.is_new) == (DAY - timedelta(days=7), True)


def test_rehearse_goes_on_without_a_kind_that_fails(
    cast: Cast,
    kind: Kind[Milestone],
    milestone: Milestone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_now: datetime) -> None:
        raise ZeroDivisionError

    bad = Kind(
        name="broken",
        label="Broken",
        about="Never.",
        due=broken,  # type: ignore[arg-type] # that it raises is the point
        subjects=kind.subjects,
        message=kind.message,
        thread="milestone",
        urgency=1,
    )
    monkeypatch.setattr(kinds, "_kinds", {"broken": bad, kind.name: kind})
    assert ahead(cast).total == 2


def test_rehearse_takes_every_kind_of_the_product(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    assert len(kinds.registered()) > 10
    ahead(cast, days=2)
    assert "could not be foreseen" not in caplog.text


def test_rehearse_stops_where_patience_ends(
    cast: Cast, kind: Kind[Milestone], milestone: Milestone
) -> None:
    wanted = Wanted(
        organisation=cast.tidewater.pk,
        program=cast.program.pk,
        begins=BEGINS,
        until=BEGINS + timedelta(days=30),
        limit=9,
        patience=0,
    )
    with undone():
        found = rehearse(wanted)
    assert (found.until, found.is_whole) == (BEGINS, False)


@pytest.fixture
def troubles(cast: Cast, milestone: Milestone) -> set[str]:
    """What leads hear once those concerned have: Ines and Tomasz neither met nor sign,
    and Devon's mentor is gone. The names of these kinds.
    """
    Milestone.objects.filter(pk=milestone.pk).update(due_on=date(2026, 11, 28))
    PairingFactory.create(
        program=cast.program, mentor=cast.anjali_enrolled, junior=cast.devon_enrolled
    )
    Membership.objects.filter(pk=cast.anjali.pk).update(is_active=False)
    return {"pair-stalled", "milestone-to-lead", "junior-without-mentor"}


def told(found: Rehearsed) -> list[tuple[object, ...]]:
    return [
        (one.goes_at, one.row.recipient, one.row.occurrence, one.headline, one.is_new)
        for one in found.reminders
    ]


def test_rehearse_by_statements_planned_once_finds_what_those_of_each_day_do(
    cast: Cast, troubles: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = ahead(cast)
    assert troubles <= {one.row.kind for one in found.reminders}
    monkeypatch.setattr(Moving, "is_moved", lambda *_args: False)
    assert told(found) == told(ahead(cast))


def test_rehearse_has_a_kind_that_looks_at_the_outbox_planned_once(
    cast: Cast,
    troubles: set[str],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(2_000) as asked:
        ahead(cast)
    sql = [one["sql"] for one in asked.captured_queries]
    for kind in troubles:
        planned = [one for one in sql if one.startswith(f'PREPARE "standing {kind}"')]
        assert len(planned) == 1
        assert sql.count(f'EXECUTE "standing {kind}" (30)') == 1
    assert sql.count("ANALYZE notifications_delivery") == 1


def test_rehearse_counts_its_copy_again_once_it_has_grown(
    cast: Cast,
    troubles: set[str],
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr(rehearsal, "FEW", 3)
    with django_assert_max_num_queries(2_000) as asked:
        ahead(cast)
    sql = [one["sql"] for one in asked.captured_queries]
    assert sql.count("ANALYZE notifications_delivery") == 3


def test_rehearse_leaves_nothing_prepared(
    cast: Cast, troubles: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would outlive the transaction, and stand in the way of the next one."""

    def prepared() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM pg_prepared_statements")
            return list(cursor.fetchall())

    ahead(cast, days=1)
    assert prepared() == []
    monkeypatch.setattr(rehearsal, "_SEND", "SELECT 1 / 0")
    with pytest.raises(DataError):
        ahead(cast, days=1)
    assert prepared() == []


@pytest.mark.django_db(transaction=True)
def test_the_planner_runs_while_somebody_looks_ahead(
    cast: Cast, kind: Kind[Milestone], milestone: Milestone
) -> None:
    """From another connection: a row that the rehearsal wrote would hold it up."""
    written: list[int] = []

    def beside() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '3s'")
                written.append(plan(AHEAD + timedelta(minutes=1)).written)
        finally:
            connection.close()

    with undone():
        rehearse(
            Wanted(
                organisation=cast.tidewater.pk,
                program=cast.program.pk,
                begins=BEGINS,
                until=BEGINS + timedelta(days=30),
                limit=9,
            )
        )
        thread = Thread(target=beside)
        thread.start()
        thread.join()
    assert written == [1]


def printed(*words: str) -> list[str]:
    out = StringIO()
    call_command("reminders", *words, stdout=out)
    return out.getvalue().splitlines()


def test_reminders_prints_what_would_go_out_on_a_day(
    cast: Cast, kind: Kind[Milestone], milestone: Milestone
) -> None:
    due_on = timezone.localdate() + timedelta(days=9)
    Milestone.objects.filter(pk=milestone.pk).update(due_on=due_on)
    line, last = printed("--at", f"{due_on}", "--dry-run")
    at, *rest = line.split("\t")
    assert at.startswith(f"{due_on} 08:00")
    assert rest == [
        cast.ines.user.email,
        "step",
        "email at-once",
        "Second meeting is due",
    ]
    assert last == f"1 on {due_on}; nothing was sent or kept."
    assert printed("--at", f"{due_on + timedelta(days=1)}", "--dry-run") == [
        f"0 on {due_on + timedelta(days=1)}; nothing was sent or kept."
    ]
    other = cast.otto.organisation.slug
    assert len(printed("--at", f"{due_on}", "--organisation", other, "--dry-run")) == 1
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ([], "Nothing is sent by hand"),
        (["--at", "2020-01-01", "--dry-run"], "is past"),
        (["--at", "9999-12-31", "--dry-run"], "9999-12-31 is too far ahead"),
        (["--organisation", "nowhere", "--dry-run"], "no organisation nowhere"),
    ],
)
def test_reminders_refuses_with_a_sentence(
    db: None, words: list[str], reason: str
) -> None:
    with pytest.raises(CommandError, match=reason):
        printed(*words)
