from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from progress.actions import (
    begin_plan,
    move_milestone,
    sign_milestone,
    withdraw_signature,
)
from progress.models import GrowthPlan, Milestone
from tests.cast import Cast, make_cast
from tests.factories import PairingFactory

As = Callable[[Membership], Client]
WHY = "The room is taken"
SIGN = {"version": "1", "confirmed": "on", "although": "They met late"}


@pytest.fixture
def milestone(plan: GrowthPlan) -> Milestone:
    return plan.milestones.get(kind=Milestone.Kind.FIRST_MEETING)


def address(milestone: Milestone, step: str) -> str:
    return f"/o/tidewater/growth/milestones/{milestone.pk}/{step}/"


def change_mentor(cast: Cast) -> None:
    """Anjali takes over from Tomasz today."""
    today = timezone.localdate()
    cast.pairing.state, cast.pairing.ends_on = Pairing.State.ENDED, today
    cast.pairing.ended_at = timezone.now()
    cast.pairing.end_reason = "A move to another team"
    cast.pairing.save()
    PairingFactory.create(
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        starts_on=today,
    )


def test_sign_by_both_signs_the_milestone_off(
    milestone: Milestone, cast: Cast, as_: As
) -> None:
    response = as_(cast.ines).post(address(milestone, "sign"), SIGN)
    assert response.status_code == 303
    milestone.refresh_from_db()
    assert milestone.junior_signed_at is not None
    assert milestone.signed_at is None
    as_(cast.tomasz).post(address(milestone, "sign"), SIGN)
    milestone.refresh_from_db()
    assert milestone.signed_at == milestone.mentor_signed_at
    assert milestone.mentor_signed_by == cast.tomasz
    page = as_(cast.ruth).get(f"/o/tidewater/growth/{milestone.plan_id}/")
    assert "Ines Carvalho signed on" in page.content.decode()
    assert "Tomasz Wieczorek signed on" in page.content.decode()


def test_sign_by_the_mentor_first_is_the_same(milestone: Milestone, cast: Cast) -> None:
    now = timezone.now()
    sign_milestone(
        actor=cast.tomasz, milestone=milestone, now=now, although="They met late"
    )
    milestone.refresh_from_db()
    assert (milestone.mentor_signed_at, milestone.signed_at) == (now, None)
    later = now + timedelta(hours=1)
    sign_milestone(
        actor=cast.ines, milestone=milestone, now=later, although="They met late"
    )
    milestone.refresh_from_db()
    assert (milestone.junior_signed_at, milestone.signed_at) == (later, later)


@pytest.mark.parametrize("name", ["ines", "tomasz"])
def test_sign_twice_is_refused(
    name: str, milestone: Milestone, cast: Cast, as_: As
) -> None:
    client = as_(getattr(cast, name))
    assert client.post(address(milestone, "sign"), SIGN).status_code == 303
    before = Milestone.objects.values().get(pk=milestone.pk)
    assert client.post(address(milestone, "sign"), SIGN).status_code == 409
    assert Milestone.objects.values().get(pk=milestone.pk) == before


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("ruth", 403),
        ("otis", 403),
        ("lars", 403),
        ("mark", 403),
        ("olga", 403),
        ("devon", 404),
        ("anjali", 404),
        ("mei", 404),
        ("otto", 404),
    ],
)
@pytest.mark.parametrize("step", ["sign", "withdraw"])
def test_sign_is_for_the_pair_alone(
    name: str, status: int, *, step: str, milestone: Milestone, cast: Cast, as_: As
) -> None:
    sign_milestone(
        actor=cast.ines,
        milestone=milestone,
        now=timezone.now(),
        although="They met late",
    )
    before = Milestone.objects.values().get(pk=milestone.pk)
    client = as_(getattr(cast, name))
    assert client.get(address(milestone, step)).status_code == status
    assert client.post(address(milestone, step), SIGN).status_code == status
    assert Milestone.objects.values().get(pk=milestone.pk) == before


def test_sign_says_what_it_does(milestone: Milestone, cast: Cast, as_: As) -> None:
    milestone.due_on = timezone.localdate() + timedelta(days=34)
    milestone.save()
    page = as_(cast.ines).get(address(milestone, "sign")).content.decode()
    assert "in 34 days. You may sign before its time." in page
    assert "signed off once the other side signs too" in page
    Milestone.objects.update(due_on=timezone.localdate() - timedelta(days=2))
    sign_milestone(
        actor=cast.tomasz,
        milestone=milestone,
        now=timezone.now(),
        although="They met late",
    )
    page = as_(cast.ines).get(address(milestone, "sign")).content.decode()
    assert "Signing it late is fine" in page
    assert "It can then no longer be taken back." in page


def test_sign_passes_to_the_next_mentor_and_keeps_what_the_former_signed(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    first, second = plan.milestones.all()[:2]
    sign_milestone(
        actor=cast.tomasz, milestone=first, now=timezone.now(), although="They met late"
    )
    change_mentor(cast)
    assert as_(cast.tomasz).post(address(second, "sign"), SIGN).status_code == 403
    assert as_(cast.anjali).post(address(second, "sign"), SIGN).status_code == 303
    assert as_(cast.anjali).post(address(first, "sign"), SIGN).status_code == 409
    as_(cast.ines).post(address(first, "sign"), SIGN)
    first.refresh_from_db()
    assert first.mentor_signed_by == cast.tomasz
    assert first.signed_at is not None


def test_withdraw_by_the_next_mentor_of_what_the_former_signed(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    """Else it would stay half signed until the junior signs what they may not want."""
    first = plan.milestones.all()[0]
    sign_milestone(
        actor=cast.tomasz, milestone=first, now=timezone.now(), although="They met late"
    )
    change_mentor(cast)
    words = "Take back the signature of Tomasz Wieczorek"
    page = f"/o/tidewater/growth/milestones/{first.pk}/"
    assert words not in as_(cast.ines).get(page).content.decode()
    assert as_(cast.ines).post(address(first, "withdraw")).status_code == 409
    assert as_(cast.tomasz).post(address(first, "withdraw")).status_code == 403
    client = as_(cast.anjali)
    assert words in client.get(page).content.decode()
    said = client.get(address(first, "withdraw")).content.decode()
    assert "Tomasz Wieczorek signed as the mentor and is one no longer" in said
    assert client.post(address(first, "withdraw")).status_code == 303
    assert client.post(address(first, "sign"), SIGN).status_code == 303
    first.refresh_from_db()
    assert first.mentor_signed_by == cast.anjali


@pytest.mark.django_db(transaction=True)
def test_sign_by_both_at_the_same_moment_signs_off_once() -> None:
    cast = make_cast()
    begin_plan(cast.pairing)
    now = timezone.now()

    def sign(task: tuple[int, Membership]) -> None:
        milestone = Milestone.objects.select_related("plan__junior").get(pk=task[0])
        sign_milestone(
            actor=task[1], milestone=milestone, now=now, although="They met late"
        )
        connection.close()

    keys = Milestone.objects.values_list("pk", flat=True)
    tasks = [(pk, who) for pk in keys for who in (cast.ines, cast.tomasz)]
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(sign, tasks))
    assert Milestone.objects.filter(signed_at=now).count() == len(tasks) // 2 == 8


def test_withdraw_takes_back_ones_own_signature(
    milestone: Milestone, cast: Cast, as_: As
) -> None:
    for member in (cast.ines, cast.tomasz):
        before = _but_for_its_moment(milestone)
        client = as_(member)
        client.post(address(milestone, "sign"), SIGN)
        page = client.get(address(milestone, "withdraw")).content.decode()
        assert "the milestone counts as open again" in page
        assert client.post(address(milestone, "withdraw")).status_code == 303
        assert _but_for_its_moment(milestone) == before


def _but_for_its_moment(milestone: Milestone) -> dict[str, object]:
    row = Milestone.objects.values().get(pk=milestone.pk)
    return {name: value for name, value in row.items() if name != "changed_at"}


def test_withdraw_after_both_signed_is_refused(
    milestone: Milestone, cast: Cast, as_: As
) -> None:
    for member in (cast.ines, cast.tomasz):
        sign_milestone(
            actor=member,
            milestone=milestone,
            now=timezone.now(),
            although="They met late",
        )
    before = Milestone.objects.values().get(pk=milestone.pk)
    for member in (cast.ines, cast.tomasz):
        with pytest.raises(Conflict):
            withdraw_signature(
                actor=member, milestone=milestone, today=timezone.localdate()
            )
        assert as_(member).post(address(milestone, "withdraw")).status_code == 409
    assert Milestone.objects.values().get(pk=milestone.pk) == before


def test_withdraw_without_a_signature_is_refused(
    milestone: Milestone, cast: Cast, as_: As
) -> None:
    sign_milestone(
        actor=cast.tomasz,
        milestone=milestone,
        now=timezone.now(),
        although="They met late",
    )
    assert as_(cast.ines).post(address(milestone, "withdraw")).status_code == 409
    milestone.refresh_from_db()
    assert milestone.mentor_signed_by == cast.tomasz


@pytest.mark.parametrize("name", ["ruth", "mark", "olga"])
def test_move_by_who_arranges_the_program(
    name: str, milestone: Milestone, cast: Cast, as_: As
) -> None:
    due_on = cast.program.last_on
    client = as_(getattr(cast, name))
    assert client.get(address(milestone, "move")).status_code == 200
    response = client.post(
        address(milestone, "move"), {"due_on": due_on.isoformat(), "reason": WHY}
    )
    assert response.status_code == 303
    milestone.refresh_from_db()
    assert milestone.due_on == due_on


@pytest.mark.parametrize("name", ["ines", "tomasz", "otis", "lars"])
def test_move_is_not_for_readers(
    name: str, milestone: Milestone, cast: Cast, as_: As
) -> None:
    due_on = cast.program.last_on.isoformat()
    client = as_(getattr(cast, name))
    response = client.post(
        address(milestone, "move"), {"due_on": due_on, "reason": WHY}
    )
    assert response.status_code == 403
    assert Milestone.objects.get(pk=milestone.pk).due_on == milestone.due_on


def test_move_stays_inside_the_program(
    milestone: Milestone, cast: Cast, as_: As
) -> None:
    client = as_(cast.ruth)
    for day, words in [
        (cast.program.ends_on.isoformat(), "is outside the program: choose a day"),
        (
            (cast.program.starts_on - timedelta(days=1)).isoformat(),
            "is outside the program, which began on",
        ),
        ("31 February", "Give a day, such as 2027-01-31"),
        ("", "Give the new date"),
    ]:
        response = client.post(
            address(milestone, "move"), {"due_on": day, "reason": WHY}
        )
        assert response.status_code == 422
        page = response.content.decode()
        assert words in page
        assert f'value="{day}"' in page or not day
    assert Milestone.objects.get(pk=milestone.pk).due_on == milestone.due_on


def test_move_of_a_signed_one_is_refused(
    milestone: Milestone, cast: Cast, as_: As
) -> None:
    for member in (cast.ines, cast.tomasz):
        sign_milestone(
            actor=member,
            milestone=milestone,
            now=timezone.now(),
            although="They met late",
        )
    with pytest.raises(Conflict):
        move_milestone(
            milestone=milestone,
            due_on=cast.program.last_on,
            actor=cast.ruth,
            reason="The room is taken",
            now=timezone.now(),
        )
    due_on = cast.program.last_on.isoformat()
    response = as_(cast.ruth).post(
        address(milestone, "move"), {"due_on": due_on, "reason": WHY}
    )
    assert response.status_code == 409
