"""The pages of figures and of who stays: for whom, with what, in how many queries."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from pairings.models import Program, ProgramStaff
from preceptor.accounts.models import Membership
from tests.cast import Cast
from tests.factories import EnrolmentFactory, PairingFactory, ProgramFactory
from tests.insights.figures.conftest import IN_MAY, Year, moment, week

As = Callable[[Membership], Client]


def page(client: Client, path: str) -> str:
    response = client.get(f"/o/tidewater/{path}")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def path(year: Year, end: str = "/") -> str:
    return f"programs/{year.program.pk}/insights{end}"


@pytest.fixture
def whole(year: Year) -> Year:
    """A quarter of eight juniors who each caught one of two flaws."""
    for junior in range(8):
        for n in (0, 5, 9):
            year.hold(junior, week(n), "+-", mark=2)
    year.close()
    return year


def test_a_quarter_has_its_figures_with_n_and_interval(
    whole: Year, cast: Cast, as_: As
) -> None:
    shown = page(as_(cast.olga), path(whole))
    assert "Quarter 1 of 2026" in shown
    assert "<dt>Caught alone</dt><dd>50 %</dd>" in shown
    assert "n = 48 real flaws of 8 juniors" in shown
    assert "n = 96 weeks of 8 pairs" in shown
    assert "Missed most often: Logic." in shown
    assert shown.count('<svg class="chart') == 4


def test_nobody_is_named_on_it(whole: Year, cast: Cast, as_: As) -> None:
    shown = page(as_(cast.olga), path(whole))
    names = {str(pair.junior) for pair in whole.pairs}
    names |= {str(pair.mentor) for pair in whole.pairs}
    assert [name for name in names if name in shown] == []


@pytest.mark.parametrize(
    "filters", ["team=Integrations", "junior=1", "mentor=2", "q=a", "month=2026-01"]
)
def test_nothing_narrows_it(whole: Year, cast: Cast, as_: As, filters: str) -> None:
    client = as_(cast.olga)
    plain = page(client, path(whole))
    main = re.compile(r"<main.*</main>")
    [before] = main.findall(plain)
    [after] = main.findall(page(client, f"{path(whole)}?{filters}"))
    assert after == before


def test_four_juniors_have_no_share_and_a_reason(
    year: Year, cast: Cast, as_: As
) -> None:
    for junior in range(4):
        year.hold(junior, week(0), "+-")
    year.close()
    shown = page(as_(cast.olga), path(year))
    assert "No closed month has five juniors" in shown
    assert "real flaws of 4 juniors" not in shown
    assert "50 %" not in shown


def test_a_quarter_that_is_not_over_says_so(year: Year, cast: Cast, as_: As) -> None:
    for junior in range(8):
        year.hold(junior, week(0), "+-")
    year.close(moment(date(2026, 2, 9)))
    shown = page(as_(cast.olga), path(year))
    assert "The quarter is not over" in shown
    assert "counted once all months of the quarter are closed" in shown


def test_quarters_are_chosen_and_what_is_none_is_the_last(
    whole: Year, cast: Cast, as_: As
) -> None:
    whole.close(IN_MAY)
    client = as_(cast.olga)
    assert "Quarter 1 of 2026" in page(client, path(whole))
    assert "Quarter 2 of 2026" in page(client, f"{path(whole)}?quarter=2026-Q2")
    assert "Quarter 1 of 2026" in page(client, f"{path(whole)}?quarter=2099-Q9")


def test_before_a_month_is_closed_the_page_says_what_will_be_here(
    year: Year, cast: Cast, as_: As
) -> None:
    assert "No month is closed yet" in page(as_(cast.olga), path(year))


def test_observers_and_leads_read_it_and_takers_of_part_do_not(
    whole: Year, cast: Cast, as_: As
) -> None:
    ProgramStaff.objects.create(
        organisation=cast.tidewater,
        program=whole.program,
        membership=cast.otis,
        role="observer",
    )
    assert "Caught alone" in page(as_(cast.otis), path(whole))
    mentor = whole.pairs[0].mentor.membership
    assert as_(mentor).get(f"/o/tidewater/{path(whole)}").status_code == 403
    assert as_(cast.lars).get(f"/o/tidewater/{path(whole)}").status_code == 404


def rows_of(client: Client, where: str) -> list[dict[str, str]]:
    body = client.get(f"/o/tidewater/{where}").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(body)))


def test_the_files_have_what_the_page_shows(whole: Year, cast: Cast, as_: As) -> None:
    client = as_(cast.olga)
    rows = rows_of(client, path(whole, ".csv"))
    [caught] = [
        row
        for row in rows
        if (row["part"], row["figure"]) == ("The sessions", "caught alone")
    ]
    assert (caught["value"], caught["n"], caught["clusters"]) == ("0.5", "48", "8")
    body = client.get(f"/o/tidewater/{path(whole, '.xlsx')}").content
    sheet = load_workbook(io.BytesIO(body)).active
    assert sheet is not None
    assert sheet.max_row == len(rows) + 1
    assert client.get(f"/o/tidewater/{path(whole, '.pdf')}").status_code == 404


def test_the_files_have_the_months_of_the_table_and_why_nothing_is_told(
    whole: Year, cast: Cast, as_: As
) -> None:
    """Of a quarter that has begun: its months and those before it."""
    whole.close(IN_MAY)
    rows = rows_of(as_(cast.olga), f"{path(whole, '.csv')}?quarter=2026-Q2")
    told = {row["part"] for row in rows if row["figure"] == "sessions a pair"}
    months = as_(cast.olga).get(f"/o/tidewater/{path(whole)}?quarter=2026-Q2")
    assert told == {name for name, _lines in months.context["shown"].months}
    assert "January 2026" in told
    why = {row["part"]: row["note"] for row in rows if row["figure"] == "all of it"}
    assert set(why) == {"The sessions", "What juniors say"}
    assert "once all months of the quarter are closed" in why["The sessions"]


def test_a_tool_named_like_a_formula_is_text_in_files(
    year: Year, cast: Cast, as_: As
) -> None:
    """Signs that no workbook may hold are left out: one would leave no file at all."""
    for junior in range(8):
        year.hold(junior, week(0), "+-", tool="=cmd()\x0b\x1b")
    year.close()
    client = as_(cast.olga)
    names = {row["figure"] for row in rows_of(client, path(year, ".csv"))}
    assert "'=cmd(): caught alone" in names
    assert not any(name.startswith("=") for name in names)
    assert client.get(f"/o/tidewater/{path(year, '.xlsx')}").status_code == 200


def test_a_quarter_is_as_many_queries_at_any_size(
    year: Year,
    cast: Cast,
    as_: As,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = as_(cast.olga)
    for junior in range(3):
        year.hold(junior, week(0), "+-")
    year.close()
    page(client, path(year))
    with django_assert_num_queries(7):
        page(client, path(year))


@pytest.fixture
def cohorts(cast: Cast) -> list[Program]:
    """Of twelve and of nine, which began in 2024."""
    programs = []
    for people in (12, 9):
        program = ProgramFactory.create(
            organisation=cast.tidewater,
            starts_on=date(2024, 1, 8),
            ends_on=date(2025, 1, 6),
        )
        mentor = EnrolmentFactory.create(program=program, side="mentor")
        for junior in EnrolmentFactory.create_batch(people, program=program):
            PairingFactory.create(program=program, mentor=mentor, junior=junior)
        programs.append(program)
    return programs


def test_who_stays_is_told_by_cohort(
    cohorts: list[Program], cast: Cast, as_: As
) -> None:
    shown = page(as_(cast.olga), "insights/stays/")
    large, small = (program.name for program in cohorts)
    assert f"{large} <span" in shown
    assert "Share still with the company: 100 % after 24 months" in shown
    assert "No curve yet" in shown
    assert f"<p>{small} <span" in shown
    assert "Fewer than ten people began in it" in shown
    assert shown.count('<svg class="chart') == 4


def test_files_of_who_stays_have_no_cohort_of_few(
    cohorts: list[Program], cast: Cast, as_: As
) -> None:
    rows = rows_of(as_(cast.olga), "insights/stays.csv")
    assert {row["cohort"] for row in rows} == {cohorts[0].name}
    company = [row for row in rows if row["share"] == "with the company"]
    assert [row["month"] for row in company] == ["0", "6", "12", "18", "24"]
    assert {row["at risk"] for row in company} == {"12"}


def test_leads_see_their_own_cohorts_alone(
    cohorts: list[Program], cast: Cast, as_: As
) -> None:
    shown = page(as_(cast.ruth), "insights/stays/")
    assert cast.program.name in shown
    assert cohorts[0].name not in shown
    listed = page(as_(cast.ruth), "insights/")
    assert cast.program.name in listed
    assert cohorts[0].name not in listed


def test_who_oversees_nothing_has_no_insights(cast: Cast, as_: As) -> None:
    for where in ("insights/", "insights/stays/", "insights/stays.csv"):
        assert as_(cast.ines).get(f"/o/tidewater/{where}").status_code == 403
    assert "insights/" not in page(as_(cast.ines), "programs/")


@pytest.mark.parametrize(
    ("where", "queries"), [("insights/", 3), ("insights/stays/", 4)]
)
def test_lists_are_as_many_queries_at_any_size(
    cast: Cast,
    as_: As,
    django_assert_num_queries: DjangoAssertNumQueries,
    where: str,
    queries: int,
) -> None:
    client = as_(cast.olga)
    page(client, where)
    for n in (0, 2):
        ProgramFactory.create_batch(n, organisation=cast.tidewater)
        with django_assert_num_queries(queries):
            page(client, where)
