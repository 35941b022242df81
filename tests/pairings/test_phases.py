"""A pairing goes on to another phase when both say so."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from pairings.actions.pairings import end
from pairings.actions.phases import agree_phase, ask_phase, drop_phase
from pairings.models import Pairing, PhaseMove
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from tests.cast import Cast

JUNIOR_LEADS, INDEPENDENT = Pairing.Phase.JUNIOR_LEADS, Pairing.Phase.INDEPENDENT


def ask(cast: Cast, who: Membership, phase: str = JUNIOR_LEADS) -> PhaseMove:
    return ask_phase(actor=who, pairing=cast.pairing, phase=phase, now=timezone.now())


def phase_of(cast: Cast) -> str:
    return Pairing.objects.get(pk=cast.pairing.pk).phase


def test_a_phase_holds_once_the_other_agrees(cast: Cast) -> None:
    move = ask(cast, cast.ines)
    assert phase_of(cast) == Pairing.Phase.MENTOR_LEADS
    agree_phase(actor=cast.tomasz, move=move, now=timezone.now())
    assert phase_of(cast) == JUNIOR_LEADS
    kept = PhaseMove.objects.get()
    assert (kept.asked_by, kept.agreed_by) == (cast.ines, cast.tomasz)
    assert kept.agreed_on == timezone.localdate()


def test_who_asked_cannot_agree(cast: Cast) -> None:
    move = ask(cast, cast.ines)
    with pytest.raises(Conflict):
        agree_phase(actor=cast.ines, move=move, now=timezone.now())
    assert phase_of(cast) == Pairing.Phase.MENTOR_LEADS


def test_both_asking_for_the_same_is_agreement(cast: Cast) -> None:
    ask(cast, cast.ines)
    ask(cast, cast.tomasz)
    assert phase_of(cast) == JUNIOR_LEADS


def test_another_wish_waits_for_the_first(cast: Cast) -> None:
    ask(cast, cast.ines)
    with pytest.raises(Conflict, match="junior leads"):
        ask(cast, cast.tomasz, INDEPENDENT)
    assert PhaseMove.objects.count() == 1


def test_asking_for_the_present_phase_is_refused(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        ask(cast, cast.ines, Pairing.Phase.MENTOR_LEADS)


def test_a_dropped_wish_makes_room(cast: Cast) -> None:
    move = ask(cast, cast.ines)
    drop_phase(move=move)
    with pytest.raises(Conflict):
        agree_phase(actor=cast.tomasz, move=move, now=timezone.now())
    ask(cast, cast.tomasz, INDEPENDENT)
    assert PhaseMove.objects.get().phase == INDEPENDENT


def test_an_ended_pairing_keeps_its_phase(cast: Cast) -> None:
    move = ask(cast, cast.ines)
    end(actor=cast.ruth, pairing=cast.pairing, reason="Moved", now=timezone.now())
    with pytest.raises(Conflict):
        agree_phase(actor=cast.tomasz, move=move, now=timezone.now())
    assert phase_of(cast) == Pairing.Phase.MENTOR_LEADS
