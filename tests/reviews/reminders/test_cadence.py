"""Who hears that a pair does not meet: the two first, then the leads."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pairings.models import Pairing, Pause, Program, ProgramStaff
from preceptor.notifications.models import Delivery, Host, Preferences, Webhook
from reviews.models import ReviewSession
from reviews.reminders.cadence import subjects
from tests.cast import Cast
from tests.factories import PairingFactory
from tests.letters import letter_to, standing
from tests.reviews.reminders.conftest import (
    DAY,
    MONDAY,
    Open,
    at,
    live_in,
    pair,
)

Met = Callable[..., ReviewSession]
ONCE = {("Ines Carvalho", "once"), ("Tomasz Wieczorek", "once")}
TWICE = {("Ines Carvalho", "twice"), ("Tomasz Wieczorek", "twice")}
RUTH = {("Ruth Adeyemi", "twice")}


def unmet(now: datetime) -> set[tuple[str, str]]:
    return standing("no-session", now)


def stalled(now: datetime) -> set[tuple[str, str]]:
    return standing("pair-stalled", now)


@pytest.mark.parametrize(
    ("cadence", "first", "second"), [(7, 8, 15), (14, 15, 29), (28, 29, 57)]
)
def test_the_two_hear_of_it_by_the_cadence(
    met: Met, cadence: int, first: int, second: int
) -> None:
    Program.objects.update(cadence_days=cadence)
    met(MONDAY)
    assert unmet(at(MONDAY + first * DAY, 7, 59)) == set()
    assert unmet(at(MONDAY + first * DAY, 8)) == ONCE
    assert unmet(at(MONDAY + second * DAY, 7, 59)) == ONCE
    assert unmet(at(MONDAY + second * DAY, 8)) == TWICE


@pytest.mark.parametrize(
    ("zone", "met_on"),
    [
        ("Pacific/Kiritimati", MONDAY),
        ("Pacific/Pago_Pago", MONDAY),
        ("America/Los_Angeles", MONDAY - 2 * DAY),  # Until the clocks change there.
        ("Europe/London", MONDAY + 12 * DAY),  # And here.
        ("Asia/Kolkata", date(2027, 2, 28)),
        ("Asia/Kolkata", date(2027, 4, 30)),
    ],
)
def test_the_morning_is_that_of_the_reader(
    met: Met, cast: Cast, zone: str, met_on: date
) -> None:
    live_in(cast.ines, zone)
    met(met_on)
    morning = at(met_on + 8 * DAY, 8, 0, zone)
    assert ("Ines Carvalho", "once") not in unmet(morning - timedelta(seconds=1))
    assert ("Ines Carvalho", "once") in unmet(morning)


def test_the_letter_says_since_when(met: Met, cast: Cast) -> None:
    met(MONDAY)
    now = at(MONDAY + 9 * DAY, 9)
    unmet(now)
    found = letter_to(cast.ines, "no-session", now)
    assert found.message.subject == "No session with Tomasz Wieczorek for 9 days"
    assert found.message.detail == (
        "The last session was on Monday, 8 March; the plan is every week. Nothing is "
        "planned for the next two weeks. A change that an AI wrote this week is enough "
        "to meet over, and a small one will do."
    )
    assert found.message.link.endswith(f"/sessions/plan/{cast.pairing.pk}/")
    assert "secret" not in found.everything
    assert "leads" not in found.text
    now = at(MONDAY + 16 * DAY, 9)
    unmet(now)
    told = "The leads of the program are told of it, by days alone."
    assert told in letter_to(cast.tomasz, "no-session", now).text


def test_a_pair_that_never_met_counts_from_its_first_day(cast: Cast) -> None:
    pair(starts_on=MONDAY)
    assert unmet(at(MONDAY + 7 * DAY, 23)) == set()
    now = at(MONDAY + 8 * DAY, 9)
    assert unmet(now) == ONCE
    found = letter_to(cast.tomasz, "no-session", now)
    assert found.message.subject == "No session with Ines Carvalho yet, after 8 days"
    assert "The pair began on Monday, 8 March" in found.text


def test_the_next_session_ends_it_and_begins_anew(met: Met) -> None:
    met(MONDAY)
    now = at(MONDAY + 9 * DAY, 9)
    assert unmet(now) == ONCE
    met(MONDAY + 8 * DAY)
    assert unmet(now) == set()
    assert unmet(at(MONDAY + 16 * DAY, 9)) == ONCE
    rows = Delivery.objects.inbox().filter(kind="no-session")
    assert {row.occurrence.split(":")[2] for row in rows} == {
        "2027-03-08",
        "2027-03-16",
    }


@pytest.mark.parametrize(
    "words",
    [
        {"state": "planned", "planned_at": at(MONDAY + 12 * DAY, 10)},
        {"state": "reading", "opened_at": at(MONDAY + 8 * DAY, 10)},
        {"state": "revealed", "opened_at": at(MONDAY + 8 * DAY, 10)},
    ],
)
def test_what_is_near_at_hand_is_enough(
    met: Met, opened: Open, words: dict[str, Any]
) -> None:
    met(MONDAY)
    now = at(MONDAY + 9 * DAY, 9)
    assert unmet(now) == ONCE
    session = opened(
        at(MONDAY, 10),
        planned_minutes=50,
        led_by="junior",
        arranged_at=at(MONDAY, 10),
        revealed_at=at(MONDAY + 8 * DAY, 11),
    )
    ReviewSession.objects.filter(pk=session.pk).update(**words)
    assert unmet(now) == set()
    session.delete()
    assert unmet(now) == ONCE


@pytest.mark.parametrize(
    "words",
    [
        {"state": "planned", "planned_at": at(MONDAY + 40 * DAY, 10)},
        {"state": "reading", "opened_at": at(MONDAY - 20 * DAY, 10)},
    ],
)
def test_what_is_far_off_is_not(met: Met, opened: Open, words: dict[str, Any]) -> None:
    met(MONDAY)
    session = opened(
        at(MONDAY, 10), planned_minutes=50, led_by="junior", arranged_at=at(MONDAY, 10)
    )
    ReviewSession.objects.filter(pk=session.pk).update(**words)
    assert unmet(at(MONDAY + 9 * DAY, 9)) == ONCE


def test_a_day_that_was_named_is_waited_for(met: Met) -> None:
    session = met(MONDAY, next_on=MONDAY + 10 * DAY)
    assert unmet(at(MONDAY + 10 * DAY, 9)) == set()
    assert unmet(at(MONDAY + 11 * DAY, 9)) == ONCE
    session.next_on = MONDAY + 40 * DAY
    session.save()
    assert unmet(at(MONDAY + 11 * DAY, 9)) == ONCE


def test_a_pause_is_silent_and_counts_anew(met: Met, cast: Cast) -> None:
    met(MONDAY)
    now = at(MONDAY + 9 * DAY, 9)
    assert unmet(now) == ONCE
    pause = Pause.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        starts_on=MONDAY + 9 * DAY,
        created_by=cast.ines,
    )
    pair(state=Pairing.State.PAUSED)
    assert unmet(now) == set()
    pause.resumed_on = MONDAY + 30 * DAY
    pause.save()
    pair(state=Pairing.State.ACTIVE)
    assert unmet(at(MONDAY + 37 * DAY, 9)) == set()
    now = at(MONDAY + 38 * DAY, 9)
    assert unmet(now) == ONCE
    found = letter_to(cast.ines, "no-session", now)
    assert "The pause ended on Wednesday, 7 April" in found.text


def test_a_pause_that_was_called_off_counts_for_nothing(met: Met, cast: Cast) -> None:
    met(MONDAY)
    ahead = MONDAY + 30 * DAY
    Pause.objects.create(
        organisation=cast.tidewater,
        pairing=cast.pairing,
        starts_on=ahead,
        resumed_on=ahead,
        created_by=cast.ines,
    )
    assert unmet(at(MONDAY + 9 * DAY, 9)) == ONCE


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "ended", "ended_at": at(MONDAY, 9), "end_reason": "Moved away"},
        {"kind": "secondary"},
        {"ends_on": MONDAY + 9 * DAY},
    ],
)
def test_pairs_that_are_not_to_meet_are_left_alone(
    met: Met, changes: dict[str, object]
) -> None:
    met(MONDAY)
    now = at(MONDAY + 9 * DAY, 9)
    assert unmet(now) == ONCE
    pair(**changes)
    assert unmet(now) == set()


@pytest.mark.parametrize("who", ["ines", "tomasz"])
def test_a_pair_of_which_one_is_gone_is_left_alone(
    met: Met, cast: Cast, who: str
) -> None:
    met(MONDAY)
    now = at(MONDAY + 9 * DAY, 9)
    assert unmet(now) == ONCE
    member = getattr(cast, who)
    member.is_active = False
    member.save()
    assert unmet(now) == set()


def test_the_lead_hears_of_it_once_both_have_known_for_a_day(met: Met) -> None:
    met(MONDAY)
    two_weeks = at(MONDAY + 15 * DAY, 9)
    assert stalled(two_weeks) == set()  # Nobody has been told: the planner was away.
    assert stalled(two_weeks + timedelta(hours=23)) == set()
    assert stalled(two_weeks + DAY) == RUTH
    met(MONDAY + 16 * DAY)
    assert stalled(two_weeks + DAY) == set()


def test_the_lead_hears_of_it_also_where_a_chat_never_answers(
    met: Met, cast: Cast
) -> None:
    """Ines finds it in her inbox, where it waits for her as long as for a digest."""
    own = {"organisation": cast.tidewater, "member": cast.ines}
    Preferences.objects.create(**own, by_email=False, by_chat=True)
    Webhook.objects.create(
        **own, service="slack", sealed=b"", host="gone.example", made_at=at(MONDAY, 9)
    )
    Host.objects.create(
        name="chat gone.example", failures=3, open_until=at(MONDAY + 90 * DAY, 9)
    )
    met(MONDAY)
    now = at(MONDAY + 15 * DAY, 9)
    assert stalled(now) == set()
    assert stalled(now + 8 * DAY) == set()
    assert Delivery.objects.filter(channel="chat", state="pending").exists()
    assert stalled(now + 9 * DAY) == RUTH


def test_the_lead_is_told_in_the_morning_where_the_two_were(met: Met) -> None:
    met(MONDAY)
    unmet(at(MONDAY + 9 * DAY, 9))
    assert stalled(at(MONDAY + 15 * DAY, 7, 59)) == set()
    assert stalled(at(MONDAY + 15 * DAY, 8)) == set()  # The two come first.
    assert stalled(at(MONDAY + 15 * DAY, 8, 1)) == RUTH
    assert stalled(at(MONDAY + 29 * DAY, 8)) == {("Ruth Adeyemi", "four-times")}


def test_an_earlier_stretch_does_not_count_as_having_been_told(met: Met) -> None:
    met(MONDAY)
    assert unmet(at(MONDAY + 9 * DAY, 9)) == ONCE
    met(MONDAY + 9 * DAY)
    later = at(MONDAY + 25 * DAY, 9)
    assert stalled(later) == set()
    assert stalled(later + DAY) == RUTH


def test_the_lead_reads_how_long_and_since_when(met: Met, cast: Cast) -> None:
    met(MONDAY)
    unmet(at(MONDAY + 9 * DAY, 9))
    now = at(MONDAY + 15 * DAY, 9)
    unmet(now)
    stalled(now)
    found = letter_to(cast.ruth, "pair-stalled", now)
    assert found.message.subject == (
        "Ines Carvalho and Tomasz Wieczorek: no session for 15 days"
    )
    assert found.message.detail == (
        "The last session was on Monday, 8 March; the plan is every week. "
        "Both have been told. A word from you may help."
    )
    assert found.message.link.endswith(f"/o/tidewater/pairings/{cast.pairing.pk}/")
    assert "secret" not in found.everything


def test_a_name_is_no_pattern(met: Met, cast: Cast) -> None:
    cast.ines.user.full_name = "Ines 100% Sure"
    cast.ines.user.save()
    now = at(MONDAY + 15 * DAY, 9)
    met(MONDAY)
    unmet(at(MONDAY + 9 * DAY, 9))
    unmet(now)
    stalled(now)
    assert letter_to(cast.ruth, "pair-stalled", now).message.subject == (
        "Ines 100% Sure and Tomasz Wieczorek: no session for 15 days"
    )


def test_ahead_of_its_day_it_counts_to_that_day(met: Met, cast: Cast) -> None:
    met(MONDAY)
    unmet(at(MONDAY + 8 * DAY, 8))
    found = letter_to(cast.ines, "no-session", at(MONDAY, 12))
    assert found.message.subject == "No session with Tomasz Wieczorek for 8 days"


def test_leads_of_this_program_alone_hear_of_it(met: Met, cast: Cast) -> None:
    elsewhere = PairingFactory.create(
        organisation=cast.tidewater, program__organisation=cast.tidewater
    )
    Pairing.objects.filter(pk=elsewhere.pk).delete()
    ProgramStaff.objects.create(
        organisation=cast.tidewater,
        program=elsewhere.program,
        membership=cast.mei,
        role=ProgramStaff.Role.LEAD,
    )
    met(MONDAY)
    for days in (9, 15):
        unmet(at(MONDAY + days * DAY, 9))
    assert stalled(at(MONDAY + 15 * DAY, 9)) == RUTH
    told = Delivery.objects.values_list("recipient", flat=True)
    assert set(told) == {cast.ines.pk, cast.tomasz.pk, cast.ruth.pk}


def test_who_leads_no_more_is_told_no_more(met: Met) -> None:
    met(MONDAY)
    for days in (9, 15):
        unmet(at(MONDAY + days * DAY, 9))
    now = at(MONDAY + 15 * DAY, 9)
    assert stalled(now) == RUTH
    ProgramStaff.objects.filter(role=ProgramStaff.Role.LEAD).update(role="observer")
    assert stalled(now) == {("Olga Petersen", "twice"), ("Mark Osei", "twice")}


def test_a_lead_who_is_one_of_the_pair_is_told_as_such(cast: Cast, met: Met) -> None:
    """Where nobody else leads, the managers hear of it."""
    own = {"organisation": cast.tidewater, "program": cast.program}
    lead = ProgramStaff.objects.create(
        **own, membership=cast.tomasz, role=ProgramStaff.Role.LEAD
    )
    met(MONDAY)
    for days in (9, 15):
        unmet(at(MONDAY + days * DAY, 9))
    now = at(MONDAY + 15 * DAY, 9)
    assert stalled(now) == RUTH
    ProgramStaff.objects.exclude(pk=lead.pk).delete()
    assert stalled(now) == {("Olga Petersen", "twice"), ("Mark Osei", "twice")}


def test_reading_three_pairs_takes_as_many_queries_as_one(cast: Cast) -> None:
    ids = [cast.pairing.pk, *(PairingFactory.create().pk for _ in range(2))]
    for few in (ids[:1], ids):
        with CaptureQueriesContext(connection) as asked:
            assert set(subjects(few)) == set(few)
        assert len(asked) == 1
