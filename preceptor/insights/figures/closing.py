"""Closes months: a week after its end, each month of a program is counted for good.

What comes later is counted with the month in which it came, so that every session is
counted once, and nothing that is closed is ever counted anew.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max

from pairings.models import Pairing, Program
from preceptor.insights.figures.months import Month
from preceptor.insights.figures.quarters import Quarter, last_closed, months_between
from preceptor.insights.figures.record import RecordOf
from preceptor.insights.figures.room import RoomOf
from preceptor.insights.models import ClosedMonth

DAY = timedelta(days=1)


def close_months(now: datetime) -> int:
    """Closes what is due in every organisation; how many months that were."""
    rows = Program.objects.exclude(state=Program.State.DRAFT)
    rows = rows.select_related("organisation").order_by("pk")
    return sum(close(program, now) for program in rows)


def close(program: Program, now: datetime) -> int:
    """Closes those months of a program that are due and are not closed yet.

    Of two workers that close at once, what the first wrote stands.
    """
    zone = ZoneInfo(program.organisation.time_zone)
    closed = ClosedMonth.objects.filter(program=program)
    due = months_due(program, last_closed(now, zone), zone)
    missing = sorted(set(due) - set(closed.values_list("month", flat=True)))
    if not missing:
        return 0
    counted = count(program, missing, zone)
    rows = ClosedMonth.objects.bulk_create(
        [
            ClosedMonth(
                organisation_id=program.organisation_id,
                program=program,
                month=on,
                closed_at=now,
                document=month.as_document(),
            )
            for on, month in counted.items()
        ],
        ignore_conflicts=True,
    )
    return len(rows)


def months_due(program: Program, last: date, zone: ZoneInfo) -> list[date]:
    """All months of the quarters that the program touches, up to `last`.

    Whole quarters, so that a quarter is over when each of its months is closed. What
    was before the program was entered here left no trace that could be counted; `zone`
    says on which day that was.
    """
    ends = Pairing.objects.filter(program=program).aggregate(last=Max("ends_on"))
    end = max(program.ends_on, ends["last"] or program.ends_on) - DAY
    begin = max(program.starts_on, program.created_at.astimezone(zone).date())
    if begin.year > last.year:
        return []
    first = Quarter.of(begin).first
    after = Quarter.of(min(end, last)).after
    return months_between(first, min(last, after - DAY))


def count(program: Program, months: list[date], zone: ZoneInfo) -> dict[date, Month]:
    """What these months hold; a constant number of queries."""
    record, room = RecordOf(program, months, zone), RoomOf(program, months, zone)
    return {
        on: Month(
            planned=float(program.junior_hours),
            pairs=record.pairs(on),
            milestones=record.milestones(on),
            hours=record.hours(on),
            mentors=record.mentors(on),
            evaluations=record.evaluations(on),
            flaws=room.flaws(on),
            calls=room.calls(on),
            confidences=room.confidences(on),
            marks=room.marks(on),
        )
        for on in months
    }
