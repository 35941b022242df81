"""Writes of taking apart: cards, threads, lessons out of cards, actions, words.

All are the room's: nothing is written before the reveal. What belongs to the talk is
taken from a session that the other has closed meanwhile too.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from reviews.actions.rows import announce, locked_session
from reviews.cards import MENTOR, written_by
from reviews.models import (
    Action,
    Comment,
    Explanation,
    Finding,
    Impression,
    Lesson,
    ReviewSession,
)

REVEALED, CLOSED = ReviewSession.State.REVEALED, ReviewSession.State.CLOSED


def explain(
    *,
    actor: Membership,
    finding: Finding,
    version: int,
    tab: UUID | None,
    before: UUID | None = None,
    words: Mapping[str, Any],
) -> int:
    """Writes the actor's own fields of the flaw's card; gives their new version.

    What is not theirs to write is left alone. Raises Conflict where another page of
    the same side wrote since `version` and something would be lost; `before` is the
    page that this one takes over from, whose late words no longer count.
    """
    with transaction.atomic():
        session = locked_session(finding.session, REVEALED, CLOSED)
        side = session.side_of(actor)
        own = {name: words[name] for name in written_by(side) if name in words}
        if Finding.objects.get(pk=finding.pk).same_as_id is not None:
            raise Conflict(_("This finding was joined with another in between."))
        card, _is_new = Explanation.objects.get_or_create(
            finding=finding, defaults={"organisation_id": session.organisation_id}
        )
        stands: int = getattr(card, f"{side}_version")
        if all(getattr(card, name) == value for name, value in own.items()):
            return stands
        is_same_page = getattr(card, f"{side}_tab") in {tab, before} - {None}
        if stands != version and not is_same_page:
            raise Conflict(_("You wrote on this card elsewhere in between."))
        own |= {f"{side}_version": stands + 1, f"{side}_tab": tab}
        Explanation.objects.filter(pk=card.pk).update(**own)
        announce(session)
        return stands + 1


def carry_card(*, old: Finding, root: Finding) -> None:
    """A finding joins another: its card goes along, and no word of either is lost."""
    card = Explanation.objects.filter(finding=old).first()
    stands = Explanation.objects.filter(finding=root).first()
    if card is None:
        return
    if stands is None:
        Explanation.objects.filter(pk=card.pk).update(finding=root)
        return
    for name in {*written_by("junior"), *written_by(MENTOR)} - {"mark"}:
        both = dict.fromkeys((getattr(stands, name), getattr(card, name)))
        setattr(stands, name, "\n\n".join(words for words in both if words))
    stands.mark = stands.mark if stands.mark == card.mark else None
    stands.junior_version += 1
    stands.mentor_version += 1
    stands.junior_tab = stands.mentor_tab = None
    stands.save()
    card.delete()


def make_lesson(
    *, actor: Membership, finding: Finding, text: str, now: datetime
) -> None:
    """The gist of a card becomes a lesson, once."""
    with transaction.atomic():
        session = locked_session(finding.session, REVEALED, CLOSED)
        Lesson.objects.get_or_create(
            finding=finding,
            defaults={
                "organisation_id": session.organisation_id,
                "session": session,
                "author": actor,
                "text": text,
                "created_at": now,
            },
        )
        announce(session)


def edit_lesson(*, lesson: Lesson, was: str, text: str) -> None:
    """Raises Conflict where it no longer reads as it did."""
    with transaction.atomic():
        session = locked_session(lesson.session, REVEALED, CLOSED)
        rows = Lesson.objects.filter(pk=lesson.pk, text__in=[was, text])
        if not rows.update(text=text):
            raise Conflict(_("This lesson was changed elsewhere in between."))
        announce(session)


def add_comment(
    *, actor: Membership, finding: Finding, key: UUID, text: str, now: datetime
) -> Comment:
    """One form and text is one comment; other words of the same form are a further one.

    So a form sent again after its answer was lost adds nothing, and one that was
    written anew in between loses nothing.
    """
    with transaction.atomic():
        session = locked_session(finding.session, REVEALED, CLOSED)
        comment, is_new = Comment.objects.get_or_create(
            finding=finding,
            author=actor,
            key=uuid5(key, text),
            defaults={
                "organisation_id": session.organisation_id,
                "text": text,
                "created_at": now,
            },
        )
        if is_new:
            announce(session)
        return comment


def edit_comment(*, comment: Comment, version: int, text: str, now: datetime) -> None:
    """Raises Conflict where it was changed or removed in another tab."""
    with transaction.atomic():
        session = locked_session(comment.finding.session, REVEALED, CLOSED)
        row = Comment.objects.get(pk=comment.pk)
        if row.removed_at is not None:
            raise Conflict(_("You removed this in another tab."))
        if row.text == text:
            return
        rows = Comment.objects.filter(pk=row.pk, version=version)
        if not rows.update(text=text, edited_at=now, version=F("version") + 1):
            raise Conflict(_("You changed this in another tab."))
        announce(session)


def remove_comment(*, comment: Comment, now: datetime) -> None:
    """Its text is gone for good; that somebody said something stays."""
    with transaction.atomic():
        session = locked_session(comment.finding.session, REVEALED, CLOSED)
        rows = Comment.objects.filter(pk=comment.pk, removed_at=None)
        if rows.update(text="", removed_at=now, version=F("version") + 1):
            announce(session)


def add_action(
    *,
    actor: Membership,
    session: ReviewSession,
    text: str,
    owner: Membership,
    due_on: date,
) -> Action:
    """The same words, owner and day are one action."""
    with transaction.atomic():
        row = locked_session(session, REVEALED, CLOSED)
        action, is_new = Action.objects.get_or_create(
            organisation_id=row.organisation_id,
            session=row,
            text=text,
            owner=owner,
            due_on=due_on,
            defaults={"added_by": actor},
        )
        if is_new:
            announce(row)
        return action


def mark_action(*, action: Action, is_done: bool, now: datetime) -> None:
    """Done or not, as last said by either; also long after the session."""
    rows = Action.objects.filter(pk=action.pk, done_at__isnull=is_done)
    if rows.update(done_at=now if is_done else None):
        announce(action.session)


def remove_action(*, action: Action) -> None:
    with transaction.atomic():
        session = locked_session(action.session, REVEALED)
        action.delete()
        announce(session)


def say_impression(*, actor: Membership, session: ReviewSession, word: str) -> None:
    """One's own word for how it went; said once, it stays."""
    with transaction.atomic():
        row = locked_session(session, CLOSED)
        Impression.objects.get_or_create(
            organisation_id=row.organisation_id,
            session=row,
            member=actor,
            defaults={"word": word},
        )
        announce(row)
