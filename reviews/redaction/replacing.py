"""Every place of a value, wherever in the upload, and the text that takes its place."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from reviews.redaction.hits import Hit, Place
from reviews.redaction.texts import Text, encoded

SHORT = 8
BRANCH = 4

# Possessive, so that an unclosed string of megabytes is given up at once.
TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|(?P<number>-?\d[\d.eE+-]*+)')


def placeholder(kind: str) -> str:
    return f"‹removed: {kind}›"


def redacted(texts: Sequence[Text], hits: Iterable[Hit]) -> list[bytes]:
    """The texts with every value of the hits replaced, line for line.

    What a diff is made of stays: names, heads of hunks, and the sign of each line. JSON
    stays JSON.
    """
    kinds = _kinds(texts, hits)
    if not kinds:
        return [encoded(list(text.lines)) for text in texts]
    regex = _any_of(kinds)
    return [encoded(list(_without(text, regex, kinds))) for text in texts]


def _without(
    text: Text, regex: re.Pattern[str], kinds: Mapping[str, str]
) -> Iterator[str]:
    """The lines of one text with a note in place of each value."""
    is_json = text.is_json
    for line, first in zip(text.lines, text.first, strict=True):
        rest = line[first:]
        if is_json and regex.search(rest):
            rest = _with_numbers_as_words(rest, regex)
        yield line[:first] + regex.sub(lambda match: placeholder(kinds[match[0]]), rest)


def _with_numbers_as_words(line: str, regex: re.Pattern[str]) -> str:
    """A line of JSON, with the numbers that hold a value in quotes.

    A bare note in the place of a number, or in the middle of one, is no JSON.
    """
    return TOKEN.sub(
        lambda token: (
            f'"{token[0]}"' if token["number"] and regex.search(token[0]) else token[0]
        ),
        line,
    )


def occurrences(texts: Sequence[Text], hits: Sequence[Hit]) -> list[list[Place]]:
    """For each hit every place where one of its values stands, in order."""
    found: list[list[Place]] = [[] for _ in hits]
    owner: dict[str, int] = {}
    for at, hit in enumerate(hits):
        for value in hit.values(texts):
            for spelling in _spellings(value):
                owner.setdefault(spelling, at)
    if not owner:
        return found
    regex = _any_of(owner)
    for number, text in enumerate(texts):
        for at, (line, first) in enumerate(zip(text.lines, text.first, strict=True), 1):
            for match in regex.finditer(line, first):
                found[owner[match[0]]].append(Place(number, at, *match.span()))
    return found


def _kinds(texts: Sequence[Text], hits: Iterable[Hit]) -> dict[str, str]:
    kinds: dict[str, str] = {}
    for hit in hits:
        for value in hit.values(texts):
            for spelling in _spellings(value):
                kinds.setdefault(spelling, hit.kind)
    return kinds


def _spellings(value: str) -> Iterator[str]:
    """As it stands, and as a JSON string would spell it or have spelt it."""
    yield value
    for is_ascii in (True, False):
        spelt = json.dumps(value, ensure_ascii=is_ascii)[1:-1]
        if spelt != value:
            yield spelt


def _any_of(values: Iterable[str]) -> re.Pattern[str]:
    """Longest first; a short value counts only where no longer word holds it.

    Values that begin alike share a branch, so that thousands cost no more than a few.
    """
    branches: dict[str, list[str]] = defaultdict(list)
    for value in sorted(values, key=len, reverse=True):
        end = r"(?!\w)" if len(value) < SHORT else ""
        branches[value[:BRANCH]].append(re.escape(value[BRANCH:]) + end)
    parts = (
        f"{re.escape(start)}(?:{'|'.join(rest)})" for start, rest in branches.items()
    )
    return re.compile("|".join(parts))
