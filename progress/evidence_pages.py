"""What pages show of evidence: what can be tagged to what, and what was."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.templatetags.preceptor import day
from progress.models import Competency, GrowthPlan
from progress.things import (
    Kind,
    Thing,
    flaws,
    lessons,
    sessions_told,
    thing_of,
    things_of_flaws,
    things_of_lessons,
)
from reviews.tally import SOUND

MOST_FLAWS, MOST_OTHERS = 30, 10
"""How many that can be tagged the page of a competency shows."""

MOST_WAITING = 8
"""How many that wait to be tagged the page of a year shows at a time."""

MOST_SUGGESTED = 4
"""To how many competencies a thing is tagged by one click."""

Tags = Mapping[str, Mapping[UUID, Competency]]
"""What each thing is tagged to, by its key and the competency's."""


@dataclass(frozen=True, slots=True)
class Block:
    """A thing with the competencies that it is tagged to, and those that suggest
    themselves.

    `has_more` where any other may be chosen, `options` a select's inside of all of
    them where that was asked for. `back` is the page that a click without script
    returns to.
    """

    thing: Thing
    tagged: Sequence[Competency]
    suggested: Sequence[Competency]
    back: str = ""
    has_more: bool = False
    options: SafeString | str = ""

    @property
    def chapter(self) -> str:
        """Under which heading its session has it."""
        kind = self.thing.kind
        if kind == Kind.SESSION:
            return _("The whole session")
        return _("Lessons") if kind == Kind.LESSON else _("Flaws and their cards")

    @property
    def facts(self) -> str:
        return ", ".join(_facts(self.thing))


def _facts(thing: Thing) -> Iterator[str]:
    found = thing.finding
    if found and thing.kind != Kind.LESSON:
        yield str(found.get_category_display())
        yield str(found.get_severity_display()).lower()
        if thing.is_caught:
            yield _("caught in the blind pass")
        if thing.mark:
            yield _("explained: %(mark)s") % {"mark": thing.mark}
    yield day(thing.held_on)


def in_order(plan: GrowthPlan) -> "QuerySet[Competency]":
    """The competencies that the plan has now, in the framework's order."""
    rows = Competency.objects.filter(version=plan.version_id)
    related = rows.select_related("area").defer("levels")
    return related.order_by("area__position", "position")


def tags_of(plan: GrowthPlan) -> Tags:
    """One query; links are no thing of a session."""
    rows = plan.evidence.exclude(kind=Kind.LINK).select_related("competency")
    unsaid = [f"competency__{name}" for name in ("levels", "about", "categories")]
    tags: dict[str, dict[UUID, Competency]] = defaultdict(dict)
    for row in rows.defer(*unsaid):
        tags[row.thing_key][row.competency.key] = row.competency
    return tags


class Tagging:
    """What tagging in a plan needs to know: its competencies, and what is tagged."""

    def __init__(self, plan: GrowthPlan) -> None:
        self.plan = plan
        self.competencies = list(in_order(plan))
        self.tags = tags_of(plan)

    def block(self, thing: Thing, back: str = "") -> Block:
        tagged = self.tags.get(thing.key, {})
        weights = {
            one: sum(name in one.categories for name in thing.categories)
            for one in self.competencies
            if one.key not in tagged
        }
        fit = sorted(filter(weights.get, weights), key=lambda one: -weights[one])
        suggested = fit[:MOST_SUGGESTED]
        return Block(thing, list(tagged.values()), suggested, back, has_more=True)

    def block_to_choose(self, thing: Thing, back: str = "") -> Block:
        """The same with all competencies to choose from."""
        options = _options(self.competencies)
        return replace(self.block(thing, back), options=options)

    def block_of(self, thing: Thing, competency: Competency) -> Block:
        """For a page of one competency: to be tagged to that or not."""
        found = self.tags.get(thing.key, {}).get(competency.key)
        tagged = [found] if found else []
        suggested = [] if tagged else [competency]
        return Block(thing, tagged, suggested, "competency")

    def is_tagged(self, thing: Thing, competency: Competency) -> bool:
        return competency.key in self.tags.get(thing.key, {})


def _options(competencies: Iterable[Competency]) -> SafeString:
    """A select's inside, grouped by area."""
    by_area = groupby(competencies, key=lambda one: one.area.name)
    groups = (
        (
            name,
            format_html_join(
                "", '<option value="{}">{}</option>', ((c.pk, c.name) for c in rows)
            ),
        )
        for name, rows in by_area
    )
    return format_html_join("", '<optgroup label="{}">{}</optgroup>', groups)


def fitting(
    tagging: Tagging, competency: Competency, reader: Membership
) -> list[Block]:
    """Recent things that are not tagged to a competency, those that fit it first.

    Three queries. Flaws and their cards fit by category; lessons and sessions may.
    """
    told = sessions_told(tagging.plan, reader)
    fit = flaws(told).filter(category__in=competency.categories)
    of_card = Q(finding=None) | Q(finding__category__in=competency.categories)
    sittings = told.order_by("-opened_at", "-pk")
    things = [
        *things_of_flaws(fit[:MOST_FLAWS]),
        *things_of_lessons(lessons(told).filter(of_card)[:MOST_OTHERS]),
        *(thing_of(one) for one in sittings[:MOST_OTHERS]),
    ]
    return [
        tagging.block_of(one, competency)
        for one in things
        if not tagging.is_tagged(one, competency)
    ]


def suggestions(tagging: Tagging, reader: Membership) -> list[Block]:
    """Real flaws that the junior caught or explained and nobody tagged; one query."""
    covered = {name for one in tagging.competencies for name in one.categories}
    tagged = tagging.plan.evidence.filter(finding__isnull=False).values("finding")
    rows = flaws(sessions_told(tagging.plan, reader)).filter(category__in=covered)
    shows = Q(is_caught=True) | Q(explanation__mark__gte=SOUND)
    found = rows.exclude(pk__in=tagged).filter(shows)[:MOST_WAITING]
    things = (_shows(list(things_of_flaws([one]))) for one in found)
    return [tagging.block(one, "plan") for one in things]


def _shows(things: Sequence[Thing]) -> Thing:
    """What a flaw is evidence by: that it was caught, else how it was explained."""
    return things[0] if things[0].is_caught else things[-1]
