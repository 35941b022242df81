"""A blind pass that is waited for, and a reveal that is ready."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Case, F, QuerySet, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pairings.models import Pairing, Program
from pairings.reminders.subjects import both_here
from preceptor.http import absolute_url
from preceptor.notifications.kinds import Kind, Message, Morning
from preceptor.notifications.letters import at_time, letter, on_day, read_at
from preceptor.notifications.models import Delivery
from preceptor.notifications.queries import (
    DaysOn,
    LocalDay,
    Rows,
    all_of,
    reminder,
    zone_of,
)
from reviews.models import BlindPass, ReviewSession
from reviews.reminders.subjects import passes_of, sessions, size_of
from reviews.reminders.words import NAME, of_the_pair

WAITING, READY = "pass-waiting", "reveal-ready"
SIDES = (("junior", "mentor"), ("mentor", "junior"))


def waiting_due(now: datetime) -> Rows:
    """Who has not locked: the next morning, after the other has, and at the last.

    `KIND:ID:STEP`: a session is opened once. Of steps of the same morning the first by
    name stands, which `read` never is.
    """
    zone = zone_of("reviewer")
    opened_on = LocalDay(zone, F("session__opened_at"))
    days = F("session__pairing__program__pass_timeout_days")
    found = _being_read(locked_at=None)
    alone = _being_read(locked_at=None, session__passes__locked_at__isnull=False)
    locked_on = LocalDay(zone, F("session__passes__locked_at"))
    return all_of(
        _rows(found, WAITING, "read", Morning(zone, DaysOn(opened_on, 1))),
        _rows(alone, WAITING, "other-locked", Morning(zone, DaysOn(locked_on, 1))),
        _rows(found, WAITING, "last", Morning(zone, DaysOn(opened_on, days))),
    )


def ready_due(now: datetime) -> Rows:
    """Both have locked: at once to who waited, the next morning to who locked last."""
    return all_of(*(_ready(*sides) for sides in SIDES))


def _ready(side: str, other: str) -> Rows:
    found = _being_read(
        side=side,
        locked_at__isnull=False,
        session__passes__side=other,
        session__passes__locked_at__isnull=False,
    )
    others_at = F("session__passes__locked_at")
    zone = zone_of("reviewer")
    morning = Morning(zone, DaysOn(LocalDay(zone, F("locked_at")), 1))
    waited = When(locked_at__lt=others_at, then=others_at)
    return _rows(found, READY, "ready", Case(waited, default=morning))


def _being_read(**which: Any) -> "QuerySet[BlindPass]":
    """Passes of sessions that are not revealed, of pairs that meet."""
    return BlindPass.objects.filter(
        both_here("session__pairing"),
        session__state=ReviewSession.State.READING,
        session__pairing__state=Pairing.State.ACTIVE,
        session__pairing__program__state=Program.State.RUNNING,
        **which,
    )


def _rows(
    found: "QuerySet[BlindPass]", kind: str, step: str, not_before: Case | Morning
) -> Rows:
    rows: Rows = found.values(
        "organisation_id",
        program_id=F("session__pairing__program"),
        **reminder(
            kind, step, recipient="reviewer", subject="session", not_before=not_before
        ),
    )
    return rows


def ask(delivery: Delivery, session: ReviewSession) -> Message:
    """Whose pass waits, over how much, and whether the other has locked."""
    _own, other = passes_of(session, delivery.recipient)
    words = _words(delivery, session)
    headline = _("Your pass in %(session)s with %(name)s is open") % words
    if other and other.is_locked:
        headline = _("%(name)s has locked %(session)s; your pass is waited for") % words
    return letter(
        headline=headline,
        lines=list(_state(delivery, session)),
        link=absolute_url(delivery.organisation.slug, "reviews:read", session.pk),
        button=_("Read and lock"),
        because=of_the_pair(),
        over=session.pairing.program.name,
        words=words,
    )


def _state(delivery: Delivery, session: ReviewSession) -> Iterator[str]:
    words = {
        "day": on_day(session.opened_at),
        "size": size_of(vars(session)["size"]),
    }
    yield _("Opened on %(day)s: %(size)s.") % words
    now, until = read_at(delivery), session.may_be_released_from
    if session.planned_at and session.planned_at > now:
        yield _("You meet on %(time)s.") % {"time": at_time(session.planned_at)}
    text = _("From %(day)s on it may go on without a pass that has not come.")
    if until <= now:
        text = _("Since %(day)s it may go on without a pass that has not come.")
    yield text % {"day": on_day(until)}


def tell(delivery: Delivery, session: ReviewSession) -> Message:
    """That both have locked, and when; what they found is for the reveal."""
    own, other = passes_of(session, delivery.recipient)
    words = _words(delivery, session)
    locked = _("You locked on %(own)s, %(name)s on %(other)s.")
    times = {
        "own": _time_of(own),
        "other": _time_of(other),
    }
    return letter(
        headline=_("%(session)s with %(name)s can be revealed") % words,
        lines=[
            locked % {**words, **times},
            _("Either of you may reveal; it is best done together."),
        ],
        facts=[(_("Change"), size_of(vars(session)["size"]))],
        link=absolute_url(delivery.organisation.slug, "reviews:session", session.pk),
        button=_("Go and reveal"),
        because=of_the_pair(),
        over=session.pairing.program.name,
        words=words,
    )


def _time_of(one: BlindPass | None) -> str:
    return at_time(one.locked_at) if one and one.locked_at else ""


def _words(delivery: Delivery, session: ReviewSession) -> dict[str, str]:
    name = session.other_than(delivery.recipient).full_name
    return {"name": name, "session": session.code}


PLACEHOLDERS = {**NAME, "session": gettext_lazy("the session’s number")}
PASS_WAITING = Kind(
    name=WAITING,
    label=gettext_lazy("Your pass is waited for"),
    about=gettext_lazy(
        "The morning after a session was opened, after the other has locked, and when "
        "it may go on without you."
    ),
    due=waiting_due,
    subjects=sessions,
    message=ask,
    thread="session",
    urgency=20,
    placeholders=PLACEHOLDERS,
)
REVEAL_READY = Kind(
    name=READY,
    label=gettext_lazy("Ready to reveal"),
    about=gettext_lazy("When both have locked and nobody has revealed."),
    due=ready_due,
    subjects=sessions,
    message=tell,
    thread="session",
    urgency=15,
    placeholders=PLACEHOLDERS,
)
