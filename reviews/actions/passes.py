from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from reviews.actions.placing import settle
from reviews.actions.rows import announce, locked_session
from reviews.models import (
    BlindPass,
    Draft,
    Explanation,
    Finding,
    ReviewSession,
    Transcript,
)


class Sent(Conflict):
    """The form was sent before with other words, and made `finding`."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(_("This finding was added already, with other words."))
        self.finding = finding


def add_finding(
    *,
    actor: Membership,
    session: ReviewSession,
    key: UUID | None,
    words: Mapping[str, Any],
    revision: int | None = None,
) -> Finding:
    """Adds to the actor's own pass until it is locked; the same twice is one.

    `key` is that of the form, `revision` the number of the one that was read. Raises
    Sent where it was sent with other words.
    """
    with transaction.atomic():
        blind_pass = open_pass(actor, session)
        _still_there(words)
        return made_of_form(
            actor=actor,
            session=session,
            blind_pass=blind_pass,
            key=key,
            words=words,
            revision=revision,
        )


def made_of_form(
    *,
    actor: Membership,
    session: ReviewSession,
    blind_pass: BlindPass | None,
    key: UUID | None,
    words: Mapping[str, Any],
    revision: int | None = None,
) -> Finding:
    """One finding a form; for a form without a key, one of the same words.

    What was typed into the form so far is let go of. The caller holds the parent row.
    """
    rows = Finding.objects.filter(session=session, author=actor)
    sent = rows.filter(draft_key=key).first() if key else None
    if sent is not None:
        if rows.filter(pk=sent.pk, **words).exists():
            return sent
        raise Sent(sent)
    own: dict[str, Any] = {
        "organisation_id": session.organisation_id,
        "session": session,
        "author": actor,
        "blind_pass": blind_pass,
        **words,
    }
    if key is None:
        finding, _is_new = Finding.objects.get_or_create(**own)
    else:
        Draft.objects.filter(session=session, author=actor, key=key).delete()
        finding = Finding.objects.create(**own, draft_key=key)
    settle(finding, revision)
    return finding


def edit_finding(
    *, actor: Membership, finding: Finding, version: int, words: Mapping[str, Any]
) -> None:
    """Raises Conflict after the lock, or where another tab was faster."""
    with transaction.atomic():
        _still_own(actor, finding)
        _still_there(words)
        rows = Finding.objects.filter(pk=finding.pk, version=version)
        if not rows.update(**words, version=F("version") + 1):
            raise Conflict(_("This finding was changed elsewhere after you opened it."))
        finding.drafts.all().delete()
        finding.refresh_from_db()
        settle(finding)


def remove_finding(*, actor: Membership, finding: Finding) -> None:
    """Raises Conflict where something was written on it: that would go along."""
    with transaction.atomic():
        _still_own(actor, finding)
        if finding.comments.exists() or Explanation.objects.filter(finding=finding):
            raise Conflict(_("You two wrote about this finding: it can only be moot."))
        finding.delete()


def keep_draft(
    *,
    actor: Membership,
    session: ReviewSession,
    answers: Mapping[str, Any],
) -> None:
    """Keeps what is answered so far of `verdict` and `confidence`, as it is answered.

    Either may be left out: a tab that stood open takes back nothing of another's.
    """
    unlocked = BlindPass.objects.filter(
        session=session,
        session__state=ReviewSession.State.READING,
        reviewer=actor,
        locked_at=None,
    )
    if not unlocked.update(**answers):
        raise _too_late()


def lock_pass(
    *,
    actor: Membership,
    session: ReviewSession,
    verdict: str,
    confidence: Decimal,
    now: datetime,
) -> bool:
    """Locks the actor's pass for good; False if it was locked before.

    Raises Conflict where a finding is typed and not added: nothing gets lost in it.
    """
    with transaction.atomic():
        locked_session(session, ReviewSession.State.READING, "revealed")
        unlocked = BlindPass.objects.filter(
            session=session, reviewer=actor, locked_at=None
        )
        if unlocked.select_for_update().exists() and _unfinished(actor, session):
            raise Conflict(
                _("A finding is not finished: add it or throw it away, then lock.")
            )
        newest = session.revisions.order_by("number").last()
        if not unlocked.update(
            verdict=verdict, confidence=confidence, locked_at=now, revision=newest
        ):
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


def _unfinished(actor: Membership, session: ReviewSession) -> bool:
    return Draft.objects.filter(session=session, author=actor).exists()


def open_pass(actor: Membership, session: ReviewSession) -> BlindPass:
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
        open_pass(actor, finding.session)


def _still_there(words: Mapping[str, Any]) -> None:
    """The conversation of a turn may be taken out while its finding is sent."""
    talk = words.get("transcript")
    if talk is not None and not Transcript.objects.filter(pk=talk.pk).exists():
        raise Conflict(_("The conversation was taken out in between."))


def _too_late() -> Conflict:
    return Conflict(_("Your pass is locked or the session is over: it stays as it is."))
