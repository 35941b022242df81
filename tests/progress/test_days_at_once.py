"""Days move while somebody else writes, each on a connection of their own."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread
from time import sleep

import pytest
from django.db import connection, transaction
from django.utils import timezone

from pairings.actions.pauses import pause
from pairings.rescheduling import Timetable
from preceptor.accounts import actions
from preceptor.accounts.models import Holiday
from progress.actions import begin_plan
from progress.models import Milestone, MilestoneMove
from progress.rescheduling import move
from progress.schedule import points
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def while_open(write: Callable[[], object], then: Callable[[], object]) -> None:
    """`then` begins once `write` is done and not committed for a while yet."""
    written = Event()

    def run() -> None:
        with transaction.atomic():
            write()
            written.set()
            sleep(0.4)
        connection.close()

    thread = Thread(target=run)
    thread.start()
    assert written.wait(timeout=10)
    then()
    thread.join(timeout=10)


def test_a_year_that_begins_meanwhile_is_moved_too(cast: Cast) -> None:
    pairing = cast.pairing
    wanted = points(
        cast.program.template, pairing.starts_on, cast.ines_enrolled.ends_on
    )
    day = next(one.due_on for one in wanted if one.due_on > timezone.localdate())

    while_open(
        lambda: begin_plan(pairing),
        lambda: actions.add_holidays(
            actor=cast.olga, days=[day], name="Feast", now=timezone.now()
        ),
    )
    assert Milestone.objects.filter(due_on=day).count() == 0
    assert MilestoneMove.objects.get().from_on == day


def test_a_year_that_begins_after_waits_for_the_holiday(cast: Cast) -> None:
    pairing = cast.pairing
    wanted = points(
        cast.program.template, pairing.starts_on, cast.ines_enrolled.ends_on
    )
    day = wanted[-1].due_on

    while_open(
        lambda: actions.add_holidays(
            actor=cast.olga, days=[day], name="Feast", now=timezone.now()
        ),
        lambda: begin_plan(pairing),
    )
    assert Holiday.objects.count() == 1
    assert Milestone.objects.get(nominal_on=day).due_on > day


def test_what_is_signed_meanwhile_stays(cast: Cast) -> None:
    begin_plan(cast.pairing)
    milestone = Milestone.objects.filter(due_on__gt=timezone.localdate())[0]
    row = Milestone.objects.filter(pk=milestone.pk)

    while_open(
        lambda: row.update(junior_signed_at=timezone.now()),
        lambda: actions.add_holidays(
            actor=cast.olga, days=[milestone.due_on], name="Feast", now=timezone.now()
        ),
    )
    assert row.get().due_on == milestone.due_on
    assert MilestoneMove.objects.count() == 0


def test_what_is_signed_while_a_pause_is_arranged_keeps_its_history(
    cast: Cast,
) -> None:
    begin_plan(cast.pairing)
    today = timezone.localdate()
    milestone, other = Milestone.objects.filter(due_on__gt=today)[:2]
    row = Milestone.objects.filter(pk=milestone.pk)

    while_open(
        lambda: row.update(junior_signed_at=timezone.now()),
        lambda: pause(
            actor=cast.ruth,
            pairing=cast.pairing,
            back_on=today + timedelta(days=14),
            reason="",
            now=timezone.now(),
        ),
    )
    assert row.get().due_on == milestone.due_on
    assert not milestone.moves.exists()
    assert other.moves.exists()


def test_what_is_signed_while_a_template_leaves_it_out_stays(cast: Cast) -> None:
    begin_plan(cast.pairing)
    row = Milestone.objects.filter(name="Month 8")
    assert row.get().due_on > timezone.localdate()

    while_open(
        lambda: row.update(junior_signed_at=timezone.now()),
        lambda: reschedule(to_half_year(cast)),
    )
    assert row.get().junior_signed_at
    assert not Milestone.objects.filter(name="Month 10").exists()


@transaction.atomic
def reschedule(timetable: Timetable) -> None:
    move(timetable)


def to_half_year(cast: Cast) -> Timetable:
    program = cast.program
    return Timetable(
        program=program,
        starts_on=program.starts_on,
        ends_on=program.ends_on,
        template="half-year",
        ends={},
        begins={},
        spans={},
        today=timezone.localdate(),
    )
