"""The rollout of the Codex CLI: one JSON record a line, much of it twice."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from reviews.transcripts.conversation import (
    Form,
    Limits,
    Role,
    Transcript,
    TranscriptError,
)
from reviews.transcripts.drafts import CallDraft, Draft, TurnDraft
from reviews.transcripts.values import (
    items,
    mapping,
    moment,
    name,
    outline,
    parsed,
    records,
    words,
)

Entry = tuple[str, Mapping[str, Any], datetime | None, str]
FRAMES = {"session_meta", "turn_context", "response_item", "event_msg", "compacted"}
CALLS = {
    *("function_call", "custom_tool_call", "local_shell_call", "web_search_call"),
    "tool_search_call",
}
OUTPUTS = {"function_call_output", "custom_tool_call_output", "tool_search_output"}
ENDS = {"exec_command_end", "patch_apply_end", "mcp_tool_call_end"}
WORDS = {"user_message", "agent_message", "agent_reasoning"}
SILENT = {
    *("session_meta", "turn_context", "ghost_snapshot", "token_count"),
    *("task_started", "task_complete", "agent_reasoning_section_break"),
    *("exec_command_begin", "patch_apply_begin", "mcp_tool_call_begin"),
}


def is_record(record: Mapping[str, Any]) -> bool:
    if name(record.get("type")) in FRAMES:
        return isinstance(record.get("payload"), dict)
    return "instructions" in record and "timestamp" in record


def read(text: str, limits: Limits) -> Transcript:
    reader = _Reader(limits)
    entries: list[Entry] = []
    for number, raw, record in records(text, limits):
        if record is None:
            reader.draft.broken_line = number
        else:
            entries.append(_entry(record, raw))
    reader.doubled = _copies(entries)
    reader.typed = {
        words(item.get("message")).strip()
        for kind, item, _at, _raw in entries
        if kind == "user_message"
    }
    for entry in entries:
        reader.take(*entry)
    return reader.draft.finished(Form.CODEX, "Codex CLI")


def _entry(record: Mapping[str, Any], raw: str) -> Entry:
    """Kind, content, time and text; the first rollouts had no frame around an item."""
    kind = name(record.get("type"))
    payload = record.get("payload")
    item = mapping(payload) if isinstance(payload, dict) else record
    if kind in ("response_item", "event_msg"):
        kind = name(item.get("type"))
    if not kind and "instructions" in record:
        kind = "session_meta"
    return kind, item, moment(record.get("timestamp")), raw


def _copies(entries: list[Entry]) -> Counter[tuple[str, str]]:
    """What items say, by who says it: an event with the same words is a copy."""
    said: Counter[tuple[str, str]] = Counter()
    for kind, item, _at, _raw in entries:
        if kind == "message":
            said[_voice(item), _content(item.get("content")).strip()] += 1
        elif kind == "reasoning":
            said.update(("thinking", part.strip()) for part in _summary(item))
    return said


def _voice(item: Mapping[str, Any]) -> str:
    return "agent" if item.get("role") == "assistant" else name(item.get("role"))


def _content(content: object) -> str:
    if isinstance(content, str):
        return words(content)
    parts = [mapping(part) for part in items(content)]
    said = [words(part.get("text")) or f"[{name(part.get('type'))}]" for part in parts]
    return "\n\n".join(said)


def _summary(item: Mapping[str, Any]) -> list[str]:
    return [words(mapping(part).get("text")) for part in items(item.get("summary"))]


class _Reader:
    """`doubled` is what events may repeat; `typed` what people are known to type."""

    def __init__(self, limits: Limits) -> None:
        self.draft = Draft(limits)
        self.doubled: Counter[tuple[str, str]] = Counter()
        self.typed: set[str] = set()
        self.model = ""
        self.current: TurnDraft | None = None

    def take(
        self, kind: str, item: Mapping[str, Any], at: datetime | None, raw: str
    ) -> None:
        if kind == "turn_context":
            self.model = name(item.get("model")) or self.model
        if kind == "message":
            self._message(item, at)
        elif kind == "reasoning":
            self._turn(at).thinking.extend(_summary(item))
        elif kind in WORDS:
            self._event(kind, item, at)
        elif kind in CALLS:
            self._call(kind, item, at)
        elif kind in OUTPUTS | ENDS:
            self._output(kind, item)
        elif kind == "compacted":
            self.draft.say(Role.SYSTEM, words(item.get("message")), at)
        elif kind in SILENT:
            self.draft.silent[kind] += 1
        else:
            self.draft.keep(kind, raw)

    def _turn(self, at: datetime | None) -> TurnDraft:
        """The assistant's turn, which ends where somebody or something answers."""
        if self.current is None:
            self.current = self.draft.open(Role.ASSISTANT, at, self.model)
        return self.current

    def _message(self, item: Mapping[str, Any], at: datetime | None) -> None:
        text = _content(item.get("content"))
        if item.get("role") == "assistant":
            self._turn(at).text.append(text)
            return
        self.current = None
        self.draft.say(self._speaker(item, text), text, at)

    def _speaker(self, item: Mapping[str, Any], text: str) -> Role:
        """An event repeats what a person typed, and nothing that the tool put in."""
        if item.get("role") != "user":
            return Role.SYSTEM
        if self.typed:
            return Role.USER if text.strip() in self.typed else Role.SYSTEM
        is_put_in = text.startswith(("<", "# AGENTS.md"))
        return Role.SYSTEM if is_put_in else Role.USER

    def _event(self, kind: str, item: Mapping[str, Any], at: datetime | None) -> None:
        text = words(item.get("message")) or words(item.get("text"))
        voice = {"user_message": "user", "agent_message": "agent"}.get(kind, "thinking")
        if self.doubled[voice, text.strip()] > 0:
            self.doubled[voice, text.strip()] -= 1
            self.draft.merged += 1
        elif voice == "user":
            self.current = None
            self.draft.say(Role.USER, text, at)
        elif voice == "agent":
            self._turn(at).text.append(text)
        else:
            self._turn(at).thinking.append(text)

    def _call(self, kind: str, item: Mapping[str, Any], at: datetime | None) -> None:
        turn = self._turn(at)
        given = item.get("arguments", item.get("input", item.get("action")))
        text = outline(_in_one_line(self._unpacked(given)))
        call = CallDraft(name(item.get("name")) or kind, text)
        self.draft.use(turn, call, words(item.get("call_id")))

    def _unpacked(self, given: object) -> object:
        """JSON inside a string is taken out of it, where it is JSON."""
        if not isinstance(given, str) or not given.lstrip().startswith(("{", "[")):
            return given
        try:
            return parsed(given, 1, self.draft.limits)
        except TranscriptError:
            return given

    def _output(self, kind: str, item: Mapping[str, Any]) -> None:
        text, has_failed = self._answer(kind, item)
        call = self.draft.calls.get(words(item.get("call_id")))
        if call is None:
            self.draft.say(Role.SYSTEM, text)
        elif not call.answer(text, has_failed):
            self.draft.merged += 1
        self.current = None

    def _answer(self, kind: str, item: Mapping[str, Any]) -> tuple[str, bool]:
        if kind in ENDS:
            text = words(item.get("aggregated_output")) or words(item.get("stdout"))
            text = text or outline(item.get("result", ""))
            return text, item.get("success") is False or bool(item.get("exit_code"))
        output = self._unpacked(item.get("output"))
        if isinstance(output, list):
            return _content(output), False
        if not isinstance(output, dict):
            return words(output), False
        inner = output.get("output", output.get("content"))
        code = mapping(output.get("metadata")).get("exit_code")
        text = outline(output) if inner is None else outline(inner)
        return text, bool(code) or output.get("success") is False


def _in_one_line(given: object) -> object:
    """A command's words, which come as a list, as they would be typed."""
    command = mapping(given).get("command")
    if not isinstance(command, list):
        return given
    return {**mapping(given), "command": " ".join(words(word) for word in command)}
