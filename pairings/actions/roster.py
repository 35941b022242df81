"""A roster file against a program: what it would change, and changing it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models.functions import Lower

from pairings.actions.people import BATCH, Person, admit
from pairings.actions.programs import locked, refuse_people
from pairings.actions.skills import degrees_in, set_skills
from pairings.models import Enrolment, Pairing, Program
from pairings.roster.effects import Effect, Kind, Known, plan
from pairings.roster.rows import Row, read
from pairings.roster.skills import settled
from preceptor.accounts.models import Membership, StagedUpload, User


@dataclass(frozen=True, slots=True)
class Import:
    """What a staged file would do to a program, as of now."""

    effects: Sequence[Effect]
    ignored: Sequence[str]

    @property
    def counts(self) -> Mapping[Kind, int]:
        found = Counter(effect.kind for effect in self.effects)
        return {kind: found[kind] for kind in Kind}

    @property
    def writes(self) -> bool:
        return bool(self.counts[Kind.NEW] or self.counts[Kind.UPDATE])

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
    return Import(plan(roster.rows, _known(program, roster.rows)), roster.ignored)


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
    Enrolment.objects.bulk_create(
        [_enrolment(program, row, members[row.email], now, managers) for row in rows],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["program", "membership"],
        update_fields=["side", "team", "heads", "hours", "line_manager"],
    )
    _write_skills(program, rows, members)


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


def _enrolled(program: Program, members: Iterable[int]) -> dict[int, Enrolment]:
    rows = Enrolment.objects.filter(program=program, membership__in=members)
    return {row.membership_id: row for row in rows}


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
        side=row.side,
        team=was.team if row.team is None else row.team,
        heads=was.heads if row.heads is None else row.heads,
        hours=was.hours if row.hours is None else row.hours,
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


def _places(program: Program) -> dict[int, Known]:
    """Everybody's place in the program, by user.

    Picked from all of the program rather than by thousands of e-mails over a join,
    which takes long where the tables were just filled.
    """
    pairings = Pairing.objects.filter(program=program).values_list("mentor", "junior")
    paired = {pk for both in pairings for pk in both}
    skills = degrees_in(program)
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
            manager=row.line_manager.user.email.lower() if row.line_manager else "",
        )
        for row in rows
    }
