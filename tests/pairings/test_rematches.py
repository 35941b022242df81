"""Another match: asked for without a reason, made without a gap."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from pairings.actions.pairings import leave, pair, replace
from pairings.actions.rematches import ask_rematch, settle_rematch
from pairings.models import Enrolment, Pairing, RematchRequest
from preceptor.http import Conflict
from tests.cast import Cast


def hand_over(cast: Cast, mentor: Enrolment) -> Pairing:
    return replace(
        actor=cast.ruth,
        pairing=cast.pairing,
        mentor=mentor,
        starts_on=timezone.localdate(),
        ends_on=cast.ines_enrolled.ends_on,
        reason="A new match",
        now=timezone.now(),
    )


def test_either_asks_and_twice_is_one(cast: Cast) -> None:
    first = ask_rematch(actor=cast.ines, pairing=cast.pairing, now=timezone.now())
    second = ask_rematch(actor=cast.tomasz, pairing=cast.pairing, now=timezone.now())
    assert (first.pk, second.asked_by) == (second.pk, cast.ines)


def test_a_lead_turns_it_into_a_new_pairing_without_a_gap(cast: Cast) -> None:
    wish = ask_rematch(actor=cast.ines, pairing=cast.pairing, now=timezone.now())
    successor = hand_over(cast, cast.anjali_enrolled)
    wish.refresh_from_db()
    assert (wish.successor, wish.settled_by) == (successor, cast.ruth)
    before = Pairing.objects.get(pk=cast.pairing.pk)
    assert (before.state, before.ends_on) == ("ended", successor.starts_on)


def test_a_refused_mentor_leaves_the_pairing_as_it_was(cast: Cast) -> None:
    Enrolment.objects.filter(pk=cast.anjali_enrolled.pk).update(heads=0)
    for mentor in (cast.anjali_enrolled, cast.tomasz_enrolled):
        with pytest.raises(ValidationError):
            hand_over(cast, mentor)
    assert Pairing.objects.get().state == "active"


def test_a_settled_wish_is_settled_once(cast: Cast) -> None:
    wish = ask_rematch(actor=cast.ines, pairing=cast.pairing, now=timezone.now())
    settle_rematch(actor=cast.ines, wish=wish, now=timezone.now())
    with pytest.raises(Conflict):
        settle_rematch(actor=cast.ruth, wish=wish, now=timezone.now())
    ask_rematch(actor=cast.tomasz, pairing=cast.pairing, now=timezone.now())
    assert RematchRequest.objects.open().get().asked_by == cast.tomasz


def test_who_leaves_ends_what_stands_and_frees_the_juniors(cast: Cast) -> None:
    ended = leave(
        actor=cast.ruth,
        enrolment=cast.tomasz_enrolled,
        reason="Moves to Lisbon",
        now=timezone.now(),
    )
    today = timezone.localdate()
    assert ended == 1
    assert Pairing.objects.get().end_reason == "Moves to Lisbon"
    assert Enrolment.objects.get(pk=cast.tomasz_enrolled.pk).ends_on == today
    waiting = Enrolment.objects.filter(program=cast.program).unpaired(today)
    assert cast.ines_enrolled in waiting
    with pytest.raises(ValidationError):
        pair_again(cast)


def pair_again(cast: Cast) -> None:
    """Whose place is over mentors nobody."""
    today = timezone.localdate()
    pair(
        actor=cast.ruth,
        mentor=cast.tomasz_enrolled,
        junior=cast.ines_enrolled,
        starts_on=today,
        ends_on=today + timedelta(days=30),
        now=timezone.now(),
    )
