"""The pages of an organisation's holidays; what moves is in tests/progress."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from preceptor.accounts.models import Holiday, Membership
from progress.actions import begin_plan
from progress.models import Milestone
from tests.cast import Cast

As = Callable[[Membership], Client]
HOLIDAYS = "/o/tidewater/members/holidays/"
ADD = f"{HOLIDAYS}add/"


def holiday(
    cast: Cast, day: date = date(2027, 1, 1), name: str = "New Year"
) -> Holiday:
    return Holiday.objects.create(organisation=cast.tidewater, day=day, name=name)


def answers(first: object, last: object = "", name: str = "Break") -> dict[str, str]:
    return {"first_on": str(first), "last_on": str(last), "name": name}


def named(cast: Cast) -> dict[date, str]:
    return Holiday.objects.names(cast.tidewater.pk)


@pytest.fixture
def due(cast: Cast) -> date:
    """The day of a milestone of Ines, ahead of today."""
    begin_plan(cast.pairing)
    today = timezone.localdate()
    return Milestone.objects.filter(due_on__gt=today)[1].due_on


def test_every_member_reads_them_by_year(cast: Cast, as_: As) -> None:
    holiday(cast)
    holiday(cast, date(2028, 2, 29), "Leap day")
    page = as_(cast.ines).get(HOLIDAYS, {"year": "2028"}).content.decode()
    assert "Tue, 29 February" in page
    assert "New Year" not in page
    assert 'href="?year=2027"' in page
    assert "Remove" not in page
    empty = as_(cast.ines).get(HOLIDAYS, {"year": "2031"}).content.decode()
    assert "No holiday in 2031 is known yet" in empty
    assert "Add the days" in as_(cast.olga).get(HOLIDAYS, {"year": "2031"}).text
    assert as_(cast.mark).get(HOLIDAYS).text.count("/members/holidays/add/") == 1


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_asks_as_much_for_three_as_for_one(
    cast: Cast, as_: As, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for n in range(count):
        holiday(cast, date(2027, 1, 1 + n))
    client = as_(cast.mark)
    client.get(HOLIDAYS)
    with django_assert_num_queries(3):
        page = client.get(HOLIDAYS, {"year": "2027"}).content.decode()
    assert page.count('<th scope="row">') == count


def test_adding_shows_what_moves_and_then_moves_it(
    cast: Cast, as_: As, due: date
) -> None:
    client, asked = as_(cast.mark), answers(due, name="Harbour <Day>")
    said = "1 milestone of 1 junior moves to the next working day."
    page = client.get(ADD, asked).content.decode()
    assert said in page
    assert named(cast) == {}
    response = client.post(ADD, asked)
    assert (response.status_code, response["Location"]) == (
        303,
        f"{HOLIDAYS}?year={due.year}",
    )
    assert named(cast) == {due: "Harbour <Day>"}
    assert Milestone.objects.filter(nominal_on=due).count() == 1
    page = client.get(response["Location"]).content.decode()
    assert f"“Harbour &lt;Day&gt;” is a holiday. {said}" in page


def test_a_span_leaves_weekends_out_and_keeps_what_is_one(cast: Cast, as_: As) -> None:
    """From Thursday, 24 December 2026, to Monday, over a holiday."""
    holiday(cast, date(2026, 12, 25), "Christmas")
    client, asked = as_(cast.olga), answers("2026-12-24", "2026-12-28")
    page = client.get(ADD, asked).content.decode()
    assert "2 days" in page
    assert "Thu, 24 December 2026; Mon, 28 December 2026" in page
    assert client.post(ADD, asked).status_code == 303
    assert named(cast) == {
        date(2026, 12, 24): "Break",
        date(2026, 12, 25): "Christmas",
        date(2026, 12, 28): "Break",
    }


def test_a_weekend_alone_may_be_a_holiday(cast: Cast, as_: As) -> None:
    as_(cast.olga).post(ADD, answers("2027-12-25"))
    assert named(cast) == {date(2027, 12, 25): "Break"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"first_on": ""}, "Give the day"),
        ({"first_on": "31 Feb"}, "Give a day, such as 2027-01-31"),
        ({"name": " "}, "Say which holiday it is"),
        ({"name": "x" * 81}, "This is 81 characters long; 80 are the most."),
        ({"last_on": "2026-12-31"}, "Choose a last day from the first on"),
        ({"last_on": "2027-03-04"}, "at most 62 days in all"),
        ({"first_on": "0001-01-01"}, "first_on-e"),
    ],
)
def test_adding_refuses_with_a_sentence(
    cast: Cast, as_: As, change: dict[str, str], sentence: str
) -> None:
    asked = {**answers("2027-01-01"), **change}
    client = as_(cast.olga)
    for response in (client.get(ADD, asked), client.post(ADD, asked)):
        assert response.status_code == 422
        assert sentence in response.content.decode()
    assert named(cast) == {}


def test_adding_what_is_one_already_is_refused(cast: Cast, as_: As) -> None:
    holiday(cast)
    client, asked = as_(cast.olga), answers("2027-01-01")
    response = client.get(ADD, asked)
    assert response.status_code == 422
    assert "Each of these days is a holiday already." in response.content.decode()
    assert client.post(ADD, asked).status_code == 409


def test_a_holiday_is_renamed(cast: Cast, as_: As) -> None:
    row = holiday(cast)
    client, path = as_(cast.mark), f"{HOLIDAYS}{row.pk}/"
    assert 'value="New Year"' in client.get(path).content.decode()
    assert client.post(path, {"name": ""}).status_code == 422
    assert client.post(path, {"name": "New Year’s Day"}).status_code == 303
    assert named(cast) == {row.day: "New Year’s Day"}


def test_removing_shows_what_comes_back(cast: Cast, as_: As, due: date) -> None:
    client = as_(cast.mark)
    client.post(ADD, answers(due))
    path = f"{HOLIDAYS}{Holiday.objects.get().pk}/remove/"
    said = "1 milestone of 1 junior moves back to its own day."
    assert said in client.get(path).content.decode()
    response = client.post(path)
    assert response.status_code == 303
    assert named(cast) == {}
    assert Milestone.objects.filter(due_on=due, nominal_on=None).count() == 1
    assert client.post(path).status_code == 404


def test_the_holidays_of_others_are_not_found(cast: Cast, as_: As) -> None:
    row = Holiday.objects.create(
        organisation=cast.otto.organisation,
        day=timezone.localdate() + timedelta(days=3),
        name="Theirs",
    )
    for path in (f"{HOLIDAYS}{row.pk}/", f"{HOLIDAYS}{row.pk}/remove/"):
        assert as_(cast.olga).post(path, {"name": "Ours"}).status_code == 404
    assert "Theirs" not in as_(cast.olga).get(HOLIDAYS).content.decode()
    row.refresh_from_db()
    assert row.name == "Theirs"
