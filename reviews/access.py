"""The only way a view gets a review session or what was written in it."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery
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
from preceptor.prepared import Prepared
from reviews.models import (
    Action,
    BlindPass,
    ChangeSuggestion,
    Comment,
    Distinction,
    Draft,
    Finding,
    FindingQuerySet,
    Lesson,
    Note,
    ReleasedSession,
    ReviewSession,
    ReviewSessionQuerySet,
    Transcript,
    ViewedFile,
)


def session_relations(member: Membership, session: ReviewSession) -> set[Relation]:
    """Who took part keeps the text for good; all else follows the pairing."""
    found = pairing_relations(member, session.pairing)
    found -= {Relation.JUNIOR, Relation.MENTOR, Relation.FORMER_MENTOR}
    taking_part = _taking_part(member, session)
    if not taking_part and _is_released(member, session):
        found.add(Relation.NEXT_MENTOR)
    return found | taking_part


def _is_released(member: Membership, session: ReviewSession) -> bool:
    rows = ReleasedSession.objects.filter(session=session)
    return rows.to(member, timezone.localdate()).exists()


def _taking_part(member: Membership, session: ReviewSession) -> set[Relation]:
    sides = {session.junior_id: Relation.JUNIOR, session.mentor_id: Relation.MENTOR}
    return {sides[member.pk]} if member.pk in sides else set()


def session_for(member: Membership, pk: int) -> ReviewSession:
    """A session whose record they may read: date, minutes, state."""
    session = _one(RECORD, member, pk)
    require(session_relations(member, session), Resource.RECORD, Right.READ)
    refuse_archived(member, session.pairing.program)
    return session


def session_as_participant(member: Membership, pk: int) -> ReviewSession:
    """A session they took part in: its text."""
    return _with_text(member, _one(TEXT, member, pk))


def has_version(member: Membership, pk: int, version: str) -> bool:
    """Whether they took part in the session, and it still stands at that version.

    Every shared page that is open asks for it every two seconds.
    """
    found = VERSION(session=pk, organisation=member.organisation_id, member=member.pk)
    return [version] == [str(one) for one in found]


def _version(session: int, organisation: int, member: int) -> "QuerySet[Any, int]":
    rows = ReviewSession.objects.filter(pk=session, organisation=organisation)
    rows = rows.filter(Q(junior=member) | Q(mentor=member))
    return rows.values_list("version", flat=True)


VERSION = Prepared(_version, session=int, organisation=int, member=int)


def session_to_reread(member: Membership, pk: int) -> ReviewSession:
    """The same, and one that was released to them: its text, to be read alone."""
    return _with_text(member, _one(TEXT, member, pk), Right.READ)


def session_on_board(
    member: Membership, pk: int, right: Right = Right.WRITE
) -> ReviewSession:
    """One with its `first_conversation`, and without locks: a board shows more."""
    return _with_text(member, _one(BOARD, member, pk), right)


def session_to_read(
    member: Membership, pk: int, right: Right = Right.WRITE
) -> ReviewSession:
    """One with its `marks`: which of its files they have viewed."""
    return _with_text(member, _one(READING, member, pk), right)


def _with_text(
    member: Membership, session: ReviewSession, right: Right = Right.WRITE
) -> ReviewSession:
    # What else they are to it gives who took part no more, and would have to be asked.
    relations = _taking_part(member, session) or session_relations(member, session)
    require(relations, Resource.SESSION_TEXT, right)
    session.is_lent = Relation.NEXT_MENTOR in relations
    if member.is_writing:  # A page that is read needs no row of the program.
        refuse_archived(member, session.pairing.program)
    return session


def session_to_release(member: Membership, pk: int) -> ReviewSession:
    """A session that waits for a pass: of the two, and of who arranges the pair."""
    session = _one(RECORD, member, pk)
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
    rows = Finding.objects.filter(session=session)
    if not session.is_lent:
        return rows.readable_by(member)
    return rows.released_to(member, timezone.localdate())


def findings_to_read(member: Membership, session: ReviewSession) -> list[Finding]:
    """The same with who wrote them."""
    if not session.is_lent:
        return READ(session=session.pk, member=member.pk)
    return list(findings_of(member, session).select_related("author__user"))


def findings_to_take_apart(member: Membership, session: ReviewSession) -> list[Finding]:
    """The same as far as they are on the board, each with what the two made of it."""
    if session.is_revealed and not session.is_lent:
        return SHOWN(session=session.pk, member=member.pk)
    rows = findings_of(member, session)
    return list(_taken_apart(rows.on_board() if session.is_revealed else rows))


def _taken_apart(rows: FindingQuerySet) -> FindingQuerySet:
    distinct = Distinction.objects.filter(one=OuterRef("pk")).values("other")
    told = {"told_apart": ArraySubquery(distinct)}
    return rows.annotate(**told).select_related("explanation")


def _readable(session: int, member: int) -> FindingQuerySet:
    return Finding.objects.filter(session=session).readable_by(member)


READ = Prepared(
    lambda session, member: _readable(session, member).select_related("author__user"),
    session=int,
    member=int,
)
SHOWN = Prepared(
    lambda session, member: _taken_apart(_readable(session, member).on_board()),
    session=int,
    member=int,
)


def drafts_of(member: Membership, session: ReviewSession) -> QuerySet[Draft]:
    """What they typed of findings and did not send: nobody else ever reads it."""
    return Draft.objects.filter(session=session, author=member)


# What the right to a record depends on. The two need none of it for their text, and
# planning so many joins takes longer than all else of a page of theirs.
ARRANGED = ("pairing__program", "pairing__mentor", "pairing__junior")


def _sessions(session: int, organisation: int) -> ReviewSessionQuerySet:
    rows = ReviewSession.objects.filter(pk=session, organisation=organisation)
    return rows.select_related("mentor__user", "junior__user")


def _with_passes(session: int, organisation: int, member: int) -> ReviewSessionQuerySet:
    """With both locks, and with their own pass."""
    return _sessions(session, organisation).with_locks().with_pass_of(member)


def _arranged(session: int, organisation: int, member: int) -> ReviewSessionQuerySet:
    return _with_passes(session, organisation, member).select_related(*ARRANGED)


def _to_read(session: int, organisation: int, member: int) -> ReviewSessionQuerySet:
    mine = ViewedFile.objects.filter(session=OuterRef("pk"), member=member)
    viewed = mine.values(one=JSONObject(path="path", digest="digest"))
    marks = {"viewed": ArraySubquery(viewed)}
    return _with_passes(session, organisation, member).annotate(**marks)


def _on_board(session: int, organisation: int) -> ReviewSessionQuerySet:
    talks = Transcript.objects.filter(session=OuterRef("pk")).order_by("pk")
    first = {"first_conversation": Subquery(talks.values("pk")[:1])}
    return _sessions(session, organisation).annotate(**first)


BOARD = Prepared(_on_board, session=int, organisation=int)
TEXT = Prepared(_with_passes, session=int, organisation=int, member=int)
RECORD = Prepared(_arranged, session=int, organisation=int, member=int)
READING = Prepared(_to_read, session=int, organisation=int, member=int)


def _one(ask: "Prepared[ReviewSession]", member: Membership, pk: int) -> ReviewSession:
    told = {"session": pk, "organisation": member.organisation_id, "member": member.pk}
    rows = ask(**{name: told[name] for name in ask.stand_ins})
    if not rows:
        raise Http404
    return rows[0]


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
