from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairings.roster.files import BadFile
from preceptor.insights.delivery_figures.files import (
    HEADER,
    Wrong,
    monday_in,
    number_in,
    read_weeks,
)


def test_a_row_tells_what_it_tells_and_no_more() -> None:
    data = b"Week;Team;Lead time (hours);Deploys\n2026-W14;Billing;52,5;\n"
    [row] = read_weeks(data.replace(b"52,5", b"52.54")).rows
    assert (row.team, row.monday) == ("Billing", date(2026, 3, 30))
    assert row.figures == {"lead_time_hours": Decimal("52.5")}
    [wrong] = read_weeks(data).rows
    assert (wrong.wrong, wrong.line) == (Wrong.BAD_NUMBER, 2)


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        (",2026-W14,,1,,", Wrong.NO_TEAM),
        (f"{'x' * 81},2026-W14,,1,,", Wrong.LONG_TEAM),
        ("Billing,2026-W60,,1,,", Wrong.BAD_WEEK),
        ("Billing,yesterday,,1,,", Wrong.BAD_WEEK),
        ("Billing,2026-W14,,1.5,,", Wrong.BAD_NUMBER),
        ("Billing,2026-W14,,-1,,", Wrong.BAD_NUMBER),
        ("Billing,2026-W14,nan,,,", Wrong.BAD_NUMBER),
        ("Billing,2026-W14,1e999999,,,", Wrong.BAD_NUMBER),
        ("Billing,2026-W14,1e3,,,", Wrong.BAD_NUMBER),
        ("Billing,2026-W14,,1_0,,", Wrong.BAD_NUMBER),
        ("Billing,2026-W14,,١٢,,", Wrong.BAD_NUMBER),
        ("Billing,2026-W14,100001,,,", Wrong.BAD_NUMBER),
        ("Billing,2026-W14,,,,", Wrong.NO_FIGURE),
        ("Billing,2026-W14,,3,4,", Wrong.MORE_FAILURES),
        ("Billing,2026-W14,1,1,1,1,more", Wrong.TOO_MANY_CELLS),
    ],
)
def test_a_row_that_is_wrong_says_why(cells: str, wrong: Wrong) -> None:
    [row] = read_weeks(f"{','.join(HEADER)}\n{cells}\n".encode()).rows
    assert row.wrong is wrong


def test_the_same_week_twice_names_the_line_of_the_first() -> None:
    rows = "Billing,2026-W14,,1,,\nbilling,2026-04-01,,2,,\n"
    first, second = read_weeks(f"{','.join(HEADER)}\n{rows}".encode()).rows
    assert first.wrong is None
    assert (second.wrong, second.detail, second.line) == (Wrong.TWICE, "2", 3)


def test_a_file_without_weeks_is_of_no_use() -> None:
    with pytest.raises(BadFile):
        read_weeks(b"team,deployments\nBilling,3\n")


@given(st.dates(date(2000, 1, 3), date(2199, 12, 31)))
def test_every_day_belongs_to_the_monday_of_its_week(day: date) -> None:
    monday = monday_in(day.isoformat())
    assert monday is not None
    assert monday.isocalendar()[:2] == day.isocalendar()[:2]
    assert monday.weekday() == 0
    year, week, _day = day.isocalendar()
    assert monday_in(f"{year}-W{week:02}") == monday


@given(st.text(max_size=12))
def test_no_text_breaks_a_number_or_a_week(text: str) -> None:
    monday_in(text)
    for name in ("lead_time_hours", "deployments"):
        value = number_in(text, name)
        assert value is None or 0 <= value <= 100_000
