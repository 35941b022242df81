"""Conversations with an AI: waiting, confirmed, and kept with their session."""

from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership, StagedUpload
from preceptor.http import Conflict
from reviews.actions.rows import announce, blob_of, locked_session
from reviews.models import ReviewSession, Transcript
from reviews.transcripts import Limits, provenance, read

STAGED_TRANSCRIPT = "transcript"


def stage_transcript(
    *, actor: Membership, session: ReviewSession, name: str, body: bytes
) -> StagedUpload:
    """Keeps a conversation until its preview is confirmed."""
    return StagedUpload.objects.create(
        organisation_id=actor.organisation_id,
        owner=actor,
        purpose=STAGED_TRANSCRIPT,
        name=name[:255],
        body=body,
        details={"session": session.pk},
    )


def confirm_transcript(
    *, actor: Membership, session: ReviewSession, staged_pk: int, now: datetime
) -> Transcript:
    """Adds the conversation that the preview showed; confirmed twice, it is one.

    Raises Conflict where the hour of waiting or the session is over.
    """
    with transaction.atomic():
        rows = StagedUpload.objects.select_for_update().fresh(now)
        staged = rows.filter(
            owner=actor,
            purpose=STAGED_TRANSCRIPT,
            details__session=session.pk,
            pk=staged_pk,
        ).first()
        if staged is None:
            return _added_from(session, staged_pk)
        states = ReviewSession.State
        locked_session(session, states.READING, states.REVEALED)
        row = store_transcript(
            session=session,
            body=staged.data,
            name=staged.name,
            now=now,
            staged_as=staged.pk,
        )
        announce(session)
        staged.delete()
        return row


def store_transcript(
    *,
    session: ReviewSession,
    body: bytes,
    name: str,
    now: datetime,
    staged_as: int | None = None,
) -> Transcript:
    """Keeps a conversation that is confirmed; the same one twice in a session is one.

    Raises `TranscriptError` where the bytes are none.
    """
    found = read(body, name, Limits(size=settings.PRECEPTOR_TRANSCRIPT_BYTES))
    row, _created = Transcript.objects.get_or_create(
        organisation_id=session.organisation_id,
        session=session,
        sha256=sha256(body).digest(),
        defaults={
            "blob": blob_of(session.organisation_id, body),
            "name": name[:255],
            "form": found.form.value,
            "tool": found.tool,
            "model": provenance.fitting(found.models),
            "turn_count": len(found.turns),
            "call_count": found.call_count,
            "unknown_count": sum(found.unknown.values()),
            "created_at": now,
            "staged_as": staged_as,
        },
    )
    return row


def _added_from(session: ReviewSession, staged_pk: int) -> Transcript:
    row = session.transcripts.filter(staged_as=staged_pk).first()
    if row is None:
        raise Conflict(
            _("The conversation waited for more than an hour: bring it again.")
        )
    return row
