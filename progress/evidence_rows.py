"""Evidence as it is listed: references, and the words of those who may read them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from progress.evidence import Narrowing, narrowings
from progress.models import Competency, Evidence, GrowthPlan, Outcome
from progress.things import sessions_read
from reviews.models import Finding, Lesson


@dataclass(frozen=True, slots=True)
class Said:
    """What something is called by who may read it, and what became of it since."""

    words: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """`said` is None where the reader does not have the text of the session."""

    evidence: Evidence
    said: Said | None
    may_take_back: bool

    @property
    def host(self) -> str:
        """Where an outside link leads."""
        return urlsplit(self.evidence.url).hostname or ""

    @property
    def judged(self) -> str:
        row = self.evidence
        names = (row.get_category_display(), row.get_severity_display().lower())
        return ", ".join(str(name) for name in names if name)


def evidence_of(plan: GrowthPlan, competency: Competency) -> "QuerySet[Evidence]":
    """All of a competency through its versions, the newest first."""
    rows = plan.evidence.filter(competency__key=competency.key)
    named = rows.select_related("tagged_by__user", "competency__version__framework")
    return named.newest_first()


def kinds_of(found: "QuerySet[Evidence]") -> list[Narrowing]:
    """How many of each kind there are; one query."""
    counts = found.order_by().values_list("kind").annotate(Count("pk"))
    return narrowings(dict(counts))


def rows_of(
    found: Sequence[Evidence], plan: GrowthPlan, reader: Membership, *, may_tag: bool
) -> list[EvidenceRow]:
    """Four queries, however many."""
    said = _said(found, plan, reader)
    signed_at = _last_signed(plan)
    return [
        EvidenceRow(
            evidence=one,
            said=said.get(one.thing_key),
            may_take_back=may_tag
            and one.tagged_by_id == reader.pk
            and (signed_at is None or one.tagged_at > signed_at),
        )
        for one in found
    ]


def _said(
    found: Iterable[Evidence], plan: GrowthPlan, reader: Membership
) -> Mapping[str, Said]:
    """By the thing's key, what the reader may know of it."""
    read = sessions_read(plan, reader)
    numbers = [one.finding for one in found if one.finding]
    flaws = Finding.objects.on_board().filter(pk__in=numbers, session__in=read)
    titles = {row.pk: row for row in flaws.only("title", "adjudication", "same_as")}
    lessons = Lesson.objects.filter(
        pk__in=[one.lesson for one in found if one.lesson], session__in=read
    )
    texts = dict(lessons.values_list("pk", "text"))
    sittings = read.filter(pk__in=[one.session_id for one in found if one.session_id])
    names = dict(sittings.values_list("pk", "title"))
    said = {}
    for one in found:
        if one.finding and (flaw := titles.get(one.finding)):
            said[one.thing_key] = Said(flaw.title, _since(flaw))
        elif one.lesson and one.session_id in names:
            gone = Said("", _("The lesson was taken out of the session since."))
            text = texts.get(one.lesson)
            said[one.thing_key] = Said(text) if text else gone
        elif one.kind == Evidence.Kind.SESSION and one.session_id in names:
            said[one.thing_key] = Said(names[one.session_id])
    return said


def _since(flaw: Finding) -> str:
    """A reference stays what it was; what it refers to may be seen otherwise by now."""
    if flaw.adjudication != Finding.Adjudication.REAL:
        return _("Not called a real flaw any more.")
    if flaw.same_as_id is not None:
        return _("Called the same as another flaw since.")
    return ""


def _last_signed(plan: GrowthPlan) -> datetime | None:
    """When both last signed something of the plan."""
    plans = type(plan).objects.filter(pk=plan.pk)
    last = plans.aggregate(
        of_milestones=Max("milestones__signed_at"),
        of_assessments=Max("assessments__signed_at"),
    )
    return max((at for at in last.values() if at), default=None)


def level_history(plan: GrowthPlan, competency: Competency) -> "QuerySet[Outcome]":
    """What both signed of a competency, the newest first."""
    rows = Outcome.objects.filter(
        assessment__plan=plan,
        assessment__signed_at__isnull=False,
        competency__key=competency.key,
    )
    return rows.select_related("assessment").order_by("-assessment__signed_at")
