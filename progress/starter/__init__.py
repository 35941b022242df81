"""The framework that comes with the product: *Engineering with AI*."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from progress.frameworks.content import AreaText, CompetencyText, Content

FILE = Path(__file__).with_name("engineering_with_ai.toml")
LEVELS = ("novice", "advanced_beginner", "competent", "proficient", "expert")


@dataclass(frozen=True, slots=True)
class Starter:
    name: str
    about: str
    content: Content


@cache
def starter() -> Starter:
    document = tomllib.loads(FILE.read_text(encoding="utf-8"))
    areas = tuple(_area(area) for area in document["areas"])
    return Starter(document["name"], document["about"], Content(areas))


def _area(area: dict[str, Any]) -> AreaText:
    competencies = tuple(_competency(one) for one in area["competencies"])
    return AreaText(area["name"], area["about"], competencies)


def _competency(one: dict[str, Any]) -> CompetencyText:
    return CompetencyText(
        key=UUID(one["key"]),
        name=one["name"],
        about=one["about"],
        levels=tuple(one["levels"][level] for level in LEVELS),
        categories=tuple(one["categories"]),
    )
