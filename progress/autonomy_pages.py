"""What the pages of autonomy show: what stands, what is proposed, and why."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from pairings.models import Pairing, PhaseMove
from preceptor.accounts.rights import Relation
from progress.autonomy import LATELY, Facts, Reach, checks, proposal
from progress.autonomy_words import Line, lines, step_word, stood_words
from progress.levels import Autonomy
from progress.models import AutonomyGrant, AutonomyRequest, Competency, GrowthPlan
from progress.standings import Stand, Standings, standings_of
from progress.tracks import steps_track
from reviews import growth, tally
from reviews.estimates import Share, wilson

SHOWN = ("proposed", "confirm", "asked")
"""What the list can be narrowed to."""


@dataclass(frozen=True, slots=True)
class Row:
    """A competency with what stands and what the evidence says of the next step."""

    competency: Competency
    stand: Stand
    facts: Facts
    today: date

    @property
    def level(self) -> int:
        return self.stand.standing.level

    @property
    def word(self) -> str:
        return capfirst(step_word(self.level))

    @property
    def is_lapsed(self) -> bool:
        return self.stand.standing.is_lapsed(self.today)

    @property
    def proposed(self) -> int | None:
        return proposal(self.stand.standing, self.facts, self.today)

    @property
    def proposed_word(self) -> str:
        return step_word(self.proposed) if self.proposed else ""

    @property
    def asked_word(self) -> str:
        return step_word(self.stand.asked) if self.stand.asked else ""

    @property
    def next_word(self) -> str:
        """The step after the one that stands; empty after the last."""
        return step_word(self.level + 1) if self.level < Autonomy.ALONE else ""

    @property
    def lines(self) -> Sequence[Line]:
        """What the next step asks for, and what there is of it."""
        return lines(checks(self.level + 1, self.facts), self.facts)

    @property
    def met(self) -> int:
        return sum(line.is_met for line in self.lines)

    @property
    def share(self) -> Share | None:
        """Of the flaws that came up lately, with its interval."""
        return wilson(self.facts.caught, self.facts.met)

    @property
    def drawn(self) -> SafeString:
        label = [self.word]
        if self.is_lapsed:
            label.append(_("to be confirmed again"))
        if self.proposed:
            label.append(_("proposed: %(step)s") % {"step": self.proposed_word})
        if self.stand.asked:
            label.append(_("asked for: %(step)s") % {"step": self.asked_word})
        drawn = steps_track(
            self.level,
            escape(", ".join(label)),
            is_lapsed=self.is_lapsed,
            proposed=self.proposed,
            asked=self.stand.asked,
        )
        return mark_safe(drawn)  # noqa: S308 # its only text is escaped

    def is_among(self, shown: str) -> bool:
        return {
            "proposed": self.proposed is not None,
            "confirm": self.is_lapsed,
            "asked": self.stand.asked is not None,
        }.get(shown, True)


@dataclass(frozen=True, slots=True)
class Autonomies:
    """A year's competencies. What no longer stands in its framework is not among them.

    `counts` says how many each narrowing of the list has.
    """

    rows: Sequence[Row]
    standings: Standings
    counts: Mapping[str, int]

    def among(self, shown: str) -> list[Row]:
        return [row for row in self.rows if row.is_among(shown)]


def autonomies(plan: GrowthPlan, today: date) -> Autonomies:
    """Five queries, however many competencies there are."""
    rows = Competency.objects.filter(version=plan.version_id).select_related("area")
    return _autonomies(plan, rows.order_by("area__position", "position"), today)


def row_of(plan: GrowthPlan, competency: Competency, today: date) -> Row:
    """One of them, as it is in the list."""
    return _autonomies(plan, [competency], today).rows[0]


def _autonomies(
    plan: GrowthPlan, competencies: Iterable[Competency], today: date
) -> Autonomies:
    standings = standings_of(plan.pk, today)
    year = _Year(plan, today)
    stands = ((one, standings.of(one.key)) for one in competencies)
    rows = [Row(one, own, year.facts(one, own), today) for one, own in stands]
    counts = {name: sum(row.is_among(name) for row in rows) for name in SHOWN}
    return Autonomies(rows, standings, counts)


class _Year:
    """What the reviews of a year said lately, by category; three queries."""

    def __init__(self, plan: GrowthPlan, today: date) -> None:
        since = today - LATELY
        hits = [h for h in tally.caught(growth.found(plan.junior)) if h.on >= since]
        marks = tally.explained(growth.marks(plan.junior))
        self.met = Counter(hit.category for hit in hits)
        self.caught = Counter(hit.category for hit in hits if hit.is_hit)
        self.explained = Counter(
            hit.category for hit in marks if hit.is_hit and hit.on >= since
        )
        self.led = growth.led(plan.junior, since)

    def facts(self, competency: Competency, stand: Stand) -> Facts:
        of = competency.categories
        return Facts(
            evidence=stand.evidence,
            met=sum(self.met[category] for category in of),
            caught=sum(self.caught[category] for category in of),
            explained=sum(self.explained[category] for category in of),
            led=self.led,
            level=stand.level,
            has_categories=bool(of),
        )


@dataclass(frozen=True, slots=True)
class Past:
    """Something that was granted or asked for; `stood` has the counts of a grant."""

    at: datetime
    grant: AutonomyGrant | None = None
    request: AutonomyRequest | None = None
    stood: str = ""


def past_of(plan: GrowthPlan, key: UUID) -> list[Past]:
    """All that was granted and asked for in a competency, newest first; two queries."""
    own: dict[str, Any] = {"plan": plan, "competency__key": key}
    grants = AutonomyGrant.objects.filter(**own).select_related("granted_by__user")
    asked = AutonomyRequest.objects.filter(**own)
    found = [
        *(Past(at=one.granted_at, grant=one, stood=_stood(one)) for one in grants),
        *(Past(at=one.asked_at, request=one) for one in asked),
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _stood(grant: AutonomyGrant) -> str:
    return stood_words(Facts(**grant.stood)) if grant.stood else ""


def open_request(past: Iterable[Past]) -> AutonomyRequest | None:
    """What waits for the mentor's word."""
    asked = (one.request for one in past if one.request)
    return next((one for one in asked if one.answer_id is None), None)


def stood(facts: Facts) -> dict[str, Any]:
    """The counts of a moment, as a grant keeps them."""
    return asdict(facts)


@dataclass(frozen=True, slots=True)
class Phases:
    """The primary pairing of today and what its junior's autonomy says of its phases.

    `ahead` is the phase after the one that holds, None in the last; `moves` are those
    of the whole year, also with earlier mentors.
    """

    pairing: Pairing | None
    ahead: Reach | None
    moves: Sequence[PhaseMove]


def phases_of(plan: GrowthPlan, standings: Standings) -> Phases:
    """Two queries."""
    rows = Pairing.objects.primary().filter(junior=plan.junior_id)
    standing = rows.standing().current(standings.today)
    pairing = standing.select_related("program").first()
    moves = PhaseMove.objects.agreed().filter(pairing__in=rows)
    ahead = reach_ahead(pairing, standings) if pairing else None
    return Phases(pairing, ahead, list(moves.order_by("-agreed_at", "-pk")))


def reach_ahead(pairing: Pairing, standings: Standings) -> Reach | None:
    """What autonomy says of the phase after the one that a pairing is in."""
    phases = Pairing.Phase.values
    after = phases[phases.index(pairing.phase) + 1 :]
    found = standings.reach(after[0]) if after else None
    return found if found and found.of else None


def may_grant(relations: set[Relation]) -> bool:
    """A mentor of today, and never of one's own year."""
    return Relation.MENTOR in relations and Relation.JUNIOR not in relations
