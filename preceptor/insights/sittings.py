"""A member's open sessions, and the facts that Today gives of the one that is next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.accounts.people import Named
from preceptor.insights.week import week_of
from reviews.models import Action, BlindPass, Finding, ReviewSession, Revision

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


def sessions_around(
    member: Membership, today: date, pairing: Pairing | None = None
) -> list[ReviewSession]:
    """Their open sessions and those held or planned this week, with locks.

    Of all their pairings, or of one.
    Of the two only their ids: `people_in` names them.
    """
    sessions, days = ReviewSession.objects, week_of(today)
    held = sessions.held().filter(held_on__range=days)
    planned = sessions.planned().filter(planned_at__date__range=days)
    rows = (sessions.open() | held | planned).of(member).only(*OF_SESSION)
    if pairing is not None:
        rows = rows.filter(pairing=pairing)
    found = {row.pk: row for row in rows.order_by("opened_at", "pk")}
    # Joined, each side's would take longer to plan than this query does to run.
    passes = BlindPass.objects.filter(session__in=found)
    for lock in passes.defer("verdict", "confidence"):
        setattr(found[lock.session_id], f"{lock.side}_pass", lock)
    return list(found.values())


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
        other_name=other.full_name.split()[0],
        mine=by_reviewer[member.pk],
        theirs=by_reviewer[other.pk],
        count=findings.count(),
    )
