from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pairings import ports
from pairings.actions.pairings import pair
from pairings.actions.profiles import Step, wish
from pairings.models import Enrolment, MentorRecord, Pairing
from preceptor.accounts.models import Membership
from tests.cast import Cast
from tests.factories import (
    MembershipFactory,
    PairingFactory,
    ProgramFactory,
    UserFactory,
    give_skills,
)
from tests.pairings.pairing_form import form, page

As = Callable[[Membership], Client]


def test_pair_begins_with_who_has_no_mentor(cast: Cast, as_: As) -> None:
    response = as_(cast.ruth).get(page(cast))
    assert [str(j) for j in response.context["page"]] == ["Devon Marsh", "Mai Tran"]
    response = as_(cast.ruth).get(page(cast) + "?q=mai")
    assert [str(j) for j in response.context["page"]] == ["Mai Tran"]


def test_pair_lists_mentors_with_what_decides(cast: Cast, as_: As) -> None:
    give_skills(cast.tomasz_enrolled, Go=2)
    give_skills(cast.mai_enrolled, Python=2)
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


def test_pair_says_what_speaks_against_a_mentor(cast: Cast, as_: As) -> None:
    today = timezone.localdate()
    MentorRecord.objects.create(
        organisation=cast.tidewater,
        membership=cast.anjali,
        employed_since=today - timedelta(days=100),
        is_available=False,
    )
    Enrolment.objects.filter(pk=cast.mai_enrolled.pk).update(line_manager=cast.tomasz)
    wish(
        actor=cast.mai,
        junior=cast.mai_enrolled,
        person=cast.tomasz,
        step=Step.AVOID,
    )
    text = as_(cast.ruth).get(page(cast, cast.mai_enrolled)).text
    for tag in (
        *("takes no juniors now", "here 3 of 12 months"),
        *("line manager", "the junior would rather not"),
    ):
        assert text.count(f">{tag}</span>") == 1
    assert "of 12 months" not in as_(cast.ruth).get(page(cast, cast.devon_enrolled))
    for anybody in (cast.tomasz, cast.mai, cast.lars):
        assert as_(anybody).get(page(cast, cast.mai_enrolled)).status_code == 403


def test_pair_leaves_out_who_is_deactivated(cast: Cast, as_: As) -> None:
    Membership.objects.filter(pk=cast.anjali.pk).update(is_active=False)
    [only] = as_(cast.ruth).get(page(cast, cast.mai_enrolled)).context["page"]
    assert str(only.enrolment) == "Tomasz Wieczorek"


def test_pair_asks_as_much_for_three_mentors_as_for_one(
    cast: Cast, as_: As, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, address = as_(cast.ruth), page(cast, cast.mai_enrolled)
    client.get(address)
    with django_assert_num_queries(11):
        client.get(address)
    for _ in range(2):
        PairingFactory.create(program=cast.program)
    with django_assert_num_queries(11):
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
            now=timezone.now(),
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
