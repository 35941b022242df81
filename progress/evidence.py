"""What a plan's evidence adds up to, by competency through the framework's versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Max

from progress.models import GrowthPlan


@dataclass(frozen=True, slots=True)
class Gathered:
    """How much evidence a competency has, and the day of the latest of it."""

    n: int
    last_on: date


def gathered(plan: GrowthPlan) -> Mapping[UUID, Gathered]:
    """By the key of each competency that has any; one query."""
    keys = plan.evidence.order_by().values_list("competency__key")
    rows = keys.annotate(Count("pk"), Max("held_on"))
    return {key: Gathered(n, last_on) for key, n, last_on in rows}
