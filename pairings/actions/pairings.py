import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, Value
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext as _

from pairings import ports
from pairings.actions import rules
from pairings.actions.pauses import (
    EARLIEST_MIDNIGHT,
    move_end,
    settle_pause,
    today_in,
)
from pairings.actions.programs import locked, refuse_unless_running
from pairings.drafts import Draft, FirstStep, Held
from pairings.models import Enrolment, Pairing, Program, RematchRequest
from preceptor.accounts.models import Membership
from preceptor.http import Conflict

BATCH = 1000
"""Rows to an insert."""


@transaction.atomic
def pair(
    *,
    actor: Membership,
    mentor: Enrolment,
    junior: Enrolment,
    starts_on: date,
    ends_on: date,
    now: datetime,
    kind: str = Pairing.Kind.PRIMARY,
    first_step: FirstStep | None = None,
) -> Pairing:
    """A pairing of two people of one program over `[starts_on, ends_on)`.

    Where the program wants both to accept, it is proposed to them.
    """
    draft = Draft(mentor, junior, starts_on, ends_on, kind, first_step)
    return place(actor=actor, program=locked(mentor.program), draft=draft, now=now)


def place(
    *, actor: Membership, program: Program, draft: Draft, now: datetime
) -> Pairing:
    """Makes a pair, or proposes it, in a program that the caller holds.

    The program's lock makes the count of a mentor's seats hold until the commit.
    """
    refuse_unless_running(program)
    [fresh], held = as_they_are([draft], program)
    rules.refuse(fresh, held)
    pairing = new_row(actor, program, fresh, now)
    begin([pairing])
    return pairing


def new_row(
    actor: Membership, program: Program, draft: Draft, now: datetime
) -> Pairing:
    """A pair as its program has them made, unsaved: begun, or proposed to both."""
    pairing = row_of(actor, draft)
    if program.approval == Program.Approval.BOTH:
        pairing.state, pairing.proposed_at = Pairing.State.PROPOSED, now
    else:
        pairing.published_at = now
    return pairing


def begin(pairings: Sequence[Pairing]) -> None:
    """Saves new pairs and announces those that stand, in a few queries for all."""
    with _told_of_doubles(pairings):
        Pairing.objects.bulk_create(pairings, batch_size=BATCH)
    ports.announce_all([one for one in pairings if one.is_standing])


def row_of(actor: Membership | None, draft: Draft) -> Pairing:
    """An active pairing as a draft has it, unsaved."""
    pairing = Pairing(
        organisation_id=draft.junior.organisation_id,
        program=draft.junior.program,
        mentor=draft.mentor,
        junior=draft.junior,
        kind=draft.kind,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        created_by=actor,
        replaces=draft.replaces,
    )
    if step := draft.first_step:
        owner = draft.junior if step.is_juniors else draft.mentor
        pairing.first_step, pairing.first_step_on = step.text, step.on
        pairing.first_step_by = owner.membership
    return pairing


def as_they_are(drafts: Sequence[Draft], program: Program) -> tuple[list[Draft], Held]:
    """Drafts with their people again, and all the pairs that these are in: two queries.

    Their memberships are held: nobody is deactivated now.
    """
    both = [(draft.mentor, draft.junior) for draft in drafts]
    people = people_as_they_are(person for pair in both for person in pair)
    for person in people.values():
        if person.program_id == program.pk:
            person.program = program
    fresh = [
        dataclasses.replace(draft, mentor=people[mentor.pk], junior=people[junior.pk])
        for draft, (mentor, junior) in zip(drafts, both, strict=True)
    ]
    return fresh, Held.around(people.values())


def people_as_they_are(enrolments: Iterable[Enrolment]) -> dict[int, Enrolment]:
    """The same by their ids, read again and held with their memberships."""
    rows = Enrolment.objects.filter(pk__in={one.pk for one in enrolments})
    people = rows.select_related("membership__user").order_by("pk")
    held = people.select_for_update(of=("self", "membership"), no_key=True)
    return {one.pk: one for one in held}


def save(pairing: Pairing) -> None:
    """Raises what a rule would, where the database finds it first."""
    with _told_of_doubles([pairing]):
        pairing.save()


@contextmanager
def _told_of_doubles(pairings: Sequence[Pairing]) -> Iterator[None]:
    """A second primary mentor that the database refuses, said as a rule says it."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "pairing_one_primary_at_a_time" not in str(error):
            raise
        raise rules.paired_already(_double(pairings)) from error


def _double(pairings: Sequence[Pairing]) -> Pairing:
    """The first pairing that stands in the way of one of these."""
    ours = [one.pk for one in pairings if one.pk]
    others = Pairing.objects.exclude(pk__in=ours).with_people().order_by("starts_on")
    found = (
        others.taking_seats(one.starts_on, one.ends_on).filter(junior=one.junior)
        for one in pairings
    )
    return next(other for rows in found for other in rows[:1])


@transaction.atomic
def end(*, actor: Membership, pairing: Pairing, reason: str, now: datetime) -> Pairing:
    """Ends a pairing today in the organisation's calendar; all it holds stays.

    One that had no day gives its days back to the pairing that made way for it.
    """
    was_until = pairing.ends_on
    _end(pairing, reason, today_in(actor.organisation, now), now)
    if pairing.ends_on == pairing.starts_on:
        _give_back(pairing, was_until)
    return pairing


def _end(pairing: Pairing, reason: str, on: date, now: datetime) -> None:
    rows = Pairing.objects.standing().filter(pk=pairing.pk)
    changed = rows.update(
        state=Pairing.State.ENDED,
        ends_on=Least("ends_on", Greatest("starts_on", on)),
        ended_at=now,
        end_reason=reason,
    )
    pairing.refresh_from_db(fields=["state", "ends_on", "ended_at", "end_reason"])
    if not changed:
        raise _over_already(pairing)
    settle_pause(pairing, on)
    ports.announce(ports.ended, pairing)


def _over_already(pairing: Pairing) -> Conflict:
    text = _("This pairing is %(state)s already; nothing was changed.")
    return Conflict(text % {"state": pairing.get_state_display()})


def make_way(
    *, actor: Membership, pairing: Pairing, on: date, reason: str, now: datetime
) -> None:
    """Ends a pairing on the first day of the next: today, unless that lies ahead.

    Until then it goes on, so that nobody is without a mentor; see `end_all_due`.
    """
    if on <= max(today_in(actor.organisation, now), pairing.starts_on):
        end(actor=actor, pairing=pairing, reason=reason, now=now)
        return
    rows = Pairing.objects.standing().filter(pk=pairing.pk)
    changed = rows.update(ends_on=Least("ends_on", on), end_reason=reason)
    pairing.refresh_from_db(fields=["state", "ends_on", "end_reason"])
    if not changed:
        raise _over_already(pairing)
    ports.announce(ports.shortened, pairing)


@transaction.atomic
def end_all_due(now: datetime) -> None:
    """Ends every pairing that made way for one whose first day has come."""
    latest = (now + EARLIEST_MIDNIGHT).date()
    rows = Pairing.objects.making_way().filter(ends_on__lte=latest)
    held = rows.select_for_update(of=("self",), no_key=True)
    for pairing in held.select_related("organisation").order_by("pk"):
        if pairing.ends_on <= today_in(pairing.organisation, now):
            _end(pairing, pairing.end_reason, pairing.ends_on, now)


def _give_back(pairing: Pairing, until: date) -> None:
    """As far as the mentor before has room; else that pairing ends as arranged."""
    before = Pairing.objects.making_way_for(pairing).with_people().first()
    if before and move_end(before, min(until, before.mentor.ends_on)):
        before.end_reason = ""
        before.save(update_fields=["end_reason"])


@transaction.atomic
def replace(
    *,
    actor: Membership,
    pairing: Pairing,
    mentor: Enrolment,
    starts_on: date,
    ends_on: date,
    reason: str,
    now: datetime,
    first_step: FirstStep | None = None,
) -> Pairing:
    """Gives the junior of a primary pairing the next mentor, in one step without a gap.

    It ends on the first day of the next. Where both have to accept, it goes on at least
    until they do. Where one of the two had asked
    for another match, that is settled once the next pairing begins.
    """
    if mentor.pk == pairing.mentor_id:
        text = _("%(mentor)s is the mentor now. Choose another, or keep the pairing.")
        raise ValidationError({"mentor": text % {"mentor": mentor}})
    program = locked(pairing.program)
    if program.approval == Program.Approval.LEAD:
        make_way(actor=actor, pairing=pairing, on=starts_on, reason=reason, now=now)
    draft = Draft(
        mentor,
        pairing.junior,
        starts_on,
        ends_on,
        first_step=first_step,
        replaces=pairing,
    )
    successor = place(actor=actor, program=program, draft=draft, now=now)
    if successor.is_standing:
        settle_wishes(actor=actor, successor=successor, now=now)
    return successor


def settle_wishes(*, actor: Membership, successor: Pairing, now: datetime) -> None:
    """The next pairing stands: what was asked for of the one before is settled."""
    wishes = RematchRequest.objects.open().filter(pairing=successor.replaces_id)
    wishes.update(settled_at=now, settled_by=actor, successor=successor)


@transaction.atomic
def leave(
    *, actor: Membership, enrolment: Enrolment, reason: str, now: datetime
) -> int:
    """Takes somebody out of the rest of a program; answers how many pairings it ended.

    Their place ends today, its record stays, and juniors they leave wait for a mentor.
    """
    locked(enrolment.program)
    both = Q(mentor=enrolment) | Q(junior=enrolment)
    Pairing.objects.proposed().filter(both).update(declined_at=now, declined_by=actor)
    standing = list(Pairing.objects.standing().filter(both).with_people())
    for pairing in standing:
        end(actor=actor, pairing=pairing, reason=reason, now=now)
    today = today_in(actor.organisation, now)
    earliest = max(today, enrolment.program.starts_on)
    rows = Enrolment.objects.filter(pk=enrolment.pk)
    rows.update(ends_on=Least("ends_on", Value(earliest)))
    return len(standing)
