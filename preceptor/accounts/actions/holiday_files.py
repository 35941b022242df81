"""A calendar file against an organisation's holidays: what it would add, and adding."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction

from preceptor.accounts.calendar_files import LeftOut, read
from preceptor.accounts.holidays import HolidayChange, announce, held_holidays, told
from preceptor.accounts.models import Holiday, Membership, StagedUpload

PURPOSE = "holidays"
YEARS = 3
"""This one and those after it that a file is read for."""


@dataclass(frozen=True, slots=True)
class HolidayImport:
    """What a staged file would do, as of now, with the days that were chosen of it."""

    offered: Mapping[date, str]
    """Days of the file that are no holidays yet."""
    change: HolidayChange
    known: Mapping[date, str]
    """Days of the file that are holidays already; they keep their names."""
    left_out: Sequence[LeftOut]
    told: Sequence[str]

    @property
    def new(self) -> list[tuple[date, str]]:
        return [(day, self.change.after[day]) for day in sorted(self.change.added)]

    @property
    def days(self) -> list[tuple[date, str, bool]]:
        """All that are offered, each with whether it is chosen."""
        return [(d, name, d in self.change.added) for d, name in self.offered.items()]

    @property
    def fingerprint(self) -> str:
        """Changes when what is offered or what moves does."""
        return sha256(repr((self.offered, self.told)).encode()).hexdigest()


class EffectChanged(Exception):
    """What the file would do is no longer what the person saw; nothing was written."""


class AlreadyImported(Exception):
    """Somebody confirmed this upload in between; nothing was written again."""


def years_ahead(actor: Membership, now: datetime) -> tuple[date, date]:
    today = HolidayChange(actor, {}, {}, now).today
    return date(today.year, 1, 1), date(today.year + YEARS - 1, 12, 31)


def stage_holidays(
    *, actor: Membership, name: str, data: bytes, now: datetime
) -> StagedUpload:
    """Keeps it for an hour in place of an earlier one; raises `BadCalendar`."""
    read(data, *years_ahead(actor, now))
    with transaction.atomic():
        StagedUpload.objects.filter(owner=actor, purpose=PURPOSE).delete()
        return StagedUpload.objects.create(
            organisation=actor.organisation,
            owner=actor,
            purpose=PURPOSE,
            name=name[:255],
            body=data,
            created_at=now,
        )


def plan_holidays(
    actor: Membership,
    upload: StagedUpload,
    before: Mapping[date, str],
    now: datetime,
    chosen: Collection[str] | None = None,
) -> HolidayImport:
    """Of the days `chosen`, as `2027-01-01`, or else of all that are new."""
    found = read(upload.data, *years_ahead(actor, now))
    offered = {day: name for day, name in found.days.items() if day not in before}
    known = {day: name for day, name in found.days.items() if day in before}
    new = {
        day: name
        for day, name in offered.items()
        if chosen is None or day.isoformat() in chosen
    }
    change = HolidayChange(actor, before, {**before, **new}, now)
    moves = told(change) if new else []
    return HolidayImport(offered, change, known, found.left_out, moves)


@transaction.atomic
def import_holidays(
    *,
    actor: Membership,
    upload: StagedUpload,
    chosen: Collection[str],
    fingerprint: str,
    now: datetime,
) -> tuple[int, list[str]]:
    """Adds what was chosen of the preview with this fingerprint; how many, what moved.

    Planned anew while nobody else changes holidays: `EffectChanged` if it came out
    otherwise, `AlreadyImported` for the later of two confirmations.
    """
    before = held_holidays(actor.organisation_id, alone=True)
    if not StagedUpload.objects.filter(pk=upload.pk).exists():
        raise AlreadyImported
    todo = plan_holidays(actor, upload, before, now, chosen)
    if todo.fingerprint != fingerprint:
        raise EffectChanged
    Holiday.objects.bulk_create(
        Holiday(organisation_id=actor.organisation_id, day=day, name=name)
        for day, name in todo.new
    )
    upload.delete()
    return len(todo.new), announce(todo.change)
