"""The report of a quarter of one program."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from pairings.actions.pauses import today_in
from pairings.models import Program
from preceptor.insights.delivery_figures.beside import Team, teams_beside
from preceptor.insights.delivery_figures.words import FIGURES
from preceptor.insights.figures.estimates import Figure, Withheld, share
from preceptor.insights.figures.quarterly import QuarterFigures, Record, figures_of
from preceptor.insights.figures.quarters import Quarter
from preceptor.insights.figures.rooms import Room
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
from progress.questions import OF_MENTOR
from reviews import taxonomy


def of_program(program: Program, quarter: Quarter, now: datetime) -> Report:
    """In a number of queries that stays, whatever the size of the program."""
    months = ClosedMonth.objects.read(program, quarter.months)
    figures = figures_of(program.pk, quarter, months)
    last = next(reversed(months.values())) if months else None
    alive = share(
        (row.pairing, row.sessions > 0, 1)
        for row in (last.pairs if last else ())
        if row.days
    )
    today = today_in(program.organisation, now)
    until = min(quarter.after, today + timedelta(days=1))
    stays = stays_in(program.organisation, [program], quarter, now)
    return Report(
        edition=EDITION,
        title=program.name,
        quarter=str(quarter),
        months=len(figures.months),
        summary=tuple(_summary(figures.record, alive)),
        sheets=(
            _record_sheet(figures, alive),
            Sheet("learning", _("Learning"), tuple(_learning(figures))),
            Sheet("staying", _("Who stays"), (staying(stays), _evaluations(figures))),
            Sheet(
                "returns",
                _("Cost, return and delivery"),
                (
                    returns(program.organisation_id, program),
                    *_delivery(teams_beside(program, until)),
                ),
            ),
        ),
    )


def _summary(record: Record | None, alive: Figure) -> Iterator[Line]:
    """The record alone: it may be mailed."""
    if record is None:
        yield Line(_("pairs"), COUNT, note=_("No month of the quarter is closed yet."))
        return
    yield Line(_("pairs in the quarter"), COUNT, record.pairs)
    yield figure(_("pairs that met in its last closed month"), alive, SHARE)
    yield figure(_("planned weeks that were kept"), record.kept, SHARE)
    yield figure(_("milestones signed on time"), record.milestones, SHARE)


def _record_sheet(figures: QuarterFigures, alive: Figure) -> Sheet:
    title = _("Pairs, milestones and depth")
    record = figures.record
    if record is None:
        foot = _(
            "No month of the quarter is closed yet: a month closes a week after it."
        )
        return Sheet("record", title, (Part(_("Pairs"), foot=foot),))
    return Sheet("record", title, tuple(_record(record, alive, figures)))


def _record(record: Record, alive: Figure, figures: QuarterFigures) -> Iterator[Part]:
    yield Part(
        _("Pairs that are alive"),
        lines=(
            Line(_("Pairs in the quarter"), COUNT, record.pairs),
            Line(_("Juniors"), COUNT, record.juniors),
            Line(_("Mentors"), COUNT, record.mentors),
            figure(_("Pairs that met in the last closed month"), alive, SHARE),
            figure(_("Juniors a mentor"), record.load),
            figure(_("Seats taken"), record.seats, SHARE),
            figure(_("Mentors with training"), record.trained, SHARE),
        ),
    )
    yield Part(
        _("Milestones"),
        lines=(figure(_("Signed by their day"), record.milestones, SHARE),),
    )
    yield Part(
        _("Mentoring depth"),
        lines=(
            figure(_("Planned weeks that were kept"), record.kept, SHARE),
            figure(_("Sessions a pair and month"), record.sessions),
            figure(_("Minutes a pair and month"), record.minutes),
            figure(_("Minutes a session"), record.length),
            Line(_("Protected hours planned a week"), NUMBER, record.planned),
            figure(_("Protected hours had a week"), record.had),
            figure(_("Had of those planned"), record.of_planned, SHARE),
        ),
    )
    yield Part(
        _("Month by month: weeks kept"),
        lines=tuple(
            figure(f"{month.month:%Y-%m}", month.kept, SHARE)
            for month in figures.months
        ),
    )


def _learning(figures: QuarterFigures) -> Iterator[Part]:
    room = figures.room
    if isinstance(room, Withheld):
        yield Part(_("What juniors catch"), foot=room.sentence)
        return
    yield Part(
        _("What juniors catch"),
        lead=_(
            "Over closed months in which at least five juniors had a flaw to catch."
        ),
        lines=(
            figure(_("Real flaws caught alone"), room.caught, SHARE),
            *(
                figure(f"{month.month:%Y-%m}", month.caught, SHARE)
                for month in figures.months
            ),
        ),
    )
    yield from _judging(room)
    yield _kinds(room)


def _judging(room: Room) -> Iterator[Part]:
    yield Part(
        _("How they judge"),
        lines=(
            figure(_("Safe changes that were rejected"), room.rejected, SHARE),
            figure(_("Brier score of confidence, 0 is best"), room.brier),
            figure(_("Explanations that hold"), room.sound, SHARE),
        ),
    )


def _kinds(room: Room) -> Part:
    rows = [
        figure(
            taxonomy.label(row.key) if row.key else _("All others"), row.caught, SHARE
        )
        for row in room.categories
    ]
    practise = ", ".join(taxonomy.label(row.key) for row in room.practise)
    lead = _("Missed most often, and so to practise: %(kinds)s.")
    return Part(
        _("Caught by kind of flaw"),
        lead=lead % {"kinds": practise} if practise else "",
        lines=tuple(rows),
        of=_("kinds of flaw"),
    )


def _evaluations(figures: QuarterFigures) -> Part:
    title = _("What juniors say of mentors, as released")
    if isinstance(figures.evaluations, Withheld):
        return Part(title, foot=figures.evaluations.sentence)
    return Part(
        title,
        lead=_("Averages over mentors, from 1 to 5."),
        lines=tuple(
            figure(str(OF_MENTOR[one.question]), one.mean)
            for one in figures.evaluations
        ),
    )


def _delivery(teams: Sequence[Team]) -> Iterator[Part]:
    title = _("Delivery beside mentoring")
    if not teams:
        yield Part(title, foot=_("No team of the program has told its weeks."))
        return
    rows = [tuple(_team(team)) for team in teams]
    yield Part(
        title,
        lines=tuple(line for own in rows for line in own),
        foot=_("They lie beside each other; that one caused the other is not claimed."),
        of=_("teams"),
        each=len(rows[0]),
    )


def _team(team: Team) -> Iterator[Line]:
    """As many lines of each."""
    for told in team.figures:
        unit = SHARE if told.name == "failures" else NUMBER
        words = {"team": team.name, "figure": FIGURES[told.name]}
        before = _("%(team)s: %(figure)s, before") % words
        during = _("%(team)s: %(figure)s, during") % words
        yield figure(before, told.before, unit)
        yield figure(during, told.during, unit)
    label = _("%(team)s: sessions a pair in four weeks") % {"team": team.name}
    if team.depth:
        yield figure(label, team.depth.sessions)
    else:
        yield Line(label, note=_("Too few pairs of it to tell."))
