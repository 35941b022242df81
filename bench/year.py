"""The plan page of a full year in the large organisation: queries, time, and size.

One junior's year is filled in a transaction that is rolled back: 24 competencies, 60
goals with their steps, 52 sessions, 400 findings, and what else a year gathers.
"""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from bench.pages import REQUESTS, ROUNDS, TIMES, counted, timed, visiting
from bench.results import Result
from preceptor.accounts.models import Membership
from preceptor.http import url
from progress.models import (
    Assessment,
    AutonomyGrant,
    CheckIn,
    Competency,
    Evidence,
    Goal,
    GoalStep,
    GrowthPlan,
    Milestone,
    MilestoneCondition,
    Outcome,
    ProtectedWeek,
    Rating,
    Side,
)
from progress.protected import monday_of
from reviews.models import Finding, ReviewSession

COMPETENCIES, STEPS = 24, 4


@dataclass(frozen=True, slots=True)
class Size:
    """How many of each there are in the end."""

    goals: int
    sessions: int
    findings: int
    own_milestones: int
    checkins: int
    weeks: int
    evidence_each: int


SHORT = Size(4, 51, 301, 1, 2, 3, 1)
FULL = Size(60, 52, 400, 6, 12, 45, 5)
MOST_BYTES = 150_000


def measure_year() -> list[Result]:
    """Beside the trivial query in turn, and the queries of a year with little in it."""
    plan = _chosen()
    junior = plan.junior.membership
    visit = visiting(junior, "progress:plan", plan.pk)
    trivial = visiting(junior, "trivial", None)
    with _filled(plan, SHORT):
        visit()
        before = counted(visit)
    with _filled(plan, FULL):
        after = counted(visit)
        size = _size(plan, junior)
        rounds: dict[str, list[float]] = {"year": [], "trivial": []}
        for _round in range(ROUNDS):
            for name, one in (("trivial", trivial), ("year", visit)):
                taken = [timed(one) for _request in range(REQUESTS)]
                rounds[name].append(statistics.median(taken))
    median = statistics.median(rounds["year"])
    times = median / statistics.median(rounds["trivial"])
    most, name = TIMES["plan"], "plan of a full year"
    return [
        Result(f"{name}: queries", after, "queries", f"as {before}", after == before),
        Result(f"{name}: median", median, "ms"),
        Result(
            f"{name}: to one trivial query",
            times,
            "times",
            f"under {most}",
            times < most,
        ),
        Result(
            f"{name}: HTML",
            size / 1000,
            "kB",
            f"under {MOST_BYTES // 1000}",
            size < MOST_BYTES,
        ),
    ]


def _chosen() -> GrowthPlan:
    """A year that its pair is in the middle of."""
    plans = GrowthPlan.objects.with_junior().select_related("version")
    site = plans.filter(junior__program__name__startswith="Site ")
    return site.order_by("pk")[0]


def _size(plan: GrowthPlan, junior: Membership) -> int:
    client = Client()
    client.force_login(junior.user)
    path = url(plan.organisation.slug, "progress:plan", plan.pk)
    return len(client.get(path).content)


@contextmanager
def _filled(plan: GrowthPlan, size: Size) -> Iterator[None]:
    """All that a year gathers, as its pages would have written it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        Filling(plan, size).write()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE progress_goal, progress_goalstep, progress_rating")
        yield
        transaction.set_rollback(True)


class Filling:
    """Writes one year full."""

    def __init__(self, plan: GrowthPlan, size: Size) -> None:
        self.plan, self.size, self.now = plan, size, timezone.now()
        self.pairing = plan.junior.pairings_as_junior.get()
        self.junior = plan.junior.membership
        self.mentor = self.pairing.mentor.membership
        self.competencies = list(Competency.objects.filter(version=plan.version_id))
        if len(self.competencies) != COMPETENCIES:
            raise RuntimeError(f"There are no {COMPETENCIES} competencies to grow in")
        self.own: dict[str, Any] = {"organisation": plan.organisation, "plan": plan}

    def write(self) -> None:
        self._goals()
        self._milestones()
        self._sessions()
        self._checkins()
        for number, occasion in enumerate(("needs", "midpoint")):
            self._assessment(occasion, 2 + number)
        self._evidence()

    def _goals(self) -> None:
        there = self.plan.goals.count()
        goals = Goal.objects.bulk_create(
            Goal(
                **self.own,
                text=f"Find who else writes this row before saying that it is {n} safe",
                why="Races are what I miss most",
                competency=self.competencies[n % COMPETENCIES],
                target=3 + n % 3,
                due_on=self.now.date() + timedelta(days=n),
                position=100 + n,
                state=(Goal.State.OPEN, Goal.State.REACHED)[n % 3 == 0],
                state_changed_at=self.now if n % 3 == 0 else None,
                proposed_by=(self.junior, self.mentor)[n % 2],
                junior_agreed_at=self.now,
                mentor_agreed_at=self.now,
            )
            for n in range(self.size.goals - there)
        )
        GoalStep.objects.bulk_create(
            GoalStep(
                organisation=self.plan.organisation,
                goal=goal,
                text=f"Draw step {n} on paper",
                done_at=self.now if n % 2 else None,
                position=n,
            )
            for goal in goals
            for n in range(STEPS)
        )

    def _milestones(self) -> None:
        today = self.now.date()
        stones = Milestone.objects.bulk_create(
            Milestone(
                **self.own,
                kind=Milestone.Kind.OWN,
                name=f"Leads the review of a release, part {n}",
                about="The two of them added it",
                due_on=today + timedelta(weeks=n),
                added_by=self.junior,
            )
            for n in range(self.size.own_milestones)
        )
        MilestoneCondition.objects.bulk_create(
            MilestoneCondition(
                organisation=self.plan.organisation,
                milestone=stone,
                position=position,
                kind=kind,
                wanted=1 if kind == "ticked" else 3,
                text="Told the team" if kind == "ticked" else "",
            )
            for stone in stones
            for position, kind in enumerate(("sessions_held", "ticked"))
        )

    def _sessions(self) -> None:
        rows = ReviewSession.objects.filter(pairing=self.pairing)
        sessions = ReviewSession.objects.bulk_create(
            ReviewSession(
                organisation=self.plan.organisation,
                pairing=self.pairing,
                mentor=self.mentor,
                junior=self.junior,
                title="Retry webhook deliveries",
                state=ReviewSession.State.CLOSED,
                opened_at=self.now,
                revealed_at=self.now,
                closed_at=self.now,
                held_on=self.now.date(),
                minutes=55,
                tool="agent",
                driver="junior",
            )
            for _n in range(self.size.sessions - rows.count())
        )
        findings = Finding.objects.filter(session__pairing=self.pairing)
        Finding.objects.bulk_create(
            Finding(
                organisation=self.plan.organisation,
                session=sessions[n % len(sessions)],
                author=self.mentor,
                category=("concurrency", "logic", "edge_case", "secrets")[n % 4],
                severity=Finding.Severity.MAJOR,
                title="The timeout is 0",
                adjudication="real",
            )
            for n in range(self.size.findings - findings.count())
        )

    def _checkins(self) -> None:
        CheckIn.objects.bulk_create(
            CheckIn(
                **self.own,
                went_well="I said what I saw before my mentor did",
                hardest="The retry change",
                handed_at=self.now - timedelta(weeks=4 * n),
                answered_at=self.now if n else None,
                answered_by=self.mentor if n else None,
                answer="Cover the comment and read the code" if n else "",
            )
            for n in range(self.size.checkins)
        )
        ProtectedWeek.objects.bulk_create(
            ProtectedWeek(
                **self.own,
                monday=monday_of(self.now.date()) - timedelta(weeks=n),
                hours=n % 5,
            )
            for n in range(self.size.weeks)
        )

    def _assessment(self, occasion: str, level: int) -> None:
        """Both rated everything, agreed on it and signed."""
        one = Assessment.objects.create(
            **self.own,
            version_id=self.plan.version_id or 0,
            occasion=occasion,
            opened_by=self.junior,
            mentor=self.mentor,
        )
        own: dict[str, Any] = {
            "organisation": self.plan.organisation,
            "assessment": one,
            "version_id": self.plan.version_id or 0,
        }
        Rating.objects.bulk_create(
            Rating(**own, competency=of, side=side, is_said=True, level=level)
            for of in self.competencies
            for side in Side
        )
        rows = Assessment.objects.filter(pk=one.pk)
        rows.update(self_in_at=self.now, mentor_in_at=self.now)
        Outcome.objects.bulk_create(
            Outcome(**own, competency=of, level=level, state=Outcome.State.IMPROVING)
            for of in self.competencies
        )
        rows.update(
            junior_signed_at=self.now,
            mentor_signed_at=self.now,
            mentor_signed_by=self.mentor,
            signed_at=self.now,
        )

    def _evidence(self) -> None:
        Evidence.objects.bulk_create(
            Evidence(
                **self.own,
                competency=of,
                kind=Evidence.Kind.LINK,
                url=f"https://example.com/{n}",
                title="The write-up of the incident",
                held_on=self.now.date() - timedelta(days=n),
                tagged_by=self.junior,
            )
            for of in self.competencies
            for n in range(self.size.evidence_each)
        )
        AutonomyGrant.objects.bulk_create(
            AutonomyGrant(**self.own, competency=of, level=2, granted_by=self.mentor)
            for of in self.competencies
        )
