"""A member's open sessions, and the facts that Today gives of the one that is next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.accounts.people import Named
from preceptor.insights.week import week_of
from preceptor.templatetags.preceptor import first_name
from reviews.models import (
    Action,
    BlindPass,
    Finding,
    ReviewSession,
    ReviewSessionQuerySet,
    Revision,
    bring_locks,
)

OF_SESSION = (
    *("organisation", "pairing", "mentor", "junior", "title", "state", "is_logged"),
    *("planned_at", "opened_at", "revealed_at", "held_on", "tool", "driver"),
)
"""What Today shows of a session."""


@dataclass(frozen=True, slots=True)
class Facts:
    """An open session for one of the two: nothing of what the other wrote.

    `count` is of one's own findings, once revealed of those still to be decided.
    """

    session: ReviewSession
    revision: Revision | None
    other_name: str
    mine: BlindPass
    theirs: BlindPass
    count: int


def sessions_around(member: Membership, today: date) -> list[ReviewSession]:
    """Their open sessions and those held or planned this week, with locks.

    Of the two only their ids: `people_in` names them.
    """
    held = ReviewSession.objects.held().filter(held_on__range=week_of(today))
    return _with_locks((_ahead(today) | held).of(member))


def sessions_ahead(pairing: Pairing, today: date) -> list[ReviewSession]:
    """Those of a standing pair that are open, or planned this week, likewise."""
    if not pairing.is_standing:
        return []
    return _with_locks(_ahead(today).filter(pairing=pairing))


def _ahead(today: date) -> ReviewSessionQuerySet:
    planned = ReviewSession.objects.planned()
    this_week = planned.filter(planned_at__date__range=week_of(today))
    return ReviewSession.objects.open() | this_week


def _with_locks(rows: ReviewSessionQuerySet) -> list[ReviewSession]:
    rows = rows.only(*OF_SESSION)
    found = list(rows.order_by("opened_at", "pk"))
    bring_locks(found)
    return found


def people_in(sessions: Iterable[ReviewSession]) -> Iterator[Named]:
    """Both of each session, for `bring_members`."""
    for session in sessions:
        yield session, "mentor"
        yield session, "junior"


def people_doing(actions: Iterable[Action]) -> Iterator[Named]:
    """Who does each action, and both of its session, for `bring_members`."""
    for action in actions:
        yield action, "owner"
        yield from people_in([action.session])


def facts_of(session: ReviewSession, member: Membership) -> Facts:
    """For a session that came `with_locks`; two queries."""
    findings = Finding.objects.filter(session=session)
    if session.is_revealed:
        findings = findings.undecided()
    else:
        findings = findings.filter(author=member)
    by_reviewer = {one.reviewer_id: one for one in session.locks}
    other = session.other_than(member)
    return Facts(
        session=session,
        revision=session.revisions.order_by("-number").first(),
        other_name=first_name(other.full_name),
        mine=by_reviewer[member.pk],
        theirs=by_reviewer[other.pk],
        count=findings.count(),
    )
