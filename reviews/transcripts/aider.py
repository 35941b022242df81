"""The chat history of aider: Markdown, in which a line’s first sign says who speaks."""

import re
from datetime import datetime

from reviews.transcripts.conversation import Form, Limits, Role, Transcript
from reviews.transcripts.drafts import Draft, TurnDraft
from reviews.transcripts.values import moment, name, words

_START = re.compile(r"# aider chat started at (.{1,40})")
_MODEL = re.compile(r"> (?:Main m|M)odel: (\S{1,80})")
_FENCE = re.compile(r"<(/?)(?:source|code|pre|codeblock|sourcecode)>(\w*)")


def is_history(text: str) -> bool:
    head = text[:4_000]
    return bool(re.search(r"^# aider chat started at ", head, re.MULTILINE))


def read(text: str, limits: Limits) -> Transcript:
    reader = _Reader(limits)
    for line in text.split("\n"):
        reader.take(words(line.removesuffix("\r")))
    for turn in reader.draft.turns:
        turn.text = ["\n".join(turn.text).strip("\n")]
    return reader.draft.finished(Form.AIDER, "aider")


class _Reader:
    """What a person typed stands behind `####`, what aider said behind `>`."""

    def __init__(self, limits: Limits) -> None:
        self.draft = Draft(limits)
        self.at: datetime | None = None
        self.model = ""
        self.is_fenced = False
        self.is_quoted = False

    def take(self, line: str) -> None:
        was_quoted, self.is_quoted = self.is_quoted, False
        if not self.is_fenced and (start := _START.fullmatch(line.strip())):
            self.at = moment(start[1])
            self._line(Role.SYSTEM, line)
        elif not self.is_fenced and line.startswith("#### "):
            self._typed(line[5:].rstrip())
        elif not self.is_fenced and line.startswith(">"):
            if found := _MODEL.match(line):
                self.model = name(found[1])
            self._quoted(line[1:].removeprefix(" "))
        elif was_quoted and line.strip():
            # What aider prints right below its own line belongs to that.
            self._quoted(line)
        else:
            self._answer(line)

    def _typed(self, line: str) -> None:
        """Lines in a row are one request; after a blank line another one starts."""
        last = self.draft.turns[-1] if self.draft.turns else None
        if last and last.role is Role.USER and last.text[-1] == "":
            self.draft.open(Role.USER, self.at)
        self._line(Role.USER, line)

    def _answer(self, line: str) -> None:
        """Aider's own fences become Markdown's; a blank line changes no speaker."""
        if not line.strip() and not self.is_fenced:
            if self.draft.turns:
                self.draft.turns[-1].text.append("")
            return
        if fence := _FENCE.fullmatch(line.strip()):
            self.is_fenced = not fence[1]
            line = "````" if fence[1] else f"````{fence[2]}"
        self._line(Role.ASSISTANT, line)

    def _quoted(self, line: str) -> None:
        self.is_quoted = True
        self._line(Role.SYSTEM, line.rstrip())

    def _line(self, role: Role, line: str) -> None:
        self._turn(role).text.append(line)

    def _turn(self, role: Role) -> TurnDraft:
        if self.draft.turns and self.draft.turns[-1].role is role:
            return self.draft.turns[-1]
        is_ai = role is Role.ASSISTANT
        return self.draft.open(role, self.at, self.model if is_ai else "")
