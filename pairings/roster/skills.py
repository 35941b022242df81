"""Skills as people write them in a cell or a field: `Python:3; SQL`."""

import re
from collections.abc import Iterable
from typing import NamedTuple

DEGREES = (1, 2, 3)
USUAL = 2
"""The degree of a skill that is named without one."""
LONGEST = 60


class Said(NamedTuple):
    """A skill with the degree that was written behind it, None if there was none."""

    name: str
    degree: int | None = None


Degrees = tuple[tuple[str, int], ...]
"""Skills by name, each with its degree."""


class BadDegree(ValueError):
    """What was written behind a skill is no degree; holds the part as written."""


def split_skills(text: str) -> tuple[Said, ...]:
    """Skills out of a cell or a field, each once whatever its capitals."""
    found: dict[str, Said] = {}
    for part in re.split(r"[;,\n]", text):
        if said := " ".join(part.split()):
            skill = _said(said)
            found.setdefault(skill.name.casefold(), skill)
    return tuple(found.values())


def _said(part: str) -> Said:
    graded = re.fullmatch(r"(.*\S) ?: ?([0-9]+)", part)
    if graded is None:
        return Said(part)
    if graded[2] not in ("1", "2", "3"):
        raise BadDegree(part)
    return Said(graded[1], int(graded[2]))


def join_skills(degrees: Iterable[tuple[str, int]]) -> str:
    """Skills with their degrees, so that `split_skills` reads back the same."""
    return "; ".join(f"{name}:{degree}" for name, degree in degrees)


def settled(said: Iterable[Said], known: Degrees) -> Degrees:
    """What is said over what is known: spelling and degree stay where none is said."""
    by_key = {name.casefold(): (name, degree) for name, degree in known}
    rows = []
    for name, degree in said:
        before_name, before = by_key.get(name.casefold(), (name, USUAL))
        rows.append((before_name, degree or before))
    return in_order(rows)


def in_order(degrees: Iterable[tuple[str, int]]) -> Degrees:
    """The highest degree first, then by name."""
    rows = sorted(degrees, key=lambda row: (-row[1], row[0].casefold(), row[0]))
    return tuple(rows)
