"""The planted flaws really stand where the catalogue says."""

import re
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from reviews.demo_changes.catalog import FOLDER, DemoChange, Spot, TalkFlaw, changes
from reviews.diffs import parse
from reviews.models import Finding
from reviews.suggestions import replaced
from reviews.taxonomy import Category
from reviews.transcripts import Role, provenance_of, read

HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")

every_change = pytest.mark.parametrize("change", changes(), ids=lambda one: one.slug)


def spots(change: DemoChange) -> Iterator[Spot]:
    yield from change.flaws
    yield from change.decoys


def lines(diff: str) -> dict[tuple[str, str, int], str]:
    """The text of each line in a diff, by path, side and number.

    Reads what `git diff` writes here and nothing more; it is written apart from the
    product's parser so that the two check each other.
    """
    found: dict[tuple[str, str, int], str] = {}
    path, old, new = "", 0, 0
    for line in diff.splitlines():
        if line.startswith("diff --git "):
            path = line.rpartition(" b/")[2]
        elif hunk := HUNK.match(line):
            old, new = int(hunk[1]), int(hunk[2])
        elif line.startswith(("--- ", "+++ ", "new file mode ")):
            continue
        else:
            if line[0] in " -":
                found[path, "old", old] = line[1:]
                old += 1
            if line[0] in " +":
                found[path, "new", new] = line[1:]
                new += 1
    return found


def test_there_are_fifteen_changes_in_four_languages() -> None:
    assert len({change.slug for change in changes()}) == len(changes()) == 15
    languages = {change.language for change in changes()}
    assert languages == {"Python", "TypeScript", "Go", "SQL"}
    assert len(list(FOLDER.glob("*[a-z].diff"))) == 15
    assert [one.slug for one in changes() if one.second] == ["chargeable-weight"]


@every_change
def test_git_accepts_the_diff(change: DemoChange, tmp_path: Path) -> None:
    done = subprocess.run(
        ["git", "apply", "--numstat", FOLDER / change.diff_name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [row.split("\t") for row in done.stdout.splitlines()]
    assert {path for _, _, path in rows} >= {spot.path for spot in spots(change)}
    added, removed = (sum(int(row[column]) for row in rows) for column in (0, 1))
    parsed = parse(change.diff)
    assert (parsed.added, parsed.removed) == (added, removed)
    assert [file.path for file in parsed.files] == [path for _, _, path in rows]
    assert 30 <= added + removed <= 150


@every_change
def test_each_spot_is_quoted_at_its_line(change: DemoChange) -> None:
    known = lines(change.diff.decode())
    for spot in spots(change):
        assert spot.line_from <= spot.line_to
        for number in range(spot.line_from, spot.line_to + 1):
            assert (spot.path, spot.side, number) in known, spot.title
        assert known[spot.path, spot.side, spot.line_from].strip() == spot.quote


def test_three_conversations_in_three_forms_wrote_their_changes() -> None:
    day = date(2026, 7, 8)
    talks = {
        c.slug: (read(c.talk(day)), parse(c.diff)) for c in changes() if c.talk_name
    }
    forms = {slug: talk.form.value for slug, (talk, _change) in talks.items()}
    assert forms == {
        "retry-webhook-deliveries": "claude_code",
        "consignment-search": "specstory",
        "booking-idempotency": "codex",
    }
    for talk, change in talks.values():
        assert provenance_of(talk, change).edited_share == 0
        assert talk.unknown == {}
        assert {one.at.date() for one in talk.turns if one.at} == {day}
    assert all(bool(c.talk_flaws) == bool(c.talk_name) for c in changes())


@pytest.mark.parametrize(
    ("change", "flaw"),
    [(change, flaw) for change in changes() for flaw in change.talk_flaws],
    ids=lambda one: one.title,
)
def test_each_flaw_of_a_talk_is_quoted_in_its_turn(
    change: DemoChange, flaw: TalkFlaw
) -> None:
    assert flaw.turn is not None
    turn = read(change.talk(date(2026, 7, 8))).turns[flaw.turn - 1]
    assert turn.role is Role.ASSISTANT
    assert flaw.quote in turn.text or flaw.quote in turn.thinking
    assert flaw.category in set(Category)
    assert flaw.severity in set(Finding.Severity)


@every_change
def test_each_suggestion_differs_from_its_lines(change: DemoChange) -> None:
    parsed = parse(change.diff)
    for spot in spots(change):
        if spot.suggestion:
            assert spot.side == "new"
            assert not spot.is_whole_file
            lines = (spot.line_from, spot.line_to)
            assert "<del>" in replaced(parsed, spot.path, *lines, spot.suggestion)


@every_change
def test_flaws_are_varied_and_explained(change: DemoChange) -> None:
    assert 4 <= len(change.flaws) <= 10
    assert 1 <= len(change.decoys) <= 3
    assert len({flaw.category for flaw in change.flaws}) >= 4
    assert {spot.category for spot in spots(change)} <= set(Category)
    severities = {spot.severity for spot in spots(change)}
    assert severities <= set(Finding.Severity)
    assert all(0 <= spot.hard <= 1 for spot in spots(change))
    assert all(spot.title and len(spot.text) > 60 for spot in spots(change))
    assert all(flaw.lesson.endswith((".", "?")) for flaw in change.flaws)
    assert len({spot.title for spot in spots(change)}) == len(list(spots(change)))


def test_the_whole_taxonomy_is_planted() -> None:
    planted = {flaw.category for change in changes() for flaw in change.flaws}
    assert planted == set(Category)


def test_some_flaws_are_hard_to_see() -> None:
    flaws = [flaw for change in changes() for flaw in change.flaws]
    assert sum(flaw.hard >= 0.7 for flaw in flaws) >= 20
    assert sum(flaw.hard <= 0.3 for flaw in flaws) >= 10
