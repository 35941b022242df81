"""The report of the last quarter, to whom it is mailed on its day."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from django.db.models import DateField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pairings.models import ProgramStaff
from preceptor.http import absolute_url
from preceptor.insights.figures.months import month_in
from preceptor.insights.figures.quarterly import Record, record_of
from preceptor.insights.figures.quarters import Quarter
from preceptor.insights.models import ClosedMonth, ReportReader, ReportSchedule
from preceptor.insights.models.closed import RECORD_AS_TEXT
from preceptor.insights.quarterly.access import MANAGERS
from preceptor.insights.quarterly.document import SHARE, Line
from preceptor.insights.quarterly.making.parts import figure
from preceptor.insights.quarterly.pages import row_of
from preceptor.notifications.kinds import LEADERS, Audience, Kind, Message, Morning
from preceptor.notifications.letters import Fact, letter
from preceptor.notifications.models import Delivery
from preceptor.notifications.queries import DaysOn, Rows, reminder, zone_of

NAME = "quarter-report"


def due(now: datetime) -> Rows:
    """To each reader, on the morning of the day, once the quarter is closed.

    `quarter-report:SCHEDULE:FIRST:mail`, by the first day of the quarter that goes on:
    whoever may not read the report any more is not among them.
    """
    quarter = Quarter.of(now.date())
    last = quarter.previous.months[-1]
    closed = ClosedMonth.objects.filter(organisation=OuterRef("organisation"))
    of_program = closed.filter(program=OuterRef("schedule__program"), month=last)
    is_staff = ProgramStaff.objects.filter(
        program=OuterRef("schedule__program"), membership=OuterRef("member")
    )
    sent_on = DaysOn(Value(quarter.first), F("schedule__day") - 1)
    rows = ReportReader.objects.alias(sent_on=Cast(sent_on, DateField())).filter(
        Q(member__role__in=MANAGERS) | Q(Exists(is_staff)),
        Q(schedule__program=None) & Q(Exists(closed.filter(month=last)))
        | Q(Exists(of_program)),
        member__is_active=True,
        member__user__is_active=True,
        schedule__set_on__lte=F("sent_on"),
    )
    found: Rows = rows.values(
        "organisation_id",
        program_id=F("schedule__program_id"),
        **reminder(
            NAME,
            "mail",
            Value(quarter.first.isoformat()),
            recipient="member",
            subject="schedule",
            not_before=Morning(zone_of("member"), sent_on),
        ),
    )
    return found


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A schedule, the quarter that its report is of, and what the record says of it."""

    schedule: ReportSchedule
    quarter: Quarter
    lines: list[Line] = field(default_factory=list)


def subjects(ids: Collection[int]) -> Mapping[int, Scheduled]:
    """In two queries, for any number of schedules."""
    quarter = Quarter.of(timezone.now().date()).previous
    rows = ReportSchedule.objects.filter(pk__in=ids)
    schedules = list(rows.select_related("program", "organisation"))
    records = _records(schedules, quarter)
    return {one.pk: Scheduled(one, quarter, _lines(one, records)) for one in schedules}


def _records(
    schedules: Collection[ReportSchedule], quarter: Quarter
) -> Mapping[int, Mapping[int, Record]]:
    """By organisation and program, of what these schedules are about."""
    of_all = [one.organisation_id for one in schedules if one.program_id is None]
    programs = [one.program_id for one in schedules if one.program_id is not None]
    columns = ClosedMonth.objects.filter(
        Q(organisation__in=of_all) | Q(program__in=programs),
        month__in=quarter.months,
    ).order_by("program", "month")
    found: dict[int, dict[int, Record]] = defaultdict(dict)
    of_program = groupby(
        columns.values_list("organisation_id", "program_id", RECORD_AS_TEXT),
        key=itemgetter(0, 1),
    )
    for (home, program), own in of_program:
        months = [month_in(text) for _home, _program, text in own]
        found[home][program] = record_of(months)
    return found


def _lines(
    schedule: ReportSchedule, records: Mapping[int, Mapping[int, Record]]
) -> list[Line]:
    """The record alone: how many pairs, and of a program what they kept."""
    of_home = records.get(schedule.organisation_id, {})
    if schedule.program_id is None:
        pairs = sum(one.pairs for one in of_home.values())
        return [
            Line(_("Programs"), "count", len(of_home)),
            Line(_("Pairs"), "count", pairs),
        ]
    record = of_home.get(schedule.program_id)
    if record is None:
        return [Line(_("Pairs"), "count", 0)]
    return [
        Line(_("Pairs"), "count", record.pairs),
        figure(_("Planned weeks kept"), record.kept, SHARE),
        figure(_("Sessions a pair and month"), record.sessions),
        figure(_("Milestones on time"), record.milestones, SHARE),
    ]


def message(delivery: Delivery, of: Scheduled) -> Message:
    """Its first figures and the link; nothing of the room."""
    slug, program = delivery.organisation.slug, of.schedule.program
    name = program.name if program else of.schedule.organisation.name
    args = (program.pk, of.quarter) if program else (of.quarter,)
    route = "insights:quarter_report" if program else "insights:quarter_of_all"
    headline = _("Report of %(quarter)s: %(name)s")
    return letter(
        headline=headline % {"quarter": of.quarter, "name": name},
        lines=[_("The months of the quarter are closed, and its report is there.")],
        facts=[_fact(line) for line in of.lines],
        link=absolute_url(slug, route, *args),
        button=_("Read the report"),
        because=_(
            "You get this because somebody put you down for it. You can turn it off in "
            "your preferences, or by the link below."
        ),
        over=name,
        words={"quarter": str(of.quarter), "name": name},
    )


def _fact(line: Line) -> Fact:
    row = row_of(line)
    if row.note:
        return row.label, row.note
    if not row.interval:
        return row.label, row.value
    words = {"value": row.value, "interval": row.interval, "n": row.n}
    return row.label, _("%(value)s (%(interval)s; n = %(n)s)") % words


QUARTER_REPORT = Kind(
    name=NAME,
    label=gettext_lazy("Report of a quarter"),
    about=gettext_lazy(
        "Where you are put down for it: a few figures of the last quarter and the link "
        "to its report, on the day that was set."
    ),
    due=due,
    subjects=subjects,
    message=message,
    thread="report",
    audience=LEADERS | {Audience.OBSERVERS},
    urgency=85,
    is_record=True,
    is_of_program=False,
    placeholders={
        "quarter": gettext_lazy("which quarter"),
        "name": gettext_lazy("of which program or organisation"),
    },
)
