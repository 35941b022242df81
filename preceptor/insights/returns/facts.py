"""What the programs themselves say of the inputs: people, weeks, hours planned and had.

Hours are record: what juniors told of their weeks, and the minutes of sessions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Avg, Count, Sum

from pairings.models import Enrolment, Program
from progress.models import ProtectedWeek
from reviews.models import ReviewSession

FEWEST_TOLD = 5
"""Fewer juniors than that told of their hours, and an average would be of one."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one program or several; hours are of a week and one junior.

    `had` is None where fewer than five juniors told of their weeks. `in_sessions` is
    what mentors had at least: the minutes of a junior's sessions over the weeks in
    which there was one.
    """

    juniors: int
    months: int
    junior_hours: Decimal
    mentor_hours: Decimal
    had: Decimal | None
    told: int
    tellers: int
    in_sessions: Decimal | None
    sessions: int


def facts_of(programs: Sequence[Program]) -> Facts:
    """In three queries, weighed by the juniors of each program."""
    counts = dict(
        Enrolment.objects.juniors()
        .filter(program__in=programs)
        .order_by()
        .values_list("program")
        .annotate(n=Count("pk"))
    )
    juniors = sum(counts.values())
    had, told, tellers = _told(programs)
    in_sessions, sessions = _met(programs)
    return Facts(
        juniors=juniors,
        months=max((_months(one) for one in programs), default=12),
        junior_hours=_weighed(programs, counts, "junior_hours"),
        mentor_hours=_weighed(programs, counts, "mentor_hours"),
        had=had,
        told=told,
        tellers=tellers,
        in_sessions=in_sessions,
        sessions=sessions,
    )


def _months(program: Program) -> int:
    return max(round((program.ends_on - program.starts_on).days / 365.25 * 12), 1)


def _weighed(
    programs: Sequence[Program], juniors: dict[int, int], field: str
) -> Decimal:
    """A mean over the juniors of all programs, with one digit."""
    weights = {one.pk: juniors.get(one.pk, 0) for one in programs}
    whole = sum(weights.values())
    if not whole:
        return Decimal(0)
    hours = sum(getattr(one, field) * weights[one.pk] for one in programs)
    return (Decimal(hours) / whole).quantize(Decimal("0.1"))


def _told(programs: Sequence[Program]) -> tuple[Decimal | None, int, int]:
    """Hours a week as juniors told them, the weeks, and how many juniors."""
    weeks = ProtectedWeek.objects.filter(plan__junior__program__in=programs)
    found = weeks.order_by().aggregate(
        had=Avg("hours"), told=Count("pk"), tellers=Count("plan", distinct=True)
    )
    enough = found["tellers"] >= FEWEST_TOLD
    had = Decimal(found["had"]).quantize(Decimal("0.1")) if enough else None
    return had, found["told"], found["tellers"]


def _met(programs: Sequence[Program]) -> tuple[Decimal | None, int]:
    """Hours of a session on average, which a mentor had in its week, and how many."""
    rows = ReviewSession.objects.held().filter(pairing__program__in=programs)
    found = rows.order_by().aggregate(taken=Sum("minutes"), n=Count("minutes"))
    if not found["n"]:
        return None, 0
    hours = Decimal(found["taken"]) / found["n"] / 60
    return hours.quantize(Decimal("0.1")), found["n"]
