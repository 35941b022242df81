"""Places carried to the next version: the same lines, or none."""

from itertools import chain

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reviews.anchors import Carrier, Place
from reviews.diffs import Change, Side, parse
from tests.samples import SAMPLES

OLD, NEW = Side.OLD, Side.NEW
CODE = st.text("ab}{ ()=", min_size=0, max_size=12)
FILE = st.lists(CODE, min_size=1, max_size=30)


def added(lines: list[str], name: str = "x.py") -> Change:
    body = "".join(f"+{line}\n" for line in lines)
    head = f"--- /dev/null\n+++ b/{name}\n@@ -0,0 +1,{len(lines)} @@\n"
    return parse(
        f"diff --git a/{name} b/{name}\nnew file mode 100644\n{head}{body}".encode()
    )


def lines_at(change: Change, place: Place) -> list[str] | None:
    """The texts of a place, where the change shows them all."""
    shown = {
        number: line.text
        for file in change.files
        if file.path == place.path
        for hunk in file.hunks
        for line in hunk.lines
        for number in [line.old_number if place.side is OLD else line.new_number]
        if number
    }
    assert place.first is not None
    assert place.last is not None
    texts = [shown.get(at) for at in range(place.first, place.last + 1)]
    return None if None in texts else [text for text in texts if text is not None]


@st.composite
def runs(draw: st.DrawFn, count: int) -> tuple[int, int]:
    first = draw(st.integers(1, count))
    return first, draw(st.integers(first, count))


@given(FILE, st.data())
def test_carried_to_the_same_change_is_the_same_place(
    lines: list[str], data: st.DataObject
) -> None:
    first, last = data.draw(runs(len(lines)))
    change = added(lines)
    place = Place("x.py", NEW, first, last)
    assert Carrier(change, change).carried(place) == place


@given(FILE, FILE, st.data())
def test_carried_moves_with_what_is_put_before(
    before: list[str], lines: list[str], data: st.DataObject
) -> None:
    first, last = data.draw(runs(len(lines)))
    marked = [f"statement {number} {line}" for number, line in enumerate(lines)]
    carrier = Carrier(added(marked), added([*before, *marked]))
    moved = len(before)
    assert carrier.carried(Place("x.py", NEW, first, last)) == Place(
        "x.py", NEW, first + moved, last + moved
    )


@given(FILE, st.data())
def test_carried_is_nothing_where_a_line_is_gone(
    lines: list[str], data: st.DataObject
) -> None:
    first, last = data.draw(runs(len(lines)))
    gone = data.draw(st.integers(first, last))
    marked = [f"statement {number} {line}" for number, line in enumerate(lines)]
    rest = marked[: gone - 1] + marked[gone:]
    assume(rest)
    carrier = Carrier(added(marked), added(rest))
    assert carrier.carried(Place("x.py", NEW, first, last)) is None


@given(FILE, FILE, st.data())
def test_carried_never_names_other_words(
    lines: list[str], others: list[str], data: st.DataObject
) -> None:
    first, last = data.draw(runs(len(lines)))
    old, new = added(lines), added(others)
    place = Place("x.py", NEW, first, last)
    found = Carrier(old, new).carried(place)
    if found is not None:
        assert lines_at(new, found) == lines_at(old, place)


SHORT = st.lists(st.sampled_from(["}", "else:", "    )", "", "fi"]), min_size=1)
STATEMENTS = st.integers(0, 4)


def changed(lines: list[str]) -> Change:
    """A file that is not new: what stands above and below is not shown."""
    body = "".join(f"+{line}\n" for line in lines)
    head = f"--- a/x.py\n+++ b/x.py\n@@ -10,0 +10,{len(lines)} @@\n"
    return parse(f"{head}{body}".encode())


def around(run: list[str], kind: str, above: int, below: int) -> list[str]:
    """The run below and above statements that no other version has."""
    over = [f"{kind}_before({at})" for at in range(above)]
    return [*over, *run, *(f"{kind}_after({at})" for at in range(below))]


@given(SHORT, st.tuples(STATEMENTS, STATEMENTS, STATEMENTS, STATEMENTS))
def test_short_lines_are_carried_though_all_beside_them_is_new(
    run: list[str], counts: tuple[int, int, int, int]
) -> None:
    above, below, new_above, new_below = counts
    old, new = (
        around(run, "old", above, below),
        around(run, "new", new_above, new_below),
    )
    whole = Carrier(added(old), added(new)).carried(
        Place("x.py", NEW, above + 1, above + len(run))
    )
    assert whole == Place("x.py", NEW, new_above + 1, new_above + len(run))
    ends = ["}", "first_of_all()"], ["last_of_all()", "}"]
    carrier = Carrier(
        changed([*ends[0], *old, *ends[1]]),
        changed(["# more", *ends[0], *new, *ends[1]]),
    )
    part = carrier.carried(Place("x.py", NEW, above + 12, above + 11 + len(run)))
    assert part == Place("x.py", NEW, new_above + 13, new_above + 12 + len(run))


@given(SHORT, st.integers(1, 4), st.sampled_from(["above", "below", "gone", "moved"]))
def test_short_lines_are_not_guessed(run: list[str], count: int, how: str) -> None:
    """A double comes in beside the run, it is gone, or it is beyond where it was."""
    assume(sum(map(str.isalnum, "".join(run))) < 8)
    old = around(run, "old", count, count)
    new, gone = around(run, "new", count, count), around([], "new", count, count)
    inside, beyond = {
        "above": (["begin()", *run, *new], ["end()"]),
        "below": ([*new, *run, "begin()"], ["end()"]),
        "gone": (gone, ["end()"]),
        "moved": (gone, ["end()", *run, "behind()"]),
    }[how]
    carrier = Carrier(
        changed(["first_of_all()", *old, "last_of_all()"]),
        changed(["first_of_all()", *inside, "last_of_all()", *beyond]),
    )
    place = Place("x.py", NEW, 11 + count, 10 + count + len(run))
    assert carrier.carried(place) is None


FIRST = """diff --git a/pay.py b/pay.py
--- a/pay.py
+++ b/pay.py
@@ -1,4 +1,6 @@ import decimal
 def total(rows):
-    return sum(rows)
+    result = sum(rows)
+    if not rows:
+        return None
     # end of total
 }
@@ -40,3 +42,4 @@ def refund(row):
 def refund(row):
+    check(row)
     return -row
 }
"""
SECOND = """diff --git a/pay.py b/pay.py
--- a/pay.py
+++ b/pay.py
@@ -1,3 +1,6 @@
+import decimal
 def total(rows):
-    return sum(rows)
+    result = sum(rows)
+    if rows is None:
+        return None
     # end of total
@@ -40,3 +43,5 @@ def refund(row):
 def refund(row):
+    log(row)
+    check(row)
     return -row
 }
"""


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Place("pay.py", NEW, 2, 2), Place("pay.py", NEW, 3, 3)),
        (Place("pay.py", NEW, 3, 3), None),
        (Place("pay.py", NEW, 2, 4), None),
        (Place("pay.py", NEW, 4, 4), Place("pay.py", NEW, 5, 5)),
        (Place("pay.py", OLD, 2, 2), Place("pay.py", OLD, 2, 2)),
        (Place("pay.py", NEW, 43, 44), Place("pay.py", NEW, 45, 46)),
        (Place("pay.py", NEW, 42, 44), None),
        (Place("pay.py", NEW, 6, 6), None),
        (Place("pay.py", NEW, 20, 21), None),
        (Place("pay.py"), Place("pay.py")),
        (Place(""), Place("")),
        (Place("gone.py"), None),
    ],
)
def test_carried_by_hand(place: Place, expected: Place | None) -> None:
    assert Carrier(parse(FIRST.encode()), parse(SECOND.encode())).carried(place) == (
        expected
    )


def test_a_brace_among_others_is_not_guessed() -> None:
    """Its own is gone with the function; the one that is left is another."""
    old = parse(FIRST.encode())
    kept = "@@ -40,3 +42,4 @@" + FIRST.split("@@ -40,3 +42,4 @@")[1]
    new = parse(("--- a/pay.py\n+++ b/pay.py\n" + kept).encode())
    carrier = Carrier(old, new)
    assert carrier.carried(Place("pay.py", NEW, 6, 6)) is None
    assert carrier.carried(Place("pay.py", NEW, 45, 45)) is not None


def test_carried_into_a_renamed_file() -> None:
    header = "diff --git a/pay.py b/money.py\nsimilarity index 90%\n"
    names = "rename from pay.py\nrename to money.py\n--- a/pay.py\n+++ b/money.py\n"
    new = parse((header + names + FIRST.split("+++ b/pay.py\n")[1]).encode())
    found = Carrier(parse(FIRST.encode()), new).carried(Place("pay.py", NEW, 43, 43))
    assert found == Place("money.py", NEW, 43, 43)


def test_carried_into_a_new_file_under_another_name() -> None:
    lines = [f"value_{number} = {number}" for number in range(20)]
    carrier = Carrier(added(lines), added(["# moved", *lines], "y.py"))
    assert carrier.carried(Place("x.py", NEW, 5, 6)) == Place("y.py", NEW, 6, 7)
    other = Carrier(added(lines), added(["something = else"] * 20, "y.py"))
    assert other.carried(Place("x.py", NEW, 5, 6)) is None


def test_every_line_of_every_sample_is_where_it_was() -> None:
    for path in sorted((SAMPLES / "diffs").glob("*")):
        if path.name[:2] in {"28", "32", "33", "34", "29"}:
            continue
        change = parse(path.read_bytes())
        carrier = Carrier(change, change)
        for file in change.files:
            numbers = chain.from_iterable(hunk.lines for hunk in file.hunks)
            for line in list(numbers)[:50]:
                if line.new_number:
                    at = line.new_number
                    place = Place(file.path, NEW, at, at)
                    assert carrier.carried(place) == place


def test_many_equal_lines_cost_little() -> None:
    same = ["    x = 1"] * 15_000
    carrier = Carrier(added(["# first line", *same]), added(["# other line", *same]))
    for at in range(2, 15_000, 150):
        found = carrier.carried(Place("x.py", NEW, at, at + 20))
        assert found is not None
        assert found.first == at
