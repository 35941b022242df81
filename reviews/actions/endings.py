from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from reviews.actions.apart import add_action, say_impression
from reviews.actions.origin import account_for_origin
from reviews.actions.rows import locked_session
from reviews.cards import unexplained_in
from reviews.models import Lesson, ReviewSession
from reviews.outcomes import safe_at_close

State = ReviewSession.State


class Unexplained(Conflict):
    """A grave flaw without a marked card, and no word of why."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What closes a session: the record's days and minutes, and the pair's words.

    `word` is how it went for who closes; `todo` are actions, as `add_action` takes
    them; `provenance` is given where the session lacked it.
    """

    held_on: date
    minutes: int
    verdict: str
    next_on: date | None = None
    lesson: str = ""
    word: str = ""
    unexplained_because: str = ""
    provenance: Mapping[str, Any] = field(default_factory=dict)
    todo: Sequence[Mapping[str, Any]] = ()


def close(
    *, actor: Membership, session: ReviewSession, ending: Ending, now: datetime
) -> None:
    """The end of a revealed session; closed twice, the first one holds.

    Lesson, actions and word of the second one are kept all the same. Raises
    Unexplained where a grave flaw has no marked card and no reason is given, and
    Unaccounted where nobody says which tool wrote the change and who drove it.
    """
    with transaction.atomic():
        row = locked_session(session, State.REVEALED, State.CLOSED)
        if row.state == State.REVEALED:
            account_for_origin(row, ending.provenance)
            _account_for(row, ending)
            row.state, row.closed_at = State.CLOSED, now
            row.held_on, row.minutes = ending.held_on, ending.minutes
            row.next_on, row.verdict = ending.next_on, ending.verdict
            row.was_safe = safe_at_close(row)
            row.version += 1
            row.save()
        _note(row, actor, ending.lesson, now)
        for words in ending.todo:
            add_action(actor=actor, session=row, **words)
        if ending.word:
            say_impression(actor=actor, session=row, word=ending.word)


def _account_for(row: ReviewSession, ending: Ending) -> None:
    """Keeps why grave flaws stay unexplained; nothing where none do."""
    if not (flaws := unexplained_in(row)):
        return
    if not ending.unexplained_because:
        titles = ", ".join(f"“{flaw.finding.title}”" for flaw in flaws)
        raise Unexplained(
            _("Say why there is no marked explanation of %(titles)s.")
            % {"titles": titles}
        )
    row.unexplained_because = ending.unexplained_because


def abandon(*, session: ReviewSession, now: datetime) -> None:
    """Ends an open session without a sitting; everything written stays."""
    rows = ReviewSession.objects.filter(pk=session.pk).open()
    if not rows.update(state=State.ABANDONED, closed_at=now, version=F("version") + 1):
        session.refresh_from_db(fields=["state"])
        if session.state != State.ABANDONED:
            raise Conflict(_("The session is closed: it can't be abandoned any more."))


def log_session(
    *,
    actor: Membership,
    pairing: Pairing,
    words: Mapping[str, Any],
    lesson: str,
    now: datetime,
) -> ReviewSession:
    """A sitting that took place elsewhere; the same day and change twice is one."""
    with transaction.atomic():
        Pairing.objects.select_for_update().get(pk=pairing.pk)
        day = datetime.combine(
            words["held_on"], time(12), ZoneInfo(actor.organisation.time_zone)
        )
        session, is_new = ReviewSession.objects.get_or_create(
            organisation_id=pairing.organisation_id,
            pairing=pairing,
            is_logged=True,
            held_on=words["held_on"],
            title=words["title"],
            defaults={
                **words,
                "mentor": pairing.mentor.membership,
                "junior": pairing.junior.membership,
                "state": State.CLOSED,
                "opened_at": min(day, now),
                "closed_at": now,
            },
        )
        if is_new:
            _note(session, actor, lesson, now)
        return session


def _note(
    session: ReviewSession, actor: Membership, lesson: str, now: datetime
) -> None:
    if lesson:
        Lesson.objects.get_or_create(
            organisation_id=session.organisation_id,
            session=session,
            author=actor,
            text=lesson,
            defaults={"created_at": now},
        )
