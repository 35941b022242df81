"""Every place of a value, wherever in the upload, and the text that takes its place."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from reviews.redaction.hits import Hit, Place
from reviews.redaction.texts import Text, encoded

SHORT = 8
BRANCH = 4


def placeholder(kind: str) -> str:
    return f"‹removed: {kind}›"


def redacted(texts: Sequence[Text], hits: Iterable[Hit]) -> list[bytes]:
    """The texts with every value of the hits replaced, line for line.

    What a diff is made of stays: names, heads of hunks, and the sign of each line.
    """
    kinds = _kinds(texts, hits)
    if not kinds:
        return [encoded(list(text.lines)) for text in texts]
    regex = _any_of(kinds)

    def instead(match: re.Match[str]) -> str:
        return placeholder(kinds[match[0]])

    return [
        encoded(
            [
                line[:first] + regex.sub(instead, line[first:])
                for line, first in zip(text.lines, text.first, strict=True)
            ]
        )
        for text in texts
    ]


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
