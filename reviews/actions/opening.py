from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pairings.models import Enrolment, Pairing
from preceptor.accounts.models import Membership, StagedUpload
from preceptor.http import Conflict
from reviews.actions.rows import blob_of
from reviews.actions.transcripts import store_transcript
from reviews.diffs import STORED, Change, parse
from reviews.models import BlindPass, ReviewSession, Revision
from reviews.provenance import proposal
from reviews.redaction import scan
from reviews.staging import Bundle, chosen
from reviews.trailers import authors_in

PURPOSE = "change"


def stage_change(
    *,
    actor: Membership,
    pairing: Pairing,
    bundle: Bundle,
    change: Change | None,
    details: Mapping[str, Any],
    instead: StagedUpload | None = None,
) -> StagedUpload:
    """Keeps an upload and the form around it until its preview is confirmed.

    Without its `change` it waits for the form to be put right, and nothing is looked
    for in it yet. What it takes the place of is gone at once.
    """
    more: dict[str, Any] = {"pairing": pairing.pk}
    if change is not None:
        more |= looked_through(bundle)
        more |= _filled(pairing, bundle, change, details)
    with transaction.atomic():
        if instead is not None:
            instead.delete()
        return StagedUpload.objects.create(
            organisation_id=actor.organisation_id,
            owner=actor,
            purpose=PURPOSE,
            name=", ".join(bundle.names)[:255],
            body=bundle.body,
            details={**details, "layout": bundle.layout(), **more},
        )


def looked_through(bundle: Bundle) -> dict[str, Any]:
    """What the scan found: places alone, so that nothing is kept twice."""
    found = scan(bundle.texts())
    return {"hits": [hit.as_json() for hit in found.hits], "is_whole": found.is_whole}


def _filled(
    pairing: Pairing, bundle: Bundle, change: Change, details: Mapping[str, Any]
) -> dict[str, Any]:
    """What the person left open, from the conversations and the trailers."""
    told = proposal(bundle.diff, change, bundle.conversations)
    share = None if told.edited_share is None else str(told.edited_share)
    proposed = {
        "tool": told.tool,
        "model": told.model if details["tool"] in ("", told.tool) else "",
        "driver": _driver(pairing, bundle.diff),
        "edited_share": share,
    }
    filled = {
        name: value
        for name, value in proposed.items()
        if value and not details.get(name)
    }
    return {
        **filled,
        "filled": sorted(filled),
        "source": told.source,
        "echo": [told.found, told.lines],
    }


def _driver(pairing: Pairing, diff: bytes) -> str:
    """Which of the two the mail or commit names as its author."""
    people = {
        pairing.junior.membership.user.email.lower(): ReviewSession.Driver.JUNIOR,
        pairing.mentor.membership.user.email.lower(): ReviewSession.Driver.MENTOR,
    }
    found = {people[address] for address in authors_in(diff) if address in people}
    return str(found.pop()) if len(found) == 1 else ""


def confirm_change(
    *,
    actor: Membership,
    staged_pk: int,
    removing: Sequence[int],
    provenance: Mapping[str, Any],
    is_alone: bool = False,
    now: datetime,
) -> ReviewSession | None:
    """Opens the session that the preview showed; confirmed twice, it is one.

    `removing` are the numbers of the hits to be replaced. What is stored is what is
    left then; nothing else of the upload stays. None where it was for a planned session
    that has its change by now or is cancelled, unless it is then to be a session of its
    own, `is_alone`. Raises Conflict where the hour of waiting is over or the pairing
    has ended.
    """
    with transaction.atomic():
        rows = StagedUpload.objects.select_for_update().fresh(now)
        staged = rows.filter(owner=actor, purpose=PURPOSE, pk=staged_pk).first()
        if staged is None:
            return _opened_from(actor, staged_pk)
        pairing = _standing(staged)
        planned = _planned(pairing, staged)
        if planned is None and staged.details.get("planned") and not is_alone:
            return None
        if planned is None and not pairing.program.is_running:
            raise Conflict(_("The program is closed: no new session begins in it."))
        details = {**staged.details, **provenance, "staged_as": staged.pk}
        words = [details[name] for name in WORDS]
        bundle = Bundle.of(staged, words).without(chosen(staged, removing))
        details |= dict(zip(WORDS, bundle.words, strict=True))
        session = _open(planned, pairing, details, bundle, now)
        _take(pairing, session, staged)
        _forget(actor, pairing)
        return session


def _standing(staged: StagedUpload) -> Pairing:
    pairings = Pairing.objects.with_people().select_for_update(of=("self",))
    pairing = pairings.get(pk=staged.details["pairing"])
    if not pairing.is_standing:
        raise Conflict(_("This pairing has ended: no session can be opened in it."))
    return pairing


WORDS = ("title", "claim", "tool", "model")


def _forget(actor: Membership, pairing: Pairing) -> None:
    """All that waits: what another tab or an earlier try brought holds the same."""
    StagedUpload.objects.filter(
        owner=actor, purpose=PURPOSE, details__pairing=pairing.pk
    ).delete()


def _opened_from(actor: Membership, staged_pk: int) -> ReviewSession:
    session = ReviewSession.objects.of(actor).filter(staged_as=staged_pk).first()
    if session is None:
        raise Conflict(
            _(
                "The change is gone: it waited for more than an hour, or you opened a "
                "session from another page in between. Bring it again."
            )
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
    planned: ReviewSession | None,
    pairing: Pairing,
    details: Mapping[str, Any],
    bundle: Bundle,
    now: datetime,
) -> ReviewSession:
    """The planned session with its change, or a new one."""
    share = details.get("edited_share")
    session = planned or ReviewSession(
        organisation_id=pairing.organisation_id,
        pairing=pairing,
        mentor=pairing.mentor.membership,
        junior=pairing.junior.membership,
    )
    session.state, session.opened_at = ReviewSession.State.READING, now
    session.title, session.claim = details["title"][:160], details["claim"]
    session.tool, session.model = details["tool"][:80], details["model"][:80]
    session.driver = details["driver"]
    session.edited_share = None if share is None else Decimal(share)
    session.staged_as = details["staged_as"]
    session.save()
    store(session, bundle.diff, now)
    for part in bundle.conversations:
        store_transcript(session=session, body=part.body, name=part.name, now=now)
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


def store(session: ReviewSession, body: bytes, now: datetime, **more: Any) -> Revision:
    """The session's next version; equal bytes are kept once per organisation."""
    change = parse(body, STORED)
    return Revision.objects.create(
        organisation_id=session.organisation_id,
        session=session,
        blob=blob_of(session.organisation_id, body),
        added=change.added,
        removed=change.removed,
        file_count=len(change.files),
        created_at=now,
        **more,
    )
