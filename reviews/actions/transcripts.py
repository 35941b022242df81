"""Conversations with an AI: waiting, confirmed, and kept with their session."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership, StagedUpload
from preceptor.http import Conflict
from reviews.actions.rows import announce, blob_of, drop_unused, locked_session
from reviews.joining import Part
from reviews.models import BlindPass, Blob, ReviewSession, Transcript
from reviews.redaction import scan
from reviews.staging import Bundle, chosen
from reviews.transcripts import Limits, TranscriptError, provenance, read

STAGED_TRANSCRIPT = "transcript"


def stage_transcript(
    *, actor: Membership, session: ReviewSession, name: str, body: bytes
) -> StagedUpload:
    """Keeps a conversation until its preview is confirmed, with what to look at."""
    bundle = Bundle(diff=b"", conversations=(Part(name[:255], body),))
    found = scan(bundle.texts())
    return StagedUpload.objects.create(
        organisation_id=actor.organisation_id,
        owner=actor,
        purpose=STAGED_TRANSCRIPT,
        name=name[:255],
        body=bundle.body,
        details={
            "session": session.pk,
            "layout": bundle.layout(),
            "hits": [hit.as_json() for hit in found.hits],
            "is_whole": found.is_whole,
        },
    )


def confirm_transcript(
    *,
    actor: Membership,
    session: ReviewSession,
    staged_pk: int,
    removing: Sequence[int],
    now: datetime,
) -> Transcript:
    """Adds the conversation that the preview showed; confirmed twice, it is one.

    `removing` are the numbers of the hits to be replaced. Nothing else of the upload
    stays, nor of others that the actor staged for this session. Raises Conflict where
    the hour of waiting or the session is over.
    """
    with transaction.atomic():
        mine = StagedUpload.objects.filter(
            owner=actor, purpose=STAGED_TRANSCRIPT, details__session=session.pk
        )
        staged = mine.fresh(now).select_for_update().filter(pk=staged_pk).first()
        if staged is None:
            return _added_from(session, staged_pk)
        states = ReviewSession.State
        locked_session(session, states.READING, states.REVEALED)
        clean = Bundle.of(staged).without(chosen(staged, removing))
        (part,) = clean.conversations
        row = store_transcript(
            session=session,
            body=part.body,
            name=part.name,
            now=now,
            staged_as=staged.pk,
        )
        announce(session)
        mine.delete()
        return row


def remove_transcript(
    *, actor: Membership, session: ReviewSession, transcript_pk: int
) -> None:
    """Takes a conversation out for both while they read; taken out twice, it is gone.

    Findings on its turns stay, of whichever pass, and are about the change as a whole
    from then on; so are those that are half typed. Its bytes go where nothing else
    holds them. Raises Conflict once the session is revealed or over.
    """
    with transaction.atomic():
        row = locked_session(session, ReviewSession.State.READING)
        # A finding that is being added to a turn waits, or is changed with the others.
        list(BlindPass.objects.select_for_update().filter(session=row))
        talk = row.transcripts.filter(pk=transcript_pk).first()
        if talk is None:
            return
        talk.findings.update(transcript=None, turn=None)
        for draft in row.drafts.filter(words__transcript=str(talk.pk)):
            draft.words |= {"transcript": "", "turn": ""}
            draft.save(update_fields=["words"])
        StagedUpload.objects.filter(
            owner=actor, purpose=STAGED_TRANSCRIPT, details__session=row.pk
        ).delete()
        talk.delete()
        drop_unused(Blob.objects.filter(pk__in=[talk.blob_id]))
        announce(row)


def store_transcript(
    *,
    session: ReviewSession,
    body: bytes,
    name: str,
    now: datetime,
    staged_as: int | None = None,
) -> Transcript:
    """Keeps a conversation that is confirmed; the same one twice in a session is one.

    Raises Conflict where it can't be read any more: what was removed held it together.
    """
    try:
        fields = told(body, name)
    except TranscriptError as error:
        raise Conflict(
            _("With that removed the conversation can't be read. %(reason)s")
            % {"reason": _(error.reason) % error.values}
        ) from error
    row, _created = Transcript.objects.get_or_create(
        organisation_id=session.organisation_id,
        session=session,
        sha256=sha256(body).digest(),
        defaults={
            **fields,
            "blob": blob_of(session.organisation_id, body),
            "created_at": now,
            "staged_as": staged_as,
        },
    )
    return row


def told(body: bytes, name: str) -> dict[str, Any]:
    """What a row keeps of its conversation, by field."""
    found = read(body, name, Limits(size=settings.PRECEPTOR_TRANSCRIPT_BYTES))
    return {
        "name": name[:255],
        "form": found.form.value,
        "tool": found.tool,
        "model": provenance.fitting(found.models),
        "turn_count": len(found.turns),
        "call_count": found.call_count,
        "unknown_count": sum(found.unknown.values()),
    }


def _added_from(session: ReviewSession, staged_pk: int) -> Transcript:
    row = session.transcripts.filter(staged_as=staged_pk).first()
    if row is None:
        raise Conflict(
            _("The conversation waited for more than an hour: bring it again.")
        )
    return row
