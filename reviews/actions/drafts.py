"""Words half typed: kept for their author until they are sent or thrown away."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from reviews.actions.passes import open_pass
from reviews.actions.rows import locked_session
from reviews.models import Draft, Finding, ReviewSession

SAYS = ("title", "category", "severity", "text", "suggestion", "cwe")


def keep_words(
    *,
    actor: Membership,
    session: ReviewSession,
    key: UUID,
    words: Mapping[str, str],
    tab: UUID | None,
    draft_version: int,
    finding: Finding | None,
    version: int,
    now: datetime,
) -> Draft | None:
    """Keeps what is typed in the form `key`, of a new finding or of an edited one.

    A place alone, of a new finding, is no draft; what was kept of it before goes.

    Raises Conflict after the lock; where `finding` is no longer of `version`, or the
    form was sent from another tab; and where another tab wrote in between.
    """
    with transaction.atomic():
        _takes_words(actor, session)
        _is_unsent(actor, session, key, finding, version)
        rows = Draft.objects.filter(session=session, author=actor, key=key)
        draft = rows.select_for_update().first()
        if draft and not _may_follow(draft, words, tab, draft_version):
            raise Conflict(_("Another tab has changed this in between."))
        if finding is None and not any(words.get(name, "").strip() for name in SAYS):
            rows.delete()
            return None
        draft = draft or _fresh(actor, session, key, finding)
        draft.words, draft.tab, draft.saved_at = dict(words), tab, now
        draft.version += 1
        draft.save()
        return draft


def _fresh(
    actor: Membership, session: ReviewSession, key: UUID, finding: Finding | None
) -> Draft:
    return Draft(
        organisation_id=session.organisation_id,
        session=session,
        author=actor,
        finding=finding,
        key=key,
        version=0,
    )


def discard_words(*, actor: Membership, session: ReviewSession, key: UUID) -> None:
    Draft.objects.filter(session=session, author=actor, key=key).delete()


def _takes_words(actor: Membership, session: ReviewSession) -> None:
    """Holds the pass, or after the reveal the session: what ends either one waits."""
    if session.is_revealed:
        locked_session(session, ReviewSession.State.REVEALED)
    else:
        open_pass(actor, session)


def _is_unsent(
    actor: Membership,
    session: ReviewSession,
    key: UUID,
    finding: Finding | None,
    version: int,
) -> None:
    """What comes late, after the form was sent, would stand there as unfinished."""
    if finding is None:
        sent = Finding.objects.filter(session=session, author=actor, draft_key=key)
        if sent.exists():
            raise Conflict(_("This finding was added already, from another tab."))
    elif not Finding.objects.filter(pk=finding.pk, version=version).exists():
        raise Conflict(_("This finding was changed elsewhere after you opened it."))


def _may_follow(
    draft: Draft, words: Mapping[str, str], tab: UUID | None, version: int
) -> bool:
    """The same tab may have missed an answer; the same words overwrite nothing."""
    is_same_tab = tab is not None and draft.tab == tab
    return is_same_tab or draft.version == version or draft.words == dict(words)
