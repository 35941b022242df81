from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from reviews import tally
from reviews.calibration import Judged
from reviews.tally import Found, Hit, Marked, Sitting, Span

MARCH, MAY = date(2026, 3, 14), date(2026, 5, 2)
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
HITS = st.lists(st.builds(Hit, DAYS, st.booleans(), st.sampled_from("abc")))


def found(
    pk: int,
    *,
    root: int | None = None,
    verdict: str = "real",
    side: str | None = "mentor",
    category: str = "logic",
) -> Found:
    return Found(pk, root or pk, MARCH, category, verdict, side)


def sitting(
    *,
    call: str | None = "reject",
    safe: bool | None = True,
    is_blind: bool = True,
    confidence: float | None = 0.3,
) -> Sitting:
    return Sitting(MARCH, "junior", is_blind, call, confidence, safe)


def test_a_real_flaw_is_caught_where_any_of_its_findings_is_the_juniors() -> None:
    rows = [
        found(1),
        found(2, root=1, side="junior", category="edge_case"),
        found(3),
        found(4, side="junior"),
        found(5, side=None),
        found(6, verdict="moot", side="junior"),
        found(7, verdict="undecided", side="junior"),
    ]
    assert tally.caught(rows) == [
        Hit(MARCH, True, "logic"),
        Hit(MARCH, False, "logic"),
        Hit(MARCH, True, "logic"),
        Hit(MARCH, False, "logic"),
    ]


def test_false_alarms_are_of_what_the_junior_named_and_the_pair_decided() -> None:
    rows = [
        found(1, side="junior"),
        found(2, side="junior", verdict="moot"),
        found(3, side="junior", verdict="undecided"),
        found(4, side="mentor", verdict="moot"),
        found(5, side="mentor", verdict="moot"),
        found(6, root=5, side="junior", verdict="undecided"),
    ]
    assert [hit.is_hit for hit in tally.false_alarms(rows)] == [False, True, True]


def test_rejections_are_of_safe_changes_read_blind() -> None:
    rows = [
        sitting(),
        sitting(call="fix"),
        sitting(safe=False),
        sitting(safe=None),
        sitting(is_blind=False),
        sitting(call=None, confidence=None, is_blind=False),
    ]
    assert [hit.is_hit for hit in tally.rejections(rows)] == [True, False]


def test_judged_leaves_out_what_was_not_blind_or_is_not_known() -> None:
    rows = [sitting(), sitting(safe=None), sitting(is_blind=False)]
    assert tally.judged(rows) == [Judged(0.3, True)]


def test_by_month_counts_empty_months_and_gives_a_point_from_three_on() -> None:
    hits = [Hit(MARCH, True)] * 2 + [Hit(MAY, True), Hit(MAY, False), Hit(MAY, False)]
    months = tally.by_month(hits)
    assert [month.on for month in months] == [
        date(2026, 3, 1),
        date(2026, 4, 1),
        date(2026, 5, 1),
    ]
    assert [month.has_point for month in months] == [False, False, True]
    assert months[1].share is None
    assert tally.by_month([]) == []


@given(HITS)
def test_by_month_keeps_every_hit_and_says_wilsons_interval(hits: list[Hit]) -> None:
    months = [month.share for month in tally.by_month(hits) if month.share]
    assert sum(share.n for share in months) == len(hits)
    assert sum(share.hits for share in months) == sum(hit.is_hit for hit in hits)
    for share in months:
        other = binomtest(int(share.hits), share.n).proportion_ci(method="wilson")
        assert share.low == pytest.approx(other.low, abs=1e-9)
        assert share.high == pytest.approx(other.high, abs=1e-9)


@given(HITS)
def test_by_category_keeps_every_hit(hits: list[Hit]) -> None:
    rows = tally.by_category(hits)
    assert sum(share.n for _, share in rows) == len(hits)
    assert [share.n for _, share in rows] == sorted(
        (share.n for _, share in rows), reverse=True
    )


def months(first: str, last: str) -> Span:
    return Span(*(date.fromisoformat(f"{month}-01") for month in (first, last)))


@pytest.mark.parametrize(
    ("starts_on", "today", "then", "now"),
    [
        ("2026-03-02", "2026-11-12", ("2026-03", "2026-05"), ("2026-09", "2026-11")),
        ("2026-03-02", "2026-06-01", ("2026-03", "2026-04"), ("2026-05", "2026-06")),
        ("2026-03-31", "2026-04-01", ("2026-03", "2026-03"), ("2026-04", "2026-04")),
        ("2025-11-03", "2026-02-28", ("2025-11", "2025-12"), ("2026-01", "2026-02")),
    ],
)
def test_then_and_now_are_as_many_months_up_to_three(
    starts_on: str, today: str, then: tuple[str, str], now: tuple[str, str]
) -> None:
    spans = tally.then_and_now(*map(date.fromisoformat, (starts_on, today)))
    assert spans == (months(*then), months(*now))


def test_one_month_is_not_compared_with_itself() -> None:
    assert tally.then_and_now(MARCH, MARCH + timedelta(days=10)) is None
    assert tally.then_and_now(MARCH, MARCH - timedelta(days=40)) is None


@given(DAYS, st.integers(0, 800))
def test_then_and_now_never_share_a_month(starts_on: date, days: int) -> None:
    spans = tally.then_and_now(starts_on, starts_on + timedelta(days=days))
    if spans:
        then, now = spans
        assert then.first <= then.last < now.first <= now.last


def hits_in(day: date, category: str, caught: int, n: int) -> list[Hit]:
    return [Hit(day, number < caught, category) for number in range(n)]


@pytest.mark.parametrize(
    ("then", "now", "is_caught_now", "is_still_missed"),
    [
        ((0, 3), (5, 5), True, False),
        ((2, 5), (3, 6), False, False),
        ((0, 4), (1, 6), False, True),
        ((1, 4), (1, 6), False, False),
    ],
)
def test_compared_tells_what_was_won_from_what_is_open(
    then: tuple[int, int],
    now: tuple[int, int],
    is_caught_now: bool,
    is_still_missed: bool,
) -> None:
    hits = [*hits_in(MARCH, "logic", *then), *hits_in(MAY, "logic", *now)]
    month, later = date(2026, 3, 1), date(2026, 5, 1)
    (row,) = tally.compared(hits, Span(month, month), Span(later, later))
    assert (row.then.hits, row.then.n, row.now.hits, row.now.n) == (*then, *now)
    assert (row.is_caught_now, row.is_still_missed) == (is_caught_now, is_still_missed)


def test_compared_leaves_out_categories_with_fewer_than_three_on_a_side() -> None:
    hits = [*hits_in(MARCH, "logic", 1, 2), *hits_in(MAY, "logic", 3, 9)]
    month, later = date(2026, 3, 1), date(2026, 5, 1)
    assert tally.compared(hits, Span(month, month), Span(later, later)) == []


def test_marks_are_counted_by_month_and_hold_from_sound_on() -> None:
    marks = [Marked(MAY, 2), Marked(MARCH, 0), Marked(MAY, 3), Marked(MAY, 1)]
    assert [hit.is_hit for hit in tally.explained(marks)] == [True, False, True, False]
    assert tally.marks_by_month(marks) == [
        (date(2026, 3, 1), {0: 1}),
        (date(2026, 5, 1), {1: 1, 2: 1, 3: 1}),
    ]
