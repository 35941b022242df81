from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from progress.occasions import Occasion, occasions

DAYS = st.dates(date(2024, 1, 1), date(2028, 3, 1))


def test_occasions_of_a_year_are_its_middle_and_its_end() -> None:
    assert occasions(date(2026, 3, 2), date(2027, 3, 1)) == [
        Occasion("midpoint", date(2026, 8, 3), date(2027, 2, 1)),
        Occasion("completion", date(2027, 2, 1), date(2027, 4, 30)),
    ]


def test_a_short_pairing_is_looked_back_on_once() -> None:
    assert occasions(date(2026, 3, 2), date(2026, 6, 1)) == [
        Occasion("completion", date(2026, 5, 4), date(2026, 7, 31))
    ]


def test_a_pairing_that_ended_at_once_is_asked_from_its_first_day() -> None:
    day = date(2026, 2, 28)
    (only,) = occasions(day, day)
    assert (only.opens_on, only.closes_on) == (day, date(2026, 4, 29))


@given(DAYS, st.integers(0, 900))
def test_one_occasion_begins_as_the_one_before_it_is_over(
    starts_on: date, days: int
) -> None:
    found = occasions(starts_on, starts_on + timedelta(days=days))
    for one, other in pairwise(found):
        assert one.opens_on < one.closes_on == other.opens_on
    assert starts_on <= found[0].opens_on
    assert found[-1].is_open(starts_on + timedelta(days=days))
    assert sum(one.is_open(found[0].opens_on) for one in found) == 1
