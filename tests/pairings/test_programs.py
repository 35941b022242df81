from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pairings.models import Pairing, Program, ProgramStaff
from preceptor.accounts.models import Membership
from tests.cast import Cast
from tests.factories import EnrolmentFactory, PairingFactory, ProgramFactory

As = Callable[[Membership], Client]
PROGRAMS = "/o/tidewater/programs/"


def page(program: Program, rest: str = "") -> str:
    return f"{PROGRAMS}{program.pk}/{rest}"


NEW = {
    "name": "Autumn",
    "starts_on": "2026-09-01",
    "months": "12",
    "template": "preceptorship-year",
    "cadence_days": "7",
    "juniors_per_mentor": "3",
    "junior_hours": "4",
    "mentor_hours": "2",
    "pass_timeout_days": "5",
    "min_tenure_months": "12",
    "autonomy_weeks": "12",
    "approval": "lead",
}


def test_programs_teaches_a_manager_where_there_is_none(cast: Cast, as_: As) -> None:
    Pairing.objects.all().delete()
    Program.objects.all().delete()
    html = as_(cast.mark).get(PROGRAMS).content.decode()
    assert "No program yet" in html
    assert f'href="{PROGRAMS}new/"' in html


def test_programs_shows_each_their_own(cast: Cast, as_: As) -> None:
    ProgramFactory.create(organisation=cast.tidewater, name="Another")
    ProgramFactory.create(organisation=cast.otto.organisation, name="Harbour's")

    def shown(member: Membership) -> list[str]:
        rows = as_(member).get(PROGRAMS).context["rows"]
        return [row.program.name for row in rows]

    assert sorted(shown(cast.mark)) == ["Another", "Preceptorship, spring"]
    for member in (cast.ruth, cast.otis, cast.tomasz, cast.ines, cast.lars):
        assert shown(member) == ["Preceptorship, spring"]
    assert shown(cast.mei) == []
    assert as_(cast.otto).get(PROGRAMS).status_code == 404


def test_programs_counts_what_each_may_see(cast: Cast, as_: As) -> None:
    def counts(member: Membership) -> tuple[int, int, int]:
        [row] = as_(member).get(PROGRAMS).context["rows"]
        return row.pairs, row.juniors, row.mentors

    assert counts(cast.ruth) == (1, 3, 2)
    assert counts(cast.ines) == (1, 1, 0)
    assert counts(cast.tomasz) == (1, 1, 1)
    assert counts(cast.devon) == (0, 1, 0)


def test_programs_asks_as_much_for_three_as_for_one(
    cast: Cast, as_: As, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_(cast.mark)
    client.get(PROGRAMS)
    with django_assert_num_queries(7):
        client.get(PROGRAMS)
    for _ in range(2):
        program = ProgramFactory.create(organisation=cast.tidewater)
        PairingFactory.create(program=program)
    with django_assert_num_queries(7):
        client.get(PROGRAMS)


def test_create_program_from_the_template(cast: Cast, as_: As) -> None:
    client = as_(cast.mark)
    html = client.get(f"{PROGRAMS}new/").content.decode()
    for promise in ("First meeting within two weeks", "Needs assessment at week 4"):
        assert promise in html
    response = client.post(f"{PROGRAMS}new/", NEW)
    program = Program.objects.get(name="Autumn")
    assert response.status_code == 303
    assert response.headers["Location"] == page(program, "people/")
    assert (program.starts_on, program.ends_on, program.template) == (
        date(2026, 9, 1),
        date(2027, 9, 1),
        "preceptorship-year",
    )
    assert program.organisation == cast.tidewater
    assert (program.state, program.min_tenure_months) == ("draft", 12)
    assert program.approval == "lead"


@pytest.mark.parametrize(
    ("template", "months", "ends_on"),
    [
        ("preceptorship-year", "", date(2027, 9, 1)),
        ("half-year", "", date(2027, 3, 1)),
        ("half-year", "9", date(2027, 6, 1)),
    ],
)
def test_create_program_is_as_long_as_its_template_unless_said(
    cast: Cast, as_: As, template: str, months: str, ends_on: date
) -> None:
    answers = {**NEW, "template": template, "months": months}
    assert as_(cast.mark).post(f"{PROGRAMS}new/", answers).status_code == 303
    program = Program.objects.get(name="Autumn")
    assert (program.template, program.ends_on) == (template, ends_on)


def test_create_program_is_for_managers(cast: Cast, as_: As) -> None:
    for member in (cast.ruth, cast.otis, cast.tomasz, cast.ines, cast.mei):
        assert as_(member).post(f"{PROGRAMS}new/", NEW).status_code == 403
    assert Program.objects.count() == 1


def test_create_program_says_what_is_wrong_and_keeps_the_rest(
    cast: Cast, as_: As
) -> None:
    answers = {**NEW, "name": cast.program.name, "juniors_per_mentor": "2"}
    response = as_(cast.mark).post(f"{PROGRAMS}new/", answers)
    assert response.status_code == 422
    assert response.context["form"].errors == {
        "name": ["Another program has this name. Give this one a name of its own."]
    }
    assert 'name="juniors_per_mentor" value="2"' in response.content.decode()


def test_program_shows_each_their_own_pairs(cast: Cast, as_: As) -> None:
    PairingFactory.create(
        program=cast.program, mentor=cast.anjali_enrolled, junior=cast.mai_enrolled
    )

    def pairs(member: Membership) -> list[str]:
        response = as_(member).get(page(cast.program))
        return [str(pairing) for pairing in response.context["page"]]

    ines = ["Ines Carvalho with Tomasz Wieczorek"]
    assert pairs(cast.ines) == pairs(cast.tomasz) == pairs(cast.lars) == ines
    assert pairs(cast.anjali) == ["Mai Tran with Anjali Mehta"]
    assert pairs(cast.devon) == []
    assert as_(cast.mei).get(page(cast.program)).status_code == 404
    assert as_(cast.otto).get(page(cast.program)).status_code == 404
    html = as_(cast.ines).get(page(cast.program)).content.decode()
    assert "seats are free" not in html
    assert "Devon" not in html


def test_program_leads_who_oversees_it_to_the_board(cast: Cast, as_: As) -> None:
    for member in (cast.ruth, cast.otis, cast.mark, cast.olga):
        response = as_(member).get(page(cast.program))
        assert response.status_code == 303
        assert response.headers["Location"] == page(cast.program, "board/")


def test_program_asks_as_much_for_three_pairs_as_for_one(
    cast: Cast, as_: As, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_(cast.tomasz)
    client.get(page(cast.program))
    with django_assert_num_queries(9):
        client.get(page(cast.program))
    for _ in range(2):
        PairingFactory.create(program=cast.program, mentor=cast.tomasz_enrolled)
    with django_assert_num_queries(9):
        client.get(page(cast.program))


def settings_of(program: Program, **changed: object) -> dict[str, object]:
    return {
        "name": program.name,
        "cadence_days": program.cadence_days,
        "juniors_per_mentor": program.juniors_per_mentor,
        "junior_hours": "4.0",
        "mentor_hours": "2.0",
        "pass_timeout_days": "7",
        "min_tenure_months": "18",
        "autonomy_weeks": "8",
        "approval": "both",
        **changed,
    }


def test_edit_program(cast: Cast, as_: As) -> None:
    answers = settings_of(cast.program, name="Spring", juniors_per_mentor="4")
    response = as_(cast.ruth).post(page(cast.program, "settings/"), answers)
    assert response.status_code == 303
    cast.program.refresh_from_db()
    assert (cast.program.name, cast.program.juniors_per_mentor) == ("Spring", 4)
    assert (cast.program.min_tenure_months, cast.program.approval) == (18, "both")
    assert (cast.program.pass_timeout_days, cast.program.autonomy_weeks) == (7, 8)


@pytest.mark.parametrize("weeks", ["3", "53", "", "twelve"])
def test_autonomy_is_confirmed_again_within_the_year(
    cast: Cast, as_: As, weeks: str
) -> None:
    answers = settings_of(cast.program, autonomy_weeks=weeks)
    answer = as_(cast.ruth).post(page(cast.program, "settings/"), answers)
    assert answer.status_code == 422
    cast.program.refresh_from_db()
    assert cast.program.autonomy_weeks == 12


@pytest.mark.parametrize(("ratio", "warns"), [("5", False), ("6", True)])
def test_edit_program_warns_above_five_juniors_and_takes_them(
    cast: Cast, as_: As, ratio: str, warns: bool
) -> None:
    client, address = as_(cast.ruth), page(cast.program, "settings/")
    client.post(address, settings_of(cast.program, juniors_per_mentor=ratio))
    cast.program.refresh_from_db()
    assert cast.program.juniors_per_mentor == int(ratio)
    assert ("10.1145/3779312" in client.get(address).content.decode()) is warns


def test_edit_program_is_read_only_to_an_observer(cast: Cast, as_: As) -> None:
    client, address = as_(cast.otis), page(cast.program, "settings/")
    assert "Save settings" not in client.get(address).content.decode()
    assert client.post(address, settings_of(cast.program)).status_code == 403
    assert as_(cast.ines).get(address).status_code == 403
    assert as_(cast.mei).get(address).status_code == 404


def test_add_staff_and_change_what_they_are(cast: Cast, as_: As) -> None:
    client, address = as_(cast.ruth), page(cast.program, "staff/")
    for role in ("observer", "lead"):
        answers = {"email": "Mei.Lin@example.com", "role": role}
        assert client.post(address, answers).status_code == 303
        staff = ProgramStaff.objects.get(membership=cast.mei)
        assert (staff.role, staff.program) == (role, cast.program)


def test_add_staff_only_from_the_organisation(cast: Cast, as_: As) -> None:
    address = page(cast.program, "staff/")
    answers = {"email": cast.otto.user.email, "role": "lead"}
    response = as_(cast.ruth).post(address, answers)
    assert response.status_code == 422
    assert "Nobody in the organisation has this address" in response.content.decode()
    assert as_(cast.otis).post(address, answers).status_code == 403
    Membership.objects.filter(pk=cast.mei.pk).update(is_active=False)
    answers = {"email": cast.mei.user.email, "role": "lead"}
    assert "is deactivated" in as_(cast.ruth).post(address, answers).content.decode()
    assert ProgramStaff.objects.count() == 2


def test_remove_staff_asks_first(cast: Cast, as_: As) -> None:
    staff = ProgramStaff.objects.get(membership=cast.otis)
    address, client = f"/o/tidewater/staff/{staff.pk}/remove/", as_(cast.ruth)
    assert "Take Otis Grant off the staff?" in client.get(address).content.decode()
    assert client.post(address).status_code == 303
    assert as_(cast.otis).get(page(cast.program)).status_code == 404


def test_remove_staff_keeps_the_last_lead_unless_a_manager_asks(
    cast: Cast, as_: As
) -> None:
    staff = ProgramStaff.objects.get(membership=cast.ruth)
    address = f"/o/tidewater/staff/{staff.pk}/remove/"
    response = as_(cast.ruth).post(address)
    assert response.status_code == 409
    assert "Ruth Adeyemi is the program’s only lead" in response.content.decode()
    demote = {"email": cast.ruth.user.email, "role": "observer"}
    assert as_(cast.ruth).post(page(cast.program, "staff/"), demote).status_code == 409
    assert as_(cast.mark).post(address).status_code == 303
    assert ProgramStaff.objects.filter(membership=cast.ruth).count() == 0


def test_the_first_day_of_a_week_and_the_seats_of_a_mentor(cast: Cast) -> None:
    today = timezone.localdate()
    assert cast.program.week_of(cast.program.starts_on) == 1
    assert cast.program.week_of(today) == 11
    mentor = EnrolmentFactory.create(
        program=cast.program, heads=5, hours=Decimal("3.5")
    )
    assert mentor.seats == 1
