"""What the page of delivery beside mentoring says, team by team."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from pairings.models import Program
from preceptor.days import written
from preceptor.insights.delivery_figures.beside import (
    PERIOD,
    Depth,
    Team,
    Told,
    span_of,
)
from preceptor.insights.delivery_figures.drawing import Small, small
from preceptor.insights.delivery_figures.words import FIGURES
from preceptor.insights.figures.estimates import Estimate, Figure


@dataclass(frozen=True, slots=True)
class Row:
    """A figure in words: before the program, during it; its chart."""

    label: Promise | str
    before: str
    during: str
    chart: SafeString


@dataclass(frozen=True, slots=True)
class Section:
    team: Team
    rows: Sequence[Row]
    weeks: Sequence[tuple[str, Sequence[str]]]
    """Week by week, the newest first: the same as the charts."""


def sections(program: Program, teams: Sequence[Team], until: date) -> Iterator[Section]:
    frame = Frame(program, *span_of(program, until))
    for number, team in enumerate(teams):
        rows = [frame.row(told, f"team{number}-{told.name}") for told in team.figures]
        if team.depth:
            rows += frame.depth(team.depth, f"team{number}")
        yield Section(team, rows, list(_by_week(team)))


@dataclass(frozen=True, slots=True)
class Frame:
    """What all charts of a page share: the program and the span of weeks."""

    program: Program
    first: date
    after: date

    def row(self, told: Told, name: str) -> Row:
        is_share = told.name == "failures"
        label = FIGURES[told.name]
        title = _("%(figure)s, week by week: %(before)s before, %(during)s during.") % {
            "figure": label,
            "before": in_words(told.before, is_share=is_share),
            "during": in_words(told.during, is_share=is_share),
        }
        return Row(
            label=_("Change failures of deployments") if is_share else label,
            before=in_words(told.before, is_share=is_share),
            during=in_words(told.during, is_share=is_share),
            chart=self.chart(title, told.weeks, 7, name, is_share=is_share),
        )

    def depth(self, depth: Depth, name: str) -> list[Row]:
        """Mentoring: there was none of it before."""
        title = _("Sessions a pair in four weeks: %(during)s.") % {
            "during": in_words(depth.sessions)
        }
        apart = PERIOD.days
        chart = self.chart(title, depth.periods, apart, f"{name}-depth")
        none = _("no program")
        return [
            Row(
                _("Mentoring: sessions a pair in four weeks"),
                none,
                in_words(depth.sessions),
                chart,
            ),
            Row(
                _("Mentoring: weeks kept of those due"),
                none,
                in_words(depth.kept, is_share=True),
                mark_safe(""),
            ),
        ]

    def chart(
        self,
        title: str,
        points: Sequence[tuple[date, float]],
        apart: int,
        name: str,
        *,
        is_share: bool = False,
    ) -> SafeString:
        drawn = Small(
            title=title,
            points=points,
            first=self.first,
            last=self.after - timedelta(days=1),
            start=self.program.starts_on,
            begins=_("program begins"),
            most=1.0 if is_share else max((value for _on, value in points), default=1),
            apart=apart,
        )
        svg = small(drawn, percent if is_share else plain, name)
        return mark_safe(svg)  # noqa: S308 # every text is escaped


def in_words(figure: Figure, *, is_share: bool = False) -> str:
    """A number with its interval and n, or why there is none."""
    if not isinstance(figure, Estimate):
        return figure.sentence
    say = percent if is_share else plain
    return _("%(value)s (%(low)s to %(high)s; n = %(n)s)") % {
        "value": say(figure.value),
        "low": say(figure.low),
        "high": say(figure.high),
        "n": figure.n,
    }


def plain(value: float) -> str:
    places = 0 if value >= 100 else 1
    return number_format(round(value, places), decimal_pos=places, use_l10n=True)


def percent(value: float) -> str:
    return f"{value * 100:.0f} %"


def _by_week(team: Team) -> Iterator[tuple[str, Sequence[str]]]:
    told = [dict(one.weeks) for one in team.figures]
    mondays = sorted({monday for one in told for monday in one}, reverse=True)
    for monday in mondays:
        cells = [
            (percent if one.name == "failures" else plain)(values[monday])
            if monday in values
            else "–"
            for one, values in zip(team.figures, told, strict=True)
        ]
        yield written(monday, "j F Y"), cells
