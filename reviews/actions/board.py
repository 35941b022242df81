from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from preceptor.accounts.models import Membership
from reviews.actions.passes import made_of_form
from reviews.actions.rows import announce, locked_session
from reviews.models import Finding, Lesson, ReviewSession

REVEALED = ReviewSession.State.REVEALED


def add_late(
    *,
    actor: Membership,
    session: ReviewSession,
    key: UUID | None,
    words: Mapping[str, Any],
) -> Finding:
    """What somebody sees only now, after the reveal: seen by neither before.

    `key` is that of the form, which makes one finding however often it is sent.
    """
    with transaction.atomic():
        row = locked_session(session, REVEALED)
        finding = made_of_form(
            actor=actor, session=row, blind_pass=None, key=key, words=words
        )
        announce(row)
        return finding


def add_lesson(
    *, actor: Membership, session: ReviewSession, text: str, now: datetime
) -> None:
    """The same words of the same author are one lesson.

    Taken from a closed session too: the other may close while this one is written.
    """
    with transaction.atomic():
        row = locked_session(session, REVEALED, ReviewSession.State.CLOSED)
        Lesson.objects.get_or_create(
            organisation_id=row.organisation_id,
            session=row,
            author=actor,
            text=text,
            defaults={"created_at": now},
        )
        announce(row)


def remove_lesson(*, session: ReviewSession, lesson: Lesson) -> None:
    with transaction.atomic():
        row = locked_session(session, REVEALED)
        lesson.delete()
        announce(row)
