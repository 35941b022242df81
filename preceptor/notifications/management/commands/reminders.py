"""`manage.py reminders --at 2026-12-10 --dry-run`: what would go out on a day."""

from datetime import date, datetime, time, timedelta
from math import inf
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from preceptor.accounts.models import Organisation
from preceptor.notifications.rehearsal import Foreseen, Wanted, rehearse, undone

MOST = 100_000
FARTHEST = timedelta(days=366)
LATEST_ZONE = ZoneInfo("Etc/GMT+12")
"""Where a day ends last."""


class Command(BaseCommand):
    help = (
        "Prints which reminders would go out on a day, as things stand now: when, to "
        "whom, which kind, through which channels, and how it reads. It sends nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--at",
            type=date.fromisoformat,
            metavar="DATE",
            help="the day, by each recipient's own clock, as 2026-12-10; else today",
        )
        parser.add_argument("--organisation", metavar="SLUG", help="of one alone")
        parser.add_argument(
            "--dry-run", action="store_true", help="required: it can do nothing else"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["dry_run"]:
            raise CommandError(
                "Nothing is sent by hand: beat plans each minute and workers send what "
                "is due. Add --dry-run to see what would go out."
            )
        now = timezone.now()
        day: date = options["at"] or timezone.localdate(now, LATEST_ZONE)
        today = timezone.localdate(now, LATEST_ZONE)
        if day < today:
            raise CommandError(f"{day} is past: what went out is in each program's log")
        if day > today + FARTHEST:
            raise CommandError(f"{day} is too far ahead: at most a year is looked at")
        wanted = Wanted(
            organisation=_organisation(options["organisation"]),
            program=None,
            begins=now,
            until=datetime.combine(day + timedelta(days=1), time(), LATEST_ZONE),
            limit=MOST,
            patience=inf,
        )
        with undone():
            found = rehearse(wanted)
            lines = [_line(one) for one in found.reminders if _day_of(one) == day]
        for line in lines:
            self.stdout.write(line)
        self.stdout.write(f"{len(lines)} on {day}; nothing was sent or kept.")


def _organisation(slug: str | None) -> int | None:
    if slug is None:
        return None
    found = Organisation.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(f"There is no organisation {slug}.")
    return found.pk


def _day_of(one: Foreseen) -> date:
    return timezone.localdate(one.goes_at, _zone(one))


def _zone(one: Foreseen) -> ZoneInfo:
    return ZoneInfo(one.row.recipient.user.time_zone)


def _line(one: Foreseen) -> str:
    """Moment, address, kind, channels and headline, with tabs between."""
    if one.is_suppressed:
        ways = f"not sent, {one.row.get_reason_display()}"
    else:
        names = (f"{way.channel} {way.timing}" for way in one.carriers)
        ways = ", ".join(names) or "inbox"
    at = f"{one.goes_at.astimezone(_zone(one)):%Y-%m-%d %H:%M %Z}"
    to, kind = one.row.recipient.user.email, one.row.kind
    return f"{at}\t{to}\t{kind}\t{ways}\t{one.headline}"
