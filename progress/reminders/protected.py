"""Protected hours that stayed under the plan, to the line manager or else the leads."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest
from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pairings.models import Pairing, Pause
from preceptor.http import absolute_url
from preceptor.notifications.kinds import LEADERS, Audience, Kind, Message, Morning
from preceptor.notifications.letters import day_of
from preceptor.notifications.models import Delivery
from preceptor.templatetags.preceptor import day, span
from progress.models import GrowthPlan, ProtectedWeek
from progress.protected import WEEK
from progress.reminders.steps import (
    LEAD,
    MANAGER,
    MANAGERS,
    DaysAfter,
    DaysBetween,
    Rows,
    WeekBefore,
    is_managed,
    key_of,
    of_leads,
    of_line_managers,
    of_managers,
)

NAME = "protected-hours"
STEP = 3
"""Weeks under the plan, and those until it is said again."""
PLANNED = "plan__junior__program__junior_hours"
EASTMOST = timedelta(hours=14)
"""By so much a Monday begins somewhere before it does in Greenwich."""

Weeks = QuerySet[ProtectedWeek]


def due(now: datetime) -> Rows:
    """Juniors who told of three weeks in a row or more with fewer hours than planned.

    The last of them is last week, or while nothing is told of that the one before.
    `protected-hours:PLAN:FIRST:WEEKS`: a run of weeks is known by its first one.
    """
    last = WeekBefore(Value((now + EASTMOST).date()))
    told_last = ProtectedWeek.objects.filter(plan=OuterRef("plan"), monday=last)
    before = DaysAfter(last, Value(-7))
    rows = ProtectedWeek.objects.filter(
        Q(monday=last) | Q(monday=before) & ~Q(Exists(told_last)),
        ~Exists(_pauses("monday", -14, 7)),
        Exists(_under_before(1, OuterRef(PLANNED))),
        Exists(_under_before(2, OuterRef(PLANNED))),
        monday__gte=DaysAfter(F("plan__starts_on"), Value(14)),
        hours__lt=F(PLANNED),
    )
    managers = of_line_managers(rows, now)
    others = rows.filter(~is_managed())
    return _rows(managers, MANAGER).union(
        _rows(of_leads(others, now), LEAD),
        _rows(of_managers(others, now), MANAGERS),
        all=True,
    )


def _under_before(count: int, planned: OuterRef) -> Weeks:
    """The week so many before the one of the outer query, if it was under the plan."""
    monday = DaysAfter(OuterRef("monday"), Value(-7 * count))
    return ProtectedWeek.objects.filter(
        plan=OuterRef("plan"), monday=monday, hours__lt=planned
    )


def _pauses(monday: str, first: int, end: int) -> "QuerySet[Pause]":
    """Pauses on one of the days from so many after a Monday up to the end, left out."""
    until = Coalesce("resumed_on", "back_on")
    pauses = Pause.objects.taken().filter(
        pairing__junior=OuterRef("plan__junior"),
        pairing__kind=Pairing.Kind.PRIMARY,
        starts_on__lt=DaysAfter(OuterRef(monday), Value(end)),
    )
    lasting = Q(until=None) | Q(until__gt=DaysAfter(OuterRef(monday), Value(first)))
    return pauses.alias(until=until).filter(lasting)


def _first() -> Subquery:
    """The Monday of the first week of the run that the outer week ends."""
    own = ProtectedWeek.objects.filter(
        plan=OuterRef("plan"),
        monday__lte=OuterRef("monday"),
        hours__lt=OuterRef(PLANNED),
    )
    before = _under_before(1, OuterRef(OuterRef(PLANNED)))
    # One OR, and no join: it is looked for from the last week backwards.
    begins = own.filter(~Q(Exists(before)) | Q(Exists(_pauses("monday", -7, 0))))
    return Subquery(begins.order_by("-monday").values("monday")[:1])


def _rows(weeks: "QuerySet[Any]", recipient: str) -> Rows:
    """Of weeks with the recipient's `today`.

    A week counts from the morning of the Monday after it. A run of three is told then;
    a longer one stands since the week before, and each third week is a step.
    """
    is_over = Q(today__gte=DaysAfter(F("monday"), Value(7)))
    over = Case(When(is_over, then=Value(1)), default=Value(0))
    count = DaysBetween(F("monday"), F("first")) / Value(7) + over
    step = Greatest(count / Value(STEP) * Value(STEP), Value(STEP))
    is_longer = Q(first__lt=DaysAfter(F("monday"), Value(-14)))
    since = Case(When(is_longer & ~is_over, then=Value(0)), default=Value(7))
    zone = F(f"{recipient}__user__time_zone")
    found: QuerySet[Any, Any] = weeks.annotate(first=_first()).values(
        "organisation_id",
        program_id=F("plan__junior__program_id"),
        recipient_id=F(recipient),
        subject=F("plan_id"),
        occurrence=key_of(NAME, F("plan_id"), F("first"), step),
        not_before=Morning(zone, DaysAfter(F("monday"), since)),
    )
    return found


@dataclass(frozen=True, slots=True)
class Told:
    """A year with the weeks that were under its plan, newest first.

    Each says whether it `rests`: somebody was away in it.
    """

    plan: GrowthPlan
    under: Sequence[Any]

    @property
    def planned(self) -> Decimal:
        return self.plan.junior.program.junior_hours

    def run(self, today: date) -> list[ProtectedWeek]:
        """Those in a row up to the last that is over, oldest first."""
        found: list[ProtectedWeek] = []
        for week in self.under:
            if week.monday + WEEK > today:
                continue
            if week.rests or (found and week.monday + WEEK != found[-1].monday):
                break
            found.append(week)
        return found[::-1]


def told(ids: Collection[int]) -> dict[int, Told]:
    """Years by their ids, in two queries."""
    plans = GrowthPlan.objects.with_junior().in_bulk(ids)
    under: dict[int, list[ProtectedWeek]] = {pk: [] for pk in plans}
    weeks = ProtectedWeek.objects.filter(plan__in=plans, hours__lt=F(PLANNED))
    rests = Exists(_pauses("monday", 0, 7))
    for week in weeks.annotate(rests=rests).order_by("-monday"):
        under[week.plan_id].append(week)
    return {pk: Told(plan, under[pk]) for pk, plan in plans.items()}


def message(delivery: Delivery, told: Told) -> Message:
    """How many of the planned hours there were, week by week, as the junior told."""
    weeks = told.run(day_of(delivery))
    junior = told.plan.junior.membership.full_name
    words = {
        "junior": junior,
        "weeks": str(len(weeks)),
        "had": floatformat(sum(week.hours for week in weeks)),
        "planned": floatformat(told.planned * len(weeks)),
        "day": day(weeks[0].monday),
    }
    headline = ngettext(
        "Protected hours of %(junior)s under the plan for %(weeks)s week",
        "Protected hours of %(junior)s under the plan for %(weeks)s weeks",
        len(weeks),
    )
    state = _("%(had)s of %(planned)s hours since %(day)s, as %(junior)s told them.")
    plan = absolute_url(delivery.organisation.slug, "progress:plan", told.plan.pk)
    return Message(
        subject=headline % words,
        template="protected_hours",
        link=f"{plan}#hours",
        button=_("Look at the hours"),
        context={
            "headline": headline % words,
            "program": told.plan.junior.program,
            "state": state % words,
            "lines": list(_lines(weeks, told.planned)),
            "is_manager": told.plan.junior.line_manager_id == delivery.recipient_id,
            "junior": junior,
        },
        detail=state % words,
        words=words,
    )


def _lines(weeks: Iterable[ProtectedWeek], planned: Decimal) -> Iterator[str]:
    for week in weeks:
        yield _("%(week)s: %(had)s of %(planned)s hours") % {
            "week": span(week.monday, week.monday + timedelta(days=6)),
            "had": floatformat(week.hours),
            "planned": floatformat(planned),
        }


PROTECTED_HOURS = Kind(
    name=NAME,
    label=gettext_lazy("Protected hours under the plan"),
    about=gettext_lazy(
        "Where a junior whose line manager you are told of three weeks in a row with "
        "fewer protected hours than planned, and every three weeks that it goes on. "
        "Without a line manager it comes to the leads; the pair does not get it."
    ),
    due=due,
    subjects=told,
    message=message,
    thread="plan",
    audience=LEADERS | {Audience.LINE_MANAGERS},
    urgency=60,
    is_record=True,
    placeholders={
        "junior": gettext_lazy("the junior’s name"),
        "weeks": gettext_lazy("for how many weeks"),
        "had": gettext_lazy("the hours that there were in them"),
        "planned": gettext_lazy("the hours that were planned for them"),
        "day": gettext_lazy("the Monday of the first of them"),
    },
)
