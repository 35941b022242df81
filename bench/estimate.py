"""How often the interval of the estimate holds the truth, by simulation.

python -m bench.estimate
"""

import sys
from dataclasses import dataclass
from random import Random

from bench.results import Result, as_table
from reviews.estimates import unseen_by_both

FLAWS = (8, 12, 20)
DETECTABILITY = (0.3, 0.5, 0.7)
FLOOR = 0.85
SESSIONS = 20_000


@dataclass(frozen=True, slots=True)
class Coverage:
    """Shares of simulated sessions: intervals that hold; sessions with a number.

    `holds` is out of those with a number; `bias` is the mean error of the estimate
    of all flaws there, in flaws.
    """

    flaws: int
    chance: float
    holds: float
    has_number: float
    bias: float


def simulate(
    flaws: int, chance: float, *, spread: float = 0.0, sessions: int = SESSIONS
) -> Coverage:
    """Two readers who see each flaw with `chance`, give or take `spread`, alone.

    A spread makes half of the flaws easier by it and half harder, for both readers.
    """
    rng = Random(f"{flaws} {chance} {spread}")
    held = numbers = 0
    error = 0.0
    for _session in range(sessions):
        counts = [0, 0, 0, 0]
        for flaw in range(flaws):
            p = chance + (spread if flaw % 2 else -spread)
            counts[(rng.random() < p) + 2 * (rng.random() < p)] += 1
        neither, one, other, both = counts
        estimate = unseen_by_both(one, other, both)
        if estimate is not None:
            numbers += 1
            held += estimate.least <= neither <= estimate.most
            error += estimate.unseen - neither
    return Coverage(flaws, chance, held / numbers, numbers / sessions, error / numbers)


def measure_estimate() -> list[Result]:
    """Coverage by number of flaws and chance to see one; bias where flaws differ."""
    results = []
    for flaws in FLAWS:
        for chance in DETECTABILITY:
            one = simulate(flaws, chance)
            name = f"estimate: {flaws} flaws, each seen with {chance:.0%}"
            aims = flaws == 20 and chance >= 0.5
            results += [
                Result(
                    f"{name}: interval holds",
                    one.holds * 100,
                    "% of sessions with a number",
                    f"at least {FLOOR:.0%}" if aims else "",
                    one.holds >= FLOOR if aims else None,
                ),
                Result(f"{name}: has a number", one.has_number * 100, "% of sessions"),
            ]
    for spread in (0.0, 0.3):
        one = simulate(20, 0.5, spread=spread)
        name = f"estimate: 20 flaws, seen with 50% ± {spread:.0%}"
        results += [
            Result(f"{name}: interval holds", one.holds * 100, "% of sessions"),
            Result(f"{name}: mean error", one.bias, "flaws"),
        ]
    return results


if __name__ == "__main__":
    sys.stdout.write(as_table(measure_estimate()))
