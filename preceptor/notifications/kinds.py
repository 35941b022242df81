"""What is worth a message: kinds of reminders, registered by the composition root."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Func, QuerySet

from preceptor.notifications.models import Delivery


@dataclass(frozen=True, slots=True)
class Message:
    """How a reminder reads: a subject line, and a template under `emails/`.

    The template comes as NAME.html and NAME.txt and gets the context with
    `recipient`, `organisation`, and `link` under the label `button`. It is rendered in
    the recipient's language and time zone. The link is absolute and lands on the
    thing itself. `calendar` is an invitation that goes along (RFC 5546).
    """

    subject: str
    template: str
    link: str
    button: str
    context: Mapping[str, Any] = field(default_factory=dict)
    calendar: bytes | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """One reason to write to somebody, derived from the present state.

    `due(now)` gives the rows that stand at `now`, with the values

    - `organisation_id`;
    - `recipient_id`, the Membership, and only where the app lets that member read
      the subject: this query is asked again before anything is sent, and it alone
      says who may read;
    - `subject`, the id of the row that the reminder is about;
    - `occurrence`, text of at most 120 letters that begins with the kind's name and
      names subject, due date and step, so that a moved date is a new occurrence;
    - `not_before`, from when it may be sent.

    It may look ahead. Of the steps whose time has come for one recipient and subject
    only the latest stands, so an outage is not followed by a pile of mail.
    """

    name: str
    due: Callable[[datetime], "QuerySet[Any, Any]"]
    message: Callable[[Delivery], Message]


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Makes a kind known; one of the same name takes the place of the earlier."""
    _kinds[kind.name] = kind


def registered() -> Iterator[Kind]:
    yield from list(_kinds.values())


def kind_of(delivery: Delivery) -> Kind | None:
    return _kinds.get(delivery.kind)


class Morning(Func):
    """Eight o'clock of a day in a time zone, as a moment: `Morning(zone, day)`."""

    template = "timezone(%(expressions)s + TIME '08:00')"
    output_field = DateTimeField()
