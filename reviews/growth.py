"""What the closed sessions of one junior's time in a program hold, as plain rows.

A query each, by the sessions of the junior's pairings; sums are `reviews.tally`'s.
Whoever asks has seen to it that the reader may know who saw which flaw.
"""

from datetime import date

from django.db.models import (
    Case,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from pairings.models import Enrolment, Pairing, PhaseMove
from reviews.models import Explanation, Finding, ReviewSession
from reviews.tally import Found, Marked, Sitting

JUNIOR = Enrolment.Side.JUNIOR
LED = (Pairing.Phase.JUNIOR_LEADS, Pairing.Phase.INDEPENDENT)


def found(junior: Enrolment) -> list[Found]:
    """Findings on the boards of sessions that both read blind."""
    rows = Finding.objects.on_board().filter(
        session__pairing__junior=junior,
        session__state=ReviewSession.State.CLOSED,
        session__revealed_at__isnull=False,
        session__is_blind=True,
    )
    columns = rows.values_list(
        "pk",
        Coalesce("same_as", "pk"),
        "session__held_on",
        "category",
        "adjudication",
        "blind_pass__side",
    )
    return [Found(*row) for row in columns]


def sittings(junior: Enrolment) -> list[Sitting]:
    """Closed sessions in order, with the junior's own judgement where there is one."""
    own = FilteredRelation("passes", condition=Q(passes__side=JUNIOR))
    read_blind = Q(is_blind=True, own__locked_at__isnull=False)
    rows = ReviewSession.objects.held().filter(pairing__junior=junior)
    columns = rows.annotate(own=own, was_blind=read_blind).values_list(
        "held_on",
        "driver",
        "was_blind",
        "own__verdict",
        "own__confidence",
        "was_safe",
    )
    return [
        Sitting(on, driver, blind, call, None if said is None else float(said), safe)
        for on, driver, blind, call, said, safe in columns.order_by("held_on", "pk")
        if on is not None
    ]


def marks(junior: Enrolment) -> list[Marked]:
    """Explained flaws that the mentor marked."""
    rows = Explanation.objects.filter(
        mark__isnull=False,
        finding__session__pairing__junior=junior,
        finding__session__state=ReviewSession.State.CLOSED,
    )
    columns = rows.values_list("finding__session__held_on", "mark", "finding__category")
    return [Marked(on, mark, of) for on, mark, of in columns if on and mark is not None]


def led(junior: Enrolment, since: date) -> int:
    """How many closed sessions from a day on the junior led."""
    rows = ReviewSession.objects.held().filter(
        pairing__junior=junior, held_on__gte=since
    )
    return led_by_junior(rows).count()


def led_by_junior(sessions: "QuerySet[ReviewSession]") -> "QuerySet[ReviewSession]":
    """Planned as theirs to lead; unplanned ones in a phase in which they lead.

    The phase is that of its day: the last that both had agreed to by then, or the
    first, in which the mentor leads.
    """
    moves = PhaseMove.objects.agreed().filter(pairing=OuterRef("pairing"))
    by_then = moves.filter(agreed_on__lte=OuterRef("held_on"))
    newest = by_then.order_by("-agreed_on", "-pk").values("phase")[:1]
    before = Case(
        When(Exists(moves), then=Value(Pairing.Phase.MENTOR_LEADS)),
        default=F("pairing__phase"),
    )
    rows = sessions.annotate(phase_then=Coalesce(Subquery(newest), before))
    return rows.filter(Q(led_by=JUNIOR) | Q(led_by="", phase_then__in=LED))
