"""Through which channels and when: preferences, quiet hours, budget, digest, pause."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Case, CharField, F, Value, When
from django.db.models.functions import Cast as As
from django.db.models.functions import Concat

from preceptor.accounts.models import Holiday
from preceptor.notifications import hours, kinds
from preceptor.notifications.kinds import Kind
from preceptor.notifications.models import (
    Delivery,
    KindPreference,
    Preferences,
    ProgramMessages,
    Snooze,
    Timing,
    Webhook,
)
from preceptor.notifications.planner import Planned, plan
from progress.models import Milestone
from tests.cast import Cast
from tests.notifications.conftest import KIND

MONDAY = date(2026, 12, 7)
AHEAD = datetime(2026, 12, 7, 8, tzinfo=UTC)
"""The morning of a Monday in London."""
WORK = {"quiet_from": time(18), "quiet_until": time(8), "working_days": [1, 2, 3, 4, 5]}


@pytest.fixture(autouse=True)
def as_shipped(monkeypatch: pytest.MonkeyPatch, kind: Kind[Milestone]) -> None:
    """Whoever never chose has the hours of the product."""
    monkeypatch.setattr(hours, "usual", Preferences)


def rows() -> list[tuple[str, str, datetime]]:
    """Channel, state and moment of all that is planned, in order of channel."""
    found = Delivery.objects.order_by("channel", "not_before", "pk")
    return [(row.channel, row.state, row.not_before) for row in found]


def choose(cast: Cast, timing: Timing | None = None, **wishes: Any) -> None:
    """What Ines chose."""
    mine: dict[str, Any] = {"organisation": cast.tidewater, "member": cast.ines}
    Preferences.objects.update_or_create(**mine, defaults=wishes)
    if timing:
        KindPreference.objects.create(kind=KIND.name, timing=timing, **mine)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


def reachable(moment: datetime, cast: Cast, zone: str = "UTC", **wishes: Any) -> Any:
    chosen = {**WORK, **wishes}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT notifications_reachable(%s, %s, %s::smallint[], %s, %s, %s)",
            [
                moment,
                zone,
                chosen["working_days"],
                chosen["quiet_from"],
                chosen["quiet_until"],
                cast.tidewater.pk,
            ],
        )
        (found,) = cursor.fetchone() or (None,)
    return found


def test_a_reminder_stands_in_the_inbox_and_goes_by_mail(milestone: Milestone) -> None:
    assert plan(AHEAD) == Planned(written=1)
    assert rows() == [("email", "pending", AHEAD), ("inbox", "sent", AHEAD)]
    inbox = Delivery.objects.inbox().get()
    assert inbox.matter == f"step:{milestone.pk}:2026-12-10"
    assert inbox.program_id == milestone.plan.junior.program_id
    assert (inbox.sent_at, inbox.read_at) == (AHEAD, None)


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("2026-12-07 12:00", "2026-12-07 12:00"),
        ("2026-12-07 07:59", "2026-12-07 08:00"),
        ("2026-12-07 18:00", "2026-12-08 08:00"),
        ("2026-12-11 18:30", "2026-12-14 08:00"),
        ("2026-12-12 12:00", "2026-12-14 08:00"),
        ("2026-12-31 20:00", "2027-01-04 08:00"),
    ],
)
def test_quiet_hours_weekends_and_holidays_are_waited_out(
    cast: Cast, asked: str, given: str
) -> None:
    Holiday.objects.create(
        organisation=cast.tidewater, day=date(2027, 1, 1), name="New Year"
    )
    assert reachable(utc(asked), cast) == utc(given)


def test_quiet_hours_within_a_day_and_none(cast: Cast) -> None:
    noon = datetime(2026, 12, 7, 12, 10, tzinfo=UTC)
    lunch: dict[str, Any] = {"quiet_from": time(12), "quiet_until": time(13)}
    assert reachable(noon, cast, **lunch) == noon.replace(hour=13, minute=0)
    night = datetime(2026, 12, 7, 3, tzinfo=UTC)
    assert reachable(night, cast, quiet_from=time(9), quiet_until=time(9)) == night
    saturday = datetime(2026, 12, 12, 3, tzinfo=UTC)
    monday = datetime(2026, 12, 14, tzinfo=UTC)
    assert reachable(saturday, cast, **lunch) == monday


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        # The clock goes from 1:00 to 2:00: nobody is written to in between.
        ("2026-03-29 00:30", "2026-03-29 01:00"),
        # It shows 1:30 twice: both are themselves.
        ("2026-10-25 00:30", "2026-10-25 00:30"),
        ("2026-10-25 01:30", "2026-10-25 01:30"),
    ],
)
def test_hours_on_the_days_that_the_clocks_change(
    cast: Cast, asked: str, given: str
) -> None:
    quiet: dict[str, Any] = {
        "quiet_from": time(23),
        "quiet_until": time(1),
        "working_days": [7],
    }
    assert reachable(utc(asked), cast, "Europe/London", **quiet) == utc(given)


def test_who_has_no_day_within_a_year_is_written_to_anyhow(cast: Cast) -> None:
    Holiday.objects.bulk_create(
        Holiday(organisation=cast.tidewater, day=MONDAY + timedelta(days=n), name="–")
        for n in range(400)
    )
    assert reachable(AHEAD, cast) == AHEAD


def test_mail_waits_for_the_morning_and_the_inbox_does_not(
    milestone: Milestone, cast: Cast
) -> None:
    plan(AHEAD + timedelta(hours=11))
    tuesday = AHEAD + timedelta(days=1)
    assert rows() == [("email", "pending", tuesday), ("inbox", "sent", AHEAD)]


@pytest.mark.parametrize(
    ("timing", "leaves"),
    [
        (Timing.DAILY, datetime(2026, 12, 7, 9, tzinfo=UTC)),
        (Timing.WEEKLY, datetime(2026, 12, 9, 9, tzinfo=UTC)),
    ],
)
def test_what_is_wanted_in_a_digest_is_held_for_it(
    milestone: Milestone, cast: Cast, timing: Timing, leaves: datetime
) -> None:
    choose(cast, timing, digest_at=time(9), weekly_on=3)
    plan(AHEAD)
    assert rows() == [("email", "held", leaves), ("inbox", "sent", AHEAD)]
    plan(leaves - timedelta(seconds=1))
    assert not Delivery.objects.filter(kind=Delivery.DIGEST).exists()
    assert plan(leaves) == plan(leaves) == Planned()
    digest = Delivery.objects.get(kind=Delivery.DIGEST)
    assert list(digest.items.all()) == list(Delivery.objects.filter(state="held"))
    assert (digest.recipient, digest.channel) == (cast.ines, "email")


def test_a_digest_on_a_holiday_leaves_on_the_next_working_day(
    milestone: Milestone, cast: Cast
) -> None:
    for day in (date(2026, 12, 7), date(2026, 12, 8)):
        Holiday.objects.create(organisation=cast.tidewater, day=day, name="–")
    choose(cast, Timing.DAILY, digest_at=time(9))
    plan(AHEAD)
    wednesday = datetime(2026, 12, 9, 9, tzinfo=UTC)
    assert Delivery.objects.get(state="held").not_before == wednesday


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        # The weekly digest of Monday the 7th, a holiday, leaves on Tuesday.
        ("2026-12-04 12:00", "2026-12-08 09:00"),
        ("2026-12-07 08:00", "2026-12-08 09:00"),
        ("2026-12-07 18:00", "2026-12-08 09:00"),
        ("2026-12-08 09:00", "2026-12-08 09:00"),
        ("2026-12-08 09:01", "2026-12-14 09:00"),
        ("2026-12-13 18:00", "2026-12-14 09:00"),
    ],
)
def test_a_weekly_digest_that_a_holiday_moved_takes_along_what_comes_until_then(
    cast: Cast, asked: str, given: str
) -> None:
    Holiday.objects.create(organisation=cast.tidewater, day=MONDAY, name="–")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT notifications_digest_at(%s, 'UTC', %s, '09:00', 1::smallint, %s)",
            [utc(asked), [1, 2, 3, 4, 5], cast.tidewater.pk],
        )
        assert cursor.fetchone() == (utc(given),)


def test_what_is_turned_off_is_kept_with_the_reason_and_goes_nowhere(
    milestone: Milestone, cast: Cast
) -> None:
    choose(cast, Timing.OFF)
    assert plan(AHEAD) == Planned(written=1)
    assert plan(AHEAD) == Planned()
    (row,) = Delivery.objects.all()
    assert (row.channel, row.state, row.reason) == ("inbox", "suppressed", "off")


def test_what_must_not_be_off_goes_all_the_same(
    milestone: Milestone, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    required = Kind(**{**fields(), "required": "Somebody waits."})
    monkeypatch.setattr(kinds, "_kinds", {KIND.name: required})
    choose(cast, Timing.OFF, by_email=False)
    plan(AHEAD)
    assert rows() == [("email", "pending", AHEAD), ("inbox", "sent", AHEAD)]


def fields() -> dict[str, Any]:
    return {name: getattr(KIND, name) for name in KIND.__dataclass_fields__}


def test_who_wants_no_mail_has_it_in_the_inbox_alone(
    milestone: Milestone, cast: Cast
) -> None:
    choose(cast, by_email=False)
    plan(AHEAD)
    assert rows() == [("inbox", "sent", AHEAD)]


def chat(cast: Cast) -> Webhook:
    return Webhook.objects.create(
        organisation=cast.tidewater,
        member=cast.ines,
        service=Webhook.Service.SLACK,
        sealed=b"-",
        host="hooks.example",
        made_at=AHEAD,
    )


def test_what_a_calendar_is_to_hold_goes_by_mail_too(
    milestone: Milestone, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chat takes no file, so who reads chats alone still needs the mail."""
    held = Kind(**{**fields(), "required": "Somebody waits.", "has_calendar": True})
    monkeypatch.setattr(kinds, "_kinds", {KIND.name: held})
    choose(cast, by_email=False, by_chat=True)
    chat(cast)
    plan(AHEAD)
    assert rows() == [
        ("chat", "pending", AHEAD),
        ("email", "pending", AHEAD),
        ("inbox", "sent", AHEAD),
    ]


def test_an_immediate_kind_knows_no_quiet_hours_digest_or_budget(
    milestone: Milestone, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    immediate = Kind(**{**fields(), "is_immediate": True})
    monkeypatch.setattr(kinds, "_kinds", {KIND.name: immediate})
    choose(cast, Timing.WEEKLY, weekly_budget=0)
    plan(AHEAD + timedelta(hours=15))
    assert rows() == [("email", "pending", AHEAD), ("inbox", "sent", AHEAD)]


def test_beyond_the_budget_the_least_urgent_go_into_the_digest(
    milestone: Milestone, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = Kind(
        **{**fields(), "name": "later", "urgency": 90, "due": renamed("later")}
    )
    monkeypatch.setattr(kinds, "_kinds", {"later": later, KIND.name: KIND})
    choose(cast, weekly_budget=1, digest_at=time(9))
    assert plan(AHEAD) == Planned(written=2)
    mails = Delivery.objects.carriers().order_by("urgency")
    assert [(row.kind, row.state, row.reason, row.timing) for row in mails] == [
        ("step", "pending", "", "at-once"),
        ("later", "held", "budget", "daily"),
    ]
    assert mails[1].not_before == AHEAD + timedelta(hours=1)


def test_a_digest_uses_nothing_of_the_budget(milestone: Milestone, cast: Cast) -> None:
    Delivery.objects.create(
        organisation=cast.tidewater,
        recipient=cast.ines,
        kind=Delivery.DIGEST,
        subject=cast.ines.pk,
        occurrence=f"digest:{cast.ines.pk}:1",
        not_before=AHEAD - timedelta(days=1),
        planned_at=AHEAD - timedelta(days=1),
        state="sent",
    )
    choose(cast, weekly_budget=1)
    plan(AHEAD)
    mail = Delivery.objects.carriers().get(kind=KIND.name)
    assert (mail.state, mail.reason) == ("pending", "")


def test_what_rests_uses_nothing_of_the_budget(
    milestone: Milestone, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    Milestone.objects.create(
        organisation=cast.tidewater,
        plan=milestone.plan,
        kind=Milestone.Kind.CHECK_IN,
        name="Of no program",
        due_on=milestone.due_on + timedelta(days=1),
    )
    program = Case(When(pk=milestone.pk, then=F("plan__junior__program")))
    due = renamed("step", program)
    monkeypatch.setattr(kinds, "_kinds", {"step": Kind(**{**fields(), "due": due})})
    ProgramMessages.objects.create(
        organisation=cast.tidewater,
        program_id=cast.program.pk,
        paused_at=AHEAD,
        paused_by=cast.ruth,
    )
    choose(cast, weekly_budget=1)
    assert plan(AHEAD) == Planned(written=2)
    mail = Delivery.objects.carriers().get()
    assert (mail.state, mail.timing, mail.reason) == ("pending", "at-once", "")


def renamed(name: str, program: Any = None) -> Any:
    """The steps under another name."""

    def due(now: datetime) -> Any:
        people = "plan__junior__membership"
        return Milestone.objects.open().values(
            "organisation_id",
            recipient_id=F(people),
            subject=F("pk"),
            occurrence=Concat(Value(f"{name}:"), As("pk", CharField()), Value(":on")),
            not_before=Value(AHEAD),
            program_id=program or F("plan__junior__program"),
        )

    return due


def test_a_paused_program_sends_nothing_and_says_so(
    milestone: Milestone, cast: Cast
) -> None:
    ProgramMessages.objects.create(
        organisation=cast.tidewater,
        program_id=cast.program.pk,
        paused_at=AHEAD,
        paused_by=cast.ruth,
    )
    plan(AHEAD)
    (row,) = Delivery.objects.all()
    assert (row.channel, row.state, row.reason) == ("inbox", "suppressed", "paused")


def test_a_chat_carries_it_beside_or_instead_of_the_mail(
    milestone: Milestone, cast: Cast
) -> None:
    hook = chat(cast)
    choose(cast, by_email=False, by_chat=True)
    plan(AHEAD)
    assert rows() == [("chat", "pending", AHEAD), ("inbox", "sent", AHEAD)]
    assert Delivery.objects.get(channel="chat").webhook == hook


def test_what_is_put_off_comes_back_once(milestone: Milestone, cast: Cast) -> None:
    plan(AHEAD)
    mine = Delivery.objects.inbox().get()
    until = AHEAD + timedelta(days=1)
    Snooze.objects.create(
        organisation=cast.tidewater, member=cast.ines, matter=mine.matter, until=until
    )
    assert plan(AHEAD) == Planned(withdrawn=1)
    assert {row.state for row in Delivery.objects.all()} == {"withdrawn"}
    assert plan(until) == Planned(written=1)
    assert plan(until) == Planned()
    mine = Delivery.objects.inbox().get(state="sent")
    assert mine.occurrence.endswith(f":ahead@{until.timestamp():.0f}")
    assert mine.not_before == until


def test_what_somebody_is_done_with_stays_away_until_its_day_moves(
    milestone: Milestone, cast: Cast
) -> None:
    plan(AHEAD)
    mine = Delivery.objects.inbox().get()
    Snooze.objects.create(
        organisation=cast.tidewater, member=cast.ines, matter=mine.matter
    )
    assert plan(AHEAD) == Planned(withdrawn=1)
    assert plan(AHEAD + timedelta(days=3)) == Planned()
    Milestone.objects.update(due_on=milestone.due_on - timedelta(days=1))
    assert plan(AHEAD) == Planned(written=1)
