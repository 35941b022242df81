"""What a conversation tells of the change that came out of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from reviews.diffs import Change, LineKind
from reviews.transcripts.conversation import Role, Transcript

# Shorter lines, such as a bracket alone, stand in every conversation.
SHORTEST = 6
LONGEST = 80
# What a tool puts before a line that it shows: its number, or a patch's sign.
_MARK = re.compile(r"\s*(?:\d+→|\+)")


@dataclass(frozen=True, slots=True)
class Provenance:
    """A proposal, to be corrected by hand.

    `found` of the change's `lines` added lines stand in the conversation word for
    word. `edited_share` is the fraction that does not, which a human or another
    conversation wrote; None where none does: then it is not this change's conversation,
    or it does not show code, and says nothing about people.
    """

    tool: str
    model: str
    found: int
    lines: int

    @property
    def edited_share(self) -> Decimal | None:
        if not self.found:
            return None
        return (1 - Decimal(self.found) / self.lines).quantize(Decimal("0.01"))


def provenance_of(transcript: Transcript, change: Change) -> Provenance:
    lines = telling(change, LineKind.ADDED)
    return Provenance(
        tool=transcript.tool[:LONGEST],
        model=fitting(transcript.models),
        found=found_in(transcript, lines),
        lines=len(lines),
    )


def telling(change: Change, kind: LineKind) -> list[str]:
    """The lines of that kind that are long enough to tell, without their indent."""
    texts = (
        line.text.strip()
        for file in change.files
        for hunk in file.hunks
        for line in hunk.lines
        if line.kind is kind
    )
    return [text for text in texts if len(text) >= SHORTEST]


def found_in(transcript: Transcript, lines: Iterable[str]) -> int:
    """How many of the lines the assistant wrote, or its tools showed."""
    known: set[str] = set()
    for turn in transcript.turns:
        if turn.role is not Role.USER:
            answers = (call.result for call in turn.calls)
            for text in (*turn.texts, *answers):
                known.update(_lines(text))
    return sum(line in known for line in lines)


def _lines(text: str) -> Iterable[str]:
    for line in text.split("\n"):
        yield line.strip()
        if mark := _MARK.match(line):
            yield line[mark.end() :].strip()


def fitting(models: tuple[str, ...]) -> str:
    """As many names as the field holds."""
    text = ""
    for model in models:
        longer = f"{text}, {model}" if text else model
        if len(longer) > LONGEST:
            break
        text = longer
    return text
