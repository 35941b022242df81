"""From proposals to pairs, all of them or none; and the answers of the two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pairings import ports
from pairings.actions import rules
from pairings.actions.pairings import (
    as_they_are,
    begin,
    make_way,
    new_row,
    people_as_they_are,
    place,
    save,
    settle_wishes,
)
from pairings.actions.pauses import today_in
from pairings.actions.programs import locked, refuse_unless_running
from pairings.drafts import Draft, FirstStep
from pairings.models import Enrolment, MatchRun, Pairing, Program, Proposal
from preceptor.accounts.models import Membership
from preceptor.http import Conflict


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one of the pairs can't be."""

    draft: Draft
    reason: str


class Refused(Exception):
    """Nothing was written; `refusals` says of each pair at fault why."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__("; ".join(one.reason for one in refusals))
        self.refusals = refusals


@transaction.atomic
def publish(
    *, actor: Membership, program: Program, drafts: Sequence[Draft], now: datetime
) -> list[Pairing]:
    """Makes all of the pairs under the program's lock, or raises `Refused`.

    Each is checked with those before it in place, so that they share out the seats. A
    few queries for all of them.
    """
    program = locked(program)
    refuse_unless_running(program)
    fresh, held = as_they_are(drafts, program)
    refusals, made = [], []
    for draft in fresh:
        try:
            rules.refuse(draft, held)
        except ValidationError as error:
            refusals.append(Refusal(draft, " ".join(error.messages)))
        else:
            made.append(new_row(actor, program, draft, now))
            held.add(made[-1])
    if refusals:
        raise Refused(refusals)
    begin(made)
    return made


@transaction.atomic
def accept(*, actor: Membership, pairing: Pairing, now: datetime) -> Pairing:
    """One of the two accepts; once both have, the pairing begins."""
    refuse_unless_running(locked(pairing.program))
    held = _open_proposal(pairing)
    is_mentor = held.side_of(actor) == Enrolment.Side.MENTOR
    field = "mentor_accepted_at" if is_mentor else "junior_accepted_at"
    if getattr(held, field) is None:
        setattr(held, field, now)
        held.save(update_fields=[field])
    if held.mentor_accepted_at and held.junior_accepted_at:
        _begin(actor, held, now)
    return held


def _open_proposal(pairing: Pairing) -> Pairing:
    rows = Pairing.objects.proposed().with_people().select_related("replaces__program")
    held = rows.select_for_update(of=("self",), no_key=True).filter(pk=pairing.pk)
    if (found := held.first()) is None:
        raise Conflict(_("This proposal is settled already; nothing was changed."))
    return found


def _begin(actor: Membership, pairing: Pairing, now: datetime) -> None:
    """Both have accepted: it begins today, or on its first day if that is to come."""
    today = today_in(actor.organisation, now)
    late = max(today - pairing.starts_on, timedelta())
    pairing.starts_on += late
    if pairing.first_step_on is not None:
        pairing.first_step_on += late
    if (before := pairing.replaces) is not None and before.is_standing:
        reason = _("A new match, by nobody’s fault")
        by = pairing.created_by or actor
        first = pairing.starts_on
        make_way(actor=by, pairing=before, on=first, reason=reason, now=now)
        pairing.starts_on = max(pairing.starts_on, before.ends_on)
    pairing.state, pairing.published_at = Pairing.State.ACTIVE, now
    try:
        people = people_as_they_are((pairing.mentor, pairing.junior))
        mentor, junior = people[pairing.mentor_id], people[pairing.junior_id]
        rules.refuse_inactive(mentor=mentor, junior=junior)
        span = pairing.starts_on, pairing.ends_on
        rules.refuse_dates(pairing.mentor, pairing.junior, *span)
        save(pairing)
    except ValidationError as error:
        raise Conflict(" ".join(error.messages)) from error
    settle_wishes(actor=actor, successor=pairing, now=now)
    ports.announce(ports.started, pairing)


def decline(
    *, actor: Membership, pairing: Pairing, now: datetime, reason: str = ""
) -> None:
    """Says no for one of the two, or takes the proposal back for a lead."""
    waiting = Pairing.objects.proposed().filter(pk=pairing.pk)
    said = {"declined_at": now, "declined_by": actor, "decline_reason": reason}
    if not waiting.update(**said):
        raise Conflict(_("This proposal is settled already; nothing was changed."))


@transaction.atomic
def propose_next(
    *, actor: Membership, pairing: Pairing, mentor: Enrolment, now: datetime
) -> Pairing:
    """Gives the junior of a proposal that came to nothing to another mentor.

    One that still waits for an answer is taken back by it. Raises `ValidationError`.
    """
    program = locked(pairing.program)
    was = Pairing.objects.with_people().get(pk=pairing.pk)
    if was.is_open_proposal:
        decline(actor=actor, pairing=was, now=now)
    elif not was.is_proposed:
        raise Conflict(_("The two are a pair by now; nothing was changed."))
    starts_on = max(was.starts_on, today_in(actor.organisation, now))
    draft = Draft(
        mentor,
        was.junior,
        starts_on,
        min(was.junior.ends_on, mentor.ends_on),
        was.kind,
        _same_step(was, starts_on),
        was.replaces,
    )
    return place(actor=actor, program=program, draft=draft, now=now)


def _same_step(was: Pairing, starts_on: date) -> FirstStep | None:
    if was.first_step_on is None:
        return None
    on = starts_on + (was.first_step_on - was.starts_on)
    is_juniors = was.first_step_by_id == was.junior.membership_id
    return FirstStep(was.first_step, is_juniors, on)


def mark_first_step(*, pairing: Pairing, is_done: bool, now: datetime) -> None:
    """Ticks the first step as done, or takes the tick back; twice is once."""
    rows = Pairing.objects.standing().filter(pk=pairing.pk).exclude(first_step="")
    waiting = rows.filter(first_step_done_at__isnull=is_done)
    waiting.update(first_step_done_at=now if is_done else None)


@transaction.atomic
def publish_run(
    *,
    actor: Membership,
    run: MatchRun,
    starts_on: date,
    step: FirstStep,
    now: datetime,
) -> list[Pairing]:
    """Publishes what was chosen of a run, all of it or, with `Refused`, nothing.

    Each pair goes on for as long as both of it take part.
    """
    locked(run.program)
    rows = run.proposals.approved().select_related("mentor", "junior")
    chosen = list(rows.order_by("-score", "pk"))
    if not chosen:
        raise Conflict(_("No pair of this run is chosen. Choose those that shall be."))
    drafts = [
        Draft(
            one.mentor,
            one.junior,
            starts_on,
            min(one.junior.ends_on, one.mentor.ends_on),
            first_step=step,
        )
        for one in chosen
    ]
    made = publish(actor=actor, program=run.program, drafts=drafts, now=now)
    run.proposals.approved().update(state=Proposal.State.PUBLISHED)
    MatchRun.objects.filter(pk=run.pk).update(published_at=now)
    return made
