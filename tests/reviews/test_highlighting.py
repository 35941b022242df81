"""Lines of a diff as HTML: coloured, marked, escaped, at bounded cost."""

import re
from html import unescape
from pathlib import Path
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.diffs import File, parse
from reviews.highlighting import (
    CHANGE_SECONDS,
    CLASSES,
    FILE_SECONDS,
    LARGEST_FILE,
    LONGEST_LINE,
    LONGEST_SHOWN,
    MOST_BOXES,
    Budget,
    code,
    visible,
)
from tests.samples import diff_sample

STYLESHEET = Path(__file__).resolve().parents[2] / "static" / "app.css"


def file_of(body: str, path: str = "x.py") -> File:
    """One hunk; `body` is made of lines that start with a blank, + or -."""
    lines = body.split("\n")
    old = sum(line[:1] in "- " for line in lines)
    new = sum(line[:1] in "+ " for line in lines)
    head = f"--- a/{path}\n+++ b/{path}\n@@ -1,{old} +1,{new} @@\n"
    (file,) = parse((head + body + "\n").encode()).files
    return file


def lines_of(body: str, path: str = "x.py") -> list[str]:
    (lines,) = code(file_of(body, path))
    return lines


def plain(html: str) -> str:
    return unescape(re.sub("<[^>]*>", "", html))


def test_colours_by_the_path() -> None:
    body = "+def f(): return 1"
    assert lines_of(body) == [
        "<i class=k>def</i> <i class=nf>f</i>(): "
        "<i class=k>return</i> <i class=mi>1</i>"
    ]
    assert lines_of(body, "x.unknown") == ["def f(): return 1"]


def test_indentation_is_an_element_of_its_own() -> None:
    assert lines_of("+\t  x = y") == ["<i class=in>\t  </i>x = y"]
    assert lines_of("     ") == ["<i class=in>    </i>"]
    assert lines_of("+") == [""]


def test_blanks_at_the_end_of_an_added_line_are_marked() -> None:
    assert lines_of("+x = y \t") == ["x = y<i class=tail> \t</i>"]
    assert lines_of("+  x# y ") == [
        "<i class=in>  </i>x<i class=c1># y</i><i class=tail> </i>"
    ]
    assert lines_of("+    ") == ["<i class=tail>    </i>"]
    assert lines_of("-x = y  \n x = y  ") == ["x = y  ", "x = y  "]


def test_a_string_runs_over_lines_and_keeps_the_indentation_apart() -> None:
    assert lines_of('+def f():\n+    """One.\n+\n+    Two."""')[1:] == [
        '<i class=in>    </i><i class=sd>"""One.</i>',
        "",
        '<i class=in>    </i><i class=sd>Two."""</i>',
    ]


def test_both_sides_are_lexed_apart() -> None:
    body = ' """\n-one """\n+two\n+six"""\n return'
    assert lines_of(body)[1:] == [
        '<i class=sd>one """</i>',
        "<i class=sd>two</i>",
        '<i class=sd>six"""</i>',
        "<i class=k>return</i>",
    ]


def test_changed_words() -> None:
    assert lines_of("-  return rows;\n+  return { rows, error };", "x.ts") == [
        "<i class=in>  </i><i class=k>return</i> rows;",
        "<i class=in>  </i><i class=k>return</i> "
        "<ins>{ </ins>rows<ins>, error }</ins>;",
    ]


def test_changed_words_cut_through_a_token() -> None:
    old, new = lines_of('-say("one two")\n+say("one six")')
    assert old.endswith(
        '<i class=s2>"one </i><del><i class=s2>two</i></del><i class=s2>"</i>)'
    )
    assert new.endswith(
        '<i class=s2>"one </i><ins><i class=s2>six</i></ins><i class=s2>"</i>)'
    )


def test_changed_indentation() -> None:
    assert lines_of("-  call()\n+    call()") == [
        "<del><i class=in>  </i></del>call()",
        "<ins><i class=in>    </i></ins>call()",
    ]


def test_line_ends_show_where_they_are_mixed() -> None:
    assert lines_of("-a = 1\n+a = 1\r", "x") == [
        "a = 1",
        "a = 1<ins><i class=odd>\\r</i></ins>",
    ]
    assert lines_of("-a = 1\r\n+a = 2\r", "x") == [
        "a = <del>1</del>",
        "a = <ins>2</ins>",
    ]


def test_hidden_characters_are_written_out() -> None:
    assert visible("a\0b\rc\x7fd\u202ee\u200bf\tg\u200dhé") == (
        "a\\x00b\\rc\\x7fd\\u202ee\\u200bf\tg\u200dhé"
    )
    assert lines_of("+\0\0 = '\u202e'", "x") == [
        "<i class=odd>\\x00\\x00</i> = '<i class=odd>\\u202e</i>'"
    ]


def test_an_endless_line_is_cut() -> None:
    endless = "x" * (LONGEST_SHOWN + 5)
    assert lines_of("+" + endless) == ["x" * LONGEST_SHOWN + "… +5"]


@pytest.mark.parametrize("path", ["x.py", "x.html", "x.js", "x.unknown"])
def test_everything_is_escaped(path: str) -> None:
    evil = '<script>alert("&amp;")</script><!-- \'</code></table>'
    html = lines_of("+" + evil + "\n-<b>" + evil, path)
    for line in html:
        tags = set(re.findall("<[^>]*>", line))
        assert {
            tag for tag in tags if not re.match("</?(span|i|ins|del)[ >]", tag)
        } == (set())
    assert sorted(map(plain, html)) == sorted([evil, "<b>" + evil])


def test_a_long_line_is_plain_and_its_neighbours_coloured() -> None:
    long = ("return " * (LONGEST_LINE // 7 + 1)).rstrip()
    html = lines_of("+return\n+" + long + "\n+return")
    assert html == [
        "<i class=k>return</i>",
        long,
        "<i class=k>return</i>",
    ]


def test_a_huge_file_is_plain() -> None:
    line = "+return " + "x" * 100
    count = LARGEST_FILE // (len(line) - 1) + 1
    assert lines_of("\n".join([line] * count))[0] == line[1:]
    assert lines_of("\n".join([line] * (count - 1)))[0].startswith("<i class=k>")


def test_every_class_has_its_colour() -> None:
    sheet = STYLESHEET.read_text()
    assert [name for name in CLASSES if f"& .{name}" not in sheet] == []


@pytest.mark.parametrize("name", ["09-big-go.diff", "10-big-i18n-utf8-content.diff"])
def test_text_survives(name: str) -> None:
    for file in parse(diff_sample(name)).files:
        for hunk, lines in zip(file.hunks, code(file), strict=True):
            assert [visible(line.text) for line in hunk.lines] == list(
                map(plain, lines)
            )


@pytest.mark.parametrize("path", ["x.rst", "x.md", "x.java", "x.c", "x.py", "x.ts"])
@pytest.mark.parametrize(
    "text", ["", "a " * 190, '\\"' * 190, "((((" * 90, "<a " * 130]
)
def test_hostile_text_costs_bounded_time(path: str, text: str) -> None:
    file = file_of("\n".join(["+" + text] * 3_000), path)
    started = thread_time()
    list(code(file))
    assert thread_time() - started < 5


def hunks_of(count: int, text: str) -> File:
    """A file of so many hunks, each with one costly line."""
    body = "".join(f"@@ -{n} +{n} @@\n {text}\n" for n in range(1, count + 1))
    (file,) = parse(f"--- a/x.py\n+++ b/x.py\n{body}".encode()).files
    return file


def test_very_many_hunks_cost_bounded_time() -> None:
    file = hunks_of(50_000, "x")
    budget = Budget()
    started = thread_time()
    lines = list(code(file, budget=budget))
    assert thread_time() - started < 2 * FILE_SECONDS + 1
    assert lines == [["x"]] * 50_000
    assert budget.seconds < CHANGE_SECONDS


def test_what_comes_after_a_spent_budget_is_plain() -> None:
    file = hunks_of(2, "return")
    assert list(code(file)) == [["<i class=k>return</i>"]] * 2
    assert list(code(file, budget=Budget(seconds=0))) == [["return"]] * 2
    changed = file_of("-one two three\n+one six three")
    assert list(code(changed, budget=Budget(seconds=0))) == [
        ["one two three", "one six three"]
    ]


def test_the_characters_of_a_budget_are_for_all_files() -> None:
    file, budget = hunks_of(1, "return"), Budget(characters=10)
    assert list(code(file, budget=budget)) == [["<i class=k>return</i>"]]
    assert list(code(file, budget=budget)) == [["return"]]
    assert budget.characters == 4


def test_a_line_of_hidden_characters_does_not_grow_without_end() -> None:
    (html,) = lines_of("+" + "\0a" * 10_000, "x.unknown")
    assert html.startswith("<i class=odd>\\x00</i>a")
    assert html.endswith("\\x00a")
    assert html.count("<i") == MOST_BOXES
    assert plain(html) == "\\x00a" * 10_000


def test_only_some_hunks() -> None:
    text = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n@@ -9 +9 @@\n-c\n+d\n"
    (file,) = parse(text.encode()).files
    assert list(code(file, file.hunks[1:])) == [["c", "d"]]


@given(
    st.lists(
        st.tuples(st.sampled_from(" +-"), st.text(st.characters(codec="utf-8"))),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from(["x.py", "x.tsx", "x.html", "x.go", "x.sql", "x.md", "x"]),
)
def test_any_text_survives(lines: list[tuple[str, str]], path: str) -> None:
    texts = [text.replace("\n", "").rstrip("\r") for _, text in lines]
    body = "\n".join(sign + text for (sign, _), text in zip(lines, texts, strict=True))
    assert list(map(plain, lines_of(body, path))) == list(map(visible, texts))


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_code_is_legible_on_every_ground_of_a_line() -> None:
    pattern = r"--([a-z-]+): light-dark\((#\w{6}), (#\w{6})\);"
    tokens = {name: pair for name, *pair in re.findall(pattern, STYLESHEET.read_text())}
    inks = [name for name in tokens if name.startswith("code-")]
    assert len(inks) == 5
    for ink in (*inks, "ink"):
        for ground in ("sheet", "add", "add-word", "del", "del-word", "pen"):
            for one, other in zip(tokens[ink], tokens[ground], strict=True):
                low, high = sorted((luminance(one), luminance(other)))
                assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, ground)
