"""The HTML of a diff: one table for both views, escaped, with blocks between lines."""

import re
from time import thread_time

import pytest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from reviews.diffs import File, Side, parse
from reviews.markup import Anchor, note, opens_unified, says, shown, snippet, table
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
<tbody class="hunk" role="rowgroup"><tr role="row">\
<td colspan="2" role="cell">@@ −1,3 +1,4 @@ class Rows {</td></tr></tbody>
<tbody role="rowgroup">
<tr role="row">\
<td class="old" role="cell" id="f1-o1"><a href="#f1-o1" tabindex="-1">1</a>\
<code><span class="kd">const</span> a = <span class="mf">1</span>;</code></td>\
<td class="new" role="cell" id="f1-n1"><a href="#f1-n1">1</a>\
<code><span class="kd">const</span> a = <span class="mf">1</span>;</code></td></tr>
</tbody>
<tbody class="change" role="rowgroup">
<tr role="row">\
<td class="old del" role="cell" id="f1-o2"><a href="#f1-o2" tabindex="-1">2</a>\
<code><i class="in">  </i><span class="k">return</span> rows;</code></td>\
<td class="new add" role="cell" id="f1-n2"><a href="#f1-n2" tabindex="-1">2</a>\
<code><i class="in">  </i><span class="k">return</span> \
<ins>{ </ins>rows<ins>, error }</ins>;</code></td></tr>
<tr role="row">\
<td class="old none" role="cell"></td>\
<td class="new add" role="cell" id="f1-n3"><a href="#f1-n3" tabindex="-1">3</a>\
<code><i class="in">  </i><span class="c1">// &lt;done&gt;</span></code></td></tr>
</tbody>
<tbody role="rowgroup">
<tr role="row">\
<td class="old" role="cell" id="f1-o3"><a href="#f1-o3" tabindex="-1">3</a>\
<code>}</code><small>No newline at the end of the file</small></td>\
<td class="new" role="cell" id="f1-n4"><a href="#f1-n4" tabindex="-1">4</a>\
<code>}</code><small>No newline at the end of the file</small></td></tr>
</tbody>
</table>"""


def only(text: str) -> File:
    (file,) = parse(text.encode()).files
    return file


def changed(added: int, removed: int) -> File:
    body = "-a\n" * removed + "+a\n" * added
    return only(f"--- a/x\n+++ b/x\n@@ -1,{removed} +1,{added} @@\n{body}")


def tags(html: str) -> list[str]:
    return re.findall("<tbody[^>]*>|<p>[^<]*|id=[^ >]*", html)


def test_table_exactly() -> None:
    assert table(only(SMALL), prefix="f1") == TABLE


def test_table_balances_and_has_one_tab_stop() -> None:
    for number, file in enumerate(
        parse(diff_sample("11-rename-with-edits.diff")).files
    ):
        html = table(file, prefix=f"f{number}")
        for tag in ("table", "tbody", "tr", "td", "code", "span", "i", "ins", "del"):
            assert len(re.findall(f"<{tag}[ >]", html)) == html.count(f"</{tag}>")
        ids = re.findall('id="([^"]*)"', html)
        assert len(ids) == len(set(ids))
        links = len(re.findall("<a ", html))
        assert len(re.findall('tabindex="-1"', html)) == max(links - 1, 0)


def test_table_without_lines_is_empty() -> None:
    file = only("diff --git a/x b/y\nrename from x\nrename to y\n")
    assert table(file, prefix="f1") == ""


def test_says_stand_after_their_lines() -> None:
    html = table(
        only(SMALL),
        prefix="f1",
        says={
            Anchor(Side.NEW, 2): says(mark_safe("<p>two")),
            Anchor(Side.OLD, 3): says(mark_safe("<p>last"), is_small=True),
            Anchor(Side.NEW, 99): says(mark_safe("<p>elsewhere")),
        },
    )
    assert tags(html)[1:] == [
        '<tbody role="rowgroup">',
        'id="f1-o1"',
        'id="f1-n1"',
        '<tbody class="change" role="rowgroup">',
        'id="f1-o2"',
        'id="f1-n2"',
        '<tbody class="says" role="rowgroup">',
        "<p>two",
        '<tbody class="change" role="rowgroup">',
        'id="f1-n3"',
        '<tbody role="rowgroup">',
        'id="f1-o3"',
        'id="f1-n4"',
        '<tbody class="says small" role="rowgroup">',
        "<p>last",
        '<tbody class="says" role="rowgroup">',
        "<p>elsewhere",
    ]
    assert html.count("<tbody") == html.count("</tbody>")


def test_says_on_both_sides_of_one_row() -> None:
    both = {
        Anchor(Side.OLD, 2): says("old & new"),
        Anchor(Side.NEW, 2): says(format_html("<p>{}", "<b>")),
    }
    html = table(only(SMALL), prefix="f1", says=both)
    assert html.index("old &amp; new") < html.index("<p>&lt;b&gt;")


def test_hostile_content_is_escaped_everywhere() -> None:
    evil = "<img src=x onerror=alert(1)>\"'&\u202e"
    text = f"--- {evil}.orig\n+++ {evil}.html\n@@ -1 +1 @@ {evil}\n-{evil}\n+{evil}!\n"
    file = only(text)
    page = render_to_string(
        "reviews/parts/file.html", {"file": shown(file, prefix="f1")}
    )
    page += snippet(file, Side.NEW, 1, 1) + table(file, prefix='"><img')
    assert "<img" not in page
    assert re.findall(r"\bonerror\b", re.sub(r'"[^"]*"|>[^<]*<', "", page)) == []


@pytest.mark.parametrize(
    ("added", "removed", "unified"),
    [(10, 0, True), (10, 1, True), (9, 1, False), (5, 5, False), (0, 7, True)],
)
def test_opens_unified(added: int, removed: int, unified: bool) -> None:
    assert opens_unified(changed(added, removed)) is unified


def test_a_file_without_lines_opens_side_by_side() -> None:
    assert not opens_unified(only("Binary files a/x and b/x differ\n"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SMALL, ""),
        ("diff --git a/x b/x\nnew file mode 100644\n", "new, no line changed"),
        ("--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n", "deleted"),
        (
            "diff --git a/x b/y\nrename from x\nrename to y\n",
            "renamed from x, no line changed",
        ),
        (
            "diff --git a/x b/y\ncopy from x\ncopy to y\n--- a/x\n+++ b/y\n"
            "@@ -1 +1 @@\n-a\n+b\n",
            "copied from x",
        ),
        (
            "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n",
            "mode changed from 100644 to 100755, no line changed",
        ),
        ("Binary files a/x and b/x differ\n", "binary, not shown"),
    ],
)
def test_note(text: str, words: str) -> None:
    assert note(only(text)) == words


def test_file_template() -> None:
    html = render_to_string(
        "reviews/parts/file.html", {"file": shown(only(SMALL), prefix="f1")}
    )
    assert (
        '<section class="file" id="f1" aria-labelledby="f1-h" data-path="web/rows.ts">'
        in html
    )
    assert TABLE in html
    assert '<span class="plus">+2</span> <span class="minus">−1</span>' in html
    assert re.findall(r'value="(\w+)"( checked)?', html) == [
        ("split", " checked"),
        ("unified", ""),
    ]


def test_file_template_unified_and_without_lines() -> None:
    html = render_to_string(
        "reviews/parts/file.html", {"file": shown(changed(20, 1), prefix="f2")}
    )
    assert 'class="file unified" id="f2"' in html
    assert re.findall(r'value="(\w+)"( checked)?', html)[1] == ("unified", " checked")
    binary = shown(only("Binary files a/x and b/x differ\n"), prefix="f3")
    html = render_to_string("reviews/parts/file.html", {"file": binary})
    assert "binary, not shown" in html
    assert "<fieldset" not in html
    assert 'class="plus"' not in html


def test_snippet_exactly() -> None:
    assert snippet(only(SMALL), Side.NEW, 2, 2, around=1) == (
        '<pre class="snippet" tabindex="0" aria-label="rows.ts, lines 1 to 3">'
        '<span class="ln">1</span><span class="kd">const</span> a = '
        '<span class="mf">1</span>;\n'
        '<mark><span class="ln">2</span><i class="in">  </i>'
        '<span class="k">return</span> <ins>{ </ins>rows<ins>, error }</ins>;</mark>\n'
        '<span class="ln">3</span><i class="in">  </i>'
        '<span class="c1">// &lt;done&gt;</span></pre>'
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


def test_a_big_change_renders_in_bounded_time_and_size() -> None:
    change = parse(diff_sample("10-big-i18n-utf8-content.diff"))
    seconds = []
    for _ in range(3):
        started = thread_time()
        tables = [table(file, prefix="f1") for file in change.files]
        seconds.append(thread_time() - started)
    assert min(seconds) < 1
    assert sum(map(len, tables)) < 3_000_000
