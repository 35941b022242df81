from reviews.diffs import digest, parse

DIFF = """\
diff --git a/a.py b/a.py
--- a/a.py
+++ b/a.py
@@ -1,2 +1,2 @@
 one
-two
+three
"""


def of(text: str) -> str:
    return digest(parse(text.encode()).files[0])


def test_the_same_patch_has_the_same_digest_wherever_it_stands() -> None:
    other = DIFF.replace("a.py", "b.py")
    first, second = parse((other + DIFF).encode()).files
    assert digest(second) == of(DIFF) != digest(first)
    assert len(of(DIFF)) == 32


def test_whatever_a_reader_sees_changes_it() -> None:
    changed = [
        DIFF.replace("three", "thre e"),
        DIFF.replace(" one", "-one").replace("-1,2 +1,2", "-1,2 +1"),
        DIFF.replace("-1,2 +1,2", "-5,2 +5,2"),
        DIFF + "\\ No newline at end of file\n",
        DIFF.replace("--- a", "old mode 100644\nnew mode 100755\n--- a"),
    ]
    assert len({of(DIFF), *map(of, changed)}) == 6
