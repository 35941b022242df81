"""An organisation always has somebody who can run it."""

import threading
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client

from preceptor.accounts import actions
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from tests.cast import Cast
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory

As = Callable[[Membership], Client]
LAST = "Olga Petersen is the last owner of Tidewater Freight."


def test_the_last_owner_cannot_leave(cast: Cast, as_: As) -> None:
    olga = as_(cast.olga)
    response = olga.post("/o/tidewater/members/leave/")
    assert response.status_code == 409
    assert "<h1>That was not done</h1>" in response.text
    assert LAST in response.content.decode()
    assert olga.get("/o/tidewater/").status_code == 200


def test_the_last_owner_cannot_be_deactivated(cast: Cast, as_: As) -> None:
    olga = as_(cast.olga)
    path = f"/o/tidewater/members/{cast.olga.pk}/deactivate/"
    response = olga.post(path)
    assert response.status_code == 409
    assert LAST in response.content.decode()
    assert olga.get("/o/tidewater/").status_code == 200


def test_the_last_owner_cannot_step_down(cast: Cast, as_: As) -> None:
    path = f"/o/tidewater/members/{cast.olga.pk}/"
    response = as_(cast.olga).post(path, {"role": "member"})
    assert response.status_code == 422
    assert LAST in response.content.decode()
    cast.olga.refresh_from_db()
    assert cast.olga.role == "owner"


@pytest.mark.parametrize("user_is_active", [True, False])
def test_an_owner_without_access_does_not_count(
    cast: Cast, user_is_active: bool
) -> None:
    """Neither a deactivated membership nor a closed account can run the place."""
    MembershipFactory.create(
        organisation=cast.tidewater,
        role="owner",
        is_active=not user_is_active,
        user=UserFactory.create(is_active=user_is_active),
    )
    with pytest.raises(Conflict):
        actions.leave(actor=cast.olga)


def test_an_owner_may_leave_once_there_is_another(cast: Cast, as_: As) -> None:
    olga = as_(cast.olga)
    path = f"/o/tidewater/members/{cast.mark.pk}/"
    assert olga.post(path, {"role": "owner"}).status_code == 303
    assert olga.post("/o/tidewater/members/leave/").status_code == 303
    assert olga.get("/o/tidewater/").status_code == 404
    assert as_(cast.mark).get("/o/tidewater/members/settings/").status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_two_owners_who_leave_at_once_do_not_both_leave(round_: int) -> None:
    del round_
    first, second = two_owners()
    outcomes = at_once(
        lambda: actions.leave(actor=first), lambda: actions.leave(actor=second)
    )
    assert sorted(outcomes) == ["Conflict", "done"]
    assert Membership.objects.owners().count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_two_owners_who_remove_each_other_leave_one(round_: int) -> None:
    del round_
    first, second = two_owners()
    outcomes = at_once(
        lambda: actions.change_role(actor=first, member=second, role="member", seen={}),
        lambda: actions.deactivate(actor=second, member=first),
    )
    assert sorted(outcomes) == ["PermissionDenied", "done"]
    assert Membership.objects.owners().count() == 1


def two_owners() -> tuple[Membership, Membership]:
    quay = OrganisationFactory.create(name="Quay", slug="quay")
    first = MembershipFactory.create(organisation=quay, role="owner")
    return first, MembershipFactory.create(organisation=quay, role="owner")


def at_once(*acts: Callable[[], None]) -> list[str]:
    """Runs each in a thread with a connection of its own; how each ended."""
    together = threading.Barrier(len(acts))
    outcomes: list[str] = []

    def run(act: Callable[[], None]) -> None:
        try:
            connection.ensure_connection()
            together.wait(timeout=10)
            act()
            outcomes.append("done")
        except (Conflict, PermissionDenied) as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return outcomes
