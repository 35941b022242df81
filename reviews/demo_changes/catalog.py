"""The changes that the demonstration organisation reviews.

Each change is two files beside this one: `NN-slug.diff`, a unified diff as an
assistant could have written it, and `NN-slug.toml`, where it comes from and what is
planted in it. Of some there is a third, `NN-slug.jsonl` or `.md`: the conversation that
it came out of, with `DAY` as its date. `NN-slug.2.diff` is its next revision.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent
DAY = b"2026-03-02"


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Something in a change that a reader may point at.

    `line_from` to `line_to` are inclusive line numbers of one side of the file;
    `quote` is the text of the first of them, without its indent. `hard` says how
    difficult it is to judge rightly, from 0 (leaps to the eye) to 1.
    `text` is Markdown. `suggestion` would take the place of the lines; of a spot that
    `is_whole_file` the lines are only where it shows.
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
    suggestion: str = ""
    cwe: int | None = None
    is_whole_file: bool = False

    @property
    def turn(self) -> int | None:
        """The turn of the conversation, where it stands in that."""
        return None


@dataclass(frozen=True, kw_only=True)
class PlantedFlaw(Spot):
    """A real flaw, with the sentence that a pair could take away from it."""

    lesson: str


@dataclass(frozen=True)
class TalkFlaw(PlantedFlaw):
    """A flaw in a turn of the conversation: `line_from` counts turns, not lines."""

    @property
    def turn(self) -> int | None:
        return self.line_from


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
    talk_flaws: tuple[TalkFlaw, ...]
    talk_name: str

    def talk(self, on: date) -> bytes:
        """The conversation, as if held on that day; empty where there is none."""
        if not self.talk_name:
            return b""
        body = (FOLDER / self.talk_name).read_bytes()
        return body.replace(DAY, on.isoformat().encode())

    @property
    def diff(self) -> bytes:
        """The unified diff, in UTF-8."""
        return (FOLDER / self.diff_name).read_bytes()

    @property
    def second(self) -> bytes:
        """The change after some of its flaws were put right; empty for most."""
        later = (FOLDER / self.diff_name).with_suffix(".2.diff")
        return later.read_bytes() if later.exists() else b""


@cache
def changes() -> tuple[DemoChange, ...]:
    """All changes, by their number."""
    return tuple(_change(path) for path in sorted(FOLDER.glob("*.toml")))


def _change(path: Path) -> DemoChange:
    row = tomllib.loads(path.read_text(encoding="utf-8"))
    flaws = tuple(PlantedFlaw(**_one_line(flaw)) for flaw in row.pop("flaws"))
    decoys = tuple(Decoy(**_one_line(decoy)) for decoy in row.pop("decoys"))
    talks = [path.with_suffix(suffix) for suffix in (".jsonl", ".md")]
    turns = tuple(_talk_flaw(flaw) for flaw in row.pop("talk_flaws", []))
    return DemoChange(
        **_one_line(row),
        diff_name=path.with_suffix(".diff").name,
        flaws=flaws,
        decoys=decoys,
        talk_flaws=turns,
        talk_name=next((talk.name for talk in talks if talk.exists()), ""),
    )


def _talk_flaw(row: dict[str, Any]) -> TalkFlaw:
    turn = row.pop("turn")
    spot = {"path": "", "side": "new", "line_from": turn, "line_to": turn}
    return TalkFlaw(**spot, **_one_line(row))


def _one_line(row: dict[str, Any]) -> dict[str, Any]:
    """Undo the wrapping of the file: each text is one paragraph."""
    wrapped = {"claim", "text"} & row.keys()
    return row | {key: " ".join(row[key].split()) for key in wrapped}
