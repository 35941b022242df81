"""Whom and what the numbers of entries stand for, asked once for a whole page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.apps import apps
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.utils.translation import gettext as _

from pairings.models import Program
from preceptor.accounts.entries import HistoryEntry
from preceptor.accounts.models import Membership, shown_name
from progress.models import Framework, Milestone

MILESTONE = "progress.milestone"
FRAMEWORK = "progress.programframework"
NAMED = (
    "accounts.holiday",
    "insights.scenario",
    "pairings.skill",
    "signing_in.domain",
    "signing_in.provider",
)
"""What sentences call by its name, also where that is not what changed."""


@dataclass(frozen=True)
class Names:
    """Names by number. What is gone by now has none, and is said to be so."""

    people: dict[int, str]
    programs: dict[int, str]
    milestones: dict[int, str]
    frameworks: dict[int, str] = field(default_factory=dict)
    named: dict[tuple[str, int], str] = field(default_factory=dict)
    """By model and number, of `NAMED` where an entry does not say it itself."""

    def person(self, number: int | None) -> str:
        return self.people.get(number or 0) or _("a former member")

    def program(self, number: int | None) -> str:
        return self.programs.get(number or 0) or _("a program that is gone")

    def thing(self, entry: HistoryEntry) -> str:
        return self.named.get((entry.what, entry.row_id or 0)) or _("removed since")


def programs_of(organisation: int) -> dict[int, str]:
    rows = Program.objects.filter(organisation=organisation)
    return dict(rows.values_list("pk", "name"))


def names_of(entries: Sequence[HistoryEntry], programs: dict[int, str]) -> Names:
    """Of all that a page names: one query of people, and one of each else if any."""
    people: set[int | None] = set()
    stones: set[int | None] = set()
    chosen: set[int | None] = set()
    for entry in entries:
        people |= {entry.actor_id, entry.person_id, entry.other_id, *_members_in(entry)}
        if entry.what == MILESTONE:
            stones.add(entry.row_id)
        if entry.what == FRAMEWORK:
            values = (entry.before or {}, entry.after or {})
            chosen |= {one.get("framework") for one in values}
    members = Membership.objects.filter(pk__in=[one for one in people if one])
    milestones = Milestone.objects.filter(pk__in=[one for one in stones if one])
    frameworks = Framework.objects.filter(pk__in=[one for one in chosen if one])
    return Names(
        people=dict(members.values_list("pk", shown_name())),
        programs=programs,
        milestones=dict(milestones.values_list("pk", "name")),
        frameworks=dict(frameworks.values_list("pk", "name")),
        named=_named(entries),
    )


def _named(entries: Iterable[HistoryEntry]) -> dict[tuple[str, int], str]:
    """As things are called now; a query for each of their models that is there."""
    lacking: dict[str, set[int | None]] = {}
    for entry in entries:
        says = {**(entry.before or {}), **(entry.after or {})}
        if entry.what in NAMED and "name" not in says:
            lacking.setdefault(entry.what, set()).add(entry.row_id)
    found: dict[tuple[str, int], str] = {}
    for what, numbers in lacking.items():
        model: type[Model] = apps.get_model(what)
        rows: QuerySet[Model] = QuerySet(model)
        rows = rows.filter(pk__in=numbers)
        found |= {(what, pk): name for pk, name in rows.values_list("pk", "name")}
    return found


def _members_in(entry: HistoryEntry) -> Iterable[int]:
    """The memberships among the values that changed, such as a line manager's."""
    for values in (entry.before, entry.after):
        for name, value in (values or {}).items():
            if isinstance(value, int) and is_member(field_of(entry.what, name)):
                yield value


def field_of(what: str, name: str) -> "Field[object, object] | None":
    """The field that a value is of; None of one that the code knows no more."""
    try:
        model: type[Model] = apps.get_model(what)
    except (LookupError, ValueError):
        return None
    return next((one for one in model._meta.fields if one.name == name), None)


def is_member(field: object) -> bool:
    return isinstance(field, ForeignKey) and field.related_model is Membership
