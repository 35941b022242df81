"""JSON that nobody vouches for: bounded before it is parsed, checked as it is read."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from reviews.transcripts.conversation import Limits, Reason, TranscriptError

# Possessive, so that an unclosed string of megabytes is given up at once.
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")


def parsed(text: str, line: int, limits: Limits) -> Any:
    """The value of a JSON text that starts on `line`, or a refusal that names it."""
    _bounded(text, line, limits)
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        raise TranscriptError(
            Reason.BROKEN, line=line + error.lineno - 1, column=error.colno
        ) from None
    except ValueError:
        # A number of more digits than Python turns into one.
        raise TranscriptError(Reason.BROKEN, line=line, column=1) from None


def _bounded(text: str, line: int, limits: Limits) -> None:
    """Counting brackets is cheap; only where there are many is their depth measured."""
    count = text.count("[") + text.count("{")
    if count <= limits.depth:
        return
    if count > limits.brackets:
        raise TranscriptError(
            Reason.TOO_MANY_BRACKETS, line=line, limit=limits.brackets
        )
    level = 0
    for bracket in _BRACKET.finditer(_STRING.sub('""', text)):
        level += 1 if bracket.group() in "[{" else -1
        if level > limits.depth:
            raise TranscriptError(Reason.TOO_DEEP, line=line, limit=limits.depth)


def records(
    text: str, limits: Limits
) -> Iterator[tuple[int, str, Mapping[str, Any] | None]]:
    """The lines of a log: number, text and value.

    The value is None on the last line, where that is not whole: a log that is still
    being written. A line of the middle that is not whole is refused.
    """
    lines = text.rstrip().split("\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = parsed(line, number, limits)
        except TranscriptError as error:
            if number < len(lines) or error.reason is not Reason.BROKEN:
                raise
            yield number, line, None
        else:
            yield number, line, mapping(value)


def mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def words(value: object) -> str:
    """A string that a page and a database can hold, or none."""
    if not isinstance(value, str):
        return ""
    value = value.replace("\0", "\ufffd")
    if value.isascii():
        return value
    # JSON can name halves of characters, which no encoding knows.
    return value.encode("utf-8", "replace").decode()


def name(value: object, longest: int = 80) -> str:
    """A word of one line: a tool's, a model's, a type's."""
    return " ".join(words(value).split())[:longest]


def moment(value: object) -> datetime | None:
    """A time as logs write it: ISO 8601, or milliseconds since 1970; UTC.

    None where it is none, or of another century than people and their AIs.
    """
    try:
        at = _moment(value)
    except (ValueError, OverflowError, OSError):
        return None
    return at if at and 2000 <= at.year < 2100 else None


def _moment(value: object) -> datetime | None:
    if isinstance(value, str):
        at = datetime.fromisoformat(value.strip())
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value / 1000, UTC)
    return None


def outline(value: object) -> str:
    """A value as people read it: names before their text, text with its line ends.

    What was code in a string is code again, word for word.
    """
    lines: list[str] = []
    _outline(value, "", "", lines)
    return "\n".join(lines)


def _outline(value: object, head: str, indent: str, lines: list[str]) -> None:
    """One value behind its head; what is deeper than some levels is not set in more."""
    pairs: Iterable[tuple[str, object]]
    if isinstance(value, dict):
        pairs = ((f"{name(key)}:", one) for key, one in value.items())
    elif isinstance(value, list):
        pairs = (("-", one) for one in value)
    else:
        text = words(value) if isinstance(value, str) else json.dumps(value)
        gap = "\n" if head and "\n" in text else " " if head and text else ""
        lines.append(f"{indent}{head}{gap}{text}")
        return
    if head:
        lines.append(f"{indent}{head}")
        indent = f"{indent}  "[:12]
    for one_head, one in pairs:
        _outline(one, one_head, indent, lines)
