"""A junior's own year as plain values: what `docs/year.md` describes.

Nothing in it that its junior could not read on a page. What they answered about a
mentor is not part of it: that is read by the form that it was given in alone.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from preceptor.accounts.models import Membership
from progress.completion import Completion, completion_of_year, lessons_for
from progress.figures import Figures, Shares
from progress.granted import granted
from progress.models import (
    Assessment,
    CheckIn,
    Goal,
    GrowthPlan,
    JuniorEvaluation,
    Milestone,
    MilestoneMove,
    Outcome,
    PublishedFigure,
    Rating,
)
from progress.standing_export import autonomy_of, competency_of, evidence_of
from reviews.estimates import Share
from reviews.models import ReviewSession

FORMAT = {"name": "preceptor-year", "version": 1}


def exported(plan: GrowthPlan, junior: Membership, now: datetime) -> dict[str, Any]:
    """Texts, numbers, fractions, days and moments in ISO 8601; None is unknown.

    The reader is the junior of the plan. A constant number of queries.
    """
    today = timezone.localdate(now)
    year = completion_of_year(plan, (), lessons_for(plan, junior), today)
    left = granted(plan, year.ending.on or today, has_rows=True)
    return {
        "format": FORMAT,
        "made_at": now,
        **_frame(year),
        "goals": [_goal(one) for one in _goals(plan)],
        "milestones": [_milestone(one) for one in _milestones(plan)],
        "check_ins": [_checkin(one) for one in _checkins(plan, junior)],
        "protected_weeks": list(plan.protected_weeks.values("monday", "hours")),
        "assessments": _assessments(plan, junior),
        "sessions": [_session(one) for one in _sessions(plan)],
        "lessons": [
            {
                "session": one.session.code,
                "by": one.author.full_name,
                "text": one.text,
                "created_at": one.created_at,
            }
            for one in year.lessons or ()
        ],
        "figures": _figures(Figures(plan, list(PublishedFigure.Figure), today)),
        "evidence": evidence_of(plan),
        "autonomy": autonomy_of(plan, left),
        "evaluations": [_evaluation(one) for one in _evaluations(plan)],
        "links": list(
            plan.links.values(
                *("name", "parts", "expires_on"),
                *("created_at", "revoked_at", "last_opened_at"),
            )
        ),
    }


def _frame(year: Completion) -> dict[str, Any]:
    plan, junior = year.plan, year.plan.junior
    version, program = plan.version, junior.program
    return {
        "junior": str(junior),
        "organisation": plan.organisation.name,
        "program": {
            "name": program.name,
            "starts_on": program.starts_on,
            "last_on": program.last_on,
        },
        "year": {
            "starts_on": plan.starts_on,
            "last_on": junior.last_on,
            "state": year.ending.state,
            "ended_on": year.ending.on,
            "framework": version.framework.name if version else None,
            "framework_version": version.number if version else None,
            "published_figures": sorted(
                plan.published_figures.values_list("figure", flat=True)
            ),
        },
        "mentors": [
            {
                "name": str(one.mentor),
                "kind": one.kind,
                "phase": one.phase,
                "starts_on": one.starts_on,
                "last_on": one.last_on,
            }
            for one in year.pairings
        ],
    }


def _goals(plan: GrowthPlan) -> Sequence[Goal]:
    rows = plan.goals.select_related("competency", "proposed_by__user")
    return list(rows.prefetch_related("steps"))


def _goal(goal: Goal) -> dict[str, Any]:
    return {
        "text": goal.text,
        "why": goal.why,
        "done_when": goal.done_when,
        "competency": competency_of(goal.competency),
        "target": goal.target,
        "due_on": goal.due_on,
        "state": goal.state,
        "state_changed_at": goal.state_changed_at,
        "created_at": goal.created_at,
        "proposed_by": goal.proposed_by.full_name,
        "junior_agreed_at": goal.junior_agreed_at,
        "mentor_agreed_at": goal.mentor_agreed_at,
        "steps": [
            {"text": step.text, "done_at": step.done_at} for step in goal.steps.all()
        ],
    }


def _milestones(plan: GrowthPlan) -> Sequence[Milestone]:
    people = ("mentor_signed_by__user", "skipped_by__user", "added_by__user")
    rows = plan.milestones.select_related(*people)
    return list(
        rows.prefetch_related(
            *("moves", "conditions__ticked_by__user", "addenda__author__user")
        )
    )


def _milestone(one: Milestone) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "name": one.name,
        "about": one.about,
        "added_by": _name(one.added_by),
        "due_on": one.due_on,
        "junior_signed_at": one.junior_signed_at,
        "mentor_signed_at": one.mentor_signed_at,
        "mentor_signed_by": _name(one.mentor_signed_by),
        "although": one.although,
        "signed_at": one.signed_at,
        "skipped_at": one.skipped_at,
        "skipped_by": _name(one.skipped_by),
        "skip_reason": one.skip_reason,
        "conditions": [
            {
                "kind": asked.kind,
                "wanted": asked.wanted,
                "text": asked.text,
                "ticked_at": asked.ticked_at,
                "ticked_by": _name(asked.ticked_by),
                "counted": asked.counted,
            }
            for asked in one.conditions.all()
        ],
        "addenda": [
            {"by": _name(note.author), "text": note.text, "created_at": note.created_at}
            for note in one.addenda.all()
        ],
        "moves": [_move(move) for move in one.moves.all()],
    }


def _move(one: MilestoneMove) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "from_on": one.from_on,
        "to_on": one.to_on,
        "moved_at": one.moved_at,
        "reason": one.reason,
    }


def _name(member: Membership | None) -> str | None:
    return member.full_name if member else None


def _checkins(plan: GrowthPlan, junior: Membership) -> Sequence[CheckIn]:
    rows = plan.checkins.readable_by(junior).order_by("begun_at", "pk")
    return list(rows.select_related("answered_by__user"))


def _checkin(one: CheckIn) -> dict[str, Any]:
    return {
        **one.words,
        "handed_at": one.handed_at,
        "answer": one.answer,
        "answered_by": _name(one.answered_by),
        "answered_at": one.answered_at,
    }


def _assessments(plan: GrowthPlan, junior: Membership) -> list[dict[str, Any]]:
    rows = plan.assessments.select_related("version__framework", "mentor__user")
    held = list(rows.order_by("opened_at", "pk"))
    readable = Rating.objects.readable_by(junior).filter(assessment__in=held)
    ratings = list(readable.select_related("competency").order_by("pk"))
    agreed = Outcome.objects.filter(assessment__in=held).select_related("competency")
    outcomes = list(agreed.order_by("pk"))
    return [
        _assessment(
            one,
            [row for row in ratings if row.assessment_id == one.pk],
            [row for row in outcomes if row.assessment_id == one.pk],
        )
        for one in held
    ]


def _assessment(
    one: Assessment, ratings: Sequence[Rating], outcomes: Sequence[Outcome]
) -> dict[str, Any]:
    return {
        "occasion": one.occasion,
        "framework": one.version.framework.name,
        "framework_version": one.version.number,
        "mentor": _name(one.mentor),
        "opened_at": one.opened_at,
        "self_in_at": one.self_in_at,
        "mentor_in_at": one.mentor_in_at,
        "signed_at": one.signed_at,
        "ratings": [
            {
                "competency": competency_of(row.competency),
                "side": row.side,
                "level": row.level,
                "method": row.method,
                "note": row.note,
            }
            for row in ratings
        ],
        "outcomes": [
            {
                "competency": competency_of(row.competency),
                "level": row.level,
                "state": row.state,
                "note": row.note,
            }
            for row in outcomes
        ],
    }


def _sessions(plan: GrowthPlan) -> Sequence[ReviewSession]:
    rows = ReviewSession.objects.held().filter(pairing__junior=plan.junior_id)
    related = rows.select_related("mentor__user").defer("account", "claim")
    return list(related.order_by("held_on", "pk"))


def _session(one: ReviewSession) -> dict[str, Any]:
    return {
        "code": one.code,
        "title": one.title,
        "held_on": one.held_on,
        "minutes": one.minutes,
        "mentor": one.mentor.full_name,
        "led_by": one.led_by,
        "driver": one.driver,
        "was_logged_afterwards": one.is_logged,
    }


def _figures(figures: Figures) -> dict[str, Any]:
    """The page of the figures, as sums."""
    kinds, said_no = figures.categories, figures.rejections
    judged, drivers = figures.calibration, figures.drivers
    explained = figures.explanations
    return {
        "catches": _shares(figures.catches),
        "categories": [
            {"category": row.name, **_share(row.share)}
            for row in (kinds.rows if kinds else ())
        ],
        "rejections": _share(said_no.rejected) if said_no else {},
        "false_alarms": _share(said_no.false_alarms) if said_no else {},
        "brier": _share(judged.brier) if judged else {},
        "explanations": _shares(explained.shares if explained else None),
        "drivers": [{"driver": row.name, **_share(row.share)} for row in drivers or ()],
    }


def _shares(shares: Shares | None) -> dict[str, Any]:
    if shares is None:
        return {}
    months = [
        {"month": f"{month.on:%Y-%m}", **_share(month.share)} for month in shares.months
    ]
    return {**_share(shares.total), "months": months}


def _share(share: Share | None) -> dict[str, Any]:
    if share is None:
        return {}
    return {"hits": share.hits, "n": share.n, "low": share.low, "high": share.high}


def _evaluations(plan: GrowthPlan) -> Sequence[JuniorEvaluation]:
    rows = JuniorEvaluation.objects.filter(pairing__junior=plan.junior_id)
    related = rows.select_related("pairing__mentor__membership__user")
    return list(related.order_by("given_at", "pk"))


def _evaluation(one: JuniorEvaluation) -> dict[str, Any]:
    return {
        "mentor": str(one.pairing.mentor),
        "occasion": one.occasion,
        "answers": one.answers,
        "word": one.word,
        "given_at": one.given_at,
    }
