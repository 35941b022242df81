"""What a program costs and what it may return, as ranges and not as one number.

**The formulas.** With `w = months * 52 / 12` weeks and `j` juniors:

- mentors' time: `j * w * mentor_hours * mentor_rate`
- juniors' time: `j * w * junior_hours * junior_rate`
- speed lost at first: `j * slow_months * 52 / 12 * week_hours * slow_share *
  mentor_rate`: what a mentor gets done less for each junior, beyond the hours above
- whatever else it costs: `other_costs`
- return: `j * (left(leave_without) - left(leave_with)) * replace_share * pay`, where
  `left(q) = 1 - (1 - q) ** years` is who leaves within the years if a share `q` of
  those who are there leaves each year
- break-even: how many leavers less pay for it, `cost / (replace_share * pay)`

**The ranges.** Each input is a low, a likely and a high value, and is taken to lie
between them in a triangle (Johnson 1997, *The triangular distribution as a proxy for
the beta distribution in risk analysis*, The Statistician 46: 387-398). 10,000 draws
with a fixed seed give the same figures each time. An input that two lines share has
one value in each draw; inputs are taken to be independent of each other. A range that
is shown runs from the 5th to the 95th percentile of the draws.

An input without a value is nowhere counted as zero: a line that needs it is left out,
and is named as left out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

Numbers = np.typing.NDArray[np.float64]

DRAWS = 10_000
SEED = 20_260
WEEKS_A_MONTH = 52 / 12
SHOWN = (5, 50, 95)
"""The percentiles between which a range is shown, and its middle."""

NAMES = (
    *("juniors", "months"),
    *("mentor_hours", "junior_hours", "mentor_rate", "junior_rate"),
    *("slow_months", "week_hours", "slow_share", "other_costs"),
    *("leave_without", "leave_with", "years", "pay", "replace_share"),
)
"""The inputs, in the order in which a page asks for them."""


class Answer(TypedDict):
    """One input as it is stored: numbers as text, shares as fractions."""

    low: str
    likely: str
    high: str
    source: str


Answers = dict[str, Answer]


@dataclass(frozen=True, slots=True)
class Range:
    """`low <= likely <= high`; all alike where there is no doubt."""

    low: float
    likely: float
    high: float

    @property
    def is_certain(self) -> bool:
        return self.low == self.high


Inputs = Mapping[str, Range]
"""By name; what nobody filled in is missing."""


def inputs_of(answers: Answers) -> dict[str, Range]:
    """What is stored, as numbers; names that are not known any more are left out."""
    return {
        name: Range(float(one["low"]), float(one["likely"]), float(one["high"]))
        for name in NAMES
        if (one := answers.get(name)) is not None
    }


@dataclass(frozen=True, slots=True)
class Spread:
    """Where nine of ten draws lie, and their middle."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Line:
    """A part of the cost or the return; `missing` names the inputs that it lacks."""

    name: str
    spread: Spread | None
    missing: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Swing:
    """What the outcome is with one input low and high, all others at their likely."""

    name: str
    at_low: float
    at_high: float

    @property
    def width(self) -> float:
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from a scenario.

    `cost` is that of the lines that could be counted. `net` is return less cost, and
    `bins` how many draws lie in each of equal steps from `first` on, `step` wide;
    without a return all three are of the cost alone, as is each swing. `chance` is the
    share of draws in which the return is above the cost. `even` is how many leavers
    less the cost is worth.
    """

    lines: Sequence[Line]
    cost: Spread | None
    gain: Line
    leavers: Line
    net: Spread | None
    chance: float | None
    even: Line
    swings: Sequence[Swing]
    bins: Sequence[int]
    first: float
    step: float

    @property
    def has_return(self) -> bool:
        return self.net is not None

    @property
    def left_out(self) -> list[Line]:
        return [line for line in self.lines if line.spread is None]


Values = Mapping[str, "Numbers | float"]
Formula = Callable[[Values], "Numbers | float"]


def _left(share: "Numbers | float", years: "Numbers | float") -> "Numbers | float":
    kept: Numbers | float = (1 - share) ** years
    return 1 - kept


COSTS: Mapping[str, tuple[Sequence[str], Formula]] = {
    "mentors": (
        ("juniors", "months", "mentor_hours", "mentor_rate"),
        lambda v: (
            v["juniors"]
            * v["months"]
            * WEEKS_A_MONTH
            * v["mentor_hours"]
            * v["mentor_rate"]
        ),
    ),
    "juniors": (
        ("juniors", "months", "junior_hours", "junior_rate"),
        lambda v: (
            v["juniors"]
            * v["months"]
            * WEEKS_A_MONTH
            * v["junior_hours"]
            * v["junior_rate"]
        ),
    ),
    "slower": (
        ("juniors", "slow_months", "week_hours", "slow_share", "mentor_rate"),
        lambda v: (
            v["juniors"]
            * v["slow_months"]
            * WEEKS_A_MONTH
            * v["week_hours"]
            * v["slow_share"]
            * v["mentor_rate"]
        ),
    ),
    "other": (("other_costs",), lambda v: v["other_costs"] * 1.0),
}
STAYING = ("juniors", "leave_without", "leave_with", "years")
WORTH = ("replace_share", "pay")


def _leavers(v: Values) -> "Numbers | float":
    """How many leave less; below zero where more leave with the program."""
    without, with_it = (
        _left(v[name], v["years"]) for name in ("leave_without", "leave_with")
    )
    return v["juniors"] * (without - with_it)


def _worth(v: Values) -> "Numbers | float":
    return v["replace_share"] * v["pay"]


def outcome(inputs: Inputs) -> Outcome:
    """What follows from the inputs; nothing of it where they say too little."""
    drawn = _drawn(inputs)
    lines = [_line(name, *COSTS[name], drawn) for name in COSTS]
    counted = [name for name in COSTS if not _missing(COSTS[name][0], inputs)]
    # Without a line it costs nothing that is known, and nothing is compared with it.
    has_cost = bool(counted)
    has_return = has_cost and not _missing((*STAYING, *WORTH), inputs)

    def net(v: Values) -> "Numbers | float":
        cost = sum((COSTS[name][1](v) for name in counted), start=0.0)
        return _leavers(v) * _worth(v) - cost if has_return else cost

    totals = _array(net(drawn)) if has_cost else None
    bins, first, step = _binned(totals)
    return Outcome(
        lines=lines,
        cost=_cost(counted, drawn) if has_cost else None,
        gain=_line(
            "gain", (*STAYING, *WORTH), lambda v: _leavers(v) * _worth(v), drawn
        ),
        leavers=_line("leavers", STAYING, _leavers, drawn),
        net=_spread(totals) if has_return and totals is not None else None,
        chance=_chance(totals) if has_return and totals is not None else None,
        even=_even(counted, drawn, inputs),
        swings=_swings(net, inputs) if has_cost else (),
        bins=bins,
        first=first,
        step=step,
    )


def _cost(counted: Sequence[str], drawn: Values) -> Spread:
    return _spread(_array(sum((COSTS[name][1](drawn) for name in counted), start=0.0)))


def _even(counted: Sequence[str], drawn: Values, inputs: Inputs) -> Line:
    """Leavers less that pay for the cost; nobody's leaving may be worth nothing."""
    missing = _missing(WORTH, inputs)
    if missing or not counted:
        return Line("even", None, missing)
    if min(inputs[name].low for name in WORTH) <= 0:
        return Line("even", None)
    cost = sum((COSTS[name][1](drawn) for name in counted), start=0.0)
    return Line("even", _spread(_array(cost / _worth(drawn))))


def _missing(needed: Sequence[str], known: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(name for name in needed if name not in known)


def _line(name: str, needed: Sequence[str], formula: Formula, drawn: Values) -> Line:
    if missing := _missing(needed, drawn):
        return Line(name, None, missing)
    return Line(name, _spread(_array(formula(drawn))))


def _array(values: "Numbers | float") -> Numbers:
    return np.asarray(values, dtype=np.float64)


def _spread(values: Numbers) -> Spread:
    low, middle, high = (float(one) for one in np.percentile(values, SHOWN))
    return Spread(low, middle, high)


def _chance(totals: Numbers) -> float:
    return float(np.mean(totals > 0))


def _drawn(inputs: Inputs) -> dict[str, Numbers]:
    """Draws of each input, from a stream of its own: none depends on the others."""
    return {
        name: triangular(inputs[name], _stream(number))
        for number, name in enumerate(NAMES)
        if name in inputs
    }


def _stream(number: int) -> Numbers:
    """Even numbers from 0 to 1, the same each time for an input."""
    return np.random.Generator(np.random.PCG64([SEED, number])).random(DRAWS)


def triangular(of: Range, even: Numbers) -> Numbers:
    """By the inverse of the triangle's distribution function, from even numbers."""
    if of.is_certain:
        return np.full_like(even, of.likely)
    width, below = of.high - of.low, of.likely - of.low
    up = of.low + np.sqrt(even * width * below)
    down = of.high - np.sqrt((1 - even) * width * (of.high - of.likely))
    drawn: Numbers = np.where(even < below / width, up, down)
    return drawn


BINS = 32


def _binned(totals: Numbers | None) -> tuple[list[int], float, float]:
    """Draws by steps that meet at zero, so that no bar holds both gain and loss."""
    if totals is None or not totals.size:
        return [], 0.0, 0.0
    low, high = float(totals.min()), float(totals.max())
    if low == high:
        return [], low, 0.0
    step = _round_step((high - low) / BINS)
    first = float(np.floor(low / step))
    last = max(float(np.ceil(high / step)), first + 1)
    edges = np.arange(first, last + 1) * step
    counts, _edges = np.histogram(totals, bins=edges)
    return [int(count) for count in counts], first * step, step


def _round_step(raw: float) -> float:
    """1, 2, 2.5 or 5 times a power of ten, not below what was asked."""
    power = 10.0 ** np.floor(np.log10(raw))
    return float(next(n * power for n in (1, 2, 2.5, 5, 10) if n * power >= raw))


def _swings(net: Formula, inputs: Inputs) -> list[Swing]:
    """Of each input that is not certain, the widest first."""
    likely = {name: one.likely for name, one in inputs.items()}

    def with_one(name: str, value: float) -> float:
        return float(net({**likely, name: value}))

    def all_swings() -> Iterator[Swing]:
        for name in NAMES:
            if name in inputs and not inputs[name].is_certain:
                of = inputs[name]
                yield Swing(name, with_one(name, of.low), with_one(name, of.high))

    moving = (swing for swing in all_swings() if swing.width > 0)
    return sorted(moving, key=lambda swing: -swing.width)
