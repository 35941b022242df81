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
    CLASSES,
    LARGEST_FILE,
    LONGEST_LINE,
    LONGEST_SHOWN,
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
        '<span class="k">def</span> <span class="nf">f</span>(): '
        '<span class="k">return</span> <span class="mi">1</span>'
    ]
    assert lines_of(body, "x.unknown") == ["def f(): return 1"]


def test_indentation_is_an_element_of_its_own() -> None:
    assert lines_of("+\t  x = y") == ['<i class="in">\t  </i>x = y']
    assert lines_of("+    ") == ['<i class="in">    </i>']
    assert lines_of("+") == [""]


def test_a_string_runs_over_lines_and_keeps_the_indentation_apart() -> None:
    assert lines_of('+def f():\n+    """One.\n+\n+    Two."""')[1:] == [
        '<i class="in">    </i><span class="sd">"""One.</span>',
        "",
        '<i class="in">    </i><span class="sd">Two."""</span>',
    ]


def test_both_sides_are_lexed_apart() -> None:
    body = ' """\n-one """\n+two\n+six"""\n return'
    assert lines_of(body)[1:] == [
        '<span class="sd">one """</span>',
        '<span class="sd">two</span>',
        '<span class="sd">six"""</span>',
        '<span class="k">return</span>',
    ]


def test_changed_words() -> None:
    assert lines_of("-  return rows;\n+  return { rows, error };", "x.ts") == [
        '<i class="in">  </i><span class="k">return</span> rows;',
        '<i class="in">  </i><span class="k">return</span> '
        "<ins>{ </ins>rows<ins>, error }</ins>;",
    ]


def test_changed_words_cut_through_a_token() -> None:
    old, new = lines_of('-say("one two")\n+say("one six")')
    assert old.endswith(
        '<span class="s2">"one </span><del><span class="s2">two</span></del>'
        '<span class="s2">"</span>)'
    )
    assert new.endswith(
        '<span class="s2">"one </span><ins><span class="s2">six</span></ins>'
        '<span class="s2">"</span>)'
    )


def test_changed_indentation() -> None:
    assert lines_of("-  call()\n+    call()") == [
        '<del><i class="in">  </i></del>call()',
        '<ins><i class="in">    </i></ins>call()',
    ]


def test_line_ends_show_where_they_are_mixed() -> None:
    assert lines_of("-a = 1\n+a = 1\r", "x") == [
        "a = 1",
        'a = 1<ins><i class="odd">\\r</i></ins>',
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
        '<i class="odd">\\x00\\x00</i> = \'<i class="odd">\\u202e</i>\''
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
    long = "return " * (LONGEST_LINE // 7 + 1)
    html = lines_of("+return\n+" + long + "\n+return")
    assert html == [
        '<span class="k">return</span>',
        long,
        '<span class="k">return</span>',
    ]


def test_a_huge_file_is_plain() -> None:
    line = "+return " + "x" * 100
    count = LARGEST_FILE // (len(line) - 1) + 1
    assert lines_of("\n".join([line] * count))[0] == line[1:]
    assert lines_of("\n".join([line] * (count - 1)))[0].startswith("<span")


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
    code(file)
    assert thread_time() - started < 5


def test_only_some_hunks() -> None:
    text = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n@@ -9 +9 @@\n-c\n+d\n"
    (file,) = parse(text.encode()).files
    assert code(file, file.hunks[1:]) == [["c", "d"]]


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
