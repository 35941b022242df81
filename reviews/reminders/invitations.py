"""The invitation to a planned session or series, for the calendars of both."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pairings.models import Program
from pairings.reminders.subjects import both_here
from preceptor.http import absolute_url
from preceptor.notifications.kinds import Kind, Message
from preceptor.notifications.letters import at_time, on_day
from preceptor.notifications.models import Delivery
from preceptor.notifications.queries import Rows, all_of, reminder
from reviews.invitations import invitation_to
from reviews.models import ReviewSession, ReviewSessionQuerySet

INVITED = "session-invitation"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A session, or the first of a series, with all its sittings in order.

    `told` are recipient and occurrence of the invitations that left for calendars.
    """

    session: ReviewSession
    rows: list[ReviewSession]
    told: set[tuple[int, str]]

    def was_sent(self, delivery: Delivery) -> bool:
        """Whether its recipient has had another one of the same."""
        return any(
            recipient == delivery.recipient_id and occurrence != delivery.occurrence
            for recipient, occurrence in self.told
        )


def due(now: datetime) -> Rows:
    """What is planned, moved or cancelled and lies ahead, to both of the pair.

    One row speaks for a whole series: its first. A cancellation is sent to who was
    invited before, also once the program has closed over it.
    """
    series = ReviewSession.objects.filter(series=OuterRef("series"))
    alone, ahead = Q(series=None), Q(planned_at__gt=now)
    rows = ReviewSession.objects.filter(
        alone & ahead | Exists(series.filter(ahead)),
        ~Exists(series.filter(pk__lt=OuterRef("pk"))),
        planned_at__isnull=False,
        arranged_at__isnull=False,
    )
    stands = alone & Q(cancelled_at=None) | Exists(
        series.filter(ahead, cancelled_at=None)
    )
    running = stands & Q(pairing__program__state=Program.State.RUNNING)
    running &= both_here("pairing")
    return all_of(
        *(
            _rows(rows.filter(running | ~stands & _was_sent(side)), side)
            for side in ("junior", "mentor")
        )
    )


def _was_sent(side: str) -> Exists:
    sent = _sent().filter(recipient=OuterRef(side), subject=OuterRef("pk"))
    return Exists(sent)


def _sent() -> "QuerySet[Delivery]":
    """What left for a calendar: the inbox alone is none."""
    return Delivery.objects.carriers().filter(kind=INVITED, sent_at__isnull=False)


def _rows(sessions: ReviewSessionQuerySet, recipient: str) -> Rows:
    """`KIND:ID:SEQUENCE:arranged`: what was arranged anew is told anew."""
    found: Rows = sessions.values(
        "organisation_id",
        program_id=F("pairing__program"),
        **reminder(
            INVITED,
            "arranged",
            "sequence",
            recipient=recipient,
            not_before=F("arranged_at"),
        ),
    )
    return found


def subjects(ids: Collection[int]) -> Mapping[int, Invitation]:
    """In three queries: who is meant, their series, and what went out."""
    people = ReviewSession.objects.with_people().select_related("organisation")
    firsts = people.in_bulk(list(ids))
    of_series = people.filter(
        series__in={one.series for one in firsts.values() if one.series}
    ).order_by("series", "planned_at")
    series = {
        mark: list(rows) for mark, rows in groupby(of_series, lambda row: row.series)
    }
    told: dict[int, set[tuple[int, str]]] = {pk: set() for pk in firsts}
    sent = _sent().filter(subject__in=firsts)
    for row in sent.only("subject", "recipient", "occurrence"):
        told[row.subject].add((row.recipient_id, row.occurrence))
    return {
        pk: Invitation(one, series[one.series] if one.series else [one], told[pk])
        for pk, one in firsts.items()
    }


def message(delivery: Delivery, invitation: Invitation) -> Message:
    """The invitation, the new time, or that it is cancelled, with the calendar file."""
    now, session = timezone.now(), invitation.session
    standing = [row for row in invitation.rows if row.cancelled_at is None]
    coming = [row for row in standing if row.starts_at > now]
    first = (coming or [session])[0]
    words = {"name": first.other_than(delivery.recipient).full_name}
    words["day"] = at_time(first.starts_at)
    if not coming:
        headline = _("Cancelled: session with %(name)s on %(day)s") % words
    elif invitation.was_sent(delivery):
        headline = _("Changed: session with %(name)s, next on %(day)s") % words
    else:
        headline = _("Session with %(name)s on %(day)s") % words
    return Message(
        subject=headline,
        template="session_invitation",
        link=absolute_url(delivery.organisation.slug, "reviews:session", first.pk),
        button=_("Look at the session"),
        context={
            "headline": headline,
            "coming": coming,
            "next": coming[0] if coming else None,
            "is_series": session.series is not None,
        },
        detail=_detail(coming),
        words=words,
        calendar=invitation_to(session, invitation.rows, now),
    )


def _detail(coming: Sequence[ReviewSession]) -> str:
    """When, how long and by whom; how many follow in a series."""
    if not coming:
        return _("Nothing more is to be done.")
    first, *others = coming
    words = {"n": first.planned_minutes, "name": first.led_by_whom.full_name}
    said = [_("%(n)s minutes; %(name)s leads.") % words]
    if others:
        text = ngettext(
            "%(n)s more follows, the last on %(day)s.",
            "%(n)s more follow, the last on %(day)s.",
            len(others),
        )
        said.append(text % {"n": len(others), "day": on_day(others[-1].starts_at)})
    return " ".join(said)


INVITATION = Kind(
    name=INVITED,
    label=gettext_lazy("Invitation to a session"),
    about=gettext_lazy("When a session is planned, moved or cancelled, for calendars."),
    due=due,
    subjects=subjects,
    message=message,
    thread="session",
    is_record=True,
    urgency=10,
    required=gettext_lazy(
        "Your calendar holds what it was sent: a new time has to reach it."
    ),
    is_immediate=True,
    has_calendar=True,
    placeholders={
        "name": gettext_lazy("the other of the pair"),
        "day": gettext_lazy("day and hour"),
    },
)
