"""Which entries a page shows: filtered, newest first, from a place onwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from pairings.models import Program
from preceptor.accounts.entries import HistoryEntry
from preceptor.accounts.models import Membership
from preceptor.history import Verb

ON_A_PAGE, IN_A_FILE = 50, 1000


@dataclass(frozen=True)
class Wanted:
    """What a reader asks for; None and empty ask for everything.

    `people` are memberships, by what they did (`did`), what was done about them
    (`about`), or both.
    """

    organisation: int
    people: tuple[int, ...] | None = None
    part: str = ""
    kind: str = ""
    program: int | None = None
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class Place:
    """An entry's place in the order, as an address carries it."""

    at: datetime
    number: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.number}"


def place_in(text: str) -> Place | None:
    """What an address names; nothing of one that somebody made up."""
    at, _bar, number = text.partition("_")
    try:
        found = Place(datetime.fromisoformat(at), int(number))
    except ValueError:
        return None
    is_fit = timezone.is_aware(found.at) and 0 <= found.number < 2**63
    return found if is_fit else None


def entries(
    wanted: Wanted, after: Place | None = None, most: int = ON_A_PAGE + 1
) -> list[HistoryEntry]:
    """The newest ones, or those that follow a place; as many as asked for at most.

    Each part is its own look into its own index, so that a person among millions of
    entries costs what they have.
    """
    rows = _narrowed(wanted, after)
    if wanted.people is None:
        return list(rows[:most])
    first, *others = [
        rows.filter(**{f"{column}__in": wanted.people})[:most]
        for column in _columns(wanted.part)
    ]
    found = first.union(*others) if others else first
    return list(found.order_by("-at", "-id")[:most] if others else found)


def all_entries(wanted: Wanted) -> Iterator[list[HistoryEntry]]:
    """All of them, in pieces that each are one query."""
    after = None
    while piece := entries(wanted, after, IN_A_FILE):
        yield piece
        after = Place(piece[-1].at, piece[-1].pk)


def own(member: Membership, after: Place | None = None) -> list[HistoryEntry]:
    """What somebody did and what was done about them, as far as they may know.

    Nobody learns of a draft that they are wanted in, nor which of two said no.
    """
    rows = _narrowed(Wanted(member.organisation_id), after)
    about = rows.exclude(_hidden_from(member))
    most = ON_A_PAGE + 1
    found = rows.filter(actor_id=member.pk)[:most].union(
        about.filter(person_id=member.pk)[:most],
        about.filter(other_id=member.pk)[:most],
    )
    return list(found.order_by("-at", "-id")[:most])


def known_to(member: Membership) -> Q:
    """The same as a condition, of entries from the first on."""
    about = Q(person_id=member.pk) | Q(other_id=member.pk)
    here = Q(organisation=member.organisation_id)
    return here & (Q(actor_id=member.pk) | about & ~_hidden_from(member))


def _hidden_from(member: Membership) -> Q:
    drafts = Program.objects.filter(
        organisation=member.organisation_id, state=Program.State.DRAFT
    )
    changed = Q(what="pairings.pairing", verb=Verb.CHANGED)
    declined = changed & Q(after__declined_at__isnull=False)
    return Q(program_id__in=drafts.values("pk")) | declined


def _columns(part: str) -> tuple[str, ...]:
    if part == "did":
        return ("actor_id",)
    about = ("person_id", "other_id")
    return about if part == "about" else ("actor_id", *about)


def _narrowed(wanted: Wanted, after: Place | None) -> "QuerySet[HistoryEntry]":
    rows = HistoryEntry.objects.filter(organisation=wanted.organisation)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.program is not None:
        rows = rows.filter(program_id=wanted.program)
    if wanted.from_on:
        rows = rows.filter(at__gte=_begin_of(wanted.from_on))
    if wanted.until_on:
        rows = rows.filter(at__lt=_begin_of(wanted.until_on + timedelta(days=1)))
    if after:
        # The first half is what an index begins at.
        rows = rows.filter(at__lte=after.at)
        rows = rows.exclude(at=after.at, id__gte=after.number)
    return rows.order_by("-at", "-id")


def _begin_of(day: date) -> datetime:
    """Its first moment by the reader's clock."""
    return timezone.make_aware(datetime.combine(day, time.min))
