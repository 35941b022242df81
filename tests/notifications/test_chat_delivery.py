from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from preceptor import mail
from preceptor.accounts.models import Membership
from preceptor.notifications import kinds, webhooks
from preceptor.notifications.deliverer import deliver, drain
from preceptor.notifications.models import (
    Delivery,
    Host,
    KindPreference,
    Preferences,
    Timing,
    Webhook,
)
from preceptor.notifications.planner import plan
from preceptor.notifications.webhooks import seal
from progress.models import Milestone
from tests.cast import Cast
from tests.factories import MembershipFactory
from tests.notifications.chatroom import DROP, HANG, Chatroom, chatroom
from tests.notifications.conftest import KIND
from tests.notifications.postbox import Postbox
from tests.notifications.test_deliverer import milestone_of

NOW = datetime(2026, 12, 7, 8, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)

pytestmark = pytest.mark.usefixtures("kind")


@pytest.fixture
def room(settings: Settings) -> Iterator[Chatroom]:
    settings.WEBHOOKS_MAY_BE_LOCAL = True
    with chatroom() as room:
        yield room


def reached_by_chat(member: Membership, address: str, **fields: object) -> Webhook:
    """Somebody who wants messages in their chat, and there alone."""
    Preferences.objects.create(
        organisation=member.organisation,
        member=member,
        working_days=[1, 2, 3, 4, 5, 6, 7],
        quiet_from="00:00",
        quiet_until="00:00",
        by_email=False,
        by_chat=True,
    )
    return Webhook.objects.create(
        organisation=member.organisation,
        member=member,
        service=Webhook.Service.MATTERMOST,
        sealed=seal(address),
        host="127.0.0.1",
        made_at=NOW,
        **fields,
    )


@pytest.fixture
def hook(milestone: Milestone, cast: Cast, room: Chatroom) -> Webhook:
    """Of Ines, with a message that is due."""
    hook = reached_by_chat(cast.ines, room.address("/hooks/ines"))
    plan(NOW)
    return hook


def at(now: datetime) -> int:
    return deliver(clock=lambda: now)


def the_row() -> Delivery:
    return Delivery.objects.carriers().get()


def test_deliver_posts_to_the_chat(
    hook: Webhook, room: Chatroom, milestone: Milestone
) -> None:
    assert (at(NOW), at(NOW)) == (1, 0)
    link = f"https://preceptor.example/milestones/{milestone.pk}"
    text = f"**Second meeting is due**\n\n[Look]({link})"
    assert (room.posts, room.paths) == ([{"text": text}], ["/hooks/ines"])
    row = the_row()
    assert (row.state, row.sent_at, row.attempts) == ("sent", NOW, 1)


@pytest.mark.parametrize("service", Webhook.Service.values)
def test_deliver_posts_in_the_form_of_the_service(
    hook: Webhook, room: Chatroom, service: str
) -> None:
    Webhook.objects.update(service=service)
    assert at(NOW) == 1
    part = {"slack": "blocks", "teams": "attachments", "mattermost": "text"}
    assert part[service] in room.posts[0]


def test_deliver_posts_nothing_that_fell_away(
    hook: Webhook, room: Chatroom, cast: Cast
) -> None:
    cast.ines.is_active = False
    cast.ines.save()
    assert (at(NOW), room.paths) == (0, [])
    assert the_row().state == "withdrawn"


def test_deliver_posts_nothing_in_quiet_hours(
    hook: Webhook, room: Chatroom, settings: Settings
) -> None:
    """Of one address one after the other is looked at, and all of them wait."""
    settings.CHATS_A_SECOND = settings.CHATS_A_SECOND_AND_HOST = 0.0
    Preferences.objects.update(quiet_from=time(18), quiet_until=time(8))
    other = the_row()
    other.pk, other.occurrence = None, f"{other.occurrence}-too"
    other.save()
    assert (at(NOW + 15 * 60 * MINUTE), room.paths) == (0, [])
    morning = NOW + timedelta(days=1)
    rows = Delivery.objects.carriers()
    assert {(row.state, row.not_before, row.attempts) for row in rows} == {
        ("pending", morning, 0)
    }


def test_digest_goes_to_the_chat_too(
    milestone: Milestone, room: Chatroom, cast: Cast
) -> None:
    reached_by_chat(cast.ines, room.address())
    KindPreference.objects.create(
        organisation=cast.tidewater,
        member=cast.ines,
        kind=KIND.name,
        timing=Timing.DAILY,
    )
    other = Milestone.objects.get()
    other.pk, other.name = None, "Third meeting"
    other.save()
    morning = NOW + timedelta(days=1)
    plan(NOW + timedelta(hours=1))
    plan(morning)
    assert at(morning) == 1
    (post,) = room.posts
    assert post["text"].startswith("**Second meeting is due, and 1 more**")
    assert "Third meeting is due" in post["text"]
    rows = Delivery.objects.filter(channel="chat").order_by("kind")
    assert list(rows.values_list("kind", "state")) == [
        ("digest", "sent"),
        ("step", "digested"),
        ("step", "digested"),
    ]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (404, "Declined: 127.0.0.1 answered 404: no_service"),
        (500, "HostIsAway: 127.0.0.1 answered 500: no_service"),
        (DROP, "HostIsAway: 127.0.0.1: RemoteDisconnected"),
        (HANG, "HostIsAway: 127.0.0.1: "),
    ],
)
def test_deliver_backs_off_where_the_chat_does_not_take_it(
    hook: Webhook,
    room: Chatroom,
    monkeypatch: pytest.MonkeyPatch,
    reply: int | str,
    error: str,
) -> None:
    monkeypatch.setattr(webhooks, "TOTAL_SECONDS", 0.5)
    room.reply = reply
    assert at(NOW) == 0
    row = the_row()
    assert (row.state, row.attempts) == ("pending", 1)
    assert row.error.startswith(error)
    assert "hooks/ines" not in row.error
    assert NOW + MINUTE <= row.not_before <= NOW + MINUTE * 1.25
    room.reply = 200
    assert at(NOW + 2 * MINUTE) == 1


def test_deliver_gives_up_on_an_address_that_may_not_be_posted_to(
    hook: Webhook, room: Chatroom, settings: Settings
) -> None:
    settings.WEBHOOKS_MAY_BE_LOCAL = False
    Webhook.objects.update(sealed=seal("https://127.0.0.1/hooks/ines"))
    assert (at(NOW), room.paths) == (0, [])
    row = the_row()
    assert (row.state, row.attempts) == ("failed", 1)
    assert "private network" in row.error


def test_deliver_leaves_to_the_planner_what_lost_its_address(
    hook: Webhook, room: Chatroom
) -> None:
    """Nothing is at fault: it stands in the inbox, and goes by what ways are left."""
    hook.delete()
    assert (at(NOW), room.paths) == (0, [])
    assert the_row().state == "withdrawn"
    plan(NOW)
    assert Delivery.objects.inbox().get().state == "sent"


def test_deliver_gives_up_where_a_programs_address_was_taken_away(
    hook: Webhook, room: Chatroom
) -> None:
    Delivery.objects.filter(channel="chat").update(channel="program")
    hook.delete()
    assert (at(NOW), room.paths) == (0, [])
    assert the_row().state == "failed"


@pytest.fixture
def crowd(
    hook: Webhook, cast: Cast, room: Chatroom
) -> Callable[[int, str], list[Webhook]]:
    def crowd(number: int, host: str) -> list[Webhook]:
        """More people with a message in a chat of that host."""
        hooks = []
        for n in range(number):
            member = MembershipFactory.create(organisation=cast.tidewater)
            hooks.append(reached_by_chat(member, room.address(f"/{host}/{n}")))
            milestone_of(member, cast)
        Webhook.objects.filter(pk__in=[one.pk for one in hooks]).update(host=host)
        plan(NOW)
        return hooks

    return crowd


def test_deliver_leaves_a_failing_host_alone_and_serves_the_others(
    crowd: Callable[[int, str], list[Webhook]], room: Chatroom
) -> None:
    crowd(6, "down")
    room.replies = {f"/down/{n}": 503 for n in range(6)}
    assert at(NOW) == 1
    assert sum(path.startswith("/down/") for path in room.paths) == 3
    rows = Delivery.objects.filter(webhook__host="down")
    assert sorted(rows.values_list("attempts", flat=True)) == [0, 0, 0, 1, 1, 1]
    assert set(rows.values_list("state", flat=True)) == {"pending"}
    assert Host.objects.get(pk="chat down").failures == 3
    late = NOW + MINUTE * 1.3
    assert (at(late), len(room.paths)) == (0, 5)
    room.replies = {}
    assert at(late + MINUTE * 2.6) == 6


def test_deliver_posts_one_a_second_to_an_address(
    hook: Webhook, room: Chatroom, cast: Cast
) -> None:
    first = Milestone.objects.get()
    for name in ("Third meeting", "Fourth meeting"):
        first.pk, first.name = None, name
        first.save()
    plan(NOW)
    assert [at(NOW), at(NOW), at(NOW + SECOND)] == [1, 0, 1]
    assert at(NOW + SECOND * 2) == 1
    assert len(room.posts) == 3


def test_deliver_keeps_to_the_rate_of_a_host(
    crowd: Callable[[int, str], list[Webhook]], room: Chatroom, settings: Settings
) -> None:
    settings.CHATS_A_SECOND_AND_HOST = 2.0
    crowd(4, "busy")
    assert at(NOW) == 3, "two there, and Ines elsewhere"
    assert at(NOW + SECOND) == 2


def test_drain_ends_in_time_and_keeps_no_chat_waiting_for_a_slow_mail_server(
    hook: Webhook,
    room: Chatroom,
    cast: Cast,
    box: Postbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each mail takes 15 seconds: turns of 10, 40 in all. What is left is untouched."""
    for _ in range(5):
        milestone_of(MembershipFactory.create(organisation=cast.tidewater), cast)
    plan(NOW)
    clock, mails_before_chat = [NOW], []
    send, post = mail.send, webhooks.post

    def slowly(**message: Any) -> None:
        clock[0] += 15 * SECOND
        send(**message)

    def at_once(*words: Any) -> None:
        mails_before_chat.append(len(box.mails))
        post(*words)

    monkeypatch.setattr(mail, "send", slowly)
    monkeypatch.setattr(webhooks, "post", at_once)
    assert drain(lambda: clock[0]) == 4
    assert clock == [NOW + 45 * SECOND]
    assert (len(box.mails), mails_before_chat) == (3, [1])
    left = Delivery.objects.filter(channel="email", state="pending")
    assert set(left.values_list("attempts", "error", "leased_until", "not_before")) == {
        (0, "", None, NOW)
    }
    assert left.count() == 2
    assert drain(lambda: clock[0]) == 2


def test_drain_waits_for_its_turn(
    hook: Webhook, room: Chatroom, milestone: Milestone
) -> None:
    Milestone.objects.update(name="Meeting")
    milestone.pk = None
    milestone.save()
    plan(NOW)
    clock = [NOW]

    def wait(seconds: float) -> None:
        clock[0] += timedelta(seconds=seconds)

    assert drain(lambda: clock[0], wait) == 2
    assert clock == [NOW + SECOND]


def test_program_s_channel_gets_what_its_lead_gets(
    milestone: Milestone,
    cast: Cast,
    room: Chatroom,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kinds, "_kinds", {KIND.name: replace(KIND, for_staff=True)})
    Webhook.objects.create(
        organisation=cast.tidewater,
        member=cast.ines,
        program_id=cast.program.pk,
        service=Webhook.Service.SLACK,
        sealed=seal(room.address("/program")),
        host="127.0.0.1",
        made_at=timezone.now(),
    )
    plan(NOW)
    Delivery.objects.filter(channel="email").delete()
    assert (at(NOW), room.paths) == (1, ["/program"])
