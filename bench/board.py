"""The pair board of five hundred pairs on one page: queries, time, and its files.

Twenty-five programs of the large organisation become one, in a transaction that is
rolled back: 500 pairs, 175 mentors, 25,000 sessions, 25 pauses.
"""

import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from bench.pages import ROUNDS, counted, timed, visiting
from bench.results import Result
from pairings.models import Enrolment, Pairing, Pause, Program, ProgramStaff

PAIRS, AIM_MS, REQUESTS = 500, 150, 5


def measure_board() -> list[Result]:
    """With the queries of the same page beside it, before the others came in."""
    staff = ProgramStaff.objects.filter(role="lead", program__name__startswith="Site ")
    lead = staff.select_related("membership__user", "program").order_by("pk")[0]
    names = ("board", "board_csv", "board_xlsx")
    visits = {
        name: visiting(lead.membership, f"insights:{name}", lead.program_id)
        for name in names
    }
    visits["board"]()
    before = counted(visits["board"])
    with _grown(lead.program):
        medians = {name: _median(visit) for name, visit in visits.items()}
        after = counted(visits["board"])
    name, median = f"board of {PAIRS} pairs", medians["board"]
    aim = f"at most {AIM_MS}"
    return [
        Result(f"{name}: queries", after, "queries", f"as {before}", after == before),
        Result(f"{name}: median", median, "ms", aim, median <= AIM_MS),
        Result(f"{name}: as CSV", medians["board_csv"], "ms"),
        Result(f"{name}: as XLSX", medians["board_xlsx"], "ms"),
    ]


@contextmanager
def _grown(program: Program) -> Iterator[None]:
    """The program with the people and pairs of those after it, as many as are meant."""
    with transaction.atomic():
        pairs = Pairing.objects.filter(program__name__startswith="Site ")
        taken = pairs.order_by("program_id", "pk")[:PAIRS]
        chosen = [pair.pk for pair in taken]
        merged = {pair.program_id for pair in taken}
        Enrolment.objects.filter(program__in=merged).update(program=program)
        Pairing.objects.filter(program__in=merged).update(program=program)
        _pause(chosen[::20])
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ANALYZE pairings_pairing, pairings_enrolment")
        if program.pairings.count() != PAIRS:
            raise RuntimeError(f"There are no {PAIRS} pairs to show")
        yield
        transaction.set_rollback(True)


def _pause(chosen: list[int]) -> None:
    """Since a month, as a lead would have done."""
    today = timezone.localdate()
    rows = Pairing.objects.filter(pk__in=chosen)
    rows.update(state=Pairing.State.PAUSED)
    Pause.objects.bulk_create(
        Pause(
            organisation_id=pair.organisation_id,
            pairing=pair,
            starts_on=today - timedelta(weeks=4),
            back_on=today + timedelta(weeks=4),
            created_by_id=pair.mentor.membership_id,
        )
        for pair in rows.select_related("mentor")
    )


def _median(visit: Callable[[], None]) -> float:
    """Of the medians of each round, in milliseconds."""
    visit()
    return statistics.median(
        statistics.median(timed(visit) for _request in range(REQUESTS))
        for _round in range(ROUNDS)
    )
