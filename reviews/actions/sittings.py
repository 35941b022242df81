from collections.abc import Mapping

from django.db import transaction

from reviews.actions.rows import announce, locked_session
from reviews.models import ReviewSession, SittingFile


def assign_sittings(*, session: ReviewSession, sittings: Mapping[str, int]) -> None:
    """Which file is read in which sitting, for both; empty takes the split back.

    Raises Conflict once the session is over.
    """
    states = ReviewSession.State
    with transaction.atomic():
        row = locked_session(session, states.READING, states.REVEALED)
        row.sitting_files.all().delete()
        SittingFile.objects.bulk_create(
            SittingFile(
                organisation_id=row.organisation_id,
                session=row,
                path=path,
                sitting=number,
            )
            for path, number in sittings.items()
        )
        announce(row)
