"""From the bytes of a JSON or CSV file to the competencies that it holds.

What a file does not say is None, so that it may stay as it stands.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from pairings.roster.files import Columns, read_table
from progress.frameworks.content import name_key
from progress.frameworks.faults import BadFramework, BadPart, Fault

MOST_AREAS = 100
MOST_COMPETENCIES = 2_000
NAME_LETTERS = 120
ABOUT_LETTERS = 500
LEVEL_LETTERS = 600
LEVELS = ("novice", "advanced beginner", "competent", "proficient", "expert")
COLUMNS: Columns = {
    "key": ("key", frozenset({"key"})),
    "area": ("area", frozenset({"area"})),
    "area_about": ("area about", frozenset({"areaabout", "aboutarea"})),
    "name": ("competency", frozenset({"competency", "name", "skill"})),
    "about": ("about", frozenset({"about", "description"})),
    **{name: (name, frozenset({name.replace(" ", "")})) for name in LEVELS},
    "categories": ("categories", frozenset({"categories", "flawcategories"})),
}
HEADER = [name for name, _names in COLUMNS.values()]

Said = str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One competency of the file, or an area alone where it has no name.

    `place` is its line in a CSV file, or its number in a JSON file, from 1.
    """

    place: int
    area: str = ""
    area_about: Said = None
    name: str = ""
    key: UUID | None = None
    about: Said = None
    levels: tuple[Said, ...] = (None,) * len(LEVELS)
    categories: tuple[str, ...] | None = None
    fault: Fault | None = None
    detail: str = ""
    also: str = ""

    def refused(self, bad: BadPart) -> "Row":
        return replace(self, fault=bad.fault, detail=bad.detail, also=bad.also)


@dataclass(frozen=True, slots=True)
class FrameworkFile:
    """`ignored` are the columns or fields that nobody understands."""

    rows: Sequence[Row]
    name: str = ""
    about: str = ""
    ignored: Sequence[str] = ()


def read_framework(
    data: bytes, categories: Mapping[str, str], *, is_json: bool
) -> FrameworkFile:
    """Raises `BadFramework`, or a CSV reader's `BadFile`, for a file of no use.

    `categories` gives the value of each flaw category by its `plain_name`.
    """
    file = _read_json(data, categories) if is_json else _read_csv(data, categories)
    if not file.rows:
        raise BadFramework(Fault.NOTHING_IN_IT)
    if sum(bool(row.name) for row in file.rows) > MOST_COMPETENCIES:
        raise BadFramework(Fault.TOO_MANY, f"{MOST_COMPETENCIES:,}")
    if len({name_key(row.area) for row in file.rows}) > MOST_AREAS:
        raise BadFramework(Fault.TOO_MANY_AREAS, str(MOST_AREAS))
    return replace(file, rows=list(_without_twins(file.rows)))


def looks_like_json(data: bytes) -> bool:
    """A file that is named otherwise may still be JSON."""
    return data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def plain_name(name: str) -> str:
    """Names that differ in case, spaces or strokes are understood as the same."""
    return re.sub(r"[\W_]", "", name.casefold())


def _without_twins(rows: Sequence[Row]) -> Iterator[Row]:
    """Of two with one name or key, the first counts."""
    names: dict[str, int] = {}
    keys: dict[UUID, int] = {}
    for row in rows:
        if row.fault or not row.name:
            yield row
            continue
        if first := names.get(name_key(row.name)):
            yield row.refused(BadPart(Fault.NAME_TWICE, row.name, str(first)))
        elif row.key and (first := keys.get(row.key)):
            yield row.refused(BadPart(Fault.KEY_TWICE, str(row.key), str(first)))
        else:
            yield row
        names.setdefault(name_key(row.name), row.place)
        if row.key:
            keys.setdefault(row.key, row.place)


def _read_csv(data: bytes, categories: Mapping[str, str]) -> FrameworkFile:
    required = ("area", "name", *LEVELS)
    table = read_table(data, COLUMNS, required, MOST_COMPETENCIES + MOST_AREAS)
    rows = []
    for line, texts in table.rows:
        if texts is None:
            bad = BadPart(Fault.TOO_MANY_CELLS, str(table.width))
            rows.append(Row(line).refused(bad))
            continue
        levels = {name: texts[name] for name in LEVELS}
        said = {**texts, "levels": levels}
        rows.append(
            _row(line, texts["area"], texts.get("area_about"), said, categories)
        )
    return FrameworkFile(rows, ignored=table.ignored)


def _read_json(data: bytes, categories: Mapping[str, str]) -> FrameworkFile:
    document = _parsed(data)
    areas = document.get("areas") if isinstance(document, dict) else None
    if not isinstance(areas, list):
        raise BadFramework(Fault.NO_AREAS)
    rows: list[Row] = []
    unknown: dict[str, None] = {}
    for area in areas:
        rows += _rows_of(area, len(rows) + 1, categories, unknown)
    name = _head(document, "name", NAME_LETTERS)
    about = _head(document, "about", ABOUT_LETTERS)
    return FrameworkFile(rows, name, about, list(unknown))


def _head(document: Mapping[str, Any], field: str, most: int) -> str:
    """What is of no use there is as if it were not said; nothing is cut off."""
    try:
        return _text(document, field, most) or ""
    except BadPart as bad:
        if bad.fault == Fault.TOO_LONG:
            raise BadFramework(Fault.LONG_HEAD, field) from None
        return ""


def _parsed(data: bytes) -> Any:
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadFramework(Fault.NOT_UTF8, str(line)) from None
    try:
        return json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise BadFramework(Fault.BAD_JSON, str(error.lineno)) from None
    except (RecursionError, ValueError):
        raise BadFramework(Fault.BAD_JSON, "1") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a name that it says twice would lose what stands under the first."""
    found = dict(pairs)
    if len(found) < len(pairs):
        often = Counter(name for name, _value in pairs)
        twice = next(name for name, number in often.items() if number > 1)
        raise BadFramework(Fault.TWICE_IN_JSON, twice[:80])
    return found


def _rows_of(
    area: object, first: int, categories: Mapping[str, str], unknown: dict[str, None]
) -> list[Row]:
    if not isinstance(area, dict):
        return [Row(first).refused(BadPart(Fault.BAD_SHAPE, "areas"))]
    _note_unknown(area, ("name", "about", "competencies"), unknown)
    name, about = area.get("name"), area.get("about")
    competencies = area.get("competencies") or []
    if not isinstance(competencies, list):
        return [Row(first).refused(BadPart(Fault.BAD_SHAPE, "competencies"))]
    if not competencies:
        return [_row(first, name, about, {}, categories)]
    rows = []
    for place, one in enumerate(competencies, first):
        if not isinstance(one, dict):
            rows.append(Row(place).refused(BadPart(Fault.BAD_SHAPE, "competencies")))
            continue
        _note_unknown(one, ("key", "name", "about", "levels", "categories"), unknown)
        row = _row(place, name, about, one, categories)
        # Without a name it would count as an area alone.
        bare = not row.name and not row.fault
        rows.append(row.refused(BadPart(Fault.NO_NAME)) if bare else row)
    return rows


def _note_unknown(
    found: Mapping[str, Any], known: Sequence[str], unknown: dict[str, None]
) -> None:
    unknown.update((name[:80], None) for name in found if name not in known)


def _row(
    place: int,
    area: object,
    area_about: object,
    said: Mapping[str, Any],
    categories: Mapping[str, str],
) -> Row:
    """Whatever can be told of it, and the first fault."""
    shown = {"area": area, "name": said.get("name")}
    names = {field: str(value or "").strip()[:80] for field, value in shown.items()}
    row = Row(place, names["area"], name=names["name"])
    try:
        row = replace(row, key=_key(said))
        return replace(
            row,
            area=_needed({"area": area}, "area", Fault.NO_AREA),
            area_about=_text({"area about": area_about}, "area about", ABOUT_LETTERS),
            name=_name(said, row),
            about=_text(said, "about", ABOUT_LETTERS),
            levels=_levels(said.get("levels")),
            categories=_categories(said.get("categories"), categories),
        )
    except BadPart as bad:
        return row.refused(bad)


def _key(said: Mapping[str, Any]) -> UUID | None:
    text = _text(said, "key", 100)
    try:
        return UUID(text) if text else None
    except ValueError:
        raise BadPart(Fault.BAD_KEY, text or "") from None


def _name(said: Mapping[str, Any], row: Row) -> str:
    """Empty where the row is an area alone and says nothing else."""
    name = _text(said, "name", NAME_LETTERS) or ""
    says_more = row.key or said.get("about") or said.get("categories")
    levels = said.get("levels") or ()
    texts = levels.values() if isinstance(levels, dict) else levels
    if not name and (says_more or any(texts)):
        raise BadPart(Fault.NO_NAME)
    return name


def _needed(said: Mapping[str, Any], field: str, fault: Fault) -> str:
    text = _text(said, field, NAME_LETTERS)
    if not text:
        raise BadPart(fault)
    return text


def _text(said: Mapping[str, Any], field: str, most: int) -> Said:
    value = said.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadPart(Fault.BAD_SHAPE, field)
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BadPart(Fault.BAD_CHARACTER, field)
    if len(text) > most:
        raise BadPart(Fault.TOO_LONG, field, str(most))
    return text


def _levels(said: object) -> tuple[Said, ...]:
    if said is None:
        return (None,) * len(LEVELS)
    if isinstance(said, list):
        if len(said) != len(LEVELS):
            raise BadPart(Fault.LEVEL_COUNT, str(len(said)))
        said = dict(zip(LEVELS, said, strict=True))
    if not isinstance(said, dict):
        raise BadPart(Fault.BAD_SHAPE, "levels")
    known = {plain_name(name): name for name in LEVELS}
    found: dict[str, Said] = {}
    for name in said:
        if (level := known.get(plain_name(name))) is None or level in found:
            raise BadPart(Fault.UNKNOWN_LEVEL, name, ", ".join(LEVELS))
        text = _text({level: said[name]}, level, LEVEL_LETTERS)
        found[level] = text
    return tuple(found.get(name) for name in LEVELS)


def _categories(said: object, known: Mapping[str, str]) -> tuple[str, ...] | None:
    """Given as a list, or in one text with a semicolon or comma between."""
    if said is None:
        return None
    names = re.split(r"[;,\n]", said) if isinstance(said, str) else said
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        raise BadPart(Fault.BAD_SHAPE, "categories")
    found = []
    for name in (name.strip() for name in names):
        if name and (value := known.get(plain_name(name))) is None:
            raise BadPart(Fault.UNKNOWN_CATEGORY, name)
        if name and value is not None:
            found.append(value)
    return tuple(dict.fromkeys(found))
