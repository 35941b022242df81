"""A large organisation for the benchmark, written by the database itself.

Everything about a row follows from its number, so that ids need not be read back:
pairing p (from 0) belongs to program p / 20, and its session i is the row
`first + p * 50 + i`. Ids are reserved beforehand; nobody else may write meanwhile.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import connection, transaction

from pairings.models import Enrolment, Pairing, Program
from preceptor.accounts.models import Membership, Organisation, User
from preceptor.insights.demo import (
    bulk_people,
    bulk_sessions,
    frameworks,
    outcomes,
    told,
)
from preceptor.insights.demo.company import stored
from preceptor.insights.demo.inserting import reserve
from preceptor.insights.demo.outcomes import FINDINGS, SESSIONS
from progress.models import GrowthPlan
from reviews.models import BlindPass, Finding, ReviewSession

PER_PROGRAM = 20
MENTORS_PER_PROGRAM = 7
CHUNK = 1_000
WEEKS_AGO, WEEKS = 51, 78


@transaction.atomic
def grow(
    organisation: Organisation,
    pairings: int,
    *,
    seed: int,
    now: datetime,
    say: Callable[[str], object],
) -> None:
    """Add pairings with 50 sessions and 300 findings each; all of them or none.

    `say` is told after each thousand pairings how many there are.
    """
    monday = now.date() - timedelta(days=now.weekday())
    programs = -(-pairings // PER_PROGRAM)
    facts: dict[str, Any] = _first_ids(pairings, programs) | {
        "organisation": organisation.pk,
        "version": frameworks.version_for_all(organisation.pk, now).pk,
        "pairings": pairings,
        "programs": programs,
        "now": now,
        "today": now.date(),
        "starts_on": monday - timedelta(weeks=WEEKS_AGO),
        "ends_on": monday + timedelta(weeks=WEEKS - WEEKS_AGO),
    }
    with told.unseen():
        _grow(organisation, facts, seed, now, say)
        told.tell(organisation, facts["program_id"], now)


def _grow(
    organisation: Organisation,
    facts: dict[str, Any],
    seed: int,
    now: datetime,
    say: Callable[[str], object],
) -> None:
    pairings: int = facts["pairings"]
    with connection.cursor() as cursor:
        # Checked at the end of each statement, not piled up until the commit.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    outcomes.load(stored(organisation), Random(seed))
    bulk_people.write(facts)
    for first in range(0, pairings, CHUNK):
        end = min(first + CHUNK, pairings)
        bulk_sessions.write(facts | {"from": first, "to": end - 1})
        say(f"{end:,} of {pairings:,} pairings, {end * SESSIONS:,} sessions")


def _first_ids(pairings: int, programs: int) -> dict[str, Any]:
    mentors = programs * MENTORS_PER_PROGRAM
    people = programs + mentors + pairings
    sessions = pairings * SESSIONS
    return {
        "user_id": reserve(User, people),
        "membership_id": reserve(Membership, people),
        "program_id": reserve(Program, programs),
        "enrolment_id": reserve(Enrolment, mentors + pairings),
        "pairing_id": reserve(Pairing, pairings),
        "plan_id": reserve(GrowthPlan, pairings),
        "session_id": reserve(ReviewSession, sessions),
        "pass_id": reserve(BlindPass, sessions * 2),
        "finding_id": reserve(Finding, sessions * FINDINGS),
    }
