"""What a run answers, as data; the sentences are made where they are shown."""

from msgspec import Struct

from pairings.matching.rules import Criterion, Rule


class Part(Struct, frozen=True, array_like=True):
    """One criterion of a pair: its share in [0, 1] and its weight; None if left out."""

    criterion: Criterion
    share: float | None
    weight: int


class Facts(Struct, frozen=True, array_like=True):
    """What the sentences of a pair are made of.

    `skills` are (skill, priority, strength) that the junior wants, 0 for a strength
    that the mentor lacks; `completed` the most pairings in one of them; `rank` the
    junior's choice from 1. Seats are those before the run, None without a limit.
    """

    skills: tuple[tuple[int, int, int], ...]
    is_same_team: bool
    areas: tuple[str, ...]
    shared_minutes: int
    languages: tuple[str, ...]
    rank: int | None
    free_seats: int | None
    seats: int | None
    completed: int


class Pair(Struct, frozen=True, array_like=True):
    """A proposed pair by ids. `broken` are the hard rules that it does not keep.

    A pinned pair may break any; another only the one that gives way last, and then
    `relaxed` names it.
    """

    junior: int
    mentor: int
    score: int
    is_pinned: bool
    relaxed: Rule | None
    broken: tuple[Rule, ...]
    parts: tuple[Part, ...]
    facts: Facts


class Barrier(Struct, frozen=True, array_like=True):
    """One rule against one junior: how many mentors it removes, how many alone.

    `nearest` is the best-scored mentor whom this rule alone removes; for overlap and
    tenure the one who misses it by least, and `value` what they have in minutes or
    months.
    """

    rule: Rule
    removes: int
    alone: int
    nearest: int | None
    value: int | None


class Unplaced(Struct, frozen=True, array_like=True):
    """A junior without a mentor. `reason` leaves none, or takes the last seat.

    Where mentors are eligible but full it is HEADS or HOURS, whichever limits most of
    them; else the rule that removes most mentors alone, then most at all, then first
    in the order of `Rule`; None without any mentor.
    """

    junior: int
    reason: Rule | None
    eligible: int
    barriers: tuple[Barrier, ...]


class Figures(Struct, frozen=True, array_like=True):
    """An outcome in numbers, pins among them. `counts[s]` are pairs with score s."""

    placed: int
    relaxed: int
    total: int
    lowest: int | None
    counts: tuple[int, ...]


class Proved(Struct, frozen=True, array_like=True):
    """One level (see `levels`): what the outcome costs there, and what none undercuts.

    The bound comes from the prices of the seats, by weak duality: see `network`.
    """

    level: str
    cost: int
    bound: int


class Outcome(Struct, frozen=True, array_like=True):
    """The answer of a run. Pairs and unplaced are in the order of the juniors' ids.

    `best_total` is proved to be the highest that any outcome with as many juniors
    placed can reach; the aim `FAIR` may stay below it. `greedy` is what going down the
    list of juniors would have given. `both_sides` are persons who stand on both.
    """

    version: int
    pairs: tuple[Pair, ...]
    unplaced: tuple[Unplaced, ...]
    figures: Figures
    best_total: int
    greedy: Figures
    proved: tuple[Proved, ...]
    both_sides: tuple[int, ...]

    @property
    def gap(self) -> int:
        """How far the outcome is from its bound, over all levels: 0, and checked."""
        return sum(one.cost - one.bound for one in self.proved)
