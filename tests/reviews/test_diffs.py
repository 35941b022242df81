"""Diffs are read exactly, or refused with the line and the reason."""

import tracemalloc
from dataclasses import replace
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.diffs import (
    Change,
    DiffError,
    File,
    Hunk,
    Kind,
    Limits,
    Line,
    LineKind,
    Reason,
    parse,
)
from tests.samples import SAMPLES, diff_sample

# name: files, added lines, removed lines, binary files
COUNTS = {
    "01-tiny-go.diff": (1, 2, 1, 0),
    "02-typical-go-sql-proto-ts.diff": (35, 245, 109, 0),
    "03-typical-python.diff": (3, 133, 92, 0),
    "04-typical-go-ts-git-show.patch": (7, 136, 35, 0),
    "05-typical-go-test-added.diff": (3, 68, 2, 0),
    "06-typical-javascript-renames.diff": (6, 530, 79, 0),
    "07-typical-go-concurrency.diff": (1, 138, 9, 0),
    "08-range-python.diff": (1, 53, 16, 0),
    "09-big-go.diff": (20, 3746, 22, 0),
    "10-big-i18n-utf8-content.diff": (56, 2886, 2878, 0),
    "11-rename-with-edits.diff": (25, 110, 133, 0),
    "12-pure-rename.diff": (2, 0, 0, 0),
    "13-deletion.diff": (5, 0, 417, 0),
    "14-new-file.diff": (1, 130, 0, 0),
    "15-mode-only.diff": (1, 0, 0, 0),
    "16-mode-and-edit.diff": (1, 2, 0, 0),
    "17-binary-files-differ.diff": (9, 95, 24, 2),
    "18-git-binary-patch-literal.diff": (9, 95, 24, 2),
    "19-git-binary-patch-delta.diff": (4, 38, 8, 1),
    "20-no-newline-at-eof.diff": (2, 27, 1, 0),
    "21-crlf-flip-lf-to-crlf.diff": (1, 97, 84, 0),
    "22-crlf-in-place.diff": (8, 48, 50, 0),
    "23-mixed-lf-crlf-crcrlf.diff": (1, 11, 22, 0),
    "24-quoted-nonascii-path.diff": (34, 499, 221, 0),
    "25-tabs-and-12k-char-lines.diff": (2, 13, 13, 0),
    "26-format-patch-mail.patch": (9, 105, 45, 0),
    "27-no-prefix.diff": (9, 105, 45, 0),
    "29-mbox-three-mails.patch": (13, 1486, 24, 0),
    "30-plain-diff-u.diff": (1, 60, 85, 0),
    "31-plain-diff-ru-only-in.diff": (1, 34, 11, 0),
}
REFUSED = {
    "28-merge-combined-cc.diff": (10, Reason.COMBINED),
    "32-empty.diff": (1, Reason.EMPTY),
    "33-not-a-diff-about-diffs.md": (107, Reason.NOT_A_DIFF),
    "34-not-a-diff-source.txt": (1, Reason.NOT_A_DIFF),
}
HUNK = "@@ -1 +1 @@\n-a\n+b\n"


def only(text: str | bytes) -> File:
    data = text if isinstance(text, bytes) else text.encode()
    (file,) = parse(data).files
    return file


def refusal(text: str | bytes, limits: Limits | None = None) -> DiffError:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(DiffError) as caught:
        parse(data, limits or Limits())
    return caught.value


def all_lines(file: File) -> list[Line]:
    return [line for hunk in file.hunks for line in hunk.lines]


# Samples


def test_every_sample_is_expected_here() -> None:
    diff_sample("01-tiny-go.diff")
    names = {file.name for file in (SAMPLES / "diffs").iterdir()}
    assert names == COUNTS.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", COUNTS)
def test_sample_counts(name: str) -> None:
    change = parse(diff_sample(name))
    binary = sum(file.is_binary for file in change.files)
    assert (len(change.files), change.added, change.removed, binary) == COUNTS[name]
    assert change.added == sum(file.added for file in change.files)


@pytest.mark.parametrize("name", REFUSED)
def test_sample_refused(name: str) -> None:
    error = refusal(diff_sample(name))
    assert (error.line, error.reason) == REFUSED[name]
    assert str(error).startswith(f"Line {error.line}: ")


@pytest.mark.parametrize("name", COUNTS)
def test_sample_hunks_hold_what_their_heads_say(name: str) -> None:
    for file in parse(diff_sample(name)).files:
        for hunk in file.hunks:
            old = [n for line in hunk.lines if (n := line.old_number) is not None]
            new = [n for line in hunk.lines if (n := line.new_number) is not None]
            assert old == list(range(hunk.old_start, hunk.old_start + hunk.old_count))
            assert new == list(range(hunk.new_start, hunk.new_start + hunk.new_count))


def test_sample_same_commit_as_mail_and_without_prefix() -> None:
    mail = parse(diff_sample("26-format-patch-mail.patch"))
    assert mail == parse(diff_sample("27-no-prefix.diff"))


def test_sample_quoted_path() -> None:
    paths = [f.path for f in parse(diff_sample("24-quoted-nonascii-path.diff")).files]
    assert [path for path in paths if not path.isascii()] == ["启动命令.md"]


def test_sample_renames_and_deletions() -> None:
    files = parse(diff_sample("11-rename-with-edits.diff")).files
    kinds = [file.kind for file in files]
    assert kinds.count(Kind.RENAMED) == 11
    assert kinds.count(Kind.ADDED) == 4
    assert kinds.count(Kind.DELETED) == 3
    assert all(file.old_path != file.new_path for file in files if not file.hunks)


def test_sample_mode_only() -> None:
    assert only(diff_sample("15-mode-only.diff")) == File(
        old_path="scripts/clean_metadata.py",
        new_path="scripts/clean_metadata.py",
        kind=Kind.MODE,
        old_mode="100644",
        new_mode="100755",
        is_binary=False,
        added=0,
        removed=0,
        hunks=(),
    )


def test_sample_no_newline_on_the_old_side() -> None:
    files = parse(diff_sample("20-no-newline-at-eof.diff")).files
    bare = [line for file in files for line in all_lines(file) if not line.has_newline]
    assert [(line.kind, line.text) for line in bare] == [(LineKind.REMOVED, "  ")]


def test_sample_crlf_flip_shows_in_the_text() -> None:
    lines = all_lines(only(diff_sample("21-crlf-flip-lf-to-crlf.diff")))
    ends = {(line.kind, line.text.endswith("\r")) for line in lines}
    assert ends == {(LineKind.REMOVED, False), (LineKind.ADDED, True)}


def test_sample_bare_cr_does_not_end_a_line() -> None:
    lines = all_lines(only(diff_sample("23-mixed-lf-crlf-crcrlf.diff")))
    assert any(line.text.endswith("\r\r") for line in lines)


def test_sample_plain_diff_of_folders() -> None:
    file = only(diff_sample("31-plain-diff-ru-only-in.diff"))
    assert (file.path, file.kind) == ("skills/engine.go", Kind.MODIFIED)


# Names


@pytest.mark.parametrize(
    ("head", "old", "new"),
    [
        ("diff --git a/x y b/x y\n--- a/x y\t\n+++ b/x y\t\n", "x y", "x y"),
        ("diff --git a/x b/y b/x b/y\n--- a/x b/y\n+++ b/x b/y\n", "x b/y", "x b/y"),
        ("diff --git i/x w/x\n--- i/x\n+++ w/x\n", "x", "x"),
        ("diff --git old/x new/x\n--- old/x\n+++ new/x\n", "x", "x"),
        ("diff --git b/x b/x\n--- b/x\n+++ b/x\n", "b/x", "b/x"),
        ("--- a/x\t2026-01-01\n+++ b/x\t2026-01-02\n", "x", "x"),
        ("--- /tmp/one/src/x.py\n+++ /tmp/two/src/x.py\n", "src/x.py", "src/x.py"),
        ("--- x.py.orig\n+++ x.py\n", "x.py.orig", "x.py"),
        ('--- "a/\\303\\251 \\"q\\""\n+++ "b/\\303\\251 \\"q\\""\n', 'é "q"', 'é "q"'),
        ('diff --git "a/t\\tb" "b/t\\tb"\n', "t\tb", "t\tb"),
        (
            'diff --git a/x "b/\\303\\251"\nrename from x\nrename to "\\303\\251"\n',
            "x",
            "é",
        ),
    ],
)
def test_names(head: str, old: str, new: str) -> None:
    file = only(head + HUNK)
    assert (file.old_path, file.new_path) == (old, new)


def test_names_that_are_no_utf8_are_latin1() -> None:
    assert only(b"--- a/\xe9\n+++ b/\xe9\n" + HUNK.encode()).path == "é"


def test_name_with_nul() -> None:
    assert (
        only('--- "a/\\000"\n+++ "b/\\000"\n' + HUNK).path
        == "\N{REPLACEMENT CHARACTER}"
    )


@pytest.mark.parametrize(
    ("text", "kind", "old", "new"),
    [
        ("copy from x\ncopy to y\n", Kind.COPIED, "x", "y"),
        ("rename from x\nrename to y\n", Kind.RENAMED, "x", "y"),
        ("new file mode 100644\nindex 0000000..e69de29\n", Kind.ADDED, None, "x"),
        ("deleted file mode 100644\nindex e69de29..0000000\n", Kind.DELETED, "x", None),
    ],
)
def test_kinds_without_hunks(
    text: str, kind: Kind, old: str | None, new: str | None
) -> None:
    file = only("diff --git a/x b/x\n" + text)
    assert (file.kind, file.old_path, file.new_path) == (kind, old, new)


def test_kinds_of_plain_diffs() -> None:
    added = only("--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+b\n")
    assert (added.kind, added.path, added.old_path) == (Kind.ADDED, "x", None)
    dated = only("--- a/x\t1970-01-01\n+++ b/x\t2026-01-01\n@@ -0,0 +1 @@\n+b\n")
    assert dated.kind == Kind.ADDED
    deleted = only("--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-b\n")
    assert (deleted.kind, deleted.path, deleted.new_path) == (Kind.DELETED, "x", None)


def test_binary_of_plain_diff() -> None:
    file = only("Binary files one/x.png and two/x.png differ\n")
    assert (file.path, file.is_binary, file.hunks) == ("x.png", True, ())


# Content


def test_content_that_is_no_utf8_is_latin1_line_by_line() -> None:
    file = only(b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-\xe9\n+\xc3\xa9\n")
    assert [line.text for line in all_lines(file)] == ["é", "é"]


def test_a_form_that_turned_every_line_end() -> None:
    text = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a\n+b\n \n"
    assert parse(text.replace("\n", "\r\n").encode()) == parse(text.encode())


def test_utf16_from_a_console() -> None:
    text = "--- a/x\n+++ b/x\n" + HUNK
    assert parse(text.replace("\n", "\r\n").encode("utf-16")) == parse(text.encode())


def test_context_that_lost_its_blank() -> None:
    file = only("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n\n-a\n+b\n")
    assert all_lines(file)[0] == Line(LineKind.CONTEXT, 1, 1, "")


def test_mail_signature_and_prose_are_passed_over() -> None:
    text = "Hi,\n--- this\n+++ that\n\n--- a/x\n+++ b/x\n" + HUNK + "-- \n2.39.0\n"
    assert parse(text.encode()).removed == 1


def test_odd_characters_stay_in_one_line() -> None:
    odd = "\0\f\v\x1c\x85\u2028a\rb"
    file = only(f"--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+{odd}\n")
    assert [line.text for line in all_lines(file)] == [odd]


# Refusals


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (" \n\n", 1, Reason.EMPTY),
        ("hello\n", 1, Reason.NOT_A_DIFF),
        ("--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n-b\n", 5, Reason.TRUNCATED),
        ("--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-a\n?\n", 5, Reason.TRUNCATED),
        ("--- a/x\n+++ b/x\n", 2, Reason.TRUNCATED),
        ("diff --git a/x b/x\nindex 1..2 100644\n", 2, Reason.TRUNCATED),
        ("--- a/x\n+++ b/x\n" + HUNK + "+c\n", 6, Reason.OVERFULL),
        ("--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n-a\n-b\n", 5, Reason.OVERFULL),
        ("--- a/x\n+++ b/x\n" + HUNK + HUNK, 6, Reason.OUT_OF_ORDER),
        (HUNK, 1, Reason.NO_FILE),
        ("--- a/x\n+++ b/x\n@@ -one +1 @@\n", 3, Reason.BAD_HEAD),
        ("--- a/x\n+++ b/x\n@@ -1111111111 +1 @@\n", 3, Reason.BAD_HEAD),
        (f"--- a/{'x' * 501}\n+++ b/{'x' * 501}\n" + HUNK, 1, Reason.LONG_PATH),
        ("diff --combined x\nindex 1,2..3\n", 1, Reason.COMBINED),
    ],
)
def test_refusals(text: str, line: int, reason: Reason) -> None:
    error = refusal(text)
    assert (error.line, error.reason) == (line, reason)
    assert str(error).startswith(f"Line {line}: ")
    assert str(error) == str(error.reason) % error.values


def test_refused_beyond_a_limit() -> None:
    small = Limits(size=1024**2, changed=4, lines=6, files=2)
    names = "--- a/x\n+++ b/x\n"
    error = refusal(names + "\n" * 1024**2, small)
    assert str(error) == (
        "Line 1048563: the diff is larger than 1 MB; split the change."
    )
    error = refusal(names + "@@ -0,0 +1,5 @@\n" + "+a\n" * 5, small)
    assert (error.line, error.reason) == (8, Reason.TOO_MANY_CHANGES)
    error = refusal(names + "@@ -1,6 +1,6 @@\n" + " a\n" * 6, small)
    assert (error.line, error.reason) == (9, Reason.TOO_MANY_LINES)
    error = refusal((names + HUNK) * 3, replace(small, changed=99, lines=99))
    assert (error.line, error.reason) == (11, Reason.TOO_MANY_FILES)


def test_default_limits() -> None:
    head = "--- a/x\n+++ b/x\n@@ -0,0 +1,%d @@\n"
    assert parse((head % 20_000 + "+a\n" * 20_000).encode()).added == 20_000
    error = refusal(head % 20_001 + "+a\n" * 20_001)
    assert (error.line, error.reason) == (20_004, Reason.TOO_MANY_CHANGES)
    assert refusal(b"+" * (5 * 1024**2 + 1)).reason == Reason.TOO_LARGE


NAMES = "--- a/x\n+++ b/x\n"
HOSTILE = {
    "a hundred thousand hunks": NAMES
    + "".join(f"@@ -{n} +{n} @@\n-a\n+b\n" for n in range(1, 100_001)),
    "a hundred thousand empty hunks": NAMES
    + "".join(f"@@ -{n},0 +{n},0 @@\n" for n in range(1, 100_001)),
    "a line of 3 MB": NAMES + f"@@ -0,0 +1 @@\n+{'a' * 3_000_000}\n",
    "only NUL": "\0" * 3_000_000,
    "NUL in a line": NAMES + "@@ -0,0 +1 @@\n+" + "\0" * 3_000_000 + "\n",
    "blank lines": "\n" * 5_000_000 + ".",
    "blank context": NAMES + "@@ -1,5000000 +1,5000000 @@\n" + "\n" * 5_000_000,
    "headers": "diff --git a/x b/x\n" * 250_000,
    "renames": "diff --git a/x b/y\nrename from x\nrename to y\n" * 100_000,
    "names without hunks": NAMES * 250_000,
    "one long header": "diff --git " + "a/x b/" * 800_000,
    "one long name": "--- "
    + "a/" * 1_000_000
    + "\n+++ "
    + "a/" * 1_000_000
    + "\n"
    + HUNK,
    "one long quote": 'diff --git "' + "\\" * 4_000_001,
    "one long binary": "Binary files" + " and" * 1_000_000,
    "no newline marks": NAMES + HUNK + "\\ No newline\n" * 300_000,
    "fences": "```\n" * 1_000_000,
    "index": "diff --git a/x b/x\nindex " + "0" * 4_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_costs_bounded_time(name: str) -> None:
    data = HOSTILE[name].encode()
    started = thread_time()
    outcome(data)
    assert thread_time() - started < 5


@pytest.mark.parametrize("name", ["renames", "blank context", "a line of 3 MB"])
def test_hostile_input_costs_bounded_memory(name: str) -> None:
    data = HOSTILE[name].encode()
    tracemalloc.start()
    outcome(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60 * 1024**2


def outcome(data: bytes) -> Change | DiffError:
    try:
        return parse(data)
    except DiffError as error:
        return error


# Round trips


@st.composite
def hunks(draw: st.DrawFn) -> tuple[Hunk, ...]:
    text = st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=12)
    old = new = 1
    result: list[Hunk] = []
    for _ in range(draw(st.integers(1, 3))):
        gap = draw(st.integers(0, 5)) + bool(result)
        old, new = old + gap, new + gap
        lines, start = [], (old, new)
        for kind in draw(st.lists(st.sampled_from(LineKind), min_size=1, max_size=8)):
            in_old, in_new = kind is not LineKind.ADDED, kind is not LineKind.REMOVED
            number = old if in_old else None, new if in_new else None
            lines.append(Line(kind, *number, draw(text)))
            old, new = old + in_old, new + in_new
        counts = old - start[0], new - start[1]
        result.append(
            Hunk(
                start[0] if counts[0] else start[0] - 1,
                counts[0],
                start[1] if counts[1] else start[1] - 1,
                counts[1],
                draw(st.sampled_from(["", "def f():", "@@ class É"])),
                tuple(lines),
            )
        )
    return tuple(result)


path = st.text(
    st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=9
).filter(lambda name: name not in {".", ".."})


@st.composite
def files(draw: st.DrawFn) -> File:
    name = "/".join(draw(st.lists(path, min_size=1, max_size=3)))
    some = draw(hunks())
    kind = draw(st.sampled_from([Kind.MODIFIED, Kind.RENAMED, Kind.COPIED]))
    kinds = [line.kind for hunk in some for line in hunk.lines]
    mode = draw(st.sampled_from(["100644", "100755"]))
    return File(
        old_path=name if kind is Kind.MODIFIED else "from/" + name,
        new_path=name,
        kind=kind,
        old_mode=mode,
        new_mode=mode,
        is_binary=False,
        added=kinds.count(LineKind.ADDED),
        removed=kinds.count(LineKind.REMOVED),
        hunks=some,
    )


def quoted(name: str) -> str:
    if all(" " <= letter <= "~" and letter not in '"\\' for letter in name):
        return name
    return '"' + "".join(f"\\{byte:03o}" for byte in name.encode()) + '"'


def written(file: File) -> str:
    old, new = quoted(f"a/{file.old_path}"), quoted(f"b/{file.new_path}")
    text = f"diff --git {old} {new}\n"
    verb = {Kind.RENAMED: "rename", Kind.COPIED: "copy"}.get(file.kind)
    if verb and file.old_path and file.new_path:
        text += f"{verb} from {quoted(file.old_path)}\n"
        text += f"{verb} to {quoted(file.new_path)}\n"
    text += f"index 1234567..89abcde {file.new_mode}\n--- {old}\n+++ {new}\n"
    for hunk in file.hunks:
        text += f"@@ -{hunk.old_start},{hunk.old_count} "
        text += f"+{hunk.new_start},{hunk.new_count} @@ {hunk.section}\n"
        text += "".join(f"{line.kind}{line.text}\n" for line in hunk.lines)
    return text


@given(st.lists(files(), min_size=1, max_size=3))
def test_round_trip(some: list[File]) -> None:
    expected = Change(
        tuple(some),
        sum(file.added for file in some),
        sum(file.removed for file in some),
    )
    assert parse("".join(map(written, some)).encode()) == expected


@given(files(), st.data())
def test_a_cut_diff_is_never_read_as_whole(file: File, data: st.DataObject) -> None:
    whole = written(file).encode().splitlines(keepends=True)
    kept = data.draw(st.integers(0, len(whole) - 1))
    assert outcome(b"".join(whole[:kept])) != parse(b"".join(whole))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    heads = b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n"
    outcome(data)
    outcome(heads + data)
