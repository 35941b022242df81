"""What people say of themselves: their own profile, and whom juniors would like."""

from collections.abc import Callable
from datetime import time
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from pairings.actions.profiles import Step, wish
from pairings.languages import UnknownLanguage, split_languages
from pairings.models import (
    Avoidance,
    Choice,
    Enrolment,
    MentorRecord,
    Program,
    Skill,
)
from pairings.seats import Seats
from preceptor.accounts.models import Membership
from tests.cast import Cast
from tests.factories import EnrolmentFactory, give_skills

As = Callable[[Membership], Client]


def address(enrolment: Enrolment, page: str = "profile") -> str:
    return f"/o/tidewater/enrolments/{enrolment.pk}/{page}/"


def answers(skills: dict[str, int], **changed: str) -> dict[str, str]:
    rows = {
        f"skill-{n}-{name}": str(value)
        for n, row in enumerate(skills.items())
        for name, value in zip(("name", "degree"), row, strict=True)
    }
    return {
        "skill-TOTAL_FORMS": str(len(skills)),
        "skill-INITIAL_FORMS": "0",
        **rows,
        "team": "Billing",
        "product_areas": "Freight, Rates",
        "works_from": "08:30",
        "works_until": "16:45",
        "languages": "English; portuguese, pt-BR",
        "hours": "6",
        "heads": "4",
        "about": "I like queues.",
        **changed,
    }


def test_profile_is_written_by_its_person(cast: Cast, as_: As) -> None:
    client = as_(cast.tomasz)
    form = answers({"PYTHON": 3, "Kafka": 1, "": 2})
    assert client.post(address(cast.tomasz_enrolled), form).status_code == 303
    row = Enrolment.objects.with_skills().get(pk=cast.tomasz_enrolled.pk)
    assert row.degrees == (("python", 3), ("Kafka", 1))
    assert (row.team, row.product_areas) == ("Billing", ["Freight", "Rates"])
    assert (row.works_from, row.works_until) == (time(8, 30), time(16, 45))
    assert (row.languages, row.hours, row.heads) == (["en", "pt"], Decimal(6), 4)
    assert row.about == "I like queues."
    html = client.get(address(cast.tomasz_enrolled)).content.decode()
    assert 'value="English, Portuguese"' in html
    assert "3 seats: the smallest of 4 by heads, 3 by hours (6 a week, 2" in html


def test_profile_of_a_junior_has_no_heads_and_a_lead_may_write_it(
    cast: Cast, as_: As
) -> None:
    client = as_(cast.ruth)
    assert "Juniors at most" not in client.get(address(cast.mai_enrolled)).text
    form = answers({"go": 3}, heads="20")
    assert client.post(address(cast.mai_enrolled), form).status_code == 303
    row = Enrolment.objects.with_skills().get(pk=cast.mai_enrolled.pk)
    assert (row.degrees, row.heads) == ((("go", 3),), 3)
    assert as_(cast.devon).get(address(cast.mai_enrolled)).status_code == 403
    assert as_(cast.mei).get(address(cast.mai_enrolled)).status_code == 404


@pytest.mark.parametrize(
    ("changed", "field", "error"),
    [
        ({"works_until": ""}, "works_until", "Say both, or leave both empty"),
        ({"works_until": "08:30"}, "works_until", "That is no working day."),
        ({"works_from": "06:00", "works_until": "23:00"}, "works_until", "no working"),
        ({"languages": "Klingon"}, "languages", "“Klingon” is no language"),
        ({"product_areas": "a" * 61}, "product_areas", "longer than 60 letters"),
        ({"product_areas": "a,b,c,d,e,f,g,h,i,j,k"}, "product_areas", "10 at most"),
        ({"hours": "41"}, "hours", "Write 40 or less."),
    ],
)
def test_profile_says_what_is_wrong_and_keeps_the_input(
    cast: Cast, as_: As, changed: dict[str, str], field: str, error: str
) -> None:
    form = answers({"Elixir": 3}, **changed)
    response = as_(cast.tomasz).post(address(cast.tomasz_enrolled), form)
    assert response.status_code == 422
    assert error in response.context["form"].errors[field][0]
    assert list(response.context["form"].errors) == [field]
    assert 'value="Elixir"' in response.text
    assert not Skill.objects.filter(name="Elixir").exists()


@pytest.mark.parametrize(
    ("skills", "error"),
    [
        ({"go": 1, "GO": 2}, "This one is there already."),
        ({"go, rust": 1}, "One skill a line, without commas"),
        ({"s" * 61: 1}, "61 characters long; 60 are the most"),
        ({"go": 4}, "Select a valid choice"),
    ],
)
def test_profile_says_what_is_wrong_with_a_skill(
    cast: Cast, as_: As, skills: dict[str, int], error: str
) -> None:
    response = as_(cast.mai).post(address(cast.mai_enrolled), answers(skills))
    assert (response.status_code, error in response.text) == (422, True)


def test_profile_completes_from_the_list_of_the_organisation_alone(
    cast: Cast, as_: As
) -> None:
    Skill.objects.create(organisation=cast.otto.organisation, name="Cobol")
    html = as_(cast.mai).get(address(cast.mai_enrolled)).text
    assert '<option value="postgresql">' in html
    assert "Cobol" not in html


def test_profile_waits_for_a_draft_and_stays_in_the_archive(
    cast: Cast, as_: As
) -> None:
    client, page = as_(cast.tomasz), address(cast.tomasz_enrolled)
    Program.objects.update(state=Program.State.DRAFT)
    assert client.get(page).status_code == 404
    assert as_(cast.ruth).get(page).status_code == 200
    Program.objects.update(state=Program.State.ARCHIVED)
    assert client.get(page).status_code == 200
    assert client.post(page, answers({"go": 1})).status_code == 409


def test_seats_answers_what_is_typed(cast: Cast, as_: As) -> None:
    client, page = as_(cast.tomasz), address(cast.tomasz_enrolled, "seats")
    assert client.get(f"{page}?heads=1&hours=9").text.startswith("1 seat: the")
    assert "2 by hours (5.5 a week" in client.get(f"{page}?heads=3&hours=5.5").text
    assert client.get(f"{page}?heads=x&hours=9").text.startswith("Write 0 to")


@pytest.mark.parametrize(
    ("heads", "hours", "each", "most", "count"),
    [
        (2, 6, 2, 3, 2),
        (4, 6, 2, 5, 3),
        (9, 40, 2, 3, 3),
        (3, 1, 2, 3, 0),
        (3, 0, 0, 5, 3),
    ],
)
def test_seats_are_the_smallest_of_what_limits_them(
    heads: int, hours: int, each: int, most: int, count: int
) -> None:
    assert Seats(heads, Decimal(hours), Decimal(each), most).count == count


def test_split_languages() -> None:
    assert split_languages("English; pt-BR, PT\nDeutsch", {"de": "Deutsch"}) == [
        "en",
        "pt",
        "de",
    ]
    with pytest.raises(UnknownLanguage, match="Elvish"):
        split_languages("en, Elvish")


def test_program_page_says_that_the_profile_is_empty(cast: Cast, as_: As) -> None:
    page = f"/o/tidewater/programs/{cast.program.pk}/"
    client, line = as_(cast.mai), "Your profile is empty."
    assert line not in client.get(page).text
    assert address(cast.mai_enrolled) in client.get(page).text
    give_skills(cast.mai_enrolled)
    assert line in client.get(page).text
    assert line not in as_(cast.ruth).get(page).text


def chosen(junior: Enrolment) -> list[str]:
    rows = Choice.objects.filter(junior=junior).order_by("rank")
    return [str(row.mentor) for row in rows]


def test_wish_ranks_mentors(cast: Cast, as_: As) -> None:
    client, page = as_(cast.mai), address(cast.mai_enrolled, "wishes")
    for step, person, after in [
        ("choose", cast.tomasz, ["Tomasz Wieczorek"]),
        ("choose", cast.anjali, ["Tomasz Wieczorek", "Anjali Mehta"]),
        ("choose", cast.anjali, ["Tomasz Wieczorek", "Anjali Mehta"]),
        ("up", cast.anjali, ["Anjali Mehta", "Tomasz Wieczorek"]),
        ("up", cast.anjali, ["Anjali Mehta", "Tomasz Wieczorek"]),
        ("down", cast.anjali, ["Tomasz Wieczorek", "Anjali Mehta"]),
        ("drop", cast.tomasz, ["Anjali Mehta"]),
        ("avoid", cast.anjali, []),
        ("choose", cast.anjali, ["Anjali Mehta"]),
    ]:
        form = {"step": step, "person": str(person.pk)}
        assert client.post(page, form).status_code == 303
        assert chosen(cast.mai_enrolled) == after
    assert not Avoidance.objects.exists()
    for query in (f"step=choose&person={cast.devon.pk}", "step=x"):
        response = client.post(page, dict(pair.split("=") for pair in query.split("&")))
        assert response.status_code == 404


def test_wish_lists_those_who_take_juniors_by_what_is_shared(
    cast: Cast, as_: As, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    give_skills(cast.mai_enrolled, go=3, sql=1)
    give_skills(cast.anjali_enrolled, go=1)
    client, page = as_(cast.mai), address(cast.mai_enrolled, "wishes")

    def names(query: str = "") -> list[str]:
        response = client.get(f"{page}?q={query}")
        return [str(one.mentor) for one in response.context["page"]]

    assert names() == ["Anjali Mehta", "Tomasz Wieczorek"]
    assert names("integr") == names("postgres") == ["Tomasz Wieczorek"]
    client.get(page)
    with django_assert_num_queries(11):
        client.get(page)
    EnrolmentFactory.create(program=cast.program, side="mentor", team="Routing")
    with django_assert_num_queries(11):
        client.get(page)
    MentorRecord.objects.create(
        organisation=cast.tidewater, membership=cast.anjali, is_available=False
    )
    assert "Anjali Mehta" not in names()


def test_wish_holds_to_five_choices_and_three_avoidances(cast: Cast, as_: As) -> None:
    mentors = EnrolmentFactory.create_batch(6, program=cast.program, side="mentor")
    client, page = as_(cast.mai), address(cast.mai_enrolled, "wishes")
    for step, most, word in (("choose", 5, "Five"), ("avoid", 3, "Three")):
        for mentor in mentors[:most]:
            client.post(page, {"step": step, "person": mentor.membership_id})
        form = {"step": step, "person": mentors[most].membership_id}
        response = client.post(page, form)
        assert (response.status_code, word in response.text) == (422, True)
    assert Choice.objects.count() == 2
    assert Avoidance.objects.count() == 3


@pytest.mark.parametrize("slot", [0, 4])
def test_the_database_holds_the_limits(cast: Cast, slot: int) -> None:
    common = {
        "organisation": cast.tidewater,
        "program": cast.program,
        "junior": cast.mai_enrolled,
    }
    with pytest.raises(IntegrityError, match="avoidance_slot"), transaction.atomic():
        Avoidance.objects.create(**common, person=cast.tomasz, slot=slot)
    with pytest.raises(IntegrityError, match="choice_rank"), transaction.atomic():
        Choice.objects.create(**common, mentor=cast.tomasz_enrolled, rank=slot and 6)


def test_who_changes_sides_takes_their_wishes_along(cast: Cast, as_: As) -> None:
    for step, person in ((Step.CHOOSE, cast.anjali), (Step.AVOID, cast.tomasz)):
        wish(actor=cast.mai, junior=cast.mai_enrolled, person=person, step=step)
        wish(actor=cast.devon, junior=cast.devon_enrolled, person=person, step=step)
    form = {
        "side": "junior",
        "heads": "3",
        "hours": "6",
        "last_on": cast.program.last_on.isoformat(),
    }
    place = f"/o/tidewater/enrolments/{cast.anjali_enrolled.pk}/"
    assert as_(cast.ruth).post(place, form).status_code == 303
    assert not Choice.objects.exists()
    place = f"/o/tidewater/enrolments/{cast.mai_enrolled.pk}/"
    as_(cast.ruth).post(place, {**form, "side": "mentor"})
    assert [one.junior for one in Avoidance.objects.all()] == [cast.devon_enrolled]
