"""Which words of a line changed."""

from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.words import LONGEST, MOST_WORDS, Blank, blank_change, changed_words


def marked(old: str, new: str) -> tuple[list[str], list[str]]:
    before, after = changed_words(old, new)
    return [old[a:b] for a, b in before], [new[a:b] for a, b in after]


def test_words_put_in_on_both_sides_of_one() -> None:
    assert marked("  return rows;", "  return { rows, error };") == (
        [],
        ["{ ", ", error }"],
    )


def test_words_replaced_taken_out_and_put_in() -> None:
    assert marked("a = load(first, 10)", "b = load(first)") == (["a", ", 10"], ["b"])


def test_indentation() -> None:
    assert marked("  call()", "      call()") == (["  "], ["      "])


def test_line_end() -> None:
    assert marked("call()", "call()\r") == ([], ["\r"])


def test_equal_lines_and_strangers_are_not_marked() -> None:
    assert changed_words("same", "same") == ([], [])
    assert changed_words("", "new") == ([], [])
    assert changed_words("response = post(url)", "if delivered is None:") == ([], [])


def test_longer_lines_are_not_compared() -> None:
    start = "a " * (LONGEST // 2)
    assert changed_words(start, start + "b") == ([], [])
    assert changed_words(start[:-2], start[:-2] + "b") == ([], [(998, 999)])


def test_a_long_middle_is_marked_as_a_whole() -> None:
    keep = "k" * 400
    old, new = "x" + " x" * MOST_WORDS, "y" + " x" * MOST_WORDS + " y"
    assert marked(f"{keep}({old})", f"{keep}({new})") == ([old], [new])


def test_thousands_of_hostile_lines_cost_bounded_time() -> None:
    old, new = "ab" * 3 + " a b" * 9, "ab" * 3 + " b a" * 9
    started = thread_time()
    for _ in range(5_000):
        changed_words(old, new)
    assert thread_time() - started < 5


line = st.text("ab (=)\t\rä", max_size=30)


@given(line, line)
def test_what_is_not_marked_is_the_same_in_both(old: str, new: str) -> None:
    before, after = changed_words(old, new)
    assert before == sorted(before)
    assert after == sorted(after)
    if before or after:
        assert rest(old, before) == rest(new, after)


def rest(text: str, marks: list[tuple[int, int]]) -> str:
    for start, end in reversed(marks):
        assert start < end
        text = text[:start] + text[end:]
    return text


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("a", "a", None),
        ("a", "b", None),
        ("a b", "ab", Blank.SPACE),
        ("\ta", "    a", Blank.SPACE),
        ("a ", "a", Blank.SPACE),
        ("a", "a\r", Blank.LINE_END),
        ("a\r\r", "a\r", Blank.LINE_END),
        ("a \r", "a", Blank.SPACE),
    ],
)
def test_blank_change(old: str, new: str, what: Blank | None) -> None:
    assert blank_change(old, new) is what
