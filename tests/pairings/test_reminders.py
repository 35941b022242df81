"""Who is told that a mentor is gone, and whose word a change of phase waits for."""

from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection

from pairings.actions.phases import agree_phase, ask_phase, drop_phase
from pairings.models import Enrolment, Pairing, Program, ProgramStaff
from preceptor.accounts.models import Membership
from preceptor.notifications import kinds
from preceptor.notifications.actions import put_off
from preceptor.notifications.models import (
    Delivery,
    KindPreference,
    Preferences,
    Snooze,
)
from preceptor.notifications.outbox import pause, resume
from preceptor.notifications.planner import plan
from tests.cast import Cast, make_cast
from tests.letters import FIRST, letter_to, standing

MONDAY, DAY = date(2027, 3, 8), timedelta(days=1)


def at(day: date, hour: int, minute: int = 0, zone: str = "Europe/London") -> datetime:
    return datetime.combine(day, time(hour, minute), ZoneInfo(zone))


@pytest.fixture
def cast(db: None) -> Cast:
    """Ines and Tomasz, in London, ten weeks into a year that lies ahead."""
    with time_machine.travel(datetime(2027, 3, 8, 12, tzinfo=UTC), tick=False):
        return make_cast()


def gone(now: datetime) -> set[tuple[str, str]]:
    return standing("mentor-gone", now)


def unmentored(now: datetime) -> set[tuple[str, str]]:
    """In the run after the one that told the junior."""
    gone(now)
    return standing("junior-without-mentor", now)


def live_in(member: Membership, zone: str) -> None:
    member.user.time_zone = zone
    member.user.save()


def set_active(member: Membership, is_active: bool) -> None:
    Membership.objects.filter(pk=member.pk).update(is_active=is_active)


def leave(member: Membership, left_at: datetime) -> None:
    Membership.objects.filter(pk=member.pk).update(is_active=False, left_at=left_at)


def end(ended_at: datetime) -> None:
    Pairing.objects.update(
        state="ended",
        ended_at=ended_at,
        ends_on=ended_at.date(),
        end_reason="The secret reason",
    )


def follow(cast: Cast, **words: object) -> Pairing:
    """The next pairing of Ines, with Anjali."""
    return Pairing.objects.create(
        **{
            "organisation": cast.tidewater,
            "program": cast.program,
            "mentor": cast.anjali_enrolled,
            "junior": cast.ines_enrolled,
            "starts_on": MONDAY + 60 * DAY,
            "ends_on": cast.program.ends_on,
            **words,
        }
    )


def test_a_deactivated_mentor_is_told_of_in_the_morning(cast: Cast) -> None:
    set_active(cast.tomasz, False)
    night = at(MONDAY, 3)
    live_in(cast.ines, "America/Los_Angeles")  # Seven in the evening there.
    assert gone(night) == {("Ines Carvalho", "deactivated")}
    assert unmentored(at(MONDAY, 8)) == {("Ruth Adeyemi", "deactivated")}
    set_active(cast.tomasz, True)
    assert (gone(at(MONDAY, 9)), unmentored(at(MONDAY, 9))) == (set(), set())


def test_the_lead_hears_of_it_once_the_junior_does(cast: Cast) -> None:
    """Whose mail waits for the morning, or for the digest of the day after."""
    own = {"organisation": cast.tidewater, "member": cast.ines}
    Preferences.objects.create(**own)
    set_active(cast.tomasz, False)
    night = at(MONDAY, 22)
    assert gone(night) == {("Ines Carvalho", "deactivated")}
    assert unmentored(night) == set()
    morning = at(MONDAY + DAY, 8)
    assert unmentored(morning) == {("Ruth Adeyemi", "deactivated")}


def test_the_lead_waits_for_no_weekly_digest(cast: Cast) -> None:
    """The junior finds it in the inbox; another mentor is not theirs to look for."""
    own = {"organisation": cast.tidewater, "member": cast.ines}
    KindPreference.objects.create(**own, kind="mentor-gone", timing="weekly")
    set_active(cast.tomasz, False)
    now = at(MONDAY, 9)
    assert gone(now) == {("Ines Carvalho", "deactivated")}
    assert unmentored(now + DAY - timedelta(minutes=1)) == set()
    assert Delivery.objects.filter(kind="mentor-gone", state="held").exists()
    assert unmentored(now + DAY) == {("Ruth Adeyemi", "deactivated")}


def test_a_mentor_who_is_gone_again_is_told_of_again(cast: Cast) -> None:
    """By mail too: what left for the first time says nothing of the second."""

    def mails() -> list[Membership]:
        rows = Delivery.objects.filter(channel="email", state="sent")
        return [row.recipient for row in rows.order_by("sent_at", "pk")]

    leave(cast.tomasz, at(MONDAY, 8))
    assert unmentored(at(MONDAY, 9)) == {("Ruth Adeyemi", "deactivated")}
    set_active(cast.tomasz, True)
    assert unmentored(at(MONDAY, 10)) == set()
    leave(cast.tomasz, at(MONDAY + 9 * DAY, 8))
    assert unmentored(at(MONDAY + 9 * DAY, 9)) == {("Ruth Adeyemi", "deactivated")}
    assert mails() == [cast.ines, cast.ruth] * 2


def test_what_was_told_before_its_key_had_a_day_is_not_told_again(cast: Cast) -> None:
    migration = import_module("pairings.migrations.0025_gone_by_their_day")
    leave(cast.tomasz, at(MONDAY, 8))
    now = at(MONDAY, 9)
    assert unmentored(now) == {("Ruth Adeyemi", "deactivated")}
    rows = Delivery.objects.order_by("pk")
    keys = list(rows.values_list("matter", "occurrence"))
    done = rows.get(recipient=cast.ruth, channel="inbox")
    put_off(actor=cast.ruth, reminder=done, until=None, now=now)
    rested = Snooze.objects.get()
    for row in rows:
        row.matter = f"{row.kind}:{row.subject}"
        row.occurrence = f"{row.matter}:deactivated"
        row.save()
    Snooze.objects.update(matter=f"junior-without-mentor:{cast.pairing.pk}")
    with connection.cursor() as cursor:
        cursor.execute(migration.DELIVERIES)
        cursor.execute(migration.RESTS)
    assert list(rows.values_list("matter", "occurrence")) == keys
    assert Snooze.objects.get().matter == rested.matter


def test_what_rested_with_the_program_comes_to_the_junior_first(cast: Cast) -> None:
    set_active(cast.tomasz, False)
    now = at(MONDAY, 9)
    pause(actor=cast.ruth, program_id=cast.program.pk, now=now)
    assert (gone(now), unmentored(now)) == (set(), set())
    resume(actor=cast.ruth, program_id=cast.program.pk, now=now + DAY)
    plan(now + DAY)
    stands = Delivery.objects.unread().values_list("recipient", flat=True)
    assert list(stands) == [cast.ines.pk]


def test_each_kind_is_planned_after_those_that_it_waits_for() -> None:
    """Else what comes back in a run would count as told already."""
    urgency = {kind.name: kind.urgency for kind in kinds.registered()}
    for later, first in {**FIRST, "milestone-to-lead": "milestone"}.items():
        assert urgency[first] < urgency[later]


def test_nobody_is_told_of_a_junior_who_is_gone_too(cast: Cast) -> None:
    set_active(cast.tomasz, False)
    set_active(cast.ines, False)
    now = at(MONDAY, 9)
    assert (gone(now), unmentored(now)) == (set(), set())


def test_managers_stand_in_where_nobody_else_leads(cast: Cast) -> None:
    """Tomasz alone leads the program in which he was the mentor; then nobody does."""
    ProgramStaff.objects.filter(membership=cast.ruth).update(membership=cast.tomasz)
    end(at(MONDAY, 12))
    now = at(MONDAY + 3 * DAY, 9)
    managers = {("Olga Petersen", "ended"), ("Mark Osei", "ended")}
    assert unmentored(now) == managers
    letter = letter_to(cast.olga, "junior-without-mentor", now)
    assert "while nobody besides the pair leads it" in letter.text
    ProgramStaff.objects.filter(membership=cast.tomasz).delete()
    assert unmentored(now) == managers


def test_whoever_follows_ends_it(cast: Cast) -> None:
    set_active(cast.tomasz, False)
    now = at(MONDAY, 9)
    assert gone(now) == {("Ines Carvalho", "deactivated")}
    Pairing.objects.update(ends_on=MONDAY + 60 * DAY)
    proposed = follow(cast, state="proposed", proposed_at=now)
    assert (gone(now), unmentored(now)) == (set(), set())
    proposed.declined_at, proposed.declined_by = now, cast.anjali
    proposed.save()
    assert gone(now) == {("Ines Carvalho", "deactivated")}
    assert unmentored(now) == {("Ruth Adeyemi", "deactivated")}


def test_the_lead_reads_who_has_no_mentor_and_chooses(cast: Cast) -> None:
    set_active(cast.tomasz, False)
    now = at(MONDAY, 9)
    Membership.objects.filter(pk=cast.tomasz.pk).update(left_at=now - 3 * DAY)
    unmentored(now)
    found = letter_to(cast.ruth, "junior-without-mentor", now)
    assert found.message.subject == "Ines Carvalho has no mentor"
    assert found.message.detail == (
        "Tomasz Wieczorek was deactivated on Friday, 5 March, and since then nobody "
        "mentors Ines Carvalho."
    )
    told = letter_to(cast.ines, "mentor-gone", now)
    assert told.message.detail.startswith("Tomasz Wieczorek left on Friday, 5 March. ")
    assert found.message.link.endswith(
        f"/programs/{cast.program.pk}/pair/?junior={cast.ines_enrolled.pk}"
        f"&instead={cast.pairing.pk}"
    )


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
@pytest.mark.parametrize(
    "day", [date(2027, 3, 13), date(2027, 3, 27), date(2027, 2, 28), date(2027, 4, 2)]
)
def test_an_ended_pairing_is_told_of_in_the_morning(
    cast: Cast, zone: str, day: date
) -> None:
    """Clocks change on 14 and 28 March and on 4 April, and a February ends."""
    for member in (cast.ines, cast.ruth):
        live_in(member, zone)
    end(at(day, 12, 0, zone))
    first, third = (at(day + days * DAY, 8, 0, zone) for days in (1, 3))
    second = timedelta(seconds=1)
    assert (gone(first - second), gone(first)) == (set(), {("Ines Carvalho", "ended")})
    assert unmentored(third - second) == set()
    assert unmentored(third) == {("Ruth Adeyemi", "ended")}


def test_the_junior_reads_that_the_year_goes_on(cast: Cast) -> None:
    end(at(MONDAY, 12))
    now = at(MONDAY + 3 * DAY, 9)
    gone(now)
    unmentored(now)
    found = letter_to(cast.ines, "mentor-gone", now)
    assert found.message.subject == "Tomasz Wieczorek no longer mentors you"
    assert found.message.detail.startswith("Your pairing ended on Monday, 8 March. ")
    assert "Your year goes on" in found.text
    assert found.message.link.endswith(f"/o/tidewater/pairings/{cast.pairing.pk}/")
    told = letter_to(cast.ruth, "junior-without-mentor", now)
    assert told.message.detail == (
        "The pairing with Tomasz Wieczorek ended on Monday, 8 March, and nobody "
        "follows."
    )
    assert "secret" not in found.everything + told.everything


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_the_day_of_an_end_is_the_same_wherever_it_is_read(
    cast: Cast, zone: str
) -> None:
    """That of the pairing: at its end another day was on where the reader lives."""
    live_in(cast.ines, zone)
    end(at(MONDAY, 23 if zone == "Pacific/Auckland" else 1))
    now = at(MONDAY + 3 * DAY, 9)
    gone(now)
    said = letter_to(cast.ines, "mentor-gone", now).message.detail
    assert said.startswith("Your pairing ended on Monday, 8 March. ")


def test_who_has_the_next_or_goes_is_not_told(cast: Cast) -> None:
    end(at(MONDAY, 12))
    now = at(MONDAY + 3 * DAY, 9)
    assert gone(now) == {("Ines Carvalho", "ended")}
    later = follow(cast, starts_on=MONDAY + 5 * DAY)
    assert (gone(now), unmentored(now)) == (set(), set())
    later.delete()
    assert unmentored(now) == {("Ruth Adeyemi", "ended")}
    Enrolment.objects.filter(pk=cast.ines_enrolled.pk).update(ends_on=MONDAY)
    assert (gone(now), unmentored(now)) == (set(), set())


def test_a_program_that_does_not_run_tells_nobody(cast: Cast) -> None:
    set_active(cast.tomasz, False)
    Program.objects.update(state=Program.State.CLOSED)
    now = at(MONDAY, 9)
    assert (gone(now), unmentored(now)) == (set(), set())


def test_nobody_but_junior_and_leads_is_told_of_a_mentor(cast: Cast) -> None:
    end(at(MONDAY, 12))
    now = at(MONDAY + 4 * DAY, 9)
    gone(now)
    unmentored(now)
    told = Delivery.objects.values_list("recipient", flat=True)
    assert set(told) == {cast.ines.pk, cast.ruth.pk}


def proposed(now: datetime) -> set[tuple[str, str]]:
    return standing("phase-proposed", now)


def test_the_other_is_asked_and_asked_again(cast: Cast) -> None:
    asked_at = at(MONDAY, 15)
    move = ask_phase(
        actor=cast.ines, pairing=cast.pairing, phase="junior_leads", now=asked_at
    )
    assert proposed(asked_at) == {("Tomasz Wieczorek", "asked")}
    move.reached, move.counted = 5, 8
    move.save()
    found = letter_to(cast.tomasz, "phase-proposed", asked_at)
    assert found.message.subject == "Ines Carvalho proposes to go on to “junior leads”"
    assert found.message.detail == (
        "Asked on Monday, 8 March; it changes once you agree. "
        "5 of 8 competencies held the step that goes with it then."
    )
    assert "Phase now: mentor leads" in found.text
    assert found.message.link.endswith(f"/o/tidewater/pairings/{cast.pairing.pk}/")
    assert proposed(at(MONDAY + 3 * DAY, 15)) == {("Tomasz Wieczorek", "again")}
    agree_phase(actor=cast.tomasz, move=move, now=at(MONDAY + 3 * DAY, 16))
    assert proposed(at(MONDAY + 3 * DAY, 16)) == set()


def test_a_dropped_change_is_withdrawn_and_the_next_told_anew(cast: Cast) -> None:
    move = ask_phase(
        actor=cast.tomasz,
        pairing=cast.pairing,
        phase="junior_leads",
        now=at(MONDAY, 15),
    )
    assert proposed(at(MONDAY, 15)) == {("Ines Carvalho", "asked")}
    drop_phase(move=move)
    assert proposed(at(MONDAY, 15)) == set()
    ask_phase(
        actor=cast.ines, pairing=cast.pairing, phase="independent", now=at(MONDAY, 16)
    )
    assert proposed(at(MONDAY, 16)) == {("Tomasz Wieczorek", "asked")}


@pytest.mark.parametrize("state", ["paused", "ended"])
def test_a_pair_that_does_not_meet_is_not_asked(cast: Cast, state: str) -> None:
    now = at(MONDAY, 15)
    ask_phase(actor=cast.ines, pairing=cast.pairing, phase="junior_leads", now=now)
    Pairing.objects.update(state=state, ended_at=now, end_reason="Moved away")
    assert proposed(now) == set()


def test_a_new_pair_reads_in_which_year_it_ends(cast: Cast) -> None:
    now = at(MONDAY, 9)
    Pairing.objects.update(
        starts_on=MONDAY, ends_on=MONDAY + 366 * DAY, published_at=now
    )
    plan(now)
    found = letter_to(cast.ines, "pairing-published", now)
    assert found.message.detail == "From Monday, 8 March to Tuesday, 7 March 2028."
