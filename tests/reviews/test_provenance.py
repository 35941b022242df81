"""What a conversation tells of its change, against the pairs that belong together."""

from decimal import Decimal

import pytest

from reviews.diffs import LineKind, parse
from reviews.transcripts import provenance_of, read
from reviews.transcripts.provenance import found_in, telling
from tests.reviews.test_transcripts import (
    AIDER,
    CLAUDE_1,
    CLAUDE_2,
    COPILOT_1,
    STORY_1,
    STORY_2,
    STORY_3,
    sample,
)
from tests.samples import diff_sample

ADDED, REMOVED = LineKind.ADDED, LineKind.REMOVED
# How many of the change's lines of more than five characters stand in the
# conversation word for word, as the samples' own list of pairs has it.
PAIRS = [
    (CLAUDE_1, "05-typical-go-test-added.diff", ADDED, 44, 44),
    (CLAUDE_2, "01-tiny-go.diff", ADDED, 1, 2),
    (STORY_1, "07-typical-go-concurrency.diff", ADDED, 94, 94),
    (STORY_2, "13-deletion.diff", REMOVED, 280, 300),
    (STORY_3, "06-typical-javascript-renames.diff", ADDED, 374, 379),
    (AIDER, "08-range-python.diff", ADDED, 46, 46),
    (AIDER, "30-plain-diff-u.diff", ADDED, 48, 48),
    (COPILOT_1, "14-new-file.diff", ADDED, 83, 83),
]


@pytest.mark.parametrize(("name", "diff", "kind", "found", "of"), PAIRS)
def test_lines_found(name: str, diff: str, kind: LineKind, found: int, of: int) -> None:
    lines = telling(parse(diff_sample(diff)), kind)
    assert (found_in(sample(name), lines), len(lines)) == (found, of)


def test_the_proposal() -> None:
    proposed = provenance_of(sample(CLAUDE_2), parse(diff_sample("01-tiny-go.diff")))
    assert proposed.tool == "Claude Code"
    assert proposed.model == "claude-opus-4-6"
    assert proposed.edited_share == Decimal("0.50")


def test_a_conversation_of_another_change_says_nothing_about_people() -> None:
    proposed = provenance_of(sample(CLAUDE_1), parse(diff_sample("14-new-file.diff")))
    assert (proposed.found, proposed.edited_share) == (0, None)


def test_where_nothing_was_added_there_is_no_share() -> None:
    proposed = provenance_of(sample(STORY_2), parse(diff_sample("13-deletion.diff")))
    assert proposed.edited_share is None


def test_what_a_person_pasted_is_not_the_assistants() -> None:
    change = parse(diff_sample("01-tiny-go.diff"))
    (line, *_rest) = telling(change, ADDED)
    asked = read(f"You: {line}\nAssistant: sorry\n{line}?".encode())
    assert found_in(asked, [line]) == 0
    answered = read(f"You: help\nAssistant:\n    {line}\n".encode())
    assert found_in(answered, [line]) == 1


def test_lines_of_a_patch_and_of_a_numbered_listing_count() -> None:
    shown = read(b"Assistant:\n+\tif ready {\n   12\xe2\x86\x92return nil, err\n")
    assert found_in(shown, ["if ready {", "return nil, err", "panic(err)"]) == 2


def test_models_are_named_as_far_as_they_fit() -> None:
    turns = "".join(
        f"_**Agent (model-{number:03}-{'x' * 30})**_\n\nhi\n" for number in range(4)
    )
    proposed = provenance_of(
        read(turns.encode()), parse(diff_sample("01-tiny-go.diff"))
    )
    assert proposed.model == f"model-000-{'x' * 30}"
