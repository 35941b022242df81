from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from pairings.models import Enrolment, Pairing
from preceptor.accounts.models import Membership
from tests.cast import Cast
from tests.factories import (
    EnrolmentFactory,
    PairingFactory,
    ProgramFactory,
)
from tests.pairings.pairing_form import form, page, refused

As = Callable[[Membership], Client]


def test_pair_refuses_a_second_primary_mentor(cast: Cast, as_: As) -> None:
    response = as_(cast.ruth).post(page(cast, cast.ines_enrolled), form(cast))
    error = refused(response, "starts_on")
    assert error.startswith("Ines Carvalho has Tomasz Wieczorek as primary mentor from")
    checked = f'value="{cast.anjali_enrolled.pk}" checked'
    assert checked in response.content.decode()
    assert Pairing.objects.count() == 1


def test_pair_refuses_a_mentor_past_their_seats(cast: Cast, as_: As) -> None:
    Enrolment.objects.filter(pk=cast.tomasz_enrolled.pk).update(hours=Decimal("3.5"))
    answers = form(cast, mentor=cast.tomasz_enrolled.pk)
    response = as_(cast.ruth).post(page(cast, cast.mai_enrolled), answers)
    assert refused(response, "mentor") == (
        "Tomasz Wieczorek is full: the one seat is taken in these dates. Choose "
        "another mentor, or other dates."
    )


def test_pair_counts_seats_at_once_not_in_sum(cast: Cast, as_: As) -> None:
    """Two juniors one after the other fill one of two seats."""
    Enrolment.objects.filter(pk=cast.tomasz_enrolled.pk).update(heads=2)
    middle = cast.program.starts_on + timedelta(days=200)
    Pairing.objects.filter(pk=cast.pairing.pk).update(ends_on=middle)
    PairingFactory.create(
        program=cast.program,
        mentor=cast.tomasz_enrolled,
        junior=cast.devon_enrolled,
        starts_on=middle,
    )
    answers = form(cast, mentor=cast.tomasz_enrolled.pk)
    response = as_(cast.ruth).post(page(cast, cast.mai_enrolled), answers)
    assert response.status_code == 303


def test_pair_counts_only_primary_juniors(cast: Cast, as_: As) -> None:
    Enrolment.objects.filter(pk=cast.tomasz_enrolled.pk).update(heads=1)
    Pairing.objects.update(kind="secondary")
    answers = form(cast, mentor=cast.tomasz_enrolled.pk)
    response = as_(cast.ruth).post(page(cast, cast.mai_enrolled), answers)
    assert response.status_code == 303


def test_pair_refuses_who_has_no_seat_at_all(cast: Cast, as_: As) -> None:
    Enrolment.objects.filter(pk=cast.anjali_enrolled.pk).update(hours=1)
    response = as_(cast.ruth).post(page(cast, cast.mai_enrolled), form(cast))
    assert "has no seat" in refused(response, "mentor")


def test_pair_refuses_oneself_and_the_wrong_side(cast: Cast, as_: As) -> None:
    client, address = as_(cast.ruth), page(cast, cast.mai_enrolled)
    response = client.post(address, form(cast, mentor=cast.mai_enrolled.pk))
    assert refused(response, "mentor").startswith("Nobody is their own mentor")
    response = client.post(address, form(cast, mentor=cast.devon_enrolled.pk))
    assert refused(response, "mentor").startswith("Devon Marsh is a junior")
    assert client.get(page(cast, cast.anjali_enrolled)).status_code == 404


def test_pair_refuses_people_of_another_program(cast: Cast, as_: As) -> None:
    other = EnrolmentFactory.create(
        program=ProgramFactory.create(organisation=cast.tidewater), side="mentor"
    )
    client = as_(cast.ruth)
    response = client.post(page(cast, cast.mai_enrolled), form(cast, mentor=other.pk))
    assert refused(response, "mentor") == "That person is not in this program."
    stranger = EnrolmentFactory.create(program=other.program)
    assert client.get(page(cast, stranger)).status_code == 404


@pytest.mark.parametrize(
    ("days", "field", "error"),
    [
        ((-1, 0), "starts_on", "The program runs from"),
        ((400, 500), "starts_on", "The program runs from"),
        ((0, 1), "last_on", "Mai Tran takes part until"),
        ((200, -200), "last_on", "The last day lies before the first"),
    ],
)
def test_pair_refuses_dates_outside(
    cast: Cast, as_: As, days: tuple[int, int], field: str, error: str
) -> None:
    """The days are counted from the program's first and from its last."""
    starts, lasts = days
    answers = form(
        cast,
        starts_on=(cast.program.starts_on + timedelta(days=starts)).isoformat(),
        last_on=(cast.program.last_on + timedelta(days=lasts)).isoformat(),
    )
    response = as_(cast.ruth).post(page(cast, cast.mai_enrolled), answers)
    assert refused(response, field).startswith(error)


def test_pair_refuses_who_is_deactivated(cast: Cast, as_: As) -> None:
    Membership.objects.filter(pk=cast.anjali.pk).update(is_active=False)
    response = as_(cast.ruth).post(page(cast, cast.mai_enrolled), form(cast))
    assert refused(response, "mentor").startswith("Anjali Mehta is deactivated")


def test_pair_refuses_the_same_two_twice(cast: Cast, as_: As) -> None:
    answers = form(cast, mentor=cast.tomasz_enrolled.pk, kind="secondary")
    response = as_(cast.ruth).post(page(cast, cast.ines_enrolled), answers)
    assert "are a pair in these dates already" in refused(response, "mentor")


def test_pair_asks_for_a_mentor_and_keeps_the_rest(cast: Cast, as_: As) -> None:
    answers = form(cast, mentor="", last_on="someday")
    response = as_(cast.ruth).post(page(cast, cast.mai_enrolled), answers)
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"mentor", "last_on"}
    assert 'value="someday"' in response.content.decode()


def test_pair_is_for_who_writes(cast: Cast, as_: As) -> None:
    for member in (cast.otis, cast.tomasz, cast.ines, cast.lars):
        address = page(cast, cast.mai_enrolled)
        assert as_(member).get(address).status_code == 403
        assert as_(member).post(address, form(cast)).status_code == 403
    assert as_(cast.mei).get(page(cast)).status_code == 404
    assert as_(cast.ruth).get(page(cast) + "?junior=x").status_code == 404
    assert Pairing.objects.count() == 1


def test_the_database_refuses_sides_mixed_up(cast: Cast) -> None:
    def mix_up(mentor: Enrolment, junior: Enrolment) -> None:
        PairingFactory.create(program=cast.program, mentor=mentor, junior=junior)
        connection.check_constraints()

    def change_side() -> None:
        Enrolment.objects.filter(pk=cast.ines_enrolled.pk).update(side="mentor")
        connection.check_constraints()

    for mentor, junior in (
        (cast.devon_enrolled, cast.mai_enrolled),
        (cast.anjali_enrolled, cast.tomasz_enrolled),
        (cast.mai_enrolled, cast.anjali_enrolled),
    ):
        with pytest.raises(IntegrityError, match="_side"), transaction.atomic():
            mix_up(mentor, junior)
    with pytest.raises(IntegrityError, match="_side"), transaction.atomic():
        change_side()


def test_the_database_refuses_overlap_and_self(cast: Cast) -> None:
    again = {"program": cast.program, "junior": cast.ines_enrolled}
    with pytest.raises(IntegrityError, match="one_primary"), transaction.atomic():
        PairingFactory.create(mentor=cast.anjali_enrolled, **again)
    with pytest.raises(IntegrityError, match="of_two"), transaction.atomic():
        PairingFactory.create(mentor=cast.ines_enrolled, kind="secondary", **again)
