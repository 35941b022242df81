"""How long people stay: product-limit curves and competing ends. Plain numbers.

With `n` at risk just before a day on which `d` left:

- *Kaplan–Meier* (1958, JASA 53: 457-481): `S = prod(1 - d / n)`. Its interval is
  Greenwood's variance on the log(-log) scale (Kalbfleisch and Prentice 1980), which
  stays between 0 and 1. As long as nobody has left that variance says nothing: then the
  lower end is Clopper and Pearson's for no event among those still at risk.
- *Aalen–Johansen* (1978, Scandinavian Journal of Statistics 5: 141-150): where one end
  keeps the other from happening, the share that met with cause k is
  `F_k = sum(S_before * d_k / n)`. One minus Kaplan–Meier with the other cause taken
  as censored would be the share in a world in which nobody could meet with that. Its
  variance is the delta method's (Marubini and Valsecchi 1995, *Analysing Survival
  Data*, p. 341), the interval on the log(-log) scale.
- *Logrank* over any number of groups (Mantel 1966; Peto and Peto 1972, Journal of the
  Royal Statistical Society A 135: 185-207): chi-square over the groups less one.

`tests/insights/figures/test_survival.py` holds them against scipy and against what
they are without censoring.
"""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

Z95 = 1.959963984540054
STAYED = 0
"""The cause of who is still there when last looked at."""

Life = tuple[int, int]
"""Days until an end or until last looked at, and the cause, 0 for none."""


@dataclass(frozen=True, slots=True)
class Step:
    """From `day` on; `value` lies between `low` and `high` with 95 %."""

    day: int
    at_risk: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Logrank:
    statistic: float
    groups: int
    p: float


def at_risk(lives: Sequence[Life], day: int) -> int:
    """Who is looked at on a day and has not left before it."""
    return sum(days >= day for days, _cause in lives)


def kaplan_meier(lives: Sequence[Life], z: float = Z95) -> list[Step]:
    """The share that stays, whatever cause ends it; a step a day on which one left."""
    share, spread, steps = 1.0, 0.0, []
    for day, n, of_cause in _days(lives):
        left = of_cause.total()
        share *= 1 - left / n
        spread += left / (n * (n - left)) if n > left else math.inf
        steps.append(Step(day, n, share, *_around(share, spread * share**2, z)))
    return steps


def aalen_johansen(lives: Sequence[Life], cause: int, z: float = Z95) -> list[Step]:
    """The share that met with a cause; a step a day on which anybody left."""
    rows = list(_days(lives))
    before, share, seen, steps = 1.0, 0.0, [], []
    for day, n, of_cause in rows:
        own, left = of_cause[cause], of_cause.total()
        share += before * own / n
        seen.append((n, left, own, before, share))
        variance = _spread(seen, share)
        steps.append(Step(day, n, share, *_around(share, variance, z)))
        before *= 1 - left / n
    return steps


def value_on(steps: Sequence[Step], day: int) -> Step | None:
    """The last step up to a day; None before the first."""
    place = bisect_right([step.day for step in steps], day)
    return steps[place - 1] if place else None


def no_event(people: int) -> float:
    """The least share that stays, if of so many nobody left: Clopper and Pearson's."""
    return float(0.025 ** (1 / people))


def logrank(groups: Sequence[Sequence[Life]]) -> Logrank | None:
    """Whether groups leave alike; None where nobody left, or there is one group."""
    count = len(groups)
    excess, covariance = np.zeros(count), np.zeros((count, count))
    for day, n, of_cause in _days([life for lives in groups for life in lives]):
        own = np.array([at_risk(lives, day) for lives in groups], dtype=float)
        gone = [sum(d == day and c != STAYED for d, c in lives) for lives in groups]
        left, parts = of_cause.total(), own / n
        excess += np.array(gone) - left * parts
        if n > 1:
            weight = left * (n - left) / (n - 1)
            covariance += weight * (np.diag(parts) - np.outer(parts, parts))
    if count < 2 or not covariance.any():
        return None
    # One group follows from the others.
    most = excess[:-1] @ np.linalg.pinv(covariance[:-1, :-1]) @ excess[:-1]
    return Logrank(float(most), count, float(chdtrc(count - 1, most)))


def _days(lives: Sequence[Life]) -> list[tuple[int, int, Counter[int]]]:
    """Each day on which somebody left: who was at risk, and how many by cause."""
    ends: dict[int, Counter[int]] = {}
    for day, cause in lives:
        if cause != STAYED:
            ends.setdefault(day, Counter())[cause] += 1
    times = sorted(days for days, _cause in lives)
    whole = len(times)
    found = []
    for day in sorted(ends):
        gone = bisect_right(times, day - 1)
        found.append((day, whole - gone, ends[day]))
    return found


def _spread(seen: Sequence[tuple[int, int, int, float, float]], now: float) -> float:
    """Marubini and Valsecchi's variance of the share that met with a cause by now."""
    total = 0.0
    for n, left, own, before, share in seen:
        rest = now - share
        if n > left:
            total += rest * rest * left / (n * (n - left))
        total += before * before * own * (n - own) / n**3
        total -= 2 * rest * before * own / (n * n)
    return max(total, 0.0)


def _around(share: float, variance: float, z: float) -> tuple[float, float]:
    """Both ends on the log(-log) scale; at 0 and 1 that says nothing.

    A sum that is 1 but for its rounding is 1.
    """
    if not 0 < share < 1 or math.isclose(share, 1) or not math.isfinite(variance):
        return (0.0, share) if share > 0 else (0.0, 0.0)
    width = z * math.sqrt(variance) / abs(share * math.log(share))
    ends = share ** math.exp(width), share ** math.exp(-width)
    return min(ends), max(ends)
