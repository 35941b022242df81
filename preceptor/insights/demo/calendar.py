"""On which days a pair of the story met."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from preceptor.insights.demo.cast import Fate

WEEKS_KEPT = 0.84
FULL_SHARE = 0.75
# How many weeks ago the sittings stopped.
QUIET_WEEKS: dict[Fate, int] = {"stalled": 6, "paused": 11}
PAUSE = timedelta(weeks=20)


@dataclass(frozen=True)
class Sitting:
    """A day on which a pair met, over a change or only logged afterwards."""

    held_on: date
    is_full: bool


def sittings(
    span: tuple[date, date], today: date, fate: Fate, changes_left: int, rng: Random
) -> list[Sitting]:
    """The past sittings of a pairing, at most one a week, oldest first.

    `span` is the half-open range of the pairing's days. No more sittings are full
    than there are changes left, and the last one always is. The last week is kept:
    who is behind is told by the fate, not by chance.
    """
    last = min(span[1], today - timedelta(weeks=QUIET_WEEKS.get(fate, 0)))
    weekday = rng.randrange(1, 5)
    first = span[0] + timedelta(days=(weekday - span[0].weekday()) % 7)
    weeks = max(0, -((first - last).days // 7))
    days = [first + timedelta(weeks=week) for week in range(weeks)]
    kept = [day for day in days if rng.random() < WEEKS_KEPT or day == days[-1]]
    if not kept:
        return []
    full_count = min(changes_left, max(1, round(FULL_SHARE * len(kept))))
    full = {kept[-1], *rng.sample(kept[:-1], full_count - 1)}
    return [Sitting(day, day in full) for day in kept]
