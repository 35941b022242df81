"""What the page of a scenario says: the outcome in words, tables and pictures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import floor, log10

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from preceptor.insights.models import Scenario
from preceptor.insights.returns import drawing
from preceptor.insights.returns.inputs import INPUTS, LINES, Unit
from preceptor.insights.returns.model import (
    DRAWS,
    Line,
    Outcome,
    Range,
    Spread,
    inputs_of,
    outcome,
)

Words = Callable[[float], str]
DIGITS = 3
"""Significant digits of an amount: more would say more than is known."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of the table: what it is, its range in words, or what it lacks."""

    label: Promise | str
    low: str
    middle: str
    high: str
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """An input with its ends, and the outcome at each."""

    label: Promise
    low: str
    high: str
    at_low: str
    at_high: str


class Result:
    """A scenario reckoned through, once."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.inputs = inputs_of(scenario.inputs)
        self.outcome: Outcome = outcome(self.inputs)
        self.draws = number_format(DRAWS, use_l10n=True, force_grouping=True)

    @property
    def currency(self) -> str:
        return self.scenario.currency

    @property
    def costs(self) -> list[Shown]:
        return [self._shown(line) for line in self.outcome.lines]

    @property
    def total(self) -> Shown | None:
        cost = self.outcome.cost
        return self._spread(_("Cost in total"), cost) if cost else None

    @property
    def returns(self) -> list[Shown]:
        """Leavers less, what that saves, and what is left of it."""
        rows = [
            self._shown(self.outcome.leavers, self.count),
            self._shown(self.outcome.gain),
        ]
        if self.outcome.net:
            rows.append(self._spread(_("Return less cost"), self.outcome.net))
        return rows

    @property
    def even(self) -> Shown:
        return self._shown(self.outcome.even, self.count)

    @property
    def chance(self) -> str:
        """In how many draws of a hundred the return is above the cost."""
        chance = self.outcome.chance
        return "" if chance is None else f"{chance * 100:.0f} %"

    @property
    def moved(self) -> list[Moved]:
        return [
            Moved(
                label=INPUTS[swing.name].label,
                low=self.said(swing.name, self.inputs[swing.name].low),
                high=self.said(swing.name, self.inputs[swing.name].high),
                at_low=self.money(swing.at_low),
                at_high=self.money(swing.at_high),
            )
            for swing in self.outcome.swings
        ]

    @property
    def certain(self) -> list[tuple[Promise, str]]:
        """Inputs that have one value and so move nothing."""
        return [
            (INPUTS[name].label, self.said(name, of.likely))
            for name, of in self.inputs.items()
            if of.is_certain
        ]

    @property
    def spread_title(self) -> str:
        spread = self.outcome.net or self.outcome.cost
        if spread is None:
            return ""
        words = {
            "low": self.money(spread.low),
            "middle": self.money(spread.middle),
            "high": self.money(spread.high),
        }
        if self.outcome.net:
            text = _(
                "Return less cost lies between %(low)s and %(high)s in nine of ten "
                "draws, with %(middle)s in the middle."
            )
        else:
            text = _(
                "The cost lies between %(low)s and %(high)s in nine of ten draws, with "
                "%(middle)s in the middle."
            )
        return text % words

    @cached_property
    def spread_chart(self) -> SafeString:
        of = self.outcome
        spread = of.net or of.cost
        if spread is None:
            return mark_safe("")
        picture = drawing.Histogram(
            title=self.spread_title,
            bins=of.bins,
            first=of.first,
            step=of.step,
            middle=spread.middle,
            zero=_("break-even") if of.net else _("nothing"),
            half=_("the middle"),
        )
        svg = drawing.histogram(picture, short, "spread")
        return mark_safe(svg)  # noqa: S308 # every text is escaped

    @property
    def swing_title(self) -> str:
        if not self.outcome.swings:
            return ""
        words = {"name": INPUTS[self.outcome.swings[0].name].label}
        if self.outcome.net:
            text = _("Return less cost depends most on this: %(name)s.")
        else:
            text = _("The cost depends most on this: %(name)s.")
        return text % words

    @cached_property
    def swing_chart(self) -> SafeString:
        bars = [
            drawing.Bar(
                name=str(INPUTS[swing.name].label),
                at_low=swing.at_low,
                at_high=swing.at_high,
                low=self.said(swing.name, self.inputs[swing.name].low),
                high=self.said(swing.name, self.inputs[swing.name].high),
            )
            for swing in self.outcome.swings
        ]
        svg = drawing.tornado(bars, self.swing_title, short, "swing")
        return mark_safe(svg)  # noqa: S308 # every text is escaped

    def _shown(self, line: Line, words: Words | None = None) -> Shown:
        label = LINES[line.name]
        if line.spread is None:
            return Shown(label, "", "", "", missing=missing(line))
        return self._spread(label, line.spread, words)

    def _spread(
        self, label: Promise | str, spread: Spread, words: Words | None = None
    ) -> Shown:
        say = words or self.money
        return Shown(label, say(spread.low), say(spread.middle), say(spread.high))

    def money(self, value: float) -> str:
        return f"{self.currency} {amount(value)}"

    def count(self, value: float) -> str:
        return number_format(round(value, 1), decimal_pos=1, use_l10n=True)

    def said(self, name: str, value: float) -> str:
        """An input's value with its unit."""
        unit = INPUTS[name].unit
        if unit is Unit.SHARE:
            return f"{_plain(value * 100)} %"
        if unit is Unit.MONEY:
            return f"{self.currency} {_plain(value)}"
        return _plain(value)

    @property
    def rows(self) -> Sequence[tuple[Promise, Range | None, str, str]]:
        """Every input for who may only read: label, values in words, and source."""
        return [
            (of.label, self.inputs.get(name), self._in_words(name), self._source(name))
            for name, of in INPUTS.items()
        ]

    def _in_words(self, name: str) -> str:
        of = self.inputs.get(name)
        if of is None:
            return ""
        ends = [of.likely] if of.is_certain else [of.low, of.likely, of.high]
        return " – ".join(self.said(name, one) for one in ends)

    def _source(self, name: str) -> str:
        return self.scenario.inputs.get(name, {"source": ""})["source"]


def missing(line: Line) -> str:
    """What is to be filled in before a line can be reckoned."""
    if not line.missing:
        return _("It would be divided by nothing.")
    names = ", ".join(str(INPUTS[name].label) for name in line.missing)
    return _("not counted, for want of: %(names)s") % {"names": names}


def amount(value: float) -> str:
    """With three significant digits and thousands set apart."""
    if not value:
        return "0"
    places = DIGITS - 1 - floor(log10(abs(value)))
    rounded = round(value, min(places, 2))
    return number_format(
        rounded, decimal_pos=max(min(places, 2), 0), use_l10n=True, force_grouping=True
    ).replace("-", "−")


def short(value: float) -> str:
    """For an axis: `1.5 m`, `250 k`."""
    for size, letter in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g} {letter}".replace("-", "−")
    return f"{value:g}".replace("-", "−")


def _plain(value: float) -> str:
    digits = f"{value:.3f}".rstrip("0").rstrip(".")
    places = len(digits.partition(".")[2])
    return number_format(
        round(value, 3), decimal_pos=places, use_l10n=True, force_grouping=True
    )
