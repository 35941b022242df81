"""Weekly figures of three teams of the story, before and since; all are made up."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from pairings.models import Program
from preceptor.accounts.models import Membership
from preceptor.insights.models import TeamWeek

WEEK = timedelta(weeks=1)
BACK = 45
"""So many weeks are told of before the program."""
TEAMS = 3
# Hours of lead time, deployments and throughput a week, at the start of each.
PACES = ((78.0, 6.0, 14.0), (52.0, 9.0, 19.0), (110.0, 3.0, 9.0))
UNTOLD = 11
"""One week in so many nobody told."""


def write(program: Program, manager: Membership, now: datetime, rng: Random) -> None:
    """Of the teams with the most juniors, up to last week; none moves for a reason."""
    teams = program.enrolments.juniors().exclude(team="").order_by("team")
    names = list(teams.values_list("team", flat=True))
    most = sorted(set(names), key=lambda name: (-names.count(name), name))[:TEAMS]
    TeamWeek.objects.bulk_create(
        week
        for name, pace in zip(most, PACES, strict=False)
        for week in _weeks(program, name, pace, now, rng)
        if rng.randrange(UNTOLD)
    )
    TeamWeek.objects.filter(organisation=program.organisation_id).update(
        written_by=manager, written_at=now - timedelta(days=5)
    )


def _weeks(
    program: Program,
    team: str,
    pace: tuple[float, float, float],
    now: datetime,
    rng: Random,
) -> Iterator[TeamWeek]:
    hours, deployments, throughput = pace
    monday = program.starts_on - timedelta(days=program.starts_on.weekday())
    monday -= BACK * WEEK
    while monday + WEEK <= now.date():
        # A slow drift over all of it, and what one week differs from the next.
        hours *= rng.uniform(0.985, 1.01)
        deployed = max(round(rng.gauss(deployments, deployments / 4)), 0)
        yield TeamWeek(
            organisation_id=program.organisation_id,
            team=team,
            monday=monday,
            lead_time_hours=Decimal(f"{hours * rng.uniform(0.7, 1.35):.1f}"),
            deployments=deployed,
            failures=sum(rng.random() < 0.14 for _n in range(deployed)),
            throughput=max(round(rng.gauss(throughput, throughput / 5)), 0),
        )
        monday += WEEK
