from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from progress.snapshots import due, following, snapshots

STARTS = date(2026, 3, 2)
YEAR = snapshots(STARTS, date(2027, 3, 1), {})


def test_a_year_has_three() -> None:
    assert [(one.name, one.due_on) for one in YEAR] == [
        ("needs", date(2026, 3, 29)),
        ("midpoint", date(2026, 8, 24)),
        ("completion", date(2027, 2, 15)),
    ]


def test_a_milestones_day_goes_before() -> None:
    moved = snapshots(STARTS, date(2027, 3, 1), {"needs": date(2026, 5, 4)})
    assert moved[0].due_on == date(2026, 5, 4)


def test_due_is_the_latest_whose_time_has_come() -> None:
    assert due(YEAR, set(), STARTS) is None
    names = {
        on: one.name
        for on in (date(2026, 3, 15), date(2026, 9, 1), date(2027, 2, 20))
        if (one := due(YEAR, set(), on))
    }
    assert list(names.values()) == ["needs", "midpoint", "completion"]
    assert due(YEAR, {"needs"}, date(2026, 4, 1)) is None
    assert due(YEAR, {"midpoint"}, date(2026, 9, 1)) is None


def test_following_is_the_next_that_is_not_held() -> None:
    assert following(YEAR, {"needs"}, STARTS) == YEAR[1]
    assert following(YEAR, set(), date(2026, 9, 1)) == YEAR[2]
    assert following(YEAR, set(), date(2027, 2, 16)) is None


@given(st.integers(0, 800))
def test_they_lie_in_the_year_in_order(length: int) -> None:
    ends_on = STARTS + timedelta(days=length)
    days = [one.due_on for one in snapshots(STARTS, ends_on, {})]
    assert days == sorted(set(days))
    assert all(STARTS <= on <= max(ends_on, STARTS) for on in days)
