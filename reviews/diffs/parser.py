"""From bytes to a `Change`: one walk over the input, linear in its size."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from reviews.diffs.change import (
    DEFAULT_LIMITS,
    Change,
    DiffError,
    File,
    Hunk,
    Kind,
    Limits,
    Line,
    LineKind,
    Reason,
    in_words,
)
from reviews.diffs.names import (
    DEV_NULL,
    binary_names,
    header_names,
    unquoted,
    without_prefixes,
)
from reviews.packed import packed_as


def parse(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Change:
    """Read a whole diff; raises `DiffError` with the line and the reason."""
    if len(data) > limits.size:
        line = data.count(b"\n", 0, limits.size) + 1
        raise DiffError(line, Reason.TOO_LARGE, limit=in_words(limits.size))
    if not data.strip():
        raise DiffError(1, Reason.EMPTY)
    if kind := packed_as(data):
        raise DiffError(1, Reason.PACKED, kind=kind)
    files = tuple(_Parser(plain(data), limits).files())
    return Change(
        files, sum(file.added for file in files), sum(file.removed for file in files)
    )


def plain(data: bytes) -> bytes:
    """Take off what the way here added: a byte order mark, CR LF on every line."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode()
    data = data.removeprefix(b"\xef\xbb\xbf")
    if 0 < data.count(b"\n") == data.count(b"\r\n"):
        data = data.replace(b"\r\n", b"\n")
    return data


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


_STRUCTURE = re.compile(
    rb"^(?:diff --(?:git|cc|combined) |--- |@@@* -|Binary files |GIT binary patch|```)",
    re.MULTILINE,
)
_EXTENDED = re.compile(
    rb"(old mode|new mode|deleted file mode|new file mode|rename from|rename to"
    rb"|copy from|copy to|similarity index|dissimilarity index|index) (.*)"
)
_INDEX_MODE = re.compile(rb"[0-9a-f]+\.\.[0-9a-f]+ (\d{6})$")
_HUNK = re.compile(rb"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@ ?(.*)")


@dataclass(slots=True)
class _Draft:
    """A file while its lines are read; names are None until a line gives them."""

    line: int
    header: bytes | None = None
    old: bytes | None = None
    new: bytes | None = None
    moved_from: bytes | None = None
    moved_to: bytes | None = None
    kind: Kind | None = None
    old_mode: str | None = None
    new_mode: str | None = None
    is_binary: bool = False
    hunks: list[Hunk] = field(default_factory=list)

    def extend(self, key: bytes, value: bytes) -> None:
        """Take in one line of git's extended header."""
        match key:
            case b"old mode":
                self.old_mode = _mode(value)
            case b"new mode":
                self.new_mode = _mode(value)
            case b"deleted file mode":
                self.kind, self.old_mode = Kind.DELETED, _mode(value)
            case b"new file mode":
                self.kind, self.new_mode = Kind.ADDED, _mode(value)
            case b"rename from" | b"copy from":
                self.moved_from = unquoted(value)
            case b"rename to":
                self.kind, self.moved_to = Kind.RENAMED, unquoted(value)
            case b"copy to":
                self.kind, self.moved_to = Kind.COPIED, unquoted(value)
            case b"index" if mode := _INDEX_MODE.match(value.rstrip()):
                self.old_mode = self.new_mode = _text(mode[1])

    @property
    def awaits_names(self) -> bool:
        return self.header is not None and self.new is None and not self.hunks

    @property
    def says_nothing(self) -> bool:
        changes_mode = self.old_mode != self.new_mode
        return not (self.hunks or self.is_binary or self.kind or changes_mode)

    def names(self) -> tuple[bytes, bytes]:
        """Both names without prefixes, equal unless the file moved."""
        if self.moved_from is not None and self.moved_to is not None:
            return self.moved_from, self.moved_to
        if self.header is not None and (pair := header_names(self.header)):
            old, new = without_prefixes(*pair)
            if old == new:
                return old, new
        if self.old is None or self.new is None:
            return self.header or b"", self.header or b""
        return without_prefixes(self.old, self.new)

    def what(self) -> Kind:
        if self.kind:
            return self.kind
        bare = self.header is None and len(self.hunks) == 1
        only = self.hunks[0] if bare else None
        if self.old == DEV_NULL or (only and only.old_start + only.old_count == 0):
            return Kind.ADDED
        if self.new == DEV_NULL or (only and only.new_start + only.new_count == 0):
            return Kind.DELETED
        if not self.hunks and not self.is_binary and self.old_mode != self.new_mode:
            return Kind.MODE
        return Kind.MODIFIED

    def file(self, longest_path: int) -> File:
        kind = self.what()
        old, new = map(_path, self.names())
        if max(len(old), len(new)) > longest_path:
            raise DiffError(self.line, Reason.LONG_PATH, limit=longest_path)
        kinds = [line.kind for hunk in self.hunks for line in hunk.lines]
        return File(
            old_path=None if kind is Kind.ADDED else old,
            new_path=None if kind is Kind.DELETED else new,
            kind=kind,
            old_mode=self.old_mode,
            new_mode=self.new_mode,
            is_binary=self.is_binary,
            added=kinds.count(LineKind.ADDED),
            removed=kinds.count(LineKind.REMOVED),
            hunks=tuple(self.hunks),
        )


def _path(name: bytes) -> str:
    return _text(name).replace("\0", "\N{REPLACEMENT CHARACTER}")


def _mode(value: bytes) -> str:
    return _text(value.strip())[:6]


def _first(start: int, count: int) -> int:
    """The first line of a side; an empty side names the line before it."""
    return start if count else start + 1


class _Parser:
    """Reads from `position`; `number` is the line last read, from 1."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.data = data
        self.limits = limits
        self.position = 0
        self.number = 0
        self.draft: _Draft | None = None
        self.fence = 0
        self.file_count = 0
        self.line_count = 0
        self.changed_count = 0

    def files(self) -> Iterator[File]:
        """Every file with something to show; raises when there is none."""
        while found := _STRUCTURE.search(self.data, self.position):
            self.number += self.data.count(b"\n", self.position, found.start())
            self.position = found.start()
            yield from self.take(self.next())
        if self.draft and self.draft.says_nothing:
            raise DiffError(self.number, Reason.TRUNCATED, head=self.draft.line)
        yield from self.close()
        if not self.file_count:
            raise DiffError(1, Reason.NOT_A_DIFF)

    def next(self) -> bytes:
        line = self.peek()
        self.position = min(self.position + len(line) + 1, len(self.data))
        self.number += 1
        return line

    def peek(self) -> bytes:
        end = self.data.find(b"\n", self.position)
        return self.data[self.position : end if end >= 0 else len(self.data)]

    @property
    def at_end(self) -> bool:
        return self.position >= len(self.data)

    def take(self, line: bytes) -> Iterator[File]:
        """Go on from a line that may belong to a diff."""
        if line.startswith(b"diff --git "):
            draft = _Draft(self.number, line[11:].rstrip(b"\r"))
            while extended := _EXTENDED.match(self.peek()):
                self.next()
                draft.extend(extended[1], extended[2])
            yield from self.open(draft)
        elif line.startswith((b"diff --", b"@@@")):
            if line.startswith(b"@@@") or self.peek().startswith((b"index ", b"--- ")):
                raise DiffError(self.number, Reason.COMBINED)
        elif line.startswith(b"--- "):
            yield from self.take_names(line)
        elif line.startswith(b"@@"):
            self.take_hunk(line)
        elif line.startswith(b"```"):
            self.fence = 0 if self.fence else self.number
        else:
            yield from self.take_binary(line)

    def open(self, draft: _Draft) -> Iterator[File]:
        yield from self.close()
        self.draft = draft

    def close(self) -> Iterator[File]:
        draft, self.draft = self.draft, None
        if draft is None or draft.says_nothing:
            return
        self.file_count += 1
        if self.file_count > self.limits.files:
            raise DiffError(draft.line, Reason.TOO_MANY_FILES, limit=self.limits.files)
        yield draft.file(self.limits.path)

    def take_names(self, line: bytes) -> Iterator[File]:
        """`---` counts with `+++` below it, and outside git's header with a hunk."""
        start = self.number
        if not self.peek().startswith(b"+++ "):
            return
        old, new = unquoted(line[4:]), unquoted(self.next()[4:])
        if self.draft and self.draft.awaits_names:
            self.draft.old, self.draft.new = old, new
        elif self.at_end or self.peek().startswith(b"@@ -"):
            yield from self.open(_Draft(start, old=old, new=new))

    def take_binary(self, line: bytes) -> Iterator[File]:
        names = binary_names(line)
        if not (self.draft and self.draft.awaits_names) and names:
            yield from self.open(_Draft(self.number, old=names[0], new=names[1]))
        if self.draft:
            self.draft.is_binary = True

    def take_hunk(self, line: bytes) -> None:
        head = _HUNK.match(line)
        if self.draft is None:
            if head and not self.fence:
                raise DiffError(self.number, Reason.NO_FILE)
            return
        if head is None:
            raise DiffError(self.number, Reason.BAD_HEAD)
        hunk = Hunk(
            old_start=int(head[1]),
            old_count=int(head[2] or 1),
            new_start=int(head[3]),
            new_count=int(head[4] or 1),
            section=_text(head[5].rstrip(b"\r")),
            lines=(),
        )
        self.count(0)
        self.check_order(hunk)
        lines = self.hunk_lines(hunk)
        self.draft.hunks.append(replace(hunk, lines=tuple(lines)))

    def check_order(self, hunk: Hunk) -> None:
        """Line numbers are anchors, so no line may come twice."""
        if not (self.draft and self.draft.hunks):
            return
        above = self.draft.hunks[-1]
        if _first(hunk.old_start, hunk.old_count) < (
            _first(above.old_start, above.old_count) + above.old_count
        ) or _first(hunk.new_start, hunk.new_count) < (
            _first(above.new_start, above.new_count) + above.new_count
        ):
            raise DiffError(self.number, Reason.OUT_OF_ORDER)

    def hunk_lines(self, hunk: Hunk) -> list[Line]:
        head = self.number
        old, new = hunk.old_start, hunk.new_start
        old_end, new_end = old + hunk.old_count, new + hunk.new_count
        lines: list[Line] = []
        while old < old_end or new < new_end or self.peek().startswith(b"\\ "):
            if self.at_end:
                raise self.broken(head, Reason.TRUNCATED)
            raw = self.next()
            sign = raw[:1]
            if sign == b"+":
                lines.append(Line(LineKind.ADDED, None, new, _text(raw[1:])))
                new += 1
            elif sign == b"-":
                lines.append(Line(LineKind.REMOVED, old, None, _text(raw[1:])))
                old += 1
            elif sign in b" \r":
                text = _text(raw.removeprefix(b" "))
                lines.append(Line(LineKind.CONTEXT, old, new, text))
                old, new = old + 1, new + 1
            elif raw.startswith(b"\\ ") and lines:
                lines[-1] = replace(lines[-1], has_newline=False)
                continue
            else:
                raise self.broken(head, Reason.TRUNCATED)
            if old > old_end or new > new_end:
                raise self.broken(head, Reason.OVERFULL)
            self.count(sign in {b"+", b"-"})
        following = self.peek()
        if following.startswith((b"+", b"-")) and not following.startswith(b"--"):
            self.next()
            raise self.broken(head, Reason.OVERFULL)
        return lines

    def broken(self, head: int, reason: Reason) -> DiffError:
        """Inside a Markdown fence a piece of a diff illustrates; it is not sent."""
        if self.fence:
            return DiffError(self.fence, Reason.NOT_A_DIFF)
        return DiffError(self.number, reason, head=head)

    def count(self, changed: int) -> None:
        self.line_count += 1
        self.changed_count += changed
        if self.changed_count > self.limits.changed:
            limit = self.limits.changed
            raise DiffError(self.number, Reason.TOO_MANY_CHANGES, limit=limit)
        if self.line_count > self.limits.lines:
            limit = self.limits.lines
            raise DiffError(self.number, Reason.TOO_MANY_LINES, limit=limit)
