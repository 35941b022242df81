"""Which pairs and juniors need somebody, and why, in words."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Case, DateField, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Least, TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings.models import Enrolment, Pairing, Program
from preceptor.accounts.models import Organisation
from progress.models import Milestone
from reviews.models import ReviewSession

READING_TOO_LONG = timedelta(days=14)
QUIET_SINCE = Coalesce("last_met_on", "starts_on")


@dataclass(frozen=True, slots=True)
class Concern:
    """A pair that needs somebody, and each reason in a sentence."""

    pairing: Pairing
    reasons: tuple[str, ...]


def concerns(
    organisation: Organisation,
    programs: QuerySet[Program],
    today: date,
    *,
    limit: int,
    is_wide: bool = True,
) -> list[Concern]:
    """Active primary pairs with something amiss, the longest standing first.

    The answer is the same for `is_wide` or not: over a few programs every pair is
    looked at, over a whole organisation only candidates are.
    """
    pairings = (
        Pairing.objects.filter(
            organisation=organisation, program__in=programs, state=Pairing.State.ACTIVE
        )
        .primary()
        .current(today)
    )
    candidates = (
        _candidates(organisation, pairings, today, limit)
        if is_wide
        else set(pairings.values_list("pk", flat=True))
    )
    rows = _amiss(pairings.filter(pk__in=candidates).with_people(), today)
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


def _candidates(
    organisation: Organisation, pairings: QuerySet[Pairing], today: date, limit: int
) -> set[int]:
    """The longest standing by each reason; the longest by all are among them.

    Each reason has an index in its own order, so that none reads every pair.
    """
    quiet = pairings.annotate(quiet_since=QUIET_SINCE).filter(_is_stalled(today))
    overdue = (
        _overdue(today)
        .filter(
            organisation=organisation,
            plan__junior__pairings_as_junior__in=pairings,
        )
        .order_by("due_on")
        .values_list("plan__junior__pairings_as_junior", flat=True)
    )
    reading = (
        _left_open(today)
        .filter(organisation=organisation, pairing__in=pairings)
        .order_by("opened_at")
        .values_list("pairing", flat=True)
    )
    found = set(quiet.order_by("quiet_since").values_list("pk", flat=True)[:limit])
    return found.union(overdue[:limit], reading[:limit])


def _is_stalled(today: date) -> Q:
    """Nothing for twice the cadence, where `quiet_since` is annotated."""
    by_cadence = Q()
    for days in Program.Cadence.values:
        long_ago = today - timedelta(days=2 * days)
        by_cadence |= Q(program__cadence_days=days, quiet_since__lt=long_ago)
    shortest = min(Program.Cadence.values)
    return by_cadence & Q(quiet_since__lt=today - timedelta(days=2 * shortest))


def _overdue(today: date) -> QuerySet[Milestone]:
    return Milestone.objects.open().filter(due_on__lt=today)


def _left_open(today: date) -> QuerySet[ReviewSession]:
    """Sessions that wait for their reveal since long."""
    midnight = datetime.combine(today - READING_TOO_LONG, time.min, tzinfo=UTC)
    return ReviewSession.objects.filter(
        state=ReviewSession.State.READING, opened_at__lt=midnight
    )


def _amiss(pairings: QuerySet[Pairing], today: date) -> QuerySet[Pairing]:
    """Those with a reason, by `since`, the earliest of their reasons' first days."""
    overdue = _overdue(today).filter(plan__junior=OuterRef("junior")).order_by("due_on")
    reading = _left_open(today).filter(pairing=OuterRef("pk")).order_by("opened_at")
    with_facts = pairings.annotate(
        quiet_since=QUIET_SINCE,
        stalled_on=Case(
            When(_is_stalled(today), then=F("quiet_since")),
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
        if pairing.last_met_on is None:
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
