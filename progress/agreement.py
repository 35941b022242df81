"""How far two people agree in levels: Cohen's kappa with quadratic weights.

Pairs of levels in, plain numbers out. Source: J. Cohen, Weighted kappa, Psychological
Bulletin 70 (1968). The interval is that of the jackknife on Fisher's scale: J. W.
Tukey, Bias and confidence in not quite large samples, Annals of Mathematical Statistics
29 (1958), with R. A. Fisher's inverse hyperbolic tangent and Student's t.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atanh, sqrt, tanh

FEWEST = 10
"""So many competencies both have rated before there is a figure."""

Z = 1.959963984540054
"""The normal quantile of a 95 % interval."""

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Agreement:
    """`value` in (-1, 1): 1 is the same throughout, 0 no more than by chance.

    `low` and `high` are a 95 % interval.
    """

    n: int
    value: float
    low: float
    high: float


def agreement(pairs: Sequence[Pair]) -> Agreement | None:
    """Over the levels of competencies that both rated; None where it says nothing.

    That is below ten of them, where one of the two gave the same level to all, which
    leaves nothing to agree in, and at the ends of the scale, which have no interval.
    """
    if len(pairs) < FEWEST:
        return None
    value, error = weighted_kappa(pairs), standard_error(pairs)
    if value is None or not error or abs(value) == 1:
        return None
    middle, reach = atanh(value), student(len(pairs) - 1) * error / (1 - value**2)
    return Agreement(len(pairs), value, tanh(middle - reach), tanh(middle + reach))


@dataclass(frozen=True, slots=True)
class _Sums:
    """What kappa follows from, in whole numbers."""

    n: int
    ones: int
    others: int
    squares: int
    distance: int

    def without(self, one: int, other: int) -> "_Sums":
        return _Sums(
            self.n - 1,
            self.ones - one,
            self.others - other,
            self.squares - one**2 - other**2,
            self.distance - (one - other) ** 2,
        )

    @property
    def kappa(self) -> float | None:
        """1 - observed ÷ expected squared distance; None where none is expected."""
        expected = self.n * self.squares - 2 * self.ones * self.others
        return 1 - self.n * self.distance / expected if expected else None


def _sums(pairs: Sequence[Pair]) -> _Sums:
    return _Sums(
        len(pairs),
        sum(one for one, _ in pairs),
        sum(other for _, other in pairs),
        sum(one**2 + other**2 for one, other in pairs),
        sum((one - other) ** 2 for one, other in pairs),
    )


def weighted_kappa(pairs: Sequence[Pair]) -> float | None:
    """None where both gave one and the same level to all."""
    return _sums(pairs).kappa


def standard_error(pairs: Sequence[Pair]) -> float | None:
    """By leaving out each pair in turn; None where what is left says nothing."""
    sums, n = _sums(pairs), len(pairs)
    left = [sums.without(*pair).kappa for pair in pairs]
    known = [value for value in left if value is not None]
    if len(known) < n:
        return None
    mean = sum(known) / n
    return sqrt((n - 1) / n * sum((value - mean) ** 2 for value in known))


def student(freedom: int) -> float:
    """The 97.5 % quantile of Student's t, by its series in 1 ÷ freedom (Fisher 1926).

    Within 0.0005 from nine degrees of freedom on.
    """
    second = (Z**3 + Z) / 4
    third = (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96
    fourth = (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384
    return Z + second / freedom + third / freedom**2 + fourth / freedom**3
