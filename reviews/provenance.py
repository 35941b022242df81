"""Where a change comes from, as far as the upload itself tells; to be corrected."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from reviews.diffs import Change
from reviews.joining import Part
from reviews.trailers import credit_in
from reviews.transcripts import Provenance, Transcript, provenance_of, read


@dataclass(frozen=True, slots=True)
class Proposal:
    """Empty where nothing tells. `source` says what did: "trailers" or "conversation".

    `found` of `lines` added lines stand in the conversations word for word, and
    `edited_share` is the fraction that does not; None where none does, for then the
    change came out of something else.
    """

    tool: str = ""
    model: str = ""
    edited_share: Decimal | None = None
    source: str = ""
    found: int = 0
    lines: int = 0


def proposal(diff: bytes, change: Change, talks: Sequence[Part]) -> Proposal:
    """The conversations first, since a trailer names one tool for a whole range.

    One in which nothing of the change stands tells less than the trailers.
    """
    credit = credit_in(diff)
    from_trailers = Proposal(
        credit.tool, credit.model, source="trailers" if credit.tool else ""
    )
    if not talks:
        return from_trailers
    told = _told([read(part.body, part.name) for part in talks], change)
    if told.lines and not told.found and credit.tool:
        return replace(from_trailers, lines=told.lines)
    return Proposal(
        tool=told.tool or credit.tool,
        model=told.model or credit.model,
        edited_share=told.edited_share if told.found else None,
        source="conversation" if told.tool else from_trailers.source,
        found=told.found,
        lines=told.lines,
    )


def _told(transcripts: Sequence[Transcript], change: Change) -> Provenance:
    """Of several conversations together, as if they were one."""
    turns = tuple(turn for one in transcripts for turn in one.turns)
    named = next((one for one in transcripts if one.tool), transcripts[0])
    return provenance_of(replace(named, turns=turns), change)
