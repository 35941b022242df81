"""Whoever a reminder does not concern never gets it, whatever they are."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client

from pairings.models import Enrolment, Program
from preceptor.accounts.models import Membership
from preceptor.notifications.kinds import Kind, Message
from preceptor.notifications.models import Delivery
from progress.actions import tell_hours
from progress.models import Assessment, CheckIn, GrowthPlan, Milestone
from progress.reminders import KINDS
from tests.cast import Cast
from tests.progress.reminders.clock import at, round_at

MONDAY = date(2027, 6, 14)
NOW = at(MONDAY, 9)


@pytest.fixture
def all_at_once(cast: Cast, plan: GrowthPlan) -> GrowthPlan:
    """A year of which every kind has something to say on a Monday in June."""
    Milestone.objects.update(due_on=MONDAY - timedelta(days=12))
    CheckIn.objects.create(
        organisation=cast.tidewater, plan=plan, handed_at=NOW - timedelta(days=3)
    )
    Assessment.objects.create(
        organisation=cast.tidewater,
        plan=plan,
        version_id=plan.version_id or 0,
        occasion="midpoint",
        opened_by=cast.ines,
        self_in_at=NOW - timedelta(days=5),
        mentor_in_at=NOW - timedelta(days=4),
    )
    for weeks in (1, 2, 3):
        monday = MONDAY - timedelta(weeks=weeks)
        tell_hours(plan=plan, monday=monday, hours=Decimal(1))
    round_at(NOW - timedelta(days=2))
    return plan


def stands() -> dict[str, set[str]]:
    """By kind who has it in their inbox."""
    found: dict[str, set[str]] = {}
    rows = Delivery.objects.inbox().filter(state=Delivery.State.SENT)
    for row in rows.select_related("recipient__user"):
        found.setdefault(row.kind, set()).add(str(row.recipient))
    return found


def test_each_kind_goes_to_whom_it_concerns(
    cast: Cast, all_at_once: GrowthPlan
) -> None:
    """Olga, Mark, Otis, Anjali, Devon, Mai, Mei and Otto are there and hear nothing."""
    round_at(NOW)
    pair = {"Ines Carvalho", "Tomasz Wieczorek"}
    assert stands() == {
        "milestone": pair,
        "milestone-to-lead": {"Ruth Adeyemi"},
        "assessment": pair,
        "check-in": {"Tomasz Wieczorek"},
        "protected-hours": {"Lars Nilsen"},
    }


def end_program() -> None:
    Program.objects.update(state=Program.State.CLOSED)


def end_time() -> None:
    Enrolment.objects.update(ends_on=MONDAY)


@pytest.mark.parametrize("end", [end_program, end_time])
def test_what_is_over_takes_all_of_it_back(
    end: Callable[[], None], cast: Cast, all_at_once: GrowthPlan
) -> None:
    round_at(NOW)
    assert len(stands()) == len(KINDS)
    end()
    cast.pairing.ends_on = MONDAY
    cast.pairing.save()
    assert round_at(NOW + timedelta(minutes=1)) == []
    assert stands() == {}


def test_who_was_deactivated_hears_nothing(cast: Cast, all_at_once: GrowthPlan) -> None:
    names = ("ines", "tomasz", "ruth", "lars")
    members = [getattr(cast, name).pk for name in names]
    Membership.objects.filter(pk__in=members).update(is_active=False)
    assert round_at(NOW) == []
    assert stands() == {}


def told(row: Delivery) -> Message:
    kind: Kind[Any] = next(one for one in KINDS if one.name == row.kind)
    return kind.message(row, kind.subjects([row.subject])[row.subject])


def standing() -> list[Delivery]:
    rows = Delivery.objects.inbox().filter(state=Delivery.State.SENT)
    return list(rows.select_related("recipient__user", "organisation"))


def test_each_link_lands_on_the_thing_for_who_gets_it(
    cast: Cast, all_at_once: GrowthPlan, as_: Callable[[Membership], Client]
) -> None:
    round_at(NOW)
    with time_machine.travel(NOW, tick=False):
        for row in standing():
            link = urlsplit(told(row).link)
            page = as_(row.recipient).get(link.path)
            assert (row.kind, page.status_code) == (row.kind, 200)
            anchor = f'id="{link.fragment}"' if link.fragment else ""
            assert anchor in page.content.decode()


def test_each_says_what_the_pages_ask(cast: Cast, all_at_once: GrowthPlan) -> None:
    """A detail that stands for itself, and a value for every placeholder."""
    round_at(NOW)
    for row in standing():
        message = told(row)
        assert message.detail.endswith(".")
        (kind,) = (one for one in KINDS if one.name == row.kind)
        assert set(message.words) == set(kind.placeholders)
        assert all(message.words.values())
    assert set(stands()) == {kind.name for kind in KINDS}
