"""What became of each file between two versions of a change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from reviews.diffs import Change, File, LineKind, digest

MOST_LINES = 2_000
"""Comparing takes the square of this at worst; beyond it the counts have to do."""


class Step(StrEnum):
    CAME = "came"
    LEFT = "left"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class LineStep:
    """A changed line of the patch, with its sign, that came in or is not there now."""

    is_new: bool
    text: str


@dataclass(frozen=True, slots=True)
class FileStep:
    """`number` is that of the file in the newer version, from 1; None if it left.

    `lines` is empty where the file is too long to be compared line by line.
    """

    path: str
    step: Step
    number: int | None
    lines: tuple[LineStep, ...] = ()


def compared(old: Change, new: Change) -> list[FileStep]:
    """The files of the newer version in order, then those that left."""
    before: dict[str, list[File]] = {}
    for file in old.files:
        before.setdefault(file.path, []).append(file)
    steps = []
    for number, file in enumerate(new.files, 1):
        earlier = before.get(file.path) or before.get(file.old_path or "")
        if not earlier:
            steps.append(FileStep(file.path, Step.CAME, number))
        else:
            steps.append(_step(earlier.pop(0), file, number))
    left = (file for files in before.values() for file in files)
    return [*steps, *(FileStep(file.path, Step.LEFT, None) for file in left)]


def _step(old: File, new: File, number: int) -> FileStep:
    if digest(old) == digest(new):
        return FileStep(new.path, Step.SAME, number)
    before, after = _patch(old), _patch(new)
    if before == after and old.path == new.path:
        # The same lines, with other numbers or other context.
        return FileStep(new.path, Step.SAME, number)
    lines: tuple[LineStep, ...] = ()
    if max(len(before), len(after)) <= MOST_LINES:
        lines = tuple(_lines(before, after))
    return FileStep(new.path, Step.CHANGED, number, lines)


def _patch(file: File) -> list[str]:
    return [
        f"{line.kind}{line.text}"
        for hunk in file.hunks
        for line in hunk.lines
        if line.kind is not LineKind.CONTEXT
    ]


def _lines(before: Sequence[str], after: Sequence[str]) -> Iterator[LineStep]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, old, old_end, new, new_end in matcher.get_opcodes():
        if tag != "equal":
            yield from (LineStep(False, text) for text in before[old:old_end])
            yield from (LineStep(True, text) for text in after[new:new_end])
