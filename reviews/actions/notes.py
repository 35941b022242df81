from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from reviews.models import Note, ReviewSession


def keep_note(
    *,
    actor: Membership,
    session: ReviewSession,
    text: str,
    version: int,
    now: datetime,
) -> int:
    """Keeps the actor's own note and gives its version.

    Raises Conflict where another tab has written over the version that was seen; 0 is
    that of a note not written yet.
    """
    rows = Note.objects.filter(session=session, author=actor)
    if rows.filter(version=version).update(
        text=text, version=F("version") + 1, saved_at=now
    ):
        return version + 1
    if rows.filter(text=text).exists():
        return rows.get().version
    if version == 0:
        try:
            with transaction.atomic():
                Note.objects.create(
                    organisation_id=session.organisation_id,
                    session=session,
                    author=actor,
                    text=text,
                    saved_at=now,
                )
        except IntegrityError:
            pass
        else:
            return 1
    raise Conflict(_("Your note was changed in another tab."))
