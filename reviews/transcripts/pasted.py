"""A conversation as somebody copied it: text, with names before what each said."""

import re

from reviews.transcripts.conversation import Form, Limits, Role, Transcript
from reviews.transcripts.drafts import Draft
from reviews.transcripts.values import words

NAMES = {
    Role.USER: "user, you, human, me, you said, prompt",
    Role.ASSISTANT: "assistant, ai, agent, model, chatgpt, chatgpt said, claude, "
    "claude responded, copilot, github copilot, gemini, gemini said, cursor, codex",
    Role.SYSTEM: "system, developer, tool",
}
ROLES = {name: role for role, names in NAMES.items() for name in names.split(", ")}
_NAME = re.compile(
    r"(?:#{1,4} )?(?:\*\*)?([A-Za-z ]{2,20}?)(?:\*\*:|:\*\*|:)(?: (.*)|$)"
)


def read(text: str, limits: Limits) -> Transcript:
    """Turns by the names in front of them; text before the first is nobody's."""
    draft = Draft(limits)
    turn = draft.open(Role.NOBODY)
    is_fenced = False
    for raw in text.split("\n"):
        line = words(raw.removesuffix("\r"))
        if line.lstrip().startswith("```"):
            is_fenced = not is_fenced
        found = None if is_fenced else _NAME.match(line)
        role = ROLES.get(found[1].lower()) if found else None
        if found and role:
            turn = draft.open(role)
            line = found[2] or ""
        turn.text.append(line)
    for one in draft.turns:
        one.text = ["\n".join(one.text).strip()]
    return draft.finished(Form.PASTED, "")
