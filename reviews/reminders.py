"""Mail about planned sessions: the invitation, and that no change has come yet."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    CharField,
    DateField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Concat, Greatest
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from pairings.models import Pairing
from preceptor.http import absolute_url
from preceptor.notifications.kinds import Kind, Message, Morning
from preceptor.notifications.models import Delivery
from reviews.invitations import invitation_to
from reviews.models import ChangeSuggestion, ReviewSession, ReviewSessionQuerySet

INVITED = "session-invitation"
WITHOUT_CHANGE = "session-without-change"
GRACE = timedelta(hours=2)
"""Who planned a session for tomorrow just now has not forgotten its change."""

Rows = QuerySet[Any, dict[str, Any]]


class DayBefore(Func):
    """The day before a moment's, in a zone: `DayBefore(zone, moment)`."""

    template = "(timezone(%(expressions)s)::date - 1)"
    output_field = DateField()


def invitations_due(now: datetime) -> Rows:
    """What is planned, moved or cancelled and lies ahead, to both of the pair.

    One row speaks for a whole series: its first. A cancellation is sent to who was
    invited before.
    """
    series = ReviewSession.objects.filter(series=OuterRef("series"))
    alone, ahead = Q(series=None), Q(planned_at__gt=now)
    rows = ReviewSession.objects.filter(
        alone & ahead | Exists(series.filter(ahead)),
        ~Exists(series.filter(pk__lt=OuterRef("pk"))),
        planned_at__isnull=False,
        arranged_at__isnull=False,
    )
    standing = alone & Q(cancelled_at=None) | Exists(
        series.filter(ahead, cancelled_at=None)
    )
    return _invitations(rows.filter(standing | _was("junior")), "junior").union(
        _invitations(rows.filter(standing | _was("mentor")), "mentor"), all=True
    )


def _was(recipient: str) -> Exists:
    """Whether an invitation went out to somebody before."""
    sent = Delivery.objects.carriers().filter(
        kind=INVITED,
        state=Delivery.State.SENT,
        recipient=OuterRef(recipient),
        subject=OuterRef("pk"),
    )
    return Exists(sent)


def _invitations(rows: ReviewSessionQuerySet, recipient: str) -> Rows:
    key = [Value(f"{INVITED}:"), Cast("pk", CharField()), Value(":")]
    found: QuerySet[Any, Any] = rows.values(
        "organisation_id",
        program_id=F("pairing__program"),
        recipient_id=F(recipient),
        subject=F("pk"),
        occurrence=Concat(*key, Cast("sequence", CharField()), Value(":arranged")),
        not_before=F("arranged_at"),
    )
    return found


def without_change_due(now: datetime) -> Rows:
    """Sessions of tomorrow, or sooner, for which nobody has brought a change."""
    rows = ReviewSession.objects.planned().filter(
        planned_at__gt=now,
        planned_at__lt=now + timedelta(days=3),
        pairing__state=Pairing.State.ACTIVE,
    )
    return _warnings(rows, "junior").union(_warnings(rows, "mentor"), all=True)


def _warnings(rows: ReviewSessionQuerySet, recipient: str) -> Rows:
    zone = F(f"{recipient}__user__time_zone")
    day = DayBefore(zone, F("planned_at"))
    key = [Value(f"{WITHOUT_CHANGE}:"), Cast("pk", CharField()), Value(":")]
    settled_at = ExpressionWrapper(F("arranged_at") + GRACE, DateTimeField())
    found: QuerySet[Any, Any] = rows.values(
        "organisation_id",
        program_id=F("pairing__program"),
        recipient_id=F(recipient),
        subject=F("pk"),
        occurrence=Concat(*key, Cast(day, CharField()), Value(":day-before")),
        not_before=Greatest(Morning(zone, day), settled_at),
    )
    return found


def invite(delivery: Delivery, session: ReviewSession) -> Message:
    """The invitation, the new time, or that it is cancelled, with the calendar file."""
    other = session.other_than(delivery.recipient).full_name
    rows = ReviewSession.objects.series_of(session).filter(cancelled_at=None)
    coming = list(rows.filter(planned_at__gt=timezone.now()).order_by("planned_at"))
    words = {"name": other, "time": _said(coming[0] if coming else session)}
    if not coming:
        headline = _("Cancelled: session with %(name)s on %(time)s") % words
    elif _invited_before(delivery):
        headline = _("Changed: session with %(name)s, next on %(time)s") % words
    else:
        headline = _("Session with %(name)s on %(time)s") % words
    return Message(
        subject=headline,
        template="session_invitation",
        link=absolute_url(
            delivery.organisation.slug, "reviews:session", (coming or [session])[0].pk
        ),
        button=_("Look at the session"),
        context={
            "headline": headline,
            "coming": coming,
            "next": coming[0] if coming else None,
            "is_series": session.series is not None,
        },
        calendar=invitation_to(session, timezone.now()),
    )


def _invited_before(delivery: Delivery) -> bool:
    """Whether its recipient has had a mail about the same session or series."""
    sent = Delivery.objects.carriers().filter(
        kind=INVITED,
        state=Delivery.State.SENT,
        recipient=delivery.recipient_id,
        subject=delivery.subject,
    )
    return sent.exists()


def warn(delivery: Delivery, session: ReviewSession) -> Message:
    """That a session of tomorrow has no change, and what was suggested for it."""
    words = {"name": session.other_than(delivery.recipient).full_name}
    words["time"] = _said(session)
    headline = _("No change yet for the session with %(name)s on %(time)s") % words
    slug = delivery.organisation.slug
    waiting = ChangeSuggestion.objects.filter(pairing=session.pairing_id).waiting()
    return Message(
        subject=headline,
        template="session_without_change",
        link=absolute_url(slug, "reviews:session", session.pk),
        button=_("Bring a change"),
        context={
            "headline": headline,
            "session": session,
            "suggestions": waiting.count(),
        },
    )


def _sessions(ids: Collection[int]) -> dict[int, ReviewSession]:
    rows = ReviewSession.objects.with_people().select_related("organisation")
    return rows.in_bulk(ids)


def _said(session: ReviewSession) -> str:
    return formats.date_format(timezone.localtime(session.planned_at), "l, j F, H:i")


INVITATION = Kind(
    name=INVITED,
    label=_lazy("Invitation to a session"),
    about=_lazy("When a session is planned, moved or cancelled, for your calendar."),
    due=invitations_due,
    subjects=_sessions,
    message=invite,
    urgency=10,
    required=_lazy("The other would wait for you at a time that you never heard of."),
    is_immediate=True,
)
NO_CHANGE = Kind(
    name=WITHOUT_CHANGE,
    label=_lazy("Session without a change"),
    about=_lazy("The day before a session for which nobody has brought a change."),
    due=without_change_due,
    subjects=_sessions,
    message=warn,
    urgency=20,
)
