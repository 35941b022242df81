"""The only way a view gets a review session or what was written in it."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from pairings.access import pairing_relations, refuse_archived
from pairings.models import Pairing
from preceptor.accounts.models import Membership, StagedUpload
from preceptor.accounts.rights import (
    ARRANGERS,
    Relation,
    Resource,
    Right,
    require,
)
from preceptor.http import whole
from reviews.models import (
    Action,
    BlindPass,
    ChangeSuggestion,
    Comment,
    Draft,
    Finding,
    FindingQuerySet,
    Lesson,
    Note,
    ReviewSession,
    Transcript,
    ViewedFile,
)


def session_relations(member: Membership, session: ReviewSession) -> set[Relation]:
    """Who took part keeps the text for good; all else follows the pairing."""
    found = pairing_relations(member, session.pairing)
    found -= {Relation.JUNIOR, Relation.MENTOR, Relation.FORMER_MENTOR}
    return found | _taking_part(member, session)


def _taking_part(member: Membership, session: ReviewSession) -> set[Relation]:
    sides = {session.junior_id: Relation.JUNIOR, session.mentor_id: Relation.MENTOR}
    return {sides[member.pk]} if member.pk in sides else set()


def session_for(member: Membership, pk: int) -> ReviewSession:
    """A session whose record they may read: date, minutes, state."""
    session = _session(member, pk, *ARRANGED)
    require(session_relations(member, session), Resource.RECORD, Right.READ)
    refuse_archived(member, session.pairing.program)
    return session


def session_as_participant(member: Membership, pk: int) -> ReviewSession:
    """A session they took part in: its text."""
    return _of_participant(member, _session(member, pk))


def session_on_board(member: Membership, pk: int) -> ReviewSession:
    """The same with its `first_conversation`, and without locks: a board shows more."""
    talks = Transcript.objects.filter(session=OuterRef("pk")).order_by("pk")
    rows = ReviewSession.objects.filter(organisation=member.organisation_id)
    first = Subquery(talks.values("pk")[:1])
    return _of_participant(member, _of_the_two(rows, pk, first_conversation=first))


def session_to_read(member: Membership, pk: int) -> ReviewSession:
    """The same with its `marks`: which of its files they have viewed."""
    mine = ViewedFile.objects.filter(session=OuterRef("pk"), member=member)
    viewed = mine.values(one=JSONObject(path="path", digest="digest"))
    session = _session(member, pk, viewed=ArraySubquery(viewed))
    return _of_participant(member, session)


def _of_participant(member: Membership, session: ReviewSession) -> ReviewSession:
    # What else they are to it gives no right to its text, and would have to be asked.
    relations = _taking_part(member, session) or session_relations(member, session)
    require(relations, Resource.SESSION_TEXT, Right.WRITE)
    if member.is_writing:  # A page that is read needs no row of the program.
        refuse_archived(member, session.pairing.program)
    return session


def session_to_release(member: Membership, pk: int) -> ReviewSession:
    """A session that waits for a pass: of the two, and of who arranges the pair."""
    session = _session(member, pk, *ARRANGED)
    relations = session_relations(member, session)
    if not relations & ARRANGERS:
        require(relations, Resource.SESSION_TEXT, Right.WRITE)
    refuse_archived(member, session.pairing.program)
    return session


def pass_of(member: Membership, session: ReviewSession) -> BlindPass:
    """Their own blind pass."""
    if session.own_pass is None or session.own_pass.reviewer_id != member.pk:
        raise Http404
    return session.own_pass


def own_finding(member: Membership, session: ReviewSession, pk: int) -> Finding:
    rows = session.findings.filter(author=member)
    rows = rows.select_related("blind_pass", "revision")
    return get_object_or_404(rows, pk=pk)


def finding_on_board(session: ReviewSession, pk: int) -> Finding:
    """A finding that both may see: of a session that is revealed."""
    rows = session.findings.on_board().filter(session__revealed_at__isnull=False)
    return get_object_or_404(rows.select_related("session"), pk=pk)


def own_lesson(member: Membership, session: ReviewSession, pk: int) -> Lesson:
    return get_object_or_404(session.lessons.filter(author=member), pk=pk)


def own_comment(member: Membership, session: ReviewSession, pk: int) -> Comment:
    """What they said under one of the session's findings and did not take back."""
    rows = Comment.objects.filter(finding__session=session, author=member)
    rows = rows.filter(removed_at=None).select_related(
        "finding__session__mentor__user",
        "finding__session__junior__user",
        "author__user",
    )
    return get_object_or_404(rows, pk=pk)


def session_action(session: ReviewSession, pk: int) -> Action:
    return get_object_or_404(session.actions.select_related("session"), pk=pk)


def own_action(member: Membership, session: ReviewSession, pk: int) -> Action:
    """An action that they wrote down, whoever is to do it."""
    rows = session.actions.select_related("session").filter(added_by=member)
    return get_object_or_404(rows, pk=pk)


def planned_for(pairing: Pairing, pk: object) -> ReviewSession | None:
    """A session of the pairing that still waits for its change, if there is one."""
    return pairing.sessions.planned().filter(pk=whole(str(pk))).first()


def suggestion_for(pairing: Pairing, pk: object) -> ChangeSuggestion | None:
    """A suggestion in the pairing that still waits, if there is one."""
    rows = ChangeSuggestion.objects.filter(pairing=pairing).waiting()
    return rows.filter(pk=whole(str(pk))).first()


def note_of(member: Membership, session: ReviewSession) -> Note | None:
    """Their own note; there is no way to anybody else's."""
    return Note.objects.filter(session=session, author=member).first()


def staged_change(
    member: Membership, pairing: Pairing, pk: object
) -> StagedUpload | None:
    """A change of their own that waits for its confirmation, if it still does."""
    rows = StagedUpload.objects.fresh(timezone.now())
    return rows.filter(
        owner=member, purpose="change", details__pairing=pairing.pk, pk=whole(str(pk))
    ).first()


def transcript_of(session: ReviewSession, pk: int) -> Transcript:
    """A conversation of a session that they took part in, with its bytes."""
    return get_object_or_404(session.transcripts.select_related("blob"), pk=pk)


def staged_transcript(
    member: Membership, session: ReviewSession, pk: int
) -> StagedUpload | None:
    """A conversation of their own that waits for its confirmation, if it still does."""
    rows = StagedUpload.objects.fresh(timezone.now())
    return rows.filter(
        owner=member, purpose="transcript", details__session=session.pk, pk=pk
    ).first()


def findings_of(member: Membership, session: ReviewSession) -> FindingQuerySet:
    """What of the session's findings may leave the database for this reader."""
    return Finding.objects.filter(session=session).readable_by(member)


def drafts_of(member: Membership, session: ReviewSession) -> QuerySet[Draft]:
    """What they typed of findings and did not send: nobody else ever reads it."""
    return Draft.objects.filter(session=session, author=member)


# What the right to a record depends on. The two need none of it for their text, and
# planning so many joins takes longer than all else of a page of theirs.
ARRANGED = ("pairing__program", "pairing__mentor", "pairing__junior")


def _session(
    member: Membership, pk: int, *related: str, **more: ArraySubquery
) -> ReviewSession:
    """With both locks, and with their own pass."""
    rows = ReviewSession.objects.filter(organisation=member.organisation_id)
    rows = rows.with_locks().with_pass_of(member)
    return _of_the_two(rows, pk, *related, **more)


def _of_the_two(
    rows: QuerySet[ReviewSession], pk: int, *related: str, **more: Subquery
) -> ReviewSession:
    rows = rows.select_related("mentor__user", "junior__user", *related)
    return get_object_or_404(rows.annotate(**more), pk=pk)


def staged_revision(
    member: Membership, session: ReviewSession, pk: object
) -> StagedUpload | None:
    """A revision of their own that waits for its confirmation, if it still does."""
    rows = StagedUpload.objects.fresh(timezone.now())
    return rows.filter(
        owner=member,
        purpose="revision",
        details__session=session.pk,
        pk=whole(str(pk)),
    ).first()
