"""Who is mailed a report, when, and what stands in the mail."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from pairings.models import Program, ProgramStaff
from preceptor.accounts.models import Membership
from preceptor.insights.figures import closing
from preceptor.insights.models import ReportReader, ReportSchedule
from preceptor.insights.quarterly import reminders
from preceptor.notifications.models import Delivery
from preceptor.notifications.planner import plan
from tests.cast import Cast

NOW = datetime(2026, 10, 12, 12, tzinfo=UTC)
DAY = date(2026, 10, 12)


@pytest.fixture
def schedule(cast: Cast) -> ReportSchedule:
    """The twelfth day, to the lead, the observer and a manager; September is closed."""
    Program.objects.filter(pk=cast.program.pk).update(
        starts_on=date(2026, 6, 1),
        ends_on=date(2027, 6, 1),
        created_at=datetime(2026, 5, 1, tzinfo=UTC),
    )
    cast.program.refresh_from_db()
    closing.close(cast.program, NOW)
    schedule = ReportSchedule.objects.create(
        organisation=cast.tidewater,
        program=cast.program,
        day=12,
        set_on=date(2026, 9, 1),
    )
    for member in (cast.ruth, cast.otis, cast.mark):
        read(schedule, member)
    return schedule


def read(schedule: ReportSchedule, member: Membership) -> None:
    ReportReader.objects.create(
        organisation=schedule.organisation, schedule=schedule, member=member
    )


def due(now: datetime = NOW) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = list(reminders.due(now))
    return [row for row in rows if row["not_before"] <= now]


def told(now: datetime = NOW) -> set[int]:
    return {row["recipient_id"] for row in due(now)}


def test_it_is_due_on_the_morning_of_its_day(
    cast: Cast, schedule: ReportSchedule
) -> None:
    everybody = {cast.ruth.pk, cast.otis.pk, cast.mark.pk}
    assert told(NOW - timedelta(days=1)) == set()
    assert told() == everybody
    assert {row["occurrence"] for row in due()} == {
        f"quarter-report:{schedule.pk}:2026-10-01:mail"
    }
    assert {row["not_before"] for row in due()} == {
        datetime(2026, 10, 12, 7, tzinfo=UTC)
    }


def test_who_may_not_read_it_any_more_gets_none(
    cast: Cast, schedule: ReportSchedule
) -> None:
    ProgramStaff.objects.filter(membership=cast.otis).delete()
    Membership.objects.filter(pk=cast.mark.pk).update(role=Membership.Role.MEMBER)
    assert told() == {cast.ruth.pk}
    Membership.objects.filter(pk=cast.ruth.pk).update(is_active=False)
    assert told() == set()


def test_of_the_whole_organisation_managers_alone_are_told(
    cast: Cast, schedule: ReportSchedule
) -> None:
    whole = ReportSchedule.objects.create(
        organisation=cast.tidewater, day=12, set_on=date(2026, 9, 1)
    )
    read(whole, cast.ruth)
    read(whole, cast.olga)
    mine = {row["recipient_id"] for row in due() if row["subject"] == whole.pk}
    assert mine == {cast.olga.pk}


def test_a_quarter_that_is_not_closed_is_not_mailed(
    cast: Cast, schedule: ReportSchedule
) -> None:
    # January's mail waits for December, which nobody closed.
    assert told(datetime(2027, 1, 12, 12, tzinfo=UTC)) == set()


def test_what_is_set_after_its_day_begins_with_the_next_quarter(
    cast: Cast, schedule: ReportSchedule
) -> None:
    ReportSchedule.objects.update(set_on=DAY + timedelta(days=1))
    assert told() == set()


def test_the_mail_holds_the_record_and_the_link(
    cast: Cast, schedule: ReportSchedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    plan(NOW)
    row = Delivery.objects.carriers().get(
        kind=reminders.NAME, recipient=cast.ruth, channel=Delivery.Channel.EMAIL
    )
    of = reminders.subjects([schedule.pk])[schedule.pk]
    read_as = reminders.message(row, of)
    assert read_as.subject == "Report of 2026-Q3: Preceptorship, spring"
    assert read_as.link.endswith(
        f"/o/tidewater/programs/{cast.program.pk}/quarters/2026-Q3/"
    )
    facts = dict(read_as.context["facts"])
    assert set(facts) == {
        *("Pairs", "Planned weeks kept", "Sessions a pair and month"),
        "Milestones on time",
    }
    assert "Fewer than three took part" in facts["Planned weeks kept"]
