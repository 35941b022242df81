"""The chat of a member's own, to which their messages are posted."""

from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.http import Conflict, absolute_url
from preceptor.notifications import webhooks
from preceptor.notifications.actions.preferences import plan_anew
from preceptor.notifications.chats import Line, Post, payload
from preceptor.notifications.models import Preferences, Webhook
from preceptor.notifications.outbox import wait_for_planner

BETWEEN_TESTS = 10
"""Seconds between two test messages of one person: each may take that long."""


@transaction.atomic
def connect_chat(
    *, actor: Membership, service: str, address: str, now: datetime
) -> Webhook:
    """Messages go there from now on; an earlier address of theirs is forgotten."""
    wait_for_planner()  # It refers to the row that is locked here.
    mine: dict[str, Any] = {"organisation_id": actor.organisation_id, "member": actor}
    found, _made = Webhook.objects.update_or_create(
        **mine,
        program_id=None,
        defaults={
            "service": service,
            "sealed": webhooks.seal(address),
            "host": webhooks.address_of(address).host,
            "made_at": now,
        },
    )
    Preferences.objects.update_or_create(**mine, defaults={"by_chat": True})
    plan_anew(member=actor, now=now)
    return found


@transaction.atomic
def remove_chat(*, actor: Membership, now: datetime) -> None:
    """The address is forgotten, and what waits for it goes the other ways."""
    plan_anew(member=actor, now=now)
    Webhook.objects.own(actor).delete()
    Preferences.objects.filter(member=actor).update(by_chat=False)


def try_chat(*, actor: Membership, chat: Webhook) -> None:
    """Posts a message that says that it works, at once.

    Raises what `webhooks.post` raises, and `Conflict` for one right after another.
    """
    if not cache.add(f"chat-test:{actor.pk}", 1, BETWEEN_TESTS):
        raise Conflict(_("A test went out a moment ago. Wait ten seconds."))
    line = Line(
        headline=_("This is where your messages from Preceptor will come."),
        link=absolute_url(actor.organisation.slug, "messages:preferences"),
        button=_("When and where they come"),
    )
    post = Post(heading=_("It works"), lines=[line])
    address = webhooks.address_of(webhooks.unseal(chat.sealed))
    webhooks.post(address, payload(chat.service, post))
