"""What docs/security.md says of itself is so."""

import re
from collections import Counter
from pathlib import Path

from django.conf import settings

from pairings.roster import files
from pairings.roster.pairs import MAX_PAIRS
from preceptor.accounts import calendar_files
from preceptor.insights.delivery_figures.files import MAX_WEEKS
from reviews.change_forms import MOST_FILES
from reviews.transcripts import Limits

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text()
ROW = re.compile(r"^\| ([\d.]+) \| ([12]) \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
DOCUMENT = re.compile(r"`(docs/\w+\.md)`")
# How many requirements of levels 1 and 2 each chapter of release 5.0.0 has.
CHAPTERS = [27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7]


def test_each_test_that_is_named_exists() -> None:
    named = set(TEST.findall(PAGE))
    assert len(named) > 80
    gone = {
        f"{file}::{name}"
        for file, name in named
        if not (ROOT / file).is_file()
        or not re.search(rf"^def {name}\(", (ROOT / file).read_text(), re.MULTILINE)
    }
    assert gone == set()


def test_each_number_stands_once_and_in_order() -> None:
    numbers = [tuple(map(int, row[0].split("."))) for row in ROW.findall(PAGE)]
    assert numbers == sorted(set(numbers))
    counted = Counter(chapter for chapter, _section, _one in numbers)
    assert [counted[n] for n in range(1, 18)] == CHAPTERS


def test_what_is_met_is_shown_and_what_is_not_says_why() -> None:
    rows = ROW.findall(PAGE)
    for number, _level, _what, state, why in rows:
        if state == "met":
            shown = [ROOT / one for one in DOCUMENT.findall(why)]
            assert TEST.search(why) or shown, number
            assert all(one.is_file() for one in shown), number
        else:
            assert state in ("not applicable", "open"), number
            assert len(why) > 5, number


def test_the_page_counts_right() -> None:
    said = re.search(r"Of (\d+): (\d+) met, (\d+) not applicable, (\d+) open", PAGE)
    states = Counter(row[3] for row in ROW.findall(PAGE))
    assert said
    assert tuple(map(int, said.groups())) == (
        states.total(),
        states["met"],
        states["not applicable"],
        states["open"],
    )


def test_the_limits_of_files_are_as_they_are_told() -> None:
    """In the table of docs/operations.md, by the constants that hold them."""
    told = (ROOT / "docs" / "operations.md").read_text()
    megabytes = files.MAX_BYTES // 1024**2
    for line in (
        f"| rosters and pairs | .csv, .tsv, .txt | {megabytes} MB,"
        f" {files.MAX_ROWS:,} rows; {MAX_PAIRS:,} pairs |",
        f"| delivery figures | .csv, .tsv, .txt | {megabytes} MB, {MAX_WEEKS:,} rows |",
        f"| frameworks | .json, .csv, .tsv, .txt | {megabytes} MB |",
        f"| holidays | .ics | {calendar_files.MAX_BYTES // 1000} kB,"
        f" {calendar_files.MAX_EVENTS:,} events |",
        f"(.diff, .patch, .mbox, .eml), {MOST_FILES} files at once |",
        f"`PRECEPTOR_TRANSCRIPT_BYTES`, {Limits().depth} brackets deep |",
        f"beyond {settings.TYPED_FORM_BYTES // 1024**2} MB, anything beyond"
        f" {settings.BODY_BYTES // 1024**2} MB, or",
    ):
        assert line in told
    assert settings.SESSION_COOKIE_AGE == 14 * 86_400
