"""GitHub Copilot's chat in Visual Studio Code, exported or as its session is kept."""

from collections.abc import Mapping
from typing import Any

from reviews.transcripts.conversation import (
    Form,
    Limits,
    Role,
    Transcript,
    TranscriptError,
)
from reviews.transcripts.drafts import CallDraft, Draft, TurnDraft
from reviews.transcripts.values import items, mapping, moment, name, outline, words
from reviews.transcripts.values import parsed as parsed_json

SILENT = {
    *("mcpServersStarting", "prepareToolInvocation", "undoStop", "codeblockUri"),
    *("progressMessage", "progressTaskSerialized"),
}


def is_export(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("requests"), list)


def read(value: Mapping[str, Any], limits: Limits) -> Transcript:
    draft = Draft(limits)
    for request in items(value.get("requests")):
        _Request(mapping(request), draft).read()
    return draft.finished(Form.COPILOT, name(value.get("responderUsername")))


class _Request:
    """What somebody asked, and the answer with the tools that it used."""

    def __init__(self, request: Mapping[str, Any], draft: Draft) -> None:
        self.request = request
        self.draft = draft
        calls = _rounds(request, draft.limits)
        invoked = sum(
            mapping(part).get("kind") == "toolInvocationSerialized"
            for part in items(request.get("response"))
        )
        self.has_calls = 0 < invoked == len(calls)
        self.made = iter(calls)

    def read(self) -> None:
        at = moment(self.request.get("timestamp"))
        message = self.request.get("message")
        asked = words(message) or words(mapping(message).get("text"))
        self.draft.say(Role.USER, asked, at)
        model = name(self.request.get("modelId")).removeprefix("copilot/")
        turn = self.draft.open(Role.ASSISTANT, at, model)
        parts = items(self.request.get("response"))
        turn.text.append("".join(self._part(turn, mapping(part)) for part in parts))

    def _part(self, turn: TurnDraft, part: Mapping[str, Any]) -> str:
        """What a part adds to the running text; all else goes to the turn."""
        match part.get("kind"):
            case None | "markdownContent" if "value" in part or "content" in part:
                return _markdown(part.get("value", part.get("content")))
            case "inlineReference":
                return f"`{_reference(part)}`"
            case "thinking":
                turn.thinking.append(_thought(part.get("value")))
            case "toolInvocationSerialized":
                self.draft.use(turn, self._call(part))
            case "textEditGroup":
                self._edit(turn, part)
            case kind if isinstance(kind, str) and kind in SILENT:
                self.draft.silent[kind] += 1
            case kind:
                self.draft.keep(name(kind), part)
        return ""

    def _call(self, part: Mapping[str, Any]) -> CallDraft:
        if self.has_calls:
            return next(self.made)
        said = part.get("pastTenseMessage") or part.get("invocationMessage")
        return CallDraft(name(part.get("toolId")), _markdown(said))

    def _edit(self, turn: TurnDraft, part: Mapping[str, Any]) -> None:
        """The text that went into a file, where no call is there that has it."""
        if self.has_calls:
            self.draft.merged += 1
            return
        path = words(mapping(part.get("uri")).get("path"))
        groups = [items(group) for group in items(part.get("edits"))]
        edits = [words(mapping(edit).get("text")) for group in groups for edit in group]
        call = CallDraft("textEditGroup", "".join([f"{path}\n", *edits]))
        self.draft.use(turn, call)


def _rounds(request: Mapping[str, Any], limits: Limits) -> list[CallDraft]:
    """The calls as the model made them, with what was answered."""
    metadata = mapping(mapping(request.get("result")).get("metadata"))
    answers = mapping(metadata.get("toolCallResults"))
    calls = []
    for one in items(metadata.get("toolCallRounds")):
        for given in items(mapping(one).get("toolCalls")):
            call = mapping(given)
            draft = CallDraft(name(call.get("name")), _arguments(call, limits))
            answer = mapping(answers.get(words(call.get("id"))))
            draft.answer(_rendered(answer.get("content")))
            calls.append(draft)
    return calls


def _arguments(call: Mapping[str, Any], limits: Limits) -> str:
    given = call.get("arguments")
    try:
        return outline(parsed_json(words(given), 1, limits))
    except TranscriptError:
        return outline(given)


def _rendered(node: object) -> str:
    """The text of an answer, which is kept as the tree that it was laid out from."""
    if isinstance(node, list):
        return "".join(_rendered(one) for one in node)
    if isinstance(node, str):
        return words(node)
    branch = mapping(node)
    own = words(branch.get("text"))
    if own and branch.get("lineBreakBefore") is True:
        own = f"\n{own}"
    inner = branch.get("children") or branch.get("node") or branch.get("value")
    return own + (_rendered(inner) if inner else "")


def _markdown(value: object) -> str:
    return words(value) or words(mapping(value).get("value"))


def _thought(value: object) -> str:
    return words(value) or "\n".join(words(part) for part in items(value))


def _reference(part: Mapping[str, Any]) -> str:
    target = mapping(part.get("inlineReference"))
    path = words(target.get("path")) or words(mapping(target.get("uri")).get("path"))
    return (
        words(part.get("name")) or path.rsplit("/", 1)[-1] or words(target.get("name"))
    )
