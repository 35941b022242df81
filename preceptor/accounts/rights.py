"""Who may do what: the one table that every access function asks.

A relation is what somebody is to the row at hand, not a kind of user: the same person
is a junior in one program and a lead in another. "Own" in the table's words is a
matter of the relation: it exists only towards one's own rows.
"""

from collections.abc import Iterable, Mapping
from enum import Enum, IntEnum

from django.core.exceptions import PermissionDenied
from django.http import Http404


class Relation(Enum):
    JUNIOR = "junior"
    MENTOR = "mentor"
    FORMER_MENTOR = "former mentor"
    NEXT_MENTOR = "next mentor"
    """To an earlier session that its junior released to them with the handover."""

    LINE_MANAGER = "line manager"
    OBSERVER = "observer"
    LEAD = "lead"
    MANAGER = "manager"
    OWNER = "owner"


class Resource(Enum):
    PROGRAM = "program, roster"
    MATCHING = "matching"
    RECORD = "pairing, session and plan record"
    SESSION_TEXT = "session text"
    PLAN_TEXT = "plan text"
    ORGANISATION = "organisation settings"


class Right(IntEnum):
    """Each includes those before it.

    CONTRIBUTE is to write what is theirs, such as a sign-off; WRITE is all of it.
    """

    NONE = 0
    READ = 1
    CONTRIBUTE = 2
    WRITE = 3


RIGHTS: Mapping[Relation, Mapping[Resource, Right]] = {
    Relation.JUNIOR: {
        Resource.PROGRAM: Right.READ,
        Resource.RECORD: Right.CONTRIBUTE,
        Resource.SESSION_TEXT: Right.WRITE,
        Resource.PLAN_TEXT: Right.WRITE,
    },
    Relation.MENTOR: {
        Resource.PROGRAM: Right.READ,
        Resource.RECORD: Right.CONTRIBUTE,
        Resource.SESSION_TEXT: Right.WRITE,
        Resource.PLAN_TEXT: Right.CONTRIBUTE,
    },
    Relation.FORMER_MENTOR: {
        Resource.RECORD: Right.READ,
        Resource.SESSION_TEXT: Right.WRITE,
    },
    Relation.NEXT_MENTOR: {
        Resource.RECORD: Right.READ,
        Resource.SESSION_TEXT: Right.READ,
    },
    Relation.LINE_MANAGER: {
        Resource.PROGRAM: Right.READ,
        Resource.RECORD: Right.READ,
    },
    Relation.OBSERVER: {
        Resource.PROGRAM: Right.READ,
        Resource.MATCHING: Right.READ,
        Resource.RECORD: Right.READ,
    },
    Relation.LEAD: {
        Resource.PROGRAM: Right.WRITE,
        Resource.MATCHING: Right.WRITE,
        Resource.RECORD: Right.READ,
    },
    Relation.MANAGER: {
        Resource.PROGRAM: Right.WRITE,
        Resource.MATCHING: Right.WRITE,
        Resource.RECORD: Right.READ,
    },
    Relation.OWNER: {
        Resource.PROGRAM: Right.WRITE,
        Resource.MATCHING: Right.WRITE,
        Resource.RECORD: Right.READ,
        Resource.ORGANISATION: Right.WRITE,
    },
}

ARRANGERS = frozenset({Relation.LEAD, Relation.MANAGER, Relation.OWNER})
"""Who writes a record's dates and states, though never a sign-off."""


def right_to(relations: Iterable[Relation], resource: Resource) -> Right:
    """The most that any of the relations grants."""
    return max(
        (RIGHTS[relation].get(resource, Right.NONE) for relation in relations),
        default=Right.NONE,
    )


def require(relations: set[Relation], resource: Resource, right: Right) -> None:
    """404 to who is nothing to the row, 403 to who may do less than this."""
    if not relations:
        raise Http404
    if right_to(relations, resource) < right:
        raise PermissionDenied


def require_arranger(relations: set[Relation]) -> None:
    """Dates and states of a record are for leads and managers."""
    if not relations:
        raise Http404
    if not relations & ARRANGERS:
        raise PermissionDenied
