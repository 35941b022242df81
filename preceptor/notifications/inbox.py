"""What stands in somebody's inbox, as it reads now, to who may read it now."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from preceptor.accounts.models import Membership
from preceptor.notifications.kinds import Kind, Message, kind_of
from preceptor.notifications.models import Delivery, Snooze
from preceptor.notifications.reading import worded, wording_in, wordings_of
from preceptor.notifications.standing import due_to

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Item:
    """A reminder in the inbox. Without `message` its reason is gone by now.

    Then it says no more than which kind it was, and when: whether its reader may still
    read what it was about is nowhere to be asked.
    """

    row: Delivery
    kind: Kind[Any] | None
    message: Message | None = None
    rest: Snooze | None = None

    @property
    def label(self) -> str:
        return str(self.kind.label) if self.kind else self.row.kind

    @property
    def headline(self) -> str:
        return self.message.subject if self.message else self.label

    @property
    def opening(self) -> str:
        return self.message.opening if self.message else ""

    @property
    def detail(self) -> str:
        return self.message.detail if self.message else ""

    @property
    def is_unread(self) -> bool:
        return self.row.read_at is None and self.message is not None

    @property
    def why_not_done(self) -> str:
        """Why it can be put off, but not for good; empty where it can."""
        return str(self.kind.required) if self.kind else ""

    @property
    def path(self) -> str:
        """Where the thing itself is, on this server; empty where it can't be said."""
        if self.message is None:
            return ""
        parts = urlsplit(self.message.link)
        return parts._replace(scheme="", netloc="").geturl()


def items(
    rows: Sequence[Delivery],
    member: Membership,
    now: datetime,
    rests: Iterable[Snooze] = (),
) -> list[Item]:
    """A member's own rows in their order, each as it reads in the language that is on.

    In its program's words, and in a number of queries that grows with the kinds alone.
    """
    for row in rows:
        row.recipient, row.organisation = member, member.organisation
    messages: dict[int, Message] = {}
    by_kind = sorted(rows, key=lambda row: row.kind)
    for _name, group in groupby(by_kind, key=lambda row: row.kind):
        messages |= _messages(list(group), member, now)
    wordings = wordings_of(rows) if messages else {}
    for row in rows:
        if row.pk in messages:
            messages[row.pk] = worded(messages[row.pk], wording_in(wordings, row))
    resting = {rest.matter: rest for rest in rests}
    return [
        Item(row, kind_of(row), messages.get(row.pk), resting.get(row.matter))
        for row in rows
    ]


def _messages(
    rows: list[Delivery], member: Membership, now: datetime
) -> dict[int, Message]:
    """Of one kind, those that may be read. One that fails keeps no other back."""
    kind = kind_of(rows[0])
    readable = kind and due_to(kind, member.pk, [row.subject for row in rows], now)
    if kind is None or not readable:
        return {}
    about = kind.subjects(readable)
    found = {}
    for row in rows:
        if row.subject in about:
            try:
                found[row.pk] = kind.message(row, about[row.subject])
            except Exception:
                logger.exception("Delivery %d can't be shown", row.pk)
    return found
