"""Server time and queries of each page that a signed-in person opens."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.test import Client

from bench.results import Result
from pairings.models import Pairing, Program, ProgramStaff
from preceptor.accounts.models import Membership
from preceptor.http import url
from progress.models import GrowthPlan
from reviews.models import ReviewSession

TIMES = {"plan": 8}
"""How many times the trivial query a page may take at most, where it is not six."""

ROUNDS = 7
REQUESTS = 15


@dataclass(frozen=True, slots=True)
class Measure:
    """One page: queries a request, milliseconds of server time."""

    queries: int
    median: float
    p95: float


def measure_pages() -> dict[str, Measure]:
    """Every page in turn, round by round, so that each meets the same machine."""
    visits = {name: visiting(*target) for name, target in _targets().items()}
    for visit in visits.values():
        visit()
    rounds: dict[str, list[list[float]]] = {name: [] for name in visits}
    for _round in range(ROUNDS):
        for name, visit in visits.items():
            rounds[name].append([timed(visit) for _request in range(REQUESTS)])
    return {
        name: Measure(
            queries=counted(visits[name]),
            median=statistics.median(statistics.median(r) for r in taken),
            p95=statistics.quantiles((t for r in taken for t in r), n=20)[-1],
        )
        for name, taken in rounds.items()
    }


def compare(small: dict[str, Measure], large: dict[str, Measure]) -> list[Result]:
    """What each page took: its queries and times at both sizes, and the aims."""
    results = []
    for name, of_small in small.items():
        of_large = large[name]
        ratio = of_large.median / of_small.median
        times = of_large.median / large["one trivial query"].median
        most = TIMES.get(name, 6)
        results += [
            Result(f"{name}: queries, small", of_small.queries, "queries"),
            Result(
                f"{name}: queries, large",
                of_large.queries,
                "queries",
                "as small",
                of_large.queries == of_small.queries,
            ),
            Result(f"{name}: median, small", of_small.median, "ms"),
            Result(f"{name}: 95th percentile, small", of_small.p95, "ms"),
            Result(f"{name}: median, large", of_large.median, "ms"),
            Result(f"{name}: 95th percentile, large", of_large.p95, "ms"),
            Result(f"{name}: large to small", ratio, "times", "at most 2", ratio <= 2),
            Result(
                f"{name}: to one trivial query",
                times,
                "times",
                f"at most {most}",
                times <= most,
            ),
        ]
    return results


def _targets() -> dict[str, tuple[Membership, str, int | None]]:
    """Each page with who opens it: a route of their organisation, and its row."""
    reading = ReviewSession.objects.filter(state="reading", revisions__isnull=False)
    revealed = ReviewSession.objects.filter(state="revealed")
    to_read = reading.select_related("junior__user").order_by("pk")[0]
    to_discuss = revealed.select_related("junior__user").order_by("pk")[0]
    leads = ProgramStaff.objects.filter(role="lead", program__pairings__isnull=False)
    lead = leads.select_related("membership__user").order_by("pk")[0]
    pairing = Pairing.objects.get(pk=to_read.pairing_id)
    mentor = Membership.objects.get(pk=to_read.mentor_id)
    plan = GrowthPlan.objects.get(junior=pairing.junior_id)
    program = Program.objects.get(pk=lead.program_id)
    junior = to_read.junior
    managers = Membership.objects.filter(role="manager").select_related("user")
    manager = managers.order_by("pk")[0]
    return {
        "one trivial query": (junior, "trivial", None),
        "Today, junior": (junior, "insights:today", None),
        "Today, mentor": (mentor, "insights:today", None),
        "Today, lead": (lead.membership, "insights:today", None),
        "Today, manager": (manager, "insights:today", None),
        "program": (lead.membership, "insights:board", program.pk),
        "pairing": (junior, "insights:pairing", pairing.pk),
        "session in blind pass": (junior, "reviews:read", to_read.pk),
        "session revealed": (to_discuss.junior, "reviews:board", to_discuss.pk),
        "plan": (junior, "progress:plan", plan.pk),
    }


def visiting(
    member: Membership, route: str, pk: int | None, *also: object
) -> Callable[[], None]:
    client = Client()
    client.force_login(member.user)
    path = url(member.organisation.slug, route, *([] if pk is None else [pk]), *also)

    def visit() -> None:
        response = client.get(path)
        if response.status_code != 200:
            raise RuntimeError(f"{path} answered {response.status_code}")

    return visit


def timed(visit: Callable[[], object]) -> float:
    started = time.perf_counter()
    visit()
    return (time.perf_counter() - started) * 1000


def counted(visit: Callable[[], None]) -> int:
    count = 0

    def counting(execute, sql, params, many, context):  # type: ignore[no-untyped-def] # Django's own shape
        nonlocal count
        count += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counting):
        visit()
    return count
