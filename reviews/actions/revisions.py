"""Later versions of a session's change: waiting, and confirmed."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership, StagedUpload
from preceptor.http import Conflict
from reviews.actions.opening import looked_through, store
from reviews.actions.placing import carry
from reviews.actions.rows import announce, locked_session
from reviews.models import BlindPass, ReviewSession, Revision
from reviews.staging import Bundle, chosen

STAGED_REVISION = "revision"


def stage_revision(
    *,
    actor: Membership,
    session: ReviewSession,
    bundle: Bundle,
    instead: StagedUpload | None = None,
) -> StagedUpload:
    """Keeps a version until its preview is confirmed; what it replaces is gone."""
    details = {"session": session.pk, "layout": bundle.layout()}
    with transaction.atomic():
        if instead is not None:
            instead.delete()
        return StagedUpload.objects.create(
            organisation_id=actor.organisation_id,
            owner=actor,
            purpose=STAGED_REVISION,
            name=", ".join(bundle.names)[:255],
            body=bundle.body,
            details={**details, **looked_through(bundle)},
        )


def confirm_revision(
    *,
    actor: Membership,
    session: ReviewSession,
    staged_pk: int,
    removing: Sequence[int],
    now: datetime,
) -> Revision:
    """Adds the version that the preview showed; confirmed twice, it is one.

    Findings are carried to it, those of passes that nobody else may read too: both keep
    what they wrote, and a locked pass stays as it is. Raises Conflict where the hour of
    waiting or the session is over, or where nothing is different.
    """
    with transaction.atomic():
        waiting = StagedUpload.objects.filter(
            owner=actor, purpose=STAGED_REVISION, details__session=session.pk
        )
        staged = waiting.fresh(now).select_for_update().filter(pk=staged_pk).first()
        if staged is None:
            return _added_from(session, staged_pk)
        states = ReviewSession.State
        logged = [states.CLOSED] if session.is_logged else []
        locked_session(session, states.READING, states.REVEALED, *logged)
        # A finding that is being added waits, or is carried with the others.
        list(BlindPass.objects.select_for_update().filter(session=session))
        body = Bundle.of(staged).without(chosen(staged, removing)).diff
        versions = _versions_before(session, body)
        number = versions[-1].number + 1 if versions else 1
        revision = store(session, body, now, number=number, staged_as=staged.pk)
        carry(session.findings.all(), [*versions, revision])
        announce(session)
        # What an earlier try or another tab brought may hold what was taken out.
        waiting.delete()
        return revision


def _versions_before(session: ReviewSession, body: bytes) -> list[Revision]:
    """All so far; raises Conflict where the session takes none that reads so."""
    versions = list(session.revisions.select_related("blob").order_by("number"))
    if versions and versions[-1].data == body:
        raise Conflict(_("This is what the newest revision says already."))
    if versions and session.is_logged:
        raise Conflict(_("The other has brought the change in between."))
    return versions


def _added_from(session: ReviewSession, staged_pk: int) -> Revision:
    row = session.revisions.filter(staged_as=staged_pk).first()
    if row is None:
        raise Conflict(
            _("The revision waited for more than an hour and is gone: bring it again.")
        )
    return row
