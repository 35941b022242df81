"""When and where somebody hears of what, as they choose it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from unittest.mock import Mock
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from pairings.models import Program
from preceptor.accounts.models import Holiday, Membership, User
from preceptor.notifications import kinds, tasks
from preceptor.notifications.kinds import Audience, Kind
from preceptor.notifications.models import (
    Delivery,
    KindPreference,
    Preferences,
    Timing,
)
from preceptor.notifications.planner import plan
from preceptor.notifications.wishes import wishes_of
from preceptor.seen import written
from progress.models import Milestone
from tests.cast import Cast
from tests.notifications.conftest import KIND

As = Callable[[Membership], Client]
PAGE = "/o/tidewater/messages/preferences/"
URGENT = replace(
    KIND, name="urgent", label="Somebody waits", required="Somebody waits for you."
)
INVITATION = replace(KIND, name="invited", label="You are invited", is_immediate=True)
FOR_LEADS = replace(
    KIND,
    name="staff",
    label="A pair is quiet",
    for_staff=True,
    audience=frozenset({Audience.LEADS}),
)
ANSWERS: dict[str, Any] = {
    "working_days": ["1", "2", "3"],
    "quiet_from": "17:30",
    "quiet_until": "09:00",
    "digest_at": "09:15",
    "weekly_on": "3",
    "weekly_budget": "4",
    "by_email": "on",
    "kind-step": "daily",
    "kind-urgent": "weekly",
}


@pytest.fixture(autouse=True)
def four_kinds(kind: Kind[Milestone], monkeypatch: pytest.MonkeyPatch) -> None:
    known = (KIND, URGENT, INVITATION, FOR_LEADS)
    monkeypatch.setattr(kinds, "_kinds", {one.name: one for one in known})


@pytest.fixture
def only_steps(kind: Kind[Milestone], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", {KIND.name: KIND})


def text(response: Any) -> str:
    return str(response.content.decode())


def chosen(cast: Cast) -> dict[str, str]:
    rows = KindPreference.objects.filter(member=cast.ines)
    return dict(rows.values_list("kind", "timing"))


def test_preferences_are_saved_and_shown(cast: Cast, as_: As) -> None:
    client = as_(cast.ines)
    answer = client.post(PAGE, ANSWERS)
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    saved = Preferences.objects.get()
    assert (saved.member, saved.working_days) == (cast.ines, [1, 2, 3])
    assert (saved.quiet_from, saved.quiet_until) == (time(17, 30), time(9))
    assert (saved.digest_at, saved.weekly_on, saved.weekly_budget) == (
        time(9, 15),
        3,
        4,
    )
    assert (saved.by_email, saved.by_chat) == (True, False)
    assert chosen(cast) == {"step": "daily", "urgent": "weekly"}
    page = text(client.get(PAGE))
    assert 'value="17:30"' in page
    assert '<option value="daily" selected>' in page
    assert "so it waits for no digest and no hour." in page
    assert "It can’t be turned off. Somebody waits for you." in page
    client.post(PAGE, {**ANSWERS, "kind-step": "at-once"})
    assert chosen(cast) == {"urgent": "weekly"}


def test_preferences_are_everybodys_own(cast: Cast, as_: As) -> None:
    as_(cast.ines).post(PAGE, ANSWERS)
    page = text(as_(cast.tomasz).get(PAGE))
    assert 'value="17:30"' not in page
    assert 'value="18:00"' in page


@pytest.mark.parametrize(
    ("audience", "names"),
    [
        (Audience.JUNIORS, {"ines"}),
        (Audience.MENTORS, {"tomasz"}),
        (Audience.LEADS, {"ruth"}),
        (Audience.OBSERVERS, {"otis"}),
        (Audience.LINE_MANAGERS, {"lars"}),
        (Audience.OWNERS, {"olga"}),
        (Audience.MEMBERS, {"ines", "tomasz", "ruth", "otis", "lars", "olga"}),
    ],
)
def test_kinds_are_shown_to_whom_they_may_come(
    cast: Cast,
    as_: As,
    monkeypatch: pytest.MonkeyPatch,
    audience: Audience,
    names: set[str],
) -> None:
    own = replace(FOR_LEADS, audience=frozenset({audience}))
    monkeypatch.setattr(kinds, "_kinds", {own.name: own})
    shown = {
        name
        for name in ("ines", "tomasz", "ruth", "otis", "lars", "olga")
        if "A pair is quiet" in text(as_(getattr(cast, name)).get(PAGE))
    }
    assert shown == names


def test_kinds_of_a_draft_are_not_shown_yet(cast: Cast, as_: As) -> None:
    assert str(KIND.label) in text(as_(cast.ines).get(PAGE))
    Program.objects.update(state=Program.State.DRAFT)
    page = text(as_(cast.ines).get(PAGE))
    assert str(KIND.label) not in page
    assert "None of a program comes to you yet." in page


def test_a_kind_that_is_not_shown_keeps_what_was_chosen(cast: Cast, as_: As) -> None:
    as_(cast.ruth).post(PAGE, {**ANSWERS, "kind-staff": "off"})
    as_(cast.ruth).post(PAGE, ANSWERS)
    row = KindPreference.objects.get(member=cast.ruth, kind="staff")
    assert row.timing == "off"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("working_days", [], "Choose at least one day."),
        ("working_days", ["8"], "Select a valid choice"),
        ("quiet_from", "25:00", "Enter a valid time."),
        (
            "quiet_until",
            "09:16",
            "At 09:15 your quiet hours go on, from 17:30 to 09:16.",
        ),
        ("weekly_budget", "-1", "Write 0 or more."),
        ("weekly_budget", "1001", "Write 1000 or less."),
        ("kind-step", "never", "Select a valid choice"),
        ("kind-urgent", "off", "Select a valid choice"),
        ("kind-invited", "daily", "Select a valid choice"),
    ],
)
def test_wrong_answers_are_refused_and_kept(
    cast: Cast, as_: As, name: str, value: Any, said: str
) -> None:
    answer = as_(cast.ines).post(PAGE, {**ANSWERS, name: value})
    assert answer.status_code == 422
    page = text(answer)
    assert said in page
    assert 'value="09:15"' in page
    if isinstance(value, str) and not name.startswith("kind"):
        assert f'value="{value}"' in page
    assert not Preferences.objects.exists()
    assert not KindPreference.objects.exists()


def test_two_tabs_each_write_what_they_changed(cast: Cast, as_: As) -> None:
    client = as_(cast.ines)
    client.post(PAGE, ANSWERS)
    seen = seen_by(cast)
    client.post(PAGE, {**ANSWERS, "seen": seen, "digest_at": "10:00"})
    answer = client.post(PAGE, {**ANSWERS, "seen": seen, "kind-step": "weekly"})
    assert answer.status_code == 303
    assert Preferences.objects.get().digest_at == time(10)
    assert chosen(cast)["step"] == "weekly"


def test_what_two_tabs_changed_is_refused_with_both(cast: Cast, as_: As) -> None:
    client = as_(cast.ines)
    client.post(PAGE, ANSWERS)
    seen = seen_by(cast)
    client.post(PAGE, {**ANSWERS, "seen": seen, "kind-step": "off"})
    stale = {**ANSWERS, "seen": seen, "kind-step": "weekly", "working_days": ["5"]}
    answer = client.post(PAGE, stale)
    assert answer.status_code == 409
    page = text(answer)
    assert "Here: Weekly digest" in page
    assert "Saved by now: Off" in page
    assert Preferences.objects.get().working_days == [1, 2, 3]
    again = {**stale, "seen": seen_by(cast)}
    assert client.post(PAGE, again).status_code == 303
    assert chosen(cast)["step"] == "weekly"
    assert Preferences.objects.get().working_days == [5]


def seen_by(cast: Cast) -> str:
    """What the page carries of what it shows."""
    return written(wishes_of(cast.ines).values)


def test_page_says_what_comes_next_in_their_zone(cast: Cast, as_: As) -> None:
    User.objects.filter(pk=cast.ines.user_id).update(time_zone="Asia/Tokyo")
    Preferences.objects.create(
        organisation=cast.tidewater,
        member=cast.ines,
        working_days=[1, 2, 3, 4, 5, 6, 7],
        quiet_from=time(),
        quiet_until=time(),
        digest_at=time(8, 20),
    )
    day = timezone.localdate() + timedelta(days=300)
    Holiday.objects.create(organisation=cast.tidewater, day=day, name="Founders’ Day")
    page = text(as_(cast.ines).get(PAGE))
    assert "All in your time zone, Asia/Tokyo." in page
    assert "<dt>At once</dt><dd>now</dd>" in page
    assert page.count(", 08:20</dd>") == 2
    assert "Founders’ Day" in page
    today = timezone.localdate(timezone=ZoneInfo("Asia/Tokyo"))
    Preferences.objects.update(working_days=[(today + timedelta(days=2)).isoweekday()])
    page = text(as_(cast.ines).get(PAGE))
    assert f"from {today + timedelta(days=2):%a} " in page


def test_pages_ask_as_often_for_one_kind_as_for_four(
    cast: Cast,
    as_: As,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = as_(cast.ines)
    client.get(PAGE)
    with django_assert_num_queries(11):
        client.get(PAGE)
    monkeypatch.setattr(kinds, "_kinds", {KIND.name: KIND})
    with django_assert_num_queries(11):
        client.get(PAGE)


@pytest.mark.usefixtures("only_steps")
def test_what_waits_is_planned_anew_and_what_left_is_not(
    cast: Cast, as_: As, milestone: Milestone
) -> None:
    now = timezone.now()
    Milestone.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    milestone.pk, milestone.name = None, "Third meeting"
    milestone.due_on = timezone.localdate() - timedelta(days=1)
    milestone.save()
    plan(now)
    gone = Delivery.objects.carriers().get(subject=milestone.pk)
    Delivery.objects.filter(pk=gone.pk).update(state="sent", sent_at=now)
    Delivery.objects.inbox().update(read_at=now)
    client = as_(cast.ines)
    client.post(PAGE, {**ANSWERS, "kind-step": "daily"})
    assert len(Delivery.objects.in_inbox(timezone.now())) == 2
    plan(timezone.now())
    states = Delivery.objects.order_by("channel", "state", "timing")
    assert list(states.values_list("channel", "state", "timing")) == [
        ("email", "held", "daily"),
        ("email", "sent", "at-once"),
        ("inbox", "sent", "at-once"),
        ("inbox", "sent", "daily"),
    ]
    assert not Delivery.objects.unread().exists()
    assert set(Delivery.objects.values_list("planned_at", flat=True)) == {now}
    assert "One message waits for a digest." in text(client.get(PAGE))


@pytest.mark.usefixtures("only_steps")
def test_what_returns_long_after_is_news(
    cast: Cast, as_: As, milestone: Milestone
) -> None:
    """Its reason went just when it was to be planned anew, and comes back later."""
    Milestone.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    now = timezone.now()
    plan(now)
    Delivery.objects.inbox().update(read_at=now)
    as_(cast.ines).post(PAGE, {**ANSWERS, "kind-step": "daily"})
    plan(now + timedelta(hours=1))
    row = Delivery.objects.inbox().get()
    assert (row.state, row.read_at) == ("sent", None)
    assert row.planned_at == now + timedelta(hours=1)


@pytest.mark.usefixtures("only_steps")
def test_what_was_off_comes_when_it_is_on_again(
    cast: Cast, as_: As, milestone: Milestone
) -> None:
    Milestone.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    client = as_(cast.ines)
    client.post(PAGE, {**ANSWERS, "kind-step": "off"})
    plan(timezone.now())
    row = Delivery.objects.get()
    assert (row.state, row.reason, row.sent_at) == ("suppressed", "off", None)
    client.post(PAGE, {**ANSWERS, "kind-step": "at-once"})
    assert not Delivery.objects.in_inbox(timezone.now()).exists()
    plan(timezone.now())
    row.refresh_from_db()
    assert (row.state, row.reason) == ("sent", "")
    assert Delivery.objects.carriers().get().state == "pending"


@pytest.mark.usefixtures("only_steps")
def test_what_is_gathered_in_a_digest_already_stays(
    cast: Cast, as_: As, milestone: Milestone
) -> None:
    Milestone.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    client = as_(cast.ines)
    client.post(PAGE, ANSWERS)
    plan(timezone.now())
    plan(timezone.now() + timedelta(days=9))
    digest = Delivery.objects.get(kind=Delivery.DIGEST)
    client.post(PAGE, {**ANSWERS, "kind-step": "weekly"})
    item = Delivery.objects.carriers().get(kind="step")
    assert (item.state, item.digest) == ("held", digest)


def test_saving_what_stands_plans_nothing_anew(cast: Cast, as_: As) -> None:
    client = as_(cast.ines)
    answer = client.post(PAGE, {**ANSWERS, "seen": "nonsense"})
    assert answer.status_code == 303
    stamp = datetime(2026, 1, 1, tzinfo=timezone.get_current_timezone())
    Delivery.objects.create(
        organisation=cast.tidewater,
        recipient=cast.ines,
        kind="step",
        subject=1,
        occurrence="step:1:day",
        not_before=stamp,
    )
    client.post(PAGE, {**ANSWERS, "seen": seen_by(cast)})
    assert Delivery.objects.get().state == "pending"
    assert chosen(cast) == {"step": Timing.DAILY, "urgent": Timing.WEEKLY}


def test_the_planner_is_asked_at_once(
    cast: Cast,
    as_: As,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    """So that what waits is out of the inbox for a moment alone."""
    asked = Mock()
    monkeypatch.setattr(tasks, "plan", asked)
    with django_capture_on_commit_callbacks(execute=True):
        as_(cast.ines).post(PAGE, ANSWERS)
    asked.delay.assert_called_once_with()
