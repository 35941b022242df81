"""The report of a quarter of an organisation: every program in a line."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pairings.models import Program
from preceptor.accounts.models import Organisation
from preceptor.insights.figures.estimates import Figure, Withheld
from preceptor.insights.figures.months import Month
from preceptor.insights.figures.quarterly import Record, figures_of
from preceptor.insights.figures.quarters import Quarter
from preceptor.insights.models import ClosedMonth
from preceptor.insights.quarterly.document import (
    COUNT,
    EDITION,
    NUMBER,
    SHARE,
    Line,
    Part,
    Report,
    Sheet,
)
from preceptor.insights.quarterly.making.parts import (
    figure,
    returns,
    staying,
    stays_in,
)

Tell = Callable[[int, int], object]
"""How many steps are done, of how many."""


def quiet(_done: int, _all: int) -> None:
    """Tells nobody."""


def of_organisation(
    organisation: Organisation, quarter: Quarter, now: datetime, tell: Tell = quiet
) -> Report:
    """Every program that had a day in the quarter, one line each."""
    programs = list(programs_of(organisation, quarter))
    found = _found(organisation, quarter, programs, tell)
    stays = stays_in(organisation, programs, quarter, now)
    closed = max((one.months for one in found), default=0)
    return Report(
        edition=EDITION,
        title=organisation.name,
        quarter=str(quarter),
        months=closed,
        summary=tuple(_in_all(found)),
        sheets=(
            Sheet("record", _("Pairs, milestones and depth"), tuple(_each(found))),
            Sheet("learning", _("Learning"), (_learnt(found),)),
            Sheet("staying", _("Who stays"), (staying(stays),)),
            Sheet(
                "returns",
                _("What it costs and may keep"),
                (returns(organisation.pk, None),),
            ),
        ),
    )


def programs_of(organisation: Organisation, quarter: Quarter) -> "QuerySet[Program]":
    """Those with a day in the quarter that are no drafts, the newest first."""
    rows = Program.objects.filter(
        organisation=organisation,
        starts_on__lt=quarter.after,
        ends_on__gt=quarter.first,
    ).exclude(state=Program.State.DRAFT)
    return rows.select_related("organisation").order_by("-starts_on", "name", "pk")


@dataclass(frozen=True, slots=True)
class Found:
    """What is shown of a program, without the rows that it was made of."""

    name: str
    months: int
    record: Record | None
    caught: Figure


def _found(
    organisation: Organisation,
    quarter: Quarter,
    programs: Sequence[Program],
    tell: Tell,
) -> list[Found]:
    """In the order of the programs, by one query for all of them."""
    names = {program.pk: program.name for program in programs}
    found: dict[int, Found] = {}
    closed = ClosedMonth.objects.by_program(organisation, quarter.months)
    for program, months in closed:
        if program in names:
            tell(len(found), len(names))
            found[program] = _one(names[program], program, quarter, months)
    return [found.get(pk) or _one(names[pk], pk, quarter, {}) for pk in names]


def _one(
    name: str, program: int, quarter: Quarter, months: Mapping[date, Month]
) -> Found:
    figures = figures_of(program, quarter, months)
    room = figures.room
    caught = room if isinstance(room, Withheld) else room.caught
    return Found(name, len(figures.months), figures.record, caught)


def _in_all(found: Sequence[Found]) -> Iterator[Line]:
    records = [one.record for one in found if one.record]
    yield Line(_("programs"), COUNT, len(found))
    yield Line(_("pairs in the quarter"), COUNT, sum(one.pairs for one in records))
    yield Line(_("juniors"), COUNT, sum(one.juniors for one in records))


def _each(found: Sequence[Found]) -> Iterator[Part]:
    yield _by_program(_("Planned weeks that were kept"), found, lambda r: r.kept, SHARE)
    yield _by_program(_("Sessions a pair and month"), found, lambda r: r.sessions)
    yield _by_program(
        _("Milestones signed by their day"), found, lambda r: r.milestones, SHARE
    )


def _by_program(
    title: str,
    found: Sequence[Found],
    of: Callable[[Record], Figure],
    unit: str = NUMBER,
) -> Part:
    nothing = _("No month of the quarter is closed yet.")
    lines = (
        figure(one.name, of(one.record), unit)
        if one.record
        else Line(one.name, unit, note=nothing)
        for one in found
    )
    return Part(title, lines=tuple(lines), of=_("programs"))


def _learnt(found: Sequence[Found]) -> Part:
    lines = (figure(one.name, one.caught, SHARE) for one in found)
    title = _("Real flaws that juniors caught alone")
    return Part(title, lines=tuple(lines), of=_("programs"))
