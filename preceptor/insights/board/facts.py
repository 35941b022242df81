"""What the board asks of a program: columns for all its pairs, never row by row."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Max, Min, Q
from django.utils import timezone

from pairings.models import Enrolment, Pairing, Pause, Program, RematchRequest
from preceptor.accounts.models import shown_name
from progress.models import Milestone
from reviews.models import ReviewSession

RECENTLY = timedelta(weeks=4)

Rest = tuple[date, date | None]
"""From the first day to the day before the second, or nobody knows until when."""


class Pair(NamedTuple):
    """Columns of a pairing and of the enrolments of its two."""

    pk: int
    kind: str
    state: str
    phase: str
    starts_on: date
    ends_on: date
    last_met_on: date | None
    junior_id: int
    team: str
    mentor_id: int
    has_mentor: bool
    junior: str
    mentor: str
    proposed_at: datetime | None
    junior_accepted_at: datetime | None
    mentor_accepted_at: datetime | None

    @property
    def is_proposed(self) -> bool:
        return self.state == Pairing.State.PROPOSED

    @property
    def is_standing(self) -> bool:
        return self.state in (Pairing.State.ACTIVE, Pairing.State.PAUSED)

    def fills_seat(self, today: date) -> bool:
        """Whether it stands today as the junior's primary one."""
        is_primary = self.kind == Pairing.Kind.PRIMARY
        is_current = self.starts_on <= today < self.ends_on
        return is_primary and is_current and self.is_standing

    def holds_seat(self, today: date) -> bool:
        """Whether it fills one, or is to as soon as both accept."""
        is_primary = self.kind == Pairing.Kind.PRIMARY
        return self.fills_seat(today) or (is_primary and self.is_proposed)

    @property
    def silent(self) -> list[str]:
        """Who of the two has not accepted."""
        both = {
            self.junior: self.junior_accepted_at,
            self.mentor: self.mentor_accepted_at,
        }
        return [name for name, accepted_at in both.items() if accepted_at is None]


class Met(NamedTuple):
    """The days on which a pair met, how many of them lately, and what comes next.

    `named_on` is the day from today on that the last session named for the next.
    """

    days: list[date]
    recent: int
    named_on: date | None


NEVER = Met([], 0, None)


class Stones(NamedTuple):
    """A junior's milestones: how many were due before today, and how many of those are
    unsigned; then name and day of each unsigned one, the first to come first. Those
    that were skipped are none of them.
    """

    due: int
    late: int
    names: list[str]
    days: list[date]


class Place(NamedTuple):
    """Columns of an enrolment."""

    pk: int
    side: str
    heads: int
    hours: Decimal

    @property
    def is_mentor(self) -> bool:
        return self.side == Enrolment.Side.MENTOR


def places_of(program: Program) -> list[Place]:
    """Everybody who is enrolled, paired or not."""
    rows = Enrolment.objects.filter(program=program)
    return [Place(*row) for row in rows.values_list("pk", "side", "heads", "hours")]


def pairs_of(program: Program) -> list[Pair]:
    """All but those proposals that came to nothing."""
    rows = Pairing.objects.filter(program=program, declined_at=None).annotate(
        junior_called=shown_name("junior__membership__"),
        mentor_called=shown_name("mentor__membership__"),
    )
    columns = rows.values_list(
        *("pk", "kind", "state", "phase", "starts_on", "ends_on", "last_met_on"),
        *("junior_id", "junior__team", "mentor_id", "mentor__membership__is_active"),
        *("junior_called", "mentor_called"),
        *("proposed_at", "junior_accepted_at", "mentor_accepted_at"),
    )
    return [Pair(*row) for row in columns]


def met_of(program: Program, today: date) -> dict[int, Met]:
    """By pairing, all from the index by pairing."""
    rows = ReviewSession.objects.held().filter(pairing__program=program).order_by()
    is_last = Q(held_on=F("pairing__last_met_on"), next_on__gte=today)
    columns = rows.values_list("pairing").annotate(
        days=ArrayAgg("held_on"),
        recent=Count("held_on", filter=Q(held_on__gt=today - RECENTLY)),
        named_on=Max("next_on", filter=is_last),
    )
    return {pk: Met(days, recent, named_on) for pk, days, recent, named_on in columns}


def planned_of(program: Program, today: date) -> dict[int, date]:
    """By pairing the day of the session that is planned next, from today on."""
    midnight = timezone.make_aware(datetime.combine(today, time.min))
    rows = ReviewSession.objects.planned().filter(
        pairing__program=program, planned_at__gte=midnight
    )
    columns = rows.order_by().values_list("pairing").annotate(at=Min("planned_at"))
    return {pk: timezone.localdate(at) for pk, at in columns}


def pauses_of(program: Program) -> dict[int, list[Rest]]:
    """By pairing, in order."""
    rests: dict[int, list[Rest]] = defaultdict(list)
    rows = Pause.objects.taken().filter(pairing__program=program)
    rows = rows.order_by("starts_on", "pk")
    columns = rows.values_list("pairing_id", "starts_on", "back_on", "resumed_on")
    for pk, since, back_on, resumed_on in columns:
        rests[pk].append((since, resumed_on or back_on))
    return rests


def stones_of(program: Program, today: date) -> dict[int, Stones]:
    """By junior, who has a plan."""
    rows = Milestone.objects.filter(plan__junior__program=program).order_by()
    rows = rows.filter(skipped_at=None)
    unsigned, order = Q(signed_at=None), ("due_on", "pk")
    past = Q(due_on__lt=today)
    columns = rows.values_list("plan__junior").annotate(
        due=Count("pk", filter=past),
        late=Count("pk", filter=past & unsigned),
        names=ArrayAgg("name", filter=unsigned, order_by=order, default=[]),
        days=ArrayAgg("due_on", filter=unsigned, order_by=order, default=[]),
    )
    return {junior: Stones(*counts) for junior, *counts in columns}


def wishes_of(program: Program) -> Mapping[int, datetime]:
    """The pairings in which one asked for another match, and since when."""
    wishes = RematchRequest.objects.open().filter(pairing__program=program)
    return dict(wishes.values_list("pairing_id", "asked_at"))
