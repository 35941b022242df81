"""A conversation while it is being read: turns that still grow."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from reviews.transcripts.conversation import (
    Form,
    Limits,
    Reason,
    Record,
    Role,
    ToolCall,
    Transcript,
    TranscriptError,
    Turn,
)
from reviews.transcripts.values import words


@dataclass(slots=True)
class CallDraft:
    name: str
    input: str = ""
    result: str | None = None
    has_failed: bool = False

    def answer(self, result: str, has_failed: bool = False) -> bool:
        """The first answer counts; says whether this was it."""
        if self.result is not None:
            return False
        self.result, self.has_failed = result, has_failed
        return True

    def call(self) -> ToolCall:
        return ToolCall(self.name, self.input, self.result or "", self.has_failed)


@dataclass(slots=True)
class TurnDraft:
    role: Role
    at: datetime | None = None
    model: str = ""
    text: list[str] = field(default_factory=list)
    thinking: list[str] = field(default_factory=list)
    calls: list[CallDraft] = field(default_factory=list)

    def turn(self, number: int) -> Turn | None:
        """The turn, or None where nothing was said in it."""
        text = _paragraphs(self.text)
        thinking = _paragraphs(self.thinking)
        if not (text or thinking or self.calls):
            return None
        calls = tuple(draft.call() for draft in self.calls)
        return Turn(number, self.role, self.at, self.model, text, thinking, calls)


def _paragraphs(parts: list[str]) -> str:
    stripped = (part.strip("\n") for part in parts)
    return "\n\n".join(part for part in stripped if part.strip())


@dataclass(slots=True)
class Draft:
    """What a reader collects; `calls` finds a tool's call by the id of its answer."""

    limits: Limits
    turns: list[TurnDraft] = field(default_factory=list)
    calls: dict[str, CallDraft] = field(default_factory=dict)
    silent: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    kept: list[Record] = field(default_factory=list)
    merged: int = 0
    broken_line: int | None = None
    call_count: int = 0

    def open(
        self, role: Role, at: datetime | None = None, model: str = ""
    ) -> TurnDraft:
        return self.add(TurnDraft(role, at, model))

    def add(self, turn: TurnDraft) -> TurnDraft:
        if len(self.turns) >= self.limits.turns:
            raise TranscriptError(Reason.TOO_MANY_TURNS, limit=self.limits.turns)
        self.turns.append(turn)
        return turn

    def use(self, turn: TurnDraft, call: CallDraft, key: str = "") -> None:
        """The turn's next use of a tool, to be found again by the key of its answer."""
        self.call_count += 1
        if self.call_count > self.limits.calls:
            raise TranscriptError(Reason.TOO_MANY_CALLS, limit=self.limits.calls)
        turn.calls.append(call)
        if key:
            self.calls[key] = call

    def keep(self, kind: str, record: str | Mapping[str, Any]) -> None:
        """A record of a type that is not known."""
        kind = kind or "–"
        self.unknown[kind] += 1
        if len(self.kept) < self.limits.kept:
            is_text = isinstance(record, str)
            raw = record if is_text else json.dumps(record, ensure_ascii=False)
            self.kept.append(Record(kind, words(raw)))

    def say(self, role: Role, text: str, at: datetime | None = None) -> TurnDraft:
        turn = self.open(role, at)
        turn.text.append(text)
        return turn

    def finished(self, form: Form, tool: str) -> Transcript:
        """The conversation, without turns that say nothing."""
        turns: list[Turn] = []
        for draft in self.turns:
            if turn := draft.turn(len(turns) + 1):
                turns.append(turn)
        return Transcript(
            form=form,
            tool=tool,
            turns=tuple(turns),
            silent=dict(self.silent),
            unknown=dict(self.unknown),
            kept=tuple(self.kept),
            merged=self.merged,
            broken_line=self.broken_line,
        )
