"""The drawing of a change: what it says of a file, and that it is made once."""

import re
from hashlib import sha256

import pytest
from django.db import IntegrityError, connection
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils.safestring import mark_safe

from reviews import drawing
from reviews.diffs import File, Side, digest, parse
from reviews.drawing import Drawing, Notes, draw, note, outlines
from reviews.markup import Anchor, says
from reviews.models import Blob, DrawnFile
from tests.cast import Cast
from tests.samples import diff_sample

SMALL = """\
diff --git a/web/rows.ts b/web/rows.ts
--- a/web/rows.ts
+++ b/web/rows.ts
@@ -1 +1,2 @@
-  return rows;
+  return { rows, error };
+  // <done>
"""
TWO = SMALL + SMALL.replace("web/rows.ts", "web/cells.ts")


def only(text: str) -> File:
    (file,) = parse(text.encode()).files
    return file


def changed(added: int, removed: int) -> str:
    body = "-a\n" * removed + "+a\n" * added
    return f"--- a/x\n+++ b/x\n@@ -1,{removed} +1,{added} @@\n{body}"


def drawn(text: str) -> DrawnFile:
    """The one file of a change with its table, nothing stored."""
    change = parse(text.encode())
    files = outlines(change, Blob())
    draw(change, files)
    (file,) = files
    file.table = mark_safe(file.html.decode())  # noqa: S308 - as it was drawn
    return file


def tables(
    whole: Drawing, first: int, last: int, notes: Notes | None = None
) -> list[str]:
    """What a page with nothing else in it shows of these files."""
    files = whole.shown(first, last, notes or {})
    page = "\n\n".join(file.table for file in files)
    return whole.filled(HttpResponse(page)).content.decode().split("\n\n")


def stored(cast: Cast, text: str) -> Blob:
    body = text.encode()
    return Blob.objects.create(
        organisation=cast.tidewater, sha256=sha256(body).digest(), body=body
    )


@pytest.mark.parametrize(
    ("added", "removed", "unified"),
    [(10, 0, True), (10, 1, True), (9, 1, False), (5, 5, False), (0, 7, True)],
)
def test_what_mostly_adds_opens_unified(
    added: int, removed: int, unified: bool
) -> None:
    assert drawn(changed(added, removed)).is_unified is unified


def test_a_file_without_lines_opens_side_by_side() -> None:
    assert not drawn("Binary files a/x and b/x differ\n").is_unified


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


def test_outlines_say_what_a_list_of_files_needs() -> None:
    change = parse(TWO.encode())
    first, second = outlines(change, Blob())
    assert (first.number, first.path, first.added, first.removed, first.rows) == (
        *(1, "web/rows.ts"),
        *(2, 1, 3),
    )
    assert (second.number, second.name, second.lines) == (2, "cells.ts", 3)
    assert second.digest == digest(change.files[1])
    assert second.body is None


def test_file_template() -> None:
    file = drawn(SMALL)
    html = render_to_string("reviews/parts/file.html", {"file": file})
    assert 'class="file" id="f1" aria-labelledby="f1-h" data-path="web/rows.ts"' in html
    assert file.html.decode() in html
    assert '<span class="plus">+2</span> <span class="minus">−1</span>' in html
    assert re.findall(r'value="(\w+)"( checked)?', html) == [
        ("split", " checked"),
        ("unified", ""),
    ]


def test_file_template_unified_and_without_lines() -> None:
    html = render_to_string("reviews/parts/file.html", {"file": drawn(changed(20, 1))})
    assert 'class="file unified" id="f1"' in html
    assert re.findall(r'value="(\w+)"( checked)?', html)[1] == ("unified", " checked")
    binary = drawn("Binary files a/x and b/x differ\n")
    html = render_to_string("reviews/parts/file.html", {"file": binary})
    assert "binary, not shown" in html
    assert "<fieldset" not in html
    assert 'class="plus"' not in html


def test_what_is_coloured_once_is_not_coloured_twice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = stored(cast, TWO)
    first = tables(Drawing(blob), 1, 2)
    monkeypatch.setattr(drawing, "table", None)
    monkeypatch.setattr(drawing, "parse", None)
    again = Drawing(Blob.objects.defer("body").get(pk=blob.pk))
    assert [file.path for file in again.files] == ["web/rows.ts", "web/cells.ts"]
    assert tables(again, 1, 2) == first
    assert (
        "id=f2-n1><a href=#f2-n1 tabindex=-1>1</a><code><i class=in>  </i>" in first[1]
    )


def test_only_what_is_looked_at_is_drawn(cast: Cast) -> None:
    blob = stored(cast, TWO)
    Drawing(blob).shown(2, 2, {})
    assert [bool(file.body) for file in DrawnFile.objects.all()] == [False, True]
    Drawing(blob).shown(1, 1, {})
    assert [bool(file.body) for file in DrawnFile.objects.all()] == [True, True]


def test_queries_cold_and_warm(cast: Cast) -> None:
    blob = stored(cast, diff_sample("09-big-go.diff").decode())

    def count(first: int, last: int) -> int:
        whole = Drawing(Blob.objects.defer("body").get(pk=blob.pk))
        with CaptureQueriesContext(connection) as queries:
            assert len(whole.files) == 20
            assert len(whole.shown(first, last, {})) == last - first + 1
        return len([q for q in queries if "SAVEPOINT" not in q["sql"]])

    # Nothing is stored; the blob; what is of an earlier version; every row.
    assert count(1, 2) == 4
    assert count(1, 2) == 1
    # The list; the files; the blob; what is drawn now.
    assert count(3, 20) == 4
    assert count(3, 20) == 2


def test_a_page_that_starts_further_down_has_its_file_with_the_list(
    cast: Cast,
) -> None:
    blob = stored(cast, diff_sample("09-big-go.diff").decode())
    (drawn,) = tables(Drawing(blob, 20), 20, 20)
    again = Drawing(Blob.objects.defer("body").get(pk=blob.pk), 20)
    with CaptureQueriesContext(connection) as queries:
        assert len(again.files) == 20
        assert tables(again, 20, 20) == [drawn]
    assert len(queries) == 1


def test_files_that_are_not_there_are_none(cast: Cast) -> None:
    whole = Drawing(stored(cast, TWO))
    assert [file.number for file in whole.shown(2, 99, {})] == [2]
    assert whole.shown(3, 99, {}) == []
    assert whole.shown(1, 0, {}) == []
    assert Drawing(None).files == []
    assert Drawing(None).shown(1, 9, {}) == []


def test_notes_stand_in_what_is_shown_and_not_in_what_is_stored(cast: Cast) -> None:
    whole = Drawing(stored(cast, TWO))
    notes = {"web/cells.ts": {Anchor(Side.NEW, 2): says("only for one")}}
    shown = tables(whole, 1, 2, notes)
    assert ["only for one" in table for table in shown] == [False, True]
    assert not [f for f in DrawnFile.objects.all() if b"only for one" in f.html]


def test_two_who_draw_at_once_keep_one_drawing(cast: Cast) -> None:
    blob = stored(cast, TWO)
    slow, quick = Drawing(blob), Drawing(blob)
    assert [len(slow.files), len(quick.files)] == [2, 2]
    quick.shown(1, 1, {})
    assert "id=f2-n2>" in tables(slow, 1, 2)[1]
    assert DrawnFile.objects.count() == 2


def test_a_drawing_of_an_earlier_version_makes_room(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = stored(cast, SMALL)
    Drawing(blob).shown(1, 1, {})
    monkeypatch.setattr(drawing, "VERSION", drawing.VERSION + 1)
    Drawing(blob).shown(1, 1, {})
    versions = DrawnFile.objects.values_list("version", flat=True)
    assert list(versions) == [drawing.VERSION]


def test_the_drawing_goes_with_the_blob(cast: Cast) -> None:
    blob = stored(cast, SMALL)
    Drawing(blob).shown(1, 1, {})
    blob.delete()
    assert not DrawnFile.objects.exists()


def test_nobody_writes_the_place_of_a_table(cast: Cast) -> None:
    evil = SMALL.replace("return rows;", "<!--table 1-->").replace(
        "web/", "<!--table 1-->"
    )
    (shown,) = tables(Drawing(stored(cast, evil)), 1, 1)
    assert shown.count("<table") == 1
    assert "&lt;!--table 1--&gt;" in shown


def test_what_is_purged_meanwhile_is_shown_and_not_kept(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Drawing(stored(cast, SMALL))
    assert whole.change.files

    def refused(*_rows: object, **_how: object) -> None:
        raise IntegrityError

    monkeypatch.setattr(DrawnFile.objects, "bulk_create", refused)
    assert "id=f1-n2>" in tables(whole, 1, 1)[0]
    assert not DrawnFile.objects.exists()
