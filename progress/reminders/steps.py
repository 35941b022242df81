"""What the reminders of a year share: whose they are, and which step has come."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    Func,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat

from pairings.models import Enrolment, Pairing, Program, ProgramStaff
from pairings.reminders import leads
from pairings.reminders.leads import is_managed_by, leads_there
from preceptor.accounts.models import Membership
from preceptor.notifications.kinds import Morning

M = TypeVar("M", bound=Model)
Rows = QuerySet[Any, dict[str, Any]]
Steps = Mapping[str, int]
"""Each step, and how many days after the day that counts its morning is; in order."""

JUNIOR = "plan__junior__membership"
PAIRING = "plan__junior__pairings_as_junior"
MENTOR = f"{PAIRING}__mentor__membership"
STAFF = "plan__junior__program__staff"
LEAD = f"{STAFF}__membership"
MANAGER = "plan__junior__line_manager"
MANAGERS = leads.MANAGER


class LastMorning(Func):
    """The last day whose eight o'clock has come: `LastMorning(zone, now)`."""

    template = "(timezone(%(expressions)s) - TIME '08:00')::date"
    output_field = DateField()


class DayOf(Func):
    """The day of a moment in a time zone: `DayOf(zone, moment)`."""

    template = "timezone(%(expressions)s)::date"
    output_field = DateField()


class DaysBetween(Func):
    """Whole days from the second date to the first."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


class DaysAfter(Func):
    """A date some days on."""

    template = "(%(expressions)s)"
    arg_joiner = " + "
    output_field = DateField()


class WeekBefore(Func):
    """The Monday of the week before a date."""

    template = "(date_trunc('week', %(expressions)s::timestamp)::date - 7)"
    output_field = DateField()


def last_morning(recipient: str, now: datetime) -> LastMorning:
    return LastMorning(F(f"{recipient}__user__time_zone"), Value(now))


def of_juniors(rows: "QuerySet[M]", now: datetime) -> "QuerySet[M]":
    """Rows of a plan, for its junior, as long as they take part in the program.

    That is between two mentors too; while their pairing rests nobody is reminded.
    """
    return _going_on(rows, JUNIOR, now)


def of_mentors(rows: "QuerySet[M]", now: datetime) -> "QuerySet[M]":
    """Rows of a plan of a junior who is there, for the primary mentor of today."""
    today = last_morning(MENTOR, now)
    own = {
        f"{PAIRING}__kind": Pairing.Kind.PRIMARY,
        f"{PAIRING}__state": Pairing.State.ACTIVE,
        f"{PAIRING}__starts_on__lte": today,
        f"{PAIRING}__ends_on__gt": today,
    }
    return rows.filter(_is_running(), _is_junior_here(), **own)


def of_leads(rows: "QuerySet[M]", now: datetime) -> "QuerySet[M]":
    """Rows of a plan that goes on, for each lead who is not one of the pair."""
    led = rows.filter(**{f"{STAFF}__role": ProgramStaff.Role.LEAD})
    return _besides_pair(_going_on(led, LEAD, now), LEAD)


def of_managers(rows: "QuerySet[M]", now: datetime) -> "QuerySet[M]":
    """Rows of a plan that goes on, for managers where a program has no such lead."""
    mentors = Pairing.objects.standing().filter(
        junior=OuterRef(OuterRef("plan__junior")),
        mentor__membership=OuterRef("membership"),
    )
    others = leads_there().filter(
        ~Exists(mentors), program=OuterRef("plan__junior__program")
    )
    others = others.exclude(membership=OuterRef(JUNIOR))
    managed = rows.filter(~Exists(others), is_managed_by())
    return _besides_pair(_going_on(managed, MANAGERS, now), MANAGERS)


def of_line_managers(rows: "QuerySet[M]", now: datetime) -> "QuerySet[M]":
    """Rows of a plan that goes on, for a line manager who is not the mentor."""
    return _going_on(rows.filter(is_managed()), MANAGER, now)


def is_managed() -> Q:
    """Whether a junior of a plan has a line manager who is not one of the pair."""
    mentors = Pairing.objects.standing().filter(
        junior=OuterRef("plan__junior"), mentor__membership=OuterRef(MANAGER)
    )
    is_active = Q(
        **{f"{MANAGER}__is_active": True, f"{MANAGER}__user__is_active": True}
    )
    return is_active & ~Q(**{MANAGER: F(JUNIOR)}) & ~Q(Exists(mentors))


def _besides_pair(rows: "QuerySet[M]", recipient: str) -> "QuerySet[M]":
    """Without those whose recipient is the junior or a mentor of theirs."""
    mentors = Pairing.objects.standing().filter(
        junior=OuterRef("plan__junior"), mentor__membership=OuterRef("reader")
    )
    named = rows.alias(reader=F(recipient))
    found: QuerySet[Any] = named.filter(~Exists(mentors), ~Q(reader=F(JUNIOR)))
    return found


def _going_on(rows: "QuerySet[M]", recipient: str, now: datetime) -> "QuerySet[M]":
    today = last_morning(recipient, now)
    resting = _pairings().filter(
        state=Pairing.State.PAUSED,
        starts_on__lte=OuterRef("today"),
        ends_on__gt=OuterRef("today"),
    )
    found: QuerySet[Any] = rows.alias(today=today).filter(
        _is_running(),
        _is_junior_here(),
        ~Exists(resting),
        plan__junior__ends_on__gt=F("today"),
    )
    return found


def _pairings() -> "QuerySet[Pairing]":
    return Pairing.objects.primary().filter(junior=OuterRef("plan__junior"))


def _is_running() -> Q:
    return Q(plan__junior__program__state=Program.State.RUNNING)


def _is_junior_here() -> Q:
    return ~Q(plan__junior__in=Enrolment.objects.gone().values("pk"))


def stepped(
    rows: "QuerySet[Any]",
    recipient: str,
    now: datetime,
    *,
    steps: Steps,
    day: Combinable,
    matter: Sequence[str | Combinable],
    until: int | None = None,
) -> Rows:
    """What the outbox asks of rows whose steps are counted from `day`.

    One row for each of `rows`: the latest step whose morning has come where the
    recipient lives, none before the first and, given `until`, later than so many days
    after the day. `matter` are the parts of the key before the step.
    """
    passed = DaysBetween(last_morning(recipient, now), day)
    come = rows.annotate(passed=passed).filter(passed__gte=min(steps.values()))
    if until is not None:
        come = come.filter(passed__lte=until)
    days = _latest(steps, IntegerField())
    zone = F(f"{recipient}__user__time_zone")
    found: QuerySet[Any, Any] = come.values(
        "organisation_id",
        program_id=F("plan__junior__program_id"),
        recipient_id=F(recipient),
        subject=F("pk"),
        occurrence=key_of(*matter, _latest(steps, CharField())),
        not_before=Morning(zone, DaysAfter(day, days)),
    )
    return found


def _latest(steps: Steps, kind: "IntegerField[int, int] | CharField[str, str]") -> Case:
    """The latest step that has come: its days as a number, or its name as text."""
    is_number = isinstance(kind, IntegerField)
    cases = [
        When(Q(passed__gte=days), then=Value(days if is_number else name))
        for name, days in reversed(list(steps.items()))
    ]
    return Case(*cases, output_field=kind)


def key_of(*parts: str | F | Combinable) -> Concat:
    """An occurrence: texts as they are, columns as text."""
    texts: list[Combinable] = []
    for part in parts:
        text = Value(part) if isinstance(part, str) else Cast(part, CharField())
        texts += [Value(":"), text]
    return Concat(*texts[1:])


def mentors_on(juniors: Iterable[int], on: date) -> dict[int, Membership]:
    """By junior's enrolment the primary mentor of a day, in one query.

    One who was deactivated is nobody's any more.
    """
    rows = (
        Pairing.objects.primary()
        .standing()
        .current(on)
        .filter(junior__in=juniors, mentor__membership__is_active=True)
    )
    people = rows.select_related("mentor__membership__user")
    return {one.junior_id: one.mentor.membership for one in people}
