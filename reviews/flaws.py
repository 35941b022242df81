"""Findings of a revealed session as flaws: who saw each, and what may be the same."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from pairings.models import Enrolment
from preceptor.accounts.models import Membership
from reviews.models import Comment, Finding

if TYPE_CHECKING:
    from reviews.cards import Card

SEVERITIES = list(Finding.Severity)


class SeenBy(StrEnum):
    BOTH = "both"
    JUNIOR = "junior"
    MENTOR = "mentor"
    NEITHER = "neither"


@dataclass
class Flaw:
    """One flaw: the finding that stands for it and those that say the same.

    A board sets who saw it in words, its card, what was said under it, and whether the
    card is still to be marked.
    """

    finding: Finding
    echoes: list[Finding] = field(default_factory=list)
    kind: str = ""
    card: "Card | None" = None
    thread: list[Comment] = field(default_factory=list)
    is_to_explain: bool = False

    @property
    def pk(self) -> int:
        return self.finding.pk

    @property
    def findings(self) -> list[Finding]:
        return [self.finding, *self.echoes]

    @property
    def gravest(self) -> Finding:
        """The one that takes it the most seriously."""
        return min(self.findings, key=_rank)

    @cached_property
    def sides(self) -> set[str]:
        """Whose blind pass has it."""
        return {f.blind_pass.side for f in self.findings if f.blind_pass}

    @cached_property
    def seen_by(self) -> SeenBy:
        if len(self.sides) == 2:
            return SeenBy.BOTH
        if Enrolment.Side.JUNIOR in self.sides:
            return SeenBy.JUNIOR
        if Enrolment.Side.MENTOR in self.sides:
            return SeenBy.MENTOR
        return SeenBy.NEITHER

    @property
    def authors(self) -> list[Membership]:
        """Who wrote its findings, each once."""
        return list(dict.fromkeys(finding.author for finding in self.findings))

    @property
    def replies(self) -> int:
        return sum(comment.removed_at is None for comment in self.thread)

    @property
    def is_real(self) -> bool:
        return self.finding.adjudication == Finding.Adjudication.REAL

    @property
    def is_moot(self) -> bool:
        return self.finding.adjudication == Finding.Adjudication.MOOT

    @property
    def is_undecided(self) -> bool:
        return self.finding.adjudication == Finding.Adjudication.UNDECIDED


def flaws_of(findings: Iterable[Finding]) -> list[Flaw]:
    """The gravest first. Each finding is in one flaw."""
    rows = sorted(findings, key=_rank)
    flaws = {row.pk: Flaw(row) for row in rows if row.same_as_id is None}
    for row in rows:
        if row.same_as_id is not None:
            flaws[row.same_as_id].echoes.append(row)
    return list(flaws.values())


def _rank(finding: Finding) -> tuple[int, str, int, int]:
    severity = SEVERITIES.index(Finding.Severity(finding.severity))
    return severity, finding.path, finding.line_from or 0, finding.pk


def joined_verdict(one: str, other: str) -> str:
    """What holds of a flaw made of two: what either decided, unless they differ."""
    undecided = Finding.Adjudication.UNDECIDED
    decided = {one, other} - {undecided}
    return decided.pop() if len(decided) == 1 else undecided


def joined_status(verdict: str, one: str, other: str) -> str:
    """The status that two real flaws share; open where they differ."""
    is_real = verdict == Finding.Adjudication.REAL
    return one if is_real and one == other else Finding.Status.OPEN


def count(flaws: Iterable[Flaw], seen_by: SeenBy) -> int:
    return sum(flaw.seen_by is seen_by for flaw in flaws)
