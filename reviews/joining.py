"""Several diffs into one change, in the order of their names."""

from collections.abc import Sequence
from typing import NamedTuple

from reviews.diffs import Change, DiffError, Limits, parse, plain


class Part(NamedTuple):
    """A file as it came; without a name it was pasted."""

    name: str
    body: bytes


class Refused(ValueError):
    """Which of several files is refused (empty where it is the only one), and why."""

    def __init__(self, name: str, error: DiffError) -> None:
        self.name = name
        self.error = error
        super().__init__(f"{name}: {error}" if name else str(error))


def joined(parts: Sequence[Part], limits: Limits) -> tuple[bytes, Change]:
    """One diff that says what all of them say; raises Refused.

    One alone stays byte for byte, but for UTF-16. Each of several is read by itself
    first, so that the line in a refusal is one of the file that it names, and what the
    way here added to it is taken off, since the next one may come without.
    """
    if len(parts) == 1:
        body = _readable(parts[0].body)
        return body, _parse("", body, limits)
    ordered = sorted(parts, key=lambda part: part.name)
    for part in ordered:
        _parse(part.name, part.body, limits)
    body = b"".join(_ended(plain(part.body)) for part in ordered)
    return body, _parse("", body, limits)


def _parse(name: str, body: bytes, limits: Limits) -> Change:
    try:
        return parse(body, limits)
    except DiffError as error:
        raise Refused(name, error) from error


def _readable(body: bytes) -> bytes:
    """Consoles write UTF-16, in which a line can't be looked at by itself."""
    return plain(body) if body.startswith((b"\xff\xfe", b"\xfe\xff")) else body


def _ended(body: bytes) -> bytes:
    return body if body.endswith(b"\n") else body + b"\n"
