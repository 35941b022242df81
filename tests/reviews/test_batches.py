"""Which files a page draws at once, and how the others follow."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.batches import MOST_REQUESTS, batches, drawn_first


@pytest.mark.parametrize(
    ("rows", "at", "drawn"),
    [
        ([50_000, 1, 1], 0, range(1)),
        ([100, 300, 1], 0, range(2)),
        ([100, 301], 0, range(1)),
        ([9, 9, 9], 1, range(1, 3)),
        ([0], 0, range(1)),
        ([1] * 20, 3, range(3, 11)),
    ],
)
def test_drawn_first(rows: list[int], at: int, drawn: range) -> None:
    assert drawn_first(rows, at) == drawn


@pytest.mark.parametrize(
    ("rows", "drawn", "asked"),
    [
        ([10], range(1), []),
        ([10, 12_000], range(1), [range(1, 2)]),
        ([10, 6_001, 6_000], range(1), [range(1, 2), range(2, 3)]),
        ([10, *[1_000] * 90], range(1), [range(1, 31), range(31, 61), range(61, 91)]),
        ([10, 0, 0], range(1), [range(1, 3)]),
        ([5, 5, 50_000, 5], range(1, 2), [range(1), range(2, 3), range(3, 4)]),
    ],
)
def test_batches(rows: list[int], drawn: range, asked: list[range]) -> None:
    assert batches(rows, drawn) == asked


@given(st.data(), st.lists(st.integers(0, 30_000), min_size=1, max_size=90))
def test_every_file_comes_once_and_in_three_requests(
    data: st.DataObject, rows: list[int]
) -> None:
    drawn = drawn_first(rows, data.draw(st.integers(0, len(rows) - 1)))
    asked = batches(rows, drawn)
    assert len(asked) <= MOST_REQUESTS
    assert all(asked)
    assert sorted(chain(drawn, *asked)) == list(range(len(rows)))
