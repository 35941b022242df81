"""The days that an enrolment keeps of its junior's first pairing that stands."""

from datetime import date, timedelta
from threading import Event
from time import sleep

import pytest
from django.db import transaction
from django.utils import timezone

from pairings.models import Enrolment, Pairing
from tests.cast import Cast, make_cast
from tests.factories import PairingFactory
from tests.pairings.test_concurrency import at_once

DAY = timedelta(days=1)
Days = tuple[date | None, date | None]


def kept(junior: Enrolment) -> Days:
    row = Enrolment.objects.get(pk=junior.pk)
    return row.mentored_from, row.mentored_until


def next_one(cast: Cast, starts_on: date) -> Pairing:
    return PairingFactory.create(
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        starts_on=starts_on,
    )


def unpaired(cast: Cast, on: date) -> list[str]:
    juniors = Enrolment.objects.filter(program=cast.program).unpaired(on)
    return sorted(str(junior) for junior in juniors)


@pytest.mark.django_db
def test_follow_the_pairing_through_its_life(cast: Cast) -> None:
    pairing = cast.pairing
    assert kept(cast.ines_enrolled) == (pairing.starts_on, pairing.ends_on)
    assert kept(cast.mai_enrolled) == (None, None)

    pairing.ends_on -= 7 * DAY
    pairing.save(update_fields=["ends_on"])
    assert kept(cast.ines_enrolled) == (pairing.starts_on, pairing.ends_on)

    following = next_one(cast, pairing.ends_on)
    assert kept(cast.ines_enrolled) == (pairing.starts_on, pairing.ends_on)

    Pairing.objects.filter(pk=pairing.pk).update(
        state="ended", ended_at=timezone.now(), end_reason="other"
    )
    assert kept(cast.ines_enrolled) == (following.starts_on, following.ends_on)

    following.delete()
    assert kept(cast.ines_enrolled) == (None, None)


@pytest.mark.django_db
def test_are_of_primary_pairings_that_stand(cast: Cast) -> None:
    for kind, state in (("secondary", "active"), ("primary", "proposed")):
        PairingFactory.create(
            program=cast.program,
            mentor=cast.anjali_enrolled,
            junior=cast.mai_enrolled,
            kind=kind,
            state=state,
            proposed_at=timezone.now() if state == "proposed" else None,
        )
    assert kept(cast.mai_enrolled) == (None, None)


@pytest.mark.django_db
def test_who_waits_between_two_pairings_is_without_a_mentor(cast: Cast) -> None:
    first = cast.pairing
    first.ends_on = first.starts_on + 90 * DAY
    first.save(update_fields=["ends_on"])
    second = next_one(cast, first.ends_on + 7 * DAY)
    others = ["Devon Marsh", "Mai Tran"]
    with_ines = ["Devon Marsh", "Ines Carvalho", "Mai Tran"]

    assert unpaired(cast, first.starts_on - DAY) == with_ines
    assert unpaired(cast, first.ends_on - DAY) == others
    assert unpaired(cast, first.ends_on) == with_ines
    assert unpaired(cast, second.starts_on) == others


@pytest.fixture
def committed() -> Cast:
    return make_cast()


@pytest.mark.django_db(transaction=True)
def test_one_that_ends_while_the_next_is_made_leaves_the_next(committed: Cast) -> None:
    pairing = committed.pairing
    until = timezone.localdate()
    Pairing.objects.filter(pk=pairing.pk).update(ends_on=until)
    ended = Event()

    def ends() -> None:
        with transaction.atomic():
            Pairing.objects.filter(pk=pairing.pk).update(
                state="ended", ended_at=timezone.now(), end_reason="other"
            )
            ended.set()
            sleep(0.4)

    def is_followed() -> None:
        assert ended.wait(timeout=10)
        next_one(committed, until)

    assert at_once(ends, is_followed) == ["done", "done"]
    assert kept(committed.ines_enrolled) == (until, pairing.ends_on)
