"""The changes that the demonstration organisation reviews.

Each change is two files beside this one: `NN-slug.diff`, a unified diff as an
assistant could have written it, and `NN-slug.toml`, where it comes from and what is
planted in it.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Spot:
    """Something in a change that a reader may point at.

    `line_from` to `line_to` are inclusive line numbers of one side of the file;
    `quote` is the text of the first of them, without its indent. `hard` says how
    difficult it is to judge rightly, from 0 (leaps to the eye) to 1.
    `text` is Markdown.
    """

    path: str
    side: Literal["old", "new"]
    line_from: int
    line_to: int
    quote: str
    category: str
    severity: Literal["critical", "major", "minor", "nit"]
    hard: float
    title: str
    text: str


@dataclass(frozen=True)
class PlantedFlaw(Spot):
    """A real flaw, with the sentence that a pair could take away from it."""

    lesson: str


@dataclass(frozen=True)
class Decoy(Spot):
    """No flaw, but tempting to report as one; `text` says why it is none."""


@dataclass(frozen=True)
class DemoChange:
    """One change by an assistant: `claim` is what it said of its own work."""

    slug: str
    title: str
    tool: str
    model: str
    language: str
    claim: str
    diff_name: str
    flaws: tuple[PlantedFlaw, ...]
    decoys: tuple[Decoy, ...]

    @property
    def diff(self) -> bytes:
        """The unified diff, in UTF-8."""
        return (FOLDER / self.diff_name).read_bytes()


@cache
def changes() -> tuple[DemoChange, ...]:
    """All changes, by their number."""
    return tuple(_change(path) for path in sorted(FOLDER.glob("*.toml")))


def _change(path: Path) -> DemoChange:
    row = tomllib.loads(path.read_text(encoding="utf-8"))
    flaws = tuple(PlantedFlaw(**_one_line(flaw)) for flaw in row.pop("flaws"))
    decoys = tuple(Decoy(**_one_line(decoy)) for decoy in row.pop("decoys"))
    return DemoChange(
        **_one_line(row),
        diff_name=path.with_suffix(".diff").name,
        flaws=flaws,
        decoys=decoys,
    )


def _one_line(row: dict[str, Any]) -> dict[str, Any]:
    """Undo the wrapping of the file: each text is one paragraph."""
    wrapped = {"claim", "text"} & row.keys()
    return row | {key: " ".join(row[key].split()) for key in wrapped}
