"""What lapsed goes to a lead once the two know, and never before."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from pairings.models import Pairing, ProgramStaff
from preceptor.accounts.models import Membership
from preceptor.notifications.models import Delivery, KindPreference, Timing
from progress.models import Milestone
from progress.reminders import MILESTONE_TO_LEAD
from progress.reminders.milestones import stones
from tests.cast import Cast
from tests.factories import PairingFactory
from tests.progress.reminders.clock import (
    ZONES,
    at,
    html,
    inbox,
    live_in,
    round_at,
    told_at,
)
from tests.progress.reminders.conftest import DUE_ON

LAPSED_ON, TENTH = DUE_ON + timedelta(days=1), DUE_ON + timedelta(days=10)


def key(milestone: Milestone) -> str:
    return f"milestone-to-lead:{milestone.pk}:2027-03-15:lead"


def to_lead(now: datetime) -> dict[int, str]:
    return dict(told_at(MILESTONE_TO_LEAD, now))


@pytest.fixture
def lapsed(milestone: Milestone) -> Milestone:
    """The pair was told on the day after, and after a week."""
    for days in (0, 6):
        assert len(round_at(at(LAPSED_ON + timedelta(days=days), 9))) == 2
    return milestone


def test_the_lead_hears_ten_days_after(cast: Cast, milestone: Milestone) -> None:
    sent: dict[str, list[date]] = {}
    for days in range(15):
        day = DUE_ON + timedelta(days=days)
        for message in round_at(at(day, 9)):
            sent.setdefault(message.to[0], []).append(day)
    pair = [DUE_ON, LAPSED_ON, DUE_ON + timedelta(days=7)]
    assert sent == {
        cast.ines.user.email: pair,
        cast.tomasz.user.email: pair,
        cast.ruth.user.email: [TENTH],
    }
    assert inbox(cast.ruth) == [key(milestone)]


@pytest.mark.parametrize("zone", ZONES)
def test_in_the_leads_own_morning(zone: str, cast: Cast, lapsed: Milestone) -> None:
    live_in(cast.ruth, zone)
    morning = at(TENTH, 8, zone=zone)
    assert to_lead(morning - timedelta(seconds=1)) == {}
    assert to_lead(morning) == {cast.ruth.pk: key(lapsed)}


def test_an_outage_does_not_let_the_lead_know_first(
    cast: Cast, milestone: Milestone
) -> None:
    round_at(at(date(2027, 3, 1), 9))
    now = at(TENTH, 9)
    assert {one.to[0] for one in round_at(now)} == {
        cast.ines.user.email,
        cast.tomasz.user.email,
    }
    assert round_at(now + timedelta(hours=23)) == []
    (mail,) = round_at(now + timedelta(hours=25))
    assert mail.to == [cast.ruth.user.email]


def test_who_waits_for_a_mail_does_not_know_yet(cast: Cast, lapsed: Milestone) -> None:
    rows = Delivery.objects.carriers().filter(recipient=cast.tomasz)
    rows.update(state=Delivery.State.HELD)
    assert to_lead(at(TENTH, 9)) == {}
    rows.update(state=Delivery.State.DIGESTED)
    assert to_lead(at(TENTH, 9)) == {cast.ruth.pk: key(lapsed)}


def test_who_wants_no_such_messages_holds_nothing_up(
    cast: Cast, milestone: Milestone
) -> None:
    KindPreference.objects.create(
        organisation=cast.tidewater,
        member=cast.ines,
        kind="milestone",
        timing=Timing.OFF,
    )
    (mail,) = round_at(at(LAPSED_ON, 9))
    assert mail.to == [cast.tomasz.user.email]
    assert to_lead(at(TENTH, 9)) == {cast.ruth.pk: key(milestone)}


def test_who_was_told_of_another_date_was_not_told(
    cast: Cast, lapsed: Milestone
) -> None:
    """It lapses a second time, five weeks on."""
    later = timedelta(weeks=5)
    Milestone.objects.update(due_on=DUE_ON + later)
    assert to_lead(at(TENTH, 9)) == {}
    assert to_lead(at(TENTH + later, 9)) == {}
    round_at(at(TENTH + later, 9))
    tomorrow = to_lead(at(TENTH + later + timedelta(days=1), 10))
    assert tomorrow == {cast.ruth.pk: key(lapsed).replace("03-15", "04-19")}


def test_a_new_mentor_is_told_first(cast: Cast, lapsed: Milestone) -> None:
    Pairing.objects.filter(pk=cast.pairing.pk).update(
        state=Pairing.State.ENDED,
        ends_on=TENTH - timedelta(days=1),
        ended_at=at(TENTH, 1) - timedelta(days=1),
        end_reason="Tomasz changes teams",
    )
    assert to_lead(at(TENTH, 9)) == {cast.ruth.pk: key(lapsed)}
    PairingFactory.create(
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        starts_on=TENTH - timedelta(days=1),
    )
    assert to_lead(at(TENTH, 9)) == {}
    round_at(at(TENTH, 9))
    assert to_lead(at(TENTH + timedelta(days=1), 10)) == {cast.ruth.pk: key(lapsed)}


def test_a_mentor_who_has_left_holds_nothing_up(
    cast: Cast, milestone: Milestone
) -> None:
    sign(cast, "junior")
    assert to_lead(at(TENTH, 9)) == {}
    Membership.objects.filter(pk=cast.tomasz.pk).update(is_active=False)
    assert to_lead(at(TENTH, 9)) == {cast.ruth.pk: key(milestone)}


def test_of_a_junior_who_has_left_nobody_hears(cast: Cast, lapsed: Milestone) -> None:
    assert to_lead(at(TENTH, 9)) == {cast.ruth.pk: key(lapsed)}
    Membership.objects.filter(pk=cast.ines.pk).update(is_active=False)
    assert to_lead(at(TENTH, 9)) == {}


def test_managers_hear_of_it_where_the_mentor_alone_leads(
    cast: Cast, lapsed: Milestone
) -> None:
    ProgramStaff.objects.filter(membership=cast.ruth).update(membership=cast.tomasz)
    managers = {cast.olga.pk: key(lapsed), cast.mark.pk: key(lapsed)}
    assert to_lead(at(TENTH, 9)) == managers


def test_a_lead_is_not_told_of_their_own(cast: Cast, lapsed: Milestone) -> None:
    for lead in (cast.tomasz, cast.ines, cast.mei):
        ProgramStaff.objects.create(
            organisation=cast.tidewater,
            program=cast.program,
            membership=lead,
            role=ProgramStaff.Role.LEAD,
        )
    told = to_lead(at(TENTH, 9))
    assert told == {cast.ruth.pk: key(lapsed), cast.mei.pk: key(lapsed)}


def sign(cast: Cast, *sides: str) -> None:
    at_noon = at(TENTH, 12)
    changes: dict[str, Any] = {f"{side}_signed_at": at_noon for side in sides}
    if "mentor" in sides:
        changes["mentor_signed_by"] = cast.tomasz
    if len(sides) == 2:
        changes["signed_at"] = at_noon
    Milestone.objects.update(**changes)


def test_it_is_taken_back_once_both_have_signed(cast: Cast, lapsed: Milestone) -> None:
    round_at(at(TENTH, 9))
    sign(cast, "junior")
    round_at(at(TENTH, 13))
    assert inbox(cast.ruth) == [key(lapsed)]
    sign(cast, "junior", "mentor")
    round_at(at(TENTH, 14))
    assert inbox(cast.ruth) == []


@pytest.mark.parametrize(
    ("signed", "words"),
    [
        ([], "Neither of the two has signed it."),
        (["junior"], "Ines Carvalho has signed it, the mentor has not."),
        (["mentor"], "The mentor has signed it, Ines Carvalho has not."),
    ],
)
def test_the_mail_says_since_when_and_who_has_not_signed(
    signed: list[str], words: str, cast: Cast, lapsed: Milestone
) -> None:
    sign(cast, *signed)
    (message,) = (
        one for one in round_at(at(TENTH, 9)) if one.to == [cast.ruth.user.email]
    )
    assert message.subject == "Month 2 of Ines Carvalho lapsed 10 days ago"
    for body in (str(message.body), html(message)):
        assert "It was due on Monday, 15 March." in body
        assert words in body
        assert "What it asks for is not met yet." in body
        assert f"/o/tidewater/growth/milestones/{lapsed.pk}/" in body


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_do_not_grow(
    count: int,
    cast: Cast,
    lapsed: Milestone,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(count - 1):
        lapsed.pk = None
        lapsed.save()
    ids = list(Milestone.objects.values_list("pk", flat=True))
    with django_assert_num_queries(3):
        assert len(stones(ids)) == count
