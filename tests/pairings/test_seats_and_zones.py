from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pairings.program_forms import months_later, next_monday
from pairings.seats import peak
from pairings.zones import shared_hours

JUNE = date(2026, 6, 1)
days = st.integers(0, 30).map(lambda n: JUNE + timedelta(days=n))
spans = st.lists(st.tuples(days, days), max_size=8)


def test_peak_counts_what_holds_at_once_not_what_there_is() -> None:
    one = (date(2026, 1, 1), date(2026, 3, 1))
    two = (date(2026, 3, 1), date(2026, 5, 1))
    three = (date(2026, 4, 1), date(2026, 6, 1))
    assert peak([one, two], date(2026, 1, 1), date(2027, 1, 1)) == 1
    assert peak([one, two, three], date(2026, 1, 1), date(2027, 1, 1)) == 2
    assert peak([one, two, three], date(2026, 1, 1), date(2026, 4, 1)) == 1
    assert peak([], date(2026, 1, 1), date(2027, 1, 1)) == 0


@given(spans, days, days)
def test_peak_is_the_most_on_any_day(
    found: list[tuple[date, date]], start: date, end: date
) -> None:
    counts = [
        sum(first <= day < after for first, after in found)
        for day in (start + timedelta(days=n) for n in range((end - start).days))
    ]
    assert peak(found, start, end) == max(counts, default=0)


def test_shared_hours_across_the_world() -> None:
    on = date(2026, 11, 23)
    assert shared_hours("Europe/London", "Europe/London", on) == 8
    assert shared_hours("Europe/London", "Europe/Berlin", on) == 7
    assert shared_hours("Europe/London", "Asia/Kolkata", on) == 2.5
    assert shared_hours("Europe/London", "America/New_York", on) == 3
    assert shared_hours("Europe/London", "Australia/Sydney", on) == 0
    assert shared_hours("Pacific/Honolulu", "Pacific/Kiritimati", on) == 8


def test_shared_hours_follow_the_clocks_of_the_day() -> None:
    london, phoenix = "Europe/London", "America/Phoenix"
    assert shared_hours(london, phoenix, date(2026, 1, 15)) == 1
    assert shared_hours(london, phoenix, date(2026, 7, 15)) == 0


@given(st.sampled_from(["UTC", "Asia/Tokyo", "America/Lima"]), days)
def test_shared_hours_are_the_same_both_ways(zone: str, on: date) -> None:
    assert shared_hours(zone, "Europe/Paris", on) == shared_hours(
        "Europe/Paris", zone, on
    )


def test_months_later_ends_with_the_month() -> None:
    assert months_later(date(2026, 11, 23), 12) == date(2027, 11, 23)
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2026, 12, 31), 12) == date(2027, 12, 31)


def test_next_monday_is_never_today() -> None:
    assert next_monday(date(2026, 11, 22)) == date(2026, 11, 23)
    assert next_monday(date(2026, 11, 23)) == date(2026, 11, 30)
