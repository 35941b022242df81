"""The organisation's list of skills: counted, renamed, merged, cleared."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from pairings.actions.skills import (
    listed,
    merge_skills,
    remove_skills,
    rename_skill,
)
from pairings.models import Enrolment, Skill
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from tests.cast import Cast
from tests.factories import give_skills

As = Callable[[Membership], Client]
LIST = "/o/tidewater/skills/"


def skill(name: str) -> Skill:
    return Skill.objects.get(name=name)


def degrees(enrolment: Enrolment) -> tuple[tuple[str, int], ...]:
    return Enrolment.objects.with_skills().get(pk=enrolment.pk).degrees


def test_skills_counts_who_offers_and_who_wants(
    cast: Cast, as_: As, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    give_skills(cast.mai_enrolled, SQL=2)
    Skill.objects.create(organisation=cast.otto.organisation, name="Cobol")
    client = as_(cast.mark)

    def shown(query: str = "") -> list[tuple[str, int, int]]:
        page = client.get(f"{LIST}{query}").context["page"]
        return [(one.name, one.offers, one.wants) for one in page]

    by_name = [("postgresql", 2, 2), ("python", 2, 2), ("SQL", 0, 1)]
    assert shown() == shown("?order=used") == by_name
    assert shown("?q=sq") == [by_name[0], by_name[2]]
    with django_assert_num_queries(5):
        client.get(LIST)
    listed(cast.tidewater.pk, ["Go", "Rust", "Kotlin"])
    with django_assert_num_queries(5):
        client.get(LIST)


def test_edit_skill_renames(cast: Cast, as_: As) -> None:
    client, page = as_(cast.olga), f"{LIST}{skill('python').pk}/"
    assert client.post(page, {"name": " Python  3 "}).status_code == 303
    assert degrees(cast.mai_enrolled) == (("postgresql", 2), ("Python 3", 2))
    assert client.post(page, {"name": "PYTHON 3"}).status_code == 303
    assert skill("PYTHON 3").pk
    for name, error in (
        ("", "Write what"),
        ("a,b", "without commas"),
        ("s" * 61, "60"),
    ):
        response = client.post(page, {"name": name})
        assert (response.status_code, error in response.text) == (422, True)


def test_edit_skill_asks_before_it_merges(cast: Cast, as_: As) -> None:
    give_skills(cast.mai_enrolled, postgres=3, postgresql=1)
    give_skills(cast.devon_enrolled, postgres=1, postgresql=2)
    give_skills(cast.ines_enrolled, postgres=1)
    goes, stays = skill("postgres"), skill("postgresql")
    client, page = as_(cast.mark), f"{LIST}{goes.pk}/"
    asked = client.post(page, {"name": "PostgreSQL"}).text
    assert "Merge “postgres” into “postgresql”?" in asked
    assert "3 places that name “postgres” name “postgresql” instead." in asked
    assert "2 of them name both, and keep the higher degree." in asked
    assert degrees(cast.ines_enrolled) == (("postgres", 1),)
    form = {"name": "postgresql", "into": str(stays.pk)}
    assert client.post(page, form).status_code == 303
    assert degrees(cast.mai_enrolled) == (("postgresql", 3),)
    assert degrees(cast.devon_enrolled) == (("postgresql", 2),)
    assert degrees(cast.ines_enrolled) == (("postgresql", 1),)
    assert not Skill.objects.filter(pk=goes.pk).exists()
    assert client.post(page, form).status_code == 404


def test_remove_skills_takes_those_that_nobody_names(cast: Cast, as_: As) -> None:
    client = as_(cast.mark)
    ids = listed(cast.tidewater.pk, ["Go", "Rust", "Kotlin"])
    give_skills(cast.mai_enrolled, go=1)
    page = client.get(f"{LIST}remove/").text
    assert ("Rust" in page, "Kotlin" in page, "python" in page) == (True, True, False)
    form = {"skill": [ids["go"], ids["rust"]]}
    assert client.post(f"{LIST}remove/", form).status_code == 303
    names = list(Skill.objects.values_list("name", flat=True))
    assert names == ["Go", "Kotlin", "postgresql", "python"]
    assert client.post(f"{LIST}remove/", {"skill": [ids["go"]]}).status_code == 409


def test_what_went_in_between_is_a_conflict(cast: Cast) -> None:
    listed(cast.tidewater.pk, ["Go", "Golang", "Rust"])
    go, golang, rust = skill("Go"), skill("Golang"), skill("Rust")
    merge_skills(actor=cast.mark, skill=golang, into=go)
    with pytest.raises(Conflict, match="no longer in the list"):
        merge_skills(actor=cast.mark, skill=rust, into=golang)
    with pytest.raises(Conflict, match="no longer in the list"):
        rename_skill(actor=cast.mark, skill=golang, name="Other")
    with pytest.raises(Conflict, match="came into the list in between"):
        rename_skill(actor=cast.mark, skill=rust, name="GO")
    assert remove_skills(actor=cast.mark, skills=[golang.pk]) == 0


def test_listed_finds_a_name_whatever_its_capitals(cast: Cast) -> None:
    found = listed(cast.tidewater.pk, ["PYTHON", "École", "python"])
    assert found == {"python": skill("python").pk, "école": skill("École").pk}
    assert listed(cast.tidewater.pk, ["ÉCOLE"]) == {"école": skill("École").pk}


def test_skills_are_for_managers(cast: Cast, as_: As) -> None:
    for member in (cast.ruth, cast.ines):
        assert as_(member).get(LIST).status_code == 403
    other = Skill.objects.create(organisation=cast.otto.organisation, name="Cobol")
    assert as_(cast.olga).get(f"{LIST}{other.pk}/").status_code == 404
