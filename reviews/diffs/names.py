"""File names in a diff: quoting, prefixes, and two names on one line."""

import re

DEV_NULL = b"/dev/null"

_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*+)"', re.DOTALL)
_LETTERS = dict(zip(b"abtnvfr", b"\a\b\t\n\v\f\r", strict=True))
_ONE_PREFIX = re.compile(rb"[abciow12]/")


def unquoted(name: bytes) -> bytes:
    """A name as git quotes it (C escapes, octal bytes), or up to a tab as it stands."""
    quoted = _QUOTED.match(name)
    if not quoted:
        return name.split(b"\t", 1)[0].rstrip(b"\r")

    def plain(escape: re.Match[bytes]) -> bytes:
        code = escape[1]
        if code[:1].isdigit():
            return bytes([int(code, 8) & 0xFF])
        return bytes([_LETTERS.get(code[0], code[0])])

    return _ESCAPE.sub(plain, quoted[1])


def header_names(header: bytes) -> tuple[bytes, bytes] | None:
    """Both names after `diff --git`; without quotes only when they are equally long."""
    if quoted := _QUOTED.match(header):
        return unquoted(quoted[0]), unquoted(header[quoted.end() + 1 :])
    if header.endswith(b'"') and b' "' in header:
        old, _, new = header.partition(b' "')
        return old, unquoted(b'"' + new)
    middle = len(header) // 2
    if header[middle : middle + 1] == b" ":
        return header[:middle], header[middle + 1 :]
    return None


def without_prefixes(old: bytes, new: bytes) -> tuple[bytes, bytes]:
    """Drop the folders in which two trees differ (a/ and b/), keep what they share."""
    if old == new:
        return old, new
    if DEV_NULL in (old, new):
        name = new if old == DEV_NULL else old
        name = name[2:] if _ONE_PREFIX.match(name) else name
        return name, name
    if tail := _shared_tail(old, new):
        return tail, tail
    if old.startswith(b"a/") and new.startswith(b"b/"):
        return old[2:], new[2:]
    return old, new


def _shared_tail(old: bytes, new: bytes) -> bytes:
    before, after = old.split(b"/"), new.split(b"/")
    shared = 0
    for left, right in zip(reversed(before), reversed(after), strict=False):
        if left != right:
            break
        shared += 1
    return b"/".join(before[len(before) - shared :])


def binary_names(line: bytes) -> tuple[bytes, bytes] | None:
    """The two names of `Binary files X and Y differ`."""
    names = line.removeprefix(b"Binary files ").rstrip(b"\r").removesuffix(b" differ")
    old, between, new = names.partition(b" and ")
    return (unquoted(old), unquoted(new)) if between else None
