"""The hours of a junior's weeks that were kept free for it, one tap a week."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from html import escape
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import Coalesce, JSONObject
from django.template.defaultfilters import floatformat
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from pairings.models import Pairing, Pause
from preceptor.prepared import Prepared
from preceptor.templatetags.preceptor import span
from progress.models import GrowthPlan, ProtectedWeek

WEEK = timedelta(days=7)
MOST_STEPS = 6
"""Into how many steps the planned hours are cut at most."""


@dataclass(frozen=True, slots=True)
class HoursOfWeek:
    """`had` is None where the junior said nothing of the week."""

    monday: date
    had: Decimal | None
    is_paused: bool
    is_this: bool

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Hours:
    """Weeks in a row, newest first, those of a pause left out unless told."""

    plan: GrowthPlan
    weeks: Sequence[HoursOfWeek]
    to_tell: Sequence[HoursOfWeek]
    """This week and the last one, where they can be told."""

    @property
    def planned(self) -> Decimal:
        """A week."""
        return self.plan.junior.program.junior_hours

    @property
    def is_planned(self) -> bool:
        return self.planned > 0

    @property
    def choices(self) -> list[Decimal]:
        return hours_to_choose(self.planned)

    @property
    def rows(self) -> SafeString:
        """A table's body, made in one go: a year has more than fifty weeks."""
        planned, untold = floatformat(self.planned), escape(_("not told"))
        lines = (
            f'<tr><th scope="row">{escape(span(week.monday, week.sunday))}</th>'
            f'<td class="num">{untold if week.had is None else floatformat(week.had)}'
            f'</td><td class="num">{planned}</td></tr>'
            for week in self.weeks
        )
        return mark_safe("\n".join(lines))  # noqa: S308 # every text is escaped

    @property
    def told(self) -> int:
        return sum(week.had is not None for week in self.weeks)

    @property
    def had(self) -> Decimal:
        """In the weeks that were told."""
        return sum((week.had or Decimal(0) for week in self.weeks), Decimal(0))

    @property
    def wanted(self) -> Decimal:
        """What was planned for the weeks that were told."""
        return self.planned * self.told


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def hours_to_choose(planned: Decimal) -> list[Decimal]:
    """From none to what is planned, in whole steps, and one hour more."""
    step = max(-(-int(planned) // MOST_STEPS), 1)
    below = (Decimal(n) for n in range(0, 41, step))
    return [*(hours for hours in below if hours < planned), planned, planned + 1]


def hours_of(plan: GrowthPlan, today: date) -> Hours:
    """Of the whole year so far, in one query."""
    return hours_between(plan, plan.starts_on, today, today)


def hours_lately(plan: GrowthPlan, today: date) -> Hours:
    """Of this week and the last one, in one query."""
    return hours_between(plan, today - WEEK, today, today)


def hours_between(plan: GrowthPlan, first: date, last: date, today: date) -> Hours:
    """Of the weeks of two days and those between them, within the year.

    One query for a plan that came `with_junior()`.
    """
    had, rests = _read(plan)
    this = monday_of(today)
    weeks = [
        HoursOfWeek(
            monday=monday,
            had=had.get(monday),
            is_paused=any(
                since < monday + WEEK and (until is None or until > monday)
                for since, until in rests
            ),
            is_this=monday == this,
        )
        for monday in _mondays(plan, first, min(last, today))
    ]
    told = [week for week in weeks if week.had is not None or not week.is_paused]
    near = [week for week in weeks if this - week.monday in (timedelta(0), WEEK)]
    return Hours(plan, told, [week for week in near if not week.is_paused])


def _mondays(plan: GrowthPlan, first: date, last: date) -> Iterator[date]:
    """Newest first."""
    last = min(last, plan.junior.ends_on - timedelta(days=1))
    monday = monday_of(last)
    while monday >= monday_of(max(first, plan.starts_on)):
        yield monday
        monday -= WEEK


def _told(plan: int) -> "QuerySet[GrowthPlan, tuple[Any, Any]]":
    own = ProtectedWeek.objects.filter(plan=OuterRef("pk"))
    weeks = own.values(json=JSONObject(monday="monday", hours="hours"))
    pauses = Pause.objects.taken().filter(
        pairing__junior=OuterRef("junior"), pairing__kind=Pairing.Kind.PRIMARY
    )
    rests = pauses.order_by("starts_on").values(
        json=JSONObject(since="starts_on", until=Coalesce("resumed_on", "back_on"))
    )
    rows = GrowthPlan.objects.filter(pk=plan)
    return rows.values_list(ArraySubquery(weeks), ArraySubquery(rests))


TOLD = Prepared(_told, plan=int)
"""What was told of each week of a plan, and its pauses."""


def _read(
    plan: GrowthPlan,
) -> tuple[dict[date, Decimal], list[tuple[date, date | None]]]:
    """What was told of each week, and the pauses with their first and next day."""
    [(weeks, spans)] = TOLD(plan=plan.pk)
    had = {date.fromisoformat(one["monday"]): _decimal(one["hours"]) for one in weeks}
    return had, [(_day(one["since"]), _until(one["until"])) for one in spans]


def _decimal(number: float) -> Decimal:
    """A number with one digit behind the point, as JSON carries it."""
    return Decimal(str(number))


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _until(text: str | None) -> date | None:
    return _day(text) if text else None
