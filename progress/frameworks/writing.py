"""A version as a file that the reader reads back without loss."""

import json
from collections.abc import Iterator

from pairings.tables import to_csv
from progress.frameworks.content import AreaText, CompetencyText, Content
from progress.frameworks.reading import HEADER, LEVELS


def as_json(name: str, about: str, content: Content) -> bytes:
    document = {
        "name": name,
        "about": about,
        "areas": [
            {
                "name": area.name,
                "about": area.about,
                "competencies": [_document(one) for one in area.competencies],
            }
            for area in content.areas
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def _document(one: CompetencyText) -> dict[str, object]:
    return {
        "key": str(one.key),
        "name": one.name,
        "about": one.about,
        "levels": dict(zip(LEVELS, one.levels, strict=True)),
        "categories": list(one.categories),
    }


def as_csv(content: Content) -> bytes:
    """One row a competency; an area without one has a row of its own."""
    return to_csv(HEADER, (row for area in content.areas for row in _rows(area)))


def _rows(area: AreaText) -> Iterator[list[str]]:
    for one in area.competencies:
        told = [str(one.key), area.name, area.about, one.name, one.about]
        yield [*told, *one.levels, "; ".join(one.categories)]
    if not area.competencies:
        yield ["", area.name, area.about, *[""] * (len(HEADER) - 3)]
