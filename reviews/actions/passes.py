from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from reviews.actions.rows import announce, locked_session
from reviews.models import BlindPass, Finding, ReviewSession

WORDS = (
    "path",
    "file_side",
    "line_from",
    "line_to",
    "category",
    "severity",
    "title",
    "text",
)


def add_finding(
    *, actor: Membership, session: ReviewSession, words: Mapping[str, Any]
) -> Finding:
    """Adds to the actor's own pass until it is locked; the same twice is one."""
    with transaction.atomic():
        blind_pass = _open_pass(actor, session)
        finding, _created = Finding.objects.get_or_create(
            organisation_id=session.organisation_id,
            session=session,
            blind_pass=blind_pass,
            author=actor,
            **words,
        )
        return finding


def edit_finding(
    *, actor: Membership, finding: Finding, version: int, words: Mapping[str, Any]
) -> None:
    """Raises Conflict after the lock, or where another tab was faster."""
    with transaction.atomic():
        _still_own(actor, finding)
        rows = Finding.objects.filter(pk=finding.pk, version=version)
        if not rows.update(**words, version=F("version") + 1):
            raise Conflict(_("This finding was changed elsewhere after you opened it."))


def remove_finding(*, actor: Membership, finding: Finding) -> None:
    with transaction.atomic():
        _still_own(actor, finding)
        finding.delete()


def keep_draft(
    *,
    actor: Membership,
    session: ReviewSession,
    verdict: str,
    confidence: Decimal | None,
) -> None:
    """Keeps what is answered so far, as it is answered."""
    open_pass = BlindPass.objects.filter(
        session=session,
        session__state=ReviewSession.State.READING,
        reviewer=actor,
        locked_at=None,
    )
    if not open_pass.update(verdict=verdict, confidence=confidence):
        raise _too_late()


def lock_pass(
    *,
    actor: Membership,
    session: ReviewSession,
    verdict: str,
    confidence: Decimal,
    now: datetime,
) -> bool:
    """Locks the actor's pass for good; False if it was locked before."""
    with transaction.atomic():
        locked_session(session, ReviewSession.State.READING, "revealed")
        open_pass = BlindPass.objects.filter(
            session=session, reviewer=actor, locked_at=None
        )
        if not open_pass.update(verdict=verdict, confidence=confidence, locked_at=now):
            return False
        announce(session)
        return True


def reveal(*, session: ReviewSession, now: datetime) -> None:
    """Shows both passes to both, once; a second call finds it done."""
    waiting = BlindPass.objects.filter(session=OuterRef("pk"), locked_at=None)
    rows = ReviewSession.objects.filter(
        ~Exists(waiting), pk=session.pk, state=ReviewSession.State.READING
    )
    if rows.update(
        state=ReviewSession.State.REVEALED,
        revealed_at=now,
        version=F("version") + 1,
    ):
        return
    session.refresh_from_db(fields=["state", "revealed_at"])
    if not session.is_revealed:
        raise Conflict(_("Nothing is revealed before both have locked their pass."))


def _open_pass(actor: Membership, session: ReviewSession) -> BlindPass:
    """The actor's pass, held: a lock in another tab waits, or came first."""
    blind_pass = (
        BlindPass.objects.select_for_update()
        .filter(session=session, reviewer=actor, locked_at=None)
        .filter(session__state=ReviewSession.State.READING)
        .first()
    )
    if blind_pass is None:
        raise _too_late()
    return blind_pass


def _still_own(actor: Membership, finding: Finding) -> None:
    if finding.blind_pass_id is None:
        locked_session(finding.session, ReviewSession.State.REVEALED)
        announce(finding.session)
    else:
        _open_pass(actor, finding.session)


def _too_late() -> Conflict:
    return Conflict(_("Your pass is locked or the session is over: it stays as it is."))
