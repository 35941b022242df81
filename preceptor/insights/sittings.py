"""A member's open sessions, and the facts that Today gives of the one that is next."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from preceptor.accounts.models import Membership
from preceptor.insights.week import week_of
from reviews.models import BlindPass, Finding, ReviewSession, Revision


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


def sessions_around(member: Membership, today: date) -> QuerySet[ReviewSession]:
    """Their open sessions and those held or planned this week, with locks."""
    sessions, days = ReviewSession.objects, week_of(today)
    held = sessions.held().filter(held_on__range=days)
    planned = sessions.planned().filter(planned_at__date__range=days)
    rows = (sessions.open() | held | planned).of(member)
    return rows.with_people().with_locks().order_by("opened_at", "pk")


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
