"""What shows a junior's competencies, and what was left to them, as plain values.

Part of what `docs/year.md` describes; for the junior, who reads all of it.
"""

from typing import Any

from progress.granted import Granted, Left
from progress.models import (
    AutonomyGrant,
    AutonomyRequest,
    Competency,
    Evidence,
    GrowthPlan,
)


def competency_of(competency: Competency | None) -> dict[str, Any] | None:
    if competency is None:
        return None
    return {"key": competency.key, "name": competency.name}


def evidence_of(plan: GrowthPlan) -> list[dict[str, Any]]:
    rows = plan.evidence.select_related("competency", "session", "tagged_by__user")
    found = rows.newest_first().defer("session__account", "session__claim")
    return [_evidence(one) for one in found]


def _evidence(one: Evidence) -> dict[str, Any]:
    """The reference as it was tagged; its words are in the session's own export."""
    return {
        "competency": competency_of(one.competency),
        "kind": one.kind,
        "held_on": one.held_on,
        "session": one.session.code if one.session else None,
        "finding": one.finding,
        "lesson": one.lesson,
        "category": one.category,
        "severity": one.severity,
        "path": one.path,
        "side": one.file_side if one.line_from else "",
        "line_from": one.line_from,
        "line_to": one.line_to,
        "turn": one.turn,
        "diff_sha256": one.diff_sha256,
        "url": one.url,
        "title": one.title,
        "tagged_by": one.tagged_by.full_name,
        "tagged_at": one.tagged_at,
    }


def autonomy_of(plan: GrowthPlan, found: Granted) -> dict[str, Any]:
    """What stands, as on the page of the year, and all that was granted and asked."""
    rows = plan.autonomy_grants.select_related("competency", "granted_by__user")
    asked = plan.autonomy_requests.select_related("competency")
    return {
        "stands": [_left(one) for one in found.rows],
        "grants": [_grant(one) for one in rows.order_by("pk")],
        "requests": [_request(one) for one in asked.order_by("pk")],
    }


def _left(one: Left) -> dict[str, Any]:
    stand = one.stand
    return {
        "competency": {"key": one.key, "name": one.name},
        "step": stand.standing.level if stand.grant else None,
        "granted_on": stand.granted_on,
        "lapses_on": stand.standing.lapses_on,
        "evidence": stand.evidence,
        "latest_on": stand.last_on,
    }


def _grant(one: AutonomyGrant) -> dict[str, Any]:
    return {
        "competency": competency_of(one.competency),
        "step": one.level,
        "proposed": one.proposed,
        "reason": one.reason,
        "granted_by": one.granted_by.full_name,
        "granted_at": one.granted_at,
    }


def _request(one: AutonomyRequest) -> dict[str, Any]:
    return {
        "competency": competency_of(one.competency),
        "step": one.level,
        "word": one.word,
        "asked_at": one.asked_at,
        "is_answered": one.answer_id is not None,
    }
