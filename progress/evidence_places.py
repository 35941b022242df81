"""Where a piece of evidence is looked at."""

from preceptor.accounts.models import Membership
from preceptor.http import url
from progress.models import Evidence
from progress.things import sessions_read
from reviews.models import Finding, ReviewSession, Revision
from reviews.reading import drawing_of


def place_of(row: Evidence, reader: Membership) -> str | None:
    """The path of its lines or its turn; None where the reader has no text of it.

    Of a purged change, the page that says so; of what has no place, the session.
    """
    session = sessions_read(row.plan, reader).filter(pk=row.session_id or 0).first()
    if session is None:
        return None
    slug = reader.organisation.slug
    if row.turn is not None:
        return _turn(slug, row, session)
    revision = _revision(row, session)
    if not row.path or revision is None:
        return url(slug, "reviews:session", session.pk)
    path = url(slug, "reviews:read", session.pk)
    files = drawing_of(revision).files
    at = next((n for n, file in enumerate(files, 1) if file.path == row.path), None)
    asked = f"?revision={revision.number}"
    if at is None:
        return path + asked
    line = f"-{row.file_side[0]}{row.line_from}" if row.line_from else ""
    last = f"-{row.file_side[0]}{row.line_to}" if row.line_to != row.line_from else ""
    return f"{path}{asked}&from={at}#f{at}{line}{last}"


def _revision(row: Evidence, session: ReviewSession) -> Revision | None:
    """The one whose bytes have, or had, the hash that was kept."""
    rows = session.revisions.select_related("blob").defer("blob__body")
    found = (one for one in rows.order_by("number") if one.digest == row.diff_sha256)
    return next(found, None)


def _turn(slug: str, row: Evidence, session: ReviewSession) -> str:
    rows = Finding.objects.filter(pk=row.finding or 0, session=session)
    talk = rows.values_list("transcript", flat=True).first()
    if talk is None:
        return url(slug, "reviews:session", session.pk)
    path = url(slug, "reviews:transcript", session.pk, talk)
    return f"{path}?turn={row.turn}#turn-{row.turn}"
