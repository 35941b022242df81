"""Numbers with their n and interval, or a sentence why there is none.

**People, not sessions, are the sample.** The weeks of one pair go alike, and so do the
flaws that one junior meets. So every interval takes whole clusters (a pair, a junior or
a mentor) as drawn independently, never what happened within one. With `m` clusters
that have `x_i` of `n_i`:

- *A ratio* is `r = sum(x) / sum(n)`, with the linearised variance
  `m / (m - 1) * sum((x_i - r n_i)^2) / sum(n)^2` (Cochran 1977, *Sampling Techniques*,
  3rd ed., eq. 6.13, without the correction for finite populations), and the quantile
  of Student's t with `m - 1` degrees of freedom.
- *A share* is the same ratio. Its interval is Wilson's score interval (1927, JASA 22:
  209-212) with the effective n, which is `n` over the design effect, the variance above
  over `r (1 - r) / n`, never taken below 1; and with the same t in place of z (Korn and
  Graubard 1998, Survey Methodology 24: 193-201; Dean and Pagano 2015, Journal of Survey
  Statistics and Methodology 3: 484-503). Where all or none were hits the clusters
  don't differ and say nothing of the design effect: then the effective n is `m`.

`tests/insights/figures/test_estimates.py` simulates how often they hold the truth.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from scipy.special import stdtrit

FEWEST_CLUSTERS = 3
"""Of fewer pairs, juniors or mentors no interval says anything."""

Part = tuple[Hashable, float, float]
"""The cluster that something belongs to, its hits or amount, and of how many."""


class Reason(models.TextChoices):
    """Why a number is not shown, as a sentence."""

    OPEN = (
        "open",
        _("It is counted once all months of the quarter are closed."),
    )
    NOTHING = "nothing", _("Nothing of it happened in these months.")
    FEW = (
        "few",
        _("Fewer than three took part: their own rows say more than an average."),
    )
    CROWD = (
        "crowd",
        _(
            "Fewer than five juniors stand behind it, or all but one of them have the "
            "same mentor: a share would say something of one person."
        ),
    )
    COHORT = (
        "cohort",
        _("Fewer than ten people began in it: a curve would say who of them left."),
    )
    YOUNG = "young", _("Too few of it are looked at up to the next point of a curve.")
    MENTORS = (
        "mentors",
        _("Averages of fewer than three mentors were released in these months."),
    )


@dataclass(frozen=True, slots=True)
class Withheld:
    reason: Reason

    is_shown = False

    @property
    def sentence(self) -> str:
        return str(self.reason.label)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 95 % interval; a share is a fraction.

    `n` is what was counted (weeks, flaws), `clusters` from how many pairs, juniors or
    mentors it came, which is what the interval goes by.
    """

    value: float
    low: float
    high: float
    n: int
    clusters: int

    is_shown = True


Figure = Estimate | Withheld


def share(parts: Iterable[Part]) -> Figure:
    """Hits of n over all clusters. Hits may be sums of values between 0 and 1."""
    sums = _summed(parts)
    found = _known(sums)
    if isinstance(found, Withheld):
        return found
    value, n, m = found, sum(own for _hits, own in sums), len(sums)
    spread = value * (1 - value) / n
    effect = _variance(sums, value) / spread if spread > 0 else n / m
    effective = n / max(effect, 1.0)
    interval = wilson_of(value, effective, _t(m))
    return Estimate(value, *interval, round(n), m)


def wilson_of(value: float, n: float, z: float) -> tuple[float, float]:
    """Wilson's interval of a share, for an n that need not be whole."""
    z2 = z * z
    middle = (value + z2 / (2 * n)) / (1 + z2 / n)
    half = z / (1 + z2 / n) * math.sqrt(value * (1 - value) / n + z2 / (4 * n * n))
    return max(0.0, min(value, middle - half)), min(1.0, max(value, middle + half))


def ratio(parts: Iterable[Part], *, count: int | None = None) -> Figure:
    """An amount of n, such as minutes a session; neither end falls below 0.

    `count` is the n to tell, where that of the parts is not a number of things.
    """
    sums = _summed(parts)
    found = _known(sums)
    if isinstance(found, Withheld):
        return found
    n, m = sum(own for _amount, own in sums), len(sums)
    half = _t(m) * math.sqrt(_variance(sums, found))
    told = round(n) if count is None else count
    return Estimate(found, max(found - half, 0.0), found + half, told, m)


def _summed(parts: Iterable[Part]) -> list[tuple[float, float]]:
    """What each cluster has, of how many; those with nothing to count are none."""
    amounts: dict[Hashable, float] = defaultdict(float)
    counts: dict[Hashable, float] = defaultdict(float)
    for cluster, amount, n in parts:
        amounts[cluster] += amount
        counts[cluster] += n
    return [(amounts[key], n) for key, n in counts.items() if n > 0]


def _known(sums: list[tuple[float, float]]) -> float | Withheld:
    """The ratio, if there are enough clusters to say how sure it is."""
    if not sums:
        return Withheld(Reason.NOTHING)
    if len(sums) < FEWEST_CLUSTERS:
        return Withheld(Reason.FEW)
    return sum(amount for amount, _n in sums) / sum(n for _amount, n in sums)


def _variance(sums: list[tuple[float, float]], value: float) -> float:
    """Cochran's, of the ratio of two sums over clusters."""
    m, n = len(sums), sum(own for _amount, own in sums)
    squares = sum((amount - value * own) ** 2 for amount, own in sums)
    return m / (m - 1) * squares / (n * n)


def _t(clusters: int) -> float:
    return float(stdtrit(clusters - 1, 0.975))
