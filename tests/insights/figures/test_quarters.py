from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.insights.figures.quarters import (
    Quarter,
    month_of,
    months_between,
    shifted,
)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_day_is_in_its_quarter_and_in_no_other(day: date) -> None:
    own = Quarter.of(day)
    assert own.first <= day < own.after
    assert month_of(day) in own.months
    assert own.previous.after == own.first
    assert own.next.first == own.after
    assert Quarter.read(str(own)) == own


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-Q0", "2026-Q5", "Q3", "-1-Q1", "2026-Q٣", "9999-Q1"]
)
def test_what_is_no_quarter_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no quarter"):
        Quarter.read(text)


def test_months_go_over_the_turn_of_the_year() -> None:
    november = date(2025, 11, 30)
    assert months_between(november, date(2026, 1, 1)) == [
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
    ]
    assert months_between(november, date(2025, 10, 1)) == []
    assert shifted(date(2026, 1, 1), -13) == date(2024, 12, 1)
