"""A team's weekly figures before and during a program, and its mentoring depth.

The two lie beside each other, and nothing here relates one to the other. A team of few
pairs has no depth of its own here: it would say how often two people met. Where what is
left out could be had by taking the other teams from the program's own figure, the
smallest of them is left out, too.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pairings.models import Pairing, Pause, Program
from preceptor.insights.cadence import Days, kept
from preceptor.insights.delivery_figures.files import FIGURES
from preceptor.insights.figures.estimates import (
    Figure,
    ratio,
    share,
)
from preceptor.insights.models import TeamWeek
from reviews.models import ReviewSession

FEWEST_PAIRS = 3
WEEK = timedelta(days=7)
BEFORE = timedelta(weeks=52)
"""How far back from its first day a program is compared."""
PERIOD = timedelta(weeks=4)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """One figure of a team: what each week told, and its means before and during."""

    name: str
    weeks: Sequence[tuple[date, float]]
    before: Figure
    during: Figure


@dataclass(frozen=True, slots=True)
class Depth:
    """Of a team's pairs: sessions a pair in four weeks, and weeks kept of those due.

    `periods` are four weeks each, from the program's first day on: its day and the
    sessions a pair in it.
    """

    pairs: int
    sessions: Figure
    kept: Figure
    periods: Sequence[tuple[date, float]]


@dataclass(frozen=True, slots=True)
class Team:
    name: str
    figures: Sequence[Told]
    depth: Depth | None
    """None: it has too few pairs to tell."""


@dataclass(frozen=True, slots=True)
class Pair:
    pk: int
    team: str
    days: Days


Span = tuple[date, date]
"""From the first day to the day before the second."""


def span_of(program: Program, until: date) -> Span:
    """What a program is compared over: a year before, up to a day or to its end."""
    return program.starts_on - BEFORE, min(program.ends_on, until)


def teams_beside(program: Program, until: date) -> list[Team]:
    """Every team of the program that told something, by its name. Five queries."""
    pairs = _pairs(program, until)
    weeks = _weeks(program, {pair.team for pair in pairs}, span_of(program, until))
    shown = shown_teams(pairs) & weeks.keys()
    depths = _depths(program, [one for one in pairs if one.team in shown], until)
    return [
        Team(
            name=rows[0].team,
            figures=[_told(name, rows, program) for name in FIGURES],
            depth=depths.get(team),
        )
        for team, rows in sorted(weeks.items())
    ]


def shown_teams(pairs: Iterable[Pair]) -> set[str]:
    """Teams with enough pairs, and no way to reckon what the others have together."""
    counts: dict[str, int] = defaultdict(int)
    for pair in pairs:
        counts[pair.team] += 1
    shown = {team for team, n in counts.items() if n >= FEWEST_PAIRS}
    by_size = sorted(shown, key=lambda team: (counts[team], team))
    hidden = sum(n for team, n in counts.items() if team not in shown)
    while by_size and 0 < hidden < FEWEST_PAIRS:
        team = by_size.pop(0)
        shown.remove(team)
        hidden += counts[team]
    return shown


def _pairs(program: Program, until: date) -> list[Pair]:
    """The primary pairs that began, each with the days on which it stood."""
    rows = Pairing.objects.begun().filter(
        program=program, kind=Pairing.Kind.PRIMARY, starts_on__lt=until
    )
    columns = rows.values_list("pk", "junior__team", "starts_on", "ends_on")
    found = [
        Pair(pk, team.casefold(), (first, min(last, until)))
        for pk, team, first, last in columns
    ]
    return [pair for pair in found if pair.days[0] < pair.days[1]]


def _weeks(
    program: Program, teams: set[str], span: Span
) -> Mapping[str, list[TeamWeek]]:
    """By team in small letters, the oldest first."""
    found: dict[str, list[TeamWeek]] = defaultdict(list)
    rows = TeamWeek.objects.filter(
        organisation=program.organisation_id,
        monday__gte=span[0],
        monday__lt=span[1],
    )
    for row in rows.order_by("monday", "pk"):
        if (team := row.team.casefold()) in teams:
            found[team].append(row)
    return found


def _told(name: str, rows: Sequence[TeamWeek], program: Program) -> Told:
    """A mean over weeks; of change failures the share of the deployments.

    Weeks are taken as independent of each other, which they are not quite: intervals
    are rather too narrow.
    """
    parts = [part for row in rows if (part := _part(name, row)) is not None]
    before = [part for part in parts if part[0] < program.starts_on]
    during = [part for part in parts if part[0] >= program.starts_on]
    mean = share if name == "failures" else ratio
    return Told(
        name=name,
        weeks=[(monday, amount / n) for monday, amount, n in parts if n],
        before=mean(before),
        during=mean(during),
    )


def _part(name: str, row: TeamWeek) -> tuple[date, float, float] | None:
    """A week, what there was of it, and of how many."""
    value = getattr(row, name)
    if value is None:
        return None
    if name != "failures":
        return row.monday, float(value), 1.0
    deployments = row.deployments
    return (row.monday, float(value), float(deployments)) if deployments else None


def _depths(
    program: Program, pairs: Sequence[Pair], until: date
) -> Mapping[str, Depth]:
    """By team, in two queries."""
    held: dict[int, list[date]] = defaultdict(list)
    ids = [pair.pk for pair in pairs]
    for pk, day in ReviewSession.objects.filter(pairing__in=ids).held_days():
        if day < until:
            held[pk].append(day)
    rests: dict[int, list[Days]] = defaultdict(list)
    for pause in Pause.objects.taken().filter(pairing__in=ids):
        after = pause.resumed_on or pause.back_on or until
        rests[pause.pairing_id].append((pause.starts_on, after))
    of_team: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        of_team[pair.team].append(pair)
    return {
        team: _depth(program, own, held, rests, until) for team, own in of_team.items()
    }


def _depth(
    program: Program,
    pairs: Sequence[Pair],
    held: Mapping[int, list[date]],
    rests: Mapping[int, list[Days]],
    until: date,
) -> Depth:
    counts = [
        (
            pair.pk,
            kept(
                held.get(pair.pk, []),
                pair.days,
                rests.get(pair.pk, []),
                program.cadence_days,
            ),
        )
        for pair in pairs
    ]
    return Depth(
        pairs=len(pairs),
        sessions=ratio(
            (
                pair.pk,
                float(len(held.get(pair.pk, []))),
                (pair.days[1] - pair.days[0]) / PERIOD,
            )
            for pair in pairs
        ),
        kept=share((pk, found.kept, found.due) for pk, found in counts),
        periods=list(_periods(program, pairs, held, until)),
    )


def _periods(
    program: Program,
    pairs: Sequence[Pair],
    held: Mapping[int, list[date]],
    until: date,
) -> Iterable[tuple[date, float]]:
    """Four weeks each that are over, where enough pairs stood in them."""
    begin, first = program.starts_on, program.starts_on
    met = Counter(
        (pair.pk, (day - begin) // PERIOD)
        for pair in pairs
        for day in held.get(pair.pk, ())
    )
    while (after := first + PERIOD) <= until:
        stood = [p for p in pairs if p.days[0] < after and p.days[1] > first]
        if len(stood) >= FEWEST_PAIRS:
            number = (first - begin) // PERIOD
            yield first, sum(met[p.pk, number] for p in stood) / len(stood)
        first = after
