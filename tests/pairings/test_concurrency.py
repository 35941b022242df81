"""Two people at the same moment, on real connections of their own."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from time import sleep
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from pairings import ports
from pairings.actions.pairings import end, pair
from pairings.actions.profiles import Step, wish
from pairings.actions.reschedule import (
    EffectChanged,
    plan_reschedule,
    reschedule,
)
from pairings.actions.skills import listed, remove_skills
from pairings.actions.states import close_program, start_program
from pairings.models import Enrolment, Pairing, Program, Skill
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from tests.cast import Cast, make_cast
from tests.factories import give_skills

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    """The cast in committed rows.

    The listener dawdles inside the transaction, so that two of them surely overlap.
    """
    monkeypatch.setattr(ports, "started", [lambda _pairing: sleep(0.3)])
    monkeypatch.setattr(ports, "ended", [])
    return make_cast()


def at_once(*actions: Callable[[], object]) -> list[str]:
    """Runs each in a thread behind one barrier; how each went, in their order."""
    barrier, outcomes = Barrier(len(actions)), [""] * len(actions)

    def run(number: int, action: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=10)
            action()
            outcomes[number] = "done"
        except (ValidationError, Conflict, EffectChanged) as refusal:
            outcomes[number] = type(refusal).__name__
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes


def pairing(cast: Cast, mentor: Enrolment, junior: Enrolment) -> Callable[[], Pairing]:
    mentor, junior = (Enrolment.objects.get(pk=row.pk) for row in (mentor, junior))
    return lambda: pair(
        actor=cast.ruth,
        mentor=mentor,
        junior=junior,
        starts_on=cast.program.starts_on,
        ends_on=cast.program.ends_on,
    )


def test_pair_gives_the_last_seat_to_one_of_two(cast: Cast) -> None:
    Enrolment.objects.filter(pk=cast.anjali_enrolled.pk).update(heads=1)
    outcomes = at_once(
        pairing(cast, cast.anjali_enrolled, cast.mai_enrolled),
        pairing(cast, cast.anjali_enrolled, cast.devon_enrolled),
    )
    assert sorted(outcomes) == ["ValidationError", "done"]
    assert Pairing.objects.filter(mentor=cast.anjali_enrolled).count() == 1


def test_pair_gives_one_junior_one_primary_mentor(cast: Cast) -> None:
    outcomes = at_once(
        pairing(cast, cast.anjali_enrolled, cast.mai_enrolled),
        pairing(cast, cast.tomasz_enrolled, cast.mai_enrolled),
    )
    assert sorted(outcomes) == ["ValidationError", "done"]
    assert Pairing.objects.filter(junior=cast.mai_enrolled).count() == 1


def test_pair_and_shorter_dates_do_not_both_go_through(cast: Cast) -> None:
    """Whoever is second is refused: the dates are over, or more would move."""
    cast.pairing.delete()
    today = timezone.localdate()
    dates: dict[str, Any] = {
        "starts_on": cast.program.starts_on,
        "ends_on": today + timedelta(days=7),
        "template": cast.program.template,
        "today": today,
    }
    seen = plan_reschedule(cast.program, **dates).fingerprint

    def shorten() -> None:
        reschedule(actor=cast.ruth, program=cast.program, fingerprint=seen, **dates)

    outcomes = at_once(pairing(cast, cast.anjali_enrolled, cast.mai_enrolled), shorten)
    assert sorted(outcomes) in (
        ["EffectChanged", "done"],
        ["ValidationError", "done"],
    )


def test_a_close_that_ends_pairs_leaves_none_that_begins_beside_it(cast: Cast) -> None:
    def close() -> None:
        close_program(
            actor=cast.ruth, program=cast.program, ends_pairs=True, now=timezone.now()
        )

    outcomes = at_once(pairing(cast, cast.anjali_enrolled, cast.mai_enrolled), close)
    assert sorted(outcomes) in (["Conflict", "done"], ["done", "done"])
    assert not Pairing.objects.standing().exists()


def test_a_program_starts_once(cast: Cast) -> None:
    Program.objects.update(state=Program.State.DRAFT)

    def start() -> None:
        mine = Program.objects.get(pk=cast.program.pk)
        start_program(actor=cast.ruth, program=mine, tell=False)

    assert sorted(at_once(start, start)) == ["Conflict", "done"]


def test_end_happens_once(cast: Cast) -> None:
    def ending() -> Pairing:
        mine = Pairing.objects.get(pk=cast.pairing.pk)
        return end(actor=cast.ruth, pairing=mine, reason="over", now=timezone.now())

    assert sorted(at_once(ending, ending)) == ["Conflict", "done"]


def test_a_skill_is_not_removed_while_somebody_takes_it_up(cast: Cast) -> None:
    go = listed(cast.tidewater.pk, ["Go"])["go"]
    removed: list[int] = []

    @transaction.atomic
    def take_up() -> None:
        give_skills(cast.mai_enrolled, Go=3)
        sleep(0.3)

    def remove() -> None:
        sleep(0.1)
        removed.append(remove_skills(actor=cast.mark, skills=[go]))

    assert at_once(take_up, remove) == ["done", "done"]
    assert removed == [0]
    mai = Enrolment.objects.with_skills().get(pk=cast.mai_enrolled.pk)
    assert mai.degrees == (("Go", 3),)


def test_a_new_skill_that_two_name_at_once_is_one(cast: Cast) -> None:
    def name(enrolment: Enrolment, skill: str) -> Callable[[], None]:
        @transaction.atomic
        def give() -> None:
            give_skills(enrolment, **{skill: 1})
            sleep(0.2)

        return give

    both = name(cast.mai_enrolled, "Zig"), name(cast.devon_enrolled, "ZIG")
    assert at_once(*both) == ["done", "done"]
    assert Skill.objects.filter(name__iexact="zig").get().people.count() == 2


def test_two_wishes_at_once_both_count(cast: Cast) -> None:
    def choose(person: Membership) -> Callable[[], None]:
        return lambda: wish(
            actor=cast.mai, junior=cast.mai_enrolled, person=person, step=Step.CHOOSE
        )

    assert at_once(choose(cast.tomasz), choose(cast.anjali)) == ["done", "done"]
    assert sorted(cast.mai_enrolled.choices.values_list("rank", flat=True)) == [1, 2]
