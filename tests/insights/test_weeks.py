"""The weeks of a pair and the strip that shows them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.insights.board.strip import SHOWN, first_shown, strip
from preceptor.insights.board.weeks import Pace, Span, Week, weeks

LETTERS = {
    Week.MET: "x",
    Week.TWICE: "X",
    Week.MISSED: "o",
    Week.OFF: "_",
    Week.AHEAD: ".",
}
YEAR: Span = (0, 56)


def drawn(
    held: list[int], stood: Span = YEAR, rests: tuple[Span, ...] = (), **pace: int
) -> str:
    """Eight weeks in letters, and how many of how many were kept, on a Thursday."""
    found = weeks(held, stood, rests, Pace(**{"count": 8, "today": 31, **pace}))
    letters = "".join(LETTERS[state] for state in found.states)
    return f"{letters} {found.kept}/{found.due}"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (drawn([]), "oooo.... 0/4"),
        (drawn([0, 6, 7, 27]), "Xxox.... 3/4"),
        (drawn([31]), "oooox... 1/5"),
        (drawn([0], (3, 40)), "xooo.___ 0/3"),
        (drawn([], (7, 56)), "_ooo.... 0/3"),
        (drawn([], (40, 56)), "______.. 0/0"),
        (drawn([], (0, 14)), "oo______ 0/2"),
        (drawn([0], YEAR, ((10, 11),)), "x_oo.... 1/3"),
        (drawn([0, 8], YEAR, ((7, 14),)), "xxoo.... 1/3"),
        (drawn([0], YEAR, ((20, 45),)), "xo_____. 1/2"),
        (drawn([0], every=2), "x__o.... 1/2"),
        (drawn([8], every=2), "_x_o.... 1/2"),
        (drawn([30], every=2), "_o_ox... 1/3"),
        (drawn([], YEAR, ((8, 9),), every=2), "___o.... 0/1"),
        (drawn([], every=4), "___o.... 0/1"),
        (drawn([], today=-3), "........ 0/0"),
        (drawn([2], today=70), "xooooooo 1/8"),
    ],
)
def test_weeks(found: str, expected: str) -> None:
    assert found == expected


def test_weeks_that_passed_begin_with_the_pairs_first() -> None:
    pace = Pace(count=8, today=31)
    assert [
        weeks([], stood, (), pace).passed
        for stood in ((0, 56), (10, 56), (0, 14), (31, 56), (40, 56))
    ] == [5, 4, 2, 1, 0]


days = st.integers(-20, 400)
spans = st.tuples(days, st.integers(0, 200)).map(lambda s: (s[0], s[0] + s[1]))


@given(st.lists(days), spans, st.lists(spans), days, st.sampled_from([1, 2, 4]))
def test_weeks_are_told_apart_and_counted(
    held: list[int], stood: Span, rests: list[Span], today: int, every: int
) -> None:
    pace = Pace(count=52, today=today, every=every)
    found = weeks(held, stood, rests, pace)
    assert len(found.states) == 52
    assert 0 <= found.kept <= found.due
    assert found.missed == found.states.count(Week.MISSED)
    for week, state in enumerate(found.states):
        times = sum(day // 7 == week for day in held)
        assert (state is Week.MET) == (times == 1)
        assert (state is Week.TWICE) == (times > 1)
        assert state is not Week.MISSED or week < pace.this
        assert state is not Week.AHEAD or week >= pace.this
    shifted = weeks(held, stood, [*rests, (-50, 500)], pace)
    assert (shifted.kept, shifted.due) == (0, 0)


def test_strip_draws_each_week_in_its_place() -> None:
    states = [Week.MET, Week.TWICE, Week.MISSED, Week.OFF, Week.AHEAD, Week.MET]
    picture = strip(states, 0, 3, 'a "b" <c>')
    assert re.findall(r'class="(\w+)" d="([^"]*)"', picture) == [
        ("met", "M0 5h4v12h-4zM25 5h4v12h-4z"),
        ("twice", "M5 0h4v17h-4z"),
        ("missed", "M10.5 5.5h3v11h-3z"),
        ("off", "M15 14h4v3h-4z"),
        ("ahead", "M21 15h2v2h-2z"),
        ("now", "M19.5 0h1.5v20h-1.5z"),
    ]
    assert 'aria-label="a &quot;b&quot; &lt;c&gt;"' in picture
    assert 'viewBox="0 0 260 20"' in picture


@pytest.mark.parametrize(
    ("count", "this", "first"),
    [(52, 36, 0), (52, -2, 0), (26, 30, 0), (78, 10, 0), (78, 51, 12), (78, 77, 26)],
)
def test_strip_of_a_long_program_shows_the_weeks_around_today(
    count: int, this: int, first: int
) -> None:
    assert first_shown(count, this) == first
    picture = strip([Week.MET] * count, first, this, "")
    assert picture.count("5h4v12h-4z") == min(count, SHOWN)
    assert ('class="now"' in picture) == (0 <= this < first + SHOWN)
