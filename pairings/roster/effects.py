"""What each row of a roster file would change, from what is known already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from pairings.roster.circles import circle_of
from pairings.roster.faults import COLUMNS, Fault
from pairings.roster.rows import Row
from pairings.roster.skills import Degrees, join_skills, settled

NAMED = 6
"""How many of a circle of managers a sentence names."""
OF_PLACE = (
    *("side", "team", "heads", "hours", "product_areas", "languages"),
    *("works_from", "works_until"),
)
"""What stands in the enrolment itself."""
OF_RECORD = ("trained_on", "employed_since")
"""What the register keeps of the person."""
COMPARED = ("side", "team", "skills", *OF_PLACE[2:], *OF_RECORD, "manager")


class Kind(StrEnum):
    NEW = "new"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a member: whether active, and their place in this program."""

    is_active: bool = True
    is_enrolled: bool = False
    is_paired: bool = False
    name: str = ""
    side: str = ""
    team: str = ""
    skills: Degrees = ()
    """In the order of `pairings.roster.skills.in_order`."""
    heads: int = 0
    hours: Decimal = Decimal(0)
    manager: str = ""
    product_areas: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    works_from: time | None = None
    works_until: time | None = None
    trained_on: date | None = None
    employed_since: date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    column: str
    before: str
    after: str

    @property
    def takes_away(self) -> bool:
        return not self.after


@dataclass(frozen=True, slots=True)
class Effect:
    """What a row would do; `unknown_manager` names one who is left out of it."""

    row: Row
    kind: Kind
    changes: Sequence[Change] = field(default=())
    unknown_manager: str = ""


def plan(
    rows: Sequence[Row],
    known: Mapping[str, Known],
    managers: Mapping[str, str] = MappingProxyType({}),
) -> list[Effect]:
    """The effect of each row, in the order of the file.

    `known` holds the members by e-mail, for rows and for line managers. A line manager
    counts if they are a member or a good row of the same file makes them one.
    `managers` says who reports to whom in the program, by e-mail; who would come to
    stand above themselves is refused.
    """
    judged = [_judge(row, known.get(row.email)) for row in rows]
    judged = _without_circles(judged, managers)
    members = set(known)
    members |= {row.email for row in judged if row.fault is None}
    return [_effect(row, known.get(row.email), members) for row in judged]


def _without_circles(rows: Sequence[Row], managers: Mapping[str, str]) -> list[Row]:
    said = {row.email: row.manager or "" for row in rows if _says_manager(row)}
    above = {one: other for one, other in {**managers, **said}.items() if other}
    return [
        replace(row, fault=Fault.MANAGERS_IN_A_CIRCLE, detail=_shown(circle))
        if _says_manager(row) and (circle := circle_of(row.email, above))
        else row
        for row in rows
    ]


def _shown(circle: Sequence[str]) -> str:
    """Named as far as a sentence goes."""
    return ", ".join(circle if len(circle) <= NAMED else [*circle[:NAMED], "…"])


def _says_manager(row: Row) -> bool:
    return row.fault is None and row.manager is not None


def _judge(row: Row, person: Known | None) -> Row:
    if row.fault is not None:
        return row
    if person is None:
        return row if row.name else replace(row, fault=Fault.NO_NAME)
    if not person.is_enrolled and not person.is_active:
        return replace(row, fault=Fault.INACTIVE)
    if person.is_paired and person.side != row.side:
        return replace(row, fault=Fault.PAIRED_ON_OTHER_SIDE, detail=person.side)
    return row


def _effect(row: Row, person: Known | None, members: set[str]) -> Effect:
    if row.fault is not None:
        return Effect(row, Kind.ERROR)
    unknown = row.manager if row.manager and row.manager not in members else ""
    if unknown:
        row = replace(row, manager=None)
    if person is None or not person.is_enrolled:
        return Effect(row, Kind.NEW, unknown_manager=unknown)
    changes = [
        Change(COLUMNS[name][0], _said(before), _said(after))
        for name in COMPARED
        if ((after := _after(row, person, name)) is not None or name in row.cleared)
        and (before := getattr(person, name)) != after
    ]
    kind = Kind.UPDATE if changes else Kind.UNCHANGED
    return Effect(row, kind, changes, unknown)


def _after(row: Row, person: Known, name: str) -> object:
    """What a row makes of a field; None if it leaves it alone."""
    if name == "skills" and row.skills is not None:
        return settled(row.skills, person.skills)
    return getattr(row, name)


def _said(value: object) -> str:
    if isinstance(value, tuple):
        is_graded = bool(value) and isinstance(value[0], tuple)
        return join_skills(value) if is_graded else "; ".join(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return "" if value is None else str(value)
