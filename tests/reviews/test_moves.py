"""Moved blocks: what was taken out here and put in there."""

from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.diffs import Change, LineKind, parse
from reviews.diffs.moves import LEAST, Move, Span, moves
from tests.samples import diff_sample

BLOCK = [
    "def total(rows):",
    "    amount = 0",
    "    for row in rows:",
    "    return amount",
]


def file(name: str, *hunks: tuple[int, int, list[str]]) -> str:
    """A file; each hunk by its two starts and its lines with their signs."""
    text = f"--- a/{name}\n+++ b/{name}\n"
    for old, new, lines in hunks:
        counts = [sum(line[:1] in side for line in lines) for side in ("- ", "+ ")]
        text += f"@@ -{old},{counts[0]} +{new},{counts[1]} @@\n"
        text += "".join(f"{line}\n" for line in lines)
    return text


def change(*files: str) -> Change:
    return parse("".join(files).encode())


def signed(sign: str, lines: list[str]) -> list[str]:
    return [sign + line for line in lines]


def test_a_block_moves_within_a_file() -> None:
    one = file(
        "x.py", (5, 5, signed("-", BLOCK)), (40, 36, [" here:", *signed("+", BLOCK)])
    )
    assert moves(change(one)) == [Move(Span(1, 5, 8), Span(1, 37, 40))]


def test_a_block_moves_to_another_file_and_is_indented_there() -> None:
    one = file("b.py", (1, 1, [" x", *signed("+    ", BLOCK)]))
    other = file("a.py", (7, 7, [*signed("-", BLOCK), " y"]))
    assert moves(change(one, other)) == [Move(Span(2, 7, 10), Span(1, 2, 5))]


def test_lines_that_say_little_neither_count_nor_part_a_block() -> None:
    loose = [line for text in BLOCK for line in (text, "", "}")]
    one = file("a.c", (1, 1, signed("-", loose)), (50, 50, signed("+", BLOCK)))
    assert moves(change(one)) == [Move(Span(1, 1, 10), Span(1, 50, 53))]
    brackets = ["}", "", "{", "});", "else"]
    one = file("a.c", (1, 1, signed("-", brackets)), (50, 50, signed("+", brackets)))
    assert moves(change(one)) == []


@pytest.mark.parametrize("count", [1, 2])
def test_fewer_lines_are_no_block(count: int) -> None:
    some = BLOCK[:count]
    one = file("a.py", (1, 1, signed("-", some)), (50, 50, signed("+", some)))
    assert moves(change(one)) == []


def test_what_is_indented_in_place_has_not_moved() -> None:
    lines = [*signed("-", BLOCK), "+if rows:", *signed("+    ", BLOCK)]
    assert moves(change(file("a.py", (1, 1, lines)))) == []


def test_a_block_that_comes_twice_has_moved_once() -> None:
    one = file("a.py", (1, 1, signed("-", BLOCK)))
    twice = file("b.py", (1, 1, signed("+", BLOCK)), (9, 13, signed("+", BLOCK)))
    assert moves(change(one, twice)) == [Move(Span(1, 1, 4), Span(2, 1, 4))]


def test_the_longest_of_several_places_is_taken() -> None:
    short = file("a.py", (1, 1, signed("-", BLOCK[:3])))
    long = file("b.py", (1, 1, signed("-", BLOCK)))
    here = file("c.py", (1, 1, signed("+", BLOCK)))
    assert moves(change(short, long, here)) == [Move(Span(2, 1, 4), Span(3, 1, 4))]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("08-range-python.diff", [Move(Span(1, 32, 46), Span(1, 44, 58))]),
        (
            "11-rename-with-edits.diff",
            [
                Move(Span(5, 56, 63), Span(11, 13, 20)),
                Move(Span(5, 45, 52), Span(15, 13, 20)),
            ],
        ),
        ("21-crlf-flip-lf-to-crlf.diff", []),
    ],
)
def test_real_changes(name: str, found: list[Move]) -> None:
    assert moves(parse(diff_sample(name))) == found


@pytest.mark.parametrize(
    "lines",
    [
        ["the same line"] * 20_000,
        ["", "one word"] * 10_000,
        ["aaaaa", "bbbbb", "ccccc", *["x"] * 97] * 200,
    ],
)
def test_hostile_repetition_costs_linear_time(lines: list[str]) -> None:
    half = len(lines) // 2
    one = file("a", (1, 1, signed("-", lines[:half])))
    other = file("b", (1, 1, signed("+", lines[half:])))
    whole = change(one, other)
    started = thread_time()
    moves(whole)
    assert thread_time() - started < 1


WORDS = st.sampled_from(["alpha beta", "gamma delta", "  alpha beta", "epsilon", "}"])


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from("+-"), WORDS), min_size=1, max_size=12),
        min_size=1,
        max_size=4,
    )
)
def test_a_move_joins_equal_lines_and_each_line_once(
    files: list[list[tuple[str, str]]],
) -> None:
    whole = change(
        *(
            file(f"f{at}", (1, 1, [sign + text for sign, text in lines]))
            for at, lines in enumerate(files)
        )
    )
    seen: set[tuple[LineKind, int, int]] = set()
    for move in moves(whole):
        sides = []
        for span, kind in ((move.old, LineKind.REMOVED), (move.new, LineKind.ADDED)):
            lines = [
                (line.old_number or line.new_number or 0, line.text.strip())
                for hunk in whole.files[span.file - 1].hunks
                for line in hunk.lines
                if line.kind is kind
            ]
            block = [at for at in lines if span.first <= at[0] <= span.last]
            places = {(kind, span.file, number) for number, _ in block}
            assert not places & seen
            seen |= places
            sides.append([text for _, text in block if text != "}"])
        assert sides[0] == sides[1]
        assert len(sides[0]) >= LEAST
