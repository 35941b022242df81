"""What a program's people would be told within 30 days, also before it starts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from pairings import ports
from pairings.lists import without_mentor
from pairings.models import Program
from pairings.ports import Told
from preceptor.notifications.rehearsal import (
    PATIENCE_SECONDS,
    Rehearsed,
    Wanted,
    rehearse,
    undone,
)

DAYS = 30
SHOWN = 200
"""How many messages the page names, the earliest first."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """`told` is what a pair would hear whose juniors, `alone`, have no mentor yet."""

    begins: datetime
    begins_on: date
    rehearsed: Rehearsed
    told: Sequence[Told]
    alone: int

    shown = SHOWN
    patience = int(PATIENCE_SECONDS)

    @property
    def is_later(self) -> bool:
        return self.begins_on > timezone.localdate()


def messages_ahead(program: Program, now: datetime) -> Ahead:
    """From now on, or from the first day of a program that is yet to begin.

    As if it ran by then. Nothing of what is tried stays.
    """
    zone = ZoneInfo(program.organisation.time_zone)
    first = datetime.combine(program.starts_on, time(), zone)
    begins = max(now, first)
    until = begins + timedelta(days=DAYS)
    with undone():
        if program.is_draft:
            _let_run(program)
        rehearsed = rehearse(
            Wanted(
                organisation=program.organisation_id,
                program=program.pk,
                begins=begins,
                until=until,
                limit=SHOWN,
                tells=lambda kind: kind.is_record,
            )
        )
    begins_on, until_on = (timezone.localdate(at, zone) for at in (begins, until))
    alone = without_mentor(program.enrolments.juniors(), begins_on).count()
    told = [
        one
        for foreseen in ports.foreseen
        for one in foreseen(program, begins_on, until_on)
        if alone
    ]
    return Ahead(begins, begins_on, rehearsed, sorted(told), alone)


def _let_run(program: Program) -> None:
    """As this transaction reads the programs, and without a hold on anybody's row."""
    columns = [field.attname for field in Program._meta.concrete_fields]
    columns.remove("state")
    asked = f"""
        CREATE TEMPORARY VIEW pairings_program AS
        SELECT {", ".join(columns)}, CASE id
            WHEN {program.pk:d} THEN '{Program.State.RUNNING}' ELSE state
        END::varchar AS state
        FROM pairings_program
    """  # noqa: S608 # of columns and a key
    with connection.cursor() as cursor:
        cursor.execute(asked)
