"""Rows under their locks, and the sentence where one is no longer as it was."""

from hashlib import sha256

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from preceptor.http import Conflict
from reviews.models import Blob, ReviewSession, Revision, Transcript


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


@transaction.atomic
def blob_of(organisation_id: int, body: bytes) -> Blob:
    """Equal bytes are kept once per organisation.

    They are held, so that `drop_unused` waits and then sees who uses them.
    """
    blob, _created = Blob.objects.select_for_update().get_or_create(
        organisation_id=organisation_id,
        sha256=sha256(body).digest(),
        defaults={"body": body},
    )
    return blob


def drop_unused(blobs: QuerySet[Blob]) -> None:
    """Deletes those that no revision and no conversation holds any more."""
    held = list(blobs.exclude(_is_used()).select_for_update().values_list("pk"))
    Blob.objects.filter(pk__in=[pk for (pk,) in held]).exclude(_is_used()).delete()


def _is_used() -> Q:
    return Q(Exists(Revision.objects.filter(blob=OuterRef("pk")))) | Q(
        Exists(Transcript.objects.filter(blob=OuterRef("pk")))
    )
