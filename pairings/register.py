"""The register of mentors across programs: load, training, tenure, past juniors."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    Aggregate,
    Case,
    Count,
    F,
    IntegerField,
    OrderBy,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Cast, Coalesce, Floor, Greatest, Least
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings import access
from pairings.lists import Filters, iso
from pairings.models import Enrolment, MentorRecord, Pairing, Program
from preceptor.accounts.held import reached_at
from preceptor.accounts.models import Membership, shown_name

HEADER = (
    *("name", "e-mail", "programs", "training done", "employed since"),
    *("tenure in months", "juniors now", "seats now", "past juniors"),
    *("takes juniors", "takes juniors again from"),
)
NO_RECORD = MentorRecord()


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
    def is_available(self) -> bool:
        return self.record.is_available_on(self.on)

    @property
    def tenure(self) -> int | None:
        """Whole months with the organisation."""
        return self.record.tenure_on(self.on)

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


ORDERS: Mapping[str, Sequence[str | OrderBy]] = {
    "free": ("-takes", "-free"),
    "load": ("-taken", "-seats"),
    "training": (F("mentor_record__trained_on").desc(nulls_last=True),),
    "tenure": (F("mentor_record__employed_since").desc(nulls_first=True),),
    "past": ("-past",),
}
"""What comes before the name."""
SHOWN: Mapping[str, Q] = {
    "free": Q(takes=True, free__gt=0),
    "away": Q(takes=False),
    "trained": Q(mentor_record__trained_on__isnull=False),
    "untrained": Q(mentor_record__trained_on=None),
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


def register(reader: Membership, on: date, filters: Filters) -> QuerySet[Membership]:
    """The mentors whom somebody sees, narrowed and in the order that `filters` ask.

    With `taken`, `seats`, `free`, `past` and `takes`, which `rows_of` makes rows of.
    """
    mentors = _counted(access.registered(reader), access.led_programs(reader), on)
    mentors = mentors.select_related("user", "mentor_record")
    mentors = mentors.alias(name=shown_name())
    if words := filters.get("q", "").strip():
        mentors = mentors.filter(
            Q(name__icontains=words) | Q(user__email__icontains=words)
        )
    if (show := filters.get("show", "")) in SHOWN:
        mentors = mentors.filter(SHOWN[show])
    return mentors.order_by(*ORDERS.get(filters.get("order", ""), ()), "name", "pk")


def _counted(
    mentors: QuerySet[Membership], programs: QuerySet[Program], on: date
) -> QuerySet[Membership]:
    """Counted in the database: a page of thousands of mentors reads its fifty."""
    pairs = Pairing.objects.filter(
        program__in=programs, mentor__membership=OuterRef("pk")
    )
    places = Enrolment.objects.mentors().filter(
        membership=OuterRef("pk"),
        program__in=programs.filter(state=Program.State.RUNNING, starts_on__lte=on),
        ends_on__gt=on,
    )
    record = "mentor_record__"
    takes = (
        Q(mentor_record=None)
        | Q(**{f"{record}is_available": True})
        | Q(**{f"{record}away_until__lte": on})
    )
    return mentors.annotate(
        taken=_of_mentor(pairs.filter(_holds(on)), Count("pk"), "mentor__membership"),
        past=_of_mentor(pairs.filter(_over(on)), Count("pk"), "mentor__membership"),
        seats=_of_mentor(places, Sum(seats_counted()), "membership"),
        takes=Case(When(takes, then=True), default=False),
    ).annotate(free=Greatest(F("seats") - F("taken"), 0))


def seats_counted() -> Case:
    """`Enrolment.seats` in the database; says the same as `pairings.seats.Seats`."""
    heads = Least("heads", "program__juniors_per_mentor")
    by_hours = Floor(F("hours") / F("program__mentor_hours"))
    whole = Cast(by_hours, IntegerField())
    return Case(When(program__mentor_hours=0, then=heads), default=Least(heads, whole))


def _of_mentor(rows: QuerySet[Any], total: Aggregate, mentor: str) -> Coalesce:
    """One number over the rows of a mentor, 0 where there are none."""
    totals = rows.order_by().values(mentor).annotate(total=total).values("total")
    return Coalesce(Subquery(totals, output_field=IntegerField()), 0)


def rows_of(reader: Membership, mentors: Iterable[Any], on: date) -> list[RegisterRow]:
    """The rows of some mentors of `register`, in their order."""
    shown = list(mentors)
    names = _programs_of(reader, [mentor.pk for mentor in shown])
    return [
        RegisterRow(
            member=mentor,
            record=getattr(mentor, "mentor_record", NO_RECORD),
            programs=names[mentor.pk],
            taken=mentor.taken,
            seats=mentor.seats,
            past=mentor.past,
            on=on,
        )
        for mentor in shown
    ]


def _programs_of(reader: Membership, mentors: Sequence[int]) -> dict[int, list[str]]:
    """The names of the programs that they mentor in, the latest program first."""
    places = Enrolment.objects.mentors().filter(program__in=access.led_programs(reader))
    places = places.filter(membership__in=mentors)
    found = defaultdict(list)
    for mentor, name in places.order_by("-program__starts_on", "-program").values_list(
        "membership", "program__name"
    ):
        found[mentor].append(name)
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


def exported(row: RegisterRow) -> list[str]:
    """A mentor as a row under `HEADER`."""
    record = row.record
    return [
        row.member.full_name,
        reached_at(row.member.user.email),
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
