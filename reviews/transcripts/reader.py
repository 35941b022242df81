"""From bytes to a `Transcript`: which form it is, and the reader of that form."""

from collections.abc import Callable

from reviews.packed import packed_as
from reviews.transcripts import aider, claude, codex, copilot, pasted, specstory
from reviews.transcripts.conversation import (
    DEFAULT_LIMITS,
    Limits,
    Reason,
    Transcript,
    TranscriptError,
)
from reviews.transcripts.values import mapping, parsed

# How many records of a log are looked at to know whose it is.
HEAD = 50


def read(body: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS) -> Transcript:
    """Read a conversation of any form; raises `TranscriptError` with the reason.

    Time and memory are linear in the size, which is looked at first. `name` is the
    file's, where there is one; what is in the file decides before it does.
    """
    if len(body) > limits.size:
        raise TranscriptError(Reason.TOO_LARGE, limit=limits.size // 1024**2)
    if kind := packed_as(body):
        raise TranscriptError(Reason.PACKED, kind=kind)
    text = _text(body)
    if not text.strip():
        raise TranscriptError(Reason.EMPTY)
    if text.count("\n") > limits.lines:
        raise TranscriptError(Reason.TOO_MANY_LINES, limit=limits.lines)
    found = _read(text, name, limits)
    if not found.turns:
        raise TranscriptError(Reason.SILENT, lines=text.rstrip("\n").count("\n") + 1)
    return found


def _text(body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    return body.decode("utf-8-sig", "replace")


def _read(text: str, name: str, limits: Limits) -> Transcript:
    if _is_json(text, name):
        if reader := _log(text, limits):
            return reader(text, limits)
        return _document(text, limits)
    if specstory.is_history(text):
        return specstory.read(text, limits)
    if aider.is_history(text):
        return aider.read(text, limits)
    return pasted.read(text, limits)


def _log(text: str, limits: Limits) -> Callable[[str, Limits], Transcript] | None:
    """Whose log it is, by the first of its records that only one of them writes."""
    at = 0
    for number in range(1, HEAD + 1):
        end = text.find("\n", at)
        line = text[at:] if end < 0 else text[at:end]
        try:
            record = mapping(parsed(line, number, limits)) if line.strip() else {}
        except TranscriptError as error:
            if error.reason is not Reason.BROKEN:
                raise
            return None
        if codex.is_record(record):
            return codex.read
        if claude.is_record(record):
            return claude.read
        if end < 0:
            return None
        at = end + 1
    return None


def _is_json(text: str, name: str) -> bool:
    start = text[:1_000].lstrip()
    if not start.startswith(("{", "[")):
        return False
    inside = start[1:].lstrip()
    return name.endswith((".json", ".jsonl")) or inside.startswith(('"', "{", "}"))


def _document(text: str, limits: Limits) -> Transcript:
    value = mapping(parsed(text, 1, limits))
    if not copilot.is_export(value):
        raise TranscriptError(Reason.UNKNOWN, line=1)
    return copilot.read(value, limits)
