"""The text of one version of a framework, apart from any row."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CompetencyText:
    """`levels` holds five texts, novice first; `categories` are flaw categories."""

    key: UUID
    name: str
    about: str
    levels: tuple[str, ...]
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AreaText:
    name: str
    about: str
    competencies: tuple[CompetencyText, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """Areas in their order, each with its competencies in theirs."""

    areas: tuple[AreaText, ...] = ()

    def __iter__(self) -> Iterator[tuple[AreaText, CompetencyText]]:
        for area in self.areas:
            for competency in area.competencies:
                yield area, competency

    def __len__(self) -> int:
        return sum(len(area.competencies) for area in self.areas)


def name_key(name: str) -> str:
    """Names of one key count as the same, as they do in the database.

    Each letter stands for one: full folding would make more of some.
    """
    return "".join(letter.lower()[:1] for letter in name)
