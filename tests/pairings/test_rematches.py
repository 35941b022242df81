"""Another match: asked for without a reason, made without a gap."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from pairings.actions.pairings import end, end_all_due, leave, pair, replace
from pairings.actions.pauses import pause
from pairings.actions.rematches import ask_rematch, settle_rematch
from pairings.models import Enrolment, Pairing, RematchRequest
from pairings.reminders.handover import word_due
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from reviews.actions import plan
from reviews.models import ReviewSession
from tests.cast import Cast

As = Callable[[Membership], Client]


def hand_over(cast: Cast, mentor: Enrolment, in_days: int = 0) -> Pairing:
    return replace(
        actor=cast.ruth,
        pairing=cast.pairing,
        mentor=mentor,
        starts_on=timezone.localdate() + timedelta(days=in_days),
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


def mentor_on(cast: Cast, in_days: int) -> list[Enrolment]:
    day = timezone.localdate() + timedelta(days=in_days)
    rows = Pairing.objects.standing().current(day).filter(junior=cast.ines_enrolled)
    return [one.mentor for one in rows]


def planned(cast: Cast, in_days: int) -> ReviewSession:
    now = timezone.now()
    at = now + timedelta(days=in_days)
    [made] = plan(
        pairing=cast.pairing,
        starts_at=at,
        minutes=60,
        weeks=1,
        led_by="junior",
        now=now,
    )
    return made


def test_the_present_mentor_goes_on_until_the_first_day_of_the_next(
    cast: Cast, as_: As
) -> None:
    before, beyond = planned(cast, 3), planned(cast, 9)
    hand_over(cast, cast.anjali_enrolled, in_days=6)
    cast.pairing.refresh_from_db()
    assert (cast.pairing.state, cast.pairing.ended_at) == ("active", None)
    assert mentor_on(cast, 0) == mentor_on(cast, 5) == [cast.tomasz_enrolled]
    assert mentor_on(cast, 6) == [cast.anjali_enrolled]
    states = [ReviewSession.objects.get(pk=one.pk).state for one in (before, beyond)]
    assert states == ["planned", "abandoned"]
    page = f"/o/tidewater/pairings/{cast.pairing.pk}/"
    for reader in (cast.ruth, cast.ines, cast.tomasz):
        html = as_(reader).get(page).content.decode()
        assert "Tomasz Wieczorek goes on until" in html
        assert "<strong>Anjali Mehta</strong> follows on" in html
    assert "follows on" not in as_(cast.ruth).get("/o/tidewater/").content.decode()


@pytest.mark.parametrize(
    ("in_days", "state"), [(0, "active"), (5, "active"), (7, "ended")]
)
def test_who_makes_way_ends_on_the_day_of_the_next(
    cast: Cast, in_days: int, state: str
) -> None:
    successor = hand_over(cast, cast.anjali_enrolled, in_days=6)
    end_all_due(timezone.now() + timedelta(days=in_days))
    cast.pairing.refresh_from_db()
    assert (cast.pairing.state, cast.pairing.end_reason) == (state, "A new match")
    assert cast.pairing.ends_on == successor.starts_on
    now = timezone.now() + timedelta(days=in_days)
    asked = [one["subject"] for one in word_due(now)]
    assert asked == ([cast.pairing.pk] if state == "ended" else [])


def test_a_next_mentor_who_never_begins_gives_the_days_back(
    cast: Cast, as_: As
) -> None:
    ends_on, ruth = cast.pairing.ends_on, as_(cast.ruth)
    successor = hand_over(cast, cast.anjali_enrolled, in_days=6)
    page = f"/o/tidewater/pairings/{successor.pk}/"
    asked = ruth.get(f"{page}end/").content.decode()
    assert "Tomasz Wieczorek, who was to make way, goes on" in asked
    assert "It ends today" not in asked
    ruth.post(f"{page}end/", {"reason": "No time"})
    assert "It was to begin on" in ruth.get(page).content.decode()
    board = f"/o/tidewater/programs/{cast.program.pk}/board/?state=ended"
    assert "Ended before it began" in ruth.get(board).content.decode()
    end_all_due(timezone.now() + timedelta(days=7))
    cast.pairing.refresh_from_db()
    assert (cast.pairing.state, cast.pairing.ends_on) == ("active", ends_on)
    assert not Pairing.objects.making_way().exists()


def test_a_pause_of_who_makes_way_moves_the_end_of_the_next(cast: Cast) -> None:
    successor = hand_over(cast, cast.anjali_enrolled, in_days=6)
    today, ends_on = timezone.localdate(), successor.ends_on
    cast.pairing.refresh_from_db()
    pause(
        actor=cast.ruth,
        pairing=cast.pairing,
        starts_on=today + timedelta(days=1),
        back_on=today + timedelta(days=4),
        reason="",
        now=timezone.now(),
    )
    for row in (successor, cast.ines_enrolled):
        row.refresh_from_db()
        assert row.ends_on == ends_on + timedelta(days=3)
    cast.pairing.refresh_from_db()
    assert cast.pairing.ends_on == successor.starts_on


def test_days_whose_seat_is_taken_by_now_are_not_given_back(cast: Cast) -> None:
    Enrolment.objects.filter(pk=cast.tomasz_enrolled.pk).update(heads=1)
    successor = hand_over(cast, cast.anjali_enrolled, in_days=6)
    pair(
        actor=cast.ruth,
        mentor=cast.tomasz_enrolled,
        junior=cast.mai_enrolled,
        starts_on=successor.starts_on,
        ends_on=cast.program.ends_on,
        now=timezone.now(),
    )
    end(actor=cast.ruth, pairing=successor, reason="No time", now=timezone.now())
    cast.pairing.refresh_from_db()
    assert cast.pairing.ends_on == successor.starts_on
    end_all_due(timezone.now() + timedelta(days=7))
    cast.pairing.refresh_from_db()
    assert cast.pairing.state == "ended"


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
