"""What one row is to say: a reminder, or a digest with what was held for it."""

import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preceptor.http import absolute_url
from preceptor.notifications.delivering import claims
from preceptor.notifications.kinds import Message
from preceptor.notifications.models import Delivery
from preceptor.notifications.reading import Reader, read

STANDS_FOR = timedelta(seconds=3)
"""How old the answer may be to whether a reminder stands."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes out for a row, and what a digest takes along."""

    message: Message
    items: list[Delivery] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


class Parcels:
    """What some claimed rows say, asked once for all and again when that is old."""

    def __init__(self) -> None:
        self._asked_at: datetime | None = None
        self._reader = Reader()
        self._items: dict[int, list[Delivery]] = {}

    def of(self, rows: list[Delivery], now: datetime) -> Parcel | None:
        """What the first of the rows that are left says; None where it fell away.

        Raises what its kind raises.
        """
        if self._asked_at is None or now - self._asked_at > STANDS_FOR:
            self._ask(rows, now)
        row = rows[0]
        if row.kind == Delivery.DIGEST:
            return self._digest(row, now)
        if not self._reader.may_go(row):
            return None
        return Parcel(self._reader.message(row))

    @property
    def resting(self) -> Collection[int]:
        """The ids of those that the planner may write anew, by what was chosen."""
        return self._reader.resting

    def _ask(self, rows: list[Delivery], now: datetime) -> None:
        digests = [row for row in rows if row.kind == Delivery.DIGEST]
        self._items = {row.pk: [] for row in digests}
        if digests:
            held = Delivery.objects.in_digest(digests)
            people = held.select_related("recipient__user", "organisation")
            for item in people.order_by("urgency", "not_before", "id"):
                self._items[item.digest_id or 0].append(item)
        items = [item for some in self._items.values() for item in some]
        plain = [row for row in rows if row.kind != Delivery.DIGEST]
        self._reader = read([*plain, *items], now)
        self._asked_at = now

    def _digest(self, row: Delivery, now: datetime) -> Parcel | None:
        """Of what still stands; what does not is withdrawn, what fails is put off."""
        items, messages, fallen = [], [], []
        for item in self._items[row.pk]:
            try:
                if not self._reader.may_go(item):
                    fallen.append(item)
                    continue
                messages.append(self._reader.message(item))
                items.append(item)
            except Exception as error:  # one at fault must not hold up the others
                logger.warning("Delivery %d leaves its digest", item.pk, exc_info=True)
                claims.put_off(item, now, error)
        if fallen:
            claims.withdraw_items(row, fallen, now, again=self._reader.resting)
        if not items:
            return None
        return Parcel(_digest_message(row, messages), items, messages)


def _digest_message(row: Delivery, messages: list[Message]) -> Message:
    person, first = row.recipient.user, messages[0]
    more = len(messages) - 1
    with translation.override(person.locale), timezone.override(person.time_zone):
        subject = first.subject
        if more:
            subject = ngettext(
                "%(first)s, and %(number)d more", "%(first)s, and %(number)d more", more
            ) % {"first": first.subject, "number": more}
        return Message(
            subject=subject,
            template="digest",
            link=absolute_url(row.organisation.slug, "messages:inbox"),
            button=_("Look at everything"),
            context={"messages": messages},
        )
