"""A program from draft to archive. Each step is taken once, whoever is quicker."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings import tasks
from pairings.actions.pairings import end
from pairings.actions.programs import locked
from pairings.models import Pairing, PairingQuerySet, Program
from preceptor.accounts.models import Membership
from preceptor.http import Conflict

State = Program.State


@transaction.atomic
def start_program(*, actor: Membership, program: Program, tell: bool) -> None:
    """From draft to running; with `tell` a mail goes to everybody who is in it."""
    _move(program, State.DRAFT, State.RUNNING)
    if not tell:
        return
    people = program.enrolments.filter(
        membership__is_active=True, membership__user__is_active=True
    )
    for pk in people.values_list("pk", flat=True):
        transaction.on_commit(partial(tasks.tell_enrolled.delay, pk, actor.pk))


@transaction.atomic
def close_program(
    *, actor: Membership, program: Program, ends_pairs: bool, now: datetime
) -> int:
    """From running to closed: nothing begins any more, and no reminder goes.

    Pairs that stand go on to their last day, or with `ends_pairs` end today. Answers
    how many were ended.
    """
    _move(program, State.RUNNING, State.CLOSED)
    pairs = list(standing_in(program)) if ends_pairs else []
    for pairing in pairs:
        end(actor=actor, pairing=pairing, reason=_("The program was closed."), now=now)
    return len(pairs)


@transaction.atomic
def reopen_program(*, program: Program) -> None:
    """From closed to running. Pairs that the close ended stay ended."""
    _move(program, State.CLOSED, State.RUNNING)


@transaction.atomic
def archive_program(*, program: Program) -> None:
    """From closed to archived; refused while a pair has days to come."""
    _move(program, State.CLOSED, State.ARCHIVED)
    if still := running_in(program).count():
        text = ngettext(
            "%(n)s pair still runs in this program. End it first, or wait for its "
            "last day.",
            "%(n)s pairs still run in this program. End them first, or wait for their "
            "last day.",
            still,
        )
        raise Conflict(text % {"n": still})


@transaction.atomic
def bring_back_program(*, program: Program) -> None:
    """From archived to closed, so that it is in the lists again."""
    _move(program, State.ARCHIVED, State.CLOSED)


def standing_in(program: Program) -> PairingQuerySet:
    """The pairs that closing may end, oldest first."""
    rows = Pairing.objects.standing().filter(program=program)
    return rows.with_people().order_by("starts_on", "pk")


def running_in(program: Program) -> PairingQuerySet:
    return standing_in(program).filter(ends_on__gt=timezone.localdate())


def _move(program: Program, before: State, after: State) -> None:
    """Holds the program, so that no pair begins beside the step."""
    row = locked(program)
    changed = Program.objects.filter(pk=row.pk, state=before).update(state=after)
    if not changed:
        text = _("This program is %(state)s by now; nothing was changed.")
        raise Conflict(text % {"state": row.get_state_display()})
    program.state = after
