"""As an attacker: from all that is shown, and what a mentor knows, whose is it?"""

from collections import Counter, defaultdict
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from preceptor.insights.figures.crowd import FEWEST, cells, is_crowd


class Bit(NamedTuple):
    junior: int
    mentor: int
    key: str = ""


def crowd(*mentors: int) -> list[Bit]:
    """Juniors 0, 1, …, each with this mentor."""
    return [Bit(n, mentor) for n, mentor in enumerate(mentors)]


def test_five_juniors_are_a_crowd_and_four_are_none() -> None:
    assert is_crowd(crowd(1, 1, 2, 2, 3))
    assert not is_crowd(crowd(1, 1, 2, 3))
    assert not is_crowd(crowd(1, 1, 2, 3) * 9)


def test_a_mentor_who_knows_all_but_one_would_know_that_one() -> None:
    assert not is_crowd(crowd(1, 1, 1, 1, 2))
    assert not is_crowd(crowd(1, 1, 1, 1, 1))
    assert is_crowd(crowd(1, 1, 1, 2, 2))


def test_a_junior_with_two_mentors_is_known_to_both() -> None:
    shared = [Bit(0, 2), *crowd(1, 1, 1, 2, 2)]
    assert is_crowd(shared)
    assert not is_crowd([Bit(4, 1), *crowd(1, 1, 1, 2, 2)])


def test_a_row_of_too_few_takes_the_smallest_along() -> None:
    """With one row left out alone, the total less the others would be it."""
    mentors = (1, 1, 2, 2, 3)
    large = [Bit(n, of, "large") for n, of in enumerate((*mentors, 3, 4))]
    small = [Bit(n, of, "small") for n, of in enumerate(mentors)]
    one = [Bit(0, 1, "one")]
    found = cells({"large": large, "small": small, "one": one})
    assert list(found.shown) == ["large"]
    assert sorted(found.rest) == sorted([*small, *one])


def test_a_table_without_a_rest_has_all_its_rows() -> None:
    rows = {name: crowd(1, 1, 2, 2, 3) for name in "ab"}
    found = cells(rows)
    assert (sorted(found.shown), found.rest) == (["a", "b"], [])


def test_a_table_of_too_few_has_no_row() -> None:
    found = cells({"a": crowd(1, 1, 2, 2), "b": [Bit(9, 4)]})
    assert (found.shown, found.rest) == ({}, [])


BITS = st.builds(
    Bit,
    junior=st.integers(0, 8),
    mentor=st.integers(100, 103),
    key=st.sampled_from("abcd"),
)


@given(st.lists(BITS, max_size=60))
def test_nothing_that_is_shown_or_left_is_of_few(bits: list[Bit]) -> None:
    groups: dict[str, list[Bit]] = defaultdict(list)
    for bit in bits:
        groups[bit.key].append(bit)
    found = cells(groups)
    told = [*found.shown.values(), *([found.rest] if found.rest else [])]
    assert all(map(is_crowd, told))
    assert all(len({bit.junior for bit in part}) >= FEWEST for part in told)
    if told:
        assert Counter(bit for part in told for bit in part) == Counter(bits)
