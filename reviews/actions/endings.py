from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from reviews.actions.rows import locked_session
from reviews.models import Lesson, ReviewSession
from reviews.outcomes import safe_at_close

State = ReviewSession.State


def close(
    *,
    actor: Membership,
    session: ReviewSession,
    held_on: date,
    minutes: int,
    next_on: date | None,
    lesson: str,
    now: datetime,
) -> None:
    """The end of a revealed session; closed twice, the first one holds.

    The lesson of the second one is kept all the same.
    """
    with transaction.atomic():
        row = locked_session(session, State.REVEALED, State.CLOSED)
        if row.state == State.REVEALED:
            row.state, row.closed_at = State.CLOSED, now
            row.held_on, row.minutes, row.next_on = held_on, minutes, next_on
            row.was_safe = safe_at_close(row)
            row.version += 1
            row.save()
        _note(row, actor, lesson, now)


def abandon(*, session: ReviewSession, now: datetime) -> None:
    """Ends an open session without a sitting; everything written stays."""
    rows = ReviewSession.objects.filter(pk=session.pk).open()
    if not rows.update(state=State.ABANDONED, closed_at=now, version=F("version") + 1):
        session.refresh_from_db(fields=["state"])
        if session.state != State.ABANDONED:
            raise Conflict(_("The session is closed: it can't be abandoned any more."))


def log_session(
    *,
    actor: Membership,
    pairing: Pairing,
    words: Mapping[str, Any],
    lesson: str,
    now: datetime,
) -> ReviewSession:
    """A sitting that took place elsewhere; the same day and change twice is one."""
    with transaction.atomic():
        Pairing.objects.select_for_update().get(pk=pairing.pk)
        day = datetime.combine(
            words["held_on"], time(12), ZoneInfo(actor.organisation.time_zone)
        )
        session, is_new = ReviewSession.objects.get_or_create(
            organisation_id=pairing.organisation_id,
            pairing=pairing,
            is_logged=True,
            held_on=words["held_on"],
            title=words["title"],
            defaults={
                **words,
                "mentor": pairing.mentor.membership,
                "junior": pairing.junior.membership,
                "state": State.CLOSED,
                "opened_at": min(day, now),
                "closed_at": now,
            },
        )
        if is_new:
            _note(session, actor, lesson, now)
        return session


def _note(
    session: ReviewSession, actor: Membership, lesson: str, now: datetime
) -> None:
    if lesson:
        Lesson.objects.get_or_create(
            organisation_id=session.organisation_id,
            session=session,
            author=actor,
            text=lesson,
            defaults={"created_at": now},
        )
