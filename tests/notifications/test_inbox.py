"""What a member sees of their messages, and what they do with them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from preceptor.accounts.models import Membership, User
from preceptor.notifications import kinds
from preceptor.notifications.kinds import Kind
from preceptor.notifications.models import Delivery, Snooze
from preceptor.notifications.planner import plan
from progress.models import Milestone
from tests.cast import Cast
from tests.notifications.conftest import KIND

As = Callable[[Membership], Client]
PAGE = "/o/tidewater/messages/"


@pytest.fixture(autouse=True)
def only_this_kind(kind: Kind[Milestone]) -> None:
    """What the other kinds say is for their own tests."""


@pytest.fixture
def reminder(milestone: Milestone) -> Delivery:
    """Ines's second meeting is due today."""
    Milestone.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    plan(timezone.now())
    return Delivery.objects.inbox().get()


def more(milestone: Milestone, number: int) -> None:
    for n in range(number):
        milestone.pk = None
        milestone.name = f"Meeting number {n}"
        milestone.save()
    plan(timezone.now())


def skip(cast: Cast) -> None:
    """The reason of every reminder is gone."""
    Milestone.objects.update(
        skipped_at=timezone.now(), skipped_by=cast.tomasz, skip_reason="Done before"
    )


def text(response: Any) -> str:
    return str(response.content.decode())


def test_inbox_says_what_stands_and_what_is_unread(
    cast: Cast, as_: As, reminder: Delivery
) -> None:
    client = as_(cast.ines)
    page = text(client.get(PAGE))
    assert "Second meeting is due" in page
    assert page.count('<span class="tag strong">Unread</span>') == 1
    assert 'aria-label="Messages, 1 unread"' in page
    nobody = text(as_(cast.tomasz).get(PAGE))
    assert "Second meeting" not in nobody
    assert "Nothing waits for you" in nobody
    assert 'aria-label="Messages"' in nobody


def test_opening_marks_it_read_and_leads_to_the_thing(
    cast: Cast, as_: As, reminder: Delivery
) -> None:
    client = as_(cast.ines)
    assert client.get(f"{PAGE}{reminder.pk}/open/").status_code == 405
    answer = client.post(f"{PAGE}{reminder.pk}/open/")
    assert (answer.status_code, answer["Location"]) == (
        303,
        f"/milestones/{reminder.subject}",
    )
    reminder.refresh_from_db()
    first = reminder.read_at
    assert first is not None
    client.post(f"{PAGE}{reminder.pk}/open/")
    reminder.refresh_from_db()
    assert reminder.read_at == first
    assert "Unread" not in text(client.get(PAGE))
    assert as_(cast.tomasz).post(f"{PAGE}{reminder.pk}/open/").status_code == 404


def test_inbox_shows_what_was_settled_a_moment_ago_without_its_words(
    cast: Cast, as_: As, reminder: Delivery
) -> None:
    """Between two runs of the planner the reason is gone, and so may be the right."""
    skip(cast)
    client = as_(cast.ines)
    page = text(client.get(PAGE))
    assert "Second meeting" not in page
    assert "Its reason is gone since it came." in page
    assert client.post(f"{PAGE}{reminder.pk}/open/")["Location"] == PAGE
    plan(timezone.now())
    assert "Nothing waits for you" in text(client.get(PAGE))
    settled = text(client.get(f"{PAGE}settled/"))
    assert "A step" in settled
    assert "Second meeting" not in settled


def test_a_matter_is_settled_once_and_only_when_nothing_of_it_stands(
    cast: Cast, as_: As, reminder: Delivery
) -> None:
    """An earlier step that a later one took the place of is no settled message."""
    now = timezone.now()
    earlier = {
        **{name: getattr(reminder, name) for name in ("organisation", "recipient")},
        **{name: getattr(reminder, name) for name in ("kind", "subject", "matter")},
        "channel": "inbox",
        "state": "withdrawn",
        "not_before": now,
        "sent_at": now,
        "withdrawn_at": now,
    }
    for days in (9, 5):
        Delivery.objects.create(
            **earlier,
            occurrence=f"{reminder.matter}:{days}",
            planned_at=now - timedelta(days=days),
        )
    client = as_(cast.ines)
    assert "Nothing is settled yet" in text(client.get(f"{PAGE}settled/"))
    skip(cast)
    plan(timezone.now())
    assert text(client.get(f"{PAGE}settled/")).count("A step</h2>") == 1


def test_a_message_that_fails_keeps_no_other_back(
    cast: Cast, as_: As, reminder: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(delivery: Delivery, about: Milestone) -> Any:
        if about.name == "Meeting number 0":
            raise ZeroDivisionError
        return KIND.message(delivery, about)

    more(Milestone.objects.get(), 1)
    kind = replace(KIND, message=fails)
    monkeypatch.setattr(kinds, "_kinds", {KIND.name: kind})
    page = text(as_(cast.ines).get(PAGE))
    assert "Second meeting is due" in page
    assert "Its reason is gone since it came." in page


@pytest.mark.parametrize("number", [1, 3])
def test_pages_ask_as_often_for_three_as_for_one(
    cast: Cast,
    as_: As,
    reminder: Delivery,
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    more(Milestone.objects.get(), number - 1)
    client = as_(cast.ines)
    client.get(PAGE)
    with django_assert_num_queries(7):
        page = text(client.get(PAGE))
    assert page.count("is due</button>") == number
    Delivery.objects.inbox().update(state="withdrawn", withdrawn_at=timezone.now())
    with django_assert_num_queries(7):
        page = text(client.get(f"{PAGE}settled/"))
    assert page.count("is due</button>") == number
    for row in Delivery.objects.inbox():
        Snooze.objects.create(
            organisation=cast.tidewater, member=cast.ines, matter=row.matter
        )
    with django_assert_num_queries(8):
        page = text(client.get(f"{PAGE}resting/"))
    assert page.count("is due</button>") == number


def test_inbox_is_paged(cast: Cast, as_: As, reminder: Delivery) -> None:
    more(Milestone.objects.get(), 25)
    client = as_(cast.ines)
    assert text(client.get(PAGE)).count("is due</button>") == 25
    assert text(client.get(f"{PAGE}?page=2")).count("is due</button>") == 1


def test_read_all_reads_what_the_page_showed(
    cast: Cast, as_: As, reminder: Delivery
) -> None:
    shown = timezone.now()
    more(Milestone.objects.get(), 1)
    client = as_(cast.ines)
    client.post(f"{PAGE}read/", {"until": shown.isoformat()})
    unread = Delivery.objects.unread().get()
    assert unread.subject != reminder.subject
    for odd in ("2026-13-01T00:00", "0001-01-01T00:00:00+14:00"):
        assert client.post(f"{PAGE}read/", {"until": odd}).status_code == 303
    Delivery.objects.inbox().filter(pk=unread.pk).update(read_at=None)
    client.post(f"{PAGE}read/", {"until": "yesterday"})
    assert not Delivery.objects.unread().exists()


def put_off(client: Client, reminder: Delivery, **choice: Any) -> Any:
    return client.post(f"{PAGE}{reminder.pk}/later/", choice)


@pytest.mark.parametrize(
    ("choice", "days"), [("tomorrow", 1), ("three-days", 3), ("day", 40)]
)
def test_put_off_until_a_morning_where_they_live(
    cast: Cast, as_: As, reminder: Delivery, choice: str, days: int
) -> None:
    User.objects.filter(pk=cast.ines.user_id).update(time_zone="Asia/Tokyo")
    client = as_(cast.ines)
    with timezone.override("Asia/Tokyo"):
        day = timezone.localdate() + timedelta(days=days)
        eight = timezone.make_aware(datetime.combine(day, time(8)))
    answer = put_off(client, reminder, until=choice, day=f"{day}")
    rest = Snooze.objects.get()
    assert answer["Location"] == f"{PAGE}?rested={rest.pk}"
    assert (rest.member, rest.matter, rest.until) == (cast.ines, reminder.matter, eight)
    states = set(Delivery.objects.values_list("channel", "state"))
    assert states == {("inbox", "withdrawn"), ("email", "withdrawn")}
    page = text(client.get(answer["Location"]))
    assert "Undo" in page
    assert "Nothing waits for you" in page
    assert "Second meeting is due" in text(client.get(f"{PAGE}resting/"))
    assert "Nothing is settled yet" in text(client.get(f"{PAGE}settled/"))
    plan(timezone.now())
    assert not Delivery.objects.in_inbox(timezone.now()).exists()
    plan(eight)
    again = Delivery.objects.in_inbox(eight).get()
    assert again.occurrence == f"{reminder.occurrence}@{eight.timestamp():.0f}"


def test_put_off_until_next_monday(cast: Cast, as_: As, reminder: Delivery) -> None:
    put_off(as_(cast.ines), reminder, until="monday")
    until = timezone.localtime(Snooze.objects.get().until)
    assert until.isoweekday() == 1
    assert timedelta() < until - timezone.now() < timedelta(days=8)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("", "Choose the day on which it is to come back."),
        ("today", "Choose a day after today."),
        ("2199-01-01", "Choose a day within a year."),
        ("soon", "Enter a valid date."),
    ],
)
def test_put_off_refuses_a_wrong_day_and_keeps_it(
    cast: Cast, as_: As, reminder: Delivery, day: str, said: str
) -> None:
    day = f"{timezone.localdate()}" if day == "today" else day
    answer = put_off(as_(cast.ines), reminder, until="day", day=day)
    assert answer.status_code == 422
    assert said in text(answer)
    assert not day or f'value="{day}"' in text(answer)
    assert not Snooze.objects.exists()


def test_done_lets_the_matter_rest_for_good_and_can_be_taken_back(
    cast: Cast, as_: As, reminder: Delivery
) -> None:
    client = as_(cast.ines)
    client.post(f"{PAGE}{reminder.pk}/open/")
    answer = client.post(f"{PAGE}{reminder.pk}/done/")
    rest = Snooze.objects.get()
    assert rest.until is None
    assert "No more messages about it come" in text(client.get(answer["Location"]))
    plan(timezone.now() + timedelta(days=30))
    assert not Delivery.objects.in_inbox(timezone.now()).exists()
    assert as_(cast.tomasz).post(f"{PAGE}resting/{rest.pk}/wake/").status_code == 404
    client.post(f"{PAGE}resting/{rest.pk}/wake/")
    assert "Second meeting is due" in text(client.get(PAGE))
    plan(timezone.now())
    back = Delivery.objects.in_inbox(timezone.now()).get()
    assert (back.state, back.pk) == ("sent", reminder.pk)
    assert back.read_at is not None
    assert Delivery.objects.carriers().get().state == "pending"
    assert client.post(f"{PAGE}resting/{rest.pk}/wake/").status_code == 404


def test_done_is_refused_where_nobody_can_turn_it_off(
    cast: Cast, as_: As, reminder: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = replace(KIND, required="Somebody waits for you.")
    monkeypatch.setattr(kinds, "_kinds", {KIND.name: kind})
    client = as_(cast.ines)
    assert f"{PAGE}{reminder.pk}/done/" not in text(client.get(PAGE))
    answer = client.post(f"{PAGE}{reminder.pk}/done/")
    assert "Somebody waits for you." in text(client.get(answer["Location"]))
    assert not Snooze.objects.exists()
    put_off(client, reminder, until="tomorrow")
    assert Snooze.objects.exists()


def test_a_mail_leads_to_the_newest_of_its_matter(
    cast: Cast, as_: As, reminder: Delivery
) -> None:
    """Its row is the carrier's, and a later step may have come since."""
    carrier = Delivery.objects.carriers().get()
    client = as_(cast.ines)
    page = text(client.get(f"{PAGE}{carrier.pk}/"))
    assert f'action="{PAGE}{reminder.pk}/open/"' in page
    assert "Second meeting is due" in page
    assert as_(cast.tomasz).get(f"{PAGE}{carrier.pk}/").status_code == 404
    assert Client().get(f"{PAGE}{carrier.pk}/").status_code == 302
    skip(cast)
    plan(timezone.now())
    assert "This is settled" in text(client.get(f"{PAGE}{carrier.pk}/"))
    assert put_off(client, carrier, until="tomorrow").status_code == 409
    assert client.post(f"{PAGE}{carrier.pk}/done/").status_code == 409


def test_what_left_the_house_is_not_taken_back(
    cast: Cast, as_: As, reminder: Delivery
) -> None:
    Delivery.objects.carriers().update(state="sent", sent_at=timezone.now())
    put_off(as_(cast.ines), reminder, until="tomorrow")
    assert Delivery.objects.carriers().get().state == "sent"
