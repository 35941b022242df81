"""What one version of a framework says that another did not, by competency's key."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from progress.frameworks.content import AreaText, CompetencyText, Content


class Kind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"


@dataclass(frozen=True, slots=True)
class Change:
    """One competency that is not as it was; `was` or `now` is None where it is not.

    To be in another area, or in the same one under another name, is a change too.
    """

    key: UUID
    was: CompetencyText | None
    now: CompetencyText | None
    area_was: str = ""
    area_now: str = ""

    @property
    def kind(self) -> Kind:
        if self.was is None:
            return Kind.ADDED
        return Kind.REMOVED if self.now is None else Kind.REWORDED

    @property
    def name(self) -> str:
        one = self.now or self.was
        return one.name if one else ""

    @property
    def area(self) -> str:
        return self.area_now or self.area_was


@dataclass(frozen=True, slots=True)
class Changes:
    """In the order of the later version; what was removed stands at the end.

    `areas` are those whose words changed, are new or gone; `is_reordered` says that
    what both have stands in another order.
    """

    competencies: Sequence[Change]
    areas: Sequence[tuple[AreaText | None, AreaText | None]]
    is_reordered: bool

    def __bool__(self) -> bool:
        return bool(self.competencies or self.areas or self.is_reordered)

    def of(self, kind: str) -> list[Change]:
        return [change for change in self.competencies if change.kind == kind]

    @property
    def counts(self) -> dict[str, int]:
        return {kind.value: len(self.of(kind)) for kind in Kind}


def changes_between(was: Content, now: Content) -> Changes:
    before = {one.key: (area.name, one) for area, one in was}
    after = {one.key: (area.name, one) for area, one in now}
    found = [
        Change(key, before[key][1], one, before[key][0], area)
        if key in before
        else Change(key, None, one, "", area)
        for key, (area, one) in after.items()
        if before.get(key) != (area, one)
    ]
    found += [
        Change(key, one, None, area, "")
        for key, (area, one) in before.items()
        if key not in after
    ]
    kept = [key for key in before if key in after]
    return Changes(
        found, _areas(was, now), kept != [key for key in after if key in before]
    )


def _areas(was: Content, now: Content) -> list[tuple[AreaText | None, AreaText | None]]:
    before = {area.name: area for area in was.areas}
    after = {area.name: area for area in now.areas}
    names = [*after, *(name for name in before if name not in after)]
    pairs = [(before.get(name), after.get(name)) for name in names]
    return [
        (old, new) for old, new in pairs if not old or not new or old.about != new.about
    ]


def fingerprint(content: Content) -> str:
    """Changes when anything that is said does, or its order."""
    return sha256(repr(content).encode()).hexdigest()
