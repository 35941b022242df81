"""Looking back: what was left to a junior in each competency, and what shows it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.text import capfirst

from progress.autonomy_words import step_word
from progress.models import Competency, GrowthPlan
from progress.standings import Stand, Standings, standings_of


@dataclass(frozen=True, slots=True)
class Left:
    """A competency of which something was granted or tagged, as of the day `on`."""

    key: UUID
    name: str
    stand: Stand
    on: date

    @property
    def word(self) -> str:
        return capfirst(step_word(self.stand.standing.level))

    @property
    def is_lapsed(self) -> bool:
        """Whether it was to be confirmed again."""
        return self.stand.standing.is_lapsed(self.on)


@dataclass(frozen=True, slots=True)
class Granted:
    """A year's autonomy and evidence. Without `rows` it is good for counts alone."""

    standings: Standings
    rows: Sequence[Left] = ()

    @property
    def pieces(self) -> int:
        return sum(one.evidence for one in self.standings.by_key.values())

    @property
    def covered(self) -> int:
        """How many competencies have evidence, also of earlier versions."""
        return len(self.standings.shown)

    @property
    def silent(self) -> int:
        """Of how many that count there is neither a grant nor evidence."""
        stands = map(self.standings.of, self.standings.counted)
        return sum(not _says(stand) for stand in stands)


def granted(plan: GrowthPlan, on: date, *, has_rows: bool) -> Granted:
    """As of a day, or of the last grant or evidence where that came later.

    Two queries, one without rows.
    """
    found = standings_of(plan.pk, on)
    stands = found.by_key.values()
    days = [day for one in stands for day in (one.granted_on, one.last_on) if day]
    found = replace(found, today=max([on, *days]))
    return Granted(found, _rows(plan, found) if has_rows else ())


def _rows(plan: GrowthPlan, found: Standings) -> list[Left]:
    """Those of the plan's version in its order, then what only earlier ones have."""
    named = Q(version=plan.version_id) | Q(pk__in=plan.evidence.values("competency"))
    granted = Q(pk__in=plan.autonomy_grants.values("competency"))
    rows = Competency.objects.filter(named | granted).select_related("area")
    in_order = sorted(
        rows.defer("levels", "about", "area__about"),
        key=lambda one: (
            one.version_id != plan.version_id,
            *(one.area.position, one.position, -one.pk),
        ),
    )
    names: dict[UUID, str] = {}
    for one in in_order:
        names.setdefault(one.key, one.name)
    stands = ((key, name, found.of(key)) for key, name in names.items())
    return [Left(*one, found.today) for one in stands if _says(one[2])]


def _says(stand: Stand) -> bool:
    return bool(stand.grant or stand.evidence)
