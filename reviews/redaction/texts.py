"""An upload as lines: which may hold something new, and what must stay as it is."""

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

HEAD = re.compile(
    r"@@ -\d{1,9}(?:,(?P<old>\d{1,9}))?"
    r" \+(?P<start>\d{1,9})(?:,(?P<new>\d{1,9}))? @@ ?"
)
NAMES = re.compile(
    r"(?:diff --|index |--- |\+\+\+ |Binary files |Only in |rename (?:from|to) |"
    r"copy (?:from|to) |(?:old|new|deleted file|new file) mode |"
    r"(?:dis)?similarity index )"
)
BINARY = "GIT binary patch"


@dataclass(frozen=True, slots=True)
class Text:
    """Lines without their LF; bytes that are no UTF-8 survive as lone surrogates.

    `first` is the column from which a line may be changed, `scanned` the numbers (from
    0) of the lines to look at; `prose` those of them that hold no code. `is_code` tells
    a diff from a conversation.
    """

    lines: tuple[str, ...]
    first: "array[int]"
    scanned: "array[int]"
    prose: frozenset[int]
    is_code: bool

    @property
    def is_json(self) -> bool:
        """A log or an export, by how it begins."""
        start = next((line for line in self.lines if line.strip()), "")
        return not self.is_code and start.lstrip("\ufeff \t").startswith(("{", "["))


def plain_text(data: bytes) -> Text:
    """A conversation: every line counts, and any part of one may be replaced."""
    lines = _lines(data)
    first = array("l", bytes(array("l").itemsize * len(lines)))
    return Text(lines, first, array("l", range(len(lines))), frozenset(), False)


def diff_text(data: bytes) -> Text:
    """A diff: added lines and what stands around the diff are looked at.

    Names of files and heads of hunks stay, and so does each line's sign.
    """
    lines = _lines(data)
    first, scanned = array("l"), array("l")
    prose: set[int] = set()
    for at, (column, is_new, is_prose) in enumerate(_roles(lines)):
        first.append(column)
        if is_new:
            scanned.append(at)
        if is_prose:
            prose.add(at)
    return Text(lines, first, scanned, frozenset(prose), True)


def whereabouts(text: Text, wanted: set[int]) -> dict[int, tuple[str, int]]:
    """For lines of a diff (from 1) the file and its line after the change.

    A line that was removed has the number of the one that follows it. What stands
    around the diff is left out.
    """
    found: dict[int, tuple[str, int]] = {}
    path, number = "", 0
    for at, (line, first) in enumerate(zip(text.lines, text.first, strict=True), 1):
        if head := HEAD.match(line) if first > 1 else None:
            number = int(head["start"])
        elif first == len(line) and line.startswith("+++ "):
            path, number = line[4:].split("\t")[0].removeprefix("b/"), 0
        elif first == 1 and number:
            if at in wanted:
                found[at] = path, number
            number += line[:1] != "-"
    return found


def encoded(lines: list[str]) -> bytes:
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def _lines(data: bytes) -> tuple[str, ...]:
    return tuple(data.decode("utf-8", "surrogateescape").split("\n"))


def _roles(lines: tuple[str, ...]) -> Iterator[tuple[int, bool, bool]]:
    """First column, whether it is new, whether it is prose; for each line."""
    old = new = 0
    is_binary = False
    for line in lines:
        if old > 0 or new > 0:
            sign = line[:1]
            if sign == "\\":
                yield len(line), False, False
                continue
            old, new = old - (sign != "+"), new - (sign != "-")
            yield 1, sign == "+", False
        elif head := HEAD.match(line):
            old, new = int(head["old"] or 1), int(head["new"] or 1)
            yield head.end(), False, False
        elif NAMES.match(line) or (is_binary and line):
            is_binary = is_binary and not line.startswith("diff --")
            yield len(line), False, False
        else:
            is_binary = is_binary or line == BINARY
            yield 0, True, True
