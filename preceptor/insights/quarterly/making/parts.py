"""What the reports of a program and of an organisation both have."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pairings.models import Program
from preceptor.accounts.models import Organisation
from preceptor.insights.figures.estimates import Figure, Withheld
from preceptor.insights.figures.quarters import Quarter
from preceptor.insights.figures.retention import Curve as Survival
from preceptor.insights.figures.retention import Retention, last_counted, retention
from preceptor.insights.models import Scenario
from preceptor.insights.quarterly.document import (
    MONEY,
    NUMBER,
    SHARE,
    Curve,
    Line,
    Part,
    Point,
)
from preceptor.insights.returns.inputs import LINES
from preceptor.insights.returns.model import Spread, inputs_of, outcome
from preceptor.insights.returns.pages import missing


def figure(label: str, of: Figure, unit: str = NUMBER) -> Line:
    if isinstance(of, Withheld):
        return Line(label, unit, note=of.sentence)
    return Line(label, unit, of.value, of.low, of.high, of.n, of.clusters)


def stays_in(
    organisation: Organisation,
    programs: Sequence[Program],
    quarter: Quarter,
    now: datetime,
) -> Retention:
    """As of the last day of the quarter, if its months are closed by then."""
    last = quarter.after - timedelta(days=1)
    closed = last_counted(now, ZoneInfo(organisation.time_zone))
    return retention(programs, min(last, closed))


def staying(stays: Retention) -> Part:
    shown = [_curve(curve) for curve in stays.curves]
    lead = _(
        "The share of a cohort’s juniors who are still with the company, by months "
        "since their first pairing (Kaplan and Meier, 95 %% intervals), as of %(day)s."
    )
    return Part(
        _("With the company"),
        lead=lead % {"day": stays.last_on.isoformat()},
        curves=tuple(shown),
        lines=tuple(_last(curve) for curve in shown),
        of=_("cohorts"),
    )


def _curve(of: Survival) -> Curve:
    """One that is not past its beginning yet says nothing."""
    if isinstance(of.company, Withheld):
        return Curve(of.name, of.people, note=of.company.sentence)
    points = tuple(
        Point(one.month, one.at_risk, one.share.value, one.share.low, one.share.high)
        for one in of.company
    )
    if not points or not points[-1].month:
        early = _("Too few of it are past their first half year to say.")
        return Curve(of.name, of.people, note=early)
    return Curve(of.name, of.people, points)


def _last(curve: Curve) -> Line:
    """How it stands at the end of a curve."""
    if not curve.points:
        return Line(curve.name, SHARE, note=curve.note)
    end = curve.points[-1]
    label = ngettext(
        "%(name)s, after %(n)s month",
        "%(name)s, after %(n)s months",
        end.month,
    ) % {"name": curve.name, "n": end.month}
    return Line(
        label, SHARE, end.value, end.low, end.high, end.at_risk, clusters=curve.people
    )


def returns(organisation: int, program: Program | None) -> Part:
    """By the scenario that was saved last."""
    rows = Scenario.objects.filter(organisation=organisation, program=program)
    scenario = rows.order_by("-saved_at", "-pk").first()
    title = _("Cost and return")
    if scenario is None:
        return Part(title, foot=_("No scenario is saved."))
    lines = _outcome(scenario)
    lead = _("Scenario “%(name)s”: where nine of ten draws lie, and their middle.")
    return Part(
        title,
        lead=lead % {"name": scenario.name},
        lines=tuple(lines),
        foot=_(
            "It rests on what was put in, and can’t show that the program makes "
            "anybody stay."
        ),
    )


def _outcome(scenario: Scenario) -> Iterator[Line]:
    found = outcome(inputs_of(scenario.inputs))

    def amount(label: str, spread: Spread | None, note: str, unit: str = MONEY) -> Line:
        if spread is None:
            return Line(label, unit, note=note)
        ends = (spread.middle, spread.low, spread.high)
        return Line(label, unit, *ends, currency=scenario.currency)

    for line in (*found.lines, found.gain):
        yield amount(str(LINES[line.name]), line.spread, missing(line))
    yield amount(_("Return less cost"), found.net, missing(found.gain))
    even = found.even
    yield amount(str(LINES["even"]), even.spread, missing(even), NUMBER)
