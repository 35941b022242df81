"""What became of the flaws of the story, and whether the changes had been safe."""

from collections import defaultdict
from datetime import datetime, timedelta
from random import Random

from preceptor.accounts.models import Membership
from preceptor.insights.demo.sessions import Rows
from reviews.models import Decision, Finding, ReviewSession
from reviews.outcomes import GRAVE

State, Status = ReviewSession.State, Finding.Status
Step = Decision.Step
REAL, UNDECIDED = Finding.Adjudication.REAL, Finding.Adjudication.UNDECIDED
# How a real flaw ends, by the steps that lead there; the first is the commonest.
COURSES: tuple[tuple[Decision.Step, ...], ...] = (
    (Step.ASKED, Step.VERIFIED),
    (Step.FIXED,),
    (Step.ASKED,),
    (Step.DROPPED,),
    (Step.FIXED, Step.REOPENED),
    (),
)
WEIGHTS = (9, 6, 2, 2, 1, 2)
OUTCOME = {
    Step.ASKED: Status.FIXED,
    Step.VERIFIED: Status.FIXED,
    Step.FIXED: Status.FIXED,
    Step.DROPPED: Status.DROPPED,
    Step.REOPENED: Status.REOPENED,
}


def write(rows: Rows, now: datetime) -> None:
    """Gives the findings in `rows` their status and history, the sessions their end.

    It draws from chances of its own, so that the rest of the story stays as it is.
    """
    rng = Random(len(rows.findings))
    # By identity: rows that are not saved yet have no hash.
    same: dict[int, list[Finding]] = defaultdict(list)
    for echo in rows.echoes:
        same[id(echo.same_as)].append(echo)
    of_session: dict[int, list[Finding]] = defaultdict(list)
    for flaw in rows.findings:
        _decide(rows, flaw, same[id(flaw)], rng, now)
        of_session[id(flaw.session)] += [flaw, *same[id(flaw)]]
    for session in rows.sessions:
        if session.state == State.CLOSED and session.revealed_at is not None:
            session.was_safe = _was_safe(of_session[id(session)])


def _was_safe(findings: list[Finding]) -> bool | None:
    decided = {f.adjudication for f in findings if f.severity in GRAVE}
    return None if UNDECIDED in decided else REAL not in decided


def _decide(
    rows: Rows, flaw: Finding, echoes: list[Finding], rng: Random, now: datetime
) -> None:
    session = flaw.session
    if flaw.adjudicated_by is None or session.revealed_at is None:
        return
    at = session.revealed_at + timedelta(minutes=rng.randrange(4, 30))
    _note(rows, flaw, Step(flaw.adjudication), flaw.adjudicated_by, at)
    if flaw.adjudication != REAL:
        return
    pair = (session.junior, session.mentor)
    author, fixer = pair if flaw.author == session.junior else pair[::-1]
    is_live = session.state != State.CLOSED
    for step in rng.choices(COURSES, WEIGHTS)[0]:
        at += timedelta(hours=rng.randrange(20, 70))
        if at > now and not is_live:
            break
        by = author if step in (Step.VERIFIED, Step.REOPENED) else fixer
        when = min(at, now - timedelta(minutes=2))
        _note(rows, flaw, step, by, when)
        for finding in (flaw, *echoes):
            finding.status = OUTCOME[step]
            finding.asks_verification = step == Step.ASKED
            if step == Step.VERIFIED:
                finding.verified_at, finding.verified_by = when, by
        if is_live:
            break


def _note(
    rows: Rows, flaw: Finding, step: Decision.Step, by: Membership, at: datetime
) -> None:
    rows.decisions.append(
        Decision(
            organisation_id=flaw.organisation_id, finding=flaw, step=step, by=by, at=at
        )
    )
