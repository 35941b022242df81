"""What a line manager reads of the people who report to them: the record alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from pairings.models import Enrolment, EnrolmentQuerySet, Pairing, Pause, Program
from preceptor.accounts.models import Membership, shown_name
from preceptor.insights.cadence import Days, Kept, kept
from progress.models import Milestone
from reviews.models import ReviewSession

ONE_DAY = timedelta(days=1)
SHOWN = (Program.State.RUNNING, Program.State.CLOSED)


@dataclass(frozen=True, slots=True)
class Report:
    """One of their reports in a program with one pairing, or with none yet.

    `milestone` is a junior's next one that is not signed off; `has_plan` tells a year
    that has no more from one that has not begun.
    """

    place: Enrolment
    pairing: Pairing | None
    weeks: Kept | None
    has_plan: bool
    milestone: Milestone | None

    @property
    def other(self) -> Enrolment | None:
        if self.pairing is None:
            return None
        return self.pairing.junior if self.place.is_mentor else self.pairing.mentor


def places_of(manager: Membership) -> EnrolmentQuerySet:
    """The places of who reports to somebody, in programs that are not put away."""
    rows = Enrolment.objects.filter(
        organisation=manager.organisation_id,
        line_manager=manager,
        program__state__in=SHOWN,
    ).with_people()
    return rows.order_by(shown_name("membership__"), "-program__starts_on", "pk")


def reports(places: Sequence[Enrolment], today: date) -> list[Report]:
    """A row for each pairing that stands, else for the last one; four queries."""
    of_place = _pairings(places)
    weeks = _weeks([pair for pairs in of_place.values() for pair in pairs], today)
    juniors = [place.pk for place in places if not place.is_mentor]
    rows = Milestone.objects.filter(plan__junior__in=juniors).select_related("plan")
    of_junior = defaultdict(list)
    for milestone in rows.order_by("due_on", "pk"):
        of_junior[milestone.plan.junior_id].append(milestone)
    return [
        Report(
            place=place,
            pairing=pairing,
            weeks=None if pairing is None else weeks[pairing.pk],
            has_plan=place.pk in of_junior,
            milestone=_next(of_junior.get(place.pk, [])),
        )
        for place in places
        for pairing in _or_none(of_place[place.pk])
    ]


def _or_none(pairings: Sequence[Pairing]) -> Sequence[Pairing | None]:
    return pairings or [None]


def _next(milestones: Iterable[Milestone]) -> Milestone | None:
    return next((one for one in milestones if one.is_open), None)


def _pairings(places: Sequence[Enrolment]) -> Mapping[int, list[Pairing]]:
    """By enrolment those that stand, or else the one that ended last."""
    ids = [place.pk for place in places]
    rows = Pairing.objects.filter(Q(junior__in=ids) | Q(mentor__in=ids))
    known = rows.exclude(state=Pairing.State.PROPOSED).with_people()
    of_place = defaultdict(list)
    for pairing in known.order_by("starts_on", "pk"):
        of_place[pairing.junior_id].append(pairing)
        of_place[pairing.mentor_id].append(pairing)
    return {
        pk: [one for one in of_place[pk] if one.is_standing] or of_place[pk][-1:]
        for pk in ids
    }


def _weeks(pairings: Iterable[Pairing], today: date) -> dict[int, Kept]:
    of_pairing = {pairing.pk: pairing for pairing in pairings}
    held = defaultdict(list)
    days = ReviewSession.objects.filter(pairing__in=of_pairing).held_days()
    for pk, day in days:
        held[pk].append(day)
    rests = defaultdict(list)
    for pause in Pause.objects.taken().filter(pairing__in=of_pairing):
        rests[pause.pairing_id].append(_rest(pause, today))
    return {
        pk: kept(
            held[pk],
            (pairing.starts_on, min(pairing.ends_on, today + ONE_DAY)),
            rests[pk],
            pairing.program.cadence_days,
        )
        for pk, pairing in of_pairing.items()
    }


def _rest(pause: Pause, today: date) -> Days:
    until = pause.resumed_on or pause.back_on or today + ONE_DAY
    return pause.starts_on, until
