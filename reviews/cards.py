"""Taking apart: which flaws get a card, who writes what on it, what was said of them.

The steps are the five microskills of the one-minute preceptor: get a commitment, probe
for supporting evidence, teach a general rule, reinforce what was done right, correct
mistakes (Neher, Gordon, Meyer and Stevens, "A five-step 'microskills' model of
clinical teaching", Journal of the American Board of Family Practice 5, 1992, 419-424).
The learner commits and gives the evidence before the preceptor teaches, so the junior
writes the first two, and the mentor the other three.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from pairings.models import Enrolment
from reviews.flaws import Flaw, SeenBy, flaws_of
from reviews.models import Comment, Explanation, Finding, Lesson, ReviewSession
from reviews.outcomes import GRAVE

JUNIOR, MENTOR = Enrolment.Side.JUNIOR, Enrolment.Side.MENTOR
MOST_OF_A_LESSON = 500


@dataclass(frozen=True, slots=True)
class Step:
    """One field of a card: the side that writes it, its name, what it asks."""

    name: str
    side: str
    label: Promise
    asks: Promise


MICROSKILLS = (
    Step("commit", JUNIOR, _("Commit"), _("what do you think happens here?")),
    Step("evidence", JUNIOR, _("Evidence"), _("what makes you think so?")),
    Step("rule", MENTOR, _("Rule"), _("the general one, in a line")),
    Step("done_well", MENTOR, _("Reinforce"), _("what was done well, exactly")),
    Step("to_correct", MENTOR, _("Correct"), _("what to do next time")),
)
ACCOUNT = (
    Step("cause", JUNIOR, _("The cause"), _("how could it come about and be missed?")),
    Step("test", JUNIOR, _("The test"), _("which one would have caught it?")),
)
STEPS = (*MICROSKILLS, *ACCOUNT)
"""The one table of who writes what; the mark is the mentor's too."""


def written_by(side: str | None) -> list[str]:
    """The fields of a card that a side writes; the other's it only reads."""
    names = [step.name for step in STEPS if step.side == side]
    return [*names, "mark"] if side == MENTOR else names


def is_grave(flaw: Flaw) -> bool:
    """Whether one of the two called it critical or major."""
    return any(finding.severity in GRAVE for finding in flaw.findings)


def needs_card(flaw: Flaw) -> bool:
    """Real, and either missed by the junior or grave."""
    is_missed = flaw.seen_by in (SeenBy.MENTOR, SeenBy.NEITHER)
    return flaw.is_real and (is_missed or is_grave(flaw))


@dataclass(frozen=True)
class Card:
    """A flaw's card as it stands; without a row nobody has written on it yet."""

    flaw: Flaw
    row: Explanation
    lesson: Lesson | None = None

    @property
    def mark(self) -> str:
        return self.row.get_mark_display() if self.row.mark is not None else ""

    @property
    def gist(self) -> str:
        """What a lesson would say: the rule, else the cause, else nothing."""
        words = self.row.rule.strip() or self.row.cause.strip()
        return Truncator(" ".join(words.split())).chars(MOST_OF_A_LESSON)

    @property
    def microskills(self) -> list[tuple[Step, str]]:
        return [(step, getattr(self.row, step.name)) for step in MICROSKILLS]

    @property
    def account(self) -> list[tuple[Step, str]]:
        return [(step, getattr(self.row, step.name)) for step in ACCOUNT]


class Talk:
    """Cards and threads of a session's flaws that their reader may see; two queries.

    The session comes with its two, each finding with its explanation.
    """

    def __init__(self, session: ReviewSession, flaws: Iterable[Flaw]) -> None:
        self.session = session
        self.flaws = list(flaws)
        found = (finding for flaw in self.flaws for finding in flaw.findings)
        self._findings = {finding.pk: finding for finding in found}

    @cached_property
    def rows(self) -> Mapping[int, Explanation]:
        found = self._findings.items()
        return {pk: one.explanation for pk, one in found if hasattr(one, "explanation")}

    @cached_property
    def lessons(self) -> list[Lesson]:
        """All of the session, also those of no card."""
        found = list(self.session.lessons.all())
        self.session.name_in(found, "author")
        return found

    @cached_property
    def comments(self) -> Mapping[int, list[Comment]]:
        said: dict[int, list[Comment]] = defaultdict(list)
        rows = list(Comment.objects.filter(finding__in=self._findings))
        self.session.name_in(rows, "author")
        for comment in rows:
            said[comment.finding_id].append(comment)
        return said

    def card_of(self, flaw: Flaw) -> Card | None:
        """The card that a flaw needs, or that was begun when it still needed one."""
        row = self.rows.get(flaw.pk)
        if row is None and not needs_card(flaw):
            return None
        lesson = next((one for one in self.lessons if one.finding_id == flaw.pk), None)
        return Card(flaw, row or Explanation(), lesson)

    def thread_of(self, flaw: Flaw) -> list[Comment]:
        """What was said under each of its findings, as it was said."""
        said = [one for f in flaw.findings for one in self.comments.get(f.pk, ())]
        return sorted(said, key=lambda comment: (comment.created_at, comment.pk))

    def tell_flaws(self) -> None:
        """Gives each flaw its card and what was said under it."""
        for flaw in self.flaws:
            flaw.thread = self.thread_of(flaw)
            flaw.card = self.card_of(flaw)
            marked = flaw.card is not None and flaw.card.mark
            flaw.is_to_explain = needs_card(flaw) and not marked

    @property
    def unexplained(self) -> list[Flaw]:
        """Real flaws, critical or major, whose card the mentor has not marked."""
        grave = [flaw for flaw in self.flaws if flaw.is_real and is_grave(flaw)]
        return [f for f in grave if self.rows.get(f.pk, Explanation()).mark is None]


def unexplained_in(session: ReviewSession) -> list[Flaw]:
    """What a close has to account for, the gravest first."""
    findings = Finding.objects.filter(session=session).on_board()
    findings = findings.select_related("explanation")
    return Talk(session, flaws_of(findings)).unexplained
