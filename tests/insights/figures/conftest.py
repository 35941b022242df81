"""A program of 2026 with eight juniors and four mentors, and what they hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from pairings.models import Enrolment, Pairing, Program
from preceptor.insights.figures.closing import close
from progress.models import GrowthPlan
from reviews.models import BlindPass, Explanation, Finding, ReviewSession
from tests.cast import Cast
from tests.factories import EnrolmentFactory, PairingFactory, ProgramFactory

JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
IN_APRIL, IN_MAY = (datetime(2026, month, 8, 9, tzinfo=UTC) for month in (4, 5))
JUNIORS, MENTORS = 8, 4


def moment(on: date, hour: int = 12) -> datetime:
    return datetime.combine(on, time(hour), UTC)


@dataclass(frozen=True)
class Year:
    program: Program
    pairs: Sequence[Pairing]

    def hold(self, n: int, on: date, flaws: str = "", **more: Any) -> ReviewSession:
        """A session of pair n: `+` is a flaw that the junior caught, `-` one missed.

        `flaws` is of logic; a dictionary `kinds` brings others by category.
        """
        pair = self.pairs[n]
        kinds = more.pop("kinds", {"logic": flaws} if flaws else {})
        said: dict[str, Any] = {"call": "fix", "confidence": "0.80", "mark": None}
        said = {name: more.pop(name, value) for name, value in said.items()}
        session = ReviewSession.objects.create(
            organisation_id=pair.organisation_id,
            pairing=pair,
            mentor=pair.mentor.membership,
            junior=pair.junior.membership,
            state=ReviewSession.State.CLOSED,
            held_on=on,
            **{
                "title": "Retry webhook deliveries",
                "revealed_at": moment(on),
                "closed_at": moment(on),
                "tool": "Agent",
                "driver": "junior",
                "minutes": 45,
                "was_safe": True,
                **more,
            },
        )
        own = _pass(session, said["call"], said["confidence"])
        for category, marks in kinds.items():
            for mark in marks:
                found = _flaw(session, category, own if mark == "+" else None)
                if said["mark"] is not None:
                    Explanation.objects.create(
                        organisation_id=pair.organisation_id,
                        finding=found,
                        mark=said["mark"],
                    )
        return session

    def close(self, now: datetime = IN_APRIL) -> int:
        return close(self.program, now)


def _pass(session: ReviewSession, call: str, confidence: str) -> BlindPass:
    return BlindPass.objects.create(
        organisation_id=session.organisation_id,
        session=session,
        reviewer=session.junior,
        side="junior",
        verdict=call,
        confidence=confidence,
        locked_at=session.closed_at,
    )


def _flaw(session: ReviewSession, category: str, own: BlindPass | None) -> Finding:
    return Finding.objects.create(
        organisation_id=session.organisation_id,
        session=session,
        blind_pass=own,
        author=session.junior if own else session.mentor,
        category=category,
        severity=Finding.Severity.MAJOR,
        title="The timeout is 0",
        adjudication=Finding.Adjudication.REAL,
    )


@pytest.fixture
def year(cast: Cast) -> Year:
    """It began on 5 January, a Monday; juniors 2n and 2n + 1 are with mentor n."""
    program = ProgramFactory.create(
        organisation=cast.tidewater,
        name="Preceptorship 2026",
        starts_on=date(2026, 1, 5),
        ends_on=date(2026, 7, 6),
        created_at=datetime(2025, 12, 1, tzinfo=UTC),
    )
    mentors = EnrolmentFactory.create_batch(
        MENTORS, program=program, side=Enrolment.Side.MENTOR
    )
    juniors = EnrolmentFactory.create_batch(JUNIORS, program=program)
    pairs = [
        PairingFactory.create(program=program, mentor=mentors[n // 2], junior=junior)
        for n, junior in enumerate(juniors)
    ]
    return Year(program, pairs)


@pytest.fixture
def plans(year: Year) -> list[GrowthPlan]:
    rows = [
        GrowthPlan(
            organisation_id=pair.organisation_id,
            junior=pair.junior,
            starts_on=pair.starts_on,
        )
        for pair in year.pairs
    ]
    return GrowthPlan.objects.bulk_create(rows)


def week(n: int) -> date:
    """The Tuesday of the program's week n, from 0."""
    return date(2026, 1, 6) + timedelta(weeks=n)
