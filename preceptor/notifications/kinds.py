"""What is worth a message: kinds of reminders, registered by the composition root."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Final, Generic, TypeVar

from django.db.models import DateTimeField, Func, QuerySet
from django.utils.functional import Promise

from preceptor.accounts.models import Membership
from preceptor.notifications.models import Delivery, Timing

S = TypeVar("S")


class Audience(Enum):
    """What somebody has to be for a kind to come to them."""

    JUNIORS = "juniors"
    MENTORS = "mentors"
    LEADS = "leads"
    OBSERVERS = "observers"
    LINE_MANAGERS = "line managers"
    MANAGERS = "managers"
    OWNERS = "owners"
    MEMBERS = "members"


PAIR: Final = frozenset({Audience.JUNIORS, Audience.MENTORS})
LEADERS: Final = frozenset({Audience.LEADS, Audience.MANAGERS})
"""Managers stand in where nobody besides the pair leads a program."""


@dataclass(frozen=True, slots=True)
class Message:
    """How a reminder reads: a subject line, and a template under `emails/`.

    The template comes as NAME.html and NAME.txt and gets the context with
    `recipient`, `organisation`, and `link` under the label `button`. It is rendered in
    the recipient's language and time zone. The link is absolute and lands on the
    thing itself. `detail` says in a sentence or two how things stand, for where there
    is no room for the template; `words` are the values of the kind's placeholders.
    `opening` is what the program says first, in its own words.
    `calendar` is an invitation that goes along (RFC 5546).
    """

    subject: str
    template: str
    link: str
    button: str
    context: Mapping[str, Any] = field(default_factory=dict)
    detail: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    calendar: bytes | None = None
    opening: str = ""


@dataclass(frozen=True, slots=True)
class Kind(Generic[S]):
    """One reason to write to somebody, derived from the present state.

    `due(now)` gives the rows that stand at `now`, with the values

    - `organisation_id`, and `program_id` or null;
    - `recipient_id`, the Membership, and only where the app lets that member read
      the subject: this query is asked again before anything is sent, and it alone
      says who may read;
    - `subject`, the id of the row that the reminder is about;
    - `occurrence`, `KIND:SUBJECT[:DATE…]:STEP`, at most 100 letters: all before the
      step is the matter, which a moved date makes another;
    - `not_before`, from when it may be sent.

    It may look ahead. Of the steps whose time has come for one recipient and subject
    only the latest stands, so an outage is not followed by a pile of mail.

    `subjects` reads what the reminders are about, by its ids and in a number of queries
    that stays; `message` then asks the database nothing. `thread` names what `subject`
    is an id of: mails of all kinds about one such thing are one conversation.

    The lower its `urgency`, the earlier it goes: 10 is what others wait for today, 90
    what is nice to know. `required` says why nobody can turn it off; empty, they can.
    It comes to its `audience` alone, and so others need not choose when.
    What `is_immediate` goes at once, whatever the hours, if at all. What `has_calendar`
    carries an entry for the reader's calendar, which a chat can't: it goes by mail also
    where mail is off. What is `for_staff` goes to who runs a program, and into its
    channel. What `is_record` has headlines of names, days and states alone, which
    whoever reads the record may read; of others staff are told the label. What is not
    `is_of_program` no program has words of its own for. What never
    `names_program` stands in the log of none.
    """

    name: str
    label: str | Promise
    about: str | Promise
    due: Callable[[datetime], "QuerySet[Any, Any]"]
    subjects: Callable[[Collection[int]], Mapping[int, S]]
    message: Callable[[Delivery, S], Message]
    thread: str
    default: Timing = Timing.AT_ONCE
    urgency: int = 50
    audience: frozenset[Audience] = PAIR
    required: str | Promise = ""
    is_immediate: bool = False
    has_calendar: bool = False
    for_staff: bool = False
    is_record: bool = False
    is_of_program: bool = True
    names_program: bool = True
    placeholders: Mapping[str, str | Promise] = field(default_factory=dict)


_kinds: dict[str, Kind[Any]] = {}


def register(kind: Kind[Any]) -> None:
    """Makes a kind known; one of the same name takes the place of the earlier."""
    _kinds[kind.name] = kind


def registered() -> list[Kind[Any]]:
    """All kinds, the most urgent first."""
    return sorted(_kinds.values(), key=lambda kind: (kind.urgency, kind.name))


def kind_of(delivery: Delivery) -> Kind[Any] | None:
    return _kinds.get(delivery.kind)


Standing = Callable[[Membership], Collection[Audience]]
_standings: list[Standing] = []


def register_standing(standing: Standing) -> None:
    """Makes known who tells what a member is, in one query."""
    _standings.append(standing)


def audiences_of(member: Membership) -> set[Audience]:
    found = {one for standing in _standings for one in standing(member)}
    found.add(Audience.MEMBERS)
    found |= {Audience.MANAGERS} if member.is_manager else set()
    return found | ({Audience.OWNERS} if member.is_owner else set())


class Morning(Func):
    """Eight o'clock of a day in a time zone, as a moment: `Morning(zone, day)`."""

    template = "timezone(%(expressions)s + TIME '08:00')"
    output_field = DateTimeField()
