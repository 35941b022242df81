"""Who is to be paired: the typed input of a run.

Every id is a whole number that the caller chose; `id` names the place in the program
and `person` whoever holds it, so that somebody on both sides is one person.
"""

from collections.abc import Mapping

from msgspec import Struct

DAY = 24 * 60

Span = tuple[int, int]
"""Half-open minutes of the UTC day, `0 <= start < end <= 1440`; a night is two."""


class JuniorIn(Struct, frozen=True, array_like=True):
    """Somebody who wants a mentor.

    `wants` gives a priority of 1 to 3 to each skill; `choices` are ids of mentors,
    the first wanted most; `avoids` and `manager` are persons.
    """

    id: int
    person: int
    wants: Mapping[int, int] = {}
    team: str = ""
    areas: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    work: tuple[Span, ...] = ((9 * 60, 17 * 60),)
    manager: int | None = None
    avoids: tuple[int, ...] = ()
    choices: tuple[int, ...] = ()


class MentorIn(Struct, frozen=True, array_like=True):
    """Somebody with seats.

    `offers` gives a strength of 1 to 3 to each skill, `completed` the number of
    pairings that were brought to their end in it. Seats are the smaller of `heads` and
    of `weekly_minutes` over the minutes that a junior takes; `taken` are in use.
    """

    id: int
    person: int
    offers: Mapping[int, int] = {}
    team: str = ""
    areas: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    work: tuple[Span, ...] = ((9 * 60, 17 * 60),)
    heads: int = 1
    weekly_minutes: int = 120
    taken: int = 0
    tenure_months: int = 0
    is_trained: bool = True
    is_available: bool = True
    completed: Mapping[int, int] = {}


class Pin(Struct, frozen=True, array_like=True, order=True):
    """A pair that is kept whatever its score and whichever rule it breaks."""

    junior: int
    mentor: int
