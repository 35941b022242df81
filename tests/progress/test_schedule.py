from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from progress.schedule import (
    Point,
    add_months,
    is_working_day,
    points,
)

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 12, 31))
LENGTHS = st.integers(min_value=1, max_value=900)
TEMPLATES = st.sampled_from(["preceptorship-year", "half-year"])


def preceptorship_year(starts_on: date, ends_on: date) -> list[Point]:
    return points("preceptorship-year", starts_on, ends_on)


def test_half_a_year_has_one_midpoint() -> None:
    """From Monday, 2 March 2026, six months on."""
    assert points("half-year", date(2026, 3, 2), date(2026, 9, 2)) == [
        Point("first_meeting", date(2026, 3, 13)),
        Point("needs_assessment", date(2026, 3, 27)),
        Point("midpoint", date(2026, 5, 26)),
        Point("completion", date(2026, 8, 19)),
    ]


def test_half_a_year_leaves_the_midpoint_out_where_it_has_no_room() -> None:
    kinds = [p.kind for p in points("half-year", date(2026, 3, 2), date(2026, 6, 1))]
    assert kinds == ["first_meeting", "needs_assessment", "completion"]


@given(TEMPLATES, DAYS, LENGTHS)
def test_a_template_has_one_point_of_each_kind_and_month(
    template: str, starts_on: date, days: int
) -> None:
    found = points(template, starts_on, starts_on + timedelta(days=days))
    assert len({(point.kind, point.month) for point in found}) == len(found)


def test_a_whole_year_has_its_eight_milestones() -> None:
    """From Monday, 2 March 2026: two of them leave a weekend."""
    assert preceptorship_year(date(2026, 3, 2), date(2027, 3, 1)) == [
        Point("first_meeting", date(2026, 3, 13)),
        Point("needs_assessment", date(2026, 3, 27)),
        Point("check_in", date(2026, 5, 1), 2),
        Point("check_in", date(2026, 7, 2), 4),
        Point("check_in", date(2026, 9, 2), 6),
        Point("check_in", date(2026, 11, 2), 8),
        Point("check_in", date(2027, 1, 1), 10),
        Point("completion", date(2027, 2, 15)),
    ]


def test_a_month_that_is_too_short_gives_its_last_day() -> None:
    assert add_months(date(2027, 12, 31), 2) == date(2028, 2, 29)
    assert add_months(date(2026, 12, 31), 2) == date(2027, 2, 28)
    assert add_months(date(2028, 2, 29), 12) == date(2029, 2, 28)
    assert add_months(date(2026, 12, 31), 4) == date(2027, 4, 30)


def test_months_are_counted_from_the_start_and_lose_no_days() -> None:
    found = preceptorship_year(date(2026, 12, 31), date(2027, 12, 31))
    meetings = [point.due_on for point in found if point.kind == "check_in"]
    assert meetings == [
        date(2027, 2, 26),
        date(2027, 4, 30),
        date(2027, 6, 30),
        date(2027, 8, 31),
        date(2027, 10, 29),
    ]


def test_six_weeks_have_room_for_three() -> None:
    found = preceptorship_year(date(2026, 3, 2), date(2026, 4, 13))
    assert [point.kind for point in found] == [
        "first_meeting",
        "needs_assessment",
        "completion",
    ]


def test_a_weekend_has_no_milestone() -> None:
    assert preceptorship_year(date(2026, 3, 7), date(2026, 3, 9)) == []
    assert preceptorship_year(date(2026, 3, 7), date(2026, 3, 7)) == []


@given(TEMPLATES, DAYS, LENGTHS)
def test_milestones_are_ordered_working_days_inside_the_stretch(
    template: str, starts_on: date, days: int
) -> None:
    ends_on = starts_on + timedelta(days=days)
    due = [point.due_on for point in points(template, starts_on, ends_on)]
    assert due == sorted(due)
    assert all(starts_on <= on < ends_on for on in due)
    assert all(is_working_day(on) for on in due)


@given(DAYS, LENGTHS)
def test_a_stretch_with_a_working_day_begins_and_ends_with_a_meeting(
    starts_on: date, days: int
) -> None:
    ends_on = starts_on + timedelta(days=days)
    found = preceptorship_year(starts_on, ends_on)
    works = any(is_working_day(starts_on + timedelta(days=n)) for n in range(days))
    if days >= 3 or not works:
        ends = ["first_meeting", "completion"] if works else []
        assert [p.kind for p in (found[:1] + found[1:][-1:])] == ends


@given(DAYS, st.integers(min_value=300, max_value=900))
def test_the_first_meeting_is_within_two_weeks_and_the_last_leaves_room(
    starts_on: date, days: int
) -> None:
    ends_on = starts_on + timedelta(days=days)
    first, *_, last = preceptorship_year(starts_on, ends_on)
    assert first.due_on - starts_on < timedelta(days=14)
    assert ends_on - last.due_on >= timedelta(days=14)


@given(DAYS, st.integers(min_value=300, max_value=900))
def test_meetings_are_two_months_apart_but_for_a_weekend(
    starts_on: date, days: int
) -> None:
    found = preceptorship_year(starts_on, starts_on + timedelta(days=days))
    for point in found:
        if point.kind == "check_in":
            wished = add_months(starts_on, point.month)
            assert timedelta(0) <= wished - point.due_on <= timedelta(days=2)
