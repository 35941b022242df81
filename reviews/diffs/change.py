"""What a unified diff says, as plain values, and why one is refused."""

import sys
from dataclasses import dataclass
from enum import StrEnum


def gettext_noop(message: str) -> str:
    """Mark for translation: this module knows no framework that would translate."""
    return message


@dataclass(frozen=True, slots=True)
class Limits:
    """What a diff may hold.

    `size` is in bytes, `lines` counts context too, `path` is in characters.
    """

    size: int = 5 * 1024 * 1024
    changed: int = 20_000
    lines: int = 100_000
    files: int = 3_000
    path: int = 500


DEFAULT_LIMITS = Limits()
STORED = Limits(*[sys.maxsize] * 5)
"""For what was within the limits when it was confirmed: those may change since."""


def in_words(size: int) -> str:
    """A number of bytes as people say it, say "5 MB"."""
    if size >= 1024**2:
        return f"{size / 1024**2:.3g} MB"
    return f"{max(size / 1024, 1):.0f} kB"


class Reason(StrEnum):
    """Why a diff is refused; the values are sentences to be filled with `line`."""

    EMPTY = gettext_noop(
        "Line %(line)s: there is nothing here yet; paste or upload a diff."
    )
    NOT_A_DIFF = gettext_noop(
        "Line %(line)s: this is not a unified diff; “git diff” or “diff -u” write one."
    )
    PACKED = gettext_noop(
        "Line %(line)s: this is a %(kind)s file, not a diff; take the diff out of it "
        "and choose that."
    )
    COMBINED = gettext_noop(
        "Line %(line)s: this is the combined diff of a merge, which has no single "
        "before; compare with one parent, as “git diff A B” does."
    )
    TRUNCATED = gettext_noop(
        "Line %(line)s: what starts on line %(head)s breaks off here, before it is "
        "whole."
    )
    OVERFULL = gettext_noop(
        "Line %(line)s: the hunk holds more than its head on line %(head)s announces."
    )
    OUT_OF_ORDER = gettext_noop(
        "Line %(line)s: this hunk starts before the end of the one above it."
    )
    NO_FILE = gettext_noop(
        "Line %(line)s: this hunk belongs to no file; the lines that start with “---” "
        "and “+++” are missing above it."
    )
    BAD_HEAD = gettext_noop("Line %(line)s: the head of this hunk cannot be read.")
    LONG_PATH = gettext_noop(
        "Line %(line)s: the name of this file is longer than %(limit)s characters."
    )
    TOO_LARGE = gettext_noop(
        "Line %(line)s: the diff is larger than %(limit)s; split the change."
    )
    TOO_MANY_CHANGES = gettext_noop(
        "Line %(line)s: more than %(limit)s lines are changed; split the change."
    )
    TOO_MANY_LINES = gettext_noop(
        "Line %(line)s: more than %(limit)s lines with their context; split the change."
    )
    TOO_MANY_FILES = gettext_noop(
        "Line %(line)s: more than %(limit)s files; split the change."
    )


class DiffError(ValueError):
    """A refusal: its text is one sentence with the line (from 1) and the reason.

    To translate: `gettext(error.reason) % error.values`.
    """

    def __init__(self, line: int, reason: Reason, **values: int | str) -> None:
        self.line = line
        self.reason = reason
        self.values: dict[str, int | str] = {"line": line, **values}
        super().__init__(reason.value % self.values)


class Kind(StrEnum):
    """What happened to a file. MODE: only its mode changed."""

    ADDED = "added"
    DELETED = "deleted"
    MODIFIED = "modified"
    RENAMED = "renamed"
    COPIED = "copied"
    MODE = "mode"


class Side(StrEnum):
    OLD = "old"
    NEW = "new"


class LineKind(StrEnum):
    CONTEXT = " "
    REMOVED = "-"
    ADDED = "+"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a hunk; `text` is without its LF and keeps a CR before it."""

    kind: LineKind
    old_number: int | None
    new_number: int | None
    text: str
    has_newline: bool = True


@dataclass(frozen=True, slots=True)
class Hunk:
    old_start: int
    old_count: int
    new_start: int
    new_count: int
    section: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class File:
    """One file's change; a path is None on the side where the file is not there.

    Modes are as git writes them ("100644") and None where the diff does not say.
    """

    old_path: str | None
    new_path: str | None
    kind: Kind
    old_mode: str | None
    new_mode: str | None
    is_binary: bool
    added: int
    removed: int
    hunks: tuple[Hunk, ...]

    @property
    def path(self) -> str:
        """The name after the change, or the last one it had."""
        return self.new_path or self.old_path or ""


@dataclass(frozen=True, slots=True)
class Change:
    files: tuple[File, ...]
    added: int
    removed: int
