"""How many flaws neither of two readers saw, and shares with their intervals.

**The estimate.** With `n1` and `n2` flaws seen by either reader and `m` seen by both,
Chapman's estimator of all flaws is `N = (n1 + 1)(n2 + 1) / (m + 1) - 1` (Chapman 1951,
*Some properties of the hypergeometric distribution with applications to zoological
sample censuses*), with the variance `(n1 + 1)(n2 + 1)(n1 - m)(n2 - m) /
((m + 1)^2 (m + 2))` (Seber 1982, *The estimation of animal abundance*, 2nd ed.,
p. 60). With `D = n1 + n2 - m` seen by anybody, `f0 = N - D` is what nobody saw.

**The interval** takes `f0` as log-normal, so that it never falls below what was seen
(Chao 1987, Biometrics 43: 783-791): from `D + f0 / C` to `D + f0 * C`, where
`C = exp(z * sqrt(log(1 + variance / f0^2)))`, with z = 1.645 for 90 %.

**What it can't do.** It takes each flaw to be as easily seen as any other and the two
readers to be independent. Flaws differ, and people who learned alike miss alike, so
that two readers underestimate. `tests/reviews/test_estimates.py` simulates how often
the interval holds the truth; the figures stand in `docs/benchmarks.md`.
"""

import math
from dataclasses import dataclass

Z90, Z95 = 1.6448536269514722, 1.959963984540054
FEWEST = 5


@dataclass(frozen=True, slots=True)
class Estimate:
    """Flaws that somebody saw, and about how many nobody did.

    `low` and `high` bound the unseen ones and are not rounded; what is shown is
    rounded outwards, by `least` and `most`.
    """

    seen: int
    unseen: float
    low: float
    high: float

    @property
    def about(self) -> int:
        """The nearest whole number; halves go up."""
        return math.floor(self.unseen + 0.5)

    @property
    def least(self) -> int:
        return math.floor(self.low)

    @property
    def most(self) -> int:
        return math.ceil(self.high)


def chapman(n1: int, n2: int, shared: int, z: float = Z90) -> Estimate:
    """The estimate from two readings. ValueError where the counts can't be.

    Where one reader saw all that the other did, the estimate of the unseen is 0 and
    its variance too: the interval is that one point.
    """
    if not 0 <= shared <= min(n1, n2):
        raise ValueError(f"{shared} shared of {n1} and {n2}")
    seen = n1 + n2 - shared
    unseen = (n1 + 1) * (n2 + 1) / (shared + 1) - 1 - seen
    if shared in (n1, n2):
        return Estimate(seen, 0.0, 0.0, 0.0)
    width = math.exp(z * math.sqrt(math.log1p(variance(n1, n2, shared) / unseen**2)))
    return Estimate(seen, unseen, unseen / width, unseen * width)


def variance(n1: int, n2: int, shared: int) -> float:
    """Seber's variance of Chapman's estimator."""
    return (
        (n1 + 1) * (n2 + 1) * (n1 - shared) * (n2 - shared)
        / ((shared + 1) ** 2 * (shared + 2))
    )  # fmt: skip


def unseen_by_both(one: int, other: int, both: int) -> Estimate | None:
    """From flaws that only one, only the other, and both saw.

    None where there is no basis for a number: no overlap, or fewer than five flaws.
    """
    if both == 0 or one + other + both < FEWEST:
        return None
    return chapman(one + both, other + both, both)


@dataclass(frozen=True, slots=True)
class Share:
    """Hits of n, as a fraction with an interval."""

    hits: float
    n: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.hits / self.n


def wilson(hits: float, n: int, z: float = Z95) -> Share | None:
    """A share with Wilson's score interval, 95 % unless said; None without any n.

    Wilson 1927, JASA 22: 209-212. `hits` may be a sum of values between 0 and 1: their
    variance is at most that of a share with the same mean, so the interval is then
    rather too wide than too narrow.
    """
    if n == 0:
        return None
    p, z2 = hits / n, z * z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = z / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return Share(
        hits, n, max(0.0, min(p, middle - half)), min(1.0, max(p, middle + half))
    )
