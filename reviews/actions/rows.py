"""Rows under their locks, and the sentence where one is no longer as it was."""

from hashlib import sha256

from django.db.models import F
from django.utils.translation import gettext as _

from preceptor.http import Conflict
from reviews.models import Blob, ReviewSession


def locked_session(session: ReviewSession, *states: str) -> ReviewSession:
    """The session's row, held to the end of the transaction; Conflict in others."""
    row = ReviewSession.objects.select_for_update().get(pk=session.pk)
    if row.state not in states:
        raise Conflict(
            _("The session is %(state)s by now, so nothing was changed.")
            % {"state": row.get_state_display()}
        )
    return row


def announce(session: ReviewSession) -> None:
    """Lets the browsers of both know that there is something new to see."""
    ReviewSession.objects.filter(pk=session.pk).update(version=F("version") + 1)


def blob_of(organisation_id: int, body: bytes) -> Blob:
    """Equal bytes are kept once per organisation."""
    blob, _created = Blob.objects.get_or_create(
        organisation_id=organisation_id,
        sha256=sha256(body).digest(),
        defaults={"body": body},
    )
    return blob
