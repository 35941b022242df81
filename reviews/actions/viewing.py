from datetime import datetime

from preceptor.accounts.models import Membership
from reviews.diffs import File, digest
from reviews.models import ReviewSession, ViewedFile


def mark_viewed(
    *,
    actor: Membership,
    session: ReviewSession,
    file: File,
    is_viewed: bool,
    now: datetime,
) -> None:
    """Marks a file as the actor saw it, or takes the mark back; twice is once."""
    if not is_viewed:
        session.viewed_files.filter(member=actor, path=file.path).delete()
        return
    ViewedFile.objects.update_or_create(
        organisation_id=session.organisation_id,
        session=session,
        member=actor,
        path=file.path,
        defaults={"digest": digest(file), "viewed_at": now},
    )
