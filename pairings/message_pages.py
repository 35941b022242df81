"""What the pages of a program's messages list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from pairings.access import messages_of
from pairings.actions.messages import Words
from pairings.foresight import Ahead
from pairings.lists import Filters, page_of
from pairings.models import Program
from pairings.reminders.leads import leads_there
from preceptor.accounts.models import Membership
from preceptor.accounts.people import bring_members
from preceptor.notifications.kinds import Kind, registered
from preceptor.notifications.models import (
    Delivery,
    ProgramMessages,
    Timing,
    Webhook,
    Wording,
)
from preceptor.notifications.names import called, names_of_kinds
from preceptor.notifications.rehearsal import Foreseen
from preceptor.notifications.wording import filled

State, Reason = Delivery.State, Delivery.Reason


@dataclass(frozen=True, slots=True)
class Logged:
    """One line of the log. What failed, itself or in its digest, may go again."""

    row: Delivery
    what: str
    state: str
    why: str
    has_failed: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """What the leads of a program settled about its messages.

    The channel gets what who set it up gets: of who is no lead there, nothing.
    """

    paused: ProgramMessages | None
    channel: Webhook | None
    channel_is_silent: bool
    kinds: Sequence[tuple[Kind[Any], Wording | None]]


def settled_of(program: Program) -> Settled:
    own = {"program_id": program.pk, "organisation_id": program.organisation_id}
    paused = ProgramMessages.objects.filter(**own).first()
    leads = leads_there().filter(program=program, membership=OuterRef("member"))
    channels = Webhook.objects.filter(**own).annotate(is_heard=Exists(leads))
    channel = channels.first()
    words = {row.kind: row for row in Wording.objects.filter(**own)}
    bring_members(
        *([(paused, "paused_by")] if paused else []),
        *([(channel, "member")] if channel else []),
        *((row, "changed_by") for row in words.values()),
    )
    is_silent = channel is not None and not vars(channel)["is_heard"]
    kinds = [(kind, words.get(kind.name)) for kind in of_programs()]
    return Settled(paused, channel, is_silent, kinds)


def of_programs() -> list[Kind[Any]]:
    """The kinds that can be put in other words, by what they are called."""
    rows = [one for one in registered() if one.is_of_program and one.placeholders]
    return sorted(rows, key=lambda kind: str(kind.label).casefold())


def kinds_in_log() -> list[tuple[str, str]]:
    """Name and label of each that the log of a program can list, by its label.

    A digest gathers from several programs and is of none.
    """
    found = [(one.name, str(one.label)) for one in registered() if one.names_program]
    return sorted(found, key=lambda item: item[1].casefold())


def log_of(
    program: Program, filters: Filters
) -> tuple[Page[Delivery], Sequence[Logged]]:
    """A page of the log, the newest first, in a number of queries that stays.

    What stands in an inbox is left out where other channels carry it.
    """
    rows = messages_of(program).select_related("digest")
    carried = Delivery.objects.carriers().filter(
        recipient=OuterRef("recipient"), occurrence=OuterRef("occurrence")
    )
    rows = rows.exclude(
        Exists(carried),
        channel=Delivery.Channel.INBOX,
        state__in=[State.SENT, State.WITHDRAWN],
    )
    if filters.get("kind"):
        rows = rows.filter(kind=filters["kind"])
    if filters.get("state") in State.values:
        rows = rows.filter(state=filters["state"])
    if text := filters.get("q", "").strip():
        people = Membership.objects.filter(organisation=program.organisation_id)
        rows = rows.filter(recipient__in=people.matching(text).values("pk"))
    page = page_of(rows.order_by("-planned_at", "-pk"), filters)
    shown = list(page.object_list)
    bring_members(*((row, "recipient") for row in shown))
    names = names_of_kinds()
    return page, [_logged(row, called(names, row)) for row in shown]


def _logged(row: Delivery, what: str) -> Logged:
    digest = row.digest
    in_digest = digest is not None and digest.state == State.FAILED
    if row.state == State.FAILED:
        return Logged(row, what, row.get_state_display(), row.error, True)
    if digest is not None and in_digest and row.state != State.WITHDRAWN:
        return Logged(row, what, _("Failed in the digest"), digest.error, True)
    why = row.get_reason_display() if row.reason else ""
    return Logged(row, what, row.get_state_display(), why, False)


def sample(kind: Kind[Any], words: Words) -> Words:
    """How own words read, with its meaning in the place of each placeholder."""
    given = {name: f"[{about}]" for name, about in kind.placeholders.items()}
    return Words(filled(words.subject, given), filled(words.opening, given))


def shown_words(stands: Wording) -> dict[str, str]:
    return {"subject": stands.subject, "opening": stands.opening}


@dataclass(frozen=True, slots=True)
class Line:
    """One message ahead: who, what, and by which channels or why by none.

    `at` is None for what goes with the planner's next run.
    """

    at: datetime | None
    recipient: Membership
    what: str
    headline: str
    ways: Sequence[tuple[str, str]]
    why: str
    is_new: bool


def foreseen_in(ahead: Ahead, limit: int | None = None) -> list[Line]:
    """The earliest first."""
    names = names_of_kinds()
    shown = ahead.rehearsed.reminders[:limit]
    return [_line(one, names, ahead.begins) for one in shown]


def _line(one: Foreseen, names: dict[str, str], begins: datetime) -> Line:
    return Line(
        at=one.goes_at if one.goes_at > begins else None,
        recipient=one.row.recipient,
        what=called(names, one.row),
        headline=one.headline,
        ways=[(way.get_channel_display(), _manner(way)) for way in one.carriers],
        why=one.row.get_reason_display() if one.row.reason else "",
        is_new=one.is_new,
    )


def _manner(way: Delivery) -> str:
    """In a digest, and in which; empty where it goes by itself."""
    if way.timing == Timing.AT_ONCE:
        return ""
    return str(Timing(way.timing).label)
