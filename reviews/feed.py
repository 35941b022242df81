"""Planned sessions as entries of a calendar."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.http import absolute_url
from preceptor.notifications.calendars import Entry
from reviews.models import ReviewSession

KEPT = timedelta(days=366)
"""For how long a session that was planned stays in the calendar."""


def entries_of_sessions(member: Membership, now: datetime) -> Iterator[Entry]:
    """Those that they take part in, by the other's name: a title is the pair's text."""
    rows = ReviewSession.objects.of(member).filter(
        organisation=member.organisation_id, planned_at__gte=now - KEPT
    )
    people = rows.select_related("mentor__user", "junior__user").order_by("pk")
    for session in people.only(*COLUMNS):
        yield _entry(session, member)


COLUMNS = (
    "organisation",
    "planned_at",
    "planned_minutes",
    "sequence",
    "arranged_at",
    "cancelled_at",
    "opened_at",
    "mentor__called",
    "mentor__user__full_name",
    "junior__called",
    "junior__user__full_name",
)


def _entry(session: ReviewSession, reader: Membership) -> Entry:
    other = session.other_than(reader).full_name
    known_at = session.arranged_at or session.opened_at
    return Entry(
        # An invitation by mail has an identity of its own, so that neither calendar
        # takes the other's entry for its own.
        uid=f"planned-{session.pk}.{session.organisation_id}",
        summary=_("Review session with %(name)s") % {"name": other},
        link=absolute_url(reader.organisation.slug, "reviews:session", session.pk),
        starts=session.starts_at,
        minutes=session.planned_minutes or 60,
        changed_at=max(known_at, session.cancelled_at or known_at),
        sequence=session.sequence,
        state="CANCELLED" if session.cancelled_at else "CONFIRMED",
    )
