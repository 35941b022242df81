"""The figures of one junior's reviews among millions of findings: database time."""

import statistics
import sys
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import Count
from django.utils import timezone

from bench.results import Result
from progress.figures import Figures
from progress.models import GrowthPlan, PublishedFigure
from reviews.models import Finding

AIM_MS, ROUNDS = 30, 7


def measure_figures() -> list[Result]:
    """All figures of the junior with the most findings; prints what was explained."""
    plans = GrowthPlan.objects.select_related("junior__program")
    counted = plans.annotate(n=Count("junior__pairings_as_junior__sessions__findings"))
    plan = counted.order_by("-n", "pk")[0]
    own = Finding.objects.filter(session__pairing__junior=plan.junior).count()
    asked = _statements(plan)
    taken = statistics.median(
        sum(_explained(*one)[0] for one in asked) for _round in range(ROUNDS)
    )
    for one in asked:
        sys.stdout.write(f"{_explained(*one)[1]}\n\n")
    aim = f"under {AIM_MS}"
    return [
        Result("figures: findings in the database", Finding.objects.count(), "rows"),
        Result("figures: findings of the junior", own, "rows"),
        Result("figures: queries", len(asked), "queries"),
        Result("figures: database time", taken, "ms", aim, taken < AIM_MS),
    ]


def _statements(plan: GrowthPlan) -> list[tuple[str, Any]]:
    """What the page asks of the database for its figures."""
    asked: list[tuple[str, Any]] = []

    def keep(
        execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    figures = Figures(plan, list(PublishedFigure.Figure), timezone.localdate())
    with connection.execute_wrapper(keep):
        for name in PublishedFigure.Figure.values:
            getattr(figures, name)
    return asked


def _explained(sql: str, params: Any) -> tuple[float, str]:
    """Milliseconds of planning and running, and the plan as PostgreSQL tells it."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", params)
        lines = [line for (line,) in cursor.fetchall()]
    times = [line.split() for line in lines if line.endswith(" ms") and "Time:" in line]
    return sum(float(words[-2]) for words in times), "\n".join(lines)
