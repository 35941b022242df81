"""A roster file against a program: what it would change, and changing it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from itertools import chain
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.db.models.functions import Lower

from pairings.actions.people import BATCH, Person, admit
from pairings.actions.profiles import drop_wishes
from pairings.actions.programs import locked, refuse_people
from pairings.actions.skills import degrees_in, set_skills
from pairings.models import Enrolment, MentorRecord, Pairing, Program, Skill
from pairings.roster.effects import (
    OF_PLACE,
    OF_RECORD,
    Effect,
    Kind,
    Known,
    plan,
)
from pairings.roster.rows import Row, read
from pairings.roster.skills import settled
from preceptor.accounts.models import Membership, StagedUpload, User

Dates = tuple[date | None, date | None]
NO_DATES: Dates = (None, None)


@dataclass(frozen=True, slots=True)
class Import:
    """What a staged file would do to a program, as of now."""

    effects: Sequence[Effect]
    ignored: Sequence[str]
    new_skills: Sequence[str]
    """Names that the organisation's list does not hold yet."""

    @property
    def counts(self) -> Mapping[Kind, int]:
        found = Counter(effect.kind for effect in self.effects)
        return {kind: found[kind] for kind in Kind}

    @property
    def writes(self) -> bool:
        return bool(self.counts[Kind.NEW] or self.counts[Kind.UPDATE])

    @property
    def taken_away(self) -> int:
        """How many values go because their cells are empty."""
        changes = chain.from_iterable(effect.changes for effect in self.effects)
        return sum(change.takes_away for change in changes)

    @property
    def fingerprint(self) -> str:
        """Changes when any row's effect does."""
        return sha256(repr(self.effects).encode()).hexdigest()


class EffectChanged(Exception):
    """What the file would do is no longer what the person saw; nothing was written."""


class AlreadyImported(Exception):
    """Somebody confirmed this upload in between; nothing was written again."""


def stage_roster(
    *, actor: Membership, program: Program, name: str, data: bytes, now: datetime
) -> StagedUpload:
    """Keeps the file for an hour in place of an earlier one; raises `BadFile`."""
    read(data)
    mine = StagedUpload.objects.filter(owner=actor, purpose=purpose_for(program))
    with transaction.atomic():
        mine.delete()
        return StagedUpload.objects.create(
            organisation=actor.organisation,
            owner=actor,
            purpose=purpose_for(program),
            name=name[:255],
            body=data,
            created_at=now,
        )


def purpose_for(program: Program) -> str:
    return f"roster:{program.pk}"


def plan_import(program: Program, upload: StagedUpload) -> Import:
    roster = read(upload.data)
    effects = plan(roster.rows, _known(program, roster.rows), _reporting(program))
    return Import(effects, roster.ignored, _new_skills(program, effects))


def _reporting(program: Program) -> dict[str, str]:
    """Who reports to whom in a program, by e-mail."""
    rows = Enrolment.objects.filter(program=program, line_manager__isnull=False)
    both = (Lower("membership__user__email"), Lower("line_manager__user__email"))
    return dict(rows.values_list(*both))


def _new_skills(program: Program, effects: Sequence[Effect]) -> list[str]:
    said = {
        skill.name.casefold(): skill.name
        for effect in effects
        if effect.kind in (Kind.NEW, Kind.UPDATE)
        for skill in effect.row.skills or ()
    }
    rows = Skill.objects.filter(organisation=program.organisation_id)
    known = {name.casefold() for name in rows.values_list("name", flat=True)}
    return sorted((said[key] for key in said.keys() - known), key=str.casefold)


@transaction.atomic
def import_roster(
    *, actor: Membership, program: Program, upload: StagedUpload, fingerprint: str
) -> Mapping[Kind, int]:
    """Writes the good rows of what the preview with this fingerprint showed.

    Planned anew under the program's lock; `EffectChanged` if it came out otherwise,
    `AlreadyImported` for the later of two confirmations.
    """
    program = locked(program)
    refuse_people(program)
    if not StagedUpload.objects.filter(pk=upload.pk).exists():
        raise AlreadyImported
    todo = plan_import(program, upload)
    if todo.fingerprint != fingerprint:
        raise EffectChanged
    good = [e.row for e in todo.effects if e.kind in (Kind.NEW, Kind.UPDATE)]
    _write(actor, program, good)
    upload.delete()
    return todo.counts


def _write(actor: Membership, program: Program, rows: Sequence[Row]) -> None:
    organisation = actor.organisation
    people = [Person(row.email, row.name, row.time_zone) for row in rows]
    members = admit(organisation, people)
    emails = {row.manager for row in rows if row.manager} - members.keys()
    managers = members | _members(program, emails)
    now = _enrolled(program, members.values())
    sides = {members[row.email]: row.side for row in rows}
    drop_wishes(was.pk for pk, was in now.items() if was.side != sides[pk])
    Enrolment.objects.bulk_create(
        [_enrolment(program, row, members[row.email], now, managers) for row in rows],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["program", "membership"],
        update_fields=[*OF_PLACE, "line_manager"],
    )
    _write_skills(program, rows, members)
    _write_records(program, rows, members)


def _write_records(
    program: Program, rows: Sequence[Row], members: Mapping[str, int]
) -> None:
    said = {
        members[row.email]: row for row in rows if row.trained_on or row.employed_since
    }
    records = MentorRecord.objects.filter(organisation=program.organisation_id)
    now = {one.membership_id: one for one in records.filter(membership__in=said)}
    MentorRecord.objects.bulk_create(
        [
            MentorRecord(
                organisation_id=program.organisation_id,
                membership_id=member,
                **_kept(row, now.get(member) or MentorRecord(), OF_RECORD),
            )
            for member, row in said.items()
        ],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["membership"],
        update_fields=OF_RECORD,
    )


def _write_skills(
    program: Program, rows: Sequence[Row], members: Mapping[str, int]
) -> None:
    named = {members[row.email]: row.skills for row in rows if row.skills is not None}
    enrolled = Enrolment.objects.filter(program=program, membership__in=named)
    known = degrees_in(program)
    set_skills(
        program.organisation_id,
        {
            pk: settled(named[member] or (), known[pk])
            for pk, member in enrolled.values_list("pk", "membership")
        },
    )


def _members(program: Program, emails: set[str]) -> dict[str, int]:
    """The memberships of some people, by e-mail."""
    users = User.objects.annotate(address=Lower("email")).filter(address__in=emails)
    of_user = dict(users.values_list("pk", "address"))
    rows = Membership.objects.filter(
        organisation=program.organisation_id, user__in=of_user
    )
    return {of_user[user]: pk for user, pk in rows.values_list("user", "pk")}


def _kept(row: Row, was: Model, names: Sequence[str]) -> dict[str, Any]:
    """What a row says of some fields; what it does not say stays as it was."""
    found = {}
    for name in names:
        said = getattr(row, name)
        stays = said is None and name not in row.cleared
        value = getattr(was, name) if stays else said
        found[name] = list(value) if isinstance(value, tuple) else value
    return found


def _enrolled(program: Program, members: Iterable[int]) -> dict[int, Enrolment]:
    """Held, so that nobody saves a profile between this and its being written over."""
    rows = Enrolment.objects.filter(program=program, membership__in=members)
    held = rows.select_for_update(no_key=True).order_by("pk")
    return {row.membership_id: row for row in held}


def _enrolment(
    program: Program,
    row: Row,
    member: int,
    now: Mapping[int, Enrolment],
    managers: Mapping[str, int],
) -> Enrolment:
    """The enrolment as it shall be: what the file does not say stays as it is."""
    was = now.get(member) or Enrolment(ends_on=program.ends_on)
    keeps_manager = row.manager is None
    return Enrolment(
        organisation_id=program.organisation_id,
        program=program,
        membership_id=member,
        ends_on=was.ends_on,
        about=was.about,
        **_kept(row, was, OF_PLACE),
        line_manager_id=(
            was.line_manager_id if keeps_manager else managers.get(row.manager or "")
        ),
    )


def _known(program: Program, rows: Sequence[Row]) -> dict[str, Known]:
    """Every member whom the file names, by e-mail.

    An account elsewhere is none of this organisation's business: its owner is new.
    """
    emails = {row.email for row in rows} | {row.manager for row in rows if row.manager}
    users = {
        pk: (email, is_active)
        for pk, email, is_active in User.objects.annotate(address=Lower("email"))
        .filter(address__in=emails)
        .values_list("pk", "address", "is_active")
    }
    members = Membership.objects.filter(organisation=program.organisation_id)
    active = dict(members.filter(user__in=users).values_list("user", "is_active"))
    places = _places(program)
    return {
        email: replace(
            places.get(pk, Known()),
            is_active=is_active and active[pk],
        )
        for pk, (email, is_active) in users.items()
        if pk in active
    }


def _records(program: Program) -> dict[int, Dates]:
    """Training done and employed since, by membership."""
    people = program.enrolments.values("membership")
    rows = MentorRecord.objects.filter(membership__in=people)
    return {
        member: (trained_on, since)
        for member, trained_on, since in rows.values_list("membership", *OF_RECORD)
    }


def _places(program: Program) -> dict[int, Known]:
    """Everybody's place in the program, by user.

    Picked from all of the program rather than by thousands of e-mails over a join,
    which takes long where the tables were just filled.
    """
    pairings = Pairing.objects.filter(program=program).values_list("mentor", "junior")
    paired = {pk for both in pairings for pk in both}
    skills, records = degrees_in(program), _records(program)
    rows = Enrolment.objects.filter(program=program).select_related(
        "membership", "line_manager__user"
    )
    return {
        row.membership.user_id: Known(
            is_enrolled=True,
            is_paired=row.pk in paired,
            side=row.side,
            team=row.team,
            skills=skills[row.pk],
            heads=row.heads,
            hours=row.hours,
            product_areas=tuple(row.product_areas),
            languages=tuple(row.languages),
            works_from=row.works_from,
            works_until=row.works_until,
            trained_on=records.get(row.membership_id, NO_DATES)[0],
            employed_since=records.get(row.membership_id, NO_DATES)[1],
            manager=row.line_manager.user.email.lower() if row.line_manager else "",
        )
        for row in rows
    }
