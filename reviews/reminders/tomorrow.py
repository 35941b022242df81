"""The day before a session: with whom, when, and the size of its change."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pairings.models import Pairing, Program
from pairings.reminders.subjects import both_here
from preceptor.http import absolute_url
from preceptor.notifications.kinds import Kind, Message, Morning
from preceptor.notifications.letters import at_time, letter, on_day
from preceptor.notifications.models import Delivery
from preceptor.notifications.queries import (
    DaysOn,
    LocalDay,
    Rows,
    all_of,
    reminder,
    zone_of,
)
from reviews.models import ReviewSession, ReviewSessionQuerySet
from reviews.reminders.ahead import SOON, ahead, of_planned
from reviews.reminders.subjects import newest_size, passes_of, sessions, size_of
from reviews.reminders.words import NAME_AND_DAY, of_the_pair

TOMORROW = "session-tomorrow"


def due(now: datetime) -> Rows:
    """Sessions of tomorrow, or sooner, whose change is there; and days that were named.

    A day that the pair named for its next session speaks for itself where no hour is
    planned.
    """
    named = (_of_named(_named(now), side, now) for side in ("junior", "mentor"))
    return all_of(of_planned(ahead(now).open(), TOMORROW), *named)


def _named(now: datetime) -> ReviewSessionQuerySet:
    """Last sessions that named about tomorrow, of pairs that have no hour planned."""
    planned = ReviewSession.objects.filter(
        pairing=OuterRef("pairing"), planned_at__gt=now, cancelled_at=None
    )
    return ReviewSession.objects.held().filter(
        ~Exists(planned),
        both_here("pairing"),
        next_on__range=(now.date() - timedelta(days=1), now.date() + SOON),
        held_on=F("pairing__last_met_on"),
        pairing__state=Pairing.State.ACTIVE,
        pairing__program__state=Program.State.RUNNING,
    )


def _of_named(found: ReviewSessionQuerySet, side: str, now: datetime) -> Rows:
    """Until the day is over where they live."""
    zone = zone_of(side)
    found = found.filter(next_on__gte=LocalDay(zone, Value(now)))
    morning = Morning(zone, DaysOn(F("next_on"), -1))
    rows: Rows = found.values(
        "organisation_id",
        program_id=F("pairing__program"),
        **reminder(
            TOMORROW, "day-before", "next_on", recipient=side, not_before=morning
        ),
    )
    return rows


def subjects(ids: Collection[int]) -> Mapping[int, ReviewSession]:
    """With `open_size`, that of the change that the pair has open."""
    states = ReviewSession.State
    size = newest_size(
        session__pairing=OuterRef("pairing"),
        session__state__in=[states.READING, states.REVEALED],
    )
    return sessions(ids, open_size=size)


def message(delivery: Delivery, session: ReviewSession) -> Message:
    """Whom they meet, over how much, and whether they have read it."""
    say = _of_planned_one if session.is_open else _of_named_one
    return say(delivery, session, session.other_than(delivery.recipient).full_name)


def _of_planned_one(delivery: Delivery, session: ReviewSession, name: str) -> Message:
    words = {"name": name, "day": at_time(session.starts_at)}
    return letter(
        headline=_("Session with %(name)s on %(day)s") % words,
        lines=_read_so_far(delivery, session, name),
        facts=[
            (_("Planned for"), _("%(n)s minutes") % {"n": session.planned_minutes}),
            (_("Who leads"), session.led_by_whom.full_name),
        ],
        link=absolute_url(delivery.organisation.slug, "reviews:session", session.pk),
        button=_("Open the session"),
        because=of_the_pair(),
        over=session.pairing.program.name,
        words=words,
    )


def _read_so_far(
    delivery: Delivery, session: ReviewSession, name: str
) -> Sequence[str]:
    size = _("The change to read: %(size)s.") % {"size": size_of(vars(session)["size"])}
    if session.is_revealed:
        return [size, _("It is revealed; what is left is to take it apart.")]
    own, other = passes_of(session, delivery.recipient)
    said = {
        (True, True): _("Both have locked: reveal it together."),
        (True, False): _("You have locked; %(name)s has not yet."),
        (False, True): _("%(name)s has locked; your pass is still open."),
        (False, False): _("Neither of you has locked yet."),
    }
    locked = (bool(own and own.is_locked), bool(other and other.is_locked))
    return [size, said[locked] % {"name": name}]


def _of_named_one(delivery: Delivery, session: ReviewSession, name: str) -> Message:
    """Of a session that is over: the day that it named for the next."""
    words = {"name": name, "day": _said(session.next_on)}
    size = size_of(vars(session)["open_size"])
    change = _("The change that you have open: %(size)s.") % {"size": size}
    if not size:
        change = _("No change is there yet: bring one that an AI wrote this week.")
    named = _("You named the day when you met on %(day)s; no hour is planned.")
    return letter(
        headline=_("Session with %(name)s on %(day)s") % words,
        lines=[named % {"day": _said(session.held_on)}, change],
        link=absolute_url(
            delivery.organisation.slug, "reviews:plan", session.pairing_id
        ),
        button=_("Plan the hour"),
        because=of_the_pair(),
        over=session.pairing.program.name,
        words=words,
    )


def _said(day: date | None) -> str:
    return on_day(day) if day else ""


SESSION_TOMORROW = Kind(
    name=TOMORROW,
    label=gettext_lazy("A session tomorrow"),
    about=gettext_lazy("The day before a session, with the size of its change."),
    due=due,
    subjects=subjects,
    message=message,
    thread="session",
    is_record=True,
    urgency=25,
    placeholders=NAME_AND_DAY,
)
