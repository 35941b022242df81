"""The HTML of a diff: one table for both views, escaped, with blocks between lines."""

import gzip
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from time import thread_time

import pytest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from reviews import markup
from reviews.diffs import File, Side, parse
from reviews.drawing import draw, outlines
from reviews.markup import NOTHING_MOVED, Anchor, Moved, cut_out, says, snippet
from reviews.models import Blob
from reviews.moved import moved_lines
from tests.samples import diff_sample

SMALL = """\
diff --git a/web/rows.ts b/web/rows.ts
--- a/web/rows.ts
+++ b/web/rows.ts
@@ -1,3 +1,4 @@ class Rows {
 const a = 1;
-  return rows;
+  return { rows, error };
+  // <done>
 }
\\ No newline at end of file
"""
TABLE = """\
<table class="diff" role="table">
<caption class="unseen">web/rows.ts, before and after</caption>
<thead class="unseen" role="rowgroup"><tr role="row">\
<th scope="col" role="columnheader">Before</th>\
<th scope="col" role="columnheader">After</th></tr></thead>
<tbody class=hunk role=rowgroup><tr role=row>\
<td colspan=2 role=cell>@@ −1,3 +1,4 @@ class Rows {
<tbody role=rowgroup><tr role=row>\
<td class=old role=cell id=f1-o1><a href=#f1-o1 tabindex=-1>1</a>\
<code><i class=kd>const</i> a = <i class=mf>1</i>;</code>\
<td class=new role=cell id=f1-n1><a href=#f1-n1>1</a>\
<code><i class=kd>const</i> a = <i class=mf>1</i>;</code>
<tbody class=change role=rowgroup><tr role=row>\
<td class="old del" role=cell id=f1-o2><a href=#f1-o2 tabindex=-1>2</a>\
<code><i class=in>  </i><i class=k>return</i> rows;</code>\
<td class="new add" role=cell id=f1-n2><a href=#f1-n2 tabindex=-1>2</a>\
<code><i class=in>  </i><i class=k>return</i> \
<ins>{ </ins>rows<ins>, error }</ins>;</code>
<tr role=row><td class="old none" role=cell>\
<td class="new add" role=cell id=f1-n3><a href=#f1-n3 tabindex=-1>3</a>\
<code><i class=in>  </i><i class=c1>// &lt;done&gt;</i></code>
<tbody role=rowgroup><tr role=row>\
<td class=old role=cell id=f1-o3><a href=#f1-o3 tabindex=-1>3</a>\
<code>}</code><small>No newline at the end of the file</small>\
<td class=new role=cell id=f1-n4><a href=#f1-n4 tabindex=-1>4</a>\
<code>}</code><small>No newline at the end of the file</small>
</table>"""


def table(file: File, number: int, moved: Moved = NOTHING_MOVED) -> str:
    return "".join(markup.table(file, number, moved))


def with_says(html: str, number: int, blocks: Mapping[Anchor, SafeString]) -> str:
    return markup.with_says(html.encode(), number, blocks).decode()


def only(text: str) -> File:
    (file,) = parse(text.encode()).files
    return file


def changed(added: int, removed: int) -> File:
    body = "-a\n" * removed + "+a\n" * added
    return only(f"--- a/x\n+++ b/x\n@@ -1,{removed} +1,{added} @@\n{body}")


def tags(html: str) -> list[str]:
    return re.findall("<tbody[^>]*>|<p>[^<]*|id=[^ >]*", html)


def page_of(text: str) -> str:
    """The one file as its template shows it."""
    change = parse(text.encode())
    files = outlines(change, Blob())
    draw(change, files)
    (file,) = files
    file.table = mark_safe(file.html.decode())  # noqa: S308 - as it was drawn
    return render_to_string("reviews/parts/file.html", {"file": file})


class Tags(HTMLParser):
    """Tags that have to be closed, as they are opened and closed."""

    KEPT = ("table", "caption", "code", "a", "span", "i", "ins", "del", "small")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in self.KEPT:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.KEPT:
            assert self.open.pop() == tag


def test_table_exactly() -> None:
    assert table(only(SMALL), 1) == TABLE


@pytest.mark.parametrize("name", ["11-rename-with-edits.diff", "09-big-go.diff"])
def test_table_balances_and_has_one_tab_stop(name: str) -> None:
    for number, file in enumerate(parse(diff_sample(name)).files, 1):
        html = table(file, number)
        assert Tags(html).open == []
        ids = re.findall(r"id=(\S+?)>", html)
        assert len(ids) == len(set(ids))
        links = html.count("<a ")
        assert html.count("tabindex=-1") == max(links - 1, 0)


def test_table_without_lines_is_empty() -> None:
    file = only("diff --git a/x b/y\nrename from x\nrename to y\n")
    assert table(file, 1) == ""
    assert with_says("", 1, {Anchor(Side.NEW, 1): says("x")}) == ""


def test_says_stand_after_their_lines() -> None:
    html = with_says(
        table(only(SMALL), 1),
        1,
        {
            Anchor(Side.NEW, 2): says(mark_safe("<p>two")),
            Anchor(Side.OLD, 3): says(mark_safe("<p>last"), is_small=True),
            Anchor(Side.NEW, 99): says(mark_safe("<p>elsewhere")),
        },
    )
    assert tags(html)[1:] == [
        "<tbody role=rowgroup>",
        "id=f1-o1",
        "id=f1-n1",
        "<tbody class=change role=rowgroup>",
        "id=f1-o2",
        "id=f1-n2",
        '<tbody class="says" role="rowgroup">',
        "<p>two",
        "<tbody class=change role=rowgroup>",
        "id=f1-n3",
        "<tbody role=rowgroup>",
        "id=f1-o3",
        "id=f1-n4",
        '<tbody class="says small" role="rowgroup">',
        "<p>last",
        '<tbody class="says" role="rowgroup">',
        "<p>elsewhere",
    ]


def test_says_on_both_sides_of_one_row() -> None:
    both = {
        Anchor(Side.NEW, 2): says(format_html("<p>{}", "<b>")),
        Anchor(Side.OLD, 2): says("old & new"),
    }
    html = with_says(table(only(SMALL), 1), 1, both)
    assert html.index("old &amp; new") < html.index("<p>&lt;b&gt;")


def test_says_of_line_1_is_not_that_of_line_10() -> None:
    html = with_says(table(changed(10, 0), 1), 1, {Anchor(Side.NEW, 1): says("here")})
    assert html.index("id=f1-n1>") < html.index("here") < html.index("id=f1-n2>")


def long_run(before: int, after: int = 0) -> File:
    """Unchanged lines around one that is added."""
    counts = f"-1,{before + after} +1,{before + after + 1}"
    body = " a\n" * before + "+b\n" + " a\n" * after
    return only(f"--- a/x\n+++ b/x\n@@ {counts} @@\n{body}")


def test_the_middle_of_a_long_run_folds() -> None:
    html = table(long_run(13), 1)
    assert tags(html.replace("id=f1-o", ""))[1:] == [
        "<tbody role=rowgroup>",
        *("id=f1-n1", "id=f1-n2", "id=f1-n3"),
        "<tbody class=fold role=rowgroup>",
        "<tbody class=folded role=rowgroup>",
        *(f"id=f1-n{number}" for number in range(4, 11)),
        "<tbody role=rowgroup>",
        *("id=f1-n11", "id=f1-n12", "id=f1-n13"),
        "<tbody class=change role=rowgroup>",
        "id=f1-n14",
    ]
    assert (
        "<label><input type=checkbox> Show 7 unchanged lines</label>\n"
        "<tbody class=folded role=rowgroup>" in html
    )


def test_a_shorter_run_does_not_fold() -> None:
    assert "fold" not in table(long_run(12, 12), 1)


def test_a_fold_that_holds_a_note_is_open() -> None:
    html = table(long_run(20, 20), 1)
    assert html.count("class=folded") == html.count("class=fold ") == 2
    noted = with_says(html, 1, {Anchor(Side.OLD, 10): says("here")})
    assert noted.count("class=folded") == noted.count("class=fold ") == 1
    before, after = noted.split("here")
    assert before.count("\n<tr role=row>") == 8
    assert re.findall("id=f1-n[^>]*", before)[-1] == "id=f1-n10"
    assert after.startswith("</td></tr></tbody>\n<tbody role=rowgroup><tr role=row>")
    assert noted.index("class=fold ") > noted.index("here")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("a = 1", "a  =  1", "only whitespace changed"),
        ("  a", "\ta", "only whitespace changed"),
        ("a", "a\r", "only the line ending changed"),
        ("a", "b", None),
        ("ab", "a b c", None),
    ],
)
def test_a_change_of_whitespace_alone_is_marked(
    old: str, new: str, words: str | None
) -> None:
    body = f"-{old}\n-{old}\n+{new}\n+{new}\n"
    html = table(only(f"--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n{body}"), 1)
    assert re.findall("<small>(.*?)</small>", html) == ([words] if words else [])
    assert html.count('class="old del ws"') == (2 if words else 0)
    assert html.count('class="new add ws"') == (2 if words else 0)


MOVED = """\
--- a/<a>.py
+++ b/<a>.py
@@ -1,4 +1 @@
-first line
-second line
-third line
 stays
--- a/b.py
+++ b/b.py
@@ -7,2 +7,5 @@
 here
+    first line
+    second line
+    third line
 there
"""


def test_a_moved_block_is_marked_and_linked_on_both_sides() -> None:
    change = parse(MOVED.encode())
    moved = moved_lines(change)
    old, new = (table(file, n, moved[n]) for n, file in enumerate(change.files, 1))
    assert re.findall('class="old del mv" role=cell id=(\\S+)>', old) == [
        *("f1-o1", "f1-o2", "f1-o3")
    ]
    assert re.findall('class="new add mv" role=cell id=(\\S+)>', new) == [
        *("f2-n8", "f2-n9", "f2-n10")
    ]
    assert (
        '<code>first line</code><small class=moved><a href="?from=2#f2-n8">'
        "3 lines moved to b.py, line 8</a></small>" in old
    )
    assert (
        '</i>first line</code><small class=moved><a href="?from=1#f1-o1">'
        "3 lines moved from &lt;a&gt;.py, line 1</a></small>" in new
    )
    assert old.count("moved to") == new.count("moved from") == 1


def test_a_block_that_moves_within_a_file_names_its_line() -> None:
    (file,) = parse(diff_sample("08-range-python.diff")).files
    html = table(file, 1, moved_lines(parse(diff_sample("08-range-python.diff")))[1])
    assert re.findall('<small class=moved><a href="([^"]*)">([^<]*)', html) == [
        ("?from=1#f1-n44", "15 lines moved to line 44"),
        ("?from=1#f1-o32", "15 lines moved from line 32"),
    ]


def test_hostile_content_is_escaped_everywhere() -> None:
    evil = "<img src=x onerror=alert(1)>\"'&\u202e"
    text = f"--- {evil}.orig\n+++ {evil}.html\n@@ -1 +1 @@ {evil}\n-{evil}\n+{evil}!\n"
    page = page_of(text) + snippet(only(text), Side.NEW, 1, 1)
    assert "<img" not in page
    assert re.findall(r"\bonerror\b", re.sub(r'"[^"]*"|>[^<]*<', "", page)) == []


def test_snippet_exactly() -> None:
    assert snippet(only(SMALL), Side.NEW, 2, 2, around=1) == (
        '<pre class="snippet" tabindex="0" aria-label="rows.ts, lines 1 to 3">'
        '<span class="ln">1</span><i class=kd>const</i> a = '
        "<i class=mf>1</i>;\n"
        '<mark><span class="ln">2</span><i class=in>  </i>'
        "<i class=k>return</i> <ins>{ </ins>rows<ins>, error }</ins>;</mark>\n"
        '<span class="ln">3</span><i class=in>  </i>'
        "<i class=c1>// &lt;done&gt;</i></pre>"
    )


def test_snippet_of_the_old_side() -> None:
    html = snippet(only(SMALL), Side.OLD, 2, 3)
    assert re.findall(r'(<mark>)?<span class="ln">(\d)', html) == [
        ("", "1"),
        ("<mark>", "2"),
        ("<mark>", "3"),
    ]
    assert "error" not in html


def test_snippet_of_lines_that_are_not_shown() -> None:
    assert snippet(only(SMALL), Side.NEW, 5, 9) == SafeString("")
    assert snippet(only("Binary files a/x and b/x differ\n"), Side.NEW, 1, 1) == ""


def test_snippet_of_many_lines_is_cut() -> None:
    html = snippet(changed(5_000, 0), Side.NEW, 1, 5_000)
    assert html.count('<span class="ln">') == 63


@pytest.mark.parametrize("file", [only(SMALL), changed(200, 150)])
@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("span", [(1, 1), (2, 3), (40, 170), (900, 901)])
def test_cut_out_is_the_snippet(file: File, side: Side, span: tuple[int, int]) -> None:
    drawn = table(file, 7).encode()
    cut = cut_out(drawn, 7, file.path, Anchor(side, span[0]), span[1])
    assert cut == snippet(file, side, *span)


def test_a_big_change_renders_in_bounded_time_and_size() -> None:
    change = parse(diff_sample("10-big-i18n-utf8-content.diff"))
    seconds = []
    for _ in range(3):
        started = thread_time()
        moved = moved_lines(change)
        tables = [
            table(file, number, moved.get(number, NOTHING_MOVED))
            for number, file in enumerate(change.files, 1)
        ]
        seconds.append(thread_time() - started)
    assert min(seconds) < 1
    html = "".join(tables).encode()
    assert len(html) < 2_400_000
    assert len(gzip.compress(html, 6)) < 270_000
