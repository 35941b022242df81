"""What reminders about reviews are about: rows with all that is said of them.

Of a change that is its size alone: no message holds its text, or what was found in it.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import ngettext

from preceptor.accounts.models import Membership
from reviews.models import BlindPass, ReviewSession, Revision


def sessions(ids: Collection[int], **more: Any) -> Mapping[int, ReviewSession]:
    """With their two, their program, their locks, and the `size` of their change."""
    own = newest_size(session=OuterRef("pk"))
    rows = ReviewSession.objects.with_people().with_locks()
    rows = rows.select_related("organisation", "pairing__program")
    return rows.annotate(size=own, **more).in_bulk(list(ids))


def newest_size(**which: Any) -> Subquery:
    """Counts of the newest of some revisions, or None."""
    size = JSONObject(files="file_count", added="added", removed="removed")
    newest = Revision.objects.order_by("-session__opened_at", "-number")
    return Subquery(newest.filter(**which).values(size=size)[:1])


def size_of(size: Mapping[str, int] | None) -> str:
    """`3 files, 120 lines added, 40 removed`; empty where there is no change."""
    if size is None:
        return ""
    text = ngettext(
        "%(files)s file, %(added)s lines added, %(removed)s removed",
        "%(files)s files, %(added)s lines added, %(removed)s removed",
        size["files"],
    )
    return text % size


def passes_of(
    session: ReviewSession, member: Membership
) -> tuple[BlindPass | None, BlindPass | None]:
    """Their own pass and the other's; of both no more than whether it is locked."""
    mentor, junior = session.mentor_pass, session.junior_pass
    return (mentor, junior) if session.mentor_id == member.pk else (junior, mentor)
