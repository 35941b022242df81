"""What the pairs of the story made of their flaws, and how their sessions ended."""

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from preceptor.insights.demo.sessions import Rows
from reviews.cards import is_grave, needs_card
from reviews.demo_changes.catalog import changes
from reviews.flaws import Flaw
from reviews.models import (
    Action,
    Comment,
    Explanation,
    Finding,
    Impression,
    ReviewSession,
)

TALKS: Mapping[str, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("talks.toml").read_text(encoding="utf-8")
)
JUNIORS = ("commit", "evidence", "cause", "test")
MENTORS = ("done_well", "to_correct", "mark")
WORDS = {
    "junior": ("humbling", "steep", "clearer", "fun", "proud", "slow", "surprising"),
    "mentor": ("lively", "patient", "thorough", "hopeful", "hurried", "good"),
}
REASONS = (
    "The hour was over; it is the first thing next week.",
    "We repaired it together on the spot and wrote nothing down.",
    "Both of us have explained it before, in the session of last month.",
)
CLOSED, REVEALED = ReviewSession.State.CLOSED, ReviewSession.State.REVEALED


def write(rows: Rows, now: datetime) -> None:
    """Adds to `rows`.

    It draws from chances of its own, so that the rest of the story stays as it is.
    """
    lessons = {flaw.title: flaw.lesson for one in changes() for flaw in one.flaws}
    rng = Random(len(rows.findings) + 1)
    # By identity: rows that are not saved yet have no hash.
    found: dict[int, list[Finding]] = defaultdict(list)
    for finding in (*rows.findings, *rows.echoes):
        found[id(finding.session)].append(finding)
    for session in rows.sessions:
        if session.revealed_at is None:
            continue
        flaws = flaws_of_unsaved(found[id(session)])
        marked = _take_apart(rows, session, flaws, lessons, now)
        if session.state == CLOSED:
            _end(rows, session, flaws, marked, rng)


def flaws_of_unsaved(findings: list[Finding]) -> list[Flaw]:
    """As `flaws_of`, of rows without a key yet."""
    flaws = {id(f): Flaw(f) for f in findings if f.same_as is None}
    for finding in findings:
        if finding.same_as is not None:
            flaws[id(finding.same_as)].echoes.append(finding)
    return list(flaws.values())


def _take_apart(
    rows: Rows,
    session: ReviewSession,
    flaws: list[Flaw],
    lessons: Mapping[str, str],
    now: datetime,
) -> set[int]:
    """The identities of the flaws whose card the mentor has marked."""
    marked = set()
    ready = [f for f in flaws if needs_card(f) and f.finding.title in TALKS]
    for order, flaw in enumerate(ready):
        talk = TALKS[flaw.finding.title]
        # In a session that goes on, the later cards are still being written.
        is_half = session.state == REVEALED and order > 0
        names = JUNIORS if is_half else (*JUNIORS, *MENTORS)
        words = {name: talk[name] for name in names}
        if not is_half:
            words["rule"] = talk.get("rule") or lessons[flaw.finding.title]
            marked.add(id(flaw))
        rows.explanations.append(
            Explanation(
                organisation_id=session.organisation_id, finding=flaw.finding, **words
            )
        )
        _talk_about(rows, session, flaw.finding, talk, now)
    _link_lessons(rows, session, ready)
    return marked


def _talk_about(
    rows: Rows,
    session: ReviewSession,
    finding: Finding,
    talk: Mapping[str, Any],
    now: datetime,
) -> None:
    people = {"junior": session.junior, "mentor": session.mentor}
    start = session.revealed_at or now
    for turn, line in enumerate(talk.get("said", ()), 1):
        side, _, text = line.partition(": ")
        rows.comments.append(
            Comment(
                organisation_id=session.organisation_id,
                finding=finding,
                author=people[side],
                key=UUID(int=len(rows.comments) + 1),
                text=text,
                created_at=min(start + timedelta(minutes=4 + 3 * turn), now),
            )
        )
    if "action" in talk:
        due_on = (session.held_on or now.date()) + timedelta(days=7)
        is_done = session.state == CLOSED and due_on < now.date()
        done_at = start + timedelta(days=5) if is_done else None
        rows.actions.append(
            Action(
                organisation_id=session.organisation_id,
                session=session,
                added_by=session.mentor,
                owner=people[talk.get("action_by", "junior")],
                text=talk["action"],
                due_on=due_on,
                done_at=done_at,
            )
        )


def _link_lessons(rows: Rows, session: ReviewSession, ready: list[Flaw]) -> None:
    """The lessons of a session that say what one of its cards says came out of it."""
    rules = {id(row.finding): row.rule for row in rows.explanations}
    by_rule = {rules[id(flaw.finding)]: flaw.finding for flaw in ready}
    for lesson in rows.lessons:
        if lesson.session is session and lesson.text in by_rule:
            lesson.finding = by_rule.pop(lesson.text)


def _end(
    rows: Rows,
    session: ReviewSession,
    flaws: list[Flaw],
    marked: set[int],
    rng: Random,
) -> None:
    real = [flaw for flaw in flaws if flaw.is_real]
    grave = [flaw for flaw in real if is_grave(flaw)]
    critical = any(flaw.finding.severity == "critical" for flaw in real)
    session.verdict = "reject" if critical else "fix" if real else "accept"
    if any(id(flaw) not in marked for flaw in grave):
        session.unexplained_because = rng.choice(REASONS)
    for side, member in (("junior", session.junior), ("mentor", session.mentor)):
        if side == "junior" or rng.random() < 0.8:
            rows.impressions.append(
                Impression(
                    organisation_id=session.organisation_id,
                    session=session,
                    member=member,
                    word=rng.choice(WORDS[side]),
                )
            )
