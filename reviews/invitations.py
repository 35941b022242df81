"""A planned session as its calendar file."""

from collections.abc import Iterable
from datetime import datetime
from email.utils import parseaddr
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.http import absolute_url
from reviews.calendars import Meeting, Person, Slot, invitation
from reviews.models import ReviewSession


def sittings_of(session: ReviewSession) -> list[ReviewSession]:
    """It alone, or all of its series in order."""
    return list(ReviewSession.objects.series_of(session).order_by("planned_at"))


def invitation_to(
    session: ReviewSession, rows: Iterable[ReviewSession], now: datetime
) -> bytes:
    """The whole of its series, whose `rows` are given, as it stands now."""
    return invitation(_meeting(session, rows), now)


def _meeting(session: ReviewSession, rows: Iterable[ReviewSession]) -> Meeting:
    slots = [_slot(row) for row in rows]
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    host = urlsplit(settings.BASE_URL).hostname
    mark = session.series or f"session-{session.pk}"
    organisation = session.organisation
    return Meeting(
        uid=f"{mark}.{organisation.pk}@{host}",
        sequence=session.sequence,
        summary=_("Review session: %(junior)s and %(mentor)s")
        % {"junior": session.junior.full_name, "mentor": session.mentor.full_name},
        link=absolute_url(organisation.slug, "reviews:session", session.pk),
        organizer=Person(name or "Preceptor", address),
        attendees=(_person(session.junior), _person(session.mentor)),
        zone=ZoneInfo(organisation.time_zone),
        slots=slots,
        is_series=session.series is not None,
    )


def _slot(row: ReviewSession) -> Slot:
    return Slot(
        starts_at=row.starts_at,
        slot_at=row.slot_at or row.starts_at,
        minutes=row.planned_minutes or 60,
        is_cancelled=row.cancelled_at is not None,
    )


def _person(member: Membership) -> Person:
    return Person(member.full_name, member.user.email)
