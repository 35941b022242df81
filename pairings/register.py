"""The register of mentors across programs: load, training, tenure, past juniors."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings import access
from pairings.lists import Filters, iso
from pairings.models import Enrolment, MentorRecord, Pairing, PairingQuerySet, Program
from preceptor.accounts.models import Membership, shown_name

HEADER = (
    *("name", "e-mail", "programs", "training done", "employed since"),
    *("tenure in months", "juniors now", "seats now", "past juniors"),
    *("takes juniors", "takes juniors again from"),
)
NO_RECORD = MentorRecord()


def tenure_on(since: date | None, on: date) -> int | None:
    """Whole months since a first day; None if nobody says which that was."""
    if since is None:
        return None
    months = (on.year - since.year) * 12 + on.month - since.month
    return max(months - (on.day < since.day), 0)


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A mentor over the programs that the reader sees.

    Seats and juniors count in programs that run on the day, past juniors in all.
    """

    member: Membership
    record: MentorRecord
    programs: Sequence[str]
    taken: int
    seats: int
    past: int
    on: date

    @property
    def free(self) -> int:
        return max(self.seats - self.taken, 0)

    @property
    def is_available(self) -> bool:
        return self.record.is_available_on(self.on)

    @property
    def tenure(self) -> int | None:
        """Whole months with the organisation."""
        return tenure_on(self.record.employed_since, self.on)

    @property
    def tenure_said(self) -> str:
        if self.tenure is None:
            return ""
        years, months = divmod(self.tenure, 12)
        in_years = ngettext("%(n)s year", "%(n)s years", years) % {"n": years}
        in_months = ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
        if not years:
            return in_months
        return f"{in_years}, {in_months}" if months else in_years


ORDERS: Mapping[str, Callable[[RegisterRow], tuple[Any, ...]]] = {
    "name": lambda row: (0,),
    "free": lambda row: (not row.is_available, -row.free),
    "load": lambda row: (-row.taken, -row.seats),
    "training": lambda row: (
        row.record.trained_on is None,
        -(row.record.trained_on or date.min).toordinal(),
    ),
    "tenure": lambda row: (-1 if row.tenure is None else row.tenure,),
    "past": lambda row: (-row.past,),
}
SHOWN: Mapping[str, Callable[[RegisterRow], bool]] = {
    "free": lambda row: row.is_available and row.free > 0,
    "away": lambda row: not row.is_available,
    "trained": lambda row: row.record.trained_on is not None,
    "untrained": lambda row: row.record.trained_on is None,
}


def orders() -> list[tuple[str, str]]:
    """By what the register can be put in order, as the page calls it."""
    return [
        ("name", _("name")),
        ("free", _("free seats")),
        ("load", _("juniors now")),
        ("training", _("training, latest first")),
        ("tenure", _("tenure, shortest first")),
        ("past", _("past juniors")),
    ]


def shown() -> list[tuple[str, str]]:
    """What the register can be narrowed to."""
    return [
        ("free", _("with a free seat")),
        ("away", _("taking no juniors now")),
        ("trained", _("training done")),
        ("untrained", _("training not done")),
    ]


def register(member: Membership, on: date, filters: Filters) -> list[RegisterRow]:
    """The mentors whom somebody sees, narrowed and in the order that `filters` ask."""
    mentors = access.registered(member).select_related("user", "mentor_record")
    mentors = mentors.alias(name=shown_name()).order_by("name", "pk")
    if words := filters.get("q", "").strip():
        mentors = mentors.filter(
            Q(name__icontains=words) | Q(user__email__icontains=words)
        )
    rows = _rows(member, list(mentors), on)
    if keeps := SHOWN.get(filters.get("show", "")):
        rows = filter(keeps, rows)
    return sorted(rows, key=ORDERS.get(filters.get("order", ""), ORDERS["name"]))


def _rows(
    reader: Membership, mentors: Sequence[Membership], on: date
) -> Iterable[RegisterRow]:
    programs = {one.pk: one for one in access.led_programs(reader)}
    places = _places(mentors, programs)
    pairs = Pairing.objects.filter(program__in=programs)
    now = _counts(pairs.filter(_holds(on)))
    past = _counts(pairs.filter(_over(on)))
    for mentor in mentors:
        own = places[mentor.pk]
        current = [one for one in own if _runs(one, on)]
        yield RegisterRow(
            member=mentor,
            record=getattr(mentor, "mentor_record", NO_RECORD),
            programs=[one.program.name for one in own],
            taken=sum(now[one.pk] for one in own),
            seats=sum(one.seats for one in current),
            past=sum(past[one.pk] for one in own),
            on=on,
        )


def _runs(place: Enrolment, on: date) -> bool:
    return place.program.is_running and place.program.starts_on <= on < place.ends_on


def _places(
    mentors: Sequence[Membership], programs: Mapping[int, Program]
) -> Mapping[int, list[Enrolment]]:
    """The places of mentors in the programs, the latest program first."""
    rows = Enrolment.objects.mentors().filter(program__in=programs)
    found = defaultdict(list)
    for place in rows.filter(membership__in=[one.pk for one in mentors]):
        place.program = programs[place.program_id]
        found[place.membership_id].append(place)
    for own in found.values():
        own.sort(key=lambda one: (one.program.starts_on, one.pk), reverse=True)
    return found


def _holds(on: date) -> Q:
    """Primary pairs that take a seat on a day."""
    states = [Pairing.State.ACTIVE, Pairing.State.PAUSED]
    return Q(
        kind=Pairing.Kind.PRIMARY, state__in=states, starts_on__lte=on, ends_on__gt=on
    )


def _over(on: date) -> Q:
    """Pairs that came to their end, on their last day or before it."""
    is_completed = Q(ends_on__lte=on) & ~Q(state=Pairing.State.PROPOSED)
    return Q(state=Pairing.State.ENDED) | is_completed


def _counts(pairs: PairingQuerySet) -> Counter[int]:
    """How many of the pairs each mentor has, by enrolment."""
    rows = pairs.order_by().values_list("mentor").annotate(n=Count("pk"))
    return Counter(dict(rows))


def exported(row: RegisterRow) -> list[str]:
    """A mentor as a row under `HEADER`."""
    record = row.record
    return [
        row.member.full_name,
        row.member.user.email,
        "; ".join(row.programs),
        iso(record.trained_on),
        iso(record.employed_since),
        "" if row.tenure is None else str(row.tenure),
        str(row.taken),
        str(row.seats),
        str(row.past),
        "yes" if row.is_available else "no",
        "" if row.is_available else iso(record.away_until),
    ]
