"""What the sessions of a program found, by month: numbers without any word of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import FilteredRelation, Q
from django.db.models.functions import Coalesce

from pairings.models import Enrolment, Program
from preceptor.insights.figures.months import Calls, Flaws, Marks, Said
from preceptor.insights.figures.quarters import counted_in, next_month
from reviews.models import BlindPass, Explanation, Finding, ReviewSession

JUNIOR = Enrolment.Side.JUNIOR


class Sitting(NamedTuple):
    """A closed session with the junior's judgement, where they gave one blind."""

    pk: int
    junior: int
    mentor: int
    tool: str
    model: str
    month: date
    was_safe: bool | None
    call: str | None
    confidence: float | None


class RoomOf:
    """What is counted of some months, in order; three queries at any size."""

    def __init__(self, program: Program, months: Sequence[date], zone: ZoneInfo):
        sittings = _sittings(program, months, zone)
        self.all = {one.pk: one for one in sittings}
        since = _since(months, zone)
        self.found = _found(program, self.all, since)
        self.marked = _marked(program, self.all, since)

    def flaws(self, month: date) -> list[Flaws]:
        """Each real flaw once, counted by kind, and those of the junior's own pass."""
        met: Counter[tuple[int, int, str, str, str, str]] = Counter()
        caught: Counter[tuple[int, int, str, str, str, str]] = Counter()
        for session, category, severity, is_caught in self.found:
            one = self.all[session]
            if one.month == month:
                kind = category, severity, one.tool, one.model
                met[one.junior, one.mentor, *kind] += 1
                caught[one.junior, one.mentor, *kind] += is_caught
        return [Flaws(*key, n, caught[key]) for key, n in sorted(met.items())]

    def calls(self, month: date) -> list[Calls]:
        """Changes that proved safe, and how many the junior said no to."""
        safe: Counter[tuple[int, int]] = Counter()
        rejected: Counter[tuple[int, int]] = Counter()
        for one in self._of(month):
            if one.was_safe and one.call:
                safe[one.junior, one.mentor] += 1
                is_no = one.call == BlindPass.Verdict.REJECT
                rejected[one.junior, one.mentor] += is_no
        return [Calls(*key, n, rejected[key]) for key, n in sorted(safe.items())]

    def confidences(self, month: date) -> list[Said]:
        return [
            Said(one.junior, one.mentor, one.confidence, one.was_safe)
            for one in self._of(month)
            if one.confidence is not None and one.was_safe is not None
        ]

    def marks(self, month: date) -> list[Marks]:
        found: Counter[tuple[int, int, int]] = Counter()
        for session, mark in self.marked:
            one = self.all[session]
            if one.month == month:
                found[one.junior, one.mentor, mark] += 1
        return [Marks(*key, n) for key, n in sorted(found.items())]

    def _of(self, month: date) -> list[Sitting]:
        return [one for one in self.all.values() if one.month == month]


def _sittings(
    program: Program, months: Sequence[date], zone: ZoneInfo
) -> list[Sitting]:
    """In order."""
    wanted = set(months)
    own = FilteredRelation("passes", condition=Q(passes__side=JUNIOR))
    rows = ReviewSession.objects.held().filter(
        pairing__program=program,
        held_on__lt=next_month(months[-1]),
        closed_at__gte=_since(months, zone),
    )
    columns = rows.annotate(own=own).values_list(
        *("pk", "pairing__junior", "mentor", "tool", "model"),
        *("held_on", "closed_at", "is_blind", "was_safe"),
        *("own__locked_at", "own__verdict", "own__confidence"),
    )
    found = []
    for row in columns.order_by("held_on", "pk"):
        pk, junior, mentor, tool, model, on, at, blind, safe, locked, call, said = row
        month = counted_in(on, at, zone) if on and at else None
        if month not in wanted:
            continue
        read = blind and locked is not None
        found.append(
            Sitting(
                pk=pk,
                junior=junior,
                mentor=mentor,
                tool=tool,
                model=model,
                month=month,
                was_safe=safe,
                call=call if read else None,
                confidence=float(said) if read and said is not None else None,
            )
        )
    return found


def _since(months: Sequence[date], zone: ZoneInfo) -> datetime:
    """What closed before is counted with no month from the first on."""
    return datetime.combine(months[0], time.min, zone)


def _found(
    program: Program, sittings: Mapping[int, Sitting], since: datetime
) -> list[tuple[int, str, str, bool]]:
    """Session, category and severity of each real flaw, and whether the junior has it.

    Of the boards of sessions that both read blind; a flaw is the finding that stands
    for it, and theirs if one of those that say the same is from their pass.
    """
    rows = Finding.objects.on_board().filter(
        session__pairing__program=program,
        session__state=ReviewSession.State.CLOSED,
        session__revealed_at__isnull=False,
        session__is_blind=True,
        session__closed_at__gte=since,
    )
    columns = rows.annotate(root=Coalesce("same_as", "pk")).values_list(
        *("pk", "root", "session_id", "category", "severity", "adjudication"),
        "blind_pass__side",
    )
    found = [row for row in columns.order_by("pk") if row[2] in sittings]
    own = {root for _pk, root, *_kind, side in found if side == JUNIOR}
    real = Finding.Adjudication.REAL
    return [
        (session, category, severity, pk in own)
        for pk, root, session, category, severity, verdict, _side in found
        if pk == root and verdict == real
    ]


def _marked(
    program: Program, sittings: Mapping[int, Sitting], since: datetime
) -> list[tuple[int, int]]:
    """Session and mark of each flaw that the mentor marked."""
    rows = Explanation.objects.filter(
        mark__isnull=False,
        finding__session__pairing__program=program,
        finding__session__state=ReviewSession.State.CLOSED,
        finding__session__closed_at__gte=since,
    )
    columns = rows.order_by("pk").values_list("finding__session", "mark")
    return [
        (session, mark)
        for session, mark in columns
        if session in sittings and mark is not None
    ]
