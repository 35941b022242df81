"""What the closed sessions of one junior's time in a program hold, as plain rows.

Three queries, by the sessions of the junior's pairings; sums are `reviews.tally`'s.
Whoever asks has seen to it that the reader may know who saw which flaw.
"""

from datetime import date

from django.db.models import FilteredRelation, Q
from django.db.models.functions import Coalesce

from pairings.models import Enrolment
from reviews.models import Explanation, Finding, ReviewSession
from reviews.tally import Found, Marked, Sitting

JUNIOR = Enrolment.Side.JUNIOR


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
    """How many closed sessions from a day on the junior led.

    As was arranged for a planned one; of another, who drove the AI led.
    """
    drove = Q(led_by="", driver=ReviewSession.Driver.JUNIOR)
    rows = ReviewSession.objects.held().filter(
        Q(led_by=JUNIOR) | drove, pairing__junior=junior, held_on__gte=since
    )
    return rows.count()
