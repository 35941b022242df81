"""The register of mentors across programs."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pairings.models import Enrolment, MentorRecord, Pairing, Program
from pairings.register import RegisterRow, seats_counted
from preceptor.accounts.models import Membership
from tests.cast import Cast
from tests.factories import EnrolmentFactory, PairingFactory, ProgramFactory

As = Callable[[Membership], Client]
REGISTER = "/o/tidewater/mentors/"


def rows(client: Client, query: str = "") -> dict[str, RegisterRow]:
    shown = client.get(f"{REGISTER}{query}").context["rows"]
    return {str(row.member): row for row in shown}


def second_program(cast: Cast) -> None:
    """Tomasz mentors two juniors in another program, one of them until last week."""
    program = ProgramFactory.create(organisation=cast.tidewater, name="Autumn")
    place = EnrolmentFactory.create(
        program=program, membership=cast.tomasz, side="mentor", heads=2
    )
    PairingFactory.create(program=program, mentor=place)
    PairingFactory.create(
        program=program,
        mentor=place,
        state=Pairing.State.ENDED,
        ended_at=timezone.now(),
        end_reason="Done",
        ends_on=timezone.localdate() - timedelta(days=7),
    )


def test_mentors_counts_over_all_programs(cast: Cast, as_: As) -> None:
    second_program(cast)
    tomasz = rows(as_(cast.mark))["Tomasz Wieczorek"]
    assert (tomasz.taken, tomasz.seats, tomasz.past) == (2, 5, 1)
    assert set(tomasz.programs) == {"Autumn", "Preceptorship, spring"}
    led = rows(as_(cast.ruth))
    assert sorted(led) == ["Anjali Mehta", "Tomasz Wieczorek"]
    tomasz = led["Tomasz Wieczorek"]
    assert (tomasz.taken, tomasz.seats, tomasz.past) == (1, 3, 0)
    assert tomasz.programs == ["Preceptorship, spring"]


def test_mentors_narrows_and_sorts(cast: Cast, as_: As) -> None:
    today = timezone.localdate()
    for member, trained_on, available in (
        (cast.tomasz, today, True),
        (cast.anjali, None, False),
    ):
        MentorRecord.objects.create(
            organisation=cast.tidewater,
            membership=member,
            trained_on=trained_on,
            is_available=available,
        )
    client = as_(cast.mark)
    assert list(rows(client)) == ["Anjali Mehta", "Tomasz Wieczorek"]
    assert list(rows(client, "?order=load")) == ["Tomasz Wieczorek", "Anjali Mehta"]
    assert list(rows(client, "?order=training")) == ["Tomasz Wieczorek", "Anjali Mehta"]
    assert list(rows(client, "?order=free")) == ["Tomasz Wieczorek", "Anjali Mehta"]
    for query in ("show=free", "show=trained", "q=tomasz"):
        assert list(rows(client, f"?{query}")) == ["Tomasz Wieczorek"]
    for query in ("show=away", "show=untrained", "q=anjali.mehta@"):
        assert list(rows(client, f"?{query}")) == ["Anjali Mehta"]


def test_mentors_asks_as_much_for_more_of_them(
    cast: Cast, as_: As, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_(cast.mark)
    client.get(REGISTER)
    with django_assert_num_queries(5):
        client.get(REGISTER)
    second_program(cast)
    EnrolmentFactory.create_batch(3, program=cast.program, side="mentor")
    with django_assert_num_queries(5):
        client.get(REGISTER)


@pytest.mark.parametrize("each", [0, 1.5, 2])
@pytest.mark.parametrize(("heads", "hours"), [(0, 6), (2, 6), (4, 5.5), (9, 40)])
def test_the_database_counts_seats_as_the_profile_does(
    cast: Cast, heads: int, hours: float, each: float
) -> None:
    Program.objects.update(mentor_hours=each)
    Enrolment.objects.update(heads=heads, hours=hours)
    counted = Enrolment.objects.values_list("pk", seats_counted())
    rows = Enrolment.objects.select_related("program")
    assert dict(counted) == {row.pk: row.seats for row in rows}


def test_edit_mentor_keeps_the_record(cast: Cast, as_: As) -> None:
    client, page = as_(cast.ruth), f"{REGISTER}{cast.tomasz.pk}/"
    form = {"trained_on": "2025-03-31", "employed_since": "2019-09-01"}
    assert client.post(page, {**form, "is_available": "on"}).status_code == 303
    away = (timezone.localdate() + timedelta(days=30)).isoformat()
    assert client.post(page, {**form, "away_until": away}).status_code == 303
    record = MentorRecord.objects.get()
    assert (record.trained_on, record.employed_since) == (
        date(2025, 3, 31),
        date(2019, 9, 1),
    )
    assert not record.is_available_on(timezone.localdate())
    assert record.is_available_on(date.fromisoformat(away))
    bad = {**form, "is_available": "on", "away_until": away}
    response = client.post(page, bad)
    assert response.status_code == 422
    assert "They take juniors now" in response.context["form"].errors["away_until"][0]
    assert client.get(f"{REGISTER}{cast.mai.pk}/").status_code == 404


def test_export_mentors_is_safe_for_spreadsheets(cast: Cast, as_: As) -> None:
    cast.program.name = "=1+1"
    cast.program.save()
    body = as_(cast.mark).get("/o/tidewater/mentors.csv?q=tomasz").content
    head, row = body.decode("utf-8-sig").splitlines()
    assert head.startswith("name,e-mail,programs,training done,employed since")
    address = "tomasz.wieczorek@example.com"
    assert row == f"Tomasz Wieczorek,{address},'=1+1,,,,1,3,0,yes,"


@pytest.mark.parametrize(
    ("since", "months"),
    [(date(2025, 11, 22), 12), (date(2025, 11, 23), 11), (date(2026, 12, 1), 0)],
)
def test_tenure_is_in_whole_months(since: date, months: int) -> None:
    record = MentorRecord(employed_since=since)
    row = RegisterRow(Membership(), record, [], 0, 0, 0, date(2026, 11, 22))
    assert row.tenure == months
