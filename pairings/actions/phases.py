"""A pairing goes on to another phase when one asks and the other agrees."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pairings import ports
from pairings.actions.pauses import today_in
from pairings.models import Pairing, PhaseMove
from preceptor.accounts.models import Membership
from preceptor.http import Conflict


@transaction.atomic
def ask_phase(
    *, actor: Membership, pairing: Pairing, phase: str, now: datetime
) -> PhaseMove:
    """Asks the other to go on to a phase, and keeps what was counted for it then.

    Two who ask for the same one at the same moment agree by it.
    """
    held = _held(pairing)
    if held.phase == phase:
        text = _("You are in this phase already. Choose another.")
        raise ValidationError({"phase": text})
    waiting = PhaseMove.objects.waiting().filter(pairing=held).first()
    if waiting is None:
        known = _known(held, phase, today_in(actor.organisation, now))
        return PhaseMove.objects.create(
            organisation_id=held.organisation_id,
            pairing=held,
            phase=phase,
            asked_by=actor,
            asked_at=now,
            reached=known.reached if known else None,
            counted=known.counted if known else None,
        )
    if waiting.asked_by_id == actor.pk or waiting.phase != phase:
        text = _("A change to “%(phase)s” waits for an answer. Answer it first.")
        raise Conflict(text % {"phase": waiting.get_phase_display()})
    return agree_phase(actor=actor, move=waiting, now=now)


@transaction.atomic
def agree_phase(*, actor: Membership, move: PhaseMove, now: datetime) -> PhaseMove:
    """The other agrees: the phase holds from today on."""
    held = _held(move.pairing)
    waiting = PhaseMove.objects.waiting().filter(pk=move.pk).exclude(asked_by=actor)
    agreed_on = today_in(actor.organisation, now)
    if not waiting.update(agreed_by=actor, agreed_at=now, agreed_on=agreed_on):
        raise Conflict(_("There is no change of phase left to agree to."))
    Pairing.objects.filter(pk=held.pk).update(phase=move.phase)
    move.refresh_from_db()
    return move


@transaction.atomic
def drop_phase(*, move: PhaseMove) -> None:
    """Either takes it off the table: the one withdraws, the other says not yet."""
    _held(move.pairing)
    deleted, _by_model = PhaseMove.objects.waiting().filter(pk=move.pk).delete()
    if not deleted:
        raise Conflict(_("The change of phase was agreed to, or dropped, in between."))


def _known(pairing: Pairing, phase: str, today: date) -> ports.Reached | None:
    """What whoever listens knows of it, the first of them that knows anything."""
    said = (ask(pairing, phase, today) for ask in ports.phase_asked)
    return next((one for one in said if one is not None), None)


def _held(pairing: Pairing) -> Pairing:
    """The row as it is, held: phases change one request at a time."""
    held = Pairing.objects.select_for_update(no_key=True).get(pk=pairing.pk)
    if not held.is_standing:
        raise Conflict(_("The pairing has ended; its phases stay as they were."))
    return held
