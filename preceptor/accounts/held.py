"""The table of what is held of people: each app names its part, the rest follows.

From it come the export of one's own data, what an erasure does, and the privacy page.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.models import Membership, OrganisationRow
from preceptor.accounts.rights import ARRANGERS, RIGHTS, Relation, Resource, Right

if TYPE_CHECKING:
    from preceptor.accounts.spelling import Spelled

T = TypeVar("T")

ERASED = "Erased"
"""Stands where a text is gone and the database asks for one."""

FORMER_MEMBER = "Former member"
"""The name of everybody who was erased."""

NOBODYS_DOMAIN = "former.invalid"
"""Where the address is of the account that stands in for theirs; no mail gets there."""

GONE: Mapping[str, Any] = {"*": None}
"""In place of columns: the whole row goes."""

MEMBERSHIPS = "memberships"
"""The path from an account to the membership."""

NOBODY: frozenset[Relation] = frozenset()
"""Nobody else: who it is about reads it alone, or the product itself does."""

STAFF = ARRANGERS
OWNERS = frozenset({Relation.OWNER})
COLLEAGUES = frozenset(Relation)


class Topic(Enum):
    """A part of the privacy page, and a file of the export."""

    ACCOUNT = "account"
    PROGRAM = "program"
    SESSIONS = "sessions"
    YEAR = "year"
    MESSAGES = "messages"


def is_erased(member: Membership) -> bool:
    """Whether nobody stands behind a membership any more; needs their account."""
    return not reached_at(member.user.email)


def reached_at(email: str) -> str:
    """An address as pages and files name it: of who was erased there is none."""
    return "" if email.endswith(f"@{NOBODYS_DOMAIN}") else email


Telling = Callable[[Sequence[int]], Mapping[int, Mapping[str, Any]]]
"""By the numbers of some rows: columns of their export, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One thing that rows of a model hold of a person.

    `whose` are paths from the row to the membership (or its `user`) that it is of; of
    several it is of each. `only` narrows the rows. `goes` says by column what stands
    there once the person is erased (`ERASED` only where a text stood), or is `GONE`.
    `stays` names the columns that stay then, without a name: the record, counts, and
    references to the person, who is a former member by then. Both are exported, but
    for what is `secret`, from the rows that `exported` lets through: by default those
    that are theirs. `refers` says of plain numbers which rows they are of, and `tells`
    what stands in the export for some columns, or beside them. `because` says why
    something stays.
    """

    model: type[Model]
    key: str
    topic: Topic
    what: str | Promise
    whose: tuple[str, ...]
    read_by: Resource | frozenset[Relation]
    goes: Mapping[str, Any] = field(default_factory=dict)
    stays: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    only: Q = field(default_factory=Q)
    exported: Callable[[Membership], Q] | None = None
    refers: Mapping[str, type[Model]] = field(default_factory=dict)
    tells: "Telling | None" = None
    because: str | Promise = ""

    def of(self, member: Membership) -> Q:
        """The rows that hold this of a member."""
        found = Q()
        for path in self.whose:
            found |= Q(**{path: _end_of(path, member)})
        if issubclass(self.model, OrganisationRow):
            found &= Q(organisation=member.organisation_id)
        return found & self.only

    def shown_to(self, member: Membership) -> Q:
        """Those of them that the member may read."""
        return self.exported(member) & self.only if self.exported else self.of(member)

    @property
    def stands(self) -> Q:
        """Rows in which something stands that would go."""
        found = Q(pk__in=[]) if not self.row_goes else Q()
        for name, value in self.goes.items() if not self.row_goes else ():
            if value is None:
                found |= Q(**{f"{name}__isnull": False})
            elif value == ERASED:
                found |= ~Q(**{f"{name}__in": ["", ERASED]})
            elif not isinstance(value, Combinable):
                found |= ~Q(**{name: value})
        return found

    @property
    def columns(self) -> tuple[str, ...]:
        """What it names of the row, in the order of the export."""
        named = dict.fromkeys([*self.stays, *self.goes])
        return tuple(name for name in named if name != "*")

    @property
    def rows(self) -> "QuerySet[Model]":
        """All rows of the model, whosever they are."""
        return QuerySet(self.model)

    @property
    def is_of_account(self) -> bool:
        """Of the person in all their organisations: it goes with the account."""
        return any(_is_of_account(path) for path in self.whose)

    @property
    def row_goes(self) -> bool:
        return "*" in self.goes

    @property
    def readers(self) -> frozenset[Relation]:
        """Who reads it, by the table of rights."""
        if isinstance(self.read_by, frozenset):
            return self.read_by
        return frozenset(
            relation
            for relation, rights in RIGHTS.items()
            if rights.get(self.read_by, Right.NONE) >= Right.READ
        )


def _is_of_account(path: str) -> bool:
    return path == MEMBERSHIPS or path.rsplit("__", maxsplit=1)[-1] == "user"


def _end_of(path: str, member: Membership) -> Any:
    """What a path ends at: an address, the account, or the membership."""
    if path.endswith("__iexact"):
        return member.user.email
    is_user = _is_of_account(path) and path != MEMBERSHIPS
    return member.user_id if is_user else member.pk


Cleaning = Callable[[Membership, "Spelled"], None]
"""Erases of a member, who has these names and addresses, what no line can say.

It runs while the names still stand, in transactions of its own, and may run again.
"""

Files = Callable[[Membership], Iterator[tuple[str, bytes]]]
"""Files of the export: a path inside it and its bytes, one at a time."""

Striking = Callable[[int, "Spelled"], None]
"""Strikes names out of an organisation's files; it may run again."""

_held: dict[str, Held] = {}
_impersonal: dict[type[Model], frozenset[str]] = {}
_texts: dict[type[Model], tuple[str, ...]] = {}
_files: list[Files] = []
_cleanings: list[Cleaning] = []
_strikings: list[Striking] = []


def register(
    rows: Iterable[Held],
    impersonal: Mapping[type[Model], Iterable[str]],
    *,
    texts: Mapping[type[Model], Iterable[str]] | None = None,
    files: Files | None = None,
    cleaning: Cleaning | None = None,
    striking: Striking | None = None,
) -> None:
    """Makes an app's part known. `impersonal` names columns with nothing of anybody.

    `texts` names the columns in which people write, one by one: whoever is erased is
    struck there, and nowhere else, since anything else is read by machines.
    """
    for one in rows:
        _held[one.key] = one
    for model, columns in impersonal.items():
        _impersonal[model] = frozenset(columns)
    for model, columns in (texts or {}).items():
        _texts[model] = tuple(columns)
    _add(_files, files)
    _add(_cleanings, cleaning)
    _add(_strikings, striking)


def _add(known: list[T], one: T | None) -> None:
    if one and one not in known:
        known.append(one)


def everything() -> list[Held]:
    """In the order of the apps, lower ones first."""
    return list(_held.values())


def impersonal() -> Mapping[type[Model], frozenset[str]]:
    return _impersonal


def texts() -> Mapping[type[Model], tuple[str, ...]]:
    """Where people write, by model: a name may stand in any of these columns."""
    return _texts


def files_of(member: Membership) -> Iterator[tuple[str, bytes]]:
    for source in _files:
        yield from source(member)


def cleanings() -> list[Cleaning]:
    return list(_cleanings)


def strikings() -> list[Striking]:
    return list(_strikings)


THE_RECORD = _(
    "It is the record of a pair: that something took place, its day and its count. The"
    " other one’s record would not be true without it."
)
"""Why most of what stays does."""
