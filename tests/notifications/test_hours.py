"""What leaves late, by a failure or by hand, keeps to its reader's hours as well."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import Q
from pytest_django.fixtures import Settings

from preceptor.accounts.models import Holiday, Membership
from preceptor.notifications import hours, kinds, outbox
from preceptor.notifications.deliverer import deliver
from preceptor.notifications.delivering import claims, lanes
from preceptor.notifications.kinds import Message
from preceptor.notifications.models import (
    Delivery,
    Host,
    KindPreference,
    Preferences,
    Timing,
)
from preceptor.notifications.planner import plan
from progress.models import Milestone
from tests.cast import Cast
from tests.factories import MembershipFactory, UserFactory
from tests.notifications.conftest import KIND
from tests.notifications.postbox import Postbox
from tests.notifications.test_deliverer import milestone_of

MORNING = datetime(2026, 12, 7, 8, tzinfo=UTC)
EVENING = MORNING.replace(hour=17, minute=50)
NIGHT = MORNING.replace(hour=23)
NEXT_DAY = MORNING + timedelta(days=1)

pytestmark = pytest.mark.usefixtures("kind", "usual_hours")


@pytest.fixture
def usual_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    """From Monday to Friday, and quiet from 18 to 8 o'clock."""
    monkeypatch.setattr(hours, "usual", Preferences)


@pytest.fixture
def delivery(milestone: Milestone) -> Delivery:
    """To Ines in London, due on a Monday morning."""
    plan(MORNING)
    return Delivery.objects.carriers().get()


def at(now: datetime) -> int:
    return deliver(clock=lambda: now)


def how(delivery: Delivery) -> tuple[str, datetime, int]:
    delivery.refresh_from_db()
    return delivery.state, delivery.not_before, delivery.attempts


def test_what_backed_off_into_the_quiet_hours_goes_in_the_morning(
    delivery: Delivery, box: Postbox
) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(attempts=6)
    box.reply_to_all = "451 later"
    assert at(EVENING) == 0
    assert how(delivery)[1] > MORNING.replace(hour=18)
    box.reply_to_all = ""
    assert (at(NIGHT), len(box.tried)) == (0, 1)
    assert how(delivery) == ("pending", NEXT_DAY, 7)
    assert (at(NEXT_DAY - timedelta(seconds=1)), at(NEXT_DAY)) == (0, 1)
    assert how(delivery)[0] == "sent"


def test_what_its_host_held_up_until_the_night_goes_in_the_morning(
    delivery: Delivery, box: Postbox, settings: Settings, unused_port: int
) -> None:
    settings.EMAIL_PORT = unused_port
    for minutes in (0, 2, 4):
        assert at(MORNING + timedelta(minutes=minutes)) == 0
    assert Host.objects.get().open_until is not None
    settings.EMAIL_PORT = box.port
    assert (at(NIGHT), box.tried) == (0, [])
    assert how(delivery) == ("pending", NEXT_DAY, 0)
    assert at(NEXT_DAY) == 1


def test_what_a_worker_left_goes_in_the_morning(
    delivery: Delivery, box: Postbox
) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(
        state="claimed", leased_until=EVENING, attempts=1
    )
    assert (at(NIGHT), box.tried) == (0, [])
    assert how(delivery) == ("pending", NEXT_DAY, 1)


@pytest.mark.parametrize("asked_at", [NIGHT, datetime(2026, 12, 5, 12, tzinfo=UTC)])
def test_what_is_sent_again_waits_for_its_readers_hours(
    delivery: Delivery, box: Postbox, asked_at: datetime
) -> None:
    """At night, and on a Saturday."""
    Delivery.objects.filter(pk=delivery.pk).update(state="failed")
    outbox.send_again(delivery, asked_at)
    assert (at(asked_at), box.tried) == (0, [])
    morning = NEXT_DAY if asked_at == NIGHT else MORNING
    assert how(delivery) == ("pending", morning, 0)


def test_nothing_goes_on_a_holiday(
    delivery: Delivery, box: Postbox, cast: Cast
) -> None:
    Holiday.objects.create(
        organisation=cast.tidewater, day=date(2026, 12, 7), name="Founders’ Day"
    )
    assert at(MORNING) == 0
    assert how(delivery)[1] == NEXT_DAY


def test_hours_are_those_of_the_readers_own_clock(
    delivery: Delivery, box: Postbox, cast: Cast
) -> None:
    """At noon in London it is quiet in Auckland, until their eight o'clock."""
    cast.ines.user.time_zone = "Pacific/Auckland"
    cast.ines.user.save()
    assert at(MORNING.replace(hour=12)) == 0
    assert how(delivery)[1] == MORNING.replace(hour=19)


def test_what_is_immediate_goes_at_any_hour(
    delivery: Delivery, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = replace(KIND, is_immediate=True)
    monkeypatch.setattr(kinds, "_kinds", {KIND.name: own})
    assert at(NIGHT) == 1


def test_digest_that_is_late_waits_for_the_morning(
    milestone: Milestone, cast: Cast, box: Postbox
) -> None:
    """The planner stood still until the night."""
    want_digests(cast.ines)
    plan(MORNING - timedelta(hours=1))
    plan(MORNING + timedelta(hours=1))
    plan(NEXT_DAY.replace(hour=23))
    assert at(NEXT_DAY.replace(hour=23)) == 0
    digest = Delivery.objects.get(kind=Delivery.DIGEST)
    assert how(digest)[:2] == ("pending", NEXT_DAY + timedelta(days=1))


def test_what_left_its_digest_is_gathered_with_those_of_the_morning(
    milestone: Milestone,
    cast: Cast,
    box: Postbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    want_digests(cast.ines)
    plan(MORNING)

    def poisoned(row: Delivery, about: Milestone) -> Message:
        raise Milestone.DoesNotExist

    monkeypatch.setattr(kinds, "_kinds", {KIND.name: replace(KIND, message=poisoned)})
    noon = MORNING.replace(hour=13)
    Delivery.objects.filter(state="held").update(not_before=noon)
    plan(noon)
    assert at(noon) == 0
    item = Delivery.objects.get(kind=KIND.name, channel="email")
    assert how(item) == ("held", NEXT_DAY, 1)


def want_digests(member: Membership) -> None:
    KindPreference.objects.create(
        organisation=member.organisation,
        member=member,
        kind=KIND.name,
        timing=Timing.DAILY,
    )


def test_who_may_be_written_to_is_found_behind_who_may_not(
    delivery: Delivery, box: Postbox, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where one at a time is asked for, as a host is tried or has a rate."""
    monkeypatch.setattr(lanes, "BATCH", 1)
    user = UserFactory.create(full_name="Zoe Last")
    zoe = MembershipFactory.create(organisation=cast.tidewater, user=user)
    milestone_of(zoe, cast)
    Preferences.objects.create(
        organisation=cast.tidewater,
        member=zoe,
        quiet_from=NIGHT.time(),
        quiet_until=NIGHT.time(),
    )
    plan(MORNING)
    assert (at(NIGHT), box.addresses) == (1, ["zoe.last@example.com"])
    assert how(delivery) == ("pending", NEXT_DAY, 0)
    assert claims.claim_probe(NIGHT, Q()) == []


def test_message_goes_at_once_within_the_hours(
    delivery: Delivery, box: Postbox
) -> None:
    assert (at(EVENING), len(box.mails)) == (1, 1)
