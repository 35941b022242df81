from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pairings import ports
from pairings.actions.pairings import end, pair
from pairings.models import Enrolment, Pairing
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from tests.cast import Cast
from tests.factories import (
    EnrolmentFactory,
    MembershipFactory,
    PairingFactory,
    ProgramFactory,
    UserFactory,
)

As = Callable[[Membership], Client]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Pairing]]:
    """What the ports announced, in place of what upper apps do."""
    told: list[tuple[str, Pairing]] = []
    for name in ("started", "ended"):
        listener = [lambda pairing, name=name: told.append((name, pairing))]
        monkeypatch.setattr(ports, name, listener)
    return told


def form(cast: Cast, **changed: object) -> dict[str, object]:
    return {
        "mentor": cast.anjali_enrolled.pk,
        "kind": "primary",
        "starts_on": timezone.localdate().isoformat(),
        "last_on": cast.program.last_on.isoformat(),
        **changed,
    }


def page(cast: Cast, junior: Enrolment | None = None) -> str:
    query = f"?junior={junior.pk}" if junior else ""
    return f"/o/tidewater/programs/{cast.program.pk}/pair/{query}"


def test_pair_begins_with_who_has_no_mentor(cast: Cast, as_: As) -> None:
    response = as_(cast.ruth).get(page(cast))
    assert [str(j) for j in response.context["page"]] == ["Devon Marsh", "Mai Tran"]
    response = as_(cast.ruth).get(page(cast) + "?q=mai")
    assert [str(j) for j in response.context["page"]] == ["Mai Tran"]


def test_pair_lists_mentors_with_what_decides(cast: Cast, as_: As) -> None:
    Enrolment.objects.filter(pk=cast.tomasz_enrolled.pk).update(skills=["Go"])
    Enrolment.objects.filter(pk=cast.mai_enrolled.pk).update(skills=["Python"])
    first, second = as_(cast.ruth).get(page(cast, cast.mai_enrolled)).context["page"]
    assert (str(first.enrolment), first.taken, first.enrolment.seats) == (
        "Anjali Mehta",
        0,
        3,
    )
    assert (list(first.shared_skills), first.shared_hours) == (["python"], 8)
    assert (str(second.enrolment), second.taken) == ("Tomasz Wieczorek", 1)
    assert list(second.shared_skills) == []


def test_pair_puts_full_mentors_last_and_says_so(cast: Cast, as_: As) -> None:
    Enrolment.objects.filter(pk=cast.anjali_enrolled.pk).update(heads=0)
    response = as_(cast.ruth).get(page(cast, cast.mai_enrolled))
    assert [c.is_full for c in response.context["page"]] == [False, True]
    assert '<span class="tag strong">full</span>' in response.content.decode()


def test_pair_leaves_out_who_is_deactivated(cast: Cast, as_: As) -> None:
    Membership.objects.filter(pk=cast.anjali.pk).update(is_active=False)
    [only] = as_(cast.ruth).get(page(cast, cast.mai_enrolled)).context["page"]
    assert str(only.enrolment) == "Tomasz Wieczorek"


def test_pair_asks_as_much_for_three_mentors_as_for_one(
    cast: Cast, as_: As, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, address = as_(cast.ruth), page(cast, cast.mai_enrolled)
    client.get(address)
    with django_assert_num_queries(10):
        client.get(address)
    for _ in range(2):
        PairingFactory.create(program=cast.program)
    with django_assert_num_queries(10):
        client.get(address)


def test_pair_two_people(cast: Cast, as_: As, heard: list[tuple[str, Pairing]]) -> None:
    address = page(cast, cast.mai_enrolled)
    response = as_(cast.ruth).post(address, form(cast))
    pairing = Pairing.objects.get(junior=cast.mai_enrolled)
    assert response.status_code == 303
    assert response.headers["Location"] == f"/o/tidewater/pairings/{pairing.pk}/"
    assert (pairing.mentor, pairing.kind, pairing.state, pairing.phase) == (
        cast.anjali_enrolled,
        "primary",
        "active",
        "mentor_leads",
    )
    assert pairing.starts_on == timezone.localdate()
    assert pairing.ends_on == cast.program.ends_on
    assert pairing.created_by == cast.ruth
    assert heard == [("started", pairing)]


def test_pair_rolls_back_with_what_it_announces(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(pairing: Pairing) -> None:
        raise RuntimeError

    monkeypatch.setattr(ports, "started", [fail])
    with pytest.raises(RuntimeError):
        pair(
            actor=cast.ruth,
            mentor=cast.anjali_enrolled,
            junior=cast.mai_enrolled,
            starts_on=cast.program.starts_on,
            ends_on=cast.program.ends_on,
        )
    assert not Pairing.objects.filter(junior=cast.mai_enrolled).exists()


def test_pair_a_secondary_mentor_beside_the_primary_one(
    cast: Cast, as_: As, heard: list[tuple[str, Pairing]]
) -> None:
    address = page(cast, cast.ines_enrolled)
    response = as_(cast.ruth).post(address, form(cast, kind="secondary"))
    assert response.status_code == 303
    secondary = Pairing.objects.get(kind="secondary")
    assert (secondary.junior, secondary.mentor) == (
        cast.ines_enrolled,
        cast.anjali_enrolled,
    )


def refused(response: object, field: str) -> str:
    assert response.status_code == 422  # type: ignore[attr-defined]
    [error] = response.context["form"].errors[field]  # type: ignore[attr-defined]
    assert response.context["form"].errors.keys() == {field}  # type: ignore[attr-defined]
    assert error in response.content.decode()  # type: ignore[attr-defined]
    return str(error)


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


def test_end_names_what_it_does_and_keeps_everything(
    cast: Cast, as_: As, heard: list[tuple[str, Pairing]]
) -> None:
    address = f"/o/tidewater/pairings/{cast.pairing.pk}/end/"
    client = as_(cast.ruth)
    html = client.get(address).content.decode()
    assert "End the pairing of Ines Carvalho and Tomasz Wieczorek?" in html
    assert "growth plan stay as they are" in html
    response = client.post(address, {"reason": "Tomasz moves to Lisbon"})
    assert response.status_code == 303
    cast.pairing.refresh_from_db()
    assert (cast.pairing.state, cast.pairing.end_reason) == (
        "ended",
        "Tomasz moves to Lisbon",
    )
    assert cast.pairing.ends_on == timezone.localdate()
    assert cast.pairing.ended_at is not None
    assert heard == [("ended", cast.pairing)]


def test_end_asks_for_a_reason(cast: Cast, as_: As) -> None:
    address = f"/o/tidewater/pairings/{cast.pairing.pk}/end/"
    response = as_(cast.ruth).post(address, {"reason": "  "})
    assert refused(response, "reason") == "Say why it ends; the record keeps it."
    cast.pairing.refresh_from_db()
    assert cast.pairing.state == "active"


def test_end_twice_changes_nothing_the_second_time(
    cast: Cast, as_: As, heard: list[tuple[str, Pairing]]
) -> None:
    address = f"/o/tidewater/pairings/{cast.pairing.pk}/end/"
    client = as_(cast.ruth)
    client.post(address, {"reason": "first"})
    response = client.post(address, {"reason": "second"})
    assert response.status_code == 409
    assert "This pairing is ended already" in response.content.decode()
    cast.pairing.refresh_from_db()
    assert cast.pairing.end_reason == "first"
    assert len(heard) == 1
    assert "nothing to end" in client.get(address).content.decode()


def test_end_frees_the_junior_and_the_seat(cast: Cast, as_: As) -> None:
    Enrolment.objects.filter(pk=cast.tomasz_enrolled.pk).update(heads=1)
    end(actor=cast.ruth, pairing=cast.pairing, reason="moves", now=timezone.now())
    client = as_(cast.ruth)
    answers = form(cast)
    response = client.post(page(cast, cast.ines_enrolled), answers)
    assert response.status_code == 303
    answers = form(cast, mentor=cast.tomasz_enrolled.pk)
    assert client.post(page(cast, cast.mai_enrolled), answers).status_code == 303


def test_end_before_it_began_leaves_no_day(cast: Cast) -> None:
    later = timezone.localdate() + timedelta(days=10)
    Pairing.objects.filter(pk=cast.pairing.pk).update(starts_on=later)
    end(actor=cast.ruth, pairing=cast.pairing, reason="no", now=timezone.now())
    cast.pairing.refresh_from_db()
    assert (cast.pairing.starts_on, cast.pairing.ends_on) == (later, later)


def test_end_is_for_who_arranges(cast: Cast, as_: As) -> None:
    address = f"/o/tidewater/pairings/{cast.pairing.pk}/end/"
    for member in (cast.otis, cast.tomasz, cast.ines, cast.lars):
        assert as_(member).post(address, {"reason": "x"}).status_code == 403
    for member in (cast.mei, cast.devon, cast.otto):
        assert as_(member).post(address, {"reason": "x"}).status_code == 404


def test_end_of_a_proposal_is_a_conflict(cast: Cast) -> None:
    Pairing.objects.update(state="proposed")
    with pytest.raises(Conflict):
        end(actor=cast.ruth, pairing=cast.pairing, reason="x", now=timezone.now())


def test_visible_to_reads_no_more_than_it_shows(cast: Cast) -> None:
    """Every relation to a pairing shows it once; none hides another's."""
    other = PairingFactory.create(
        program=cast.program, mentor=cast.anjali_enrolled, junior=cast.mai_enrolled
    )
    PairingFactory.create(
        program=ProgramFactory.create(organisation=cast.tidewater),
        junior__membership=MembershipFactory.create(
            organisation=cast.tidewater, user=UserFactory.create()
        ),
    )

    def seen(member: Membership) -> set[int]:
        return {row.pk for row in Pairing.objects.visible_to(member)}

    both = {cast.pairing.pk, other.pk}
    assert seen(cast.ruth) == seen(cast.otis) == both
    assert seen(cast.ines) == seen(cast.tomasz) == seen(cast.lars) == {cast.pairing.pk}
    assert seen(cast.mai) == seen(cast.anjali) == {other.pk}
    assert seen(cast.mei) == seen(cast.otto) == set()
    assert len(seen(cast.mark)) == 3
