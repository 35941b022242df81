"""What autonomy stands for a junior's competencies, read in one query."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Max, OuterRef, QuerySet
from django.db.models.functions import JSONObject, TruncDate

from pairings.models import Pairing
from pairings.ports import Reached
from preceptor.prepared import Prepared
from progress.autonomy import ALONE, LEADS, Reach, Standing, lapses_on, reach
from progress.evidence import Gathered
from progress.models import (
    AutonomyGrant,
    AutonomyRequest,
    Competency,
    Evidence,
    GrowthPlan,
    Outcome,
)

BEGINNING = Standing()
NOT_APPLICABLE = Outcome.State.NOT_APPLICABLE


@dataclass(frozen=True, slots=True)
class Stand:
    """A competency's newest grant and its evidence; `grant` is 0 where there is none.

    `asked` is the step that the junior asks for, `level` what both agreed on last; None
    where there is no such thing.
    """

    standing: Standing = BEGINNING
    grant: int = 0
    granted_on: date | None = None
    evidence: int = 0
    last_on: date | None = None
    asked: int | None = None
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Standings:
    """Of one year. `by_key` has what was ever granted, asked for, shown or agreed.

    `counted` are the keys of the plan's version, in order, but for those that both
    agreed are not applicable.
    """

    by_key: Mapping[UUID, Stand]
    counted: Sequence[UUID]
    weeks: int
    today: date

    def of(self, key: UUID) -> Stand:
        return self.by_key.get(key) or Stand()

    @property
    def shown(self) -> Mapping[UUID, Gathered]:
        """What `progress.evidence.gathered` would ask the database for again."""
        return {
            key: Gathered(one.evidence, one.last_on)
            for key, one in self.by_key.items()
            if one.last_on
        }

    @property
    def held(self) -> list[int]:
        """The step that counts, of each competency that does."""
        return [self.of(key).standing.holds(self.today) for key in self.counted]

    @property
    def leading(self) -> int:
        """How many hold that the junior leads, or more."""
        return sum(step >= LEADS for step in self.held)

    @property
    def alone(self) -> int:
        return sum(step >= ALONE for step in self.held)

    @property
    def to_confirm(self) -> int:
        stands = (self.of(key).standing for key in self.counted)
        return sum(one.is_lapsed(self.today) for one in stands)

    @property
    def asked(self) -> int:
        return sum(self.of(key).asked is not None for key in self.counted)

    @property
    def is_begun(self) -> bool:
        """Whether anything was granted of what counts."""
        return any(self.of(key).grant for key in self.counted)

    def reach(self, phase: str) -> Reach | None:
        return reach(phase, self.held)


def standings_of(plan: int, today: date) -> Standings:
    """Of a plan by its id, whatever of it was loaded."""
    [(*parts, keys, weeks)] = STANDINGS(plan=plan)
    found: dict[UUID, dict[str, Any]] = defaultdict(dict)
    for one in chain.from_iterable(parts):
        found[UUID(one.pop("key"))].update(one)
    by_key = {key: _stand(one, weeks) for key, one in found.items()}
    spared = {key for key, one in found.items() if one.get("state") == NOT_APPLICABLE}
    return Standings(
        by_key=by_key,
        counted=[key for key in keys if key not in spared],
        weeks=weeks,
        today=today,
    )


def reached(pairing: Pairing, phase: str, today: date) -> Reached | None:
    """What the junior's competencies say of a phase; None where there are none."""
    rows = GrowthPlan.objects.filter(junior=pairing.junior_id)
    plan = rows.values_list("pk", flat=True).first()
    if plan is None:
        return None
    found = standings_of(plan, today).reach(phase)
    return Reached(found.reached, found.of) if found and found.of else None


def _stand(row: Mapping[str, Any], weeks: int) -> Stand:
    granted_on, last_on = _day(row.get("on")), _day(row.get("last_on"))
    standing = BEGINNING
    if granted_on:
        standing = Standing(row["level"], lapses_on(granted_on, last_on, weeks))
    return Stand(
        standing=standing,
        grant=row.get("grant", 0),
        granted_on=granted_on,
        evidence=row.get("n", 0),
        last_on=last_on,
        asked=row.get("asked"),
        level=row.get("agreed"),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _granted() -> "QuerySet[Any, Any]":
    rows = AutonomyGrant.objects.filter(plan=OuterRef("pk"))
    return (
        rows.order_by("competency__key", "-pk")
        .distinct("competency__key")
        .values(
            json=JSONObject(
                key="competency__key",
                grant="pk",
                level="level",
                on=TruncDate("granted_at"),
            )
        )
    )


def _shown() -> "QuerySet[Any, Any]":
    rows = Evidence.objects.filter(plan=OuterRef("pk")).order_by()
    by_key = rows.values(key=F("competency__key"))
    return by_key.values(
        json=JSONObject(key="key", n=Count("pk"), last_on=Max("held_on"))
    )


def _asked() -> "QuerySet[Any, Any]":
    rows = AutonomyRequest.objects.open().filter(plan=OuterRef("pk"))
    return rows.values(json=JSONObject(key="competency__key", asked="level"))


def _agreed() -> "QuerySet[Any, Any]":
    rows = Outcome.objects.filter(
        assessment__plan=OuterRef("pk"), assessment__signed_at__isnull=False
    )
    newest = rows.order_by("competency__key", "-assessment__signed_at")
    return newest.distinct("competency__key").values(
        json=JSONObject(key="competency__key", agreed="level", state="state")
    )


def _keys() -> "QuerySet[Any, Any]":
    rows = Competency.objects.filter(version=OuterRef("version"))
    return rows.order_by("area__position", "position").values("key")


def _standings(plan: int) -> "QuerySet[Any, Any]":
    parts = (_granted(), _shown(), _asked(), _agreed(), _keys())
    arrays = (ArraySubquery(part) for part in parts)
    rows = GrowthPlan.objects.filter(pk=plan).order_by()
    return rows.values_list(*arrays, "junior__program__autonomy_weeks")


STANDINGS = Prepared(_standings, plan=int)
