"""The log of Claude Code: one JSON record a line."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from reviews.transcripts.conversation import Form, Limits, Role, Transcript
from reviews.transcripts.drafts import CallDraft, Draft, TurnDraft
from reviews.transcripts.values import (
    items,
    mapping,
    moment,
    name,
    outline,
    records,
    words,
)

SPEAKERS = {"user", "assistant"}
SILENT = {
    *("progress", "file-history-snapshot", "summary", "queue-operation"),
    *("ai-title", "custom-title", "last-prompt", "permission-mode"),
}
_COMMAND = re.compile(
    r"<command-name>([^<]*)</command-name>.*?(?:<command-args>([^<]*)</command-args>|$)",
    re.DOTALL,
)


def is_record(record: Mapping[str, Any]) -> bool:
    kind = name(record.get("type"))
    if kind in SPEAKERS:
        return isinstance(record.get("message"), dict)
    return kind in SILENT or (kind == "system" and "sessionId" in record)


def read(text: str, limits: Limits) -> Transcript:
    reader = _Reader(limits)
    for number, raw, record in records(text, limits):
        if record is None:
            reader.draft.broken_line = number
        else:
            reader.take(record, raw)
    return reader.draft.finished(Form.CLAUDE_CODE, "Claude Code")


class _Reader:
    def __init__(self, limits: Limits) -> None:
        self.draft = Draft(limits)
        self.messages: dict[str, TurnDraft] = {}
        self.seen: set[str] = set()

    def take(self, record: Mapping[str, Any], raw: str) -> None:
        kind = name(record.get("type"))
        if (uuid := words(record.get("uuid"))) and uuid in self.seen:
            # A log that was resumed repeats what came before.
            self.draft.merged += 1
            return
        self.seen.add(uuid)
        if kind in SPEAKERS and isinstance(record.get("message"), dict):
            self._message(kind, record, raw)
        elif kind == "system":
            self._system(record)
        elif kind in SILENT:
            self.draft.silent[kind] += 1
        else:
            self.draft.keep(kind, raw)

    def _system(self, record: Mapping[str, Any]) -> None:
        if text := words(record.get("content")):
            self.draft.say(Role.SYSTEM, text, moment(record.get("timestamp")))
        else:
            self.draft.silent["system"] += 1

    def _message(self, kind: str, record: Mapping[str, Any], raw: str) -> None:
        message = record["message"]
        at = moment(record.get("timestamp"))
        content = message.get("content")
        blocks = items(content)
        if isinstance(content, str):
            blocks = [{"type": "text", "text": content}]
        if kind == "assistant":
            turn = self._assistant(message, at)
        else:
            turn = TurnDraft(_speaker(record), at)
        for block in blocks:
            self._block(turn, mapping(block), kind, raw)
        if kind == "user" and turn.text:
            self.draft.add(turn)

    def _assistant(self, message: Mapping[str, Any], at: datetime | None) -> TurnDraft:
        """The turn of a message, whose parts stand in records of their own."""
        key = words(message.get("id"))
        if not key or key not in self.messages:
            model = name(message.get("model"))
            model = "" if model == "<synthetic>" else model
            self.messages[key] = self.draft.open(Role.ASSISTANT, at, model)
        return self.messages[key]

    def _block(
        self, turn: TurnDraft, block: Mapping[str, Any], kind: str, raw: str
    ) -> None:
        match block.get("type"):
            case "text":
                turn.text.append(_said(turn, words(block.get("text"))))
            case "thinking":
                turn.thinking.append(words(block.get("thinking")))
            case "tool_use":
                call = CallDraft(name(block.get("name")), outline(block.get("input")))
                self.draft.use(turn, call, words(block.get("id")))
            case "tool_result":
                self._result(block)
            case "image" | "document" as kind_of:
                turn.text.append(f"[{kind_of}]")
            case other:
                self.draft.keep(f"{kind}: {name(other) or '–'}", raw)

    def _result(self, block: Mapping[str, Any]) -> None:
        content = block.get("content")
        parts = [mapping(part) for part in items(content)]
        said = [
            words(part.get("text")) or f"[{name(part.get('type'))}]" for part in parts
        ]
        text = words(content) if isinstance(content, str) else "\n".join(said)
        call = self.draft.calls.get(words(block.get("tool_use_id")))
        if call is None:
            self.draft.say(Role.SYSTEM, text)
        else:
            call.answer(text, block.get("is_error") is True)


def _speaker(record: Mapping[str, Any]) -> Role:
    """What stands under the user's name is not always what somebody typed."""
    if any(
        record.get(mark) is True
        for mark in ("isMeta", "isSidechain", "isCompactSummary")
    ):
        return Role.SYSTEM
    return Role.USER


def _said(turn: TurnDraft, text: str) -> str:
    if turn.role is Role.USER and text.startswith("<local-command-"):
        turn.role = Role.SYSTEM
    if turn.role is Role.USER and (command := _COMMAND.match(text)):
        return " ".join(part for part in command.groups() if part)
    return text
