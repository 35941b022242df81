"""What a conversation with an AI says, as plain values, and why one is refused."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


def gettext_noop(message: str) -> str:
    """Mark for translation: this package knows no framework that would translate."""
    return message


@dataclass(frozen=True, slots=True)
class Limits:
    """What a conversation may hold.

    `size` is in bytes; `brackets` counts the objects and lists of one record, `depth`
    how far they are nested. Of records whose type is not known, all are counted and
    `kept` are at hand.
    """

    size: int = 10 * 1024 * 1024
    lines: int = 400_000
    brackets: int = 500_000
    depth: int = 200
    turns: int = 20_000
    calls: int = 20_000
    kept: int = 1_000


DEFAULT_LIMITS = Limits()
MOST_KINDS = 20


class Reason(StrEnum):
    """Why a conversation is refused: sentences to be filled with `values`."""

    EMPTY = gettext_noop("There is no conversation here: paste one or choose its file.")
    PACKED = gettext_noop(
        "This is a %(kind)s file, not a conversation: take the conversation out of it "
        "and choose that."
    )
    TOO_LARGE = gettext_noop(
        "The conversation is larger than %(limit)s MB: keep the part that made the "
        "change."
    )
    TOO_MANY_LINES = gettext_noop(
        "The conversation has more than %(limit)s lines: keep the part that made the "
        "change."
    )
    TOO_MANY_TURNS = gettext_noop(
        "The conversation has more than %(limit)s turns: keep the part that made the "
        "change."
    )
    TOO_MANY_CALLS = gettext_noop(
        "The conversation has more than %(limit)s uses of tools: keep the part that "
        "made the change."
    )
    TOO_MANY_BRACKETS = gettext_noop(
        "Line %(line)s holds more than %(limit)s objects and lists, which no "
        "conversation does."
    )
    TOO_DEEP = gettext_noop(
        "Line %(line)s is nested deeper than %(limit)s levels, which no conversation "
        "is."
    )
    BROKEN = gettext_noop(
        "Line %(line)s is not whole: its JSON breaks off or goes wrong at character "
        "%(column)s."
    )
    UNKNOWN = gettext_noop(
        "Line %(line)s is JSON, but not of Claude Code, Codex CLI or a Copilot chat "
        "export."
    )
    SILENT = gettext_noop(
        "Nothing in this file was said by anybody: %(lines)s lines were read."
    )


class TranscriptError(ValueError):
    """A refusal: its text is one sentence, with the line where there is one.

    To translate: `gettext(error.reason) % error.values`.
    """

    def __init__(self, reason: Reason, **values: int | str) -> None:
        self.reason = reason
        self.values = values
        super().__init__(reason.value % values)


class Form(StrEnum):
    CLAUDE_CODE = "claude_code"
    CODEX = "codex"
    SPECSTORY = "specstory"
    COPILOT = "copilot"
    AIDER = "aider"
    PASTED = "pasted"


class Role(StrEnum):
    """Who speaks. SYSTEM is the tool itself: instructions, context, notices."""

    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What the assistant had a tool do; `result` is empty where none is recorded."""

    name: str
    input: str
    result: str = ""
    has_failed: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said at once. `number` counts from 1; `at` is in UTC."""

    number: int
    role: Role
    at: datetime | None
    model: str
    text: str
    thinking: str
    calls: tuple[ToolCall, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything in it that the speaker wrote, and not what tools answered."""
        return (self.text, self.thinking, *(call.input for call in self.calls))

    @property
    def length(self) -> int:
        """In characters, with what its tools answered."""
        answers = sum(len(call.result) for call in self.calls)
        return sum(len(text) for text in self.texts) + answers


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a type that is not known, as it stands in the file."""

    kind: str
    raw: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """A conversation in one form, whichever tool wrote it down.

    `silent` counts records that are known to say nothing, by type; `unknown` those of
    types that are not known, the first of which are `kept`. `merged` counts what the
    log has twice and is shown once; `broken_line` is the last line, where it was still
    being written.
    """

    form: Form
    tool: str
    turns: tuple[Turn, ...]
    silent: Mapping[str, int] = field(default_factory=dict)
    unknown: Mapping[str, int] = field(default_factory=dict)
    kept: tuple[Record, ...] = ()
    merged: int = 0
    broken_line: int | None = None

    @property
    def models(self) -> tuple[str, ...]:
        """The models that spoke, in order of their first word."""
        return tuple(dict.fromkeys(turn.model for turn in self.turns if turn.model))

    @property
    def unknown_kinds(self) -> list[tuple[str, int]]:
        """The most frequent of the unknown types, with their counts."""
        return Counter(self.unknown).most_common(MOST_KINDS)

    @property
    def call_count(self) -> int:
        return sum(len(turn.calls) for turn in self.turns)

    @property
    def roles(self) -> Mapping[str, int]:
        return Counter(turn.role.value for turn in self.turns)
