"""A member connects a chat of their own, tries it, and removes it."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from preceptor.accounts.models import Membership
from preceptor.notifications.kinds import Kind
from preceptor.notifications.models import Delivery, Preferences, Webhook
from preceptor.notifications.planner import plan
from preceptor.notifications.webhooks import seal, unseal
from progress.models import Milestone
from tests.cast import Cast
from tests.notifications.chatroom import Chatroom, chatroom

As = Callable[[Membership], Client]
PAGE = "/o/tidewater/messages/chat/"


@pytest.fixture
def room(settings: Settings, cast: Cast) -> Iterator[Chatroom]:
    settings.WEBHOOKS_MAY_BE_LOCAL = True
    cache.delete(f"chat-test:{cast.ines.pk}")
    with chatroom() as room:
        yield room


def text(response: Any) -> str:
    return str(response.content.decode())


def connect(client: Client, address: str, service: str = "slack") -> Any:
    return client.post(PAGE, {"service": service, "address": address})


def test_an_address_is_connected_sealed_and_never_shown(
    cast: Cast, as_: As, room: Chatroom
) -> None:
    client = as_(cast.ines)
    answer = connect(client, room.address())
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    chat = Webhook.objects.get()
    assert (chat.member, chat.program_id, chat.host) == (cast.ines, None, "127.0.0.1")
    assert b"secret" not in bytes(chat.sealed)
    assert unseal(chat.sealed) == room.address()
    assert Preferences.objects.get().by_chat
    page = text(client.get(PAGE))
    assert "Connected: Slack" in page
    assert "secret" not in page
    assert "secret" not in text(client.get("/o/tidewater/messages/preferences/"))
    connect(client, room.address("/hooks/other"), "mattermost")
    again = Webhook.objects.get()
    assert (again.pk, again.service) == (chat.pk, "mattermost")
    assert unseal(again.sealed) == room.address("/hooks/other")


@pytest.mark.parametrize(
    ("service", "address", "said"),
    [
        ("slack", "", "This field is required."),
        ("slack", "hooks.example", "This is no web address."),
        ("slack", "http://hooks.example/x", "The address must begin with https://"),
        ("slack", "https://a:b@hooks.example/x", "Take the name and password out"),
        ("slack", "https://10.0.0.5/x", "10.0.0.5 leads into a private network"),
        ("slack", "https://127.1/x", "Take an address that is reached from the int"),
        ("slack", "https://[fe80::1]:8443/x", "fe80::1 leads into a private network"),
        ("irc", "https://hooks.example/x", "Select a valid choice"),
    ],
)
def test_a_wrong_address_is_refused_and_kept(
    cast: Cast, as_: As, service: str, address: str, said: str
) -> None:
    answer = connect(as_(cast.ines), address, service)
    assert answer.status_code == 422
    assert said in text(answer)
    assert f'value="{address}"' in text(answer) or not address
    assert not Webhook.objects.exists()


def test_a_test_message_is_posted_at_once(cast: Cast, as_: As, room: Chatroom) -> None:
    client = as_(cast.ines)
    connect(client, room.address())
    answer = client.post(f"{PAGE}try/", follow=True)
    assert "Sent. Look into your chat" in text(answer)
    (post,) = room.posts
    assert post["text"] == "It works"
    assert client.post(f"{PAGE}try/").status_code == 409
    assert len(room.posts) == 1


@pytest.mark.parametrize(
    ("reply", "said"),
    [(404, "127.0.0.1 answered 404"), (503, "127.0.0.1 did not answer.")],
)
def test_a_test_message_that_fails_says_why(
    cast: Cast, as_: As, room: Chatroom, reply: int, said: str
) -> None:
    client = as_(cast.ines)
    connect(client, room.address())
    room.reply = reply
    page = text(client.post(f"{PAGE}try/", follow=True))
    assert said in page
    assert "secret" not in re.sub(r"<form.*?</form>", "", page, flags=re.DOTALL)


def test_an_address_inside_is_not_posted_to(
    cast: Cast, as_: As, room: Chatroom, settings: Settings
) -> None:
    """One that was taken while such addresses were."""
    client = as_(cast.ines)
    connect(client, f"https://127.0.0.1:{room.port}/hooks/secret")
    settings.WEBHOOKS_MAY_BE_LOCAL = False
    page = text(client.post(f"{PAGE}try/", follow=True))
    assert "leads into a private network" in page
    assert room.posts == []


def test_it_is_removed_and_what_waits_goes_by_mail(
    cast: Cast, as_: As, milestone: Milestone, kind: Kind[Milestone], room: Chatroom
) -> None:
    Milestone.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    client = as_(cast.ines)
    connect(client, room.address())
    plan(timezone.now())
    carriers = Delivery.objects.carriers().order_by("channel")
    states = carriers.values_list("channel", "state")
    assert list(states) == [("chat", "pending"), ("email", "pending")]
    assert "No more" not in text(client.get(f"{PAGE}remove/"))
    assert client.post(f"{PAGE}remove/")["Location"] == PAGE
    plan(timezone.now())
    assert list(states.all()) == [("chat", "withdrawn"), ("email", "pending")]
    assert not Webhook.objects.exists()
    assert not Preferences.objects.get().by_chat
    assert "Connect a chat" in text(client.get(PAGE))
    assert client.post(f"{PAGE}remove/").status_code == 404


def test_nobody_comes_to_the_chat_of_another(cast: Cast, as_: As) -> None:
    Webhook.objects.create(
        organisation=cast.tidewater,
        member=cast.tomasz,
        service="slack",
        sealed=seal("https://hooks.example/secret"),
        host="hooks.example",
        made_at=timezone.now(),
    )
    client = as_(cast.ines)
    assert "hooks.example" not in text(client.get(PAGE))
    assert client.post(f"{PAGE}try/").status_code == 404
    assert client.post(f"{PAGE}remove/").status_code == 404
    assert Webhook.objects.count() == 1
