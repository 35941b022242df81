"""What became of files between two versions."""

from hypothesis import given
from hypothesis import strategies as st

from reviews.diffs import Change, parse
from reviews.interdiff import MOST_LINES, FileStep, LineStep, Step, compared


def change(**files: list[str]) -> Change:
    parts = []
    for name, lines in files.items():
        body = "".join(f"+{line}\n" for line in lines)
        parts.append(f"--- a/{name}\n+++ b/{name}\n@@ -0,0 +1,{len(lines)} @@\n{body}")
    return parse("".join(parts).encode())


FILES = st.dictionaries(
    st.sampled_from("abcd"),
    st.lists(st.sampled_from(["x", "y", "z"]), min_size=1, max_size=5),
    min_size=1,
)


def test_compared() -> None:
    old = change(a=["1", "2"], b=["1"], c=["1"])
    new = change(a=["1", "3"], b=["1"], d=["1"])
    assert compared(old, new) == [
        FileStep("a", Step.CHANGED, 1, (LineStep(False, "+2"), LineStep(True, "+3"))),
        FileStep("b", Step.SAME, 2),
        FileStep("d", Step.CAME, 3),
        FileStep("c", Step.LEFT, None),
    ]


@given(FILES, FILES)
def test_compared_names_every_file_once(
    old: dict[str, list[str]], new: dict[str, list[str]]
) -> None:
    steps = compared(change(**old), change(**new))
    assert sorted(one.path for one in steps) == sorted({*old, *new})
    for one in steps:
        assert (one.step is Step.SAME) == (old.get(one.path) == new.get(one.path))


@given(FILES)
def test_compared_with_itself_is_the_same(files: dict[str, list[str]]) -> None:
    steps = compared(change(**files), change(**files))
    assert {one.step for one in steps} == {Step.SAME}


def test_a_long_file_is_counted_only() -> None:
    many = [str(number) for number in range(MOST_LINES + 1)]
    (step,) = compared(change(a=many), change(a=[*many[1:], "end"]))
    assert (step.step, step.lines) == (Step.CHANGED, ())


def test_a_renamed_file_is_followed() -> None:
    names = "diff --git a/a b/b\nrename from a\nrename to b\n--- a/a\n+++ b/b\n"
    hunk = "@@ -0,0 +1 @@\n+2\n"
    (step,) = compared(change(a=["1"]), parse((names + hunk).encode()))
    assert (step.path, step.step) == ("b", Step.CHANGED)
