"""What a scan says, in values that hold places and never the words found there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from reviews.redaction.texts import Text


class Place(NamedTuple):
    """Columns `start` to `end` (from 0) of a line (from 1) of the text at `text`."""

    text: int
    line: int
    start: int
    end: int

    def value(self, texts: Sequence[Text]) -> str:
        return texts[self.text].lines[self.line - 1][self.start : self.end]


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing to be decided on: each place names a value that stands for itself.

    `kind` is what the placeholder says was there. A key over several lines, and what is
    left of a kind that comes very often, have several places.
    """

    kind: str
    is_sure: bool
    places: tuple[Place, ...]

    def values(self, texts: Sequence[Text]) -> list[str]:
        return [place.value(texts) for place in self.places]

    def as_json(self) -> list[Any]:
        return [self.kind, self.is_sure, [list(place) for place in self.places]]

    @classmethod
    def from_json(cls, row: Sequence[Any]) -> Self:
        kind, is_sure, places = row
        return cls(kind, is_sure, tuple(Place(*place) for place in places))


@dataclass(frozen=True, slots=True)
class Scan:
    """`is_whole` is False where time ran out before the end of the texts."""

    hits: tuple[Hit, ...]
    is_whole: bool
