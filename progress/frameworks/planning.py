"""What a file would do to a framework as it stands."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from uuid import UUID, uuid4

from progress.frameworks.content import AreaText, CompetencyText, Content, name_key
from progress.frameworks.faults import BadFramework, BadPart, Fault
from progress.frameworks.reading import MOST_COMPETENCIES, FrameworkFile, Row


class Kind(StrEnum):
    NEW = "new"
    REWORDED = "reworded"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of a competency. `row` is None for one that the file lacks."""

    kind: Kind
    name: str
    area: str
    row: Row | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """`content` is what the draft says afterwards."""

    content: Content
    effects: Sequence[Effect]
    ignored: Sequence[str]
    changes_more: bool
    """Whether areas or the order change, beyond what happens to competencies."""

    @property
    def counts(self) -> Mapping[str, int]:
        found = Counter(effect.kind for effect in self.effects)
        return {kind.value: found[kind] for kind in Kind}

    @property
    def writes(self) -> bool:
        counts = self.counts
        return self.changes_more or any(
            counts[kind] for kind in (Kind.NEW, Kind.REWORDED, Kind.REMOVED)
        )

    @property
    def fingerprint(self) -> str:
        """Changes when any effect does."""
        said = repr((self.effects, self.changes_more))
        return sha256(said.encode()).hexdigest()


Place = tuple[AreaText, CompetencyText]


def planned(present: Content, file: FrameworkFile, *, removes: bool) -> Plan:
    """The file's words over what stands; raises `BadFramework` for too much of both.

    A row is the competency of its key, else of its name; what it does not say stays.
    What the file does not name stays behind it, or goes where it `removes`; what a
    faulty row names stays as it is.
    """
    stands = {one.key: (area, one) for area, one in present}
    matched = _matched(file.rows, stands)
    named = set(matched.values())
    gone = {key: place for key, place in stands.items() if removes and key not in named}
    rows = _settled(
        file.rows, matched, {k: v for k, v in stands.items() if k not in gone}
    )
    effects, texts = [], {}
    for row in (row for row in rows if row.name or row.fault):
        key, kind = matched.get(row.place), Kind.ERROR
        was = stands[key] if key else None
        if row.fault is None:
            text = _text(row, was)
            texts[row.place] = text
            kind = _kind(row, text, was)
        effects.append(Effect(kind, row.name, row.area, row))
    effects += [
        Effect(Kind.REMOVED, one.name, area.name) for area, one in gone.values()
    ]
    content = _assembled(present, rows, texts, gone, removes=removes)
    if len(content) > MOST_COMPETENCIES:
        raise BadFramework(Fault.TOO_MANY, f"{MOST_COMPETENCIES:,}")
    return Plan(content, effects, file.ignored, _changes_more(present, content))


def _matched(
    rows: Sequence[Row], stands: Mapping[UUID, Place]
) -> dict[int, UUID | None]:
    """The key of what stands, by the place of the row that is meant by it."""
    found = {row.place: row.key for row in rows if row.key in stands}
    taken = set(found.values())
    names = {
        name_key(one.name): key
        for key, (_area, one) in stands.items()
        if key not in taken
    }
    for row in rows:
        if row.name and row.place not in found:
            found[row.place] = names.pop(name_key(row.name), None)
    return found


def _settled(
    rows: Sequence[Row],
    matched: Mapping[int, UUID | None],
    stands: Mapping[UUID, Place],
) -> list[Row]:
    """Refuses what is renamed to what another one that stays is called.

    What is refused keeps its old name, which may stand in the way of the next.
    """
    settled = list(rows)
    while True:
        written = {matched.get(row.place) for row in settled if not row.fault}
        kept = {
            name_key(one.name)
            for key, (_area, one) in stands.items()
            if key not in written
        }
        taken = [row for row in settled if not row.fault and name_key(row.name) in kept]
        if not taken:
            return settled
        bad = {row.place: BadPart(Fault.NAME_TAKEN, row.name) for row in taken}
        settled = [
            row.refused(bad[row.place]) if row.place in bad else row for row in settled
        ]


def _text(row: Row, was: Place | None) -> CompetencyText:
    old = was[1] if was else None
    levels = zip(row.levels, old.levels if old else [""] * 5, strict=True)
    about, categories = row.about, row.categories
    return CompetencyText(
        key=old.key if old else row.key or uuid4(),
        name=row.name,
        about=about if about is not None else old.about if old else "",
        levels=tuple(before if now is None else now for now, before in levels),
        categories=categories
        if categories is not None
        else old.categories
        if old
        else (),
    )


def _kind(row: Row, text: CompetencyText, was: Place | None) -> Kind:
    if was is None:
        return Kind.NEW
    area, old = was
    is_same = text == old and name_key(row.area) == name_key(area.name)
    return Kind.UNCHANGED if is_same else Kind.REWORDED


def _assembled(
    present: Content,
    rows: Sequence[Row],
    texts: Mapping[int, CompetencyText],
    gone: Mapping[UUID, Place],
    *,
    removes: bool,
) -> Content:
    """The file's areas in its order, then those that stay beside them."""
    names: dict[str, str] = {}
    abouts: dict[str, str] = {}
    members: dict[str, list[CompetencyText]] = {}
    for row in (row for row in rows if not row.fault):
        key = name_key(row.area)
        names.setdefault(key, row.area)
        if row.area_about is not None and not abouts.get(key):
            abouts[key] = row.area_about
        if row.place in texts:
            members.setdefault(key, []).append(texts[row.place])
    written = {text.key for text in texts.values()}
    for area in present.areas:
        key = name_key(area.name)
        stays = [one for one in area.competencies if one.key not in written | set(gone)]
        if stays or not removes:
            names.setdefault(key, area.name)
        abouts.setdefault(key, area.about)
        members.setdefault(key, []).extend(stays)
    return Content(
        tuple(
            AreaText(name, abouts.get(key, ""), tuple(members.get(key, ())))
            for key, name in names.items()
        )
    )


def _changes_more(present: Content, content: Content) -> bool:
    def frame(one: Content) -> list[tuple[str, str, list[UUID]]]:
        return [
            (area.name, area.about, [text.key for text in area.competencies])
            for area in one.areas
        ]

    keys = {text.key for _area, text in present}
    if keys != {text.key for _area, text in content}:
        return False
    return frame(present) != frame(content)
