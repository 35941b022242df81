"""Two people at the same moment, on real connections of their own."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Event, Thread
from time import sleep
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from pairings import ports
from pairings.actions.pairings import end, pair
from pairings.actions.profiles import Step, wish
from pairings.actions.publishing import Refused, accept, decline, publish_run
from pairings.actions.reschedule import (
    EffectChanged,
    plan_reschedule,
    reschedule,
)
from pairings.actions.skills import listed, remove_skills
from pairings.actions.states import close_program, start_program
from pairings.drafts import FirstStep
from pairings.models import Enrolment, MatchRun, Pairing, Program, Proposal, Skill
from pairings.models.pairings import PairingQuerySet
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
    monkeypatch.setattr(ports, "started", [lambda *_pairings: sleep(0.3)])
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
        except (ValidationError, Conflict, EffectChanged, Refused) as refusal:
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
        now=timezone.now(),
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
    taken_up = Event()

    @transaction.atomic
    def take_up() -> None:
        give_skills(cast.mai_enrolled, Go=3)
        taken_up.set()
        sleep(0.3)

    def remove() -> None:
        assert taken_up.wait(timeout=10)
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


def a_run(cast: Cast, *pairs: tuple[Enrolment, Enrolment]) -> MatchRun:
    """A run with some pairs of mentor and junior, all of them chosen."""
    run = MatchRun.objects.create(
        organisation=cast.tidewater,
        program=cast.program,
        number=MatchRun.objects.count() + 1,
        state=MatchRun.State.DONE,
        inputs=b"",
        result=b"",
        placed=len(pairs),
        total=0,
    )
    for mentor, junior in pairs:
        Proposal.objects.create(
            organisation=cast.tidewater,
            program=cast.program,
            run=run,
            mentor=mentor,
            junior=junior,
            score=70,
            state=Proposal.State.APPROVED,
        )
    return run


def publishing(actor: Membership, run: MatchRun) -> Callable[[], list[Pairing]]:
    today = timezone.localdate()
    return lambda: publish_run(
        actor=actor,
        run=run,
        starts_on=today,
        step=FirstStep.usual(today),
        now=timezone.now(),
    )


@pytest.mark.parametrize("approval", Program.Approval.values)
def test_of_two_runs_that_share_a_junior_one_is_published(
    cast: Cast, approval: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each gives Mai to somebody else and Devon or nobody the last seat of Anjali."""
    slow = PairingQuerySet.bulk_create

    def create(rows: PairingQuerySet, *made: Any, **options: Any) -> list[Pairing]:
        sleep(0.2)
        return slow(rows, *made, **options)

    monkeypatch.setattr(PairingQuerySet, "bulk_create", create)
    Program.objects.update(approval=approval)
    Enrolment.objects.filter(pk=cast.anjali_enrolled.pk).update(heads=1)
    ruths = a_run(
        cast,
        (cast.anjali_enrolled, cast.mai_enrolled),
        (cast.tomasz_enrolled, cast.devon_enrolled),
    )
    marks = a_run(
        cast,
        (cast.anjali_enrolled, cast.devon_enrolled),
        (cast.tomasz_enrolled, cast.mai_enrolled),
    )
    outcomes = at_once(publishing(cast.ruth, ruths), publishing(cast.mark, marks))
    assert sorted(outcomes) == ["Refused", "done"]
    won, lost = (ruths, marks) if outcomes[0] == "done" else (marks, ruths)
    made = Pairing.objects.exclude(pk=cast.pairing.pk)
    pairs = set(made.values_list("mentor", "junior"))
    assert pairs == set(won.proposals.values_list("mentor", "junior"))
    assert set(won.proposals.values_list("state", flat=True)) == {"published"}
    assert set(lost.proposals.values_list("state", flat=True)) == {"approved"}


def test_a_run_that_is_published_twice_is_published_once(cast: Cast) -> None:
    run = a_run(cast, (cast.anjali_enrolled, cast.mai_enrolled))
    outcomes = at_once(publishing(cast.ruth, run), publishing(cast.mark, run))
    assert sorted(outcomes) == ["Conflict", "done"]
    assert Pairing.objects.filter(junior=cast.mai_enrolled).count() == 1


def test_two_who_accept_at_once_begin_once(cast: Cast) -> None:
    made = proposed(cast)
    outcomes = at_once(
        lambda: accept(actor=cast.mai, pairing=made, now=timezone.now()),
        lambda: accept(actor=cast.anjali, pairing=made, now=timezone.now()),
    )
    assert outcomes == ["done", "done"]
    made.refresh_from_db()
    assert made.state == "active"


def test_who_declines_while_the_other_accepts_last_wins_or_is_told(cast: Cast) -> None:
    made = proposed(cast)
    accept(actor=cast.mai, pairing=made, now=timezone.now())
    outcomes = at_once(
        lambda: decline(actor=cast.mai, pairing=made, now=timezone.now(), reason="no"),
        lambda: accept(actor=cast.anjali, pairing=made, now=timezone.now()),
    )
    assert sorted(outcomes) == ["Conflict", "done"]
    made.refresh_from_db()
    is_declined = outcomes[0] == "done"
    assert made.is_standing is not is_declined
    assert (made.declined_at is not None) is is_declined


def proposed(cast: Cast) -> Pairing:
    Program.objects.update(approval=Program.Approval.BOTH)
    made = pairing(cast, cast.anjali_enrolled, cast.mai_enrolled)()
    return Pairing.objects.with_people().get(pk=made.pk)
