"""A session's conversation as its page shows it, with what was said of its turns."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from reviews.models import Finding, Transcript
from reviews.transcripts import Limits, Role, ToolCall, Turn, read
from reviews.transcripts import Transcript as Conversation

# Turns of one page, characters of them all and of one text; a turn's own page has more.
PAGE = 100
HEAVIEST = 300_000
LONGEST_TEXT = 5_000
MOST_CALLS = 30
WHOLE_TEXT = 500_000
WHOLE_CALLS = 500
LONGEST_HINT = 100
FOLDED_LINES = 6
LONGEST_EXCERPT = 700


@dataclass(frozen=True, slots=True)
class ShownCall:
    name: str
    hint: str
    input: str
    result: str
    has_failed: bool


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """A turn with its texts as far as the page has them; `length` counts all.

    `is_whole` says that it is shown by itself, where but the longest are cut.
    """

    turn: Turn
    text: str
    thinking: str
    calls: Sequence[ShownCall]
    is_cut: bool
    is_whole: bool
    length: int
    findings: Sequence[Finding]

    @property
    def number(self) -> int:
        return self.turn.number

    @property
    def role(self) -> Role:
        return self.turn.role

    @property
    def is_folded(self) -> bool:
        """What a tool put in is long and seldom read."""
        return self.role is Role.SYSTEM and self.text.count("\n") >= FOLDED_LINES

    @property
    def hint(self) -> str:
        return _hint(self.text)

    @property
    def more_calls(self) -> int:
        return len(self.turn.calls) - len(self.calls)


@dataclass(frozen=True, slots=True)
class Part:
    """A page of a conversation: turns `first` to `last`."""

    first: int
    last: int
    is_current: bool = False


def conversation_in(row: Transcript) -> Conversation | None:
    """The conversation as it was kept; None where its bytes were purged."""
    return conversation_of(row.blob.data, row.name) if row.blob else None


def conversation_of(body: bytes, name: str) -> Conversation:
    """What was let in once is read whatever the limit is by now."""
    return read(body, name, Limits(size=len(body)))


def parts_of(conversation: Conversation, wanted: int) -> tuple[list[Part], Part]:
    """The pages of a conversation, and the one that holds the turn `wanted`."""
    count = len(conversation.turns)
    at = min(max(wanted, 1), count)
    firsts = _firsts(conversation.turns)
    lasts = [*(first - 1 for first in firsts[1:]), count]
    parts = [
        Part(first, last, first <= at <= last)
        for first, last in zip(firsts, lasts, strict=True)
    ]
    return parts, next(part for part in parts if part.is_current)


def _firsts(turns: Sequence[Turn]) -> list[int]:
    """The first turn of each page; one that is heavy has but a few."""
    firsts = [1]
    weight = 0
    for turn in turns:
        own = sum(min(len(text), LONGEST_TEXT) for text in _texts(turn, MOST_CALLS))
        if turn.number - firsts[-1] >= PAGE or (weight and weight + own > HEAVIEST):
            firsts.append(turn.number)
            weight = 0
        weight += own
    return firsts


def _texts(turn: Turn, most_calls: int) -> list[str]:
    calls = turn.calls[:most_calls]
    both = [text for call in calls for text in (call.input, call.result)]
    return [turn.text, turn.thinking, *both]


def shown_turns(turns: Iterable[Turn], findings: Iterable[Finding]) -> list[ShownTurn]:
    by_turn: Mapping[int | None, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_turn[finding.turn].append(finding)
    return [shown_turn(turn, by_turn.get(turn.number, [])) for turn in turns]


def shown_turn(
    turn: Turn, findings: Sequence[Finding], *, is_whole: bool = False
) -> ShownTurn:
    """The turn, cut where it is long; as a whole only where no page could hold it."""
    most = WHOLE_CALLS if is_whole else MOST_CALLS
    texts = _texts(turn, most)
    long = sum(len(text) > LONGEST_TEXT for text in texts)
    fair = WHOLE_TEXT // max(long, 1) if is_whole else 0
    longest = max(fair, LONGEST_TEXT)
    return ShownTurn(
        turn=turn,
        text=cut(turn.text, longest),
        thinking=cut(turn.thinking, longest),
        calls=[_call(one, longest) for one in turn.calls[:most]],
        is_cut=len(turn.calls) > most or max(map(len, texts)) > longest,
        is_whole=is_whole,
        length=turn.length,
        findings=findings,
    )


def excerpt(finding: Finding) -> SafeString:
    """The beginning of the turn that a finding points at; empty where it was purged."""
    rows = Transcript.objects.select_related("blob").filter(findings=finding)
    conversation = conversation_in(rows.get())
    if conversation is None or finding.turn is None:
        return SafeString("")
    text = next(filter(None, conversation.turns[finding.turn - 1].texts), "")
    shown = cut(text, LONGEST_EXCERPT)
    context = {"text": shown, "is_cut": shown != text}
    return SafeString(render_to_string("reviews/parts/excerpt.html", context))


def cut(text: str, longest: int) -> str:
    """At most so many characters, to the end of a line where one is near."""
    if len(text) <= longest:
        return text
    end = text.rfind("\n", longest // 2, longest)
    return text[: end if end > 0 else longest]


def _call(call: ToolCall, longest: int) -> ShownCall:
    return ShownCall(
        name=call.name,
        hint=_hint(call.input),
        input=cut(call.input, longest),
        result=cut(call.result, longest),
        has_failed=call.has_failed,
    )


def _hint(text: str) -> str:
    """The first line that says more than the name of what follows."""
    for line in text[:LONGEST_TEXT].split("\n"):
        if (stripped := line.strip()) and not stripped.endswith(":"):
            return stripped[:LONGEST_HINT]
    return ""
