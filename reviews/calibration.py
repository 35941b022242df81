"""How well somebody's confidences fit what came out: for their eyes alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reviews.estimates import Share, wilson

FEWEST = 5
# Inclusive fractions between which confidences are counted together.
BANDS = ((0.0, 0.2), (0.21, 0.49), (0.5, 0.5), (0.51, 0.79), (0.8, 1.0))


@dataclass(frozen=True, slots=True)
class Judged:
    """A confidence, as a fraction that the change was safe, and whether it was."""

    confidence: float
    was_safe: bool

    @property
    def was_right(self) -> bool | None:
        """Whether it leaned the right way; None for a coin toss."""
        if self.confidence == 0.5:
            return None
        return (self.confidence > 0.5) == self.was_safe


@dataclass(frozen=True, slots=True)
class Band:
    """Sessions with a confidence from `low` to `high`, `said` on average.

    `safe` is what of them was.
    """

    low: float
    high: float
    said: float
    safe: Share


def bands(judged: Iterable[Judged]) -> list[Band]:
    """Those bands in which there is a session, from unsafe to safe."""
    rows = list(judged)
    found = []
    for low, high in BANDS:
        own = [one for one in rows if low <= round(one.confidence, 2) <= high]
        if share := wilson(sum(one.was_safe for one in own), len(own)):
            said = sum(one.confidence for one in own) / len(own)
            found.append(Band(low, high, said, share))
    return found


def brier(judged: Sequence[Judged]) -> Share | None:
    """The mean squared distance from what came out; None for fewer than five.

    0 is perfect, and 0.25 is what 50 % every time earns (Brier 1950, Monthly Weather
    Review 78: 1-3).
    """
    if len(judged) < FEWEST:
        return None
    errors = [(one.confidence - one.was_safe) ** 2 for one in judged]
    return wilson(sum(errors), len(errors))
