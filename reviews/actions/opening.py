from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pairings.models import Enrolment, Pairing
from preceptor.accounts.models import Membership, StagedUpload
from preceptor.http import Conflict
from reviews.diffs import parse
from reviews.models import BlindPass, Blob, ReviewSession, Revision

PURPOSE = "change"


def stage_change(
    *,
    actor: Membership,
    pairing: Pairing,
    name: str,
    body: bytes,
    details: Mapping[str, Any],
) -> StagedUpload:
    """Keeps a diff and the form around it until its preview is confirmed."""
    return StagedUpload.objects.create(
        organisation_id=actor.organisation_id,
        owner=actor,
        purpose=PURPOSE,
        name=name[:255],
        body=body,
        details={**details, "pairing": pairing.pk},
    )


def confirm_change(
    *, actor: Membership, staged_pk: int, is_alone: bool = False, now: datetime
) -> ReviewSession | None:
    """Opens the session that the preview showed; confirmed twice, it is one.

    None where it was for a planned session that has its change by now or is cancelled,
    unless it is then to be a session of its own, `is_alone`. Raises Conflict where the
    hour of waiting is over or the pairing has ended.
    """
    with transaction.atomic():
        rows = StagedUpload.objects.select_for_update().fresh(now)
        staged = rows.filter(owner=actor, purpose=PURPOSE, pk=staged_pk).first()
        if staged is None:
            return _opened_from(actor, staged_pk)
        pairings = Pairing.objects.with_people().select_for_update(of=("self",))
        pairing = pairings.get(pk=staged.details["pairing"])
        if not pairing.is_standing:
            raise Conflict(_("This pairing has ended: no session can be opened in it."))
        planned = _planned(pairing, staged)
        if planned is None and staged.details.get("planned") and not is_alone:
            return None
        session = _open(planned, pairing, staged, now)
        _take(pairing, session, staged)
        staged.delete()
        return session


def _opened_from(actor: Membership, staged_pk: int) -> ReviewSession:
    session = ReviewSession.objects.of(actor).filter(staged_as=staged_pk).first()
    if session is None:
        raise Conflict(
            _("The change waited for more than an hour and is gone: bring it again.")
        )
    return session


def _planned(pairing: Pairing, staged: StagedUpload) -> ReviewSession | None:
    """The planned session that the change is for, held."""
    rows = pairing.sessions.planned().select_for_update()
    return rows.filter(pk=int(staged.details.get("planned") or 0)).first()


def _take(pairing: Pairing, session: ReviewSession, staged: StagedUpload) -> None:
    """A suggestion is used up by the session that it came into."""
    pk = int(staged.details.get("suggestion") or 0)
    suggestion = pairing.suggestions.waiting().filter(pk=pk).first()
    if suggestion is not None:
        ReviewSession.objects.filter(pk=session.pk).update(link=suggestion.link)
        suggestion.session = session
        suggestion.save(update_fields=["session"])


def _open(
    planned: ReviewSession | None, pairing: Pairing, staged: StagedUpload, now: datetime
) -> ReviewSession:
    """The planned session with its change, or a new one."""
    details = staged.details
    share = details.get("edited_share")
    session = planned or ReviewSession(
        organisation_id=pairing.organisation_id,
        pairing=pairing,
        mentor=pairing.mentor.membership,
        junior=pairing.junior.membership,
    )
    session.state, session.opened_at = ReviewSession.State.READING, now
    session.title, session.claim = details["title"], details["claim"]
    session.tool, session.model = details["tool"], details["model"]
    session.driver = details["driver"]
    session.edited_share = None if share is None else Decimal(share)
    session.staged_as = staged.pk
    session.save()
    _store(session, staged.data, now)
    BlindPass.objects.bulk_create(
        BlindPass(
            organisation_id=session.organisation_id,
            session=session,
            reviewer=reviewer,
            side=side,
            opened_at=now,
        )
        for side, reviewer in (
            (Enrolment.Side.JUNIOR, session.junior),
            (Enrolment.Side.MENTOR, session.mentor),
        )
    )
    return session


def _store(session: ReviewSession, body: bytes, now: datetime) -> Revision:
    """Equal bytes are kept once per organisation."""
    change = parse(body)
    blob, _created = Blob.objects.get_or_create(
        organisation_id=session.organisation_id,
        sha256=sha256(body).digest(),
        defaults={"body": body},
    )
    return Revision.objects.create(
        organisation_id=session.organisation_id,
        session=session,
        blob=blob,
        added=change.added,
        removed=change.removed,
        file_count=len(change.files),
        created_at=now,
    )
