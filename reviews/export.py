"""One session as data, for either of its two: what its JSON and Markdown hold.

Nothing in it that its reader could not read on a page: before the reveal their own
findings alone. The code and the conversation are not part of it, only the hash of each
revision, and neither are private notes.
"""

from typing import Any

from preceptor.accounts.models import Membership
from reviews.access import findings_of
from reviews.cards import STEPS, Card, Talk
from reviews.flaws import Flaw, flaws_of
from reviews.models import (
    BlindPass,
    Comment,
    Explanation,
    Finding,
    ReviewSession,
)

FORMAT = {"name": "preceptor-session", "version": 1}


def exported(session: ReviewSession, reader: Membership) -> dict[str, Any]:
    """Plain values: texts, numbers, fractions, dates in ISO 8601; None is unknown."""
    rows = findings_of(reader, session).select_related(
        "author__user", "blind_pass", "adjudicated_by__user", "explanation"
    )
    flaws = flaws_of(rows)
    return {
        "format": FORMAT,
        "session": _session(session),
        "provenance": _provenance(session),
        "revisions": [
            {
                "number": revision.number,
                "sha256": revision.digest,
                "files": revision.file_count,
                "added": revision.added,
                "removed": revision.removed,
                "at": revision.created_at,
            }
            for revision in session.revisions.select_related("blob").order_by("number")
        ],
        "passes": [_pass(one) for one in _passes(session, reader)],
        "flaws": _flaws(session, flaws),
        "lessons": [
            {"by": lesson.author.full_name, "text": lesson.text}
            for lesson in session.lessons.select_related("author__user")
        ],
        "actions": [
            {
                "text": action.text,
                "owner": action.owner.full_name,
                "due_on": action.due_on,
                "done_at": action.done_at,
            }
            for action in session.actions.with_owner()
        ],
        "impressions": _impressions(session, reader),
    }


def readable(session: ReviewSession, reader: Membership) -> dict[str, Any]:
    """The same for `reviews/export.md`: rows instead of values where words are said."""
    rows = findings_of(reader, session).select_related(
        "author__user", "blind_pass", "explanation"
    )
    flaws = flaws_of(rows)
    talk = Talk(session, flaws if session.is_revealed else [])
    shown = []
    for flaw in flaws:
        card = Card(flaw, talk.rows.get(flaw.pk) or Explanation())
        shown.append(
            {
                "finding": flaw.finding,
                "findings": flaw.findings,
                "has_echoes": bool(flaw.echoes),
                "steps": [*card.microskills, *card.account],
                "mark": card.mark,
                "thread": talk.thread_of(flaw),
            }
        )
    return {
        "session": session,
        "data": exported(session, reader),
        "passes": _passes(session, reader),
        "flaws": shown,
    }


def _session(session: ReviewSession) -> dict[str, Any]:
    return {
        "code": session.code,
        "title": session.title,
        "state": session.state,
        "junior": session.junior.full_name,
        "mentor": session.mentor.full_name,
        "held_on": session.held_on,
        "minutes": session.minutes,
        "next_on": session.next_on,
        "opened_at": session.opened_at,
        "revealed_at": session.revealed_at,
        "closed_at": session.closed_at,
        "is_logged": session.is_logged,
        "is_blind": session.is_blind and not session.is_logged,
        "verdict": session.verdict or None,
        "unexplained_because": session.unexplained_because or None,
        "link": session.link or None,
        "account": session.account or None,
    }


def _provenance(session: ReviewSession) -> dict[str, Any]:
    share = session.edited_share
    return {
        "tool": session.tool or None,
        "model": session.model or None,
        "driver": session.driver or None,
        "edited_share": None if share is None else float(share),
        "claim": session.claim or None,
    }


def _passes(session: ReviewSession, reader: Membership) -> list[BlindPass]:
    """The reader's own, and after the reveal the other's that was locked."""
    rows = session.passes.select_related("reviewer__user").order_by("side")
    if not session.is_revealed:
        rows = rows.filter(reviewer=reader)
    return [one for one in rows if one.is_locked or one.reviewer_id == reader.pk]


def _pass(one: BlindPass) -> dict[str, Any]:
    confidence = one.confidence
    return {
        "by": one.reviewer.full_name,
        "side": one.side,
        "verdict": one.verdict or None,
        "safe_to_merge": None if confidence is None else float(confidence),
        "locked_at": one.locked_at,
    }


def _flaws(session: ReviewSession, flaws: list[Flaw]) -> list[dict[str, Any]]:
    """What is shared of each flaw is there once both may see it."""
    talk = Talk(session, flaws if session.is_revealed else [])
    return [
        {
            "title": flaw.finding.title,
            "seen_by": flaw.seen_by.value if session.is_revealed else None,
            "adjudication": flaw.finding.adjudication,
            "status": flaw.finding.status if flaw.is_real else None,
            "findings": [_finding(finding) for finding in flaw.findings],
            "card": _card(talk, flaw),
            "thread": [_comment(one) for one in talk.thread_of(flaw)],
        }
        for flaw in flaws
    ]


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "by": finding.author.full_name,
        "where": finding.where,
        "path": finding.path or None,
        "file_side": finding.file_side if finding.line_from else None,
        "line_from": finding.line_from,
        "line_to": finding.line_to,
        "turn": finding.turn,
        "category": finding.category,
        "category_name": finding.get_category_display(),
        "severity": finding.severity,
        "title": finding.title,
        "text": finding.text,
        "suggestion": finding.suggestion or None,
        "cwe": finding.cwe,
    }


def _card(talk: Talk, flaw: Flaw) -> dict[str, Any] | None:
    row = talk.rows.get(flaw.pk)
    if row is None:
        return None
    steps = {step.name: getattr(row, step.name) for step in STEPS}
    return {**steps, "mark": row.mark}


def _comment(comment: Comment) -> dict[str, Any]:
    return {
        "by": comment.author.full_name,
        "at": comment.created_at,
        "text": comment.text,
        "is_removed": comment.removed_at is not None,
    }


def _impressions(session: ReviewSession, reader: Membership) -> list[dict[str, Any]]:
    """The other's word once both have said theirs."""
    rows = list(session.impressions.select_related("member__user").order_by("pk"))
    if len(rows) < 2:
        rows = [row for row in rows if row.member_id == reader.pk]
    return [{"by": row.member.full_name, "word": row.word} for row in rows]
