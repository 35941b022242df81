"""The two ways out of the house: mail on one connection, and chats by their addresses.

A lane claims what may go now, by the gates of the hosts that it leads to, and sends.
"""

import logging
from collections.abc import Collection
from datetime import datetime
from smtplib import SMTPException, SMTPResponseException, SMTPServerDisconnected
from typing import Protocol

from django.conf import settings
from django.core.mail import get_connection
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation

from preceptor import mail
from preceptor.http import absolute_url
from preceptor.notifications import chats, webhooks
from preceptor.notifications.chats import Line, Post
from preceptor.notifications.delivering import claims
from preceptor.notifications.delivering.gates import Gate, State
from preceptor.notifications.delivering.headers import headers_of
from preceptor.notifications.delivering.parcels import Parcel
from preceptor.notifications.kinds import Message, kind_of
from preceptor.notifications.models import Delivery
from preceptor.outward import NotAllowed

BATCH, CHATS = 250, 20

logger = logging.getLogger(__name__)


class ServerIsAway(Exception):
    """The mail server takes no connection: no message is at fault."""


class Lane(Protocol):
    waits: bool
    """Whether something was left because of a rate."""

    def claim(self, now: datetime) -> list[Delivery]: ...
    def gate(self, delivery: Delivery) -> Gate: ...
    def open(self) -> None: ...
    def send(self, delivery: Delivery, parcel: Parcel) -> None: ...
    def is_host_at_fault(self, error: Exception) -> bool: ...
    def stop(self, gate: Gate) -> None: ...
    def close(self) -> None: ...


class MailLane:
    """One mail server, one connection for as long as it holds."""

    def __init__(self) -> None:
        self.waits = False
        self._gate = Gate(f"email {settings.EMAIL_HOST}", settings.MAILS_A_SECOND)
        self._is_stopped = False
        self._connection = get_connection()

    def claim(self, now: datetime) -> list[Delivery]:
        self.waits, which = False, Q(channel=Delivery.Channel.EMAIL)
        if self._is_stopped or self._gate.look(now) is State.OPEN:
            return []
        if self._gate.state is State.PROBE:
            return claims.claim_probe(now, which)
        number = self._gate.admits(now, BATCH)
        if not number:
            self.waits = Delivery.objects.claimable(now).filter(which).exists()
            return []
        return claims.claim(now, which, number) or claims.claim_left(now, which)

    def gate(self, delivery: Delivery) -> Gate:
        return self._gate

    def stop(self, gate: Gate) -> None:
        self._is_stopped = True

    def open(self) -> None:
        """Connects unless connected. Raises ServerIsAway."""
        try:
            self._connection.open()
        except (OSError, SMTPException) as error:
            raise ServerIsAway(str(error)) from error

    def send(self, delivery: Delivery, parcel: Parcel) -> None:
        """Raises what the mail backend raises, and is connected anew after it."""
        try:
            self._send(delivery, parcel)
        except Exception:
            self.close()
            raise

    def _send(self, delivery: Delivery, parcel: Parcel) -> None:
        kind, message = kind_of(delivery), parcel.message
        person = delivery.recipient.user
        with translation.override(person.locale), timezone.override(person.time_zone):
            mail.send(
                to=person.email,
                subject=message.subject,
                template=message.template,
                context={**_surroundings(delivery, message), **message.context},
                headers=headers_of(delivery, kind),
                calendar=message.calendar,
                connection=self._connection,
            )

    def is_host_at_fault(self, error: Exception) -> bool:
        """Whether the server, not the mail, is why; a refusal is about the mail."""
        if isinstance(error, SMTPResponseException):
            return error.smtp_code == 421
        is_of_smtp = isinstance(error, SMTPException)
        return isinstance(error, SMTPServerDisconnected) or (
            isinstance(error, OSError) and not is_of_smtp
        )

    def close(self) -> None:
        """Whatever state it is in; the next `open` connects anew."""
        try:
            self._connection.close()
        except (OSError, SMTPException) as error:
            logger.info("The mail server did not say goodbye: %s", error)


class ChatLane:
    """The hosts of all chats; of one address one message at a time."""

    def __init__(self) -> None:
        self.waits = False
        self._gates: dict[str, Gate] = {}
        self._stopped: set[str] = set()

    def claim(self, now: datetime) -> list[Delivery]:
        """The oldest of each address whose host is well and whose turn it is.

        Where these have to wait for the hours of their readers, the next ones.
        """
        self.waits, tried = False, set[int]()
        while ids := self._next(now, tried):
            which = Q(pk__in=ids)
            rows = claims.claim(now, which, CHATS) or claims.claim_left(now, which)
            if rows:
                return rows
            tried |= set(ids)
        return []

    def _next(self, now: datetime, tried: Collection[int]) -> list[int]:
        channels = [Delivery.Channel.CHAT, Delivery.Channel.PROGRAM]
        rows = Delivery.objects.claimable(now).filter(channel__in=channels)
        first = rows.exclude(pk__in=tried).order_by(
            "webhook", "attempts", "not_before", "id"
        )
        found = first.distinct("webhook").values_list("pk", "webhook", "webhook__host")
        states: dict[str, State] = {}
        ids: list[int] = []
        for pk, webhook, host in found:
            if len(ids) < CHATS and self._may_go(webhook, host or "", states, now):
                ids.append(pk)
        return ids

    def _may_go(
        self, webhook: int | None, host: str, states: dict[str, State], now: datetime
    ) -> bool:
        """Looks at a host once; of one that is being tried, one message goes."""
        if webhook is None:
            return True  # its address was taken away: nothing is sent for it
        gate = self._gate_of(host)
        if gate.name in self._stopped:
            return False
        state = states.get(host) or gate.look(now)
        if state is State.OPEN:
            states[host] = state
            return False
        states[host] = State.OPEN if state is State.PROBE else state
        of_address = Gate(f"webhook {webhook}", settings.CHATS_A_SECOND)
        is_admitted = bool(gate.admits(now, 1) and of_address.admits(now, 1))
        self.waits |= not is_admitted
        return is_admitted

    def gate(self, delivery: Delivery) -> Gate:
        return self._gate_of(delivery.webhook.host if delivery.webhook else "")

    def _gate_of(self, host: str) -> Gate:
        rate = settings.CHATS_A_SECOND_AND_HOST
        return self._gates.setdefault(host, Gate(f"chat {host}", rate))

    def stop(self, gate: Gate) -> None:
        self._stopped.add(gate.name)

    def open(self) -> None:
        """Each message has a connection of its own."""

    def send(self, delivery: Delivery, parcel: Parcel) -> None:
        """Raises NotAllowed, HostIsAway or Declined."""
        hook = delivery.webhook
        if hook is None:
            raise NotAllowed("The address was taken away")
        address = webhooks.address_of(webhooks.unseal(hook.sealed))
        messages = parcel.messages or [parcel.message]
        post = Post(parcel.message.subject, [_line(one) for one in messages])
        webhooks.post(address, chats.payload(hook.service, post))

    def is_host_at_fault(self, error: Exception) -> bool:
        return isinstance(error, webhooks.HostIsAway)

    def close(self) -> None:
        """Nothing is held open."""


def _surroundings(delivery: Delivery, message: Message) -> dict[str, object]:
    """What every mail's template has; a kind's own context may say otherwise."""
    kind, slug = kind_of(delivery), delivery.organisation.slug
    context = {
        "recipient": delivery.recipient,
        "organisation": delivery.organisation,
        "link": message.link,
        "button": message.button,
        "opening": message.opening,
        "preferences_link": absolute_url(slug, "messages:preferences"),
        "privacy_link": f"{settings.BASE_URL}{reverse('privacy')}",
    }
    if kind is not None:
        context["required"] = kind.required
        context["reminder_link"] = absolute_url(slug, "messages:reminder", delivery.pk)
    return context


def _line(message: Message) -> Line:
    return Line(
        message.subject, message.link, message.button, message.detail, message.opening
    )
