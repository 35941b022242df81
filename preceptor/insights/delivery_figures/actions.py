"""Writes of weekly figures: a file with its preview, one week by hand."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from pairings.actions.roster import AlreadyImported, EffectChanged
from preceptor.accounts.models import Membership, Organisation, StagedUpload
from preceptor.http import Conflict
from preceptor.insights.delivery_figures.files import (
    FIGURES,
    Value,
    WeekRow,
    Wrong,
    read_weeks,
)
from preceptor.insights.delivery_figures.words import FIGURES as CALLED
from preceptor.insights.delivery_figures.words import of_row
from preceptor.insights.models import TeamWeek
from preceptor.seen import Seen, Values, changed

PURPOSE = "delivery figures"
WEEK = timedelta(days=7)
Teams = Collection[str] | None
"""Those whose weeks somebody may write, in small letters; None: any."""


class Kind(StrEnum):
    NEW = "new"
    CORRECTED = "corrected"
    UNCHANGED = "unchanged"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class WeekEffect:
    """What a row would do; `reason` says why it does nothing."""

    row: WeekRow
    kind: Kind
    reason: str = ""
    stands: TeamWeek | None = None

    @property
    def told(self) -> list[tuple[Promise, Value, Value | None]]:
        """What the file tells by name; beside it what it would write over."""
        stands = told_of(self.stands) if self.stands else {}
        found = []
        for name, value in (self.row.figures or {}).items():
            before = stands.get(name)
            found.append((CALLED[name], value, before if before != value else None))
        return found


@dataclass(frozen=True, slots=True)
class WeekImport:
    """What a staged file would do, as of now."""

    effects: Sequence[WeekEffect]
    ignored: Sequence[str]

    @property
    def counts(self) -> Mapping[Kind, int]:
        found = Counter(effect.kind for effect in self.effects)
        return {kind: found[kind] for kind in Kind}

    @property
    def writes(self) -> int:
        return self.counts[Kind.NEW] + self.counts[Kind.CORRECTED]

    @property
    def teams(self) -> list[str]:
        """Of the rows that are not left out, each as it is written first."""
        found: dict[str, str] = {}
        for effect in self.effects:
            if effect.kind is not Kind.ERROR:
                found.setdefault(effect.row.team.casefold(), effect.row.team)
        return sorted(found.values(), key=str.casefold)

    @property
    def fingerprint(self) -> str:
        """Changes when any row's effect does, or what it would write over."""
        said = [
            (one.row, one.kind, one.stands and told_of(one.stands))
            for one in self.effects
        ]
        return sha256(repr(said).encode()).hexdigest()


@transaction.atomic
def stage_weeks(
    *, actor: Membership, name: str, data: bytes, now: datetime
) -> StagedUpload:
    """Keeps the file for an hour in place of an earlier one; raises `BadFile`."""
    read_weeks(data)
    StagedUpload.objects.filter(owner=actor, purpose=PURPOSE).delete()
    return StagedUpload.objects.create(
        organisation_id=actor.organisation_id,
        owner=actor,
        purpose=PURPOSE,
        name=name[:255],
        body=data,
        created_at=now,
    )


def plan_weeks(upload: StagedUpload, teams: Teams, today: date) -> WeekImport:
    """What each row would do; nothing is written. One query."""
    file = read_weeks(upload.data)
    mondays = {row.monday for row in file.rows if row.wrong is None}
    rows = TeamWeek.objects.filter(
        organisation=upload.organisation_id, monday__in=mondays
    )
    stands = {(row.team.casefold(), row.monday): row for row in rows}
    effects = [_effect(row, stands.get(row.key), teams, today) for row in file.rows]
    return WeekImport(effects, file.ignored)


def _effect(
    row: WeekRow, stands: TeamWeek | None, teams: Teams, today: date
) -> WeekEffect:
    if row.wrong is None:
        row = replace(row, wrong=_refused(row, stands, teams, today))
    if row.wrong is not None:
        return WeekEffect(row, Kind.ERROR, of_row(row))
    if stands is None:
        return WeekEffect(row, Kind.NEW)
    told = row.figures or {}
    if all(getattr(stands, name) == value for name, value in told.items()):
        return WeekEffect(row, Kind.UNCHANGED, stands=stands)
    return WeekEffect(row, Kind.CORRECTED, stands=stands)


def _refused(
    row: WeekRow, stands: TeamWeek | None, teams: Teams, today: date
) -> Wrong | None:
    if row.monday + WEEK > today:
        return Wrong.NOT_OVER
    if teams is not None and row.team.casefold() not in teams:
        return Wrong.NOT_YOURS
    after = {**(told_of(stands) if stands else {}), **(row.figures or {})}
    return Wrong.MORE_FAILURES if _fails_more(after) else None


def _fails_more(told: Mapping[str, Value | None]) -> bool:
    failures, deployments = told.get("failures"), told.get("deployments")
    return None not in (failures, deployments) and failures > deployments  # type: ignore[operator] # neither is None


@transaction.atomic
def import_weeks(
    *,
    actor: Membership,
    upload: StagedUpload,
    teams: Teams,
    fingerprint: str,
    today: date,
    now: datetime,
) -> Mapping[Kind, int]:
    """Writes the good rows of what the preview with this fingerprint showed.

    Planned anew under a lock; `EffectChanged` if it came out otherwise,
    `AlreadyImported` for the later of two confirmations.
    """
    hold_weeks(actor)
    if not StagedUpload.objects.filter(pk=upload.pk).exists():
        raise AlreadyImported
    todo = plan_weeks(upload, teams, today)
    if todo.fingerprint != fingerprint:
        raise EffectChanged
    TeamWeek.objects.bulk_create(
        TeamWeek(
            organisation_id=actor.organisation_id,
            team=one.row.team,
            monday=one.row.monday,
            written_by=actor,
            written_at=now,
            **(one.row.figures or {}),
        )
        for one in todo.effects
        if one.kind is Kind.NEW
    )
    corrected = list(_corrected(todo, actor, now))
    TeamWeek.objects.bulk_update(corrected, [*FIGURES, "written_by", "written_at"])
    upload.delete()
    return todo.counts


def _corrected(todo: WeekImport, actor: Membership, now: datetime) -> list[TeamWeek]:
    """What the file does not tell of a week stays."""
    found = []
    for one in todo.effects:
        if one.kind is Kind.CORRECTED and one.stands is not None:
            for name, value in (one.row.figures or {}).items():
                setattr(one.stands, name, value)
            one.stands.written_by, one.stands.written_at = actor, now
            found.append(one.stands)
    return found


def hold_weeks(actor: Membership) -> None:
    """Nobody else writes weekly figures of the organisation until this is over."""
    rows = Organisation.objects.select_for_update(no_key=True)
    rows.get(pk=actor.organisation_id)


def told_of(week: TeamWeek) -> dict[str, Value | None]:
    return {name: getattr(week, name) for name in FIGURES}


@transaction.atomic
def save_week(
    *, actor: Membership, week: TeamWeek, sent: Values, seen: Seen, now: datetime
) -> TeamWeek:
    """Raises `Stale` where somebody else changed the same since the page showed it."""
    hold_weeks(actor)
    row = TeamWeek.objects.filter(pk=week.pk).first()
    if row is None:
        raise Conflict(_("This week was removed meanwhile. Nothing was saved."))
    own: dict[str, Any] = changed(seen, sent, told_of(row))
    for name, value in own.items():
        setattr(row, name, value)
    if _fails_more(told_of(row)):
        text = _("There are more change failures than deployments. Correct one.")
        raise ValidationError({"failures": text})
    row.written_by, row.written_at = actor, now
    row.save()
    return row


def remove_week(*, actor: Membership, week: TeamWeek) -> None:
    TeamWeek.objects.filter(pk=week.pk).delete()
