"""The model against what can be reckoned by hand, and properties of its ranges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.insights.returns.model import (
    DRAWS,
    NAMES,
    WEEKS_A_MONTH,
    Range,
    inputs_of,
    outcome,
    triangular,
)


def certain(**values: float) -> dict[str, Range]:
    return {name: Range(value, value, value) for name, value in values.items()}


COST = {
    "juniors": 10,
    "months": 12,
    "mentor_hours": 2,
    "junior_hours": 4,
    "mentor_rate": 100,
    "junior_rate": 50,
}
SLOW = {"slow_months": 3, "week_hours": 40, "slow_share": 0.05}
RETURN = {
    "leave_without": 0.2,
    "leave_with": 0.1,
    "years": 2,
    "pay": 80_000,
    "replace_share": 0.5,
}


def test_without_ranges_it_is_what_a_sheet_of_paper_says() -> None:
    found = outcome(certain(**COST, **SLOW, **RETURN, other_costs=1000))
    mentors, juniors, slower, other = (line.spread for line in found.lines)
    assert mentors
    assert juniors
    assert slower
    assert other
    assert found.cost
    assert found.net
    assert mentors.middle == pytest.approx(10 * 52 * 2 * 100)
    assert juniors.middle == pytest.approx(10 * 52 * 4 * 50)
    assert slower.middle == pytest.approx(10 * 13 * 40 * 0.05 * 100)
    assert other.middle == 1000
    cost = 104_000 + 104_000 + 26_000 + 1000
    assert found.cost.low == found.cost.high == pytest.approx(cost)
    leavers = 10 * ((1 - 0.8**2) - (1 - 0.9**2))
    assert found.leavers.spread
    assert found.leavers.spread.middle == pytest.approx(leavers)
    assert found.net.middle == pytest.approx(leavers * 40_000 - cost)
    assert found.chance == 0.0
    assert found.even.spread
    assert found.even.spread.middle == pytest.approx(cost / 40_000)
    assert not found.bins
    assert not found.swings


def test_what_is_empty_is_left_out_by_name_and_never_zero() -> None:
    found = outcome(certain(**COST, **RETURN))
    assert [line.name for line in found.left_out] == ["slower", "other"]
    assert found.left_out[0].missing == ("slow_months", "week_hours", "slow_share")
    assert found.cost
    assert found.cost.middle == pytest.approx(208_000)
    alone = outcome(certain(**COST))
    assert alone.net is None
    assert alone.chance is None
    assert alone.gain.missing == (
        *("leave_without", "leave_with", "years", "replace_share", "pay"),
    )
    assert alone.even.missing == ("replace_share", "pay")


def test_no_cost_is_known_where_nothing_of_it_is() -> None:
    found = outcome(certain(**RETURN, juniors=10))
    assert found.cost is None
    assert found.net is None
    assert found.gain.spread
    assert found.even.spread is None


def test_nothing_is_divided_by_a_replacement_that_may_cost_nothing() -> None:
    inputs = {**certain(**COST, **RETURN), "pay": Range(0, 10, 20)}
    assert outcome(inputs).even.spread is None


def test_the_same_inputs_give_the_same_figures() -> None:
    inputs = {**certain(**COST, **RETURN), "mentor_rate": Range(80, 100, 150)}
    assert outcome(inputs) == outcome(inputs)


def test_another_input_moves_no_draw_of_the_others() -> None:
    ranged = {"mentor_rate": Range(80, 100, 150)}
    one = outcome({**certain(**COST), **ranged})
    other = outcome({**certain(**COST, **SLOW), **ranged})
    assert one.lines[0] == other.lines[0]


def test_swings_name_what_moves_it_most_first() -> None:
    inputs = {
        **certain(**COST, **RETURN),
        "mentor_rate": Range(90, 100, 110),
        "replace_share": Range(0.2, 0.5, 2.0),
    }
    found = outcome(inputs)
    assert [swing.name for swing in found.swings] == ["replace_share", "mentor_rate"]
    rate = found.swings[1]
    assert rate.at_low - rate.at_high == pytest.approx(10 * 52 * 2 * 20)


def test_bars_part_at_zero_and_hold_every_draw() -> None:
    inputs = {
        **certain(**COST, **RETURN),
        "replace_share": Range(0.2, 2.0, 9.0),
    }
    found = outcome(inputs)
    assert sum(found.bins) == DRAWS
    assert found.first / found.step == pytest.approx(round(found.first / found.step))
    below = sum(
        count
        for number, count in enumerate(found.bins)
        if found.first + (number + 1) * found.step <= 1e-9
    )
    assert found.chance is not None
    assert found.chance == pytest.approx(1 - below / DRAWS, abs=1e-3)
    assert 0 < found.chance < 1


ends = st.lists(st.floats(0.01, 1e6), min_size=3, max_size=3, unique=True).map(sorted)


@given(ends)
def test_draws_are_those_of_the_triangle(three: list[float]) -> None:
    """Its mean is a third of the sum, its variance by the textbook formula."""
    low, likely, high = three
    even = (np.arange(DRAWS) + 0.5) / DRAWS
    drawn = triangular(Range(low, likely, high), even)
    assert drawn.min() >= low
    assert drawn.max() <= high
    width = high - low
    assert drawn.mean() == pytest.approx(sum(three) / 3, abs=width / 100)
    variance = (
        low**2 + likely**2 + high**2 - low * likely - low * high - likely * high
    ) / 18
    assert drawn.var() == pytest.approx(variance, rel=0.01, abs=1e-9)


@given(st.permutations(("mentor_rate", "junior_rate", "replace_share")), ends)
def test_a_range_stays_between_its_corners(
    names: tuple[str, ...], three: list[float]
) -> None:
    """The cost rises with each input: no draw leaves what the ends of all give."""
    name = names[0]
    inputs = {**certain(**COST, **RETURN), name: Range(*three)}
    corners = [
        outcome({**inputs, name: Range(end, end, end)}).cost
        for end in (three[0], three[2])
    ]
    found = outcome(inputs).cost
    assert found
    assert corners[0]
    assert corners[1]
    slack = 1e-6 * (1 + corners[1].high)
    assert corners[0].low - slack <= found.low <= found.middle <= found.high
    assert found.high <= corners[1].high + slack


def test_stored_answers_are_read_by_the_names_that_are_known() -> None:
    one = {"low": "0.2", "likely": "0.4", "high": "2", "source": "us"}
    read = inputs_of({"replace_share": one, "gone": one})  # type: ignore[dict-item]
    assert read == {"replace_share": Range(0.2, 0.4, 2)}
    assert pytest.approx(52) == WEEKS_A_MONTH * 12
    assert len(set(NAMES)) == 15
