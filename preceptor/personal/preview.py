"""What an erasure will do, counted, before anybody confirms it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q, Value
from django.db.models.lookups import IExact

from preceptor.accounts.held import Held, everything
from preceptor.accounts.models import Membership, shown_name
from preceptor.accounts.rights import Relation
from preceptor.accounts.spelling import Spelled
from preceptor.personal import erasing, striking
from preceptor.personal.privacy import TITLES, Text


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is held, and how many rows hold it.

    None where the count itself would tell the reader what is not theirs to know.
    """

    held: Held
    count: int | None


@dataclass(frozen=True, slots=True)
class Pile:
    """Lines that are read at once, under a topic or a reason."""

    title: Text
    lines: list[Line]

    @property
    def told(self) -> list[Line]:
        return [line for line in self.lines if line.count is not None]

    @property
    def untold(self) -> list[Line]:
        return [line for line in self.lines if line.count is None]


@dataclass(frozen=True, slots=True)
class Preview:
    goes: list[Line]
    stays: list[Line]
    keeps_account: bool
    """Whether the account is somebody's in another organisation."""

    @property
    def goes_by_topic(self) -> list[Pile]:
        return _piles(self.goes, lambda held: TITLES[held.topic])

    @property
    def stays_by_reason(self) -> list[Pile]:
        """What several things stay for, what most do first."""
        piles = [pile for pile in self._reasons if len(pile.lines) > 1]
        return sorted(piles, key=lambda pile: -len(pile.lines))

    @property
    def stays_apart(self) -> list[Line]:
        """What stays for a reason of its own."""
        return [pile.lines[0] for pile in self._reasons if len(pile.lines) == 1]

    @property
    def _reasons(self) -> list[Pile]:
        return _piles(self.stays, lambda held: held.because)


def _piles(lines: list[Line], title: Callable[[Held], Text]) -> list[Pile]:
    """In the order in which each first comes."""
    found: dict[str, Pile] = {}
    for line in lines:
        named = title(line.held)
        found.setdefault(str(named), Pile(named, [])).lines.append(line)
    return list(found.values())


def preview_of(member: Membership, reader: Membership) -> Preview:
    """By the person or an owner. What there is none of is left out."""
    others = Membership.objects.filter(user=member.user_id).exclude(pk=member.pk)
    keeps = others.exists()
    is_own = reader == member
    goes = [
        _line(held, member, held.stands, is_own)
        for held in everything()
        if held.goes and not (keeps and held.is_of_account)
    ]
    stays = [
        _line(held, member, Q(), is_own)
        for held in everything()
        if held.stays and not held.row_goes
    ]
    return Preview(
        goes=[line for line in goes if line.count != 0],
        stays=[line for line in stays if line.count != 0],
        keeps_account=keeps,
    )


def _line(held: Held, member: Membership, which: Q, is_own: bool) -> Line:
    """A query, where the reader may know the count."""
    if not is_own and Relation.OWNER not in held.readers:
        return Line(held, None)
    rows = held.shown_to(member) if is_own else held.of(member)
    count = held.rows.filter(rows).filter(which).values("pk").distinct().count()
    # Of what others say among themselves nobody learns here that it is there.
    return Line(held, count or (None if is_own and held.exported else 0))


LOOKED_FOR = 5.0
"""Seconds that a page takes at most to count where names stand."""


@dataclass(frozen=True, slots=True)
class Struck:
    """Words that are struck, and in how many rows somebody wrote them."""

    words: str
    places: int


@dataclass(frozen=True, slots=True)
class Strikes:
    """`whole` names and addresses go in any case; of single `words` an owner decides.

    `is_whole` is false where there was too much to look through: then it is at least
    so many.
    """

    whole: list[Struck]
    words: dict[str, int]
    is_whole: bool


def strikes_of(member: Membership) -> Strikes:
    whole, words = erasing.spelled_of(member, []).names, erasing.words_of(member)
    each = [Spelled((one,)) for one in whole] + [Spelled((), (one,)) for one in words]
    found = striking.count(member.organisation_id, each, LOOKED_FOR)
    first, rest = found.numbers[: len(whole)], found.numbers[len(whole) :]
    return Strikes(
        whole=[Struck(*one) for one in zip(whole, first, strict=True)],
        words=dict(zip(words, rest, strict=True)),
        is_whole=found.is_whole,
    )


def namesakes_of(member: Membership) -> int:
    """Others here of the very name, of whom the same words may speak."""
    others = Membership.objects.active().filter(organisation=member.organisation_id)
    others = others.exclude(pk=member.pk)
    return others.filter(IExact(shown_name(), Value(member.full_name))).count()
