"""Invitations to the organisation that nobody answered."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from preceptor.accounts.models import Invitation, Membership
from preceptor.notifications.models import Delivery
from tests.cast import Cast, make_cast
from tests.letters import letter_to, standing

MONDAY, DAY = date(2027, 3, 8), timedelta(days=1)
OLGA = {("Olga Petersen", "week")}


def at(day: date, hour: int, minute: int = 0, zone: str = "Europe/London") -> datetime:
    return datetime.combine(day, time(hour, minute), ZoneInfo(zone))


@pytest.fixture
def cast(db: None) -> Cast:
    with time_machine.travel(datetime(2027, 3, 8, 12, tzinfo=UTC), tick=False):
        return make_cast()


def invite(cast: Cast, sent_at: datetime, name: str = "Noor") -> Invitation:
    return Invitation.objects.create(
        organisation=cast.tidewater,
        email=f"{name.lower()}@example.com",
        full_name=name,
        invited_by=cast.olga,
        sent_at=sent_at,
        token_hash=name * 3,
    )


def unanswered(now: datetime) -> set[tuple[str, str]]:
    return standing("invitation-unanswered", now)


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Asia/Tokyo"])
@pytest.mark.parametrize(
    "sent_on", [MONDAY, date(2027, 3, 24), date(2027, 2, 25), date(2027, 1, 31)]
)
def test_who_invited_hears_of_it_after_a_week(
    cast: Cast, zone: str, sent_on: date
) -> None:
    """Clocks change within both weeks in New York and London; a month ends."""
    cast.olga.user.time_zone = zone
    cast.olga.user.save()
    invite(cast, at(sent_on, 22, 0, zone))
    week, over = (at(sent_on + days * DAY, 8, 0, zone) for days in (7, 14))
    assert unanswered(week - timedelta(seconds=1)) == set()
    assert unanswered(week) == OLGA
    assert unanswered(over) == {("Olga Petersen", "expired")}


@pytest.mark.parametrize("change", ["accepted_at", "withdrawn_at", "sent_at"])
def test_an_answer_or_a_new_link_ends_it(cast: Cast, change: str) -> None:
    invite(cast, at(MONDAY, 10))
    now = at(MONDAY + 8 * DAY, 9)
    assert unanswered(now) == OLGA
    Invitation.objects.update(**{change: now})
    assert unanswered(now) == set()


def test_those_of_a_day_are_one_and_all_are_counted(cast: Cast) -> None:
    for name in ("Noor", "Piet", "Quim", "Rosa", "Sami", "Tove"):
        invite(cast, at(MONDAY, 10), name)
    invite(cast, at(MONDAY + 6 * DAY, 10), "Ulla")
    now = at(MONDAY + 8 * DAY, 9)
    assert unanswered(now) == OLGA
    found = letter_to(cast.olga, "invitation-unanswered", now)
    assert found.message.subject == "6 of your invitations are unanswered"
    assert found.message.detail == (
        "To Noor, Piet, Quim, Rosa, Sami, 1 more; the first was sent on Monday, "
        "8 March."
    )
    assert found.message.link.endswith("/o/tidewater/members/invitations/")
    now = at(MONDAY + 14 * DAY, 9)
    unanswered(now)
    found = letter_to(cast.olga, "invitation-unanswered", now)
    assert found.message.subject == "7 of your invitations are unanswered"
    assert Delivery.objects.inbox().filter(state="sent").count() == 1
    now = at(MONDAY + 15 * DAY, 9)
    unanswered(now)
    found = letter_to(cast.olga, "invitation-unanswered", now)
    assert "The links of 6 have run out; sent again, they get new ones." in found.text


@pytest.mark.parametrize("change", [{"role": "manager"}, {"is_active": False}])
def test_all_owners_hear_of_what_one_left_who_is_none_any_more(
    cast: Cast, change: dict[str, Any]
) -> None:
    invite(cast, at(MONDAY, 10))
    now = at(MONDAY + 8 * DAY, 9)
    assert unanswered(now) == OLGA
    owners = Membership.objects.filter(pk__in=[cast.mark.pk, cast.ruth.pk])
    owners.update(role=Membership.Role.OWNER)
    assert unanswered(now) == OLGA
    Membership.objects.filter(pk=cast.olga.pk).update(**change)
    assert unanswered(now) == {("Mark Osei", "week"), ("Ruth Adeyemi", "week")}
    found = letter_to(cast.mark, "invitation-unanswered", now)
    assert found.message.subject == "Noor has not answered the invitation"
    assert "who invited them is no owner any more" in found.text
    owners.update(role=Membership.Role.MEMBER)
    assert unanswered(now) == set()


def test_one_is_told_by_name(cast: Cast) -> None:
    invite(cast, at(MONDAY, 10))
    now = at(MONDAY + 8 * DAY, 9)
    unanswered(now)
    found = letter_to(cast.olga, "invitation-unanswered", now)
    assert found.message.subject == "Noor has not answered your invitation"
    assert found.message.detail == "Sent on Monday, 8 March."
    told = Delivery.objects.values_list("recipient", flat=True)
    assert set(told) == {cast.olga.pk}
