"""Which pairs and juniors need somebody, and why, in words."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, DateField, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Least, TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings.models import Enrolment, Pairing, Program
from progress.models import Milestone
from reviews.models import ReviewSession

READING_TOO_LONG = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Concern:
    """A pair that needs somebody, and each reason in a sentence."""

    pairing: Pairing
    reasons: tuple[str, ...]


def concerns(programs: QuerySet[Program], today: date, *, limit: int) -> list[Concern]:
    """Active primary pairs with something amiss, the longest standing first."""
    pairings = Pairing.objects.filter(
        program__in=programs, state=Pairing.State.ACTIVE
    ).primary()
    rows = _amiss(with_last_met(pairings.current(today).with_people()), today)
    return [Concern(row, tuple(_reasons(row, today))) for row in rows[:limit]]


def unpaired_juniors(programs: QuerySet[Program], today: date) -> QuerySet[Enrolment]:
    """Juniors of running programs who have no primary mentor today."""
    running = programs.filter(starts_on__lte=today, ends_on__gt=today)
    return (
        Enrolment.objects.filter(
            program__in=running,
            ends_on__gt=today,
            membership__is_active=True,
        )
        .unpaired(today)
        .select_related("program", "membership__user")
        .order_by("program__starts_on", "pk")
    )


def with_last_met(pairings: QuerySet[Pairing]) -> QuerySet[Pairing]:
    """Adds `last_met_on`, the day of the last session that took place, or None."""
    sessions = ReviewSession.objects.held().filter(pairing=OuterRef("pk"))
    last = sessions.order_by("-held_on").values("held_on")[:1]
    return pairings.annotate(last_met_on=Subquery(last))


def _amiss(pairings: QuerySet[Pairing], today: date) -> QuerySet[Pairing]:
    """Those with a reason, by `since`, the earliest of their reasons' first days."""
    overdue = (
        Milestone.objects.open()
        .filter(plan__junior=OuterRef("junior"), due_on__lt=today)
        .order_by("due_on")
    )
    reading = ReviewSession.objects.filter(
        pairing=OuterRef("pk"),
        state=ReviewSession.State.READING,
        opened_at__date__lt=today - READING_TOO_LONG,
    ).order_by("opened_at")
    is_stalled = Q()
    for days in Program.Cadence.values:
        long_ago = today - timedelta(days=2 * days)
        is_stalled |= Q(program__cadence_days=days, last_or_start_on__lt=long_ago)
    with_facts = pairings.annotate(
        last_or_start_on=Coalesce("last_met_on", "starts_on"),
        stalled_on=Case(
            When(is_stalled, then=F("last_or_start_on")),
            default=None,
            output_field=DateField(),
        ),
        overdue_on=Subquery(overdue.values("due_on")[:1]),
        overdue_name=Subquery(overdue.values("name")[:1]),
        reading_on=Subquery(reading.values(day=TruncDate("opened_at"))[:1]),
        since=Least("stalled_on", "overdue_on", "reading_on"),
    )
    return with_facts.filter(since__isnull=False).order_by("since", "pk")


def _reasons(pairing: Pairing, today: date) -> list[str]:
    """The facts of `_amiss` in words."""
    facts = vars(pairing)
    reasons = []
    if facts["stalled_on"] is not None:
        weeks = (today - facts["stalled_on"]).days // 7
        cadence = pairing.program.get_cadence_days_display()
        if facts["last_met_on"] is None:
            reasons.append(
                _("No session yet, %(weeks)s weeks after the start; the plan is %(c)s")
                % {"weeks": weeks, "c": cadence}
            )
        else:
            reasons.append(
                _("No session for %(weeks)s weeks; the plan is %(c)s")
                % {"weeks": weeks, "c": cadence}
            )
    if facts["overdue_on"] is not None:
        days = (today - facts["overdue_on"]).days
        reasons.append(
            ngettext(
                "“%(name)s” is unsigned %(days)s day after it was due",
                "“%(name)s” is unsigned %(days)s days after it was due",
                days,
            )
            % {"name": facts["overdue_name"], "days": days}
        )
    if facts["reading_on"] is not None:
        days = (today - facts["reading_on"]).days
        reasons.append(
            _("A session has been open for %(days)s days without a reveal")
            % {"days": days}
        )
    return reasons
