"""Which pairs and juniors need somebody, and why, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings.lists import without_mentor
from pairings.models import (
    Enrolment,
    EnrolmentQuerySet,
    Pairing,
    PairingQuerySet,
    Program,
)
from progress.models import Milestone
from reviews.models import ReviewSession

READING_TOO_LONG = timedelta(days=14)


OF_PAIRING = (
    *("organisation", "last_met_on", "starts_on", "declined_at"),
    *("program__name", "program__cadence_days"),
    *("mentor__membership", "junior__membership", "junior__team"),
)
"""What the lists show of a pair; the names are to bring."""

QUIET_SINCE = Coalesce("last_met_on", "starts_on")


@dataclass(frozen=True, slots=True)
class Concern:
    """A pair that needs somebody, and each reason in a sentence."""

    pairing: Pairing
    reasons: tuple[str, ...]


class Facts(NamedTuple):
    """The first day of each reason that a pair gives, else None."""

    pk: int
    stalled_on: date | None
    overdue_on: date | None
    overdue_name: str | None
    reading_on: date | None

    @property
    def since(self) -> date | None:
        days = (self.stalled_on, self.overdue_on, self.reading_on)
        return min((day for day in days if day), default=None)


def concerns(
    pairings: PairingQuerySet, today: date, *, limit: int, is_wide: bool
) -> list[Concern]:
    """Active primary pairs of running programs with something amiss, oldest first.

    The answer is the same for `is_wide` or not: over a few programs every pair is
    looked at, over a whole organisation only candidates are.
    """
    pairs = looked_after(pairings, today)
    if is_wide:
        pairs = Pairing.objects.filter(pk__in=_candidates(pairs, today, limit))
    first = {row.pk: row for row in amiss(pairs, today)[:limit]}
    shown = listed(Pairing.objects.all()).in_bulk(first)
    return [
        Concern(shown[pk], tuple(_reasons(shown[pk], row, today)))
        for pk, row in first.items()
        if pk in shown
    ]


def listed(pairings: PairingQuerySet) -> PairingQuerySet:
    """With `OF_PAIRING` alone."""
    return pairings.select_related("program", "mentor", "junior").only(*OF_PAIRING)


def looked_after(pairings: PairingQuerySet, today: date) -> PairingQuerySet:
    """Those that are to meet: active primary ones of running programs."""
    running = pairings.filter(program__state=Program.State.RUNNING)
    return running.filter(state=Pairing.State.ACTIVE).primary().current(today)


def amiss(pairs: PairingQuerySet, today: date) -> list[Facts]:
    """What is amiss with which of some pairs, what stands longest first."""
    rows = sorted((day, row) for row in _facts(pairs, today) if (day := row.since))
    return [row for _day, row in rows]


def unpaired_juniors(enrolments: EnrolmentQuerySet, today: date) -> QuerySet[Enrolment]:
    """Juniors of running programs who have no primary mentor today, nor a proposal.

    With `last_pairing`, the id of the one that ended last; who had one comes first.
    Their names are to bring.
    """
    own = Pairing.objects.primary().filter(junior=OuterRef("pk"))
    ended = own.filter(state=Pairing.State.ENDED).order_by("-starts_on")
    running = enrolments.filter(
        program__state=Program.State.RUNNING,
        program__starts_on__lte=today,
        program__ends_on__gt=today,
    )
    return (
        without_mentor(running, today)
        .select_related("program")
        .only("organisation", "program__name", "membership")
        .annotate(last_pairing=Subquery(ended.values("pk")[:1]))
        .order_by(F("last_pairing").asc(nulls_last=True), "program__starts_on", "pk")
    )


def _candidates(pairs: PairingQuerySet, today: date, limit: int) -> set[int]:
    """The longest standing by each reason; the longest by all are among them.

    Each reason has an index in its own order, so that none reads every pair.
    """
    stalled = pairs.alias(quiet_since=QUIET_SINCE).filter(_is_stalled(today))
    read_since = Min(TruncDate("sessions__opened_at"))
    reading = pairs.filter(_left_open(today, "sessions__")).alias(read_since=read_since)
    rows = [stalled.order_by("quiet_since", "pk"), reading.order_by("read_since", "pk")]
    overdue = _first_overdue(pairs, today, limit)
    if len(overdue) == limit:
        rows.append(_overdue_since(pairs, max(overdue.values())))
    first, *others = (some.values_list("pk", flat=True)[:limit] for some in rows)
    return {*overdue, *first.union(*others)}


def _first_overdue(pairs: PairingQuerySet, today: date, limit: int) -> dict[int, date]:
    """The pairs whose milestones lapsed first, and the day on which; ties in any order.

    A cohort shares its days, so the last of them may be that of thousands: to put them
    in order, all would be read. `_overdue_since` asks for the first of them by theirs.
    """
    path = "junior__plan__milestones__"
    of_plan = Milestone.objects.open().filter(plan=OuterRef(f"{path}plan"))
    first = of_plan.order_by("due_on", "pk").values("pk")[:1]
    is_first = Q(**{f"{path}pk": Subquery(first)})
    own = Q(**{f"{path}organisation": F("organisation")})
    lapsed = pairs.filter(own & _overdue(today, path) & is_first)
    rows = lapsed.order_by(f"{path}due_on").values_list("pk", f"{path}due_on")
    return dict(rows[:limit])


def _overdue_since(pairs: PairingQuerySet, day: date) -> PairingQuerySet:
    """Those with an unsigned milestone of that day, in their order."""
    path = "junior__plan__milestones__"
    own = Q(**{f"{path}organisation": F("organisation")})
    due = Q(**{f"{path}due_on": day}) & _unsettled(path)
    return pairs.filter(own, due).order_by("pk").distinct()


def _is_stalled(today: date) -> Q:
    """Nothing for twice the cadence, where `quiet_since` is annotated."""
    by_cadence = Q()
    for days in Program.Cadence.values:
        long_ago = today - timedelta(days=2 * days)
        by_cadence |= Q(program__cadence_days=days, quiet_since__lt=long_ago)
    shortest = min(Program.Cadence.values)
    return by_cadence & Q(quiet_since__lt=today - timedelta(days=2 * shortest))


def _overdue(today: date, path: str = "") -> Q:
    """Milestones past their day, neither signed nor skipped."""
    return _unsettled(path) & Q(**{f"{path}due_on__lt": today})


def _unsettled(path: str) -> Q:
    return Q(**{f"{path}signed_at": None, f"{path}skipped_at": None})


def _left_open(today: date, path: str = "") -> Q:
    """Sessions that wait for their reveal since long."""
    midnight = datetime.combine(today - READING_TOO_LONG, time.min, tzinfo=UTC)
    state = ReviewSession.State.READING
    return Q(**{f"{path}state": state, f"{path}opened_at__lt": midnight})


def _facts(pairs: PairingQuerySet, today: date) -> Iterator[Facts]:
    overdue = Milestone.objects.filter(_overdue(today), plan__junior=OuterRef("junior"))
    overdue = overdue.order_by("due_on", "pk")
    reading = ReviewSession.objects.filter(_left_open(today), pairing=OuterRef("pk"))
    reading = reading.order_by("opened_at")
    rows = pairs.values_list(
        "pk",
        "program__cadence_days",
        QUIET_SINCE,
        Subquery(overdue.values("due_on")[:1]),
        Subquery(overdue.values("name")[:1]),
        Subquery(reading.values(day=TruncDate("opened_at"))[:1]),
    )
    for pk, cadence, quiet_since, *others in rows:
        is_stalled = quiet_since < today - timedelta(days=2 * cadence)
        yield Facts(pk, quiet_since if is_stalled else None, *others)


def _reasons(pairing: Pairing, facts: Facts, today: date) -> Iterator[str]:
    cadence = pairing.program.get_cadence_days_display()
    return reasons(facts, pairing.last_met_on, cadence, today)


def reasons(
    facts: Facts, last_met_on: date | None, cadence: str, today: date
) -> Iterator[str]:
    """The facts in words; `cadence` is the program's, as it is shown."""
    if facts.stalled_on is not None:
        weeks = (today - facts.stalled_on).days // 7
        if last_met_on is None:
            sentence = _(
                "No session yet, %(weeks)s weeks after the start; the plan is %(c)s"
            )
        else:
            sentence = _("No session for %(weeks)s weeks; the plan is %(c)s")
        yield sentence % {"weeks": weeks, "c": cadence}
    if facts.overdue_on is not None:
        days = (today - facts.overdue_on).days
        yield ngettext(
            "“%(name)s” is unsigned %(days)s day after it was due",
            "“%(name)s” is unsigned %(days)s days after it was due",
            days,
        ) % {"name": facts.overdue_name, "days": days}
    if facts.reading_on is not None:
        days = (today - facts.reading_on).days
        yield _("A session has been open for %(days)s days without a reveal") % {
            "days": days
        }
