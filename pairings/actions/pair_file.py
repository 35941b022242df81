"""A file of existing pairs against a program: what it would do, and doing it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pairings.actions import rules
from pairings.actions.pairings import begin, row_of
from pairings.actions.pauses import today_in
from pairings.actions.programs import locked, refuse_unless_running
from pairings.actions.roster import AlreadyImported, EffectChanged
from pairings.drafts import Draft, Held
from pairings.models import Enrolment, Pairing, Program
from pairings.roster.effects import Kind
from pairings.roster.pairs import PairRow, read_pairs
from pairings.words import of_fault
from preceptor.accounts.models import Membership, StagedUpload


@dataclass(frozen=True, slots=True)
class PairEffect:
    """What a row would do; `reason` says why it does nothing."""

    row: PairRow
    kind: Kind
    reason: str = ""
    draft: Draft | None = None


@dataclass(frozen=True, slots=True)
class PairImport:
    """What a staged file of pairs would do to a program, as of now."""

    effects: Sequence[PairEffect]
    ignored: Sequence[str]

    @property
    def counts(self) -> Mapping[Kind, int]:
        found = Counter(effect.kind for effect in self.effects)
        return {kind: found[kind] for kind in Kind}

    @property
    def writes(self) -> bool:
        return bool(self.counts[Kind.NEW])

    @property
    def fingerprint(self) -> str:
        """Changes when any row's effect does."""
        said = [
            (one.row, one.kind, one.draft and one.draft.days) for one in self.effects
        ]
        return sha256(repr(said).encode()).hexdigest()


def pairs_purpose(program: Program) -> str:
    return f"pairs:{program.pk}"


@transaction.atomic
def stage_pairs(
    *, actor: Membership, program: Program, name: str, data: bytes, now: datetime
) -> StagedUpload:
    """Keeps the file for an hour in place of an earlier one; raises `BadFile`."""
    read_pairs(data)
    purpose = pairs_purpose(program)
    StagedUpload.objects.filter(owner=actor, purpose=purpose).delete()
    return StagedUpload.objects.create(
        organisation=actor.organisation,
        owner=actor,
        purpose=purpose,
        name=name[:255],
        body=data,
        created_at=now,
    )


def plan_pairs(program: Program, upload: StagedUpload, today: date) -> PairImport:
    """Each row is judged with those before it in place; nothing is written."""
    file = read_pairs(upload.data)
    people = {
        one.membership.user.email.lower(): one
        for one in program.enrolments.select_related("membership__user")
    }
    for one in people.values():
        one.program = program
    held = Held.around(people.values())
    effects = [_effect(row, people, held, today) for row in file.rows]
    return PairImport(effects, file.ignored)


def _effect(
    row: PairRow, people: Mapping[str, Enrolment], held: Held, today: date
) -> PairEffect:
    if row.fault is not None:
        return PairEffect(row, Kind.ERROR, of_fault(row.fault, row.detail))
    for email in (row.junior, row.mentor):
        if email not in people:
            text = _("%(email)s is not in this program: enrol them first")
            return PairEffect(row, Kind.ERROR, text % {"email": email})
    draft = _draft(row, people[row.mentor], people[row.junior])
    if _stands(draft, held):
        return PairEffect(row, Kind.UNCHANGED)
    if draft.ends_on <= today:
        text = _("its last day is over: only pairs that go on are imported")
        return PairEffect(row, Kind.ERROR, text)
    try:
        rules.refuse(draft, held)
    except ValidationError as error:
        return PairEffect(row, Kind.ERROR, " ".join(error.messages))
    held.add(row_of(None, draft))
    return PairEffect(row, Kind.NEW, draft=draft)


def _draft(row: PairRow, mentor: Enrolment, junior: Enrolment) -> Draft:
    ends_on = min(mentor.ends_on, junior.ends_on)
    if row.last_on is not None:
        ends_on = row.last_on + timedelta(days=1)
    return Draft(mentor, junior, row.starts_on, ends_on, row.kind)


def _stands(draft: Draft, held: Held) -> bool:
    """Whether the very same pair is there, or on an earlier line of the file."""
    return any(
        one.mentor_id == draft.mentor.pk
        and one.is_standing
        and (one.kind, one.starts_on, one.ends_on) == (draft.kind, *draft.days)
        for one in held.of_junior(draft.junior, *draft.days)
    )


@transaction.atomic
def import_pairs(
    *,
    actor: Membership,
    program: Program,
    upload: StagedUpload,
    fingerprint: str,
    now: datetime,
) -> Mapping[Kind, int]:
    """Writes the good rows of what the preview with this fingerprint showed.

    Nobody is asked or told: the pairs were there before. Planned anew under the
    program's lock; `EffectChanged` if it came out otherwise, `AlreadyImported` for the
    later of two confirmations.
    """
    held = locked(program)
    refuse_unless_running(held)
    if not StagedUpload.objects.filter(pk=upload.pk).exists():
        raise AlreadyImported
    _hold_people(held)
    todo = plan_pairs(held, upload, today_in(actor.organisation, now))
    if todo.fingerprint != fingerprint:
        raise EffectChanged
    begin([row_of(actor, one.draft) for one in todo.effects if one.draft is not None])
    upload.delete()
    return todo.counts


def _hold_people(program: Program) -> None:
    """Nobody of the program is deactivated or moved while the file is taken over."""
    rows = program.enrolments.select_related("membership").order_by("pk")
    list(rows.select_for_update(of=("self", "membership"), no_key=True))


def pairs_as_rows(program: Program) -> list[list[str]]:
    """The standing pairs under `pairings.roster.pairs.HEADER`."""
    rows = Pairing.objects.standing().filter(program=program).with_people()
    return [
        [
            one.junior.membership.user.email,
            one.mentor.membership.user.email,
            one.starts_on.isoformat(),
            one.last_on.isoformat(),
            one.kind,
        ]
        for one in rows.order_by("starts_on", "pk")
    ]
