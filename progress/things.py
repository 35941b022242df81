"""What of a junior's sessions can be tagged as evidence, by whoever may read it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from pairings.models import Enrolment
from preceptor.accounts.models import Membership
from progress.models import Evidence, GrowthPlan
from reviews.models import (
    Explanation,
    Finding,
    Lesson,
    ReleasedSession,
    ReviewSession,
    ReviewSessionQuerySet,
    Revision,
)

Kind = Evidence.Kind
MARKS = Explanation.Mark
# No more of a finding and its card than a line says of it.
OF_FLAW = (
    *("title", "category", "severity", "adjudication", "path", "file_side"),
    *("line_from", "line_to", "turn", "transcript", "revision", "same_as"),
    *("organisation", "session", "session__title", "session__organisation"),
    *("session__held_on", "session__revealed_at", "session__opened_at"),
    *("session__state", "session__mentor", "session__junior", "explanation__mark"),
)


@dataclass(frozen=True, slots=True)
class Thing:
    """A real flaw, an explained card, a lesson or a session; `words` are the room's.

    `ref` is the number of the flaw, the lesson or the session. `finding` is the flaw,
    also that of the card or the lesson. `is_caught`: the junior's blind pass has it.
    `met` has the category of each real flaw of a session.
    """

    kind: str
    ref: int
    session: ReviewSession
    words: str
    finding: Finding | None = None
    is_caught: bool = False
    met: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What forms and addresses call it: `finding-12`."""
        return f"{self.kind}-{self.ref}"

    @property
    def kind_name(self) -> str:
        return str(Kind(self.kind).label)

    @property
    def categories(self) -> tuple[str, ...]:
        """What suggests competencies: those of its flaws, one each."""
        return (self.finding.category,) if self.finding else self.met

    @property
    def mark(self) -> str:
        """How well the junior explained the flaw, in a word."""
        mark = _mark(self.finding)
        return "" if mark is None else str(MARKS(mark).label)

    @property
    def held_on(self) -> date:
        """The day of the session; of one that is not closed, that of its reveal."""
        of_session = self.session
        began = of_session.revealed_at or of_session.opened_at
        return of_session.held_on or timezone.localdate(began)

    def reference(self) -> dict[str, Any]:
        """What names it in a row of evidence."""
        is_flaw = self.kind in (Kind.FINDING, Kind.EXPLANATION)
        return {
            "kind": self.kind,
            "session": self.session,
            "finding": self.ref if is_flaw else None,
            "lesson": self.ref if self.kind == Kind.LESSON else None,
        }

    def place(self) -> dict[str, Any]:
        """Where it is, as of now, and the hash of the change; up to one query."""
        found = self.finding
        if found is None:
            return {"diff_sha256": _digest(self.session.revisions.order_by("-number"))}
        copied = ("path", "file_side", "line_from", "line_to", "turn")
        said = {name: getattr(found, name) for name in (*copied, *JUDGED)}
        return {**said, "diff_sha256": _digest(_read(found))}


JUDGED = ("category", "severity")


def _mark(finding: Finding | None) -> int | None:
    card: Explanation | None = getattr(finding, "explanation", None)
    return card.mark if card else None


def _read(finding: Finding) -> "QuerySet[Revision]":
    """The revision that it was found on; the first, where none was kept."""
    if finding.revision_id:
        return Revision.objects.filter(pk=finding.revision_id)
    return Revision.objects.filter(session=finding.session_id, number=1)


def _digest(revisions: "QuerySet[Revision]") -> str:
    found = revisions.select_related("blob").defer("blob__body").first()
    return found.digest if found else ""


def sessions_read(plan: GrowthPlan, reader: Membership) -> ReviewSessionQuerySet:
    """The junior's sessions of this year whose text the reader has, once revealed."""
    lent = ReleasedSession.objects.to(reader, timezone.localdate())
    return ReviewSession.objects.filter(
        Q(mentor=reader) | Q(junior=reader) | Q(pk__in=lent.values("session")),
        Q(revealed_at__isnull=False) | Q(is_logged=True),
        pairing__junior=plan.junior_id,
    )


def sessions_told(plan: GrowthPlan, reader: Membership) -> ReviewSessionQuerySet:
    """Of those, what can be tagged: none that was abandoned."""
    states = ReviewSession.State
    told = [states.REVEALED, states.CLOSED]
    return sessions_read(plan, reader).filter(state__in=told)


def flaws(sessions: ReviewSessionQuerySet) -> "QuerySet[Finding]":
    """Their real flaws, one row each, newest session first."""
    own = Finding.objects.on_board().filter(
        Q(pk=OuterRef("pk")) | Q(same_as=OuterRef("pk")),
        blind_pass__side=Enrolment.Side.JUNIOR,
    )
    rows = Finding.objects.real().on_board().filter(same_as=None, session__in=sessions)
    related = rows.filter(session__revealed_at__isnull=False).select_related(
        "session", "explanation"
    )
    in_order = related.annotate(is_caught=Exists(own)).only(*OF_FLAW)
    return in_order.order_by("-session__opened_at", "pk")


def things_of_flaws(found: Iterable[Finding]) -> Iterator[Thing]:
    """Each flaw, and after it its card where the mentor has marked that."""
    for one in found:
        is_caught: bool = getattr(one, "is_caught", False)
        about = (one.pk, one.session, one.title, one, is_caught)
        yield Thing(Kind.FINDING, *about)
        if _mark(one) is not None:
            yield Thing(Kind.EXPLANATION, *about)


def lessons(sessions: ReviewSessionQuerySet) -> "QuerySet[Lesson]":
    rows = Lesson.objects.filter(session__in=sessions)
    return rows.select_related("session", "finding").order_by("-created_at", "-pk")


def things_of_lessons(found: Iterable[Lesson]) -> Iterator[Thing]:
    for one in found:
        yield Thing(Kind.LESSON, one.pk, one.session, one.text, one.finding)


def thing_of(session: ReviewSession, met: Iterable[str] = ()) -> Thing:
    return Thing(Kind.SESSION, session.pk, session, session.title, met=tuple(met))


def things_in(plan: GrowthPlan, reader: Membership, pk: int) -> list[Thing]:
    """All of one session; three queries, nothing before the reveal."""
    told = sessions_told(plan, reader).filter(pk=pk)
    found = told.first()
    if found is None:
        return []
    real = list(flaws(told))
    return [
        *things_of_flaws(real),
        *things_of_lessons(lessons(told)),
        thing_of(found, (flaw.category for flaw in real)),
    ]
