"""What may not go any more, though it was on its way or had failed by then."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from preceptor.notifications.kinds import kind_of
from preceptor.notifications.models import (
    Delivery,
    KindPreference,
    Preferences,
    ProgramMessages,
    Timing,
    Webhook,
)


@dataclass(frozen=True, slots=True)
class _Ways:
    """By which somebody is reached. Who never chose reads mail."""

    by_email: bool = True
    by_chat: bool = False


def resting(rows: Collection[Delivery]) -> set[int]:
    """The ids of those of a program that rests, or that their recipients turned off.

    In three queries: a kind, or the way by which it was to come. As the planner has it,
    what nobody can turn off comes by mail to who wants neither mail nor chat, and what
    carries an entry for a calendar comes by mail to all.
    """
    paused = set(
        ProgramMessages.objects.filter(
            program_id__in={row.program_id for row in rows if row.program_id}
        ).values_list("program_id", flat=True)
    )
    members = {row.recipient_id for row in rows}
    off = set(
        KindPreference.objects.filter(
            member__in=members, timing=Timing.OFF
        ).values_list("member_id", "kind")
    )
    ways = _ways_of(members)
    return {
        row.pk
        for row in rows
        if row.program_id in paused
        or ((row.recipient_id, row.kind) in off and _may_be_off(row))
        or not _is_wanted_by(row, ways.get(row.recipient_id, _Ways()))
    }


def _ways_of(members: Collection[int]) -> Mapping[int, _Ways]:
    chats = Webhook.objects.filter(member=OuterRef("member"), program_id=None)
    rows = Preferences.objects.filter(member__in=members)
    return {
        member: _Ways(by_email, by_chat and has_chat)
        for member, by_email, by_chat, has_chat in rows.values_list(
            "member_id", "by_email", "by_chat", Exists(chats)
        )
    }


def _may_be_off(row: Delivery) -> bool:
    """A program's channel hears also of what its lead does not want for themselves."""
    return row.channel != Delivery.Channel.PROGRAM and not _is_required(row)


def _is_wanted_by(row: Delivery, ways: _Ways) -> bool:
    if row.channel == Delivery.Channel.CHAT:
        return ways.by_chat
    if row.channel != Delivery.Channel.EMAIL or ways.by_email:
        return True
    kind = kind_of(row)
    has_calendar = kind is not None and kind.has_calendar
    return has_calendar or (_is_required(row) and not ways.by_chat)


def _is_required(row: Delivery) -> bool:
    kind = kind_of(row)
    return kind is not None and bool(kind.required)
